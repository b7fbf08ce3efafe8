"""What an analyst puts right on the page of an import, from its forms to what the engine keeps.

What was read and stays as it was is no answer; what was guessed and is sent as it stood is one.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from bpmn.messages import message
from bpmn.sop.document import DECISION, END, FACTS, LISTS, START, Identity
from bpmn.sop.table.answers import KINDS
from bpmn.sop.table.remarks import ACTOR, COLUMNS, GUESS, IDENTITY, KIND, WAKTU, WAYS
from bpmn.sop.table.words import writable
from engine.errors import InvalidInput
from web import words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.datastructures import MultiDict

    from bpmn.messages import Message
    from bpmn.sop.document import Sop
    from bpmn.sop.table import Answers
    from engine.sop_imports import Opened

    Way = tuple[str, int | None]

MAX_TEXT = 500  # letters of a name, a label or a Waktu
MAX_FACT = 5_000  # letters of a fact of the identity page
MAX_ACTORS = 30
MAX_WAYS = 12
TO_END = "end"  # how a form calls the end of the procedure, beside the places of rows


@dataclass(frozen=True)
class Entry:
    """What stands in the form of a row: as understood, or as somebody has just filled it in."""

    actor: str
    kind: str
    waktu: str
    ways: tuple[tuple[str, str], ...]  # labels, and targets as the form calls them


@dataclass(frozen=True)
class Line:
    """A line of the form of those who act, with who it was about when the form was made.

    ``table`` is what the table calls them; ``was`` is the name of those whom it does not have.
    """

    order: str
    name: str
    table: str = ""
    was: str = ""


def entry(sop: Sop, place: int) -> Entry:
    """The form of a row as it is understood."""
    step = sop.steps[place]
    actor = "" if step.actor is None else sop.actors[step.actor]
    ways = tuple((label, called(target)) for label, target in ways_of(sop, place))
    return Entry(actor, step.kind, step.waktu, ways)


def typed(given: MultiDict[str, str]) -> Entry:
    """The form of a row as it was sent."""
    labels = map(_clean, given.getlist("label"))
    ways = [way for way in zip(labels, given.getlist("target"), strict=False) if any(way)]
    waktu = _clean(given.get("waktu", ""))
    return Entry(given.get("actor", ""), given.get("kind", ""), waktu, tuple(ways[:MAX_WAYS]))


def ways_of(sop: Sop, place: int) -> tuple[Way, ...]:
    """Where the arrows out of a row lead, with their labels; None is the end.

    An end that the table has no row for is shown as one, behind all others.
    """
    return tuple((arrow.label, _target(sop, arrow.target)) for arrow in sop.after(place))


def _target(sop: Sop, place: int) -> int | None:
    step = sop.steps[place]
    is_last = place == len(sop.steps) - 1
    return None if is_last and step.kind == END and not step.number else place


def called(target: int | None) -> str:
    """How a form calls where an arrow leads."""
    return TO_END if target is None else str(target)


def of_row(opened: Opened, place: int, sent: Entry) -> Answers:
    """The answers with those of a row; raises `InvalidInput`."""
    sop, said = opened.found.sop, opened.answers
    shown, open_ = entry(sop, place), guessed(opened, place)
    if sent.actor not in ("", *sop.actors) or sent.kind not in KINDS:
        raise InvalidInput(message("Pelaksana atau jenis langkah itu tidak ada."))
    new: dict[str, dict[int, Any]] = {}
    if sent.actor and (sent.actor != shown.actor or ACTOR in open_):
        new["actors"] = {place: sent.actor}
    if sent.kind != shown.kind or KIND in open_:
        new["kinds"] = {place: sent.kind}
    if sent.waktu != shown.waktu or (sent.waktu and WAKTU in open_):
        new["waktu"] = {place: _line(sent.waktu)}
    ways = _ways(sop, sent)
    of_another_kind = sent.ways == shown.ways and sent.kind != shown.kind
    if not of_another_kind or (sent.kind == DECISION and len(ways) > 1):
        _require_fit(sent)
    if ways and (ways != ways_of(sop, place) or (WAYS in open_ and sent.kind == shown.kind)):
        new["ways"] = {place: ways}
    elif {DECISION, END} & {sent.kind, shown.kind} and sent.kind != shown.kind:
        said = replace(said, ways=_without(said.ways, place))  # they were those of another kind
    return _with(said, new)


def forgotten(said: Answers, place: int) -> Answers:
    """The answers without those of a row: what was read and guessed counts again."""
    return replace(
        said,
        actors=_without(said.actors, place),
        kinds=_without(said.kinds, place),
        waktu=_without(said.waktu, place),
        ways=_without(said.ways, place),
    )


def accepted(opened: Opened, given: Mapping[str, str], only: int | None) -> Answers:
    """The answers with all guesses as they stand, of one row or of all; actors as chosen."""
    sop, said = opened.found.sop, opened.answers
    if only is None and guessed(opened, None) & {COLUMNS, IDENTITY}:
        said = replace(said, columns=_columns(opened) or None, identity=asdict(sop.identity))
    for place in rows_of(opened) if only is None else (only,):
        shown = entry(sop, place)
        chosen = given.get(f"actor-{place}", shown.actor)
        as_shown = {
            ACTOR: ("actors", chosen if chosen in sop.actors else ""),
            KIND: ("kinds", shown.kind),
            WAKTU: ("waktu", shown.waktu),
            WAYS: ("ways", ways_of(sop, place)),
        }
        open_ = [as_shown[part] for part in guessed(opened, place) & as_shown.keys()]
        said = _with(said, {name: {place: value} for name, value in open_ if value})
    return said


def of_actors(opened: Opened, given: MultiDict[str, str]) -> Answers:
    """The answers with the names and the order of those who act; raises `InvalidInput`."""
    sent = [replace(line, name=_line(line.name)) for line in typed_lines(given)]
    ordered = sorted(enumerate(sent), key=lambda at: _number(at[1].order, at[0]))
    columns = tuple((line.name, _line(line.table) or None) for _, line in ordered if line.name)
    if not 0 < len(columns) <= MAX_ACTORS or len(dict(columns)) < len(columns):
        said = message("Pelaksana: 1 sampai {n} nama yang berbeda-beda.", n=MAX_ACTORS)
        raise InvalidInput(said)
    names = {(line.table, line.was): line.name for line in sent}
    now = {line.name: names.get((line.table, line.was)) for line in lines(opened)}
    actors = {place: now.get(name) or name for place, name in opened.answers.actors.items()}
    return replace(opened.answers, columns=columns, actors=actors)


def lines(opened: Opened) -> list[Line]:
    """The form of those who act as they are understood."""
    shown = enumerate(_columns(opened), 1)
    return [Line(str(place), name, old or "", "" if old else name) for place, (name, old) in shown]


def typed_lines(given: MultiDict[str, str]) -> list[Line]:
    """The form of those who act as it was sent, but for what is left empty behind them."""
    parts = (given.getlist(part)[: MAX_ACTORS + 1] for part in ("order", "name", "table", "was"))
    sent = (Line(*line) for line in zip_longest(*parts, fillvalue=""))
    return [line for line in sent if line.name or line.table or line.was]


def _columns(opened: Opened) -> tuple[tuple[str, str | None], ...]:
    """Those who act as they are shown, each with what the table calls them."""
    if opened.answers.columns is not None:
        return opened.answers.columns
    return tuple((name, name) for name in opened.found.sop.actors)


def of_identity(opened: Opened, given: Mapping[str, str]) -> Answers:
    """The answers with the identity page as it was sent, all of it."""
    sent = {name: _fact(name, given.get(name, "")) for name in FACTS}
    return replace(opened.answers, identity=sent)


def guessed(opened: Opened, place: int | None) -> set[str]:
    """The parts of a row, or of the table as a whole, that are guesses."""
    return {one.part for one in opened.remarks if one.place == place and one.sort == GUESS}


def can_settle(opened: Opened) -> int:
    """How many guesses are settled by taking them for right."""
    whole, of_row = {COLUMNS, IDENTITY}, {ACTOR, KIND, WAKTU, WAYS}
    rows = rows_of(opened)
    return sum(
        one.sort == GUESS and one.part in (whole if one.place is None else of_row)
        for one in opened.remarks
        if one.place is None or one.place in rows
    )


def rows_of(opened: Opened) -> list[int]:
    """The places of the rows that stand in the table."""
    return [place for place, row in enumerate(opened.found.rows) if row is not None]


def facts(identity: Identity) -> list[tuple[str, Message, str]]:
    """(name, what it is called, value) of the identity page's facts; lists have a line each."""
    told = {name: getattr(identity, name) for name in FACTS}
    return [
        (name, said, "\n".join(told[name]) if name in LISTS else words.day_of(told[name]))
        for name, said in FACTS.items()
    ]


def typed_facts(given: Mapping[str, str]) -> list[tuple[str, Message, str]]:
    """What `facts` gives, as it was sent."""
    return [(name, said, given.get(name, "")) for name, said in FACTS.items()]


def _fact(name: str, text: str) -> str | tuple[str, ...]:
    told = writable(_bounded(text, MAX_FACT))
    lines = [" ".join(line.split()) for line in told.splitlines()]
    if name in LISTS:
        return tuple(filter(None, lines))
    said = " ".join(filter(None, lines))
    return _day(said) if name.startswith("tanggal") else said


def _day(text: str) -> str:
    """A day as a document keeps it; what is none are the agency's words for it."""
    try:
        return words.day(text).isoformat()
    except InvalidInput:
        return text


def _ways(sop: Sop, sent: Entry) -> tuple[Way, ...]:
    """The arrows of a form; raises `InvalidInput` where one leads nowhere."""
    ways = [(_line(label), _place(sop, target)) for label, target in sent.ways if target]
    return tuple(dict.fromkeys(ways))


def _require_fit(sent: Entry) -> None:
    """Raises `InvalidInput` where the ways of a form are none that a row of its kind can have."""
    labels = [label for label, target in sent.ways if target]
    if sent.kind == END and labels:
        raise InvalidInput(message("Langkah Selesai tidak berlanjut: kosongkan tujuannya."))
    if sent.kind == DECISION and not all(labels):
        asked = message("Setiap arah keputusan memerlukan jawaban, misalnya Ya atau Tidak.")
        raise InvalidInput(asked)
    if sent.kind != DECISION and any(label for label, _ in sent.ways):
        asked = message("Jawaban hanya untuk keputusan: pilih jenis Keputusan, atau kosongkan.")
        raise InvalidInput(asked)
    if any(label and not target for label, target in sent.ways):
        raise InvalidInput(message("Pilih tujuan untuk setiap jawaban, atau kosongkan."))


def _place(sop: Sop, target: str) -> int | None:
    if target == TO_END:
        return None
    place = int(target) if target.isdecimal() and len(target) < 6 else -1
    if not 0 <= place < len(sop.steps):
        raise InvalidInput(message("Baris tujuan itu tidak ada."))
    if sop.steps[place].kind == START:
        raise InvalidInput(message("Mulai bukan tujuan: pilih langkah sesudahnya."))
    return _target(sop, place)


def _number(text: str, place: int) -> float:
    """Where a name is to stand; what is no number stays where it was."""
    return int(text) if text.isdecimal() and len(text) < 6 else place + 1


def _line(text: str) -> str:
    return _bounded(_clean(text), MAX_TEXT)


def _clean(text: str) -> str:
    return " ".join(writable(text).split())


def _bounded(text: str, most: int) -> str:
    if len(text) > most:
        raise InvalidInput(message("Isian itu terlalu panjang: paling banyak {n} huruf.", n=most))
    return text


def _with(said: Answers, new: Mapping[str, Mapping[int, Any]]) -> Answers:
    merged: dict[str, Any] = {name: {**getattr(said, name), **more} for name, more in new.items()}
    return replace(said, **merged)


def _without(answers: Mapping[int, Any], place: int) -> dict[int, Any]:
    return {at: answer for at, answer in answers.items() if at != place}
