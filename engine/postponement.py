"""What supervisors do with a timer of a running case: give it a later instant."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from bpmn.messages import message
from engine import clock, jobs, ledger, steps, supervision
from engine.errors import InvalidInput, NoLongerOpen
from engine.history import Fact
from engine.ledger import Act, once_more
from engine.models import Job, WorkItem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from engine.database import Database
    from engine.ledger import Write
    from engine.models import Instance
    from engine.people import Actor
    from engine.timers import Clocks

    Later = tuple[Job, datetime]  # a timer, and when it is to fire

FURTHEST = timedelta(days=366)  # of a postponement; beyond it a year was mistyped
KINDS = frozenset({"timer", "wait"})  # of jobs that are postponed


@once_more
def postpone(
    db: Database, actor: Actor, instance_id: int, task: str, until: datetime, reason: str
) -> None:
    """Gives a timer of a case that has not fired yet a later instant.

    It is named by the ``task`` that it belongs to: a job that has served one serves another.
    """

    def read(session: Session) -> Write:
        def chosen(case: Instance, _clocks: Clocks, _now: datetime) -> list[Later]:
            return [(_timer(session, case, task), until)]

        return postponing(db, session, actor, instance_id, chosen, reason)

    ledger.carry_out(db, read)


def postponing(
    db: Database, session: Session, actor: Actor, instance_id: int,
    chosen: Callable[[Instance, Clocks, datetime], Sequence[Later]], reason: str,
) -> Write:  # fmt: skip
    """What postponing timers of a case writes: those ``chosen`` when it has been read.

    Raises as that and `require_postponable` do, and `NotFound`.
    """
    said = supervision.require_reason(reason)
    instance, case = supervision.read(session, instance_id)
    supervision.require_supervisor(actor, instance)
    clocks = supervision.clocks_of(db, session, case)
    now = clock.now()
    later = chosen(instance, clocks, now)
    for job, until in later:
        require_postponable(instance, job, until, now)
    facts = [_fact(job, until, said) for job, until in later]
    act = Act.overseeing(actor, case.unit_id, now, *facts)
    items = _items(session, [job for job, _ in later])
    untils = {job.id: until for job, until in later}

    def write(session: Session) -> None:
        ledger.append(session, case, act)
        for job, until in later:
            jobs.move(session, job, due=until, ready=until, since=now, duration=None)
        for item, of_item in items:
            _move_item(session, clocks, item, of_item, untils, now)

    return write


def require_postponable(instance: Instance, job: Job, until: datetime, now: datetime) -> None:
    """Raises `NoLongerOpen` for a clock that stands still, `InvalidInput` for a wrong instant."""
    if job.state != "armed" or instance.status != "running":
        raise NoLongerOpen(message("Batas waktu ini sudah lewat atau dihentikan."))
    if until <= max(job.due, now):
        raise InvalidInput(message("Waktu baru harus sesudah waktu yang sekarang."))
    if until > max(job.due, now) + FURTHEST:
        said_so = message("Paling jauh {n} hari sesudah waktu yang sekarang.", n=FURTHEST.days)
        raise InvalidInput(said_so)


def _timer(session: Session, instance: Instance, task: str) -> Job:
    of_task = Job.instance_id == instance.id, Job.task == task, Job.kind.in_(KINDS)
    job = session.scalar(select(Job).where(*of_task))
    if job is None:
        raise NoLongerOpen(message("Batas waktu ini sudah lewat atau dihentikan."))
    return job


def _fact(job: Job, until: datetime, reason: str) -> Fact:
    moved = {"from": job.due, "to": until, "reason": reason}
    return Fact("timer.postponed", job.element, moved)


def _items(session: Session, found: Sequence[Job]) -> list[tuple[WorkItem, list[Job]]]:
    """The tasks that timers belong to, each with all its jobs; none for what has no task."""
    ids = sorted({job.work_item_id for job in found if job.work_item_id is not None})
    of_item: defaultdict[int, list[Job]] = defaultdict(list)
    if not ids:
        return []
    for job in session.scalars(select(Job).where(Job.work_item_id.in_(ids))):
        of_item[job.work_item_id or 0].append(job)
    return [(session.get_one(WorkItem, item_id), of_item[item_id]) for item_id in ids]


def _move_item(
    session: Session,
    clocks: Clocks,
    item: WorkItem,
    of_item: Sequence[Job],
    untils: Mapping[int, datetime],
    now: datetime,
) -> None:
    """The due times of a task move along, and what goes around a Waktu."""
    if dues := steps.moved_dues(clocks.diagram, item, of_item, untils):
        ledger.change(session, item.id, **dues)
    same = {
        "instance_id": item.instance_id, "work_item_id": item.id, "task": item.task,
        "element": item.element,
    }  # fmt: skip
    for job in of_item:
        if job.id not in untils or job.kind != "timer":
            continue
        node = clocks.diagram.nodes[job.element or ""]
        if node.is_waktu:
            jobs.disarm(session, item.instance_id, [item.task], "before", "escalate")
            rows = clocks.around(node, untils[job.id], now)
            jobs.arm(session, [row | same for row in rows])
