"""Computing armed timers again after a calendar has changed: shown before, on record after."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from heapq import nlargest
from statistics import median
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine import calendars, clock, jobs, ledger, people, steps, values
from engine.errors import NoWorkingTime
from engine.history import Fact
from engine.ledger import Act, once_more
from engine.models import Calendar, Definition, Instance, Job, Person, WorkItem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from engine.database import Database
    from engine.office_hours import Rules
    from engine.people import Actor
    from engine.working_time import WorkingTime

PAGE = 200  # cases that are gone through in one lease
SHOWN = 10
_COLUMNS = (
    Job.instance_id, Definition.digest, Instance.called, Job.element, Person.unit_id, Job.due,
    Job.since, Job.duration, Job.clock, Job.end_of_day,
)  # fmt: skip


@dataclass(frozen=True)
class Shift:
    """A timer that a change moves: of which case and element, from when to when."""

    instance_id: int
    digest: str
    called: bytes | None
    element: str
    old: datetime
    new: datetime

    @property
    def seconds(self) -> float:
        """By how much it moves; negative when it comes earlier."""
        return (self.new - self.old).total_seconds()


@dataclass(frozen=True)
class Effect:
    """What a change does to running cases: of ``timers`` armed by working time, these move.

    ``median`` and ``largest`` are seconds; ``most`` are those that move the furthest.
    """

    timers: int
    later: int
    earlier: int
    median: float
    largest: float
    most: Sequence[Shift]

    @property
    def moved(self) -> int:
        """How many timers move."""
        return self.later + self.earlier


def preview(session: Session, actor: Actor, unit_id: int, rules: Rules) -> Effect:
    """What would move if the unit said these rules; raises as `calendars.require_change` does."""
    calendars.require_change(session, actor, unit_id, rules)
    working: dict[int, WorkingTime] = {}
    timers, shifts = 0, []
    # Columns, not objects: there may be a hundred thousand.
    drawn = Instance.definition_id == Definition.id
    query = _affected(session, unit_id).join(Definition, drawn).with_only_columns(*_COLUMNS)
    for armed in session.execute(query):
        timers += 1
        if armed.unit_id not in working:
            below = calendars.if_changed(session, armed.unit_id, unit_id, rules)
            working[armed.unit_id] = below
        new = _due(working[armed.unit_id], armed)
        if new != armed.due:
            shift = Shift(
                armed.instance_id, armed.digest, armed.called, armed.element, armed.due, new
            )
            shifts.append(shift)
    return _effect(timers, shifts)


def _effect(timers: int, shifts: list[Shift]) -> Effect:
    lengths = [shift.seconds for shift in shifts]
    later = sum(length > 0 for length in lengths)
    return Effect(
        timers=timers,
        later=later,
        earlier=len(lengths) - later,
        median=median(lengths or [0]),
        largest=max(lengths, key=abs, default=0),
        # Of those that move alike the oldest case first, in whatever order they were read.
        most=nlargest(
            SHOWN, shifts, key=lambda shift: (abs(shift.seconds), -shift.instance_id, shift.element)
        ),
    )


def recompute(db: Database, job: Job) -> None:
    """Moves the timers of a page of cases, and leaves the rest to the next lease.

    Doing it again moves nothing: it may be stopped anywhere.
    """
    details = values.loads(job.details or b"")
    with db.read() as session:
        calendar = session.get_one(Calendar, details["calendar"])
        actor = people.actor(session, calendar.person_id or 0)
        later_ones = _affected(session, calendar.unit_id).where(Instance.id > details["after"])
        ids = later_ones.with_only_columns(Instance.id).distinct().order_by(Instance.id)
        page = session.scalars(ids.limit(PAGE)).all()
    jobs.each(lambda case: _recompute_case(db, case, calendar, actor), page)
    with db.write() as session:
        if len(page) < PAGE:
            jobs.finish(session, job)
        else:
            further = values.dumps(details | {"after": page[-1]})
            jobs.move(session, job, ready=clock.now(), details=further)


@once_more
def _recompute_case(
    db: Database, instance_id: int, calendar: Calendar, actor: Actor | None
) -> None:
    with db.read() as session:
        case = steps.read_case(session, instance_id)
        working = calendars.of_unit(session, case.unit_id, case.calendar)
        of_case = select(Job).where(Job.instance_id == instance_id, Job.state == "armed")
        armed = session.scalars(of_case.order_by(Job.id)).all()
        moved = {job.id: due for job in armed if (due := _due(working, job)) != job.due}
        items = [session.get_one(WorkItem, item_id) for item_id in _hosts(armed, moved)]
    if case.status != "running" or not moved:
        return
    moving = [job for job in armed if job.id in moved]
    facts = [_fact(job, moved[job.id], calendar) for job in moving]
    diagram = steps.drawn(db, case)
    with db.write() as session:
        ledger.append(session, case, Act(actor, "calendar", clock.now(), facts))
        for job in moving:
            _move(session, job, moved[job.id])
        for item in items:
            own = [job for job in armed if job.work_item_id == item.id]
            if dues := steps.moved_dues(diagram, item, own, moved):
                ledger.change(session, item.id, **dues)


def _affected(session: Session, unit_id: int) -> Select[Any]:
    """The armed timers on the working time of a unit and the units below, with their cases."""
    units = people.units_below(session, [unit_id])
    counted = Job.state == "armed", Job.clock == "working", Job.duration.is_not(None)
    return (
        select(Job)
        .join(Instance, Job.instance_id == Instance.id)
        .join(Person, Instance.subject_id == Person.id)
        .where(*counted, Instance.status == "running", Person.unit_id.in_(units))
    )


def _due(working: WorkingTime, armed: Any) -> datetime:
    """The due time of a job, or of the columns of one, by this working time."""
    due: datetime = armed.due
    if armed.clock == "working" and armed.since and armed.duration:
        # One that never comes, whatever the calendar says, holds up none of the others.
        with suppress(OverflowError, ValueError, NoWorkingTime):
            end_of_day = armed.end_of_day
            return working.due(armed.since, armed.duration, "working", end_of_day=end_of_day)
    return due


def _move(session: Session, job: Job, due: datetime) -> None:
    # A lease or a pause is kept, but never ends before the timer is due.
    ready = due if job.ready == job.due else max(job.ready, due)
    jobs.move_along(session, job, due=due, ready=ready)


def _fact(job: Job, due: datetime, calendar: Calendar) -> Fact:
    return Fact("timer.moved", job.element, {"from": job.due, "to": due, "calendar": calendar.id})


def _hosts(armed: Iterable[Job], moved: Mapping[int, datetime]) -> list[int]:
    return sorted({job.work_item_id for job in armed if job.id in moved and job.work_item_id})
