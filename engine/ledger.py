"""How a case is written: every row of an act, under the version of its instance that was read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, update

from bpmn.messages import message
from engine import history
from engine.errors import StaleInstance, StepFailed
from engine.history import Fact, Head
from engine.models import HistoryEntry, Incident, Instance, Role, Submission, WorkItem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import CursorResult
    from sqlalchemy.orm import Session

    from engine.execution import Execution
    from engine.people import Actor

Seat = tuple[int | None, int | None]  # (person, group) of a place
MAX_TOKEN = 64


@dataclass(frozen=True)
class Case:
    """What a step reads of its instance, and the guard it writes under."""

    id: int
    version: int
    head: Head
    digest: str = ""
    state: bytes = b""


@dataclass(frozen=True)
class Act:
    """One act to be recorded: who, in which capacity, when, and the facts of it."""

    actor: Actor
    capacity: str
    at: datetime
    facts: list[Fact] = field(default_factory=list)


def append(session: Session, case: Case, act: Act, **changes: Any) -> None:
    """Writes the act under the version that was read; raises `StaleInstance` when it moved."""
    rows, head = chained(case.id, case.head, act)
    guarded = (
        update(Instance)
        .where(Instance.id == case.id, Instance.version == case.version)
        .values(version=case.version + 1, last_seq=head.seq, last_hash=head.hash, **changes)
    )
    written: CursorResult[Any] = session.execute(guarded)  # type: ignore[assignment]  # an UPDATE's
    if written.rowcount != 1:
        raise StaleInstance(message("Kasus ini baru saja berubah. Muat ulang halaman."))
    record(session, rows)


def chained(instance_id: int, head: Head, act: Act) -> tuple[list[dict[str, Any]], Head]:
    """The history rows of an act, and the chain's new head."""
    return history.chain(
        instance_id, head, act.facts, at=act.at, person_id=act.actor.id, capacity=act.capacity
    )


def record(session: Session, rows: list[dict[str, Any]]) -> None:
    """Inserts history rows."""
    # The table, not the class: rows with and without a payload then go in one statement.
    session.execute(insert(HistoryEntry.__table__), rows)  # type: ignore[arg-type]  # a Table


def close(session: Session, item: WorkItem, actor: Actor, at: datetime) -> None:
    """Closes a completed task; completing counts as taking it up."""
    closed = {
        "status": "completed", "closed_at": at, "closed_by": actor.id, "person_id": actor.id,
        "taken_up_at": item.taken_up_at or at, "draft": None,
    }  # fmt: skip
    session.execute(update(WorkItem).where(WorkItem.id == item.id).values(**closed))


def take_up_item(session: Session, item: WorkItem, at: datetime) -> None:
    """Records when the work began, once."""
    begun = update(WorkItem).where(WorkItem.id == item.id, WorkItem.taken_up_at.is_(None))
    session.execute(begun.values(taken_up_at=at))


def seat(session: Session, instance_id: int, place: str, person_id: int | None) -> None:
    """Gives a place of the case to a person, or back to its group."""
    place_of_case = Role.instance_id == instance_id, Role.place == place
    session.execute(update(Role).where(*place_of_case).values(person_id=person_id))


def seat_open_items(session: Session, instance_id: int, place: str, person_id: int | None) -> None:
    """The same for the open tasks of that place."""
    items = update(WorkItem).where(
        WorkItem.instance_id == instance_id, WorkItem.place == place, WorkItem.status == "open"
    )
    session.execute(items.values(person_id=person_id))


def require_alive(execution: Execution) -> None:
    """Raises `StepFailed` when a case would stand still for ever, not ended and with no task."""
    if not (execution.ended or execution.open_tasks or execution.timers):
        raise StepFailed(message("Kasus akan berhenti tanpa tugas: periksa gerbang di diagram."))


def opened(
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


def consequences(execution: Execution, items: list[dict[str, Any]]) -> list[Fact]:
    """The facts that follow from a step: messages thrown, tasks opened, the end."""
    nodes = execution.program.diagram.nodes
    thrown = [(n, topic) for n in execution.completed if (topic := nodes[n].topic)]
    facts = [Fact("message.thrown", node, {"topic": topic}) for node, topic in thrown]
    for row in items:
        seated = {"person": row["person_id"], "group": row["group_id"], "visit": row["visit"]}
        facts.append(Fact("task.opened", row["element"], seated))
    return [*facts, Fact("instance.completed")] if execution.ended else facts


def insert_items(
    session: Session, instance_id: int, opened: list[dict[str, Any]], person_id: int
) -> int | None:
    """Inserts the opened items; returns the first that is this person's."""
    if not opened:
        return None
    rows = [row | {"instance_id": instance_id} for row in opened]
    new = session.execute(insert(WorkItem).returning(WorkItem.id, WorkItem.person_id), rows)
    return next((item_id for item_id, owner in new if owner == person_id), None)


def cancel_items(session: Session, tasks: set[str], case: Case, act: Act) -> None:
    """Closes the tasks that a step took out of the case."""
    if tasks:
        gone = WorkItem.instance_id == case.id, WorkItem.task.in_(tasks), WorkItem.status == "open"
        session.execute(update(WorkItem).where(*gone).values(status="cancelled", closed_at=act.at))


def resolve_incidents(session: Session, item_id: int, at: datetime) -> None:
    """Marks the failures of a task as overcome."""
    failed = Incident.work_item_id == item_id, Incident.resolved_at.is_(None)
    session.execute(update(Incident).where(*failed).values(resolved_at=at))


def submit(session: Session, item: WorkItem, act: Act, token: str, data: bytes) -> None:
    """Keeps what was submitted, exactly."""
    session.execute(
        insert(Submission).values(
            instance_id=item.instance_id, work_item_id=item.id, person_id=act.actor.id, at=act.at,
            token=token, data=data, digest=history.digest(data),
        )
    )  # fmt: skip


def keep_failed(
    session: Session, item: WorkItem, actor: Actor, at: datetime, draft: bytes | None, reason: str
) -> None:
    """Keeps a failed step's input and opens an incident, unless the task was closed meanwhile."""
    still_open = update(WorkItem).where(WorkItem.id == item.id, WorkItem.status == "open")
    kept: CursorResult[Any] = session.execute(still_open.values(draft=draft))  # type: ignore[assignment]  # an UPDATE's
    if kept.rowcount:
        session.add(
            Incident(
                instance_id=item.instance_id, work_item_id=item.id, at=at, person_id=actor.id,
                reason=reason[:1000],
            )
        )  # fmt: skip


def cancel_open_items(session: Session, instance_id: int, act: Act) -> None:
    """Closes all open tasks of a case that is ended unfinished."""
    open_ones = WorkItem.instance_id == instance_id, WorkItem.status == "open"
    closed = {"status": "cancelled", "closed_at": act.at, "closed_by": act.actor.id}
    session.execute(update(WorkItem).where(*open_ones).values(**closed))
