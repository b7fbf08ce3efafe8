"""Who does each row: by the marks of the table, else by its words, and then as a guess."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bpmn.messages import message
from bpmn.sop.table.clauses import acts_in, handed_to
from bpmn.sop.table.headings import KEGIATAN
from bpmn.sop.table.remarks import ACTOR, COLUMNS, GUESS, LEFT, MISSING, Remark
from bpmn.sop.table.words import Names, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bpmn.messages import Message
    from bpmn.sop.table.answers import Answers
    from bpmn.sop.table.entries import Entry, Table

_SURELY = re.compile(r"\s*(?:[/;&+]|\bdan/atau\b)\s*")
_PERHAPS = re.compile(r"\s*(?:,|\bdan\b|\bbersama(?:\s+dengan)?\b)\s*")


@dataclass
class Performers:
    """``names`` in the order of the columns, ``of`` the place of who does each row.

    ``along`` are those who are marked in a row beside the first.
    """

    names: tuple[str, ...]
    of: list[int | None] = field(default_factory=list)
    along: list[tuple[str, ...]] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


def performers(table: Table, answers: Answers) -> Performers:
    """Who does what; an analyst's answers go over everything."""
    said = _said(table)
    own = tuple(dict.fromkeys((*table.actors, *(name for names in said for name in names))))
    called, remarks = _called(own, answers)
    found = Performers(tuple(dict.fromkeys(called.values())), remarks=remarks)
    if answers.columns is not None:
        found.names = tuple(name for name, _ in answers.columns)
    if not found.names:
        asked = message("Tabel ini tidak mengatakan siapa pelaksananya.")
        found.remarks.append(Remark(None, None, COLUMNS, MISSING, asked))
    for place, entry in enumerate(table.entries):
        marked = [called[name] for name in said[place] if name in called]
        found.along.append(tuple(dict.fromkeys(marked[1:])))
        found.of.append(_one(place, entry, marked, found, answers))
    _fill(table.entries, found)
    return found


def _said(table: Table) -> list[tuple[str, ...]]:
    """The names that each row marks, in the order of the columns or as they are written."""
    alone = {plain(entry.named) for entry in table.entries}
    return [
        tuple(name for name in table.actors if name in entry.marks)
        or tuple(filter(None, _split(entry.named, alone)))
        for entry in table.entries
    ]


def _split(named: str, alone: set[str]) -> list[str]:
    """One cell's names: it is cut where what it says is known from other rows as well."""
    for cut, enough in ((_SURELY, any), (_PERHAPS, all)):
        parts = [part for part in cut.split(named) if part]
        if len(parts) > 1 and enough(plain(part) in alone for part in parts):
            return [name for part in parts for name in _split(part, alone)]
    return [named]


def _called(own: tuple[str, ...], answers: Answers) -> tuple[dict[str, str], list[Remark]]:
    """What each name of the table is called now, and what is no longer anybody's."""
    spelled: dict[str, str] = {}
    for name in own:
        spelled.setdefault(plain(name), name)
    called = {name: spelled[plain(name)] for name in own}
    if answers.columns is None:
        return called, []
    now = {name: _now(name, answers.columns) for name in dict.fromkeys(called.values())}
    remarks = [
        Remark(None, None, COLUMNS, LEFT, message('Kolom "{name}" tidak dipakai lagi.', name=name))
        for name, new in now.items()
        if new is None
    ]
    kept = {name: now[own] for name, own in called.items()}
    return {name: new for name, new in kept.items() if new is not None}, remarks


def _now(name: str, columns: Sequence[tuple[str, str | None]]) -> str | None:
    """What an analyst calls a name of the table: by that name, else where one is spelled so."""
    by_name = (new for new, old in columns if old is not None and plain(old) == plain(name))
    spelled = (new for new, _ in columns if plain(new) == plain(name))
    return next(by_name, None) or next(spelled, None)


def _one(
    place: int, entry: Entry, marked: list[str], found: Performers, answers: Answers
) -> int | None:
    """Who does a row by an answer or by its marks."""
    if place in answers.actors:
        answered = Names(found.names).same(answers.actors[place])
        if answered is not None:
            return answered
        said = message('Pelaksana "{name}" bukan salah satu kolom.', name=answers.actors[place])
        found.remarks.append(Remark(place, entry.row, ACTOR, LEFT, said))
    if not marked:
        return None
    if len(set(marked)) > 1:
        said = message(
            'Beberapa pelaksana bertanda: "{name}" yang bertindak, "{others}" bersamanya.',
            name=marked[0], others=", ".join(dict.fromkeys(marked[1:])),
        )  # fmt: skip
        found.remarks.append(Remark(place, entry.row, ACTOR, GUESS, said))
    return found.names.index(marked[0])


def _fill(entries: Sequence[Entry], found: Performers) -> None:
    """Who does the rows that have no mark, by their words or as the row before."""
    if not found.names:
        return
    names = Names(found.names)
    for place, entry in enumerate(entries):
        if found.of[place] is None:
            before = entries[place - 1] if place else None
            found.of[place], said = _guess(entry, before, place, found, names)
            found.remarks.append(Remark(place, entry.row, ACTOR, GUESS, said))


def _guess(
    entry: Entry, before: Entry | None, place: int, found: Performers, names: Names
) -> tuple[int, Message]:
    own = None if entry.edge else acts_in(entry.texts.get(KEGIATAN, ""), names)
    if own is not None:
        who = found.names[own[0]]
        return own[0], message('Pelaksana: {name}, dari kata "{words}".', name=who, words=own[1])
    handed = handed_to(before.texts.get(KEGIATAN, ""), names) if before else None
    if handed is not None and not entry.edge:
        said = message(
            'Pelaksana: {name}, karena baris sebelumnya mengatakan "{words}".',
            name=found.names[handed[0]], words=handed[1],
        )  # fmt: skip
        return handed[0], said
    earlier = next((one for one in reversed(found.of[:place]) if one is not None), None)
    if earlier is None:  # not as the rows behind: what is answered of these would change it
        return 0, message("Pelaksana: {name}, pelaksana yang pertama.", name=found.names[0])
    said = message("Pelaksana: {name}, seperti baris di dekatnya.", name=found.names[earlier])
    return earlier, said
