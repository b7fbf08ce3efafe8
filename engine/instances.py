"""Acting in a running case: the only writers of instance state, with `engine.starting`.

Every act is one step: read without a lock, decide and compute in memory, then one short
transaction guarded by the instance's version. Who comes second is told, and nothing is half done.
"""

from __future__ import annotations

from collections import namedtuple
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import bindparam, select

from bpmn.messages import message
from engine import (
    access,
    cases,
    clock,
    documents,
    file_values,
    history,
    jobs,
    ledger,
    performed_times,
    roles,
    steps,
    values,
)
from engine.database import line
from engine.errors import InvalidInput, NoLongerOpen, NotAllowed, NotFound, StepFailed
from engine.history import Fact
from engine.ledger import MAX_TOKEN, Act, Case, once_more
from engine.models import Instance, Person, Submission, WorkItem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session

    from engine.database import Database
    from engine.people import Actor
    from engine.steps import Situation, Step
    from engine.timers import Row

_WORK = WorkItem.__table__
_ITEM = steps.with_case(
    select(*_WORK.c)
    .join(Instance.__table__, _WORK.c.instance_id == Instance.__table__.c.id)
    .where(_WORK.c.id == bindparam("item"))
)
# A task as its columns: loaded as an object it would cost a step 0.15 ms more.
_Row = namedtuple("_Row", _WORK.c.keys())  # type: ignore[misc]  # its names are the table's


@dataclass(frozen=True)
class Completion:
    """What a completed task led to; ``next_item`` is a task that opened for the same person."""

    instance_id: int
    ended: bool
    next_item: int | None = None


@once_more
def complete(
    db: Database,
    actor: Actor,
    item_id: int,
    given: dict[str, Any],
    *,
    token: str,
    performed_at: datetime | None = None,
) -> Completion:
    """Completes a task with validated values; the same ``token`` again is the same completion.

    ``performed_at`` is when it was done where that was before now (see `performed_times`). Raises
    `NotFound`, `NotAllowed`, `NoLongerOpen`, `Suspended`, `StaleInstance`, `InvalidInput`,
    `StepFailed` (the task then stays open, the input is its draft and an incident is opened).
    """
    if not 0 < len(token) <= MAX_TOKEN:
        raise InvalidInput(message("Permintaan tidak dapat dibaca."))
    with db.read() as session:
        item, case = _item(session, item_id)
        if item.status != "open":
            return _completed_before(session, actor, item, case, token)
        _require_workable(actor, item, case)
        before = steps.situation(db, session, case)
        _require_distinct(session, before, item, actor)
        act = _act(actor, item)
        done, counted = _performed(session, before, item, performed_at, act.at)
        try:
            data, step, state = _run_on(before, item, act, given, done)
        except StepFailed as error:
            _keep_failed(db, actor, item, given, error)
            raise
        step = replace(step, completed=ledger.closed(item, actor, act.at, counted))
        with db.write(session):
            ledger.append(session, case, act, state=state, **steps.ending(before, act))
            if item.person_id is None:
                ledger.seat(session, case.id, item.place, actor.id)
                if _has_more(before, item):
                    ledger.seat_open_items(session, case.id, item.place, actor.id)
            file_values.require(session, case.id, given)
            if item.draft is not None:
                ledger.resolve_incidents(session, item.id, act.at)
            next_item = steps.write(session, case, step, act)
            ledger.submit(session, item, act, token, data)
            documents.order_of_step(session, before, item, act.at)
    return Completion(case.id, before.execution.ended, next_item)


def _run_on(
    before: Situation, item: WorkItem, act: Act, given: dict[str, Any], said: dict[str, Any]
) -> tuple[bytes, Step, bytes]:
    """Completes the task in memory: what was given as bytes, what follows, and the new state.

    ``said`` is what the record says of it. Raises `StepFailed`.
    """
    idle = _not_taken_up(before, item)
    if item.wait_due_at is None and (idle or not before.diagram.waktu(item.element)):
        idle |= {item.task}  # nothing was ever armed for it
    before.execution.complete(item.task, given)
    data = values.dumps(given)
    before.seats[item.place] = (item.person_id or act.person_id, before.seats[item.place][1])
    act.facts.append(Fact("task.completed", item.element, said, history.digest(data)))
    act.facts.extend(documents.ordered(before.diagram.nodes[item.element]))
    step = steps.follow(before, act, idle=idle)
    ended = step.ended_tasks - {item.task}
    return data, replace(step, ended_tasks=ended), before.execution.save()


@once_more
def claim(db: Database, actor: Actor, item_id: int) -> int:
    """Takes a group's task, and with it the place for this case; counts as taking it up."""
    with db.read() as session:
        item, case = open_item(session, actor, item_id)
        _require_unclaimed(session, actor, item, case)
        if item.person_id == actor.id:
            return case.id
        _require_workable(actor, item, case)
        before = steps.situation(db, session, case)
        _require_distinct(session, before, item, actor)
    act = _act(actor, item, Fact("task.claimed", item.element))
    with db.write() as session:
        ledger.append(session, case, act)
        ledger.seat(session, case.id, item.place, actor.id)
        ledger.seat_open_items(session, case.id, item.place, actor.id)
        _begin(session, before, item, act.at)
    return case.id


@once_more
def release(db: Database, actor: Actor, item_id: int) -> int:
    """Gives a claimed task back to its group; when it was taken up stays known."""
    with db.read() as session:
        item, case = open_item(session, actor, item_id)
    if item.person_id != actor.id:
        raise NotAllowed(message("Tugas ini bukan milik Anda."))
    if item.group_id is None:
        raise InvalidInput(message("Tugas ini tidak berasal dari kelompok."))
    act = _act(actor, item, Fact("task.released", item.element))
    with db.write() as session:
        ledger.append(session, case, act)
        ledger.seat(session, case.id, item.place, None)
        ledger.seat_open_items(session, case.id, item.place, None)
    return case.id


@once_more
def take_up(db: Database, actor: Actor, item_id: int) -> int:
    """Records that the performer has begun ("Mulai"); beginning twice changes nothing."""
    with db.read() as session:
        item, case = open_item(session, actor, item_id)
        if item.person_id is None or not may_work(actor, item, case):
            raise NotAllowed(message("Ambil tugas ini dahulu."))
        if item.taken_up_at is not None:
            return case.id
        before = steps.situation(db, session, case)
        _require_distinct(session, before, item, actor)
    act = _act(actor, item, Fact("task.taken-up", item.element))
    with db.write() as session:
        ledger.append(session, case, act)
        _begin(session, before, item, act.at)
    return case.id


def _act(actor: Actor, item: WorkItem, *facts: Fact) -> Act:
    """What a person does with a task: their own, or one of somebody they stand in for."""
    behalf = item.person_id if item.person_id in actor.stands_in else None
    return Act(actor, item.place, clock.now(), list(facts), behalf)


def _performed(
    session: Session, before: Situation, item: WorkItem, given: datetime | None, now: datetime
) -> tuple[dict[str, Any], Row]:
    """What the record says of when a task was performed, and the seconds that it has taken."""
    if given is None:
        return {}, before.clocks.counted(item, now)
    at = performed_times.checked(session, before.diagram, item, given, now)
    return {"performed": at}, before.clocks.performed(item, at)


def _begin(session: Session, before: Situation, item: WorkItem, at: datetime) -> None:
    """Starts the clocks of a task's work and ends that of its waiting; once."""
    if item.taken_up_at is not None:
        return
    rows = [
        row | {"instance_id": item.instance_id, "work_item_id": item.id}
        for row in _waktu_jobs(before, item, at)
    ]
    due = next((row["due"] for row in rows if row["kind"] == "timer"), None)
    counted = before.clocks.counted(item, at) | {"taken_up_at": at, "since": at}
    ledger.change(session, item.id, **counted, **({"due_at": due} if due else {}))
    if item.wait_due_at is not None:
        jobs.disarm(session, item.instance_id, [item.task], "wait")
    jobs.arm(session, rows)


def _waktu_jobs(before: Situation, item: WorkItem, at: datetime) -> Iterator[Row]:
    """What is armed when a task is taken up: its Waktu, and what goes around it."""
    for timer in sorted(_not_taken_up(before, item)):
        node = before.diagram.nodes[before.waiting.timers[timer]]
        waktu = before.clocks.timer(node, before.execution.data_of(timer), at)
        yield waktu | {"task": timer, "element": node.id}
        for row in before.clocks.around(node, waktu["due"], at):
            yield row | {"task": item.task, "element": item.element}


def _not_taken_up(before: Situation, item: WorkItem) -> frozenset[str]:
    """The timers that wait for a task to be taken up."""
    if item.taken_up_at is not None:
        return frozenset()
    return frozenset(
        timer
        for timer, element in before.waiting.timers.items()
        if before.diagram.nodes[element].starts_on_take_up
        and before.execution.host(timer) == item.task
    )


def _keep_failed(
    db: Database, actor: Actor, item: WorkItem, given: dict[str, Any], error: StepFailed
) -> None:
    draft = values.dumps({})
    with suppress(StepFailed):  # what cannot be kept as data cannot be kept as a draft either
        draft = values.dumps(given)
    with db.write() as session:
        ledger.keep_failed(session, item, actor, clock.now(), draft, str(error))


def _item(session: Session, item_id: int) -> tuple[WorkItem, Case]:
    """A work item and its instance's guard and state, in one statement."""
    row = line(session).execute(_ITEM, {"item": item_id}).one_or_none()
    if row is None:
        raise NotFound(message("Tugas itu tidak ada."))
    end = len(_Row._fields)
    return cast("WorkItem", _Row._make(row[:end])), steps.case_of(row[end:])


def open_item(session: Session, actor: Actor, item_id: int) -> tuple[WorkItem, Case]:
    """An open task and its case, in one statement; raises `NotFound`, and who closed it."""
    item, case = _item(session, item_id)
    if item.status != "open":
        raise _closed(session, actor, item, case)
    return item, case


def _completed_before(
    session: Session, actor: Actor, item: WorkItem, case: Case, token: str
) -> Completion:
    """The completion that the same request made before; otherwise says who was first."""
    same = select(Submission.id).where(
        Submission.work_item_id == item.id,
        Submission.token == token,
        Submission.person_id == actor.id,
    )
    if session.scalar(same) is None:
        raise _closed(session, actor, item, case)
    mine = select(WorkItem.id).where(
        WorkItem.instance_id == item.instance_id,
        WorkItem.person_id.in_((actor.id, item.person_id)),
        WorkItem.status == "open",
    )
    next_item = session.scalar(mine.order_by(WorkItem.id).limit(1))
    return Completion(item.instance_id, case.status == "completed", next_item)


def _closed(
    session: Session, actor: Actor, item: WorkItem, case: Case
) -> NoLongerOpen | NotAllowed:
    """Who closed the task, for those whom it concerns."""
    if item.group_id not in actor.groups and not may_work(actor, item, case):
        return NotAllowed(message("Tugas ini bukan milik Anda."))
    closer = session.get(Person, item.closed_by) if item.closed_by else None
    return NoLongerOpen(cases.closing(item, closer))


def may_work(actor: Actor, item: WorkItem, case: Case) -> bool:
    """Whether a task of a case is for the actor to do."""
    return access.may_work(actor, item.person_id, item.group_id, case.subject_id)


def _require_workable(actor: Actor, item: WorkItem, case: Case) -> None:
    if not may_work(actor, item, case):
        raise NotAllowed(message("Tugas ini bukan milik Anda."))


def _require_unclaimed(session: Session, actor: Actor, item: WorkItem, case: Case) -> None:
    if item.person_id in (None, actor.id):
        return
    if item.group_id not in actor.groups and not may_work(actor, item, case):
        return
    holder = session.get(Person, item.person_id)
    name = holder.name if holder else "–"
    raise NoLongerOpen(message("Tugas ini sudah diambil oleh {name}.", name=name))


def _require_distinct(session: Session, before: Situation, item: WorkItem, actor: Actor) -> None:
    """Whoever takes a group's place, or acts in another's, may be kept out by `alur:distinct`."""
    if item.person_id != actor.id:
        held = roles.Held(item.instance_id, before.diagram, before.seats)
        roles.require_apart(session, held, item.place, actor, for_holder=item.person_id)


def _has_more(before: Situation, item: WorkItem) -> bool:
    """Whether other tasks of the same place are open beside this one."""
    tasks = before.waiting.tasks.items()
    others = (before.diagram.place(element) for task, element in tasks if task != item.task)
    return any(place is not None and place.key == item.place for place in others)
