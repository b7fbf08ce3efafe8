"""The usual way as a contestant: `python -m benchmarks.speed.usual URL`, of an office.

SpiffWorkflow as it comes, the way its documentation shows: the whole case with its specification
as JSON in one row, read and written anew at every completion. It keeps the same rows as Alur beside
it, written through SQLAlchemy's objects in one transaction, and Alur starts the cases.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from io import BytesIO
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, undefer

from benchmarks.speed import contests, offices, procedure
from engine import clock, history, values
from engine.history import Fact, Head
from engine.models import HistoryEntry, Instance, Job, Role, Submission, WorkItem

if TYPE_CHECKING:
    from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
    from SpiffWorkflow.task import Task

    from benchmarks.speed.contests import Turn
    from benchmarks.speed.offices import Office

SERIALIZER = BpmnWorkflowSerializer()
REACHED = TaskState.READY | TaskState.COMPLETED


def play(office: Office, cases: int, turn: Turn) -> None:
    """Plays cases from beginning to end."""
    for case in [start(office) for _ in range(cases)]:
        for _, given in procedure.way():
            item_id, actor = office.open_item(case)
            with turn.one():
                complete(office, actor.id, item_id, given, uuid4().hex)


def start(office: Office) -> int:
    """A case that Alur has started, with SpiffWorkflow's own state in the place of Alur's."""
    case, workflow = office.start(), BpmnWorkflow(_spec())
    workflow.do_engine_steps()
    with office.db.write() as session:
        of_case = WorkItem.instance_id == case
        session.execute(update(Instance).where(Instance.id == case).values(state=_state(workflow)))
        task, timer = _open_tasks(workflow)[0].id.hex, _timers(workflow)[0].id.hex
        session.execute(update(WorkItem).where(of_case).values(task=task))
        session.execute(update(Job).where(Job.instance_id == case).values(task=timer))
    return case


def complete(
    office: Office, person_id: int, item_id: int, given: dict[str, Any], token: str
) -> None:
    """Completes a task: read, step and write in one transaction."""
    with Session(office.db.connections) as session, session.begin():
        query = select(WorkItem, Instance).join(Instance, WorkItem.instance_id == Instance.id)
        found = session.execute(
            query.options(undefer(Instance.state)).where(WorkItem.id == item_id)
        )
        item, instance = found.one()
        if item.status != "open" or item.person_id != person_id:
            raise PermissionError(item_id)
        workflow = SERIALIZER.deserialize_json(instance.state.decode())
        workflow.refresh_timers()
        Completion(session, instance, item, workflow, given, token).write()


@dataclass
class Completion:
    """A task that is being completed, and what is to be written of it."""

    session: Session
    instance: Instance
    item: WorkItem
    workflow: BpmnWorkflow
    given: dict[str, Any]
    token: str
    now: datetime = field(default_factory=clock.now)

    @cached_property
    def data(self) -> bytes:
        """What was filled in, as it is kept."""
        return values.dumps(self.given)

    def write(self) -> None:
        """Steps on, and writes what has followed."""
        timers = {timer.id.hex for timer in _timers(self.workflow)}
        task = self.workflow.get_task_from_id(UUID(self.item.task))
        task.data.update(self.given)
        task.run()
        self.workflow.do_engine_steps()
        self._close()
        self._disarm(timers - {timer.id.hex for timer in _timers(self.workflow)})
        opened = [self._open(task) for task in _open_tasks(self.workflow)]
        self._record(opened)
        self._submit()
        self._keep()

    def _close(self) -> None:
        item = self.item
        item.waited += round((self.now - (item.since or self.now)).total_seconds())
        item.status, item.closed_at, item.closed_by = "completed", self.now, item.person_id
        item.taken_up_at, item.since = self.now, None

    def _disarm(self, timers: set[str]) -> None:
        of_case = Job.instance_id == self.instance.id
        self.session.execute(delete(Job).where(of_case, Job.task.in_(timers)))

    def _open(self, task: Task) -> WorkItem:
        spec, place = task.task_spec.name, f"Lane_{task.task_spec.lane}"
        visits = self.workflow.get_tasks(spec_name=spec, state=REACHED)
        person = self.session.scalar(
            select(Role.person_id).where(Role.instance_id == self.instance.id, Role.place == place)
        )
        timer = next(one for one in _timers(self.workflow) if one.parent is task.parent)
        due = datetime.fromisoformat(timer.internal_data["event_value"])
        item = WorkItem(
            instance_id=self.instance.id, task=task.id.hex, element=spec, place=place,
            status="open", visit=len(visits), person_id=person, opened_at=self.now, since=self.now,
            waited=0, worked=0, deadline_at=due,
        )  # fmt: skip
        self.session.add(item)
        self.session.flush()
        self.session.add(
            Job(
                kind="timer", instance_id=self.instance.id, work_item_id=item.id,
                element=timer.task_spec.name, task=timer.id.hex, due=due, ready=due,
                since=self.now, duration="P1D", clock="calendar", repeats=0,
            )
        )  # fmt: skip
        return item

    def _record(self, opened: list[WorkItem]) -> None:
        digest = history.digest(self.data)
        facts = [Fact("task.completed", self.item.element, payload=digest)]
        for item in opened:
            seated = {"person": item.person_id, "group": item.group_id, "visit": item.visit}
            facts.append(Fact("task.opened", item.element, seated))
        if self.workflow.is_completed():
            facts.append(Fact("instance.completed"))
        rows, head = history.chain(
            self.instance.id, Head(self.instance.last_seq, self.instance.last_hash), facts,
            at=self.now, person_id=self.item.person_id, capacity=self.item.place,
        )  # fmt: skip
        self.session.add_all(HistoryEntry(**row) for row in rows)
        self.instance.last_seq, self.instance.last_hash = head.seq, head.hash

    def _submit(self) -> None:
        self.session.add(
            Submission(
                instance_id=self.instance.id, work_item_id=self.item.id,
                person_id=self.item.person_id, at=self.now, token=self.token, data=self.data,
            )
        )  # fmt: skip

    def _keep(self) -> None:
        self.instance.state = _state(self.workflow)
        self.instance.version += 1
        if self.workflow.is_completed():
            self.instance.status, self.instance.ended_at = "completed", self.now


def _spec() -> BpmnProcessSpec:
    """The procedure as SpiffWorkflow reads it: a duration is an expression of Python there."""
    parser = BpmnParser()
    source = procedure.source().replace(b">P1D<", b'>"P1D"<')
    parser.add_bpmn_xml(etree.parse(BytesIO(source)))
    return parser.get_spec(procedure.KEY)


def _state(workflow: BpmnWorkflow) -> bytes:
    return bytes(SERIALIZER.serialize_json(workflow), "utf-8")


def _open_tasks(workflow: BpmnWorkflow) -> list[Task]:
    return list(workflow.get_tasks(state=TaskState.READY, manual=True))


def _timers(workflow: BpmnWorkflow) -> list[Task]:
    return list(workflow.get_tasks(state=TaskState.WAITING, spec_class=BoundaryEvent))


if __name__ == "__main__":
    here = offices.at(sys.argv[1])
    contests.take_part(lambda cases, turn: play(here, cases, turn))
