"""Acting in a running case: the only writers of instance state, with `engine.starting`.

Every act is one step: read without a lock, decide and compute in memory, then one short
transaction guarded by the instance's version. Who comes second is told, and nothing is half done.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from bpmn.messages import message
from engine import access, clock, deployments, history, ledger, roles, values
from engine.errors import (
    InvalidInput,
    NoLongerOpen,
    NotAllowed,
    NotFound,
    StaleInstance,
    StepFailed,
)
from engine.execution import Execution
from engine.history import Fact, Head
from engine.ledger import MAX_TOKEN, Act, Case, Seat
from engine.models import Definition, Instance, Person, Role, Submission, WorkItem

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from bpmn.diagram import Diagram
    from engine.database import Database
    from engine.people import Actor

P = ParamSpec("P")
R = TypeVar("R")
MAX_REASON = 1_000


@dataclass(frozen=True)
class Completion:
    """What a completed task led to; ``next_item`` is a task that opened for the same person."""

    instance_id: int
    ended: bool
    next_item: int | None = None


def _once_more(step: Callable[P, R]) -> Callable[P, R]:
    """Runs a step again, once, when another one came between its reading and its writing."""

    @wraps(step)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return step(*args, **kwargs)
        except StaleInstance:
            return step(*args, **kwargs)

    return run


@_once_more
def complete(
    db: Database, actor: Actor, item_id: int, given: dict[str, Any], *, token: str
) -> Completion:
    """Completes a task with validated values; the same ``token`` again is the same completion.

    Raises `NotFound`, `NotAllowed`, `NoLongerOpen`, `StaleInstance`, `StepFailed` (the task then
    stays open, the input is kept as its draft and an incident is opened).
    """
    if not 0 < len(token) <= MAX_TOKEN:
        raise InvalidInput(message("Permintaan tidak dapat dibaca."))
    with db.read() as session:
        item, case = _item(session, item_id)
        if item.status != "open":
            return _completed_before(session, actor, item, token)
        seats = _seats(session, case.id)
    _require_workable(actor, item)
    program = deployments.program(db, case.digest)
    _require_distinct(program.diagram, seats, item, actor)
    execution = Execution.load(program, case.state)
    before = execution.open_tasks
    try:
        execution.complete(item.task, given)
        ledger.require_alive(execution)
        state, data = execution.save(), values.dumps(given)
    except StepFailed as error:
        _keep_failed(db, actor, item, given, error)
        raise
    seats[item.place] = (actor.id, seats[item.place][1])
    done = Fact("task.completed", item.element, payload=history.digest(data))
    act = Act(actor, item.place, clock.now(), [done])
    items = ledger.opened(execution, before, seats, act)
    act.facts.extend(ledger.consequences(execution, items))
    ended = {"status": "completed", "ended_at": act.at} if execution.ended else {}
    gone = before.keys() - execution.open_tasks.keys() - {item.task}
    with db.write() as session:
        ledger.append(session, case, act, state=state, **ended)
        ledger.close(session, item, actor, act.at)
        if item.person_id is None:
            ledger.seat(session, case.id, item.place, actor.id)
            if _has_more(program.diagram, before, item):
                ledger.seat_open_items(session, case.id, item.place, actor.id)
        if item.draft is not None:
            ledger.resolve_incidents(session, item.id, act.at)
        ledger.cancel_items(session, gone, case, act)
        next_item = ledger.insert_items(session, case.id, items, actor.id)
        ledger.submit(session, item, act, token, data)
    return Completion(case.id, execution.ended, next_item)


@_once_more
def claim(db: Database, actor: Actor, item_id: int) -> int:
    """Takes a group's task, and with it the place for this case; counts as taking it up."""
    with db.read() as session:
        item, case = _open_item(session, actor, item_id)
        _require_unclaimed(session, actor, item)
        seats = _seats(session, case.id)
    if item.person_id == actor.id:
        return case.id
    _require_workable(actor, item)
    _require_distinct(deployments.program(db, case.digest).diagram, seats, item, actor)
    act = Act(actor, item.place, clock.now(), [Fact("task.claimed", item.element)])
    with db.write() as session:
        ledger.append(session, case, act)
        ledger.seat(session, case.id, item.place, actor.id)
        ledger.seat_open_items(session, case.id, item.place, actor.id)
        ledger.take_up_item(session, item, act.at)
    return case.id


@_once_more
def release(db: Database, actor: Actor, item_id: int) -> int:
    """Gives a claimed task back to its group; when it was taken up stays known."""
    with db.read() as session:
        item, case = _open_item(session, actor, item_id)
    if item.person_id != actor.id:
        raise NotAllowed(message("Tugas ini bukan milik Anda."))
    if item.group_id is None:
        raise InvalidInput(message("Tugas ini tidak berasal dari kelompok."))
    act = Act(actor, item.place, clock.now(), [Fact("task.released", item.element)])
    with db.write() as session:
        ledger.append(session, case, act)
        ledger.seat(session, case.id, item.place, None)
        ledger.seat_open_items(session, case.id, item.place, None)
    return case.id


@_once_more
def take_up(db: Database, actor: Actor, item_id: int) -> int:
    """Records that the performer has begun ("Mulai"); beginning twice changes nothing."""
    with db.read() as session:
        item, case = _open_item(session, actor, item_id)
    if item.person_id != actor.id:
        raise NotAllowed(message("Ambil tugas ini dahulu."))
    if item.taken_up_at is None:
        act = Act(actor, item.place, clock.now(), [Fact("task.taken-up", item.element)])
        with db.write() as session:
            ledger.append(session, case, act)
            ledger.take_up_item(session, item, act.at)
    return case.id


@_once_more
def cancel(db: Database, actor: Actor, instance_id: int, reason: str) -> None:
    """Ends a running case unfinished, with a reason."""
    if not 0 < len(reason.strip()) <= MAX_REASON:
        raise InvalidInput(message("Alasan pembatalan: 1 sampai {n} huruf.", n=MAX_REASON))
    with db.read() as session:
        instance = session.get(Instance, instance_id, options=[joinedload(Instance.subject)])
        if instance is None:
            raise NotFound(message("Kasus itu tidak ada."))
    if not access.may_cancel(actor, instance):
        raise NotAllowed(message("Anda tidak berwenang membatalkan kasus ini."))
    if instance.status != "running":
        raise NoLongerOpen(message("Kasus ini sudah berakhir."))
    case = Case(instance.id, instance.version, Head(instance.last_seq, instance.last_hash))
    capacity = "starter" if actor.id == instance.starter_id else "supervisor"
    fact = Fact("instance.cancelled", details={"reason": reason.strip()})
    act = Act(actor, capacity, clock.now(), [fact])
    with db.write() as session:
        ledger.append(session, case, act, status="cancelled", ended_at=act.at)
        ledger.cancel_open_items(session, instance_id, act)


def _keep_failed(
    db: Database, actor: Actor, item: WorkItem, given: dict[str, Any], error: StepFailed
) -> None:
    draft = None
    with suppress(StepFailed):  # what cannot be kept as data cannot be kept as a draft either
        draft = values.dumps(given)
    with db.write() as session:
        ledger.keep_failed(session, item, actor, clock.now(), draft, str(error))


def _item(session: Session, item_id: int) -> tuple[WorkItem, Case]:
    """A work item and its instance's guard and state, in one statement."""
    columns = (Instance.version, Instance.last_seq, Instance.last_hash, Instance.state)
    query = (
        select(WorkItem, Definition.digest, *columns)
        .join(Instance, WorkItem.instance_id == Instance.id)
        .join(Definition, Instance.definition_id == Definition.id)
        .where(WorkItem.id == item_id)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound(message("Tugas itu tidak ada."))
    item, digest, version, seq, last, state = row
    return item, Case(item.instance_id, version, Head(seq, last), digest, state)


def _open_item(session: Session, actor: Actor, item_id: int) -> tuple[WorkItem, Case]:
    item, case = _item(session, item_id)
    if item.status != "open":
        raise _closed(session, actor, item)
    return item, case


def _completed_before(session: Session, actor: Actor, item: WorkItem, token: str) -> Completion:
    """The completion that the same request made before; otherwise says who was first."""
    same = select(Submission.id).where(
        Submission.work_item_id == item.id,
        Submission.token == token,
        Submission.person_id == actor.id,
    )
    if session.scalar(same) is None:
        raise _closed(session, actor, item)
    status = session.scalar(select(Instance.status).where(Instance.id == item.instance_id))
    mine = select(WorkItem.id).where(
        WorkItem.instance_id == item.instance_id,
        WorkItem.person_id == actor.id,
        WorkItem.status == "open",
    )
    next_item = session.scalar(mine.order_by(WorkItem.id).limit(1))
    return Completion(item.instance_id, status == "completed", next_item)


def _closed(session: Session, actor: Actor, item: WorkItem) -> NoLongerOpen | NotAllowed:
    """Who closed the task, for those whom it concerns."""
    if item.group_id not in actor.groups and item.person_id != actor.id:
        return NotAllowed(message("Tugas ini bukan milik Anda."))
    closer = session.get(Person, item.closed_by) if item.closed_by else None
    if closer is None:
        return NoLongerOpen(message("Tugas ini sudah ditutup."))
    if item.status == "cancelled":
        return NoLongerOpen(message("Tugas ini dibatalkan oleh {name}.", name=closer.name))
    return NoLongerOpen(message("Tugas ini sudah diselesaikan oleh {name}.", name=closer.name))


def _require_workable(actor: Actor, item: WorkItem) -> None:
    if not access.may_work(actor, item.person_id, item.group_id):
        raise NotAllowed(message("Tugas ini bukan milik Anda."))


def _require_unclaimed(session: Session, actor: Actor, item: WorkItem) -> None:
    if item.person_id in (None, actor.id) or item.group_id not in actor.groups:
        return
    holder = session.get(Person, item.person_id)
    name = holder.name if holder else "–"
    raise NoLongerOpen(message("Tugas ini sudah diambil oleh {name}.", name=name))


def _require_distinct(
    diagram: Diagram, seats: dict[str, Seat], item: WorkItem, actor: Actor
) -> None:
    """Whoever takes a group's place may not hold another that must be somebody else's."""
    if item.person_id is None:
        taken = {place: person for place, (person, _) in seats.items()}
        roles.require_apart(diagram, taken, item.place, actor)


def _has_more(diagram: Diagram, before: dict[str, str], item: WorkItem) -> bool:
    """Whether other tasks of the same place are open beside this one."""
    others = (diagram.place(element) for task, element in before.items() if task != item.task)
    return any(place is not None and place.key == item.place for place in others)


def _seats(session: Session, instance_id: int) -> dict[str, Seat]:
    query = select(Role.place, Role.person_id, Role.group_id).where(Role.instance_id == instance_id)
    return {place: (person, group) for place, person, group in session.execute(query)}
