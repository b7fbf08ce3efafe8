"""One instance in memory: start it, complete its tasks, fire its timers, save and load it.

Knows SpiffWorkflow and no database. The stored state holds one row per task of SpiffWorkflow's
tree, each with only what its data differs in from its parent's; never the specification.
"""

from __future__ import annotations

from contextlib import contextmanager
from copy import deepcopy
from typing import TYPE_CHECKING, Any
from uuid import UUID

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from bpmn.diagram import HUMAN_TASKS
from bpmn.messages import message
from engine import effort, values
from engine.errors import ExpressionFailed, NoLongerOpen, StateDamaged, StepFailed
from engine.programs import SCRIPTS, EventGateway, OutsideTimer

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from engine.programs import Program

FORMAT = 1
_STATES = frozenset(TaskState.get_value(name) for name in TaskState._names)
_REACHED = TaskState.READY | TaskState.COMPLETED | TaskState.CANCELLED
# SpiffWorkflow looks no deeper than 1,000 tasks and would then take a case for finished; a loop
# without a person in it ends here too.
MAX_DEPTH = 800
MAX_TASKS = 5_000
MAX_AT_ONCE = 500  # nodes done without a person between them; each costs as much as there are tasks
MAX_STATE = 8_000_000  # bytes


class Execution:
    """A running instance of a `Program`. ``completed`` lists the nodes done since it was made."""

    def __init__(self, program: Program, workflow: _Workflow) -> None:
        self.program = program
        self._workflow = workflow

    @classmethod
    def start(cls, program: Program, data: dict[str, Any]) -> Execution:
        """A new instance, run up to its first waiting tasks; raises `StepFailed`."""
        with _in_bounds():
            workflow = _Workflow(program.spec, script_engine=SCRIPTS)
        workflow.task_tree.data.update(deepcopy(data))
        execution = cls(program, workflow)
        execution._run()
        return execution

    @classmethod
    def load(cls, program: Program, state: bytes) -> Execution:
        """The instance that `save` wrote; raises `StateDamaged`."""
        return cls(program, _unpack(program, values.loads(state)))

    def save(self) -> bytes:
        """The state without the specification; raises `StepFailed` when it is too large."""
        state = values.dumps(_pack(self.program, self._workflow))
        if len(state) > MAX_STATE:
            raise StepFailed(
                message("Data kasus ini terlalu banyak (lebih dari {n} MB).", n=MAX_STATE // 10**6)
            )
        return state

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
        return {
            task.id.hex: task.task_spec.name
            for task in self._workflow.get_tasks(state=TaskState.WAITING)
            if isinstance(getattr(task.task_spec, "event_definition", None), OutsideTimer)
        }

    def host(self, timer_id: str) -> str | None:
        """The id of the task at whose edge a timer waits; None for a timer in the way."""
        timer = self._workflow.get_task_from_id(UUID(timer_id))
        host = self.program.diagram.nodes[timer.task_spec.name].attached_to
        beside = timer.parent.children if timer.parent else ()
        return next((task.id.hex for task in beside if task.task_spec.name == host), None)

    @property
    def completed(self) -> list[str]:
        """The flow nodes completed since start or load, in order."""
        nodes = self.program.diagram.nodes
        return [name for name in self._workflow.completed_names if name in nodes]

    @property
    def ended(self) -> bool:
        """Whether nothing is left to do."""
        return bool(self._workflow.is_completed())

    def data_of(self, task_id: str) -> dict[str, Any]:
        """The data that a task sees."""
        return dict(self._workflow.get_task_from_id(UUID(task_id)).data)

    @property
    def data(self) -> dict[str, Any]:
        """The data of the case: of its end, or of the newest completed task."""
        last = self._workflow.last_task
        found = self._workflow.data if self.ended or last is None else last.data
        return {name: value for name, value in found.items() if name != "data_objects"}

    def visits(self, node_id: str) -> int:
        """How often the case has come to a node, the present visit included."""
        return len(self._workflow.get_tasks(spec_name=node_id, state=_REACHED))

    def complete(self, task_id: str, given: dict[str, Any]) -> None:
        """Completes an open or service task with its values and runs on; raises `StepFailed`."""
        if task_id not in self.open_tasks | self.services:
            raise NoLongerOpen(message("Tugas ini sudah ditutup."))
        task = self._workflow.get_task_from_id(UUID(task_id))
        task.data.update(given)
        self._run(task)

    def fire(self, timer_id: str, *, again: bool = False) -> str | None:
        """Lets a waiting timer fire and runs on; raises `StepFailed`.

        With ``again`` another one waits in its place, whose id is returned (a cycle).
        """
        if timer_id not in self.timers:
            raise NoLongerOpen(message("Timer ini sudah ditutup."))
        task = self._workflow.get_task_from_id(UUID(timer_id))
        next_one = self._beside(task) if again else None
        task._set_internal_data(event_fired=True)
        task.task_spec._update(task)
        if isinstance(task.parent.task_spec, EventGateway):
            for other in task.parent.children:
                if other is not task:
                    other.cancel()
        self._run()
        return next_one.id.hex if next_one else None

    def _beside(self, timer: Task) -> Task:
        """Another waiting timer of the same node."""
        another = timer.parent._add_child(timer.task_spec, TaskState.WAITING)
        another.task_spec._predict(another, mask=TaskState.NOT_FINISHED_MASK)
        return another

    def _ready(self, kinds: Collection[str]) -> dict[str, str]:
        ready = self._workflow.get_tasks(state=TaskState.READY, manual=True)
        nodes = self.program.diagram.nodes
        return {
            task.id.hex: task.task_spec.name
            for task in ready
            if nodes[task.task_spec.name].kind in kinds
        }

    def _run(self, task: Task | None = None) -> None:
        self._workflow.rest_after = len(self._workflow.completed_names) + MAX_AT_ONCE
        with _in_bounds():
            if task is not None:
                task.run()
            self._workflow.do_engine_steps()


@contextmanager
def _in_bounds() -> Iterator[None]:
    """What fails in the library, or does too much, is a `StepFailed`."""
    try:
        with effort.bounded():
            yield
    except ExpressionFailed as error:
        said = message("Langkah gagal: {reason}", reason=error.message)
        raise StepFailed(said) from error
    except (SpiffWorkflowException, RecursionError) as error:
        reason = str(error).split("\n")[0]
        raise StepFailed(message("Langkah gagal: {reason}", reason=reason)) from error


class _Tasks(dict[UUID, Task]):
    """The tasks of a case, which SpiffWorkflow foresees without end where ways split and meet."""

    def __setitem__(self, task_id: UUID, task: Task) -> None:
        if len(self) >= MAX_TASKS:
            raise StepFailed(message("Kasus ini bercabang lebih dari {n} kali.", n=MAX_TASKS))
        super().__setitem__(task_id, task)


class _Workflow(BpmnWorkflow):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.completed_names: list[str] = []
        self.rest_after = MAX_AT_ONCE
        super().__init__(*args, **kwargs)

    @property
    def tasks(self) -> _Tasks:
        return self._tasks

    @tasks.setter
    def tasks(self, found: dict[UUID, Task]) -> None:
        self._tasks = _Tasks(found)

    def _task_completed_notify(self, task: Task) -> None:
        self.completed_names.append(task.task_spec.name)
        for done, most in ((task.depth, MAX_DEPTH), (len(self.completed_names), self.rest_after)):
            if done > most:
                raise StepFailed(message("Kasus ini melampaui {n} langkah berturut-turut.", n=most))
        super()._task_completed_notify(task)


def _pack(program: Program, workflow: _Workflow) -> list[Any]:
    rows = [_row(program, task) for task in _top_down(workflow.task_tree)]
    last = workflow.last_task
    # Once ended, the case's data is its last task's; it is not stored twice.
    data = None if last is not None and workflow.data == last.data else workflow.data
    head = [FORMAT, len(program.names), last.id.hex if last else None, workflow.success]
    return [*head, workflow.completed, data, rows]


def _row(program: Program, task: Task) -> list[Any]:
    parent = task.parent
    changed, gone = _difference(task.data, parent.data if parent else {})
    return [
        task.id.hex, parent.id.hex if parent else None, program.index[task.task_spec.name],
        task.state, task.last_state_change, task.triggered, task.internal_data, changed, gone,
    ]  # fmt: skip


def _difference(data: dict[str, Any], base: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    missing = object()
    changed = {n: v for n, v in data.items() if not _equal(base.get(n, missing), v)}
    return changed, sorted(name for name in base if name not in data)


def _equal(left: Any, right: Any) -> bool:
    """Whether both are kept alike: 1, True and 1.0 are equal in Python, and so are 1.0 and 1.00."""
    if type(left) is not type(right):
        return False
    if isinstance(left, str | int | None):
        return bool(left == right)
    return values.dumps(left) == values.dumps(right)


def _top_down(task: Task) -> Iterator[Task]:
    ahead = [task]
    while ahead:
        task = ahead.pop()
        yield task
        ahead += reversed(task.children)


def _unpack(program: Program, packed: Any) -> _Workflow:
    try:
        version, size, last, success, completed, data, rows = packed
        if version != FORMAT or size != len(program.names):
            raise ValueError(f"format {version}, {size} nodes")
        workflow = _Workflow(program.spec, script_engine=SCRIPTS, deserializing=True)
        workflow.completed = True  # keeps SpiffWorkflow from acting while the tree is built
        for row in rows:
            _grow(program, workflow, row)
        if len(workflow.tasks) != len(rows) or not isinstance(workflow.data, dict):
            raise ValueError("rows")
        workflow.last_task = workflow.tasks[UUID(last)] if last else None
        workflow.data = deepcopy(workflow.last_task.data) if data is None else data
        workflow.success, workflow.completed = success, completed
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise StateDamaged(message("Keadaan kasus rusak: {reason}", reason=error)) from error
    return workflow


def _grow(program: Program, workflow: _Workflow, row: list[Any]) -> None:
    task_id, parent_id, place, state, changed_at, triggered, internal, changed, gone = row
    parent = workflow.tasks[UUID(parent_id)] if parent_id else None
    if (parent is None) == bool(workflow.tasks):
        raise ValueError("not one tree")
    if state not in _STATES or place < 0 or not isinstance(internal, dict):
        raise ValueError(f"task {task_id}")
    spec = program.spec.task_specs[program.names[place]]
    task = Task(workflow, spec, parent=parent, state=state, id=UUID(task_id))
    task.last_state_change, task.triggered, task.internal_data = changed_at, triggered, internal
    task.data = {} if parent is None else deepcopy(parent.data)
    task.data.update(changed)
    for name in gone:
        del task.data[name]
    if parent is None:
        workflow.task_tree = task
    if state == TaskState.WAITING and isinstance(spec, CatchingEvent):
        workflow.event_manager.add_task(task)
