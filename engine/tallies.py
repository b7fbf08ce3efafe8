"""Tallies: what was finished, counted once, so that a report reads hundreds of rows for millions.

A round of the worker counts what has been finished since the one before. A task or case is marked
in the transaction that counts it, so that it is counted once whatever is killed; it counts for the
version and unit that its case had then, and stays counted when the case is deleted.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import func, inspect, select, text, tuple_, update

from engine import jobs, punctuality
from engine.database import one_at_a_time
from engine.models import CaseTally, DayTally, Instance, Person, PersonTally, StepTally, WorkItem
from engine.spreads import Spread

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from engine.database import Database
    from engine.models import Job
    from engine.settings import Settings

    Place = tuple[int, int]  # (definition, unit) that a case counts for

KIND = "count"
EVERY = timedelta(minutes=1)
CHUNK = 1_000  # tasks, or cases, of one transaction
# In the very words of the partial indexes: no database finds them by others.
UNCOUNTED_TASK, UNCOUNTED_CASE = text("NOT work_item.counted"), text("NOT instance.counted")

T = TypeVar("T", StepTally, PersonTally, CaseTally, DayTally)


def run(db: Database, job: Job, settings: Settings) -> None:
    """The round of a worker, every minute."""
    count(db, ZoneInfo(settings.zone))
    jobs.come_again(db, job, EVERY)


def count(db: Database, zone: ZoneInfo) -> int:
    """Counts all that is finished and not counted yet; how many tasks and cases that were."""
    counted = 0
    for some in (_count_tasks, _count_cases):
        while number := _write(db, some, zone):
            counted += number
    return counted


def uncounted(session: Session) -> int:
    """How many tasks are finished and not counted yet."""
    waiting = WorkItem.status == "completed", UNCOUNTED_TASK
    return session.scalar(select(func.count(WorkItem.id)).where(*waiting)) or 0


def month_of(instant: datetime, zone: ZoneInfo) -> date:
    """The first day of the month that an instant falls into, by the office's clock."""
    return instant.astimezone(zone).date().replace(day=1)


def _write(db: Database, some: Any, zone: ZoneInfo) -> int:
    with db.write() as session:
        one_at_a_time(session)
        number: int = some(session, zone)
        return number


# Tasks


@dataclass
class _Step:
    done: int = 0
    late: int = 0
    again: int = 0
    worked: list[int] = field(default_factory=list)
    waited: list[int] = field(default_factory=list)

    def add(self, item: WorkItem) -> None:
        self.done += 1
        self.late += punctuality.was_late(item)
        self.again += item.visit > 1
        self.worked.append(item.worked)
        self.waited.append(item.waited)


def _count_tasks(session: Session, zone: ZoneInfo) -> int:
    waiting = WorkItem.status == "completed", UNCOUNTED_TASK
    next_ones = select(WorkItem.id).where(*waiting).order_by(WorkItem.id).limit(CHUNK)
    marked = update(WorkItem).where(WorkItem.id.in_(next_ones.scalar_subquery()))
    items = session.scalars(marked.values(counted=True).returning(WorkItem)).all()
    places = _places(session, {item.instance_id for item in items})
    steps: dict[tuple[int, str, int, date], _Step] = defaultdict(_Step)
    persons: dict[tuple[int, str, int, date], _Step] = defaultdict(_Step)
    for item in items:
        definition_id, unit_id = places[item.instance_id]
        if item.closed_at is None:
            continue
        month = month_of(item.closed_at, zone)
        steps[definition_id, item.element, unit_id, month].add(item)
        if item.closed_by is not None:
            persons[definition_id, item.element, item.closed_by, month].add(item)
    for tally, done in _tallies(session, StepTally, steps):
        _add(tally, done)
        tally.again += done.again
        tally.worked_spread = _joined(tally.worked_spread, done.worked)
        tally.waited_spread = _joined(tally.waited_spread, done.waited)
    for person, done in _tallies(session, PersonTally, persons):
        _add(person, done)
    return len(items)


def _add(tally: StepTally | PersonTally, done: _Step) -> None:
    tally.done += done.done
    tally.late += done.late
    tally.worked += sum(done.worked)
    tally.waited += sum(done.waited)


def _joined(packed: bytes, lengths: Iterable[int]) -> bytes:
    return Spread(Spread.loads(packed) + Spread.of(lengths)).packed()


# Cases


@dataclass
class _Cases:
    completed: int = 0
    cancelled: int = 0
    worked: list[int] = field(default_factory=list)
    rounds: list[int] = field(default_factory=list)


def _count_cases(session: Session, zone: ZoneInfo) -> int:
    waiting = Instance.ended_at.is_not(None), UNCOUNTED_CASE
    next_ones = select(Instance.id).where(*waiting).order_by(Instance.id).limit(CHUNK)
    marked = update(Instance).where(Instance.id.in_(next_ones.scalar_subquery()))
    columns = Instance.id, Instance.status, Instance.started_at, Instance.ended_at
    cases = session.execute(marked.values(counted=True).returning(*columns)).all()
    ids = {case.id for case in cases}
    places, work = _places(session, ids), _work(session, ids)
    months: dict[tuple[int, int, date], _Cases] = defaultdict(_Cases)
    days: dict[tuple[int, int, date], list[int]] = defaultdict(lambda: [0, 0])
    for case in cases:
        place = places[case.id]
        days[*place, case.started_at.astimezone(zone).date()][0] += 1
        days[*place, case.ended_at.astimezone(zone).date()][1] += 1
        month = months[*place, month_of(case.ended_at, zone)]
        if case.status == "completed":
            worked, rounds = work.get(case.id, (0, 1))
            month.completed += 1
            month.worked.append(worked)
            month.rounds.append(rounds)
        else:
            month.cancelled += 1
    for tally, ended in _tallies(session, CaseTally, months):
        tally.completed += ended.completed
        tally.cancelled += ended.cancelled
        tally.spread = _joined(tally.spread, ended.worked)
        tally.rounds = _with_rounds(tally.rounds, ended.rounds)
    for day, (started, ended_then) in _tallies(session, DayTally, days):
        day.started += started
        day.ended += ended_then
    return len(cases)


def rounds_of(packed: bytes) -> dict[int, int]:
    """How many cases came how often to the step that they came to most often."""
    return {int(number): count for number, count in orjson.loads(packed).items()}


def _with_rounds(packed: bytes, rounds: Iterable[int]) -> bytes:
    counts = defaultdict(int, rounds_of(packed))
    for number in rounds:
        counts[number] += 1
    return orjson.dumps({str(number): counts[number] for number in sorted(counts)})


def _work(session: Session, ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """The seconds worked on each case, and its rounds."""
    done = WorkItem.instance_id.in_(ids), WorkItem.status == "completed"
    query = select(WorkItem.instance_id, func.sum(WorkItem.worked), func.max(WorkItem.visit))
    rows = session.execute(query.where(*done).group_by(WorkItem.instance_id))
    return {case_id: (int(worked), rounds) for case_id, worked, rounds in rows}


# Both


def _places(session: Session, ids: Iterable[int]) -> dict[int, Place]:
    query = select(Instance.id, Instance.definition_id, Person.unit_id).join(Instance.subject)
    rows = session.execute(query.where(Instance.id.in_(ids)))
    return {case_id: (definition_id, unit_id) for case_id, definition_id, unit_id in rows}


def _tallies(
    session: Session, kind: type[T], counted: Mapping[Any, Any]
) -> Iterator[tuple[T, Any]]:
    """What was counted, each with the tally that it belongs to; a new one has nothing yet."""
    columns = inspect(kind).primary_key
    names = [column.name for column in columns]
    known = select(kind).where(tuple_(*columns).in_(list(counted)))
    found = {
        tuple(getattr(tally, name) for name in names): tally for tally in session.scalars(known)
    }
    for key, more in counted.items():
        if key not in found:
            found[key] = kind(**dict(zip(names, key, strict=True)), **_NOTHING[kind])
            session.add(found[key])
        yield found[key], more


_EMPTY = Spread().packed()
_NOTHING: dict[type[Any], dict[str, Any]] = {
    StepTally: {
        "done": 0, "late": 0, "again": 0, "worked": 0, "waited": 0,
        "worked_spread": _EMPTY, "waited_spread": _EMPTY,
    },
    PersonTally: {"done": 0, "late": 0, "worked": 0, "waited": 0},
    CaseTally: {"completed": 0, "cancelled": 0, "spread": _EMPTY, "rounds": b"{}"},
    DayTally: {"started": 0, "ended": 0},
}  # fmt: skip
