"""Writing a plan into the directory: one transaction, few statements however many people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, bindparam, delete, insert, select, update

from bpmn.messages import message
from engine import calendars, journal, people, roster
from engine.database import alone_with
from engine.errors import StaleDirectory
from engine.models import Base, Group, Person, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.orm import Session

    from engine.directory_import import Plan
    from engine.roster import Entry

    Row = dict[str, Any]
    Ids = Mapping[str, int]

_TABLES = Base.metadata.tables
_PERSON, _UNIT, _MEMBERSHIP = (_TABLES[name] for name in ("person", "unit", "membership"))


def write(session: Session, plan: Plan, file: str, person_id: int | None) -> None:
    """Does what a sound plan says; ``file`` is the digest of what it was made from.

    Raises `StaleDirectory` when the directory is no longer the one it was made for.
    """
    alone_with(session, "person", "unit", "membership", "group")
    if roster.read(session).digest != plan.before:
        raise stale()
    units = _write_units(session, plan, person_id)
    ids = _write_people(session, plan, units)
    _write_memberships(session, plan, ids)
    journal.record(
        session, "directory.imported", {"file": file, **plan.counts}, person_id=person_id
    )


def stale() -> StaleDirectory:
    """What is said when somebody was quicker."""
    said = message("Direktori berubah sejak diperiksa; tidak ada yang diterapkan. Periksa lagi.")
    return StaleDirectory(said)


def _write_units(session: Session, plan: Plan, person_id: int | None) -> Ids:
    new = [{"code": code, "name": unit.name} for code, old, unit in plan.units if old is None]
    _many(session, insert(_UNIT), new)
    ids = dict(session.execute(select(Unit.code, Unit.id)).all())
    settled = [
        {"of": ids[code], "name": unit.name, "parent_id": ids.get(unit.parent or "")}
        for code, _, unit in plan.units
    ]
    _many(session, _update(_UNIT), settled)
    for code, old, unit in plan.units:
        if old is not None and old.parent != unit.parent:
            calendars.follow_move(session, person_id, ids[code])
    return ids


def _write_people(session: Session, plan: Plan, units: Ids) -> Ids:
    """First those who are new, then who stands below whom, since anybody may."""
    new = [{"nip": entry.nip} | _row(entry, units) for old, entry in plan.people if old is None]
    _many(session, insert(_PERSON), new)
    ids = dict(session.execute(select(Person.nip, Person.id)).all())
    serving = [(old, entry) for old, entry in plan.people if not entry.has_left]
    changed = [
        {"of": ids[entry.nip]} | _row(entry, units) for old, entry in serving if old is not None
    ]
    _many(session, _update(_PERSON), changed)
    placed = [
        {"of": ids[entry.nip], "superior_id": ids.get(entry.superior or "")}
        for old, entry in serving
        if entry.superior != (old.superior if old else None)
    ]
    _many(session, _update(_PERSON), placed)
    people.dismiss(session, [ids[entry.nip] for _, entry in plan.people if entry.has_left])
    return ids


def _row(entry: Entry, units: Ids) -> Row:
    return {
        "name": entry.name, "kind": entry.kind, "rank": entry.rank, "position": entry.position,
        "unit_id": units[entry.unit], "email": entry.email,
        "is_agency_head": entry.is_agency_head, "left_at": None,
    }  # fmt: skip


def _write_memberships(session: Session, plan: Plan, ids: Ids) -> None:
    groups = dict(session.execute(select(Group.code, Group.id)).all())

    def rows(pairs: Iterable[tuple[Entry | None, Entry | None]]) -> list[Row]:
        return [
            {"group_id": groups[code], "person_id": ids[there.nip]}
            for there, other in pairs
            if there is not None
            for code in set(there.groups) - set(other.groups if other else ())
        ]

    this = (_MEMBERSHIP.c[name] == bindparam(name) for name in ("group_id", "person_id"))
    _many(session, delete(_MEMBERSHIP).where(*this), rows(plan.people))
    _many(session, insert(_MEMBERSHIP), rows((new, old) for old, new in plan.people))


def _update(table: Table) -> Any:
    """Sets what else a row names where the id is its ``of``."""
    return update(table).where(table.c.id == bindparam("of"))


def _many(session: Session, statement: Any, rows: list[Row]) -> None:
    if rows:
        session.connection().execute(statement, rows)
