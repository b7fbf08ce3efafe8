"""What supervisors do with a running case: cancel it, suspend and resume it, postpone a timer."""

from __future__ import annotations

from datetime import timedelta
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
    NotFound,
)
from engine.history import Fact
from engine.ledger import Act, Case, once_more
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
FURTHEST = timedelta(days=366)  # of a postponement; beyond it a year was mistyped
POSTPONABLE = frozenset({"timer", "wait"})


@once_more
def cancel(db: Database, actor: Actor, instance_id: int, reason: str) -> None:
    """Ends a running or suspended case unfinished, with a reason."""
    said = require_reason(reason)
    with db.read() as session:
        instance, case = _read(session, instance_id)
    if not access.may_cancel(actor, instance):
        raise NotAllowed(message("Anda tidak berwenang membatalkan kasus ini."))
    if instance.ended_at is not None:
        raise NoLongerOpen(message("Kasus ini sudah berakhir."))
    fact = Fact("instance.cancelled", details={"reason": said})
    act = Act.overseeing(actor, case.unit_id, clock.now(), fact)
    if actor.id == instance.starter_id:
        act = Act(actor, "starter", act.at, [fact])
    with db.write() as session:
        ledger.append(session, case, act, status="cancelled", ended_at=act.at)
        ledger.cancel_open_items(session, instance_id, act)
        jobs.disarm_all(session, instance_id)
        subscriptions.drop_all(session, instance_id)


@once_more
def suspend(db: Database, actor: Actor, instance_id: int, reason: str) -> None:
    """Stops the clocks of a running case; what is left of each is kept."""
    said = require_reason(reason)
    with db.read() as session:
        instance, case = _read(session, instance_id)
        _require_supervisor(actor, instance)
        if instance.status != "running":
            raise NoLongerOpen(message("Kasus ini tidak sedang berjalan."))
        clocks = _clocks(db, session, case)
        running, items = _clocked(session, instance_id, "armed"), _open_items(session, instance_id)
    fact = Fact("instance.suspended", details={"reason": said})
    act = Act.overseeing(actor, case.unit_id, clock.now(), fact)
    with db.write() as session:
        ledger.append(session, case, act, status="suspended")
        for job in running:
            jobs.move_along(session, job, state="held", **_what_is_left(clocks, job, act.at))
        for item in items:
            ledger.change(session, item.id, since=None, **clocks.counted(item, act.at))


@once_more
def resume(db: Database, actor: Actor, instance_id: int, reason: str) -> None:
    """Lets a suspended case go on; each clock runs on with what was left of it."""
    said = require_reason(reason)
    with db.read() as session:
        instance, case = _read(session, instance_id)
        _require_supervisor(actor, instance)
        if instance.status != "suspended":
            raise NoLongerOpen(message("Kasus ini tidak sedang ditangguhkan."))
        clocks = _clocks(db, session, case)
        held, items = _clocked(session, instance_id, "held"), _open_items(session, instance_id)
    fact = Fact("instance.resumed", details={"reason": said})
    act = Act.overseeing(actor, case.unit_id, clock.now(), fact)
    with db.write() as session:
        ledger.append(session, case, act, status="running")
        armed = {job.id: _going_on(clocks, job, act.at) for job in held}
        for job in held:
            jobs.move_along(session, job, state="armed", **armed[job.id])
        moved = {job_id: changes["ready"] for job_id, changes in armed.items()}
        for item in items:
            of_item = [job for job in held if job.work_item_id == item.id]
            dues = steps.moved_dues(clocks.diagram, item, of_item, moved)
            ledger.change(session, item.id, since=act.at, **dues)


@once_more
def postpone(
    db: Database, actor: Actor, instance_id: int, job_id: int, until: datetime, reason: str
) -> None:
    """Gives a timer of a case that has not fired yet a later instant."""
    said = require_reason(reason)
    with db.read() as session:
        instance, case = _read(session, instance_id)
        _require_supervisor(actor, instance)
        job = session.get(Job, job_id)
        if job is None or job.instance_id != instance_id or job.kind not in POSTPONABLE:
            raise NoLongerOpen(message("Batas waktu ini sudah lewat atau dihentikan."))
        clocks = _clocks(db, session, case)
        of_item = _of_item(session, job)
    if job.state != "armed" or instance.status != "running":
        raise NoLongerOpen(message("Batas waktu ini sudah lewat atau dihentikan."))
    now = clock.now()
    if until <= max(job.due, now):
        raise InvalidInput(message("Waktu baru harus sesudah waktu yang sekarang."))
    if until > max(job.due, now) + FURTHEST:
        said_so = message("Paling jauh {n} hari sesudah waktu yang sekarang.", n=FURTHEST.days)
        raise InvalidInput(said_so)
    moved = {"from": job.due, "to": until, "reason": said}
    act = Act.overseeing(actor, case.unit_id, now, Fact("timer.postponed", job.element, moved))
    with db.write() as session:
        ledger.append(session, case, act)
        jobs.move(session, job, due=until, ready=until, since=now, duration=None)
        if of_item:
            _move_item(session, clocks, job, of_item, until, now)


def _move_item(
    session: Session,
    clocks: Clocks,
    job: Job,
    of_item: Sequence[Job],
    until: datetime,
    now: datetime,
) -> None:
    """The due time of the task moves along, and what goes around a Waktu."""
    item = session.get_one(WorkItem, job.work_item_id)
    if dues := steps.moved_dues(clocks.diagram, item, of_item, {job.id: until}):
        ledger.change(session, item.id, **dues)
    node = clocks.diagram.nodes[job.element or ""]
    if job.kind != "timer" or not node.is_waktu:
        return
    jobs.disarm(session, item.instance_id, [item.task], "before", "escalate")
    same = {
        "instance_id": item.instance_id, "work_item_id": item.id, "task": item.task,
        "element": item.element,
    }  # fmt: skip
    jobs.arm(session, [row | same for row in clocks.around(node, until, now)])


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


def _read(session: Session, instance_id: int) -> tuple[Instance, Case]:
    instance = session.get(Instance, instance_id, options=[joinedload(Instance.subject)])
    if instance is None:
        raise NotFound(message("Kasus itu tidak ada."))
    return instance, steps.read_case(session, instance_id)


def _clocks(db: Database, session: Session, case: Case) -> Clocks:
    working = calendars.of_unit(session, case.unit_id, case.calendar)
    return Clocks(steps.drawn(db, case), working)


def _clocked(session: Session, instance_id: int, state: str) -> Sequence[Job]:
    """The jobs of a case that run by its clocks: all that belong to a waiting part of it."""
    of_case = Job.instance_id == instance_id, Job.task.is_not(None), Job.state == state
    return session.scalars(select(Job).where(*of_case).order_by(Job.id)).all()


def _of_item(session: Session, job: Job) -> Sequence[Job]:
    """The jobs of the task that a job belongs to, itself among them; none without a task."""
    if job.work_item_id is None:
        return ()
    return session.scalars(select(Job).where(Job.work_item_id == job.work_item_id)).all()


def _open_items(session: Session, instance_id: int) -> Sequence[WorkItem]:
    open_ones = WorkItem.instance_id == instance_id, WorkItem.status == "open"
    return session.scalars(select(WorkItem).where(*open_ones)).all()


def _require_supervisor(actor: Actor, instance: Instance) -> None:
    if not access.may_supervise(actor, instance):
        raise NotAllowed(message("Ini untuk pengawas unit pegawai yang bersangkutan."))


def require_reason(reason: str) -> str:
    """The reason as it is recorded; raises `InvalidInput` for none, or a novel."""
    if not 0 < len(reason.strip()) <= MAX_REASON:
        raise InvalidInput(message("Alasan: 1 sampai {n} huruf.", n=MAX_REASON))
    return reason.strip()
