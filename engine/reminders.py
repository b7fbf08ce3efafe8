"""Telling people that time runs out: of their own tasks, and of those they are superior to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from engine import absences, clock, jobs, notices, people, steps, values
from engine.ledger import once_more
from engine.models import Person, WorkItem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

    from engine.database import Database
    from engine.models import Job
    from engine.topics import Order

LEVELS = 5  # of superiors that an escalation climbs


def remind_waiting(db: Database, job: Job) -> None:
    """The waiting limit of a task is over: its people are told."""
    _tell(db, job, "wait")


def remind_before(db: Database, job: Job) -> None:
    """A Waktu is soon over: the performer is told."""
    _tell(db, job, "before")


def remind(order: Order) -> None:
    """The handler of the topic ``remind``: whoever has the task at whose edge the timer was drawn.

    Thrown elsewhere, it reminds all who have a task of the case.
    """
    timer = order.details.get("timer")
    token = order.details.get("token", order.key)
    node = order.diagram.nodes.get(timer or "")
    kind = "asked" if node is None else "due" if node.is_waktu else "deadline"
    with order.db.write() as session:
        for item in _open_items(session, order):
            notices.tell(session, item, kind, token, performers(session, item), clock.now())


def _open_items(session: Session, order: Order) -> Sequence[WorkItem]:
    query = select(WorkItem).where(WorkItem.status == "open")
    if order.work_item_id is not None:
        query = query.where(WorkItem.id == order.work_item_id)
    return session.scalars(query.where(WorkItem.instance_id == order.instance_id)).all()


def _tell(db: Database, job: Job, kind: str) -> None:
    with db.write() as session:
        jobs.finish(session, job)  # what has been taken up, done or stopped took its job along
        item = session.get_one(WorkItem, job.work_item_id)
        token = f"{kind}.{item.task}"
        notices.tell(session, item, kind, token, performers(session, item), clock.now())


@once_more
def escalate(db: Database, job: Job) -> None:
    """A task is late: the next superior of its performer is told, and later the one above."""
    with db.read() as session:
        case = steps.read_case(session, job.instance_id or 0)
        before = steps.situation(db, session, case)
        item = session.get_one(WorkItem, job.work_item_id)
        chain = superiors(session, item)
    now, level = clock.now(), values.loads(job.details)["level"] if job.details else 0
    following = before.clocks.escalated_again(job.clock or "elapsed", now)
    with db.write() as session:
        if level + 1 < len(chain):
            jobs.move(session, job, **following, details=values.dumps({"level": level + 1}))
        else:
            jobs.finish(session, job)
        if level < len(chain):
            token = f"escalated.{level}.{item.task}"
            notices.tell(session, item, "escalated", token, [chain[level]], now)


def performers(session: Session, item: WorkItem) -> Iterable[int]:
    """Who has a task now: its person and who stands in for them, or everybody of its group."""
    if item.person_id is not None:
        return [item.person_id, *absences.substitutes(session, item)]
    return people.group_members(session, item.group_id or 0)


def superiors(session: Session, item: WorkItem) -> list[int]:
    """The superiors above whoever has a task, nearest first; of a group, its first member's."""
    above: list[int] = []
    person_id = item.person_id or min(performers(session, item), default=None)
    while person_id is not None and len(above) < LEVELS:
        person_id = session.scalar(select(Person.superior_id).where(Person.id == person_id))
        if person_id is None or person_id in above:
            break
        above.append(person_id)
    return above
