"""A case in SpiffWorkflow's hands: its tokens, run on as far as they come by themselves.

What throws an event is seen to as soon as its task is done, before anything else moves: an error
stops its subprocess at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from bpmn.diagram import SENDERS
from bpmn.messages import message
from engine import effort, expressions
from engine.errors import StepFailed
from engine.spiff import catching, joins
from engine.spiff.loops import CHILD
from engine.spiff.nodes import EventSubprocess

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bpmn.diagram import Node
    from engine.spiff.programs import Program

# SpiffWorkflow looks no deeper than 1,000 tasks and would then take a case for finished; a loop
# without a person in it ends here too.
MAX_DEPTH = 800
MAX_TASKS = 5_000
MAX_AT_ONCE = 500  # nodes done without a person between them; each costs as much as there are tasks


class _Scripts(PythonScriptEngine):
    """Alur's expression language in the place of Python."""

    def evaluate(self, task: Task, expression: str, external_context: Any = None) -> Any:
        return expressions.evaluate(expression, (external_context or {}) | task.data)

    def execute(self, task: Task, script: str, external_context: Any = None) -> bool:
        assigned = {name for name, _ in expressions.parse_script(script)}
        data = dict(task.data)
        expressions.execute(script, data)
        joins.write(task, {name: data[name] for name in assigned})
        return True


SCRIPTS = _Scripts()


class _Tasks(dict[UUID, Task]):
    """The tasks of a case, which SpiffWorkflow foresees without end where ways split and meet."""

    def __setitem__(self, task_id: UUID, task: Task) -> None:
        if len(self) >= MAX_TASKS:
            raise StepFailed(message("Kasus ini bercabang lebih dari {n} kali.", n=MAX_TASKS))
        super().__setitem__(task_id, task)


class _Counted:
    """Tells the case of every task that is done in it, at whatever level."""

    @property
    def tasks(self) -> _Tasks:
        return self._tasks

    @tasks.setter
    def tasks(self, found: dict[UUID, Task]) -> None:
        self._tasks = _Tasks(found)

    def in_state(self, state: int) -> list[Task]:
        """The tasks of this level in a state, without walking through its tree."""
        return [task for task in self._tasks.values() if task._state == state]

    def update_waiting_tasks(self) -> None:
        for task in self.in_state(TaskState.WAITING):
            task.task_spec._update(task)

    def _task_completed_notify(self: Any, task: Task) -> None:
        self.top_workflow.note(task)
        super()._task_completed_notify(task)  # type: ignore[misc]  # a workflow's


class Inner(_Counted, BpmnSubWorkflow):
    """A subprocess that runs, in the task ``host``; its data objects begin empty."""

    def __init__(self, spec: Any, host: Task, **kwargs: Any) -> None:
        self.host = host
        super().__init__(spec, host.id, host.workflow.top_workflow, **kwargs)
        for name in self.spec.data_objects:
            self.data["data_objects"].setdefault(name, None)

    @property
    def parent_workflow(self) -> Any:
        return self.host.workflow


@dataclass(frozen=True)
class Sent:
    """A message or signal that left the case: thrown by which node, with which key and data."""

    element: str
    key: Any = None
    data: dict[str, Any] = field(default_factory=dict)


class Flow(_Counted, BpmnWorkflow):
    """The tokens of a case. ``done`` and ``sent`` list what has happened since it was made."""

    def __init__(self, program: Program, **kwargs: Any) -> None:
        self.program = program
        self.done: list[str] = []
        self.sent: list[Sent] = []
        self.newest: Task | None = None
        self.rest_after = MAX_AT_ONCE
        self.settled = False  # whether nothing moves by itself any more
        self._throwers: list[Task] = []
        super().__init__(program.spec, program.inner, script_engine=SCRIPTS, **kwargs)

    def element(self, task: Task) -> str:
        """The id of the node that a task is of."""
        return str(task.task_spec.name).removesuffix(CHILD)

    def node(self, task: Task) -> Node | None:
        """The node whose event or work a task is; of an event subprocess, its start event."""
        element = self.element(task)
        if isinstance(task.task_spec, EventSubprocess):
            return self.program.diagram.starts(element)[0]
        return self.program.diagram.nodes.get(element)

    def note(self, task: Task) -> None:
        """Takes note of a completed task; raises `StepFailed` when too much is done at once."""
        node = self.program.diagram.nodes.get(self.element(task))
        if node is None:  # one of SpiffWorkflow's own, which need not have data yet
            return
        self.newest = task
        if node.loop and not str(task.task_spec.name).endswith(CHILD):
            return
        self.done.append(node.id)
        effort.spend(len(task.workflow.tasks))  # what SpiffWorkflow looks through for it
        for count, most in ((_depth(task), MAX_DEPTH), (len(self.done), self.rest_after)):
            if count > most:
                raise StepFailed(message("Kasus ini melampaui {n} langkah berturut-turut.", n=most))
        if node.kind in SENDERS:
            self._note_thrown(node, task)

    def create_subprocess(self, my_task: Task, spec_name: str) -> Inner:
        inner = Inner(self.subprocess_specs[spec_name], my_task)
        self.subprocesses[my_task.id] = inner
        return inner

    def run(self, task: Task | None = None) -> None:
        """Does a task, if one is named, and then all that goes on by itself."""
        self.rest_after = len(self.done) + MAX_AT_ONCE
        if task is not None:
            task.run()
        self._see_to_thrown()
        self.do_engine_steps()
        while self._join_patiently():
            self.do_engine_steps()

    def _join_patiently(self) -> bool:
        """Lets one join go on that has all it can get, when nothing else moves."""
        self.settled = True
        try:
            for task in self.get_tasks(state=TaskState.WAITING):
                if isinstance(task.task_spec, joins.TokenJoin):
                    task.task_spec._update(task)
                    if task.state == TaskState.READY:
                        return True
        finally:
            self.settled = False
        return False

    def _do_engine_steps(self, *_callbacks: Any) -> bool:
        """One round through what is ready, the innermost first, as SpiffWorkflow goes."""
        running, moved = self.get_active_subprocesses(), False
        for inner in sorted(running, key=lambda one: one.depth, reverse=True):
            while not inner.completed and self._round(inner):
                moved = True
            if inner.host.state == TaskState.STARTED:
                inner.host.task_spec._update(inner.host)
        return self._round(self) or moved or len(self.get_active_subprocesses()) > len(running)

    def _round(self, level: Any) -> bool:
        """Runs what is ready at one level, as long as nothing thrown has taken it away."""
        ready = [t for t in level.in_state(TaskState.READY) if not t.task_spec.manual]
        if len(ready) > 1:  # the order of the tree, as SpiffWorkflow goes
            ready.sort(key=_place)
        for task in ready:
            if task.state == TaskState.READY:
                task.run()
                self._see_to_thrown()
        return bool(ready)

    def listening(self, *kinds: str) -> Iterator[tuple[Task, Node]]:
        """The tasks that wait for an event of these kinds, with the nodes that say which."""
        for task in self.get_tasks(state=TaskState.WAITING):
            node = self.node(task)
            if node is not None and catching.kind(node) in kinds:
                yield task, node

    def withdraw(self, *tasks: Task) -> None:
        """Takes tasks out of the case with all that goes on in them."""
        for task in tasks:
            below = [one for one in task if one.has_state(TaskState.NOT_FINISHED_MASK)]
            for one in reversed(below):
                inner = self.get_subprocess(one)
                if inner is not None and not inner.completed:
                    self.withdraw(inner.task_tree)
                    inner.cancel()
            task.cancel()

    def _note_thrown(self, node: Node, task: Task) -> None:
        """A message or signal leaves the case; what else is thrown is seen to in it."""
        kind = catching.kind(node)
        if node.topic or kind in ("message", "signal") or node.kind == "sendTask":
            key = expressions.evaluate(node.correlation, task.data) if node.correlation else None
            data = {name: task.data[name] for name in node.sends if name in task.data}
            self.sent.append(Sent(node.id, key, data))
        if kind in catching.THROWN:
            self._throwers.append(task)

    def _see_to_thrown(self) -> None:
        while self._throwers:
            task = self._throwers.pop(0)
            catching.see_to(self, task, self.program.diagram.nodes[self.element(task)])


def _place(task: Task) -> list[int]:
    """Where a task is in the tree of its level: which child of which child."""
    way = []
    while task.parent is not None:
        way.append(task.parent._children.index(task.id))
        task = task.parent
    return way[::-1]


def _depth(task: Task) -> int:
    """How deep a task is in the whole case, its subprocesses' hosts counted along."""
    depth, workflow = task.depth, task.workflow
    while isinstance(workflow, Inner):
        depth, workflow = depth + workflow.host.depth + 1, workflow.host.workflow
    return int(depth)
