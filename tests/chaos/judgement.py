"""What became of an office after all that: its rows as the checker reads them, and the figures."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from bpmn.replay import Replay
from engine import values, verification
from engine.models import (
    Definition,
    HistoryEntry,
    Incident,
    Instance,
    Job,
    Notice,
    Submission,
    WorkItem,
)
from tests.chaos import checker, procedures
from tests.chaos.desk import Case, Fact, Item
from tests.chaos.node import LEASE, SPEED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy.orm import Session

    from engine.database import Database
    from tests.chaos.record import Attempt

ROUNDS = ("seal", "retain", "count")  # which come again for as long as an office stands
SOON = timedelta(minutes=10)


@dataclass
class Figures:
    """What is told of a run."""

    outcomes: Counter[str] = field(default_factory=Counter)
    facts: Counter[str] = field(default_factory=Counter)
    late: list[float] = field(default_factory=list)  # seconds, of timers whose clock was right
    taken_over: list[float] = field(default_factory=list)  # of those due when a worker was lost

    def time(self, case: Case, kills: Sequence[datetime]) -> None:
        """Takes in how late the timers of a case were."""
        for fact in case.facts:
            if fact.due is None or fact.at is None:
                continue
            due = datetime.fromisoformat(fact.due)
            self.late.append((fact.at - due).total_seconds() / SPEED)
            if any(timedelta() <= kill - due <= LEASE for kill in kills):
                self.taken_over.append(self.late[-1])

    def __str__(self) -> str:
        lines = [f"  {name:<28}{n:>9}" for name, n in sorted(self.outcomes.items())]
        lines += [f"  {name:<28}{n:>9}" for name, n in sorted(self.facts.items())]
        for name, found in (("timers late", self.late), ("after a kill", self.taken_over)):
            if len(found) > 1:
                cuts = statistics.quantiles(found, n=100)
                told = f"p50 {cuts[49]:.2f} s, p95 {cuts[94]:.2f} s, p99 {cuts[98]:.2f} s"
                lines.append(f"  {name:<28}{told}, worst {max(found):.2f} s ({len(found)})")
        return "\n".join(lines)


def cases(session: Session) -> list[Case]:
    """All cases of an office."""
    facts, items, tokens = defaultdict(list), defaultdict(list), defaultdict(list)
    for row in session.execute(select(Submission.work_item_id, Submission.token)):
        tokens[row.work_item_id].append(row.token)
    columns = WorkItem.id, WorkItem.instance_id, WorkItem.element, WorkItem.place, WorkItem.status
    for row in session.execute(select(*columns).order_by(WorkItem.id)):
        item = Item(row.id, row.element, row.place, row.status, tuple(tokens[row.id]))
        items[row.instance_id].append(item)
    entries = select(HistoryEntry).order_by(HistoryEntry.instance_id, HistoryEntry.seq)
    for part in session.scalars(entries.execution_options(yield_per=5_000)).partitions():
        for entry in part:
            facts[entry.instance_id].append(_fact(entry))
            session.expunge(entry)
    query = select(Instance.id, Definition.key, Instance.token, Instance.status).join(Definition)
    return [
        Case(*row, facts=facts[row.id], items=items[row.id])
        for row in session.execute(query.order_by(Instance.id))
    ]


def _fact(entry: HistoryEntry) -> Fact:
    due, seated = None, None
    if entry.kind == "timer.fired":
        due = values.loads(entry.details)["due"].isoformat()
    elif entry.kind == "task.opened":
        seated = values.loads(entry.details)["person"]
    return Fact(entry.kind, entry.element, entry.person_id, entry.capacity, entry.at, due, seated)


def faults(
    db: Database, now: datetime, attempts: Sequence[Attempt], diary: Iterable[str]
) -> list[str]:
    """What is wrong, in sentences; ``now`` is the office's time."""
    diagrams = procedures.diagrams()
    ways = {key: Replay(diagram) for key, diagram in diagrams.items()}
    with db.read() as session:
        found = cases(session)
        wrong = [*_left_over(session, now)]
        timed = {case.id for case in found if case.key == "jangka"}
        asked = select(Notice.instance_id, Notice.person_id).where(Notice.kind == "deadline")
        notices = [(of, person) for of, person in session.execute(asked) if of in timed]
    wrong += checker.check(attempts, found, diagrams, procedures.STORIES, ways)
    wrong += checker.asked_once(diary, found)
    wrong += checker.reminded(notices, found)
    verdict = verification.verify(db, None, None, lambda _what, _done: None)
    return wrong + [str(fault) for fault in verdict.faults]


def is_quiet(db: Database, now: datetime) -> bool:
    """Whether every case has ended, and nothing is to be done within a while."""
    with db.read() as session:
        return next(_going_on(session), None) is None and not any(_jobs(session, now))


def progress(db: Database) -> int:
    """How many facts there are."""
    with db.read() as session:
        return session.scalar(select(func.count()).select_from(HistoryEntry)) or 0


def _going_on(session: Session) -> Iterator[int]:
    query = select(Instance.id).where(Instance.status == "running").order_by(Instance.id)
    yield from session.scalars(query)


def _jobs(session: Session, now: datetime) -> list[Any]:
    """Jobs that are due by now or soon, or that somebody has set aside."""
    late = (Job.due < now + SOON) | (Job.state != "armed")
    query = select(Job.id, Job.kind, Job.instance_id, Job.element, Job.state)
    return list(session.execute(query.where(late, Job.kind.not_in(ROUNDS)).order_by(Job.id)))


def _left_over(session: Session, now: datetime) -> Iterator[str]:
    """Jobs that nobody did, leases that nobody holds, and what failed."""
    for job in _jobs(session, now):
        yield f"job {job.id}, {job.kind} {job.element} of case {job.instance_id}, is {job.state}"
    leased = Job.ready > Job.due, Job.ready > now + LEASE, Job.kind.not_in(ROUNDS)
    for job_id in session.scalars(select(Job.id).where(*leased)):
        yield f"job {job_id} is leased, or waits, though nobody is at work"
    for reason in session.scalars(select(Incident.reason).where(Incident.resolved_at.is_(None))):
        yield f"incident: {reason}"


def figures(
    attempts: Sequence[Attempt],
    found: Sequence[Case],
    kills: Sequence[datetime],
    moved: Sequence[tuple[datetime, datetime]],
) -> Figures:
    """How much was asked and done; how late, in cases at times that no wrong clock showed."""
    told = Figures(Counter(f"{one.act} {one.outcome}" for one in attempts))
    told.outcomes.update(one.outcome for one in attempts)
    for case in found:
        told.facts.update(fact.kind for fact in case.facts)
        if not any(_within(fact.at, moved) for fact in case.facts):
            told.time(case, kills)
    return told


def _within(at: datetime | None, spans: Sequence[tuple[datetime, datetime]]) -> bool:
    return at is not None and any(begun <= at <= ended for begun, ended in spans)
