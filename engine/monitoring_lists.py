"""Which monitoring sheets there are, and which are due."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import joinedload

from bpmn.messages import message
from engine import absences, access, deployments
from engine.errors import NotAllowed
from engine.instruments import EVALUATION, MONITORING, Period
from engine.models import Activation, Duty, MonitoringSheet, Unit
from engine.people import SUPERVISOR

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from engine.people import Actor

PAGE = 50


@dataclass(frozen=True)
class Due:
    """A sheet that the last half year, or year, still lacks; ``sheet_id`` is its draft."""

    key: str
    name: str
    unit: Unit
    period: Period
    sheet_id: int | None


def require_reader(actor: Actor) -> None:
    """Raises `NotAllowed` for who may read no sheets."""
    if not access.may_read_monitoring(actor):
        raise NotAllowed(message("Halaman ini untuk pengawas unit, analis, dan auditor."))


def page(
    session: Session, actor: Actor, key: str | None = None, before: int | None = None
) -> Sequence[MonitoringSheet]:
    """The sheets that somebody may read, the latest periods first; those after a sheet."""
    order = MonitoringSheet.first, MonitoringSheet.id
    query = select(MonitoringSheet).where(access.in_monitoring(actor, MonitoringSheet.unit_id))
    if key is not None:
        query = query.where(MonitoringSheet.key == key)
    if last := session.get(MonitoringSheet, before or 0):
        query = query.where(tuple_(*order) < (last.first, last.id))
    query = query.options(joinedload(MonitoringSheet.unit), joinedload(MonitoringSheet.person))
    return session.scalars(query.order_by(*(by.desc() for by in order)).limit(PAGE)).all()


def due(session: Session, actor: Actor) -> list[Due]:
    """What the last half year and year still lack: of each unit with a supervisor, each process
    that was in force by then."""
    today, zone = absences.today(session), ZoneInfo(session.info["zone"])
    periods = [Period.holding(kind, today).before for kind in (MONITORING, EVALUATION)]
    begun, sheets = _begun(session), _sheets_of(session, periods)
    processes, units = deployments.all_in_force(session), _supervised(session, actor)
    return [
        Due(process.key, process.name, unit, period, found.id if found else None)
        for period in periods
        for process in processes
        if begun[process.key].astimezone(zone).date() <= period.last
        for unit in units
        for found in [sheets.get((process.key, unit.id, period.kind))]
        if found is None or found.signed_at is None
    ]


def _begun(session: Session) -> dict[str, datetime]:
    """Since when there has been a version of each process in force."""
    first = select(Activation.key, func.min(Activation.at)).group_by(Activation.key)
    return dict(session.execute(first).all())


def _supervised(session: Session, actor: Actor) -> Sequence[Unit]:
    """The units in view that have a supervisor of their own, by name."""
    own = select(Duty.unit_id).where(Duty.name == SUPERVISOR)
    query = select(Unit).where(Unit.id.in_(own), access.in_monitoring(actor, Unit.id))
    return session.scalars(query.order_by(Unit.name, Unit.id)).all()


def _sheets_of(
    session: Session, periods: Sequence[Period]
) -> dict[tuple[str, int, str], MonitoringSheet]:
    pairs = [(period.kind, period.first) for period in periods]
    of_periods = tuple_(MonitoringSheet.kind, MonitoringSheet.first).in_(pairs)
    rows = session.scalars(select(MonitoringSheet).where(of_periods))
    return {(row.key, row.unit_id, row.kind): row for row in rows}
