"""What will be late within a week: each open task by how long such tasks have taken before.

The chance that a task misses its next time is the share of earlier tasks that took longer than it
may take till then, among those that took longer than it has taken so far, on the clock of its case.
A Waktu that runs is about the time worked, a waiting limit about the time waited; what counts from
a task's opening, about both, which are taken to be independent of each other.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, case, func, not_, or_, select
from sqlalchemy.orm import joinedload

from engine import access, calendars, clock, deployments, punctuality, tally_rows
from engine.models import Definition, Instance, Person, StepTally, WorkItem
from engine.spreads import Spread, bucket, length
from engine.tails import Chance, Tail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sqlalchemy import ColumnElement, Row, Select
    from sqlalchemy.orm import Session

    from engine.people import Actor

    Step = tuple[str, str]  # a process's key, and an element
    _Any = tuple[Any, ...]
    Clock = Callable[[datetime], float]  # the seconds that have passed at an instant

AHEAD = timedelta(days=7)
HISTORY = timedelta(days=365)
MOST = 30  # tasks that are listed: a page of less than 20 KB
LOOKED_AT = 5_000  # tasks that are reckoned, those that are due first
DUE, DEADLINE, WAIT = "due", "deadline", "wait"
COLUMNS = (
    WorkItem.id, WorkItem.element, WorkItem.taken_up_at, WorkItem.since, WorkItem.waited,
    WorkItem.worked, WorkItem.due_at, WorkItem.deadline_at, WorkItem.wait_due_at,
    Instance.definition_id, Person.unit_id,
)  # fmt: skip


@dataclass(frozen=True)
class Threat:
    """The next of an open task's times (`DUE`, `DEADLINE` or `WAIT`), and the chance to miss it."""

    item_id: int
    kind: str
    due: datetime
    chance: Chance


@dataclass(frozen=True)
class Forecast:
    """The open tasks that are due until then, and those that are late already (``late``).

    ``rows`` are those that will most likely be late, at most `MOST`, with their tasks in ``items``;
    ``expected`` is how many of the ``known`` will be, of the ``unknown`` nothing is said. ``more``
    are due than were looked at.
    """

    until: datetime
    rows: Sequence[Threat]
    items: Mapping[int, WorkItem]
    known: int
    unknown: int
    expected: float
    late: int
    more: bool


def of_week(session: Session, actor: Actor) -> Forecast:
    """The forecast for the cases that somebody looks over; raises `NotAllowed`."""
    access.require_overseer(actor)
    now = clock.now()
    until = now + AHEAD
    query = _looked_over(actor, select(*COLUMNS)).where(_is_due(until))
    query = query.order_by(_next_due(until), WorkItem.id)
    found = session.execute(query.limit(LOOKED_AT + 1)).all()
    threats = _threats(session, found[:LOOKED_AT], now, until)
    threats.sort(key=lambda one: -1 if one.chance.share is None else one.chance.share, reverse=True)
    shares = [one.chance.share for one in threats if one.chance.share is not None]
    late = _looked_over(actor, select(func.count(WorkItem.id))).where(punctuality.is_overdue())
    return Forecast(
        until,
        threats[:MOST],
        _items(session, [one.item_id for one in threats[:MOST]]),
        len(shares),
        len(threats) - len(shares),
        sum(shares),
        session.scalar(late) or 0,
        len(found) > LOOKED_AT,
    )


def _looked_over(actor: Actor, tasks: Select[*_Any]) -> Select[*_Any]:
    """The open tasks of the cases that somebody looks over and that do not stand still."""
    tasks = tasks.join(Instance, WorkItem.instance_id == Instance.id)
    tasks = tasks.join(Person, Instance.subject_id == Person.id)
    going = WorkItem.status == "open", Instance.status == "running"
    return tasks.where(*going, access.in_view(actor, Person.unit_id))


def _is_due(until: datetime) -> ColumnElement[bool]:
    """The condition of a task that has a time until then, and is not late by now."""
    in_tray = and_(WorkItem.taken_up_at.is_(None), WorkItem.wait_due_at <= until)
    soon = or_(WorkItem.due_at <= until, WorkItem.deadline_at <= until, in_tray)
    # What has no time of a kind is not late by it: three-valued logic would lose it.
    return and_(soon, not_(func.coalesce(punctuality.is_overdue(), False)))


def _next_due(until: datetime) -> ColumnElement[datetime]:
    """The first of a task's times until then."""
    tray = case((WorkItem.taken_up_at.is_(None), WorkItem.wait_due_at))
    first, second, third = (
        case((due <= until, due), else_=until)
        for due in (WorkItem.due_at, WorkItem.deadline_at, tray)
    )
    earlier = case((first < second, first), else_=second)
    return case((third < earlier, third), else_=earlier)


def _threats(
    session: Session, found: Sequence[Any], now: datetime, until: datetime
) -> list[Threat]:
    versions = _versions(session, {row.definition_id for row in found})
    steps = {(versions[row.definition_id][0], row.element) for row in found}
    tails = _tails(session, steps, now)
    clocks = _Clocks(session, min((row.since for row in found), default=now), until)
    threats = []
    for row in found:
        key, runs = versions[row.definition_id]
        threats.append(_threat(row, now, clocks.of(row.unit_id, runs), tails[key, row.element]))
    return threats


def _threat(row: Row[Any], now: datetime, passed: Clock, step: _Tails) -> Threat:
    times = [(row.due_at, DUE), (row.deadline_at, DEADLINE)]
    times += [(row.wait_due_at, WAIT)] if row.taken_up_at is None else []
    due, kind = min((at, kind) for at, kind in times if at is not None)
    lately, left = passed(now) - passed(row.since), passed(due) - passed(now)
    if row.taken_up_at is not None:
        so_far = row.worked + lately
        return Threat(row.id, kind, due, step.working.chance(so_far, so_far + left))
    so_far = row.waited + lately
    if kind == WAIT:
        return Threat(row.id, kind, due, step.waiting.chance(so_far, so_far + left))
    return Threat(row.id, kind, due, step.both(so_far, so_far + left))


class _Tails:
    """How long a step was waited for and worked on."""

    def __init__(self, waited: Iterable[bytes], worked: Iterable[bytes]) -> None:
        self.waiting, self.working = Tail(Spread.summed(waited)), Tail(Spread.summed(worked))
        self._both: dict[tuple[int, int], Chance] = {}

    def both(self, so_far: float, most: float) -> Chance:
        """Of one that lies in the tray and is to be done in so many seconds from its opening."""
        longer, number = self.waiting.longer(so_far), bucket(round(most))
        if (longer, number) not in self._both:
            found = self.waiting.chance_with(self.working, so_far, length(number))
            self._both[longer, number] = found
        return self._both[longer, number]


def _versions(session: Session, ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """The key of each version, and the clock of its cases."""
    query = select(Definition.id, Definition.key, Definition.source)
    rows = session.execute(query.where(Definition.id.in_(ids)))
    return {one: (key, deployments.drawn(source).clock()) for one, key, source in rows}


def _tails(session: Session, steps: Iterable[Step], now: datetime) -> dict[Step, _Tails]:
    """What was done at steps in a year, in all versions and units of the office."""
    since = tally_rows.month_of(now - HISTORY, ZoneInfo(session.info["zone"]))
    of_steps = (
        Definition.key.in_({key for key, _ in steps}),
        StepTally.element.in_({element for _, element in steps}),
    )
    spreads = StepTally.waited_spread, StepTally.worked_spread
    query = select(Definition.key, StepTally.element, *spreads).join(
        Definition, StepTally.definition_id == Definition.id
    )
    packed: dict[Step, list[tuple[bytes, bytes]]] = defaultdict(list)
    for key, element, *both in session.execute(query.where(*of_steps, StepTally.month >= since)):
        packed[key, element].append((both[0], both[1]))
    return {step: _Tails(*zip(*packed[step], strict=True)) if packed[step] else _Tails((), ())
            for step in steps}  # fmt: skip


class _Clocks:
    """The clocks of cases, each made once: the seconds that have passed since the first task."""

    def __init__(self, session: Session, begun: datetime, until: datetime) -> None:
        self._session, self._begun, self._until = session, begun, until
        self._stamp = session.scalars(select(calendars.stamp())).one()
        self._units: dict[int, Clock] = {}

    def of(self, unit_id: int, runs: str) -> Clock:
        """The clock of a unit's working time, or the one that always runs."""
        if runs != "working":
            return self._elapsed
        if unit_id not in self._units:
            working = calendars.of_unit(self._session, unit_id, self._stamp)
            self._units[unit_id] = working.meter(self._begun, self._until).read
        return self._units[unit_id]

    def _elapsed(self, at: datetime) -> float:
        return (at - self._begun).total_seconds()


def _items(session: Session, ids: Sequence[int]) -> dict[int, WorkItem]:
    """Tasks with their people, cases, versions and units."""
    whole = joinedload(WorkItem.instance)
    query = select(WorkItem).where(WorkItem.id.in_(ids)).options(
        joinedload(WorkItem.person), joinedload(WorkItem.group),
        whole.joinedload(Instance.definition),
        whole.joinedload(Instance.subject).joinedload(Person.unit),
    )  # fmt: skip
    return {item.id: item for item in session.scalars(query)}
