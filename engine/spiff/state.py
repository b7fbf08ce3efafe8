"""The state of a case as bytes and back: its task trees, never the specification.

One row per task, each with only what its data differs in from its parent's, or, at the beginning
of a subprocess, from the data of the task that it runs in. Format 1, of releases before there were
subprocesses, is read for ever; format 2 is written.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from bpmn.messages import message
from engine import values
from engine.errors import StateDamaged, StepFailed
from engine.spiff.flow import Flow, Inner
from engine.spiff.joins import TokenJoin, same

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spiff.programs import Program

FORMAT = 2
MAX_STATE = 8_000_000  # bytes
_STATES = frozenset(TaskState.get_value(name) for name in TaskState._names)
_MISSING = object()
Level = list[Any]


def dumps(flow: Flow) -> bytes:
    """The state of a case; raises `StepFailed` when it is too large or holds what cannot be kept.

    ``[2, digest of the program, newest task, levels]``; a level is ``[host task or None, last task,
    success, completed, data, rows]``, a row ``[task, parent, place of its name, state, when it
    changed, triggered, internal data, changed data, dropped names]``.
    """
    inner = [_level(flow, level, level.host) for level in _kept(flow)]
    newest = flow.newest.id.hex if flow.newest else None
    packed = values.dumps([FORMAT, flow.program.digest, newest, [_level(flow, flow, None), *inner]])
    if len(packed) > MAX_STATE:
        n = MAX_STATE // 10**6
        raise StepFailed(message("Data kasus ini terlalu banyak (lebih dari {n} MB).", n=n))
    return packed


def loads(program: Program, packed: bytes) -> Flow:
    """The case that `dumps` wrote; raises `StateDamaged`, and never guesses."""
    value = values.loads(packed)
    try:
        return _READERS[value[0]](program, value)
    except (
        ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError,
        SpiffWorkflowException,
    ) as error:  # fmt: skip
        raise StateDamaged(message("Keadaan kasus rusak: {reason}", reason=error)) from error


def _kept(flow: Flow) -> Iterator[Inner]:
    """The subprocesses that still belong to the case, outer ones first."""
    found: set[int] = {id(flow)}
    for inner in flow.subprocesses.values():
        if id(inner.host.workflow) in found and inner.host.id in inner.host.workflow.tasks:
            found.add(id(inner))
            yield inner


def _level(flow: Flow, level: Any, host: Task | None) -> Level:
    index = flow.program.index[level.spec.name]
    rows = [_row(index, task, host) for task in _top_down(level.task_tree)]
    last = level.last_task
    # Once ended, its data is its last task's; it is not stored twice.
    data = None if last is not None and same(level.data, last.data) else level.data
    hosted, newest = host.id.hex if host else None, last.id.hex if last else None
    return [hosted, newest, level.success, level.completed, data, rows]


def _row(index: dict[str, int], task: Task, host: Task | None) -> list[Any]:
    parent = task.parent
    before = parent.data if parent else host.data if host else {}
    changed = {n: v for n, v in task.data.items() if not same(before.get(n, _MISSING), v)}
    return [
        task.id.hex, parent.id.hex if parent else None, index[task.task_spec.name], task.state,
        task.last_state_change, task.triggered, task.internal_data, changed,
        sorted(name for name in before if name not in task.data),
    ]  # fmt: skip


def _top_down(task: Task) -> Iterator[Task]:
    ahead = [task]
    while ahead:
        task = ahead.pop()
        yield task
        ahead += reversed(task.children)


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
    flow.newest = flow.get_task_from_id(UUID(newest)) if newest else None
    return flow


_READERS = {1: _read_1, FORMAT: _read_2}


@dataclass
class _Reading:
    """A case that is being built up from its levels, the process first."""

    program: Program

    def read(self, levels: list[Level]) -> Flow:
        flow = Flow(self.program, deserializing=True)
        hosts: dict[str, Task] = {}
        for place, packed in enumerate(levels):
            hosted = packed[0]
            if (hosted is None) != (place == 0):
                raise ValueError("levels")
            level = flow if hosted is None else self._inner(flow, hosts[hosted])
            self._fill(level, packed)
            hosts |= {task_id.hex: task for task_id, task in level.tasks.items()}
        return flow

    def _inner(self, flow: Flow, host: Task) -> Inner:
        inner = Inner(flow.subprocess_specs[host.task_spec.spec], host, deserializing=True)
        if host.id in flow.subprocesses:
            raise ValueError("two subprocesses of one task")
        flow.subprocesses[host.id] = inner
        return inner

    def _fill(self, level: Any, packed: Level) -> None:
        hosted, last, success, completed, data, rows = packed
        level.completed = True  # keeps SpiffWorkflow from acting while the tree is built
        for row in rows:
            self._grow(level, row)
        level.last_task = level.tasks[UUID(last)] if last else None
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
        parent = level.tasks[UUID(parent_id)] if parent_id else None
        if (parent is None) == bool(level.tasks):
            raise ValueError("not one tree")
        if state not in _STATES or place < 0 or not isinstance(internal, dict):
            raise ValueError(f"task {task_id}")
        spec = level.spec.task_specs[self.program.names[level.spec.name][place]]
        task = Task(level, spec, parent=parent, state=state, id=UUID(task_id))
        task.last_state_change, task.triggered, task.internal_data = changed_at, triggered, internal
        task.data = self._data(level, parent, changed, gone)
        if not state & TaskState.FINISHED_MASK:
            task.data = deepcopy(task.data)
        if parent is None:
            level.task_tree = task
        if state == TaskState.WAITING and isinstance(spec, CatchingEvent):
            level.top_workflow.event_manager.add_task(task)
