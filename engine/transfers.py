"""One running case taken over to another version: what becomes of it, and how that is written.

Planning reads and writes nothing, so that it can be shown before. All that a case needs to go on
as one of the new version is written in one transaction, or none of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from bpmn.counterparts import proposed
from bpmn.messages import message
from engine import (
    calendars,
    deployments,
    jobs,
    ledger,
    prerequisites,
    steps,
    subscriptions,
    values,
)
from engine.errors import Immovable
from engine.history import MOVED, Fact
from engine.ledger import Act
from engine.models import Incident, Instance, Job, Role, WorkItem
from engine.new_clocks import NewClocks
from engine.spiff.moving import carry_over
from engine.spiff.routes import Route
from engine.steps import Waiting
from engine.timers import Clocks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from bpmn.diagram import Diagram
    from engine.database import Database
    from engine.deployments import Binding
    from engine.ledger import Case, Seat
    from engine.models import Definition
    from engine.people import Actor
    from engine.spiff.execution import Execution
    from engine.timers import Row


@dataclass(frozen=True)
class Versions:
    """From which version to which; ``chosen`` maps elements otherwise than is proposed."""

    db: Database
    old: Definition
    new: Definition
    bound: Binding
    chosen: Mapping[str, str]
    _routes: dict[bytes | None, Route] = field(default_factory=dict, compare=False)

    @classmethod
    def between(
        cls,
        db: Database,
        session: Session,
        old: Definition,
        new: Definition,
        chosen: Mapping[str, str] | None = None,
    ) -> Versions:
        """The new version as a case that starts now would run it; raises `DiagramRefused`."""
        return cls(db, old, new, deployments.binding(db, session, new), chosen or {})

    def route(self, called: bytes | None) -> Route:
        """The way for cases that call these versions of other processes."""
        if called not in self._routes:
            program, new = deployments.program(self.db, self.old.digest, called), self.bound.program
            mapping = {**proposed(program.diagram, new.diagram), **self.chosen}
            known = {old: to for old, to in mapping.items() if to in new.diagram.nodes}
            self._routes[called] = Route(program, new, known)
        return self._routes[called]


@dataclass(frozen=True)
class Situation:
    """What is read of a case before it is moved."""

    case: Case
    starter_id: int | None
    started_at: datetime
    items: Sequence[WorkItem]
    jobs: Sequence[Job]
    seats: dict[str, Seat]


@dataclass(frozen=True)
class Passage:
    """An open task of the case: from which element to which, and what changes of its row."""

    item: WorkItem
    element: str
    changes: Row

    @property
    def stays(self) -> bool:
        """Whether it is the same step."""
        return self.item.element == self.element


@dataclass(frozen=True)
class Transfer:
    """What becomes of a case: its state in the new version, and all rows that change."""

    before: Situation
    versions: Versions
    execution: Execution
    passages: list[Passage]
    seats: dict[str, Seat]
    disarmed: list[int]
    armed: list[Row]
    renamed: dict[int, str]


def read(session: Session, instance_id: int) -> Situation:
    """A case as it is now; raises `NotFound`."""
    case = steps.read_case(session, instance_id)
    begun = select(Instance.starter_id, Instance.started_at).where(Instance.id == instance_id)
    starter_id, started_at = session.execute(begun).one()
    open_ones = WorkItem.instance_id == instance_id, WorkItem.status == "open"
    items = session.scalars(select(WorkItem).where(*open_ones).order_by(WorkItem.id)).all()
    armed = session.scalars(select(Job).where(Job.instance_id == instance_id)).all()
    return Situation(case, starter_id, started_at, items, armed, case.seats)


def plan(session: Session, versions: Versions, before: Situation, now: datetime) -> Transfer:
    """What would become of a case; raises `Immovable`, or another error that says why not."""
    case = before.case
    prerequisites.require_there(versions, case)
    route = versions.route(case.called)
    prerequisites.require_settled(session, route, before)
    execution = carry_over(route, case.state)
    diagram = route.new.diagram
    prerequisites.require_data(route, execution)
    seats = prerequisites.seats(session, route, before)
    working = calendars.of_unit(session, case.unit_id, case.calendar)
    clocks = NewClocks(session, route, before, execution, Clocks(diagram, working), now)
    tasks = Waiting.of(execution).tasks
    passages = [_passage(route, seats, clocks, item, tasks[item.task]) for item in before.items]
    return Transfer(
        before, versions, execution, passages, seats, clocks.disarmed, clocks.armed, clocks.renamed
    )


def write(
    session: Session, transfer: Transfer, actor: Actor | None, note: str, at: datetime
) -> None:
    """Writes a move; raises `StaleInstance` when the case has changed since it was read."""
    case, versions = transfer.before.case, transfer.versions
    act = Act(actor, "analyst", at, [_fact(transfer, note)])
    target = {"definition_id": versions.new.id, "called": versions.bound.called}
    ledger.append(session, case, act, state=transfer.execution.save(), **target)
    for passage in transfer.passages:
        if passage.changes:
            ledger.change(session, passage.item.id, **passage.changes)
    _write_jobs(session, transfer)
    _write_awaited(session, transfer)
    _write_seats(session, transfer)
    for passage in transfer.passages:
        if not passage.stays:
            _rename_incidents(session, case.id, passage)


def _passage(
    route: Route, seats: Mapping[str, Seat], clocks: NewClocks, item: WorkItem, element: str
) -> Passage:
    place = route.new.diagram.place(element)
    if place is None:
        said = message('"{step}" dalam versi baru tidak ada pelaksananya.', step=element)
        raise Immovable(said)
    new: Row = {"element": element, "place": place.key} | clocks.dues(item, element)
    if place.key != item.place or not prerequisites.same_rule(route, item.place, place.key):
        new["person_id"], new["group_id"] = seats[place.key]
    changes = {name: value for name, value in new.items() if getattr(item, name) != value}
    return Passage(item, element, changes)


def _fact(transfer: Transfer, note: str) -> Fact:
    before, versions = transfer.before, transfer.versions
    said: dict[str, Any] = {
        "process": versions.new.key, "reason": note,
        "old": _version(versions.old, values.loads(before.case.called or b"{}")),
        "new": _version(versions.new, {k: v.digest for k, v in versions.bound.versions.items()}),
        "steps": {passage.item.element: passage.element for passage in transfer.passages},
    }  # fmt: skip
    new = {p: seat for p, seat in transfer.seats.items() if before.seats.get(p) != seat}
    if new:
        said["roles"] = {p: {"person": who, "group": group} for p, (who, group) in new.items()}
    return Fact(MOVED, details=said)


def _version(definition: Definition, called: Mapping[str, str]) -> dict[str, Any]:
    said: dict[str, Any] = {"version": definition.version, "digest": definition.digest}
    return said | ({"called": dict(called)} if called else {})


def _write_jobs(session: Session, transfer: Transfer) -> None:
    if transfer.disarmed:
        jobs.drop(session, Job.id.in_(transfer.disarmed))
    for job_id, element in transfer.renamed.items():
        session.execute(update(Job).where(Job.id == job_id).values(element=element))
    same = {"instance_id": transfer.before.case.id}
    jobs.arm(session, [row | same for row in transfer.armed])


def _write_awaited(session: Session, transfer: Transfer) -> None:
    """What the case waits for goes by the names and keys of the new version."""
    case = transfer.before.case
    route = transfer.versions.route(case.called)
    drawn = (one.diagram for one in (route.old, route.new))
    if any(_waits_for_others(diagram) for diagram in drawn):
        subscriptions.drop_all(session, case.id)
        rows = subscriptions.opened(transfer.execution, transfer.execution.events, {})
        subscriptions.add(session, [row | {"instance_id": case.id} for row in rows])


def _waits_for_others(diagram: Diagram) -> bool:
    return any(
        node.kind == "receiveTask" or {"message", "signal"} & set(node.events)
        for node in diagram.nodes.values()
    )


def _write_seats(session: Session, transfer: Transfer) -> None:
    before, after = transfer.before.seats, transfer.seats
    if before == after:
        return
    gone = [place for place in before if before[place] != after.get(place)]
    of_case = Role.instance_id == transfer.before.case.id
    session.execute(delete(Role).where(of_case, Role.place.in_(gone)))
    rows = [
        {"instance_id": transfer.before.case.id, "place": p, "person_id": who, "group_id": group}
        for p, (who, group) in after.items()
        if before.get(p) != (who, group)
    ]
    if rows:
        session.execute(insert(Role), rows)


def _rename_incidents(session: Session, instance_id: int, passage: Passage) -> None:
    of_task = Incident.instance_id == instance_id, Incident.work_item_id == passage.item.id
    open_ones = update(Incident).where(*of_task, Incident.resolved_at.is_(None))
    session.execute(open_ones.values(element=passage.element))
