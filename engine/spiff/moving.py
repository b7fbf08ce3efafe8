"""A running case carried over to another version of its procedure, token by token.

The tasks that are done stay in the tree, under the names that the new version has for them, so
that visits, and which value was written last, are as they were; each token is put where the
mapping says, with what the new version has at its edge. All that waits keeps its id. Nothing is
run: what cannot be carried over so is refused with the reason, and so is a marking that the new
version does not come to.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent
from SpiffWorkflow.util.task import TaskState

from bpmn.messages import message
from engine.errors import Immovable
from engine.spiff import catching, state, tasks
from engine.spiff.execution import Execution
from engine.spiff.flow import Flow, Inner
from engine.spiff.joins import EdgeJoin, EndJoin, TokenJoin
from engine.spiff.loops import Repeated
from engine.spiff.nodes import EventGateway, EventSubprocess
from engine.spiff.routes import EDGE, SPLIT
from engine.spiff.transcript import WAYS

if TYPE_CHECKING:
    from SpiffWorkflow.task import Task

    from bpmn.diagram import Node
    from bpmn.markings import Position
    from engine.spiff.routes import Route

_LIVE = TaskState.READY | TaskState.WAITING | TaskState.STARTED


def carry_over(route: Route, packed: bytes) -> Execution:
    """The case at the same place in the new version; raises `Immovable` and `StateDamaged`."""
    old = state.loads(route.old, packed)
    new = Flow(route.new)
    new.seed, new.newest_id = old.seed, old.newest_id
    _Level(route, old, old, new).copy()
    new.newest = new.get_task_from_id(old.newest.id) if old.newest else None
    return Execution(route.new, new)


class _Level:
    """A process or subprocess that is being copied, its tree from the top."""

    def __init__(self, route: Route, flow: Flow, old: Any, new: Any) -> None:
        self.route, self.flow, self.old, self.new = route, flow, old, new
        self.specs = new.spec.task_specs
        self.top: Flow = new.top_workflow
        self.tokens: list[Position] = []
        self.stay = True  # whether each token is at an element of the same id

    def copy(self) -> None:
        self.new.completed = True  # keeps SpiffWorkflow from acting while the tree is built
        self.new.task_tree = self._copied(self.old.task_tree, None, self.specs["Start"])
        self._children(self.old.task_tree, self.new.task_tree)
        self._listen()
        last = self.old.last_task
        self.new.last_task = self.new.tasks[last.id] if last else None
        self.new.data = deepcopy(self.old.data)
        self.new.success, self.new.completed = self.old.success, self.old.completed
        if not self.old.completed:
            self._require_reachable()

    # The tree

    def _children(self, old: Task, new: Task) -> None:
        for child in old.children:
            if not child.has_state(TaskState.PREDICTED_MASK | TaskState.FUTURE):
                self._place(child, new)

    def _place(self, task: Task, parent: Task) -> None:
        """Puts a task and all behind it below a task of the new tree."""
        spec = task.task_spec
        if isinstance(spec, BoundaryEventSplit) and _watched(task).has_state(_LIVE):
            self._place_watched(task, _watched(task), parent)
        elif isinstance(spec, EventSubprocess) and task.has_state(_LIVE):
            self._place_listener(task, parent)
        elif isinstance(spec, TokenJoin) and task.state == TaskState.WAITING:
            self._place_joining(task, parent)
        elif task.has_state(_LIVE):
            self._place_watched(None, task, parent)
        else:
            self._place_done(task, parent)

    def _place_done(self, task: Task, parent: Task) -> None:
        copied = self._copied(task, parent, self._done_spec(task))
        inner = self.flow.get_subprocess(task)
        if inner is not None and copied.task_spec is not self.new.spec.start:
            self._copy_inner(inner, copied)
        self._children(task, copied)

    def _done_spec(self, task: Task) -> Any:
        """What a task that is done is called now; what the new version has not has no name."""
        spec = self.specs.get(self._renamed(task))
        same = spec is not None and type(spec) is type(task.task_spec)
        if same and isinstance(spec, Repeated):
            same = spec.loop.kind == task.task_spec.loop.kind
        return spec if same else self.new.spec.start

    def _place_watched(self, split: Task | None, task: Task, parent: Task) -> None:
        """A token in an activity, with what waits and has happened at its edge."""
        node = self._counterpart(task)
        self._hold((node.id, None), task)
        below, edge = parent, self.route.new.diagram.boundary_events(node.id)
        beside = [one for one in split.children if one is not task] if split else []
        if node.id + SPLIT in self.specs:
            below = self._split(split, node, task, parent)
        copied = self._copied(task, below, self.specs[node.id])
        inner = self.flow.get_subprocess(task)
        if inner is not None:
            self._copy_inner(inner, copied)
        known = {self._place_event(event, node, below, parent) for event in beside}
        for event in edge:
            if event.id not in known:
                self._await(self.specs[event.id], below)

    def _split(self, split: Task | None, node: Node, task: Task, parent: Task) -> Task:
        spec = self.specs[node.id + SPLIT]
        if split is not None:
            return self._copied(split, parent, spec)
        made = tasks.Task(self.new, spec, parent=parent, state=TaskState.COMPLETED)
        made.last_state_change, made.data = task.last_state_change, dict(parent.data)
        return made

    def _place_event(self, event: Task, host: Node, below: Task, parent: Task) -> str | None:
        """An event at the edge of an activity; of which element of the new version it is."""
        node = self.route.event(self.flow.element(event), host)
        if event.state == TaskState.WAITING:
            if node is not None:
                self._copied(event, below, self.specs[node.id])
        elif event.has_state(TaskState.FINISHED_MASK):
            self._place_happened(event, node, below if node else parent)
        return node.id if node else None

    def _place_happened(self, event: Task, node: Node | None, below: Task) -> None:
        """An event that has happened does not happen again; what it led to goes on."""
        if node is not None and event.state == TaskState.COMPLETED:
            self.route.require_over(self.flow.element(event), node)
        spec = self.specs[node.id] if node else self.new.spec.start
        copied = self._copied(event, below, spec)
        for child in event.children:
            if not isinstance(child.task_spec, EdgeJoin):
                if not child.has_state(TaskState.PREDICTED_MASK | TaskState.FUTURE):
                    self._place(child, copied)
            elif node is not None:
                self._copied(child, copied, self.specs[f"{node.attached_to}{EDGE}"])

    def _place_joining(self, task: Task, parent: Task) -> None:
        """A token that waits at a join, come by a way that the new version has as well."""
        spec = self.specs.get(self._renamed(task))
        if type(spec) is not type(task.task_spec):
            raise self.route.gone(self.flow.element(task))
        if not isinstance(spec, EndJoin):
            way = parent.task_spec.name
            if way not in spec._inputs:
                raise Immovable(
                    message(
                        "Kasus menunggu di pertemuan cabang yang dalam versi baru berbeda: {step}.",
                        step=self.route.said(self.flow.element(task)),
                    )
                )
            source = way.removesuffix(WAYS)
            self._hold((self._renamed(task), source), task)
        self._copied(task, parent, spec)

    def _place_listener(self, task: Task, parent: Task) -> None:
        """An event subprocess, which waits or runs beside its scope."""
        spec = self.specs.get(self._renamed(task))
        same = isinstance(spec, EventSubprocess) and self._listens_alike(task, spec)
        if not same and task.state != TaskState.WAITING:
            raise self.route.gone(self.flow.element(task))
        if same:
            copied = self._copied(task, parent, spec)
            inner = self.flow.get_subprocess(task)
            if inner is not None:
                self._copy_inner(inner, copied)

    def _listens_alike(self, task: Task, spec: EventSubprocess) -> bool:
        (start,) = self.route.new.diagram.starts(spec.name)
        runs = task.state != TaskState.WAITING
        same: bool = catching.kind(start) == catching.kind(self.flow.node(task))
        return same and (not runs or spec.interrupting == task.task_spec.interrupting)

    def _listen(self) -> None:
        """Event subprocesses that are new begin to wait, while their scope goes on."""
        known = {task.task_spec.name for task in self.new.task_tree.children}
        taken_over = any(
            isinstance(task.task_spec, EventSubprocess)
            and task.task_spec.interrupting
            and task.state != TaskState.WAITING
            for task in self.new.task_tree.children
        )
        for spec in self.new.spec.start.outputs:
            wanted = isinstance(spec, EventSubprocess) and spec.name not in known
            if wanted and not (taken_over or self.old.completed):
                self._await(spec, self.new.task_tree)

    def _copy_inner(self, inner: Inner, host: Task) -> None:
        """A subprocess that runs or has run in a task that was copied."""
        spec = self.top.subprocess_specs.get(host.task_spec.spec)
        if spec is None:
            raise self.route.gone(self.flow.element(inner.host))
        new = Inner(spec, host)
        self.top.subprocesses[host.id] = new
        _Level(self.route, self.flow, inner, new).copy()
        if not inner.completed:
            new.completed_event.connect(host.task_spec._on_subworkflow_completed, host)

    # Tasks

    def _copied(self, task: Task, parent: Task | None, spec: Any) -> Task:
        new = tasks.Task(self.new, spec, parent=parent, state=task.state, id=task.id)
        new.last_state_change, new.triggered = task.last_state_change, task.triggered
        new.data, new.internal_data = deepcopy(task.data), deepcopy(task.internal_data)
        if task.state == TaskState.WAITING and hasattr(spec, "event_definition"):
            self.top.event_manager.add_task(new)
        return new

    def _await(self, spec: Any, parent: Task) -> None:
        """An event that the new version has and the old one had not begins to wait."""
        new = tasks.Task(self.new, spec, parent=parent, state=TaskState.WAITING)
        new.data = deepcopy(parent.data)
        if hasattr(spec, "event_definition"):
            self.top.event_manager.add_task(new)

    def _renamed(self, task: Task) -> str:
        name = str(task.task_spec.name)
        return self.route.renamed(name, str(self.old.spec.name), str(self.new.spec.name))

    def _counterpart(self, task: Task) -> Node:
        """The node that a token stands in from now on; raises `Immovable`."""
        element = self.flow.element(task)
        node = self.route.counterpart(element)
        if node.id not in self.specs:  # it stands in another subprocess
            raise self.route.gone(element)
        if isinstance(task.parent.task_spec, EventGateway) or self._is_chosen(node):
            said = message(
                'Kasus menunggu salah satu dari beberapa peristiwa: "{step}".',
                step=self.route.said(element),
            )
            raise Immovable(said)
        return node

    def _is_chosen(self, node: Node) -> bool:
        inputs = self.specs[node.id].inputs
        return any(isinstance(spec, EventGateway) for spec in inputs)

    def _hold(self, position: Position, task: Task) -> None:
        self.tokens.append(position)
        self.stay &= position[0] == self.flow.element(task)

    def _require_reachable(self) -> None:
        levels = [
            "" if level is top else str(level.spec.name)
            for level, top in ((self.old, self.flow), (self.new, self.top))
        ]
        self.route.require_reachable(levels[0], levels[1], self.tokens, stay=self.stay)


def _watched(split: Task) -> Task:
    """The activity behind a split; the others are the events at its edge."""
    return next(t for t in split.children if not isinstance(t.task_spec, BoundaryEvent))
