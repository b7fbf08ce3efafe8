"""Looking at cases: the lists, and one case with its people, work and incidents."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import Integer, bindparam, or_, select
from sqlalchemy.orm import joinedload

from bpmn.messages import Message, message
from engine import access, people, punctuality
from engine.errors import NotFound
from engine.models import Definition, Incident, Instance, Job, Notice, Person, Role, WorkItem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from engine.people import Actor

PAGE = 50
# What the page of a task asks is put together once.
_OF_CASE = bindparam("case", type_=Integer)
_CLOSED = WorkItem.instance_id == _OF_CASE, WorkItem.closed_by == bindparam("person")
# A superior who was told that a task of it is late is to see what is meant.
_TOLD = (
    Notice.instance_id == _OF_CASE,
    Notice.person_id == bindparam("person"),
    Notice.kind == "escalated",
)
_WORKED = select(
    select(WorkItem.id).where(*_CLOSED).exists() | select(Notice.id).where(*_TOLD).exists()
)
_ROLES = (
    select(Role)
    .where(Role.instance_id == _OF_CASE)
    .options(joinedload(Role.person), joinedload(Role.group))
)
_WORK = (
    select(WorkItem)
    .where(WorkItem.instance_id == _OF_CASE)
    .options(joinedload(WorkItem.person), joinedload(WorkItem.group), joinedload(WorkItem.closer))
    .order_by(WorkItem.id)
)


def mine(session: Session, actor: Actor, before: int | None = None) -> Sequence[Instance]:
    """The cases a person takes part in, newest first."""
    seated = select(Role.instance_id).where(Role.person_id == actor.id)
    worked = select(WorkItem.instance_id).where(WorkItem.closed_by == actor.id)
    part = or_(
        Instance.subject_id == actor.id,
        Instance.starter_id == actor.id,
        Instance.id.in_(seated),
        Instance.id.in_(worked),
    )
    return session.scalars(_page(before).where(part)).all()


def case(session: Session, actor: Actor, instance_id: int) -> Instance:
    """A case that the person may see; raises `NotFound` also for one they may not know of."""
    found = session.scalar(with_people(select(Instance).where(Instance.id == instance_id)))
    if found is None or not may_see(session, actor, found):
        raise NotFound(message("Kasus itu tidak ada, atau bukan untuk Anda."))
    return found


def may_see(session: Session, actor: Actor, instance: Instance) -> bool:
    """Whether a person may see a case."""
    return access.may_audit(actor) or is_concerned(session, actor, instance)


def is_concerned(session: Session, actor: Actor, instance: Instance) -> bool:
    """Whether a case is any of the person's business, auditing aside."""
    asked = {"case": instance.id, "person": actor.id}
    workers = [actor.id] if session.scalar(_WORKED, asked) else []

    def superiors() -> frozenset[int]:
        return people.superiors(session, instance.subject_id)

    return access.is_concerned(actor, instance, roles(session, instance.id), workers, superiors)


def may_comment(session: Session, actor: Actor, instance: Instance) -> bool:
    """Whether a person may add to what is said and kept of a case: until it has ended."""
    return instance.ended_at is None and is_concerned(session, actor, instance)


def roles(session: Session, instance_id: int) -> Sequence[Role]:
    """Who fills the places of a case."""
    return session.scalars(_ROLES, {"case": instance_id}).all()


def closing(item: WorkItem, closer: Person | None) -> Message:
    """Who has closed a task; nobody, where a timer or another way of the case took it away."""
    if closer is None:
        return message("Tugas ini sudah ditutup.")
    if item.status == "cancelled":
        return message("Tugas ini dibatalkan oleh {name}.", name=closer.name)
    return message("Tugas ini sudah diselesaikan oleh {name}.", name=closer.name)


def work(session: Session, instance_id: int) -> Sequence[WorkItem]:
    """Every task of a case, in the order it opened."""
    return session.scalars(_WORK, {"case": instance_id}).all()


def state(session: Session, instance_id: int) -> bytes:
    """The stored state of a case, for `Execution.load`."""
    query = select(Instance.state).where(Instance.id == instance_id)
    return session.scalars(query).one()


def states(session: Session, instance_ids: Collection[int]) -> dict[int, bytes]:
    """The stored states of cases."""
    query = select(Instance.id, Instance.state).where(Instance.id.in_(instance_ids))
    return dict(session.execute(query).all())


def running(session: Session, key: str, subject_id: int) -> Sequence[Instance]:
    """The running cases of a process about an employee."""
    query = (
        select(Instance)
        .join(Definition)
        .where(
            Definition.key == key, Instance.subject_id == subject_id, Instance.ended_at.is_(None)
        )
    )
    return session.scalars(query.order_by(Instance.id)).all()


def last_finished(session: Session, instance_id: int) -> int | None:
    """The case of the same process that the same employee finished last, before this one."""
    this = select(Instance.subject_id, Definition.key).join(Definition)
    subject_id, key = session.execute(this.where(Instance.id == instance_id)).one()
    query = select(Instance.id).join(Definition).where(
        Definition.key == key, Instance.subject_id == subject_id, Instance.status == "completed",
        Instance.id != instance_id,
    )  # fmt: skip
    return session.scalar(query.order_by(Instance.ended_at.desc(), Instance.id.desc()).limit(1))


def open_work(session: Session, instances: Iterable[Instance]) -> dict[int, list[WorkItem]]:
    """The open tasks of a page of cases, by instance."""
    ids = [instance.id for instance in instances]
    query = select(WorkItem).where(WorkItem.instance_id.in_(ids), WorkItem.status == "open")
    found: dict[int, list[WorkItem]] = defaultdict(list)
    for item in session.scalars(
        query.options(joinedload(WorkItem.person), joinedload(WorkItem.group))
    ):
        found[item.instance_id].append(item)
    return found


def mark(session: Session, case: Instance) -> tuple[object, ...]:
    """What is another as soon as the page of a case would show anything else.

    All that is done in a case is in its history; lateness and failures come by themselves.
    """
    open_items = session.scalars(
        select(WorkItem).where(WorkItem.instance_id == case.id, WorkItem.status == "open")
    )
    standings = sorted((item.id, punctuality.standing(item, case.status)) for item in open_items)
    failed = [incident.id for incident in incidents(session, case.id)]
    return case.version, case.last_seq, case.status, standings, failed


def timers(session: Session, instance_id: int) -> Sequence[Job]:
    """What a case waits for besides its people: timers and services, the next first."""
    clocked = Job.instance_id == instance_id, Job.kind.in_(("timer", "wait", "service"))
    return session.scalars(select(Job).where(*clocked).order_by(Job.due, Job.id)).all()


def incidents(session: Session, instance_id: int) -> Sequence[Incident]:
    """The unresolved failures of a case."""
    open_ones = Incident.instance_id == instance_id, Incident.resolved_at.is_(None)
    return session.scalars(select(Incident).where(*open_ones).order_by(Incident.id)).all()


def _page(before: int | None) -> Select[Instance]:
    query = with_people(select(Instance)).order_by(Instance.id.desc()).limit(PAGE)
    return query if before is None else query.where(Instance.id < before)


def with_people(query: Select[Instance]) -> Select[Instance]:
    """The same cases, read with their versions, employees and units."""
    return query.options(
        joinedload(Instance.definition), joinedload(Instance.subject).joinedload(Person.unit)
    )
