"""One instance in memory: start it, complete its tasks, let events happen, save and load it.

Knows no database. What SpiffWorkflow does with it is `engine.spiff.flow`'s, how it is stored
`engine.spiff.state`'s.
"""

from __future__ import annotations

from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import simpleeval
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.util.task import TaskState

from bpmn.diagram import HUMAN_TASKS
from bpmn.messages import message
from engine import effort
from engine.errors import ExpressionFailed, NoLongerOpen, StateDamaged, StepFailed
from engine.spiff import catching, joins, state
from engine.spiff.flow import Flow, Sent
from engine.spiff.jumping import jump, positions
from engine.spiff.loops import CHILD
from engine.spiff.putting_right import put_right

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from bpmn.diagram import Node
    from bpmn.markings import Position
    from engine.spiff.programs import Program
    from engine.spiff.tasks import Task

_AWAITED = ("message", "signal")


class Execution:
    """A running instance of a `Program`. ``completed`` lists the nodes done since it was made."""

    def __init__(self, program: Program, flow: Flow) -> None:
        self.program = program
        self._flow = flow

    @classmethod
    def start(cls, program: Program, data: dict[str, Any]) -> Execution:
        """A new instance, run up to its first waiting tasks; raises `StepFailed`."""
        with _in_bounds():
            flow = Flow(program)
            flow.begin()
            flow.task_tree.data.update(deepcopy(data))
            flow.run()
        return cls(program, flow)

    @classmethod
    def load(cls, program: Program, packed: bytes) -> Execution:
        """The instance that `save` wrote; raises `StateDamaged`."""
        return cls(program, state.loads(program, packed))

    def save(self) -> bytes:
        """The state without the specification; raises `StepFailed` when it is too large."""
        return state.dumps(self._flow)

    @property
    def open_tasks(self) -> dict[str, str]:
        """The tasks a person can complete now: task id to node id."""
        return self._ready(HUMAN_TASKS)

    @property
    def services(self) -> dict[str, str]:
        """The service tasks that wait for their answer: task id to node id."""
        return self._ready({"serviceTask"})

    @property
    def timers(self) -> dict[str, str]:
        """The timers that may fire now: timer id to node id."""
        return {task.id: node.id for task, node in self._flow.listening("timer")}

    @property
    def events(self) -> dict[str, str]:
        """The messages and signals that are awaited: task id to node id."""
        return {task.id: node.id for task, node in self._flow.listening(*_AWAITED)}

    def host(self, timer_id: str) -> str | None:
        """The id of the task at whose edge an event waits; None for one in the way."""
        timer = self._task(timer_id)
        host = self._node(timer).attached_to
        beside = timer.parent.children if timer.parent else ()
        return next((task.id for task in beside if task.task_spec.name == host), None)

    @property
    def completed(self) -> list[str]:
        """The flow nodes completed since start or load, in order."""
        return list(self._flow.done)

    @property
    def sent(self) -> list[Sent]:
        """The messages and signals that left the case since start or load, in order."""
        return list(self._flow.sent)

    @property
    def ended(self) -> bool:
        """Whether nothing is left to do."""
        return bool(self._flow.is_completed())

    def reached(self, timer_id: str) -> datetime:
        """When the case came to what an event waits at the edge of, or beside."""
        before: Any = self._task(timer_id).parent  # what waits for an event came from somewhere
        return datetime.fromtimestamp(before.last_state_change, UTC)

    def data_of(self, task_id: str) -> dict[str, Any]:
        """The data that a task sees."""
        return dict(self._task(task_id).seen)

    @property
    def data(self) -> dict[str, Any]:
        """The data of the case: of its end, or of the newest completed task."""
        last = self._flow.newest
        found = self._flow.data if self.ended or last is None else last.data
        return {name: value for name, value in found.items() if name != "data_objects"}

    def visits(self, node_id: str) -> int:
        """How often the case has come to a node, the present visit included.

        All instances of a multi-instance activity are one visit, each time of a loop is one.
        """
        loop = self.program.diagram.nodes[node_id].loop
        name = node_id + CHILD if loop and loop.kind == "standard" else node_id
        reached: int = self._flow.reached[name]
        for level in (self._flow, *self._flow.kept()):
            here = (task for task in level.tasks.at_hand if task.has_state(state.REACHED))
            reached += sum(task.task_spec.name == name for task in here)
        return reached

    def complete(self, task_id: str, given: dict[str, Any]) -> None:
        """Completes an open or service task with its values and runs on; raises `StepFailed`."""
        if task_id not in self._ready({*HUMAN_TASKS, "serviceTask"}):
            raise NoLongerOpen(message("Tugas ini sudah ditutup."))
        task = self._task(task_id)
        with _in_bounds():
            joins.write(task, given)
            self._flow.run(task)

    def fire(self, timer_id: str, *, again: bool = False) -> str | None:
        """Lets a waiting timer fire and runs on; raises `StepFailed`.

        With ``again`` another one waits in its place, whose id is returned (a cycle).
        """
        if timer_id not in self.timers:
            raise NoLongerOpen(message("Timer ini sudah ditutup."))
        return self._happen(timer_id, {}, again=again)

    def receive(self, task_id: str, given: dict[str, Any]) -> None:
        """Lets an awaited message or signal arrive and runs on; raises `StepFailed`."""
        if task_id not in self.events:
            raise NoLongerOpen(message("Kasus ini tidak lagi menunggu pesan itu."))
        self._happen(task_id, given)

    def fail(self, task_id: str, code: str, given: dict[str, Any]) -> None:
        """Lets a service task fail with an error that the diagram may catch; raises `StepFailed`.

        An error that nothing at its edge or around it catches is a `StepFailed`.
        """
        if task_id not in self.services:
            raise NoLongerOpen(message("Tugas ini sudah ditutup."))
        with _in_bounds():
            catching.fail(self._flow, self._task(task_id), code, given)
            self._flow.run()

    def jump(self, task_id: str, target: str, given: dict[str, Any]) -> list[Position]:
        """Leaves an open task for another node of its level, with values, and runs on.

        Gives where the tokens of that level then rest; raises `Immovable` and `StepFailed`.
        """
        task = self._task(task_id)
        with _in_bounds():
            joins.write(task, given)
            jump(self._flow, task, target)
        return positions(self._flow, task)

    def put_right(self, changes: Mapping[str, tuple[Any, Any]]) -> list[str]:
        """Changes values of the case, each from an old one to a new one.

        Gives the names that the case goes on with otherwise; then nothing is changed.
        """
        return put_right(self._flow, changes)

    def _happen(self, task_id: str, given: dict[str, Any], *, again: bool = False) -> str | None:
        with _in_bounds():
            another = catching.happen(self._flow, self._task(task_id), given, again=again)
            self._flow.run()
        return another.id if another else None

    def _task(self, task_id: str) -> Task:
        return self._flow.get_task_from_id(task_id)

    def _node(self, task: Task) -> Node:
        node = self._flow.node(task)
        if node is None:  # only nodes of the diagram wait
            raise StateDamaged(message("Keadaan kasus rusak: {reason}", reason=task.task_spec.name))
        return node

    def _ready(self, kinds: Collection[str]) -> dict[str, str]:
        found = {}
        for task in self._flow.resting(TaskState.READY):
            if task.task_spec.manual:
                node = self._node(task)
                if node.kind in kinds:
                    found[task.id] = node.id
        return found


@contextmanager
def _in_bounds() -> Iterator[None]:
    """What fails in the library, or does too much, is a `StepFailed`."""
    try:
        with effort.bounded():
            yield
    except ExpressionFailed as error:
        said = message("Langkah gagal: {reason}", reason=error.message)
        raise StepFailed(said) from error
    except simpleeval.IterableTooLong as error:
        said = message("Langkah gagal: {reason}", reason=message("terlalu panjang"))
        raise StepFailed(said) from error
    except (SpiffWorkflowException, RecursionError) as error:
        reason = str(error).split("\n")[0]
        raise StepFailed(message("Langkah gagal: {reason}", reason=reason)) from error
