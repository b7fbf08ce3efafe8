"""Monitoring sheets: made with measured facts, judged, signed, and kept as they were signed.

A draft is saved under its revision. What is signed is guarded here, and its digest stands in the
office's journal: `engine.verification` finds what was changed behind the office's back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload, undefer

from bpmn.messages import Message, message
from engine import (
    absences,
    access,
    clock,
    history,
    instruments,
    journal,
    monitoring_facts,
    snapshots,
    values,
)
from engine.database import one_at_a_time
from engine.errors import DraftConflict, InvalidInput, NoLongerOpen, NotAllowed, NotFound
from engine.instruments import Judgement, Period
from engine.models import MonitoringSheet, Person, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import CursorResult
    from sqlalchemy.orm import Session

    from engine.database import Database
    from engine.monitoring_facts import Facts
    from engine.people import Actor

MADE, SIGNED, DROPPED = "monitoring.made", "monitoring.signed", "monitoring.dropped"


@dataclass(frozen=True)
class Sheet:
    """A sheet as it is read; ``signature`` is None while it is a draft."""

    row: MonitoringSheet
    facts: Facts
    judgement: Judgement
    signature: dict[str, Any] | None

    @property
    def period(self) -> Period:
        """The half year or year that it is of."""
        return Period(self.row.kind, self.row.first)


def sheet(session: Session, actor: Actor, sheet_id: int) -> Sheet:
    """One sheet; raises `NotFound` for who may not read it."""
    whole = undefer(MonitoringSheet.facts), undefer(MonitoringSheet.judgement)
    people = joinedload(MonitoringSheet.unit), joinedload(MonitoringSheet.person)
    query = select(MonitoringSheet).where(MonitoringSheet.id == sheet_id)
    query = query.where(access.in_monitoring(actor, MonitoringSheet.unit_id))
    row = session.scalar(query.options(*whole, undefer(MonitoringSheet.signature), *people))
    if row is None:
        raise NotFound(message("Lembar itu tidak ada, atau bukan untuk Anda."))
    signature = values.loads(row.signature) if row.signature is not None else None
    return Sheet(row, values.loads(row.facts), Judgement.loads(row.judgement), signature)


def require_monitor(actor: Actor, unit_id: int) -> None:
    """Raises `NotAllowed` for who does not supervise the unit."""
    if not access.may_monitor(actor, unit_id):
        raise NotAllowed(message("Lembar ini dibuat dan ditandatangani oleh pengawas unitnya."))


def draft(session: Session, actor: Actor, sheet_id: int) -> Sheet:
    """A sheet that somebody may judge and sign; raises `NotFound`, `NotAllowed`, `NoLongerOpen`."""
    found = sheet(session, actor, sheet_id)
    require_monitor(actor, found.row.unit_id)
    if found.row.signed_at is not None:
        raise NoLongerOpen(message("Lembar ini sudah ditandatangani dan tidak berubah lagi."))
    return found


def make(db: Database, actor: Actor, key: str, unit_id: int, period: Period) -> int:
    """Makes a sheet with the facts of now; its id, or that of the one there is.

    Raises `NotAllowed`, and `InvalidInput` for a period to come, or without the process in force.
    """
    require_monitor(actor, unit_id)
    with db.read() as session:
        if period.first > absences.today(session):
            raise InvalidInput(message("Masa itu belum mulai."))
        unit = session.get_one(Unit, unit_id)
        facts = monitoring_facts.gather(session, key, unit, period)
    with db.write() as session:
        one_at_a_time(session)
        known = _same(session, key, unit_id, period)
        return known if known is not None else _add(session, actor, key, unit_id, period, facts)


def save(db: Database, actor: Actor, sheet_id: int, judgement: Judgement, revision: int) -> None:
    """Keeps a judgement as a draft over that of a revision.

    Raises `DraftConflict` where somebody has saved since, `NoLongerOpen` for what is signed,
    `InvalidInput`, `NotAllowed` and `NotFound`.
    """
    with db.read() as session:
        found = draft(session, actor, sheet_id)
    if (said := instruments.fault(found.row.kind, found.facts["questions"], judgement)) is not None:
        raise InvalidInput(said)
    _write(db, found, revision, judgement=judgement.packed(), person_id=actor.id)


def renew(db: Database, actor: Actor, sheet_id: int, revision: int) -> None:
    """Takes the facts of a draft anew; what has been judged stays."""
    with db.read() as session:
        found = draft(session, actor, sheet_id)
        row = found.row
        facts = monitoring_facts.gather(session, row.key, row.unit, found.period)
    _write(db, found, revision, facts=values.dumps(facts), person_id=actor.id)


def drop(db: Database, actor: Actor, sheet_id: int) -> None:
    """Throws a draft away; raises `NoLongerOpen` for what is signed."""
    with db.write() as session:
        one_at_a_time(session)
        row = draft(session, actor, sheet_id).row
        session.delete(row)
        journal.record(session, DROPPED, _details(row), person_id=actor.id)


def hindrance(session: Session, found: Sheet) -> Message | None:
    """Why a draft cannot be signed as it is; None when it can."""
    if absences.today(session) <= found.period.last:
        return message(
            "Masa ini belum berakhir: lembar ini rancangan dan belum dapat ditandatangani."
        )
    if not monitoring_facts.is_whole(found.facts, ZoneInfo(session.info["zone"])):
        return message("Angkanya diambil sebelum masa ini berakhir. Ambil angkanya lagi.")
    return instruments.missing(found.row.kind, found.facts["questions"], found.judgement)


def sign(db: Database, actor: Actor, sheet_id: int, revision: int) -> None:
    """Signs a sheet as it stood at a revision; from then on nothing of it changes.

    Raises what `save` raises, and `InvalidInput` with what `hindrance` says.
    """
    with db.read() as session:
        found = draft(session, actor, sheet_id)
        if (said := hindrance(session, found)) is not None:
            raise InvalidInput(said)
        row, behalf = found.row, actor.supervises_for.get(found.row.unit_id)
        signature = _signature(session, actor, behalf)
    signed = {"signed_at": clock.now(), "signed_by": actor.id, "signature": signature}
    digest = digest_of(_columns(row) | signed)
    said_so = _details(row) | {"digest": digest}
    if behalf is not None:
        said_so |= {"absent": behalf, "as": actor.stands_in[behalf]}
    with db.write() as session:
        one_at_a_time(session)
        _change(session, found, revision, **signed, digest=digest)
        journal.record(session, SIGNED, said_so, person_id=actor.id)


def digest_of(row: Mapping[str, Any]) -> str:
    """The digest of all that is signed, of a row as it is stored."""
    told = {name: row[name] for name in ("id", "kind", "key", "unit_id", "signed_by")}
    told["first"] = str(row["first"])
    told |= {name: history.digest(row[name]) for name in ("facts", "judgement", "signature")}
    at: datetime = row["signed_at"]
    return history.digest(values.dumps(told | {"at": at.isoformat()}))


def _same(session: Session, key: str, unit_id: int, period: Period) -> int | None:
    of_unit = MonitoringSheet.key == key, MonitoringSheet.unit_id == unit_id
    of_period = MonitoringSheet.kind == period.kind, MonitoringSheet.first == period.first
    return session.scalar(select(MonitoringSheet.id).where(*of_unit, *of_period))


def _add(
    session: Session, actor: Actor, key: str, unit_id: int, period: Period, facts: Facts
) -> int:
    row = MonitoringSheet(
        kind=period.kind, key=key, unit_id=unit_id, first=period.first, facts=values.dumps(facts),
        judgement=Judgement().packed(), revision=0, person_id=actor.id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    journal.record(session, MADE, _details(row), person_id=actor.id)
    return row.id


def _details(row: MonitoringSheet) -> dict[str, Any]:
    period = Period(row.kind, row.first).code
    return {"sheet": row.id, "process": row.key, "unit": row.unit_id, "period": period}


def _write(db: Database, found: Sheet, revision: int, **changes: Any) -> None:
    with db.write() as session:
        _change(session, found, revision, **changes)


def _change(session: Session, found: Sheet, revision: int, **changes: Any) -> None:
    """Changes a draft that is as it was read and shown, at a revision, which is then one higher."""
    as_read = MonitoringSheet.revision == revision, MonitoringSheet.signed_at.is_(None)
    mine = update(MonitoringSheet).where(MonitoringSheet.id == found.row.id, *as_read)
    written: CursorResult[Any] = session.execute(  # type: ignore[assignment]  # an UPDATE's
        mine.values(revision=revision + 1, **changes)
    )
    if written.rowcount != 1 or found.row.revision != revision:
        raise DraftConflict(
            message("Lembar ini baru saja disimpan orang lain; isian Anda belum tersimpan.")
        )


def _columns(row: MonitoringSheet) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}


def _signature(session: Session, actor: Actor, behalf: int | None) -> bytes:
    """Who signs as they are called today, and in whose place as what."""
    ids = [actor.id, *([] if behalf is None else [behalf])]
    query = select(Person).where(Person.id.in_(ids)).options(joinedload(Person.unit))
    people = {person.id: snapshots.described(person) for person in session.scalars(query)}
    as_what = None if behalf is None else actor.stands_in[behalf]
    told = {"by": people[actor.id], "as": as_what, "for": people.get(behalf or 0)}
    return values.dumps(told)
