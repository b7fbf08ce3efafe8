"""What a sentence of an SOP says of where its case goes on: under which condition, to which row."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from bpmn.sop.table.phrases import (
    BACK,
    BEHIND,
    CONDITION,
    EDGES,
    GO,
    HANDED,
    IF,
    LINKS,
    NAMED,
    OPTIONAL,
    PAIRS,
    TARGET,
    TOGETHER,
    TRAILS,
)
from bpmn.sop.table.words import says_no, says_yes, spelled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bpmn.sop.table.words import Names

END, NEXT, BEFORE, FIRST = "end", "next", "before", "first"
_WORDS = {
    "berikut": NEXT, "berikutnya": NEXT, "selanjutnya": NEXT, "sebelumnya": BEFORE,
    "awal": FIRST, "pertama": FIRST, "semula": FIRST,
}  # fmt: skip


@dataclass(frozen=True)
class Way:
    """``to`` are rows' numbers as printed or a word of this module, ``actor`` to whom it is handed.

    ``condition`` is in small letters and empty where none is said; ``words`` are quoted. ``either``
    says that one of the rows is chosen, and not by what.
    """

    condition: str
    words: str
    to: tuple[str, ...] = ()
    actor: int | None = None
    back: bool = False
    either: bool = False

    @property
    def said(self) -> bool:
        """Whether it says where it leads."""
        return bool(self.to) or self.actor is not None


@dataclass(frozen=True)
class Clause:
    """A part of a text, spelled; a condition opens it or none does."""

    text: str
    conditional: bool = False
    judged: bool = False  # opened without a word like "jika"


def clauses(text: str) -> list[Clause]:
    """The parts of a text, cut where conditions begin."""
    said = spelled(text)
    starts = [
        (found.start(), not re.match(IF, found[0]))
        for found in CONDITION.finditer(said)
        if not OPTIONAL.match(said, found.start())
    ]
    if not starts:
        return [Clause(said)] if said.strip(EDGES) else []
    stops = [start for start, _ in starts[1:]] + [len(said)]
    parts = [Clause(said[: starts[0][0]])]
    for (start, judged), stop in zip(starts, stops, strict=True):
        parts.append(Clause(said[start:stop], True, judged))
    return [part for part in _merged(parts) if part.text.strip(EDGES)]


def _merged(parts: list[Clause]) -> Iterator[Clause]:
    """A judgement that only goes on with the condition before it is no new one."""
    kept = [parts[0]]
    for part in parts[1:]:
        if not _goes_on(kept, part):
            yield _joined(kept)
            kept = []
        kept.append(part)
    yield _joined(kept)


def _joined(parts: list[Clause]) -> Clause:
    return replace(parts[0], text="".join(part.text for part in parts))


def _goes_on(kept: list[Clause], part: Clause) -> bool:
    first, last = kept[0], kept[-1]
    if not first.conditional or not part.judged or TARGET.search(last.text):
        return False
    opened = not re.sub(rf"^{IF}\b", "", last.text).strip(EDGES)
    linked = re.match(r"/|\s*(?:dan|atau)\b", part.text) is not None
    return opened or linked or _is_end(part)


def _is_end(part: Clause) -> bool:
    """Whether it only says that the case ends: ", tidak dapat diproses"."""
    found = TARGET.search(part.text)
    return found is not None and bool(found["end"]) and not part.text[: found.start()].strip(EDGES)


def ways(text: str, names: Names, *, decides: bool) -> list[Way]:
    """Where a text says that a case goes on; ``decides`` where its row is marked as a decision."""
    found: list[Way] = []
    waits = False  # whether the last way's condition may follow it: "kembali ke 2 jika tidak"
    for clause in clauses(text):
        more = _ways(clause, names, decides=decides, after=bool(found))
        if waits and clause.conditional and len(more) == 1 and not more[0].said:
            behind = more.pop()
            words = f"{found[-1].words} {behind.words}"
            found[-1] = replace(found[-1], condition=behind.condition, words=words)
        found += more
        waits = bool(more) and not more[-1].condition and clause.text.rstrip()[-1] not in ".,;:"
    return found


def _ways(clause: Clause, names: Names, *, decides: bool, after: bool) -> list[Way]:
    after = after or decides
    rows = [found for found in TARGET.finditer(clause.text) if _counts(found, clause, after=after)]
    if rows:
        return _to_rows(clause, rows, decides=decides)
    handed = _handing(names).search(clause.text)
    if handed and (clause.conditional or (decides and re.fullmatch(BACK, handed["verb"]))):
        return [_handed(clause, handed, names)]
    if clause.conditional and not clause.judged:
        return [Way(_condition(clause.text), _trimmed(clause.text))]
    return []


def _handed(clause: Clause, handed: re.Match[str], names: Names) -> Way:
    """The way to somebody: back where it is given back, or where the condition refuses."""
    condition = _condition(clause.text[: handed.start()]) if clause.conditional else ""
    back = bool(re.fullmatch(BACK, handed["verb"])) or says_no(condition)
    actor = names.place(handed[handed.lastindex or 0])
    return Way(condition, _trimmed(clause.text), actor=actor, back=back)


def _counts(found: re.Match[str], clause: Clause, *, after: bool) -> bool:
    """Whether a number is surely a row's: behind a verb of going on, or a condition."""
    if found["end"]:
        return clause.conditional or found["end"].startswith(("proses", "prosedur"))
    if found["b"]:
        behind = BEHIND.match(clause.text, found.end())
        return (clause.conditional or after) and behind is not None
    if found["a"]:
        named = NAMED.search(found[0], found.end("go") - found.start())
        return named is not None or found["go"].startswith("ulang")
    return re.search(GO, clause.text[: found.start()]) is not None


def _to_rows(clause: Clause, rows: list[re.Match[str]], *, decides: bool) -> list[Way]:
    """A way for each row that is named; between two stands the condition of the second.

    Where a row surely decides, the word in front of the first is a condition as well.
    """
    found: list[Way] = []
    before = 0
    for place, row in enumerate(rows):
        words = clause.text[before : row.start()]
        if decides and row["b"] and not place and not clause.conditional:
            words = re.split(r"[.;:,(]", words.rstrip(EDGES))[-1]
            condition = _condition(words)
        else:
            condition = _condition(words) if place or clause.conditional else ""
        quoted = _trimmed(clause.text[before : row.end()])
        found.append(Way(condition, quoted, _rows(row), either="atau" in row[0]))
        before = row.end()
    return _together(found)


def _together(found: list[Way]) -> list[Way]:
    """What follows without a condition of its own has the one before it: both are gone."""
    kept: list[Way] = []
    for way in found:
        if kept and not way.condition:
            last = kept.pop()
            kept.append(Way(last.condition, f"{last.words} {way.words}", last.to + way.to))
        else:
            kept.append(way)
    return kept


def _rows(found: re.Match[str]) -> tuple[str, ...]:
    if found["word"]:
        return (_WORDS[found["word"]],)
    if found["end"]:
        return (END,)
    return tuple(re.findall(r"[0-9][0-9.]*[a-z]?", found["a"] or found["b"]))


def _condition(words: str) -> str:
    """The condition in a clause: from its "jika" to the comma, without the words that link it."""
    said = words.strip(EDGES)
    while (shorter := LINKS.sub("", said)) != said:
        said = shorter.strip(EDGES)
    said = said.split(",")[0]
    while (shorter := TRAILS.sub("", said)) != said:
        said = shorter.strip(EDGES)
    said = said.strip(" .,;:(/-–=→>")
    return {"y": "ya", "t": "tidak"}.get(said, said)


def _trimmed(text: str) -> str:
    return text.strip(" .,;:()/")


def handed_to(text: str, names: Names) -> tuple[int, str] | None:
    """To whom a text hands the work on, unless what it decides is refused; with its words."""
    parts = [part for part in clauses(text) if not (part.conditional and says_no(part.text))]
    for part in reversed(parts):
        found = list(_handing(names).finditer(part.text))
        if found:
            return names.place(found[-1][found[-1].lastindex or 0]), _trimmed(found[-1][0])
    return None


def acts_in(text: str, names: Names) -> tuple[int, str] | None:
    """Who acts by a text's own words: its subject, from whom a thing goes, or by whom it is done.

    With the words that say so.
    """
    said = spelled(text)
    for pattern in _acting(names):
        found = pattern.search(said)
        if found:
            return names.place(found[1]), _trimmed(found[0])
    return None


@lru_cache(maxsize=64)
def _handing(names: Names) -> re.Pattern[str]:
    return re.compile(HANDED + names.pattern)


@lru_cache(maxsize=64)
def _acting(names: Names) -> tuple[re.Pattern[str], ...]:
    passed_on = r"di(?:serah|sampai|terus|kirim|kembali)kan"
    return (
        re.compile(rf"^\W*{names.pattern}\s+(?=me|ber|di|telah|akan)"),
        re.compile(rf"\bdari\s+(?:kepada\s+)?{names.pattern}(?=[^.;]{{0,200}}\b{passed_on})"),
        re.compile(rf"^(?:(?!\b(?:telah|sudah|yang)\b).)*\boleh\s+{names.pattern}"),
    )


def is_judgement(way: Way) -> bool:
    """Whether a condition lets a matter pass or not, so that its row decides."""
    return says_yes(way.condition) or says_no(way.condition)


def asks_for_a_choice(text: str) -> str:
    """The words that put two outcomes side by side ("setuju/tidak"); empty where none do."""
    found = PAIRS.search(spelled(text))
    return found[0] if found else ""


def together_with(text: str) -> str:
    """The number of the row that is done at the same time; empty where none is named."""
    found = TOGETHER.search(spelled(text))
    return found[1] if found else ""
