"""The jobs of the office: leased from one table, done once, tried again, or put before a person.

A timer, a message, a service task, a mail: each is a row with a due time. Whoever leases it has
it until the lease ends; the write that does its effect deletes it, so that a job which is handed
out twice has its effect once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, case, delete, insert, select, update

from bpmn.messages import AlurError, message
from engine import clock
from engine.database import line, one_at_a_time
from engine.errors import (
    DatabaseLost,
    JobGone,
    NoHandler,
    StaleInstance,
    StateDamaged,
    StepFailed,
)
from engine.models import Incident, Job
from engine.statements import send, send_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, CursorResult
    from sqlalchemy.orm import Session

    from engine.database import Database
    from engine.timers import Row

SHORT_PAUSE = timedelta(seconds=1)
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)
USED = timedelta(microseconds=1)  # by which a lease that is used up ends later
MAX_ATTEMPTS = 16  # some six hours with the pauses between them
# Trying again does not mend a diagram or a damaged state.
HOPELESS = (StepFailed, StateDamaged, NoHandler)

_JOB = Job.__table__.c
# Not the id alone: it may have been postponed, suspended or repeated since.
_GUARD = ("kind", "state", "due", "task")
_AS_READ = _JOB.id == bindparam("read_id"), *(
    _JOB[name].is_not_distinct_from(bindparam(f"read_{name}")) for name in _GUARD
)  # fmt: skip
_FINISH = delete(Job.__table__).where(*_AS_READ)
_MOVE = update(Job.__table__).where(*_AS_READ)
_ARM = insert(Job.__table__).inline()
_DISARM = delete(Job.__table__).returning(_JOB.id, _JOB.state).where(
    _JOB.instance_id == bindparam("case"), _JOB.task.in_(bindparam("tasks", expanding=True))
)  # fmt: skip
_MINE = (
    Job.id.in_(bindparam("held", expanding=True)),
    Job.state == "armed",
    Job.ready == bindparam("until"),
)
_BEGUN = select(Job).where(*_MINE)
_READY = select(_JOB.id).where(_JOB.state == "armed", _JOB.ready <= bindparam("now")).limit(1)
_ONE = Job.__table__.alias("one").c
# Found by its id, which takes SQLite half the time of a search that could find more.
_REUSE = update(Job.__table__).where(
    _JOB.id == select(_ONE.id).where(
        _ONE.instance_id == bindparam("case"), _ONE.task == bindparam("old")
    ).limit(1).scalar_subquery(),
    _JOB.task == bindparam("old"), _JOB.state == "armed", _JOB.attempts == 0,
)  # fmt: skip
_BLANK: Row = {column.key: None for column in _JOB if column.key != "id"} | {
    "attempts": 0, "state": "armed", "end_of_day": False, "repeats": 0
}  # fmt: skip


@dataclass(frozen=True)
class Lease:
    """A job handed out until an instant; only who holds the newest lease may begin it.

    The lease of a ``fresh`` job, never begun before, counts as its first attempt: one write less.
    One that was ``passed_on`` by a broker, which may deliver it again, is used up by beginning.
    """

    job_id: int
    until: datetime
    fresh: bool = field(default=False, compare=False)
    passed_on: bool = field(default=False, compare=False)

    @property
    def is_attempt(self) -> bool:
        """Whether the lease itself counts, and beginning writes nothing."""
        return self.fresh and not self.passed_on


def arm(session: Session, rows: Sequence[Row]) -> None:
    """Inserts jobs."""
    if rows:
        send_rows(session, _ARM, *(_BLANK | row for row in rows))


def ensure_round(session: Session, kind: str, due: datetime) -> None:
    """Arms one of the office's own rounds, unless it is armed already."""
    one_at_a_time(session)
    if session.scalar(select(Job.id).where(Job.kind == kind)) is None:
        arm(session, [{"kind": kind, "due": due, "ready": due}])


def come_again(db: Database, job: Job, after: timedelta) -> None:
    """Arms a round that is done for the next time."""
    due = clock.now() + after
    with db.write() as session:
        move(session, job, due=due, ready=due)


def disarm(session: Session, instance_id: int, tasks: Iterable[str], *kinds: str) -> None:
    """Drops the jobs of what has left a case's state; of these kinds only, if any is named."""
    of_kinds = _DISARM.where(_JOB.kind.in_(kinds)) if kinds else _DISARM
    gone = line(session).execute(of_kinds, {"case": instance_id, "tasks": list(tasks)})
    _overcome(session, gone)


def change(
    session: Session, instance_id: int, gone: frozenset[str], timers: frozenset[str],
    rows: Sequence[Row],
) -> None:  # fmt: skip
    """Drops the jobs of what has left a case's state, and arms those of what has come into it.

    Most steps end one timer and begin another, whose job the first one's then becomes: a statement
    less. ``timers`` are those that have left and had one job each.
    """
    # What is sent off belongs to no task, by which a row could be found again.
    rows = sorted(rows, key=lambda row: row.get("task") is None)
    of_tasks = [row for row in rows if row.get("task") is not None]
    reused = list(zip(sorted(timers), of_tasks, strict=False))
    if len(reused) in {len(gone), len(rows)} and reused:
        turned = [{"case": instance_id, "old": old} | _BLANK | row for old, row in reused]
        if send(session, _REUSE, *turned).rowcount == len(reused):
            gone -= {old for old, _ in reused}
            rows = rows[len(reused) :]
        else:  # one has been handed out: all of them anew
            gone |= {row["task"] for _, row in reused}
    if gone:
        disarm(session, instance_id, gone)
    arm(session, rows)


def disarm_all(session: Session, instance_id: int) -> None:
    """Drops the jobs of a case that has ended; what it has sent off still goes out."""
    drop(session, Job.instance_id == instance_id, Job.task.is_not(None))


def drop(session: Session, *which: ColumnElement[bool]) -> None:
    """Deletes the jobs that meet these conditions; the incidents of failed ones are over."""
    _overcome(session, session.execute(delete(Job).where(*which).returning(Job.id, Job.state)))


def _overcome(session: Session, dropped: Iterable[Any]) -> None:
    """What failed jobs were about is over with them."""
    failed_ones = [job_id for job_id, state in dropped if state == "failed"]
    if failed_ones:
        over = update(Incident).where(
            Incident.job_id.in_(failed_ones), Incident.resolved_at.is_(None)
        )
        session.execute(over.values(resolved_at=clock.now(), outcome="done"))


def are_ready(db: Database) -> bool:
    """Whether any job is ready, of whatever kind: one question instead of one for each lane."""
    with db.read() as session:
        return session.scalar(_READY, {"now": clock.now()}) is not None


def lease(db: Database, kinds: Collection[str], length: timedelta, limit: int) -> list[Lease]:
    """Leases up to ``limit`` jobs of these kinds that are ready, the longest ready first."""
    now = clock.now()
    is_ready = Job.state == "armed", Job.ready <= now, Job.kind.in_(kinds)
    first = select(Job.id, Job.attempts).where(*is_ready).order_by(Job.ready).limit(limit)
    with db.read() as session:  # asking takes no lock while nothing is due
        if session.scalar(select(Job.id).where(*is_ready).limit(1)) is None:
            return []
    with db.write() as session:
        rows = session.execute(first.with_for_update(skip_locked=True))
        tried = {row.id: row.attempts for row in rows}
        # Asked again, since on SQLite another process may have leased between the two statements.
        free = update(Job).where(Job.id.in_(tried), Job.state == "armed", Job.ready <= now)
        until, attempts = now + length, case((Job.attempts == 0, 1), else_=Job.attempts)
        taken = session.scalars(free.values(ready=until, attempts=attempts).returning(Job.id))
        mine = frozenset(taken)
        return [Lease(i, until, fresh=n == 0) for i, n in tried.items() if i in mine]


def begin(db: Database, held: Sequence[Lease]) -> list[Job]:
    """Counts an attempt of each and gives the jobs, in the order of the leases.

    What somebody else has or had is left out.
    """
    counted = [one for one in held if one.is_attempt]
    begun = {one.job_id: _begin_again(db, one) for one in held if not one.is_attempt}
    if counted:
        with db.read() as session:
            for until in {one.until for one in counted}:
                ids = [one.job_id for one in counted if one.until == until]
                found = session.scalars(_BEGUN, {"held": ids, "until": until})
                begun |= {job.id: job for job in found}
    return [job for one in held if (job := begun.get(one.job_id)) is not None]


def _begin_again(db: Database, held: Lease) -> Job | None:
    changes: Row = {} if held.fresh else {"attempts": Job.attempts + 1}
    if held.passed_on:
        changes["ready"] = held.until + USED
    begun = update(Job).where(*_MINE).values(changes).returning(Job)
    with db.write() as session:
        mine = {"held": [held.job_id], "until": held.until}
        return session.scalars(begun, mine).one_or_none()


def give_back(db: Database, leases: Collection[Lease]) -> None:
    """Frees leased jobs that were not begun, for whoever comes next."""
    with db.write() as session:
        for until in {held.until for held in leases}:
            ids = [held.job_id for held in leases if held.until == until]
            # What somebody has leased anew, since the lease had ended, is theirs.
            mine = Job.id.in_(ids), Job.state == "armed", Job.ready == until
            tried = case((Job.attempts == 1, 0), else_=Job.attempts)
            session.execute(update(Job).where(*mine).values(ready=Job.due, attempts=tried))


def finish(session: Session, job: Job) -> None:
    """Deletes a job in the transaction of its effect; raises `JobGone` when it is not to be done.

    It was done by another, or postponed, or its case was suspended or moved on.
    """
    finish_all(session, [job])


def finish_all(session: Session, done: Sequence[Job]) -> None:
    """The same for several, all or none."""
    gone: CursorResult[Any] = send(session, _FINISH, *map(_as_read, done))
    _require(gone, len(done))


def move(session: Session, job: Job, **changes: Any) -> None:
    """Changes a job that is as it was read; raises `JobGone` otherwise."""
    moved: CursorResult[Any] = send(
        session, _MOVE, _as_read(job) | {"attempts": 0, "error": None} | changes
    )
    _require(moved, 1)


def move_along(session: Session, job: Job, **changes: Any) -> None:
    """The same in a step of its case; raises `StaleInstance`, since a reminder needs no step."""
    try:
        move(session, job, **changes)
    except JobGone as gone:
        raise StaleInstance(gone.message) from gone


def failed(db: Database, job: Job, error: Exception | None) -> bool:
    """Tries a failed job again after a pause, or opens an incident when that is of no use.

    Without an error it only came too late for its case, which was changing: it is tried again.
    False when there is nothing to try again: another has done it, or its effect was committed and
    only the answer lost.
    """
    # What is no error of ours may quote values of the case, which are personal data.
    fault = message("Kesalahan program ({name}).", name=type(error).__name__)
    reason = str(error if isinstance(error, AlurError) else fault)
    hopeless = isinstance(error, HOPELESS) or (error and job.attempts >= MAX_ATTEMPTS)
    with db.write() as session:
        if hopeless:
            return give_up(session, job, reason[:1000])
        if error is None:
            return _try_again(session, job, SHORT_PAUSE, attempts=0)
        return _try_again(session, job, pause(job.attempts), error=reason[:1000])


def give_up(session: Session, job: Job, reason: str) -> bool:
    """Sets a job aside until somebody has mended the reason, and opens its incident.

    False when it is no longer as it was read.
    """
    stopped: CursorResult[Any] = send(
        session, _MOVE, _as_read(job) | {"state": "failed", "error": reason}
    )
    if stopped.rowcount != 1:
        return False
    session.add(
        Incident(
            instance_id=job.instance_id, work_item_id=job.work_item_id, job_id=job.id,
            element=job.element, at=clock.now(), reason=reason,
        )
    )  # fmt: skip
    return True


def each(step: Callable[[int], None], ids: Iterable[int]) -> None:
    """Does a step for each of many: one that fails stops none of the others, and is raised last."""
    failure: AlurError | None = None
    for one in ids:
        try:
            step(one)
        except DatabaseLost:  # none of the others could be done either
            raise
        except AlurError as error:
            failure = failure or error
    if failure is not None:
        raise failure


def pause(attempts: int) -> timedelta:
    """How long to wait after so many attempts: doubling, up to an hour."""
    doubled: timedelta = FIRST_PAUSE * 2 ** (attempts - 1)
    return min(doubled, LONGEST_PAUSE)


def _try_again(session: Session, job: Job, pause: timedelta, **changes: Any) -> bool:
    again = clock.now() + pause
    moved: CursorResult[Any] = send(session, _MOVE, _as_read(job) | {"ready": again} | changes)
    return moved.rowcount == 1


def _as_read(job: Job) -> Row:
    return {f"read_{name}": getattr(job, name) for name in ("id", *_GUARD)}


def _require(written: CursorResult[Any], rows: int) -> None:
    if written.rowcount != rows:
        raise JobGone(message("Pekerjaan ini sudah dikerjakan atau dihentikan."))
