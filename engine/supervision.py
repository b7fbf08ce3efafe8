"""What supervisors do with a running case: cancel it, suspend it, let it go on.

Each act is read first and written then, so that one of many cases is written with its outcome.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from bpmn.durations import clock_iso
from bpmn.messages import message
from engine import access, calendars, clock, jobs, ledger, steps, subscriptions
from engine.errors import (
    InvalidInput,
    NoLongerOpen,
    NotAllowed,
)
from engine.history import Fact
from engine.ledger import Act, Case, Write, once_more
from engine.models import Instance, Job, WorkItem
from engine.timers import Clocks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from engine.database import Database
    from engine.people import Actor
    from engine.timers import Row

MAX_REASON = 1_000


@once_more
def cancel(db: Database, actor: Actor, instance_id: int, reason: str) -> None:
    """Ends a running or suspended case unfinished, with a reason."""
    ledger.carry_out(db, lambda session: cancelling(session, actor, instance_id, reason))


def cancelling(session: Session, actor: Actor, instance_id: int, reason: str) -> Write:
    """What cancelling a case writes; raises as `require_cancellable` does, and `NotFound`."""
    said = require_reason(reason)
    instance, case = read(session, instance_id)
    require_cancellable(actor, instance)
    fact = Fact("instance.cancelled", details={"reason": said})
    act = Act.overseeing(actor, case.unit_id, clock.now(), fact)
    if actor.id == instance.starter_id:
        act = Act(actor, "starter", act.at, [fact])

    def write(session: Session) -> None:
        ledger.append(session, case, act, status="cancelled", ended_at=act.at)
        ledger.cancel_open_items(session, instance_id, act)
        jobs.disarm_all(session, instance_id)
        subscriptions.drop_all(session, instance_id)

    return write


def require_cancellable(actor: Actor, instance: Instance) -> None:
    """Raises `NotAllowed` or `NoLongerOpen` where a person cannot cancel a case."""
    if not access.may_cancel(actor, instance):
        raise NotAllowed(message("Anda tidak berwenang membatalkan kasus ini."))
    if instance.ended_at is not None:
        raise NoLongerOpen(message("Kasus ini sudah berakhir."))


@once_more
def suspend(db: Database, actor: Actor, instance_id: int, reason: str) -> None:
    """Stops the clocks of a running case; what is left of each is kept."""
    ledger.carry_out(db, lambda session: suspending(db, session, actor, instance_id, reason))


def suspending(
    db: Database, session: Session, actor: Actor, instance_id: int, reason: str
) -> Write:
    """What suspending a case writes; raises as `require_suspendable` does, and `NotFound`."""
    said = require_reason(reason)
    instance, case = read(session, instance_id)
    require_suspendable(actor, instance)
    clocks = clocks_of(db, session, case)
    running, items = _clocked(session, instance_id, "armed"), open_items(session, instance_id)
    fact = Fact("instance.suspended", details={"reason": said})
    act = Act.overseeing(actor, case.unit_id, clock.now(), fact)

    def write(session: Session) -> None:
        ledger.append(session, case, act, status="suspended")
        for job in running:
            jobs.move_along(session, job, state="held", **_what_is_left(clocks, job, act.at))
        for item in items:
            ledger.change(session, item.id, since=None, **clocks.counted(item, act.at))

    return write


def require_suspendable(actor: Actor, instance: Instance) -> None:
    """Raises `NotAllowed` or `NoLongerOpen` where a person cannot suspend a case."""
    require_supervisor(actor, instance)
    if instance.status != "running":
        raise NoLongerOpen(message("Kasus ini tidak sedang berjalan."))


@once_more
def resume(db: Database, actor: Actor, instance_id: int, reason: str) -> None:
    """Lets a suspended case go on; each clock runs on with what was left of it."""
    ledger.carry_out(db, lambda session: resuming(db, session, actor, instance_id, reason))


def resuming(db: Database, session: Session, actor: Actor, instance_id: int, reason: str) -> Write:
    """What resuming a case writes; raises as `require_resumable` does, and `NotFound`."""
    said = require_reason(reason)
    instance, case = read(session, instance_id)
    require_resumable(actor, instance)
    clocks = clocks_of(db, session, case)
    held, items = _clocked(session, instance_id, "held"), open_items(session, instance_id)
    fact = Fact("instance.resumed", details={"reason": said})
    act = Act.overseeing(actor, case.unit_id, clock.now(), fact)
    armed = {job.id: _going_on(clocks, job, act.at) for job in held}
    moved = {job_id: changes["ready"] for job_id, changes in armed.items()}

    def write(session: Session) -> None:
        ledger.append(session, case, act, status="running")
        for job in held:
            jobs.move_along(session, job, state="armed", **armed[job.id])
        for item in items:
            of_item = [job for job in held if job.work_item_id == item.id]
            dues = steps.moved_dues(clocks.diagram, item, of_item, moved)
            ledger.change(session, item.id, since=act.at, **dues)

    return write


def require_resumable(actor: Actor, instance: Instance) -> None:
    """Raises `NotAllowed` or `NoLongerOpen` where a person cannot let a case go on."""
    require_supervisor(actor, instance)
    if instance.status != "suspended":
        raise NoLongerOpen(message("Kasus ini tidak sedang ditangguhkan."))


def _what_is_left(clocks: Clocks, job: Job, now: datetime) -> Row:
    """What is left of a clock; a date in the calendar stays that date."""
    if job.clock is None:
        return {}
    left = clocks.seconds(job.clock, now, job.due)
    return {"since": None, "duration": clock_iso(left), "end_of_day": job.end_of_day and left > 0}


def _going_on(clocks: Clocks, job: Job, now: datetime) -> Row:
    """A clock that goes on now with what was left of it."""
    if job.clock is None or job.duration is None:
        return {"ready": job.due}
    due = clocks.working.due(now, job.duration, job.clock, end_of_day=job.end_of_day)
    return {"since": now, "due": due, "ready": due}


def read(session: Session, instance_id: int) -> tuple[Instance, Case]:
    """A case with its guard; raises `NotFound`."""
    case = steps.read_case(session, instance_id)
    return session.get_one(Instance, instance_id, options=[joinedload(Instance.subject)]), case


def clocks_of(db: Database, session: Session, case: Case) -> Clocks:
    """The clocks of a case."""
    working = calendars.of_unit(session, case.unit_id, case.calendar)
    return Clocks(steps.drawn(db, case), working)


def _clocked(session: Session, instance_id: int, state: str) -> Sequence[Job]:
    """The jobs of a case that run by its clocks: all that belong to a waiting part of it."""
    of_case = Job.instance_id == instance_id, Job.task.is_not(None), Job.state == state
    return session.scalars(select(Job).where(*of_case).order_by(Job.id)).all()


def open_items(session: Session, instance_id: int) -> Sequence[WorkItem]:
    """The open tasks of a case."""
    open_ones = WorkItem.instance_id == instance_id, WorkItem.status == "open"
    return session.scalars(select(WorkItem).where(*open_ones).order_by(WorkItem.id)).all()


def require_supervisor(actor: Actor, instance: Instance) -> None:
    """Raises `NotAllowed` for who does not supervise the employee whom a case is about."""
    if not access.may_supervise(actor, instance):
        raise NotAllowed(message("Ini untuk pengawas unit pegawai yang bersangkutan."))


def require_reason(reason: str) -> str:
    """The reason as it is recorded; raises `InvalidInput` for none, or a novel."""
    if not 0 < len(reason.strip()) <= MAX_REASON:
        raise InvalidInput(message("Alasan: 1 sampai {n} huruf.", n=MAX_REASON))
    return reason.strip()
