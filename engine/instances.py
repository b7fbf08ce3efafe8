"""Cases: the only writer of instance state.

Every act is one step: read without a lock, decide and compute in memory, then one short
transaction guarded by the instance's version. Who comes second is told, and nothing is half done.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
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
from engine.ledger import Act, Case
from engine.models import (
    Definition,
    Incident,
    Instance,
    Person,
    Role,
    Submission,
    WorkItem,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.orm import Session

    from engine.database import Database
    from engine.people import Actor

P = ParamSpec("P")
R = TypeVar("R")
Seat = tuple[int | None, int | None]  # (person, group) of a place


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


def start(
    db: Database,
    actor: Actor,
    key: str,
    subject_id: int,
    chosen: Mapping[str, int] | None = None,
    *,
    token: str,
) -> int:
    """Starts a case of the version in force; the same ``token`` again gives the same case.

    Returns the instance's id. Raises `NotFound`, `NotAllowed`, `Unfillable`, `InvalidInput`,
    `StepFailed`.
    """
    with db.read() as session:
        known = session.scalar(select(Instance.id).where(Instance.token == token))
        if known is not None:
            return known
        definition = deployments.in_force(session, key)
        if definition is None:
            raise NotFound(message("Belum ada versi yang berlaku untuk proses ini."))
        program = deployments.program(db, definition.digest)
        _require_startable(session, actor, program, subject_id)
        resolved = roles.resolve(session, program.diagram, subject_id, actor.id)
        filled = roles.chosen(session, program.diagram, resolved, chosen or {})
    execution = Execution.start(program, {})
    seats: dict[str, Seat] = {p: (f.person_id, f.group_id) for p, f in filled.items()}
    facts = [_started(definition, subject_id, seats)]
    facts += [Fact("role.chosen", p, {"person": i}) for p, i in sorted((chosen or {}).items())]
    act = Act(actor, "starter", clock.now(), facts)
    try:
        return _write_start(db, execution, definition, subject_id, seats, act, token)
    except IntegrityError:  # the same request came twice at once: the other one has started it
        with db.read() as session:
            known = session.scalar(select(Instance.id).where(Instance.token == token))
        if known is None:
            raise
        return known


@_once_more
def complete(
    db: Database, actor: Actor, item_id: int, given: dict[str, Any], *, token: str
) -> Completion:
    """Completes a task with validated values; the same ``token`` again is the same completion.

    Raises `NotFound`, `NotAllowed`, `NoLongerOpen`, `StaleInstance`, `StepFailed` (the task then
    stays open, the input is kept as its draft and an incident is opened).
    """
    with db.read() as session:
        item, case = _item(session, item_id)
        if item.status != "open":
            return _completed_before(session, actor, item, token)
        seats = _seats(session, case.id)
    _require_workable(actor, item)
    execution = Execution.load(deployments.program(db, case.digest), case.state)
    before = execution.open_tasks
    try:
        execution.complete(item.task, given)
        state = execution.save()
    except StepFailed as error:
        _keep_failed(db, actor, item, given, error)
        raise
    seats[item.place] = (actor.id, seats[item.place][1])
    data = values.dumps(given)
    digest = history.digest(data)
    act = Act(
        actor, item.place, clock.now(), [Fact("task.completed", item.element, payload=digest)]
    )
    opened = _opened(execution, before, seats, act)
    act.facts.extend(_consequences(execution, opened))
    ended = {"status": "completed", "ended_at": act.at} if execution.ended else {}
    with db.write() as session:
        ledger.append(session, case, act, state=state, **ended)
        ledger.close(session, item, actor, act.at)
        if item.person_id is None:
            ledger.seat(session, case.id, item.place, actor.id)
        if item.draft is not None:
            ledger.resolve_incidents(session, item.id, act.at)
        ledger.cancel_items(
            session, before.keys() - execution.open_tasks.keys() - {item.task}, case, act
        )
        next_item = ledger.insert_items(session, case.id, opened, actor.id)
        session.execute(
            insert(Submission).values(
                instance_id=case.id, work_item_id=item.id, person_id=actor.id, at=act.at,
                token=token, data=data, digest=digest,
            )
        )  # fmt: skip
    return Completion(case.id, execution.ended, next_item)


@_once_more
def claim(db: Database, actor: Actor, item_id: int) -> int:
    """Takes a group's task, and with it the place for this case; counts as taking it up."""
    with db.read() as session:
        item, case = _open_item(session, item_id)
    if item.person_id == actor.id:
        return case.id
    _require_workable(actor, item)
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
        item, case = _open_item(session, item_id)
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
        item, case = _open_item(session, item_id)
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
    if not reason.strip():
        raise InvalidInput(message("Alasan pembatalan harus diisi."))
    with db.read() as session:
        instance = session.get(Instance, instance_id, options=[joinedload(Instance.subject)])
        if instance is None:
            raise NotFound(message("Kasus itu tidak ada."))
    if not access.may_cancel(actor, instance):
        raise NotAllowed(message("Anda tidak berwenang membatalkan kasus ini."))
    if instance.status != "running":
        raise NoLongerOpen(message("Kasus ini sudah berakhir."))
    case = Case(instance.id, instance.version, Head(instance.last_seq, instance.last_hash), "", b"")
    capacity = "starter" if actor.id == instance.starter_id else "supervisor"
    fact = Fact("instance.cancelled", details={"reason": reason.strip()})
    act = Act(actor, capacity, clock.now(), [fact])
    with db.write() as session:
        ledger.append(session, case, act, status="cancelled", ended_at=act.at)
        open_items = WorkItem.instance_id == instance_id, WorkItem.status == "open"
        session.execute(
            update(WorkItem).where(*open_items).values(status="cancelled", closed_at=act.at)
        )


def _keep_failed(
    db: Database, actor: Actor, item: WorkItem, given: dict[str, Any], error: StepFailed
) -> None:
    """Keeps a failed step's input as the task's draft, and opens an incident."""
    with db.write() as session:
        session.execute(
            update(WorkItem)
            .where(WorkItem.id == item.id, WorkItem.status == "open")
            .values(draft=values.dumps(given))
        )
        session.add(
            Incident(
                instance_id=item.instance_id, work_item_id=item.id, at=clock.now(),
                person_id=actor.id, reason=str(error)[:1000],
            )
        )  # fmt: skip


def _item(session: Session, item_id: int) -> tuple[WorkItem, Case]:
    """A work item and its instance's guard and state, in one statement."""
    columns = (
        Instance.version,
        Instance.last_seq,
        Instance.last_hash,
        Instance.state,
        Instance.status,
    )
    query = (
        select(WorkItem, Definition.digest, *columns)
        .join(Instance, WorkItem.instance_id == Instance.id)
        .join(Definition, Instance.definition_id == Definition.id)
        .where(WorkItem.id == item_id)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound(message("Tugas itu tidak ada."))
    item, digest, version, seq, last, state, status = row
    return item, Case(item.instance_id, version, Head(seq, last), digest, state, status)


def _open_item(session: Session, item_id: int) -> tuple[WorkItem, Case]:
    item, case = _item(session, item_id)
    if item.status != "open":
        raise _closed(session, item)
    return item, case


def _completed_before(session: Session, actor: Actor, item: WorkItem, token: str) -> Completion:
    """The completion that the same request made before; otherwise says who was first."""
    same = select(Submission.id).where(
        Submission.work_item_id == item.id,
        Submission.token == token,
        Submission.person_id == actor.id,
    )
    if session.scalar(same) is None:
        raise _closed(session, item)
    status = session.scalar(select(Instance.status).where(Instance.id == item.instance_id))
    return Completion(item.instance_id, status == "completed")


def _closed(session: Session, item: WorkItem) -> NoLongerOpen:
    closer = session.get(Person, item.closed_by) if item.closed_by else None
    if closer is None:
        return NoLongerOpen(message("Tugas ini sudah ditutup."))
    return NoLongerOpen(message("Tugas ini sudah diselesaikan oleh {name}.", name=closer.name))


def _require_workable(actor: Actor, item: WorkItem) -> None:
    if not access.may_work(actor, item.person_id, item.group_id):
        raise NotAllowed(message("Tugas ini bukan milik Anda."))


def _require_startable(session: Session, actor: Actor, program: Any, subject_id: int) -> None:
    subjects = access.startable_subjects(session, actor, program.diagram)
    if subjects is False or (isinstance(subjects, frozenset) and subject_id not in subjects):
        raise NotAllowed(message("Anda tidak berwenang memulai kasus ini."))
    if session.get(Person, subject_id) is None:
        raise InvalidInput(message("Pegawai tidak dikenal."))


def _seats(session: Session, instance_id: int) -> dict[str, Seat]:
    query = select(Role.place, Role.person_id, Role.group_id).where(Role.instance_id == instance_id)
    return {place: (person, group) for place, person, group in session.execute(query)}


def _started(definition: Definition, subject_id: int, seats: Mapping[str, Seat]) -> Fact:
    details = {
        "process": definition.key, "version": definition.version, "digest": definition.digest,
        "subject": subject_id,
        "roles": {p: {"person": person, "group": group} for p, (person, group) in seats.items()},
    }  # fmt: skip
    return Fact("instance.started", details=details)


def _write_start(
    db: Database,
    execution: Execution,
    definition: Definition,
    subject_id: int,
    seats: Mapping[str, Seat],
    act: Act,
    token: str,
) -> int:
    opened = _opened(execution, {}, seats, act)
    act.facts.extend(_consequences(execution, opened))
    with db.write() as session:
        instance = Instance(
            definition_id=definition.id, subject_id=subject_id, starter_id=act.actor.id,
            token=token, status="completed" if execution.ended else "running", version=1,
            state=execution.save(), started_at=act.at,
            ended_at=act.at if execution.ended else None,
            last_seq=0, last_hash=history.GENESIS,
        )  # fmt: skip
        session.add(instance)
        session.flush()
        rows, head = ledger.chained(instance.id, Head(0, history.GENESIS), act)
        instance.last_seq, instance.last_hash = head.seq, head.hash
        ledger.record(session, rows)
        seated = [
            {"instance_id": instance.id, "place": place, "person_id": person, "group_id": group}
            for place, (person, group) in seats.items()
        ]
        if seated:
            session.execute(insert(Role), seated)
        ledger.insert_items(session, instance.id, opened, act.actor.id)
    return instance.id


def _opened(
    execution: Execution, before: Mapping[str, str], seats: Mapping[str, Seat], act: Act
) -> list[dict[str, Any]]:
    """The rows of the work items that a step has opened."""
    rows = []
    for task, element in execution.open_tasks.items():
        place = execution.program.diagram.place(element)
        if task in before or place is None:
            continue
        person, group = seats[place.key]
        rows.append(
            {
                "task": task, "element": element, "place": place.key, "status": "open",
                "visit": execution.visits(element), "person_id": person, "group_id": group,
                "opened_at": act.at,
            }
        )  # fmt: skip
    return rows


def _consequences(execution: Execution, opened: list[dict[str, Any]]) -> list[Fact]:
    """The facts that follow from a step: messages thrown, tasks opened, the end."""
    nodes = execution.program.diagram.nodes
    thrown = [(n, topic) for n in execution.completed if (topic := nodes[n].topic)]
    facts = [Fact("message.thrown", node, {"topic": topic}) for node, topic in thrown]
    for row in opened:
        seat = {"person": row["person_id"], "group": row["group_id"], "visit": row["visit"]}
        facts.append(Fact("task.opened", row["element"], seat))
    return [*facts, Fact("instance.completed")] if execution.ended else facts
