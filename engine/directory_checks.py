"""Whether the directory that a file asks for holds together: superiors, units, groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from bpmn.messages import Message, message
from engine import people
from engine.directory_rows import Fault
from engine.models import Duty, Person

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy.orm import Session

    from engine.directory_rows import Draft
    from engine.roster import Entry


def check(session: Session, draft: Draft, after: Mapping[str, Entry]) -> None:
    """Adds to the draft what is wrong with it as a whole; ``after`` is everybody as wanted."""
    _check_units(draft)
    _check_superiors(draft, after)
    for nip, entry in draft.people.items():
        for code in entry.groups:
            if "groups" in draft.columns and code not in draft.roster.groups:
                said = message('Kelompok "{code}" belum ada.', code=code)
                draft.blame(draft.rows[nip], "groups", said)
    draft.faults += (Fault(0, "", said) for said in _as_a_whole(session, draft, after))


def circles(above: Mapping[str, str | None]) -> frozenset[str]:
    """Those who stand above themselves, when each stands below the one named."""
    found: set[str] = set()
    settled: set[str] = set()
    for start in above:
        path: dict[str, None] = {}
        here: str | None = start
        while here is not None and here not in settled and here not in path:
            path[here] = None
            here = above.get(here)
        if here in path:
            walked = list(path)
            found.update(walked[walked.index(here) :])
        settled.update(path)
    return frozenset(found)


def _check_units(draft: Draft) -> None:
    units = draft.roster.units | draft.units
    going_round = circles({code: unit.parent for code, unit in units.items()})
    for code, row in draft.unit_rows.items():
        parent = draft.units[code].parent
        if parent is not None and parent not in units:
            said = message('Unit induk "{code}" tidak dikenal.', code=parent)
            draft.blame(row, "parent", said)
        elif code in going_round:
            said = message('Unit "{code}" berada di bawah dirinya sendiri.', code=code)
            draft.blame(row, "parent", said)


def _check_superiors(draft: Draft, after: Mapping[str, Entry]) -> None:
    going_round = circles({nip: entry.superior for nip, entry in after.items()})
    for nip, entry in draft.people.items():
        said = _fault_of_superior(draft, after, entry)
        if said is None and nip in going_round:
            said = message("Rantai atasan pegawai ini kembali kepada dirinya sendiri.")
        if said is not None:
            draft.blame(draft.rows[nip], "superior", said)


def _fault_of_superior(draft: Draft, after: Mapping[str, Entry], entry: Entry) -> Message | None:
    superior = entry.superior
    if superior is None or "superior" not in draft.columns:
        return None
    if superior == entry.nip:
        return message("Pegawai tidak dapat menjadi atasannya sendiri.")
    if superior not in after:
        return message("Atasan itu tidak ada dalam berkas maupun dalam direktori.")
    before = draft.roster.people.get(superior)
    own = draft.roster.people.get(entry.nip)
    leaves = before is not None and not before.has_left
    if after[superior].has_left and (leaves or own is None or own.superior != superior):
        return message("Atasan itu sudah keluar, atau keluar menurut berkas ini.")
    return None


def _as_a_whole(session: Session, draft: Draft, after: Mapping[str, Entry]) -> Iterator[Message]:
    if not draft.rows and not draft.faults:
        yield message("Berkas ini tidak memuat pegawai.")
    duty = select(Person.nip).join(Duty, Duty.person_id == Person.id)
    kept = Duty.name == people.ADMINISTRATOR, Person.left_at.is_(None)
    administrators = session.scalars(duty.where(*kept)).all()
    if administrators and all(after[nip].has_left for nip in administrators):
        yield message("Administrator terakhir tidak ada dalam berkas; ia tidak dapat keluar.")
