"""The state of a case as bytes and back: its task trees, never the specification.

The first line is what is at hand: all that is not over, and what has led to it. A line is added
for what has fallen behind since, and left as it is by all later steps; nobody reads it until
something asks for a task in it. Once the case has ended the whole is deflated. Older formats are
read for ever (`engine.spiff.older_states`).
"""

from __future__ import annotations

import zlib
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.util.task import TaskState

from bpmn.messages import message
from engine import values
from engine.errors import StateDamaged, StepFailed
from engine.spiff.flow import Flow, Inner
from engine.spiff.joins import same
from engine.spiff.older_states import OLDER
from engine.spiff.tasks import EMPTY, SAME, Task, change_of, changed, own

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spiff.programs import Program

FORMAT = 3
MAX_STATE = 8_000_000  # bytes
# How many tasks behind the nearest that is not over one stays at hand: what joins and events at an
# edge look back to.
NEAR = 2
_FAR = 1_000_000
REACHED = TaskState.READY | TaskState.STARTED | TaskState.COMPLETED | TaskState.CANCELLED
_STATES = frozenset(TaskState.get_value(name) for name in TaskState._names)
_DAMAGES = (
    ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError,
    SpiffWorkflowException, zlib.error,
)  # fmt: skip
Row = list[Any]


def dumps(flow: Flow) -> bytes:
    """The state of a case; raises `StepFailed` when it is too large or holds what cannot be kept.

    The first line is ``[3, digest of the program, newest number, newest task, levels, counts,
    lines, seed]``.
    A level is ``[host task or None, last task, success, completed, data, rows, tasks behind]``, a
    row ``[task, parent, place of its name, state, when it changed, triggered, internal data,
    children, change]``, and where its parent lies behind ``[by which child of a task at hand it is
    reached, depth, data]`` besides. Of a further line each part is ``[host task or None, the first
    four of its level if it is all behind, rows]``.
    """
    past, cut = flow.past, _Cut(flow)
    levels = cut.levels()
    if flow.past is not past:  # something of it was asked for meanwhile: now all is at hand
        return dumps(flow)
    if cut.behind:
        past = [*past, values.dumps(cut.behind)]
    newest, counts = flow.newest.id if flow.newest else None, flow.reached + cut.reached
    head = [
        FORMAT, flow.program.digest, flow.newest_id, newest, levels, counts, len(past), flow.seed,
    ]  # fmt: skip
    packed = b"\n".join((values.dumps(head), *past))
    if len(packed) > MAX_STATE:
        n = MAX_STATE // 10**6
        raise StepFailed(message("Data kasus ini terlalu banyak (lebih dari {n} MB).", n=n))
    # Once ended it is kept for years and hardly read; a third of it is left.
    return zlib.compress(packed) if flow.completed else packed


def loads(program: Program, packed: bytes) -> Flow:
    """The case that `dumps` wrote; raises `StateDamaged`, and never guesses."""
    try:
        first, *behind = _inflated(packed).split(b"\n")
        value = values.loads(first)
        if value[0] in OLDER:
            return OLDER[value[0]](program, value)
        return _read(program, value, behind)
    except _DAMAGES as error:
        raise StateDamaged(message("Keadaan kasus rusak: {reason}", reason=error)) from error


def _inflated(packed: bytes) -> bytes:
    if not packed.startswith(values.DEFLATED):
        return packed
    inflating = zlib.decompressobj()
    whole = inflating.decompress(packed, MAX_STATE)
    if not inflating.eof:
        raise ValueError("too long, or cut off")
    return whole


class _Cut:
    """What of a case stays at hand, and what falls behind."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.behind: list[list[Any]] = []
        self.reached: Counter[str] = Counter()
        self._held = {task.id for task in _with_hosts(flow.newest)}
        self._gone: set[str] = set()

    def levels(self) -> list[Row]:
        """What stays at hand of the process and of each subprocess, outer ones first."""
        found = [self._level(self.flow, None)]
        for inner in self.flow.kept():
            if inner.host.id in self._gone:
                self._put_behind(inner)
            else:
                found.append(self._level(inner, inner.host))
        return found

    def _level(self, level: Any, host: Task | None) -> Row:
        ways = list(level.tasks.ways())
        near = self._near(level, [task for task, _, _ in ways])
        rows, behind, hangs = [], [], dict[str, str]()
        for task, above, via in ways:
            if above is not None and above.id not in near:
                via = hangs[above.id]  # noqa: PLW2901 - it is reached by the way of that one
            if task.id not in near:
                hangs[task.id] = via
                behind.append(task)
            elif task._parent in near or above is None:
                rows.append(self._row(task, host))
            else:
                rows.append([*self._row(task, host), via, task.depth, task.data])
        if behind:
            self._put_away(host, None, behind)
        count = level.tasks.behind + len(behind)
        return [host.id if host else None, *_ending(level), rows, count]

    def _near(self, level: Any, order: list[Task]) -> frozenset[str]:
        """The ids of those that stay: near to one that is not over, or that every step asks for."""
        held = self._held | {level.last_task.id if level.last_task else ""}
        far: dict[str, int] = {}
        for task in reversed(order):
            ahead = (far[child] for child in task._children if child in far)
            rests = task.over and task.id not in held
            far[task.id] = min(ahead, default=_FAR) + 1 if rests else 0
        return frozenset(
            task.id
            for task in order
            if min(far[task.id], far.get(task._parent or "", _FAR) + 1) <= NEAR
            or task is level.task_tree
        )

    def _put_behind(self, inner: Inner) -> None:
        """A subprocess whose task has fallen behind falls behind with it."""
        self._put_away(inner.host, _ending(inner), list(inner.tasks.in_order()))

    def _put_away(self, host: Task | None, ending: Row | None, tasks: list[Task]) -> None:
        rows = [self._row(task, host) for task in tasks]
        self.behind.append([host.id if host else None, ending, rows])
        self.reached.update(task.task_spec.name for task in tasks if task.has_state(REACHED))
        self._gone.update(task.id for task in tasks)

    def _row(self, task: Task, host: Task | None) -> Row:
        change = task.change
        if change is None:
            before = task.parent or host
            change = change_of(before.data if before else {}, task.data, same)
        index = self.flow.program.index[task.workflow.spec.name]
        return [
            task.id, task._parent, index[task.task_spec.name], task._state,
            task.last_state_change, int(task.triggered), task.internal_data or 0, task._children,
            change,
        ]  # fmt: skip


def _with_hosts(task: Task | None) -> Iterator[Task]:
    """A task and the tasks of the subprocesses that it is in."""
    while task is not None:
        yield task
        task = getattr(task.workflow, "host", None)


def _ending(level: Any) -> Row:
    """How far a level is; once ended, its data is its last task's and is not stored twice."""
    last = level.last_task
    twice = level.completed and last is not None and same(level.data, last.data)
    data = None if twice else level.data
    return [last.id if last else None, level.success, level.completed, data]


def _read(program: Program, value: list[Any], past: list[bytes]) -> Flow:
    version, digest, newest_id, newest, levels, reached, lines, seed = value
    if (version, digest, lines) != (FORMAT, program.digest, len(past)):
        raise ValueError(f"format {version}, program {digest}, {lines} lines")
    if not isinstance(reached, dict):
        raise TypeError("counts")
    flow = Flow(program)
    flow.seed, flow.newest_id, flow.reached = seed, newest_id, Counter(reached)
    for host, *ending, rows, behind in levels:
        level: Any = _inner(flow, host) if host else flow
        for row in rows:
            _grow(level, row)
        if len(level.tasks) != len(rows) or not rows:
            raise ValueError("rows")
        level.task_tree = next(iter(level.tasks.at_hand))
        _end(level, ending)
        level.tasks.behind = behind
    flow.newest = _at_hand(flow, newest) if newest else None
    flow.past, flow.read_past = past, partial(_fetch, flow)
    return flow


def _fetch(flow: Flow, past: list[bytes]) -> None:
    """Brings to hand what lies behind."""
    try:
        _unfold(flow, past)
    except _DAMAGES as error:
        raise StateDamaged(message("Keadaan kasus rusak: {reason}", reason=error)) from error


def _unfold(flow: Flow, past: list[bytes]) -> None:
    rows: dict[str | None, list[Row]] = {}
    endings: dict[str | None, Row] = {}
    for host, ending, some in (part for line in past for part in values.loads(line)):
        rows.setdefault(host, []).extend(some)
        if ending is not None:
            endings[host] = ending
    levels: dict[str | None, Any] = {inner.host.id: inner for inner in flow.subprocesses.values()}
    levels[None] = flow
    for level in levels.values():
        level.tasks.behind = 0
    while rows:  # what a subprocess is in comes before it
        host = next(h for h in rows if h in levels or _find(flow, h) is not None)
        level = levels.get(host) or _inner(flow, host)
        for row in rows.pop(host):
            _grow_behind(level, row)
        if host in endings:
            level.task_tree = next(task for task in level.tasks.at_hand if task._parent is None)
            _end(level, endings[host])
        for task in level.tasks.at_hand:
            task.hangs = None
    flow.reached.clear()


def _inner(flow: Flow, host_id: str | None) -> Inner:
    host = _at_hand(flow, host_id)
    if host.id in flow.subprocesses:
        raise ValueError("two subprocesses of one task")
    inner = Inner(flow.subprocess_specs[host.task_spec.spec], host)
    flow.subprocesses[host.id] = inner
    return inner


def _end(level: Any, ending: Row) -> None:
    last, level.success, level.completed, data = ending
    level.last_task = level.tasks[last] if last else None
    level.data = own(level.last_task.data if data is None else data)
    host = getattr(level, "host", None)
    if host is not None and not level.completed:
        level.completed_event.connect(host.task_spec._on_subworkflow_completed, host)


def _grow(level: Any, row: Row) -> None:
    task, change, cut_off = _stored(level, row)
    if cut_off:
        task.hangs, task._depth, data = cut_off
        task.data = data if task.over else own(data)
        task.change = change
        return
    before = level.tasks.here(task._parent)
    if before is None:
        if task._parent is not None or len(level.tasks) > 1:
            raise ValueError("not one tree")
        task._depth, task.data = 0, _root_data(level, change)
        return
    if task.id not in before._children:
        raise ValueError(f"task {task.id}")
    task._depth, task._before = before.depth + 1, before
    if before.over and change in (SAME, EMPTY):
        task.known_by(change)
        return
    data = changed(before.data, change)
    task.data = data if task.over else own(data)
    task.change = change if task.over and before.over else None


def _grow_behind(level: Any, row: Row) -> None:
    task, change, _ = _stored(level, row)
    if task._parent is None:
        task.data = _root_data(level, change)
    else:
        task.known_by(change)


def _root_data(level: Any, change: Any) -> dict[str, Any]:
    """What the first task of a level holds, said as a change of what its host holds."""
    host = getattr(level, "host", None)
    return own(changed(host.data if host else {}, change))


def _stored(level: Any, row: Row) -> tuple[Task, Any, list[Any]]:
    task_id, parent, place, state, changed_at, triggered, internal, children, change, *rest = row
    twice, inside = level.tasks.here(task_id), internal or {}
    if state not in _STATES or place < 0 or twice or not isinstance(inside, dict):
        raise ValueError(f"task {task_id}")
    names = level.top_workflow.program.names[level.spec.name]
    task = Task.stored(level, level.spec.task_specs[names[place]], task_id, parent, children, state)
    task.last_state_change, task.triggered = changed_at, bool(triggered)
    task.internal_data = inside
    if state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent):
        level.top_workflow.event_manager.add_task(task)
    return task, change, rest


def _at_hand(flow: Flow, task_id: str | None) -> Task:
    found = _find(flow, task_id)
    if found is None:
        raise KeyError(task_id)
    return found


def _find(flow: Flow, task_id: str | None) -> Task | None:
    levels = (flow, *flow.subprocesses.values())
    return next((task for one in levels if (task := one.tasks.here(task_id))), None)
