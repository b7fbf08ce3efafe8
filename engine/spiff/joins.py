"""Where ways meet: which tokens a gateway takes together, and what data goes on from there.

SpiffWorkflow keeps no count of tokens at a join, and lets the data of whoever comes last win, old
copies included. Here a join takes what BPMN 2.0 (13.3) says it takes, and of each name the value
that was written last goes on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins import BpmnSpecMixin
from SpiffWorkflow.specs.MultiChoice import MultiChoice
from SpiffWorkflow.util.task import TaskState

from bpmn.messages import message
from engine.errors import StepFailed
from engine.spiff.foresight import Nearsighted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from SpiffWorkflow.specs.base import TaskSpec
    from SpiffWorkflow.task import Task

_HELD = TaskState.READY | TaskState.WAITING | TaskState.STARTED
_MISSING = object()
ALWAYS = "True"  # the condition of a way that is always taken


class Listener:
    """A spec whose waiting task is no token: an event subprocess that has not begun."""


class TokenJoin(Nearsighted, BpmnTaskSpec):
    """Holds the tokens that have come, and goes on with those that it takes together."""

    def _update_hook(self, my_task: Task) -> bool:
        if my_task.state == TaskState.WAITING and not my_task.workflow.top_workflow.settled:
            return False  # SpiffWorkflow asks after every task; nothing has come
        tokens = [
            task
            for task in my_task.workflow.tasks.at_hand
            if task is my_task or (task.task_spec is self and task.state == TaskState.WAITING)
        ]
        # Who does not wait yet has only just come.
        tokens.sort(key=lambda task: (task.state != TaskState.WAITING, task.last_state_change))
        taken = self.taken(my_task, tokens)
        if my_task not in taken:
            my_task._set_state(TaskState.WAITING)
            return False
        my_task.data = merged(taken)
        for token in taken:
            if token is not my_task:
                token.cancel()
        self.update_event.emit(my_task.workflow, my_task)
        return True

    def taken(self, my_task: Task, tokens: Sequence[Task]) -> list[Task]:
        """The tokens that go on together now, of those that have come, oldest first."""
        raise NotImplementedError

    def _run_hook(self, my_task: Task) -> bool:
        return True


class ParallelGateway(TokenJoin, BpmnSpecMixin):
    """One token from every way in; what is more stays (BPMN 2.0, 10.5.4 and 13.3.1)."""

    def taken(self, my_task: Task, tokens: Sequence[Task]) -> list[Task]:
        first = _first_of_each_way(tokens)
        return list(first.values()) if first.keys() >= set(self._inputs) else []


class InclusiveGateway(TokenJoin, MultiChoice, BpmnSpecMixin):
    """A token from every way in that one can still come on (BPMN 2.0, 10.5.3 and 13.3.3).

    It is patient: what moves by itself moves first, so that tokens which come at once go on as one.
    """

    def taken(self, my_task: Task, tokens: Sequence[Task]) -> list[Task]:
        first = _first_of_each_way(tokens)
        if len(self._inputs) > 1 and not my_task.workflow.top_workflow.settled:
            return []
        ways = {name: self._reaching(name) for name in dict.fromkeys(self._inputs)}
        filled = [reach for name, reach in ways.items() if name in first]
        empty = [reach for name, reach in ways.items() if name not in first]
        for place in {_place(task) for task in active(my_task.workflow)} - {self.name}:
            awaited = any(place in reach for reach in empty)
            if awaited and not any(place in reach for reach in filled):
                return []
        return list(first.values())

    def _reaching(self, way: str) -> frozenset[str]:
        """The nodes from which a token can come in by a way without passing this gateway."""
        known: dict[str, frozenset[str]] = self.__dict__.setdefault("_reach", {})
        if way not in known:
            seen, ahead = {self.name}, [way]
            while ahead:
                name = ahead.pop()
                if name not in seen:
                    seen.add(name)
                    ahead += self._wf_spec.task_specs[name]._inputs
            known[way] = frozenset(seen - {self.name})
        return known[way]

    def _run_hook(self, my_task: Task) -> bool:
        ways = self.ways(my_task)
        if not ways:
            raise StepFailed(message('Tidak ada jalan yang berlaku di "{id}".', id=self.name))
        my_task._sync_children(ways, TaskState.FUTURE)
        return True

    def ways(self, my_task: Task) -> list[TaskSpec]:
        """Every way whose condition holds, or else the default."""
        matches, default = self._get_matching_outputs(my_task)
        return list(matches or default)


class Ways(InclusiveGateway):
    """The ways out of an activity: those without a condition always, the default when no condition
    of the others holds (BPMN 2.0, 8.3.13)."""

    def ways(self, my_task: Task) -> list[TaskSpec]:
        """Every way that is always taken or whose condition holds, and maybe the default."""
        matches, default = self._get_matching_outputs(my_task)
        always = {
            name
            for condition, name in self.cond_task_specs
            if condition and condition.args[0] == ALWAYS
        }
        chosen = any(spec.name not in always for spec in matches)
        return list(matches if chosen else matches + default)


class EdgeJoin(Nearsighted, BpmnTaskSpec):
    """Behind an activity and the events at its edge: with it they end, too (10.4.4).

    No token is here: what follows the activity, or one of the events, follows those themselves.
    """

    def _update_hook(self, my_task: Task) -> bool:
        beside = my_task.parent.parent.children
        (activity,) = (task for task in beside if not isinstance(task.task_spec, BoundaryEvent))
        if not activity.has_state(TaskState.FINISHED_MASK):
            my_task._set_state(TaskState.WAITING)
            return False
        for event in beside:
            if event.state == TaskState.WAITING:
                event.cancel()
        return True


class EndJoin(TokenJoin):
    """The end of a process or subprocess: when no token is left but those that have come here."""

    def taken(self, my_task: Task, tokens: Sequence[Task]) -> list[Task]:
        waits = any(task.task_spec is not self for task in active(my_task.workflow))
        return [] if waits else list(tokens)

    def _run_hook(self, my_task: Task) -> bool:
        my_task.workflow.data.update(my_task.data)
        for task in list(my_task.workflow.tasks.at_hand):
            if isinstance(task.task_spec, Listener) and task.state == TaskState.WAITING:
                task.cancel()
        return True


def active(workflow: Any) -> Iterator[Task]:
    """The tokens of a process or subprocess, each by the task that it is in."""
    for task in workflow.tasks.at_hand:
        if isinstance(task.task_spec, EdgeJoin):
            continue
        if task.state == TaskState.WAITING and isinstance(task.task_spec, BoundaryEvent | Listener):
            continue
        coming = task.state == TaskState.FUTURE and (
            task.parent is not None and task.parent.state == TaskState.COMPLETED
        )
        if coming or task.has_state(_HELD):
            yield task


def write(task: Task, given: dict[str, Any]) -> None:
    """Gives a task's data values; that one was written is known even where it stays the same."""
    before = task.data, task.parent.data if task.parent else {}
    kept = set(task.internal_data.get("kept", ())) - given.keys()
    for old in before:
        kept |= {n for n in given.keys() & old.keys() if same(old[n], given[n])}
    task.data.update(given)
    if kept:
        task.internal_data["kept"] = sorted(kept)


def written(task: Task, root: Task) -> dict[str, Any]:
    """What was written on the way from a first task to this one."""
    began = root.last_state_change
    return {name: value for name, value in task.data.items() if _written(task, name) > began}


def merged(tokens: Iterable[Task]) -> dict[str, Any]:
    """The data of tokens that come together: of each name the value that was written last.

    A token's data is that of the task it comes from.
    """
    return newest([task.parent for task in tokens])


def newest(tasks: Sequence[Task]) -> dict[str, Any]:
    """Of each name in the data of these tasks the value that was written last."""
    data = dict(tasks[0].data)
    for other in tasks[1:]:
        for name, value in other.data.items():
            if same(data.get(name, _MISSING), value):
                continue
            holders = [task for task in tasks if name in task.data]
            data[name] = max(holders, key=lambda task: _written(task, name)).data[name]
    return data


def same(left: Any, right: Any) -> bool:
    """Whether two values are one and the same: 1, True and 1.0 are not, nor 1.0 and 1.00."""
    if left is right:
        return True
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[n], right[n]) for n in left)
    if isinstance(left, list):
        return len(left) == len(right) and all(map(same, left, right))
    return bool(left == right) and str(left) == str(right)


def _written(task: Task, name: str) -> float:
    """When the value that a task has under a name was written."""
    while task.parent is not None and name not in task.internal_data.get("kept", ()):
        if not same(task.parent.data.get(name, _MISSING), task.data.get(name, _MISSING)):
            break
        task = task.parent
    return float(task.last_state_change)


def _first_of_each_way(tokens: Sequence[Task]) -> dict[str, Task]:
    first: dict[str, Task] = {}
    for task in tokens:
        first.setdefault(task.parent.task_spec.name, task)
    return first


def _place(task: Task) -> str:
    """Where a token is; one in an activity may leave it by the events at its edge, too."""
    spec: TaskSpec = task.task_spec
    if not isinstance(spec, BoundaryEvent):
        for before in spec.inputs:
            if isinstance(before, BoundaryEventSplit):
                return str(before.name)
    return str(spec.name)
