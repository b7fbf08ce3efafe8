"""A case in SpiffWorkflow's hands: its tokens, run on as far as they come by themselves.

What throws an event is seen to as soon as its task is done, before anything else moves: an error
stops its subprocess at once.
"""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.util.task import TaskState

from bpmn.diagram import SENDERS
from bpmn.messages import message
from engine import effort, expressions
from engine.errors import StepFailed
from engine.spiff import catching, joins
from engine.spiff.loops import CHILD
from engine.spiff.nodes import EventSubprocess
from engine.spiff.tasks import Task, Tasks, own

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bpmn.diagram import Node
    from engine.spiff.programs import Program

# SpiffWorkflow looks no deeper than 1,000 tasks and would then take a case for finished; a loop
# without a person in it ends here too.
MAX_DEPTH = 800
MAX_AT_ONCE = 500  # nodes done without a person between them; each costs as much as there are tasks


class _Scripts(PythonScriptEngine):
    """Alur's expression language in the place of Python."""

    def evaluate(self, task: Task, expression: str, external_context: Any = None) -> Any:
        return expressions.evaluate(expression, (external_context or {}) | task.seen)

    def execute(self, task: Task, script: str, external_context: Any = None) -> bool:
        assigned = {name for name, _ in expressions.parse_script(script)}
        data = dict(task.data)
        expressions.execute(script, data)
        joins.write(task, {name: data[name] for name in assigned})
        return True


SCRIPTS = _Scripts()


class _Counted:
    """Tells the case of every task that is done in it, at whatever level."""

    @property
    def tasks(self) -> Tasks:
        return self._tasks

    @tasks.setter
    def tasks(self: Any, found: dict[str, Task]) -> None:
        self._tasks = Tasks(found, self.top_workflow.fetch)

    def begin(self: Any) -> None:
        """Its first task; SpiffWorkflow would make one of its own kind."""
        self.task_tree = Task(self, self.spec.start, state=TaskState.FUTURE)
        self.task_tree.task_spec._predict(self.task_tree, mask=TaskState.NOT_FINISHED_MASK)
        self.task_tree._ready()

    def in_state(self, state: int) -> list[Task]:
        """The tasks of this level in a state that is not over, without a walk through its tree."""
        return [task for task in self._tasks.at_hand if task._state == state]

    def is_completed(self: Any) -> bool:
        """Whether nothing is left to do at this level."""
        newest_first = reversed(self._tasks.at_hand)  # what is not over is among the newest
        self.completed = self.completed or all(task.over for task in newest_first)
        return bool(self.completed)

    def update_waiting_tasks(self) -> None:
        for task in self.in_state(TaskState.WAITING):
            task.task_spec._update(task)

    def collect_log_extras(self, _dct: Any = None) -> dict[str, Any]:
        """Nothing: SpiffWorkflow would walk through the whole case for a line that nobody reads."""
        return {}

    def _task_completed_notify(self: Any, task: Task) -> None:
        self.top_workflow.note(task)
        super()._task_completed_notify(task)  # type: ignore[misc]  # a workflow's


class Inner(_Counted, BpmnSubWorkflow):
    """A subprocess that runs, in the task ``host``; its data objects begin empty."""

    def __init__(self, spec: Any, host: Task) -> None:
        self.host = host
        super().__init__(spec, host.id, host.workflow.top_workflow, deserializing=True)
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
    """The tokens of a case. ``done`` and ``sent`` list what has happened since it was made.

    ``past`` are tasks that are over, as stored, which ``read_past`` brings to hand; ``reached``
    counts by name those of them that the case has come to.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        # Notices and orders name a task without its case: no other case may have the same id.
        self.seed = secrets.token_hex(8)
        self.newest_id = 0
        self.past: list[bytes] = []
        self.reached: Counter[str] = Counter()
        self.read_past: Callable[[list[bytes]], None] | None = None
        self.done: list[str] = []
        self.sent: list[Sent] = []
        self.newest: Task | None = None
        self.rest_after = MAX_AT_ONCE
        self.settled = False  # whether nothing moves by itself any more
        self._throwers: list[Task] = []
        super().__init__(program.spec, program.inner, script_engine=SCRIPTS, deserializing=True)

    def new_id(self) -> str:
        """The id of a new task, used for no other in the office: the case's seed and a number."""
        self.newest_id += 1
        return f"{self.seed}.{self.newest_id}"

    def fetch(self) -> None:
        """Brings to hand what lies behind; raises `StateDamaged`."""
        past, self.past = self.past, []
        if self.read_past is not None:
            self.read_past(past)

    def unfold(self) -> None:
        """The same, and every task has data of its own from then on, which may be changed."""
        self.fetch()
        for level in (self, *self.subprocesses.values()):
            for task in level.tasks.at_hand:
                task.data = own(task.data)

    def kept(self) -> Iterator[Inner]:
        """The subprocesses at hand that still belong to the case, outer ones first."""
        found: set[int] = {id(self)}
        for inner in self.subprocesses.values():
            level = inner.host.workflow
            if id(level) in found and level.tasks.here(inner.host.id) is inner.host:
                found.add(id(inner))
                yield inner

    def resting(self, state: int) -> list[Task]:
        """The tasks in a state that is not over, at all levels, in the order of their trees."""
        if not self.subprocesses:
            found = self.in_state(state)
            if len(found) < 2:  # as mostly: no walk is needed
                return found
        return [task for task in self.in_order() if task._state == state]

    def in_order(self, level: Any = None) -> Iterator[Task]:
        """The tasks at hand in the order of their trees, a subprocess right behind its task."""
        for task in (level or self).tasks.in_order():
            yield task
            inner = self.subprocesses.get(task.id)
            if inner is not None:
                yield from self.in_order(inner)

    def get_task_from_id(self, task_id: str) -> Task:
        """A task of the case at whatever level; raises `TaskNotFoundException`."""
        for level in (self, *self.subprocesses.values()):
            found: Task | None = level.tasks.here(task_id)
            if found is not None:
                return found
        self.fetch()
        behind: Task = super().get_task_from_id(task_id)
        return behind

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
        inner.begin()
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
            for task in self.resting(TaskState.WAITING):
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
            ready = [task for task in level.tasks.in_order() if task in ready]
        for task in ready:
            if task.state == TaskState.READY:
                task.run()
                self._see_to_thrown()
        return bool(ready)

    def listening(self, *kinds: str) -> Iterator[tuple[Task, Node]]:
        """The tasks that wait for an event of these kinds, with the nodes that say which."""
        for task in self.resting(TaskState.WAITING):
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


def _depth(task: Task) -> int:
    """How deep a task is in the whole case, its subprocesses' hosts counted along."""
    depth, workflow = task.depth, task.workflow
    while isinstance(workflow, Inner):
        depth, workflow = depth + workflow.host.depth + 1, workflow.host.workflow
    return depth
