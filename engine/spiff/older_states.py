"""The state formats of earlier releases, which are read for ever.

Format 1 is of releases before there were subprocesses. In format 2 every task stood in one list,
with what its data differed in from its parent's.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.util.task import TaskState

from engine.spiff.flow import Flow, Inner
from engine.spiff.joins import TokenJoin
from engine.spiff.tasks import Task, own

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.spiff.programs import Program

_STATES = frozenset(TaskState.get_value(name) for name in TaskState._names)
Level = list[Any]


def _read_1(program: Program, packed: list[Any]) -> Flow:
    _, size, last, success, completed, data, rows = packed
    if size != len(program.names[program.spec.name]) or program.inner:
        raise ValueError(f"{size} nodes")
    flow = _Reading(program).read([[None, last, success, completed, data, rows]])
    flow.newest = flow.last_task
    _hold_again(flow)
    return flow


def _hold_again(flow: Flow) -> None:
    """Of the tokens that waited at a join, format 1 kept the newest and cancelled the others."""
    joining = [task for task in flow.tasks.values() if isinstance(task.task_spec, TokenJoin)]
    joining.sort(key=lambda task: task.last_state_change)
    passed = {t.task_spec: t.last_state_change for t in joining if t.state == TaskState.COMPLETED}
    for task in joining:
        arrived = task.state == TaskState.CANCELLED and task.parent.state == TaskState.COMPLETED
        if arrived and task.last_state_change > passed.get(task.task_spec, 0.0):
            task._set_state(TaskState.WAITING)


def _read_2(program: Program, packed: list[Any]) -> Flow:
    _, digest, newest, levels = packed
    if digest != program.digest:
        raise ValueError(f"program {digest}")
    flow = _Reading(program).read(levels)
    flow.newest = flow.get_task_from_id(newest) if newest else None
    return flow


OLDER: dict[int, Callable[[Program, list[Any]], Flow]] = {1: _read_1, 2: _read_2}


@dataclass
class _Reading:
    """A case that is being built up from its levels, the process first."""

    program: Program

    def read(self, levels: list[Level]) -> Flow:
        flow = Flow(self.program)
        hosts: dict[str, Task] = {}
        for place, packed in enumerate(levels):
            hosted = packed[0]
            if (hosted is None) != (place == 0):
                raise ValueError("levels")
            level = flow if hosted is None else self._inner(flow, hosts[hosted])
            self._fill(level, packed)
            hosts |= {task.id: task for task in level.tasks.at_hand}
        return flow

    def _inner(self, flow: Flow, host: Task) -> Inner:
        inner = Inner(flow.subprocess_specs[host.task_spec.spec], host)
        if host.id in flow.subprocesses:
            raise ValueError("two subprocesses of one task")
        flow.subprocesses[host.id] = inner
        return inner

    def _fill(self, level: Any, packed: Level) -> None:
        hosted, last, success, completed, data, rows = packed
        level.completed = True  # keeps SpiffWorkflow from acting while the tree is built
        for row in rows:
            self._grow(level, row)
        level.last_task = level.tasks[last] if last else None
        level.data = deepcopy(level.last_task.data) if data is None else data
        if len(level.tasks) != len(rows) or not isinstance(level.data, dict) or not rows:
            raise ValueError("rows")
        level.success, level.completed = bool(success), bool(completed)
        if hosted is not None and not completed:
            level.completed_event.connect(
                level.host.task_spec._on_subworkflow_completed, level.host
            )

    def _data(
        self, level: Any, parent: Task | None, changed: dict[str, Any], gone: list[str]
    ) -> dict[str, Any]:
        """What a task holds. Values are those of the task before, not copies: none of a finished
        task is changed in place, and copying them all again was a fifth of a step's time."""
        inner = level is not level.top_workflow
        before = parent.data if parent else level.host.data if inner else {}
        data = {**before, **changed}
        for name in gone:
            del data[name]
        return data

    def _grow(self, level: Any, row: list[Any]) -> None:
        task_id, parent_id, place, state, changed_at, triggered, internal, changed, gone = row
        parent = level.tasks[parent_id] if parent_id else None
        if (parent is None) == bool(len(level.tasks)):
            raise ValueError("not one tree")
        if state not in _STATES or place < 0 or not isinstance(internal, dict):
            raise ValueError(f"task {task_id}")
        spec = level.spec.task_specs[self.program.names[level.spec.name][place]]
        task = Task(level, spec, parent=parent, state=state, id=task_id)
        task.last_state_change, task.triggered, task.internal_data = changed_at, triggered, internal
        task.data = self._data(level, parent, changed, gone)
        if not state & TaskState.FINISHED_MASK:
            task.data = own(task.data)
        if parent is None:
            level.task_tree = task
        if state == TaskState.WAITING and isinstance(spec, CatchingEvent):
            level.top_workflow.event_manager.add_task(task)
