"""Figures of finished work, read from the tallies: where time goes, and how much there is of it.

Units are those that the employees belonged to when their work was counted. What was finished in
the last minute may not be counted yet (`tallies.uncounted`).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, true, union_all

from bpmn.messages import message
from engine import access, case_tallies, organisation, people
from engine.errors import NotFound
from engine.models import (
    GOING_ON,
    CaseTally,
    DayTally,
    Definition,
    Instance,
    Person,
    PersonTally,
    StepTally,
    VariantTally,
)
from engine.spreads import Spread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import InstrumentedAttribute, Session

    from engine.models import Unit
    from engine.people import Actor

MOST = 50  # people that are told of


@dataclass(frozen=True)
class Scope:
    """Which finished work: of these versions, of these units (None: all), of months to months."""

    definitions: frozenset[int]
    units: frozenset[int] | None
    first: date
    last: date

    def holds(self, kind: type[StepTally | CaseTally]) -> tuple[ColumnElement[bool], ...]:
        """The conditions of a tally by version, unit and month."""
        return (*self.of(kind), self.months_of(kind))

    def of(self, kind: type[StepTally | CaseTally | DayTally]) -> tuple[ColumnElement[bool], ...]:
        """The same without the months."""
        return kind.definition_id.in_(self.definitions), self.units_of(kind.unit_id)

    def months_of(
        self, kind: type[StepTally | CaseTally | PersonTally | VariantTally]
    ) -> ColumnElement[bool]:
        """The condition of a tally by month."""
        return kind.month.between(self.first.replace(day=1), self.last)

    def units_of(self, unit_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        """The condition of a column of units."""
        return true() if self.units is None else unit_id.in_(self.units)


@dataclass(frozen=True)
class Chosen:
    """What somebody asks for: a version (None: all), a unit with those below it, two days."""

    version: int | None
    unit: int | None
    first: date
    last: date


@dataclass
class Share:
    """A part of the work done: how many tasks, how many late, and the seconds they took."""

    done: int = 0
    late: int = 0
    worked: int = 0
    waited: int = 0

    def add(self, row: Any) -> None:
        """Adds a tally, or a row of sums like one."""
        self.done += row.done
        self.late += row.late
        self.worked += int(row.worked)
        self.waited += int(row.waited)

    @property
    def on_time(self) -> float | None:
        """The share that was done in time; None of nothing."""
        return 1 - self.late / self.done if self.done else None


@dataclass
class StepFigures(Share):
    """A step's share, how often it was done again, and how its times spread."""

    again: int = 0
    working: Spread = field(default_factory=Spread)
    waiting: Spread = field(default_factory=Spread)


@dataclass
class CaseFigures:
    """The cases that ended: how many, the seconds worked on each, and their rounds."""

    completed: int = 0
    cancelled: int = 0
    working: Spread = field(default_factory=Spread)
    rounds: dict[int, int] = field(default_factory=lambda: defaultdict(int))


def asked(
    session: Session, actor: Actor, key: str, chosen: Chosen
) -> tuple[Scope, Sequence[Definition], Sequence[Unit]]:
    """What of a process a person asks for, with the versions and units to choose from.

    Raises `NotAllowed` for who looks over nobody, `NotFound` for what is not there or not theirs.
    """
    access.require_overseer(actor)
    query = select(Definition).where(Definition.key == key).order_by(Definition.version.desc())
    versions, units = session.scalars(query).all(), organisation.overseen(session, actor)
    ids = {version.id for version in versions}
    if not ids or chosen.version not in (None, *ids):
        raise NotFound(message("Versi itu tidak ada."))
    if chosen.unit not in (None, *(unit.id for unit in units)):
        raise NotFound(message("Unit itu tidak ada, atau bukan untuk Anda."))
    within = None if access.may_audit(actor) else actor.supervises
    if chosen.unit is not None:
        within = people.units_below(session, [chosen.unit])
    of_versions = frozenset(ids if chosen.version is None else {chosen.version})
    return Scope(of_versions, within, chosen.first, chosen.last), versions, units


def steps(session: Session, scope: Scope) -> dict[str, StepFigures]:
    """The figures of each step, by element; versions with one id for a step count together."""
    found: dict[str, StepFigures] = defaultdict(StepFigures)
    spreads: dict[str, list[tuple[bytes, bytes]]] = defaultdict(list)
    columns = *_summed(StepTally), StepTally.again, StepTally.worked_spread, StepTally.waited_spread
    query = select(StepTally.element, *columns).where(*scope.holds(StepTally))
    for row in session.execute(query):
        found[row.element].add(row)
        found[row.element].again += row.again
        spreads[row.element].append((row.worked_spread, row.waited_spread))
    for element, step in found.items():
        step.working, step.waiting = map(Spread.summed, zip(*spreads[element], strict=True))
    return dict(found)


def units(session: Session, scope: Scope) -> dict[int, Share]:
    """The share of each unit's employees."""
    return _shares(session, StepTally.unit_id, scope)


def months(session: Session, scope: Scope) -> dict[date, Share]:
    """The share of each month."""
    return _shares(session, StepTally.month, scope)


def persons(session: Session, scope: Scope, most: int = MOST) -> list[tuple[Person, Share]]:
    """The share of who did the work, of these units' people; the ``most`` who did the most."""
    sums = [func.sum(column).label(column.key) for column in _summed(PersonTally)]
    query = (
        select(PersonTally.person_id, *sums)
        .where(PersonTally.definition_id.in_(scope.definitions), scope.months_of(PersonTally))
        .group_by(PersonTally.person_id)
        .order_by(func.sum(PersonTally.done).desc(), PersonTally.person_id)
    )
    if scope.units is not None:
        of_units = select(Person.id).where(Person.unit_id.in_(scope.units))
        query = query.where(PersonTally.person_id.in_(of_units))
    shares = {row.person_id: _share(row) for row in session.execute(query.limit(most))}
    known = session.scalars(select(Person).where(Person.id.in_(shares)))
    return sorted(
        ((person, shares[person.id]) for person in known),
        key=lambda pair: (-pair[1].done, pair[0].name),
    )


def cases(session: Session, scope: Scope) -> CaseFigures:
    """The cases that ended."""
    found, spreads = CaseFigures(), []
    for row in session.scalars(select(CaseTally).where(*scope.holds(CaseTally))):
        found.completed += row.completed
        found.cancelled += row.cancelled
        spreads.append(row.spread)
        for number, count in case_tallies.rounds_of(row.rounds).items():
            found.rounds[number] += count
    found.working = Spread.summed(spreads)
    return found


def in_progress(session: Session, scope: Scope) -> list[tuple[date, int]]:
    """How many cases were going on at the end of each day of the scope, in order."""
    zone = ZoneInfo(session.info["zone"])
    started: dict[date, int] = defaultdict(int)
    ended: dict[date, int] = defaultdict(int)
    of_day = DayTally.day, func.sum(DayTally.started), func.sum(DayTally.ended)
    query = select(*of_day).where(*scope.of(DayTally)).group_by(DayTally.day)
    for day, begun, over in session.execute(query):
        started[day] += int(begun)
        ended[day] += int(over)
    for begun_at, ended_at in session.execute(_not_tallied(scope)):
        started[begun_at.astimezone(zone).date()] += 1
        if ended_at is not None:
            ended[ended_at.astimezone(zone).date()] += 1
    running = sum(n for day, n in started.items() if day < scope.first)
    running -= sum(n for day, n in ended.items() if day < scope.first)
    series = []
    for offset in range((scope.last - scope.first).days + 1):
        day = scope.first + timedelta(days=offset)
        running += started[day] - ended[day]
        series.append((day, running))
    return series


def _not_tallied(scope: Scope) -> Any:
    """When the cases that the tallies do not know of began, and ended if they have."""
    query = select(Instance.started_at, Instance.ended_at)
    query = query.where(Instance.definition_id.in_(scope.definitions))
    if scope.units is not None:
        of_units = select(Person.id).where(Person.unit_id.in_(scope.units))
        query = query.where(Instance.subject_id.in_(of_units))
    going_on = query.where(Instance.status.in_(GOING_ON))
    uncounted = query.where(Instance.ended_at.is_not(None), case_tallies.UNCOUNTED)
    return union_all(going_on, uncounted)


def _shares(session: Session, by: Any, scope: Scope) -> dict[Any, Share]:
    sums = [func.sum(column).label(column.key) for column in _summed(StepTally)]
    query = select(by.label("by"), *sums).where(*scope.holds(StepTally)).group_by(by).order_by(by)
    return {row.by: _share(row) for row in session.execute(query)}


def _summed(kind: type[StepTally | PersonTally]) -> tuple[Any, ...]:
    return kind.done, kind.late, kind.worked, kind.waited


def _share(row: Any) -> Share:
    share = Share()
    share.add(row)
    return share
