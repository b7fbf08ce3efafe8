"""From row to row: which rows decide, and where the arrows lead; what is not said is proposed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bpmn.messages import message
from bpmn.sop.document import ACTIVITY, BOX, CAPSULE, DECISION, DIAMOND, END, NO, START, YES, Arrow
from bpmn.sop.table import clauses
from bpmn.sop.table.clauses import Way, asks_for_a_choice, is_judgement
from bpmn.sop.table.headings import KEGIATAN, KETERANGAN
from bpmn.sop.table.remarks import GUESS, KIND, LEFT, MISSING, WAYS, Remark
from bpmn.sop.table.words import Names, says_no, says_yes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bpmn.messages import Message
    from bpmn.sop.table.answers import Answers
    from bpmn.sop.table.entries import Entry
    from bpmn.sop.table.performers import Performers

LONGEST_LABEL = 60  # letters


@dataclass(frozen=True)
class Led:
    """A way with its rows: places, of which one behind the last row is the end."""

    label: str
    targets: tuple[int, ...]
    said: str = ""  # the words it was read from; empty where it is only proposed
    refuses: bool = False


@dataclass
class Course:
    """What is known of all rows: their ``kinds``, and the ``arrows``; ``ends`` needs a row more."""

    entries: Sequence[Entry]
    performers: Performers
    answers: Answers
    kinds: list[str] = field(default_factory=list)
    arrows: dict[int, list[tuple[int, str]]] = field(default_factory=dict)
    told: set[int] = field(default_factory=set)  # rows that say themselves where they lead
    remarks: list[Remark] = field(default_factory=list)

    @property
    def end(self) -> int:
        """The place of the end: a row of the table that says so, or one more behind the last."""
        return next((p for p, kind in enumerate(self.kinds) if kind == END), len(self.entries))

    def all_arrows(self) -> tuple[Arrow, ...]:
        """In the order of the rows, and of the ways of each."""
        return tuple(
            Arrow(place, target, label)
            for place in range(len(self.entries))
            for target, label in dict.fromkeys(self.arrows.get(place, ()))
        )


class WayReader:
    """Reads one row after the other; needs to know who does each of them."""

    def __init__(self, found: Course) -> None:
        self.found = found
        self.names = Names(found.performers.names)
        self.places: dict[str, list[int]] = {}
        for place, entry in enumerate(found.entries):
            self.places.setdefault(entry.number, []).append(place)

    def kind(self, place: int) -> str:
        entry = self.found.entries[place]
        if place in self.found.answers.kinds:
            return self.found.answers.kinds[place]
        if entry.edge:
            return START if entry.edge == "mulai" else END
        shape = self._shape(place)
        if shape == DIAMOND:
            return DECISION
        words = self._decisive(place)
        if not words:
            return ACTIVITY
        said = message('Keputusan, dari kata "{words}".', words=words)
        self._say(place, KIND, GUESS, said)
        return DECISION

    def _shape(self, place: int) -> str:
        marks = self.found.entries[place].marks.values()
        return next((mark.shape for mark in marks if mark.shape), "")

    def _decisive(self, place: int) -> str:
        """The words by which a row decides; a box says that it does not, unless ways are named."""
        ways = self._ways(place, decides=False)
        named = [way for way in ways if way.condition and way.said]
        if named or any(way.either for way in ways):
            return (named or ways)[0].words
        if self._shape(place) in (BOX, CAPSULE):
            return ""
        judged = next((way.words for way in ways if is_judgement(way)), "")
        words = judged or asks_for_a_choice(self.text(place))
        if ways and not words and any(way.condition for way in ways):
            said = message(
                'Bukan keputusan: "{words}" tidak mengatakan dua hasil.', words=ways[0].words
            )
            self._say(place, KIND, GUESS, said)
        return words

    def text(self, place: int) -> str:
        texts = self.found.entries[place].texts
        return ". ".join(filter(None, (texts.get(KEGIATAN, ""), texts.get(KETERANGAN, ""))))

    def _ways(self, place: int, *, decides: bool) -> list[Way]:
        texts = self.found.entries[place].texts
        found = [
            way
            for column in (KEGIATAN, KETERANGAN)
            for way in clauses.ways(texts.get(column, ""), self.names, decides=decides)
        ]
        told = [way for way in found if way.said]
        # "jika lengkap …" in one column and "lengkap ke 5" in the other are one way.
        return [way for way in found if way.said or not any(_alike(way, one) for one in told)]

    def lead(self, place: int) -> list[tuple[int, str]]:
        """The arrows out of a row, as (place, label)."""
        answered = self._answered(place)
        if answered is not None:
            return answered
        kind = self.found.kinds[place]
        if kind == END:
            return []
        if kind == DECISION:
            return [(target, led.label) for led in self._decided(place) for target in led.targets]
        return [(target, "") for target in self._onward(place)]

    def _answered(self, place: int) -> list[tuple[int, str]] | None:
        ways = self.found.answers.ways.get(place)
        if ways is None:
            return None
        led = [(self.found.end if target is None else target, label) for label, target in ways]
        self.found.told.add(place)
        if not all(self._fits(place, target, label) for target, label in led):
            said = message("Panah yang dijawab untuk baris ini tidak cocok lagi dengan tabel.")
            self._say(place, WAYS, LEFT, said)
            return None
        return led

    def _fits(self, place: int, target: int, label: str) -> bool:
        """Whether an arrow can lead out of a row: decisions have labels, ends no arrows."""
        kind = self.found.kinds[place]
        is_there = 0 <= target <= len(self.found.entries) and self._behind_start(target) == target
        return is_there and kind != END and bool(label) == (kind == DECISION)

    def _onward(self, place: int) -> tuple[int, ...]:
        """Where a row without a choice leads: as it says, else to the next."""
        ways = [way for way in self._ways(place, decides=False) if way.to]
        targets: list[int] = []
        for way in ways:
            led = self._rows(place, way)
            targets += led
            if led:
                self.found.told.add(place)
                self._say_way(place, way.words, "", led)
        return tuple(targets) or self._next(place)

    def _next(self, place: int) -> tuple[int, ...]:
        behind = self._behind_start(place + 1)
        return (behind,) if behind < len(self.found.entries) else ()

    def _before(self, place: int) -> int:
        """The row before one; the first does itself again."""
        return self._behind_start(max(place - 1, 0))

    def _behind_start(self, place: int) -> int:
        """A row to go to: nothing leads into the start, but to what stands behind it."""
        kinds = self.found.kinds
        return next((p for p in range(place, len(kinds)) if kinds[p] != START), len(kinds))

    def _rows(self, place: int, way: Way) -> list[int]:
        """The places of the rows that a way names; one that is not there is asked for."""
        found = []
        for number in way.to:
            target = self._row(place, number)
            if target is None:
                said = message(
                    'Nomor {number} tidak ada dalam tabel ("{words}").',
                    number=number, words=way.words,
                )  # fmt: skip
                self._say(place, WAYS, MISSING, said)
            else:
                found.append(target)
        return found

    def _row(self, place: int, number: str) -> int | None:
        words = {
            clauses.END: self.found.end,
            clauses.NEXT: min(place + 1, len(self.found.entries)),
            clauses.BEFORE: self._before(place),
            clauses.FIRST: 0,
        }
        row = words[number] if number in words else self.numbered(number.rstrip("."), place)
        return None if row is None else self._behind_start(row)

    def numbered(self, number: str, place: int) -> int | None:
        """The row of a number; the nearest where each part of a table counts from one."""
        found = self.places.get(number, []) if number else []
        return min(found, key=lambda row: abs(row - place), default=None)

    def _handed(self, place: int, way: Way) -> list[int]:
        """The row of who it is handed to: the latest before a row, else the next behind it."""
        of = self.found.performers.of
        rows = [p for p, who in enumerate(of) if who == way.actor and self._behind_start(p) == p]
        before = [p for p in rows if p < place]
        behind = [p for p in rows if p > place]
        near = before[-1:] if way.back else behind[:1]
        return near or ([self._before(place)] if way.back else list(self._next(place)))

    def _decided(self, place: int) -> list[Led]:
        """The ways of a decision, two at least: what is not said is proposed."""
        ways = self._ways(place, decides=True)
        if any(way.either for way in ways):
            ways = [Way(f"ke {to}", way.words, (to,)) for way in ways for to in way.to]
        found = [self._led(place, way) for way in ways if way.said]
        found = [led for led in found if led.targets]
        found += [self._opposite(place, found)] if len(found) == 1 else []
        if not found:
            found = [self._passes(place), self._refuses(place)]
        return self._labelled(place, found)

    def _led(self, place: int, way: Way) -> Led:
        rows = self._handed(place, way) if way.actor is not None else self._rows(place, way)
        refuses = says_no(way.condition) or (way.back and not says_yes(way.condition))
        return Led(way.condition, tuple(rows), way.words, refuses)

    def _opposite(self, place: int, found: list[Led]) -> Led:
        """The other way of a decision that names one."""
        (only,) = found
        onward = only.targets == self._next(place) and not only.refuses
        forward = not only.refuses and says_yes(only.label)
        return self._refuses(place) if onward or forward else self._passes(place)

    def _passes(self, place: int) -> Led:
        return Led("", self._next(place) or (self.found.end,), "", refuses=False)

    def _refuses(self, place: int) -> Led:
        """Back to the row before, which does it again; the first row does itself again."""
        return Led("", (self._before(place),), "", refuses=True)

    def _labelled(self, place: int, found: list[Led]) -> list[Led]:
        """ "Ya" and "Tidak" where two ways mean that, else the words of each."""
        labels = [_label(led.label) for led in found]
        if len(found) == 2 and _is_yes_or_no(found):
            first = found[0].refuses or (says_yes(found[1].label) and not found[0].label)
            labels = [NO, YES] if first else [YES, NO]
        labels = [label or f"{place_}" for place_, label in enumerate(labels, 1)]
        told = [Led(label, led.targets, led.said) for label, led in zip(labels, found, strict=True)]
        told.sort(key=lambda led: led.label == NO)
        for led in told:
            self._say_way(place, led.said, led.label, list(led.targets))
        return told

    def _say_way(self, place: int, words: str, label: str, targets: list[int]) -> None:
        to = ", ".join(self._called(target) for target in targets)
        if label and words:
            said = message(
                '"{label}" menuju {to}, dari kata "{words}".', label=label, to=to, words=words
            )
        elif label:
            said = message('"{label}" menuju {to}: tabel tidak mengatakannya.', label=label, to=to)
        else:
            said = message('Menuju {to}, dari kata "{words}".', to=to, words=words)
        self._say(place, WAYS, GUESS, said)

    def say_joint(self, place: int, behind: int) -> None:
        """That a parallel way goes on behind the last of those beside it."""
        to = self._called(behind)
        said = message("Dikerjakan bersamaan; sesudahnya menuju {to}.", to=to)
        self._say(place, WAYS, GUESS, said)

    def _called(self, place: int) -> str:
        """How a person finds a row: by its number, else by what it says."""
        if place >= len(self.found.entries):
            return "Selesai"
        entry = self.found.entries[place]
        return entry.number or entry.texts.get(KEGIATAN, "")[:LONGEST_LABEL]

    def _say(self, place: int, part: str, sort: str, said: Message) -> None:
        self.found.remarks.append(Remark(place, self.found.entries[place].row, part, sort, said))


def _alike(one: Way, other: Way) -> bool:
    """Whether two conditions let the same matters pass."""
    return bool(other.condition) and says_no(one.condition) == says_no(other.condition)


def _is_yes_or_no(found: list[Led]) -> bool:
    """Whether of two ways one lets pass and the other does not, as far as words say it."""
    one, other = found
    known = [led for led in found if not led.label or says_yes(led.label) or says_no(led.label)]
    return len(known) == 2 and (one.refuses != other.refuses)


def _label(words: str) -> str:
    short = words if len(words) <= LONGEST_LABEL else words[:LONGEST_LABEL].rsplit(" ", 1)[0] + "…"
    return short[:1].upper() + short[1:]
