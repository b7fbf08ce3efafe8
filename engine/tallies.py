"""Tallies: what was finished, counted once, so that a report reads hundreds of rows for millions.

A round of the worker counts what has been finished since the one before. A task or case is marked
in the transaction that counts it, so that it is counted once whatever is killed; it counts for the
version and unit that its case had then, and stays counted when the case is deleted.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, text, update

from engine import case_tallies, jobs, punctuality
from engine.database import one_at_a_time
from engine.models import PersonTally, StepTally, WorkItem
from engine.tally_rows import joined, month_of, places, rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from engine.database import Database
    from engine.models import Job

KIND = "count"
EVERY = timedelta(minutes=1)
CHUNK = 1_000  # tasks of one transaction
CASES = 100  # the same; the new ways of cases are played again meanwhile
# In the very words of the partial index: no database finds them by others.
UNCOUNTED_TASK = text("NOT work_item.counted")


def run(db: Database, job: Job) -> None:
    """The round of a worker, every minute."""
    count(db)
    jobs.come_again(db, job, EVERY)


def count(db: Database) -> int:
    """Counts all that is finished and not counted yet; how many tasks and cases that were."""
    counted = 0
    for some in (_count_tasks, partial(case_tallies.count, most=CASES)):
        while number := _write(db, some):
            counted += number
    return counted


def uncounted(session: Session) -> int:
    """How many tasks are finished and not counted yet."""
    waiting = WorkItem.status == "completed", UNCOUNTED_TASK
    return session.scalar(select(func.count(WorkItem.id)).where(*waiting)) or 0


def _write(db: Database, some: Callable[[Session], int]) -> int:
    with db.write() as session:
        one_at_a_time(session)
        return some(session)


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


def _count_tasks(session: Session) -> int:
    zone = ZoneInfo(session.info["zone"])
    waiting = WorkItem.status == "completed", UNCOUNTED_TASK
    next_ones = select(WorkItem.id).where(*waiting).order_by(WorkItem.id).limit(CHUNK)
    marked = update(WorkItem).where(WorkItem.id.in_(next_ones.scalar_subquery()))
    items = session.scalars(marked.values(counted=True).returning(WorkItem)).all()
    found = places(session, {item.instance_id for item in items})
    steps: dict[tuple[int, str, int, date], _Step] = defaultdict(_Step)
    persons: dict[tuple[int, str, int, date], _Step] = defaultdict(_Step)
    for item in items:
        definition_id, unit_id = found[item.instance_id]
        if item.closed_at is None:
            continue
        month = month_of(item.closed_at, zone)
        steps[definition_id, item.element, unit_id, month].add(item)
        if item.closed_by is not None:
            persons[definition_id, item.element, item.closed_by, month].add(item)
    for tally, done in rows(session, StepTally, steps):
        _add(tally, done)
        tally.again += done.again
        tally.worked_spread = joined(tally.worked_spread, done.worked)
        tally.waited_spread = joined(tally.waited_spread, done.waited)
    for person, done in rows(session, PersonTally, persons):
        _add(person, done)
    return len(items)


def _add(tally: StepTally | PersonTally, done: _Step) -> None:
    tally.done += done.done
    tally.late += done.late
    tally.worked += sum(done.worked)
    tally.waited += sum(done.waited)
