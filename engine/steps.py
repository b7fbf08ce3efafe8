"""What a step of a case leads to: tasks opened and ended, timers armed, messages sent off."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update

from bpmn.messages import message
from engine import calendars, deployments, jobs, ledger, subscriptions, values
from engine.database import json_rows, line
from engine.errors import NotFound, StepFailed, Suspended
from engine.history import Fact, Head
from engine.ledger import Act, Case, Seat
from engine.models import Definition, Instance, Person, Role, WorkItem
from engine.spiff.execution import Execution
from engine.timers import Clocks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from bpmn.diagram import Diagram
    from engine.database import Database
    from engine.models import Job
    from engine.timers import Row


@dataclass(frozen=True)
class Waiting:
    """What waits in a case, each id with its node: people's tasks, timers, services, events."""

    tasks: dict[str, str] = field(default_factory=dict)
    timers: dict[str, str] = field(default_factory=dict)
    services: dict[str, str] = field(default_factory=dict)
    events: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, execution: Execution) -> Waiting:
        """What waits in an execution now."""
        return cls(execution.open_tasks, execution.timers, execution.services, execution.events)

    @property
    def ids(self) -> frozenset[str]:
        """All that waits."""
        return frozenset((*self.tasks, *self.timers, *self.services, *self.events))


@dataclass(frozen=True)
class Situation:
    """A case before a step: its execution, its clocks, its seats, and what waits in it."""

    execution: Execution
    clocks: Clocks
    seats: dict[str, Seat]
    waiting: Waiting

    @property
    def diagram(self) -> Diagram:
        """The drawn procedure."""
        return self.execution.program.diagram


@dataclass(frozen=True)
class Step:
    """The consequences of a step; a job names its work item by ``host``, the task in the state.

    ``stopped`` are the timers among what is ``disarmed`` that run as soon as they wait, each with
    one job; ``completed`` is the row of a task that the step itself completed (`ledger.closed`).
    """

    items: list[Row]
    jobs: list[Row]
    ended_tasks: frozenset[str]
    disarmed: frozenset[str]
    stopped: frozenset[str]
    awaited: list[Row] = field(default_factory=list)
    no_longer_awaited: frozenset[str] = frozenset()
    completed: Row | None = None


_INSTANCE, _DEFINITION, _PERSON = (m.__table__ for m in (Instance, Definition, Person))
_CASE, _SEAT = _INSTANCE.c, Role.__table__.c
# In the statement that reads the case: asked for on their own they would cost a quarter of it.
_SEATS = (
    select(json_rows(_SEAT.place, _SEAT.person_id, _SEAT.group_id))
    .where(_SEAT.instance_id == _CASE.id)
    .scalar_subquery()
)
_COLUMNS = (
    _CASE.id, _CASE.version, _CASE.last_seq, _CASE.last_hash, _DEFINITION.c.digest, _CASE.state,
    _CASE.status, _PERSON.c.unit_id, _CASE.called, _CASE.subject_id, calendars.stamp(), _SEATS,
)  # fmt: skip


def with_case(query: Select[Any]) -> Select[Any]:
    """Adds to a query over instances what `case_of` reads."""
    return query.add_columns(*_COLUMNS).join(
        _DEFINITION, _CASE.definition_id == _DEFINITION.c.id
    ).join(_PERSON, _CASE.subject_id == _PERSON.c.id)  # fmt: skip


def case_of(row: Any) -> Case:
    """The guard and state from the last columns of a row of `with_case`."""
    instance_id, version, seq, last, *others, seats = row
    filled = {place: (person, group) for place, person, group in seats or ()}
    return Case(instance_id, version, Head(seq, last), *(*others, filled))


_READ = with_case(select().select_from(_INSTANCE).where(_CASE.id == bindparam("case")))
_READ_ALL = with_case(
    select().select_from(_INSTANCE).where(_CASE.id.in_(bindparam("cases", expanding=True)))
)


def read_case(session: Session, instance_id: int) -> Case:
    """The guard and state of a case; raises `NotFound`.

    It is read before all else that an act decides upon: what another act changes behind it is then
    noticed when it is written. Each statement sees the database as it is at that moment.
    """
    row = line(session).execute(_READ, {"case": instance_id}).one_or_none()
    if row is None:
        raise NotFound(message("Kasus itu tidak ada, atau bukan untuk Anda."))
    return case_of(row)


def read_cases(session: Session, instance_ids: Sequence[int]) -> dict[int, Case]:
    """The same of several cases, by id; those that are not there are left out."""
    rows = line(session).execute(_READ_ALL, {"cases": instance_ids})
    return {case.id: case for case in map(case_of, rows)}


def situation(db: Database, session: Session, case: Case) -> Situation:
    """A case loaded and ready for a step; raises `Suspended` when its clocks stand still."""
    require_going(case.status)
    program = deployments.program(db, case.digest, case.called)
    working = calendars.of_unit(session, case.unit_id, case.calendar)
    execution = Execution.load(program, case.state)
    clocks = Clocks(program.diagram, working)
    return Situation(execution, clocks, case.seats, Waiting.of(execution))


def require_going(status: str) -> None:
    """Raises `Suspended` for the status of a case whose clocks stand still."""
    if status == "suspended":
        raise Suspended(message("Kasus ini sedang ditangguhkan oleh pengawas."))


def drawn(db: Database, case: Case) -> Diagram:
    """The drawn procedure of a case."""
    return deployments.program(db, case.digest, case.called).diagram


def seats(session: Session, instance_id: int) -> dict[str, Seat]:
    """Who fills the places of a case: place to (person, group)."""
    query = select(Role.place, Role.person_id, Role.group_id).where(Role.instance_id == instance_id)
    return {place: (person, group) for place, person, group in session.execute(query)}


def follow(
    before: Situation,
    act: Act,
    *,
    idle: frozenset[str] = frozenset(),
    cause: Row | None = None,
    repeat: Mapping[str, Row] | None = None,
) -> Step:
    """What has followed since ``before``; adds the facts of it to the act. Raises `StepFailed`.

    ``idle`` are timers that no job was armed for, ``cause`` columns that the jobs of thrown
    messages inherit (from a timer), ``repeat`` the jobs of timers that go on with a cycle.
    """
    execution, now = before.execution, Waiting.of(before.execution)
    if not (execution.ended or now.ids):
        raise StepFailed(message("Kasus akan berhenti tanpa tugas: periksa gerbang di diagram."))
    items = _opened(before, now.tasks, act.at)
    armed = [
        *_timers(before, now.timers, items, act.at, repeat or {}),
        *_services(before, now.services, act),
        *_sent_off(execution, act, cause or {}),
    ]
    act.facts.extend(_consequences(execution, items))
    gone = before.waiting.ids - now.ids - idle
    return Step(
        items,
        armed,
        frozenset(before.waiting.tasks.keys() - now.tasks.keys()),
        gone,
        _stopped(before, gone),
        list(subscriptions.opened(execution, now.events, before.waiting.events)),
        frozenset(before.waiting.events.keys() - now.events.keys()),
    )


def ending(before: Situation, act: Act) -> Row:
    """What changes of the instance when the step has ended it."""
    return {"status": "completed", "ended_at": act.at} if before.execution.ended else {}


def write(session: Session, case: Case, step: Step, act: Act) -> int | None:
    """Writes a step's consequences; returns the first opened item that is for who acted."""
    ids = write_all(session, [(case, step, act)])
    mine = {act.person_id, act.behalf} - {None}
    opened = (ids[case.id, row["task"]] for row in step.items if row["person_id"] in mine)
    return next(opened, None)


def write_all(
    session: Session, made: Sequence[tuple[Case, Step, Act]]
) -> dict[tuple[int, str], int]:
    """Writes the consequences of steps of different cases; the ids of tasks, by case and task."""
    for case, step, act in made:
        _cancel_items(session, case, step.ended_tasks, act)
        subscriptions.drop(session, case.id, step.no_longer_awaited)
    ids = _write_tasks(session, {case.id: step for case, step, _ in made})
    fresh: list[Row] = []
    for case, step, _ in made:
        armed = _armed({case.id: step}, ids)
        if step.disarmed:
            jobs.change(session, case.id, step.disarmed, step.stopped, armed)
        else:
            fresh += armed
    jobs.arm(session, fresh)
    return ids


def write_new(session: Session, made: Mapping[int, Step]) -> None:
    """Writes what steps open, each in its case in which nothing was before."""
    ids = _write_tasks(session, made)
    jobs.arm(session, _armed(made, ids))


def _write_tasks(session: Session, made: Mapping[int, Step]) -> dict[tuple[int, str], int]:
    """Writes what is awaited, and the tasks; the ids of their items by case and task."""
    subscriptions.add(session, _of_cases(made, lambda step: step.awaited))
    closed = [step.completed for step in made.values() if step.completed]
    return ledger.write_items(session, [*closed, *_of_cases(made, lambda step: step.items)])


def _armed(made: Mapping[int, Step], ids: Mapping[tuple[int, str], int]) -> list[Row]:
    """The jobs of steps, each of its case and of the item of its task."""
    rows = _of_cases(made, lambda step: step.jobs)
    for row in rows:
        host = row.pop("host", None)
        row.setdefault("work_item_id", ids.get((row["instance_id"], host or "")))
    return rows


def _of_cases(made: Mapping[int, Step], rows: Callable[[Step], list[Row]]) -> list[Row]:
    return [row | {"instance_id": case} for case, step in made.items() for row in rows(step)]


def item_dues(diagram: Diagram, armed: list[Row]) -> Row:
    """The due columns of a work item, from the jobs that are armed for it."""
    found: Row = {"due_at": None, "wait_due_at": None, "deadline_at": None}
    for row in armed:
        name = due_column(diagram, row)
        if name is not None:
            found[name] = min(filter(None, (found[name], row["due"])))
    return found


def moved_dues(
    diagram: Diagram, item: WorkItem, jobs_of_item: Iterable[Job], moved: Mapping[int, datetime]
) -> Row:
    """The due columns that change as jobs move; one that has passed and fired stays as it was."""
    rows = {job.id: {"kind": job.kind, "element": job.element, "due": job.due}
            for job in jobs_of_item}  # fmt: skip
    old = item_dues(diagram, list(rows.values()))
    new = item_dues(diagram, [row | {"due": moved.get(i, row["due"])} for i, row in rows.items()])
    return {name: new[name] for name, due in old.items() if due and getattr(item, name) == due}


def due_column(diagram: Diagram, row: Row) -> str | None:
    if row["kind"] == "wait":
        return "wait_due_at"
    node = diagram.nodes[row["element"]]
    if row["kind"] != "timer" or (node.timer and node.timer.kind == "timeCycle"):
        return None  # what comes again and again is a nudge, and no end
    return "due_at" if node.is_waktu else "deadline_at"


def _opened(before: Situation, open_tasks: dict[str, str], at: datetime) -> list[Row]:
    rows = []
    for task, element in open_tasks.items():
        place = before.diagram.place(element)
        if task in before.waiting.tasks or place is None:
            continue
        person, group = before.seats[place.key]
        rows.append(
            {
                "task": task, "element": element, "place": place.key, "status": "open",
                "visit": before.execution.visits(element), "person_id": person, "group_id": group,
                "opened_at": at, "since": at,
            }
        )  # fmt: skip
    return rows


def _timers(
    before: Situation,
    waiting: dict[str, str],
    items: list[Row],
    at: datetime,
    repeat: Mapping[str, Row],
) -> list[Row]:
    """The jobs of timers that have begun to wait, and the due times of the opened items."""
    rows = []
    for timer in waiting.keys() - before.waiting.timers.keys():
        node = before.diagram.nodes[waiting[timer]]
        if node.starts_on_take_up and timer not in repeat:
            continue
        row = repeat.get(timer) or before.clocks.timer(node, before.execution.data_of(timer), at)
        host = before.execution.host(timer)
        rows.append({"task": timer, "element": node.id, "host": host} | row)
        if node.is_waktu and timer not in repeat:
            same = {"task": host, "element": node.attached_to, "host": host}
            rows += [around | same for around in before.clocks.around(node, row["due"], at)]
    for item in items:
        limit = before.clocks.wait_limit(item["element"], at)
        if limit is not None:
            same = {"task": item["task"], "host": item["task"], "element": item["element"]}
            rows.append(limit | same)
        item.update(item_dues(before.diagram, [r for r in rows if r["host"] == item["task"]]))
    return rows


def _stopped(before: Situation, gone: frozenset[str]) -> frozenset[str]:
    timers = before.waiting.timers
    nodes = before.diagram.nodes
    return frozenset(
        task for task in gone & timers.keys() if not nodes[timers[task]].starts_on_take_up
    )


def _services(before: Situation, waiting: dict[str, str], act: Act) -> list[Row]:
    new = {task: waiting[task] for task in waiting.keys() - before.waiting.services.keys()}
    nodes = before.diagram.nodes
    act.facts.extend(
        Fact("service.called", element, {"topic": nodes[element].topic}) for element in new.values()
    )
    return [_at_once("service", element, act.at) | {"task": task} for task, element in new.items()]


def _sent_off(execution: Execution, act: Act, cause: Row) -> list[Row]:
    """A job for each message and signal sent off, which belong to no waiting part of the case.

    A topic is its handler's; a message without one goes to the case that waits for its name.
    """
    rows = []
    for sent in execution.sent:
        node = execution.program.diagram.nodes[sent.element]
        details = {"key": uuid.uuid4().hex, "data": sent.data} | cause.get("details", {})
        if "signal" in node.events:
            kind, details["name"] = "signal", node.reference
        elif node.topic:
            kind, details["topic"] = "message", node.topic
        else:
            kind, details["name"] = "message", node.reference
            details["correlation"] = subscriptions.as_key(sent.key)
        row = {"work_item_id": cause.get("work_item_id"), "details": values.dumps(details)}
        rows.append(_at_once(kind, sent.element, act.at) | row)
    return rows


def _at_once(kind: str, element: str, at: datetime) -> Row:
    return {"kind": kind, "element": element, "due": at, "ready": at}


def _consequences(execution: Execution, items: list[Row]) -> list[Fact]:
    """The facts that follow from a step: what was thrown, tasks opened, the end."""
    facts = []
    for sent in execution.sent:
        node = execution.program.diagram.nodes[sent.element]
        if "signal" in node.events:
            facts.append(Fact("signal.thrown", node.id))
        else:
            details = {"topic": node.topic} if node.topic else {"name": node.reference}
            facts.append(Fact("message.thrown", node.id, details))
    for row in items:
        seated = {"person": row["person_id"], "group": row["group_id"], "visit": row["visit"]}
        facts.append(Fact("task.opened", row["element"], seated))
    return [*facts, Fact("instance.completed")] if execution.ended else facts


def _cancel_items(session: Session, case: Case, tasks: frozenset[str], act: Act) -> None:
    """Closes the tasks that a step took out of the case without completing them."""
    if tasks:
        gone = WorkItem.instance_id == case.id, WorkItem.task.in_(tasks), WorkItem.status == "open"
        closed = {"status": "cancelled", "closed_at": act.at, "since": None}
        items = update(WorkItem).where(*gone).values(**closed).returning(WorkItem.id)
        for item_id in session.scalars(items).all():
            ledger.resolve_incidents(session, item_id, act.at)
