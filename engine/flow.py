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
from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from bpmn.diagram import SENDERS
from bpmn.messages import message
from engine import expressions, joins
from engine.errors import StepFailed
from engine.happenings import EventGateway, EventSubprocess
from engine.loops import Repeated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bpmn.diagram import Node
    from engine.programs import Program

# SpiffWorkflow looks no deeper than 1,000 tasks and would then take a case for finished; a loop
# without a person in it ends here too.
MAX_DEPTH = 800
MAX_TASKS = 5_000
MAX_AT_ONCE = 500  # nodes done without a person between them; each costs as much as there are tasks
CHILD = " [child]"  # behind the name of an activity that is one time of a loop
_AGAIN = frozenset({"message", "signal", "escalation"})  # what can happen more than once
_THROWN = frozenset({"signal", "error", "escalation", "terminate"})


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
    """The tokens of a case. ``completed`` and ``sent`` list what was done since it was made."""

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
        self.newest = task
        if node is None or (node.loop and not str(task.task_spec.name).endswith(CHILD)):
            return
        self.done.append(node.id)
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
        """Lets one inclusive gateway go on that has all it can get, when nothing else moves."""
        self.settled = True
        try:
            for task in self.get_tasks(state=TaskState.WAITING):
                if isinstance(task.task_spec, joins.InclusiveGateway):
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
        moved = False
        for task in level.get_tasks(state=TaskState.READY, skip_subprocesses=True):
            if task.state == TaskState.READY and not task.task_spec.manual:
                task.run()
                self._see_to_thrown()
                moved = True
        return moved

    # Events

    def listening(self, *kinds: str) -> Iterator[tuple[Task, Node]]:
        """The tasks that wait for an event of these kinds, with the nodes that say which."""
        for task in self.get_tasks(state=TaskState.WAITING):
            node = self.node(task)
            if node is not None and _kind(node) in kinds:
                yield task, node

    def happen(
        self, task: Task, given: dict[str, Any] | None = None, *, again: bool = False
    ) -> Task | None:
        """Lets the event come that a task waits for, with the data that it brings.

        Another one then waits in its place, which is returned, if it can come again: ``again``
        says so of a timer.
        """
        node = self.node(task)
        stays = not self.is_interrupting(task) and (again or _kind(node) in _AGAIN)
        another = self._beside(task) if stays else None
        data = self._seen_by(task)
        self._make_way(task)
        task.internal_data["event_fired"] = True
        if isinstance(task.task_spec, EventSubprocess):  # it begins with its data at once
            task.data = data | (given or {})
        task.task_spec._update(task)
        if not isinstance(task.task_spec, EventSubprocess):
            task.data = data | (given or {})
        return another

    def is_interrupting(self, task: Task) -> bool:
        """Whether the event that a task waits for ends what goes on beside it."""
        node = self.node(task)
        at_an_edge = isinstance(task.task_spec, BoundaryEvent | EventSubprocess)
        return node is None or not at_an_edge or node.interrupting

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

    def _beside(self, task: Task) -> Task:
        """Another waiting task of the same node."""
        another = task.parent._add_child(task.task_spec, TaskState.WAITING)
        another.triggered = task.triggered
        another.task_spec._predict(another, mask=TaskState.NOT_FINISHED_MASK)
        another.data = dict(task.data)
        return another

    def _seen_by(self, task: Task) -> dict[str, Any]:
        """The data that an event goes on with: what its activity or scope has come to."""
        if isinstance(task.task_spec, EventSubprocess):
            return self._present(task.workflow, task.parent)
        host = _host(task)
        inner = self.get_subprocess(host) if host is not None else None
        if host is None or inner is None:
            return dict(task.parent.data)
        return self._present(inner, host)

    def _present(self, level: Any, before: Task) -> dict[str, Any]:
        """The data of all tokens of a level together."""
        holders: list[Task] = [before]
        inside: dict[str, Any] = {}
        for token in joins.active(level):
            inner = self.get_subprocess(token)
            if inner is not None and not inner.completed:
                inside |= {
                    n: v
                    for n, v in self._present(inner, inner.task_tree).items()
                    if not joins.same(token.data.get(n), v)
                }
            holders.append(token if token.data else token.parent)
        data = joins.newest(holders) | inside
        for task in holders:
            if isinstance(task.task_spec, Repeated):
                task.task_spec.hide(task, data)
        return data

    def _make_way(self, task: Task) -> None:
        """Ends what the event of a task interrupts, and the events that it comes before."""
        if isinstance(task.task_spec, EventSubprocess):
            if self.is_interrupting(task):
                self.withdraw(*(t for t in task.parent.children if t is not task))
            return
        beside = [other for other in task.parent.children if other is not task]
        if isinstance(task.parent.task_spec, EventGateway) or (
            isinstance(task.task_spec, BoundaryEvent) and self.is_interrupting(task)
        ):
            self.withdraw(
                *(
                    t
                    for t in beside
                    if t.has_state(TaskState.NOT_FINISHED_MASK) and _is_own(task, t)
                )
            )

    def _note_thrown(self, node: Node, task: Task) -> None:
        if (
            node.topic
            or "message" in node.events
            or node.kind == "sendTask"
            or "signal" in node.events
        ):
            key = expressions.evaluate(node.correlation, task.data) if node.correlation else None
            data = {name: task.data[name] for name in node.sends if name in task.data}
            self.sent.append(Sent(node.id, key, data))
        if _kind(node) in _THROWN:
            self._throwers.append(task)

    def _see_to_thrown(self) -> None:
        while self._throwers:
            task = self._throwers.pop(0)
            node = self.program.diagram.nodes[self.element(task)]
            kind = _kind(node)
            if kind == "signal":
                self._broadcast(node, task)
            elif kind == "terminate":
                self._terminate(task)
            else:
                self._propagate(task, kind, node.reference)

    def _broadcast(self, thrown: Node, thrower: Task) -> None:
        """A signal reaches all that wait for it in the case (10.4.5).

        What comes right after the thrower waits already, but did not when it threw.
        """
        waiting = (found for found in self.listening("signal") if found[0].parent is not thrower)
        caught = [task for task, node in waiting if node.reference == thrown.reference]
        for task in caught:
            if task.state == TaskState.WAITING:  # an earlier one may have ended it
                self.happen(task)

    def _terminate(self, task: Task) -> None:
        """Ends its process or subprocess at once (10.4.3)."""
        level = task.workflow
        task.data = self._present(level, task)
        self.withdraw(
            *(
                t
                for t in list(level.tasks.values())
                if t.has_state(TaskState.NOT_FINISHED_MASK) and t.parent is not None
            )
        )
        level.last_task = task
        level._mark_complete(task)
        level.completed_event(level)

    def fail(self, task: Task, code: str, given: dict[str, Any]) -> None:
        """Lets an open task end with an error, which its own edge may catch."""
        joins.write(task, given)
        self._propagate(task, "error", code, given)

    def _propagate(
        self, task: Task, kind: str, code: str | None, given: dict[str, Any] | None = None
    ) -> None:
        """An error or escalation goes outwards to the first that catches it (10.4.6)."""
        waiting = [c for c in self.listening(kind) if c[1].reference in (None, code)]
        waiting.sort(key=lambda catcher: catcher[1].reference is None)  # what is named comes first
        around = [catcher for catcher, _ in waiting if _host(catcher) is task]
        level, inside = task.workflow, None
        while level is not None:
            # An event subprocess does not catch what it throws itself.
            near = (c for c, _ in waiting if _is_around(c, level) and c.task_spec is not inside)
            around += near
            inside = level.host.task_spec if isinstance(level, Inner) else None
            level = level.parent_workflow
        if around:
            self.happen(around[0], given)
            return
        if kind == "error":
            raise StepFailed(message('Galat "{code}" tidak ditangkap oleh siapa pun.', code=code))


def _kind(node: Node | None) -> str:
    """What the event of a node is; a receive task waits for a message."""
    if node is None:
        return ""
    if node.kind == "receiveTask":
        return "message"
    return node.events[0] if node.events else ""


def _host(task: Task) -> Task | None:
    """The activity at whose edge an event waits."""
    parent = task.parent
    if not isinstance(task.task_spec, BoundaryEvent) or not isinstance(
        parent.task_spec, BoundaryEventSplit
    ):
        return None
    return next(t for t in parent.children if not isinstance(t.task_spec, BoundaryEvent))


def _is_around(catcher: Task, level: Any) -> bool:
    """Whether an event waits in a process or subprocess as a whole, or at its edge."""
    if isinstance(catcher.task_spec, EventSubprocess):
        return bool(catcher.workflow is level)
    host = getattr(level, "host", None)
    if host is not None and str(host.task_spec.name).endswith(CHILD):
        host = host.parent
    return host is not None and _host(catcher) is host


def _is_own(task: Task, other: Task) -> bool:
    """Whether another one beside an event ends with it: its activity, and what waits there."""
    return not isinstance(other.task_spec, BoundaryEvent) or other.state == TaskState.WAITING


def _depth(task: Task) -> int:
    """How deep a task is in the whole case, its subprocesses' hosts counted along."""
    depth, workflow = task.depth, task.workflow
    while isinstance(workflow, Inner):
        depth, workflow = depth + workflow.host.depth + 1, workflow.host.workflow
    return int(depth)
