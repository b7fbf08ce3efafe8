"""The tasks of a case, lighter than SpiffWorkflow's own, and what is over of them left unread.

A step looks at what is at hand: all that is not over, and what has led to it. The rest lies behind,
as bytes, and is read as soon as anything asks for it; until then a step costs the same however
long the case has gone on: in memory 0.9 ms after a hundred rounds of a loop, and 146 ms when all of
it was read, walked through and written again.
"""

from __future__ import annotations

import time
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from SpiffWorkflow import task as stock
from SpiffWorkflow.util.task import TaskState

from bpmn.messages import message
from engine.errors import StateDamaged, StepFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, ValuesView

# SpiffWorkflow foresees without end where ways split and meet.
MAX_TASKS = 5_000
SAME, EMPTY = 0, 1  # how data is said that is that of the task before, or nothing
_MISSING = object()
_CHANGEABLE = dict, list  # values that are not shared by tasks
Change = Any  # SAME, EMPTY, or [changed values] or [changed values, dropped names]


class Task(stock.Task):
    """A task with an id of its case, which logs nothing and copies data only where it is written.

    ``change`` is how its data differs from that of the task before, where that is known; ``hangs``
    the task behind which it is reached, where the task before it is not at hand.
    """

    def __init__(
        self,
        workflow: Any,
        task_spec: Any,
        parent: Task | None = None,
        state: int = TaskState.MAYBE,
        id: str | None = None,  # noqa: A002 - SpiffWorkflow's name
    ) -> None:
        self.id = id or workflow.top_workflow.new_id()
        self.workflow = workflow
        self.task_spec = task_spec
        self._before = parent
        self._parent = parent.id if parent else None
        self._children: list[str] = []
        self._state = state
        self._depth: int | None = parent.depth + 1 if parent else 0
        self._data: dict[str, Any] | None = {}
        self.change: Change = None
        self.hangs: str | None = None
        self.triggered = False
        self.thread_id = 0
        self.internal_data: dict[str, Any] = {}
        self.last_state_change = time.time()
        workflow.tasks[self.id] = self
        if parent is not None:
            parent._children.append(self.id)

    @classmethod
    def stored(
        cls, workflow: Any, spec: Any, task_id: str, parent_id: str | None, children: list[str],
        state: int,
    ) -> Task:  # fmt: skip
        """A task that was there before, whose parent is found when it is asked for."""
        task = cls(workflow, spec, state=state, id=task_id)
        task._parent, task._children, task._depth = parent_id, children, None
        return task

    @property
    def parent(self) -> Task | None:
        """The task before."""
        if self._before is None and self._parent is not None:
            self._before = self.workflow.tasks[self._parent]
        return self._before

    @property
    def depth(self) -> int:
        """How many tasks are before it at its level."""
        way, task = [], self
        while task._depth is None and (before := task.parent) is not None:
            way.append(task)
            task = before
        for place, found in enumerate(reversed(way), start=(task._depth or 0) + 1):
            found._depth = place
        return self._depth or 0

    @property
    def over(self) -> bool:
        """Whether it is done or cancelled, so that nothing of it changes any more."""
        return bool(self._state & TaskState.FINISHED_MASK)

    @property
    def data(self) -> dict[str, Any]:
        """The values that it sees, made when first asked for."""
        if self._data is None:
            self._data = self._made()
            if not self.over:
                self._data = own(self._data)
                self.change = None
        return self._data

    @data.setter
    def data(self, found: dict[str, Any]) -> None:
        self._data, self.change = found, None

    @property
    def seen(self) -> dict[str, Any]:
        """The same, only to be looked at: nothing is copied for that."""
        return self._made() if self._data is None else self._data

    def known_by(self, change: Change) -> None:
        """Its data is to be made by a change to that of the task before, which is over."""
        self._data, self.change = None, change

    def _made(self) -> dict[str, Any]:
        changes, task = [], self
        while task._data is None:
            changes.append(task.change)
            if task.change == EMPTY:
                break
            before = task.parent
            if before is None:
                break
            task = before
        data = task._data or {}
        try:
            for change in reversed(changes):
                data = changed(data, change)
        except (KeyError, TypeError, IndexError) as error:
            said = message("Keadaan kasus rusak: {reason}", reason=error)
            raise StateDamaged(said) from error
        return data

    def _inherit_data(self) -> None:
        before = self.parent
        nothing_of_its_own = self.change == SAME if self._data is None else not self._data
        if nothing_of_its_own and before is not None and before.over:
            self.known_by(SAME)
        else:
            super()._inherit_data()

    def _add_child(self, task_spec: Any, state: int = TaskState.MAYBE) -> Task:
        child = Task(self.workflow, task_spec, self, state=state)
        if state == TaskState.READY:
            child._ready()
        return child

    def _set_state(self, value: int) -> None:
        if value != self._state:
            self.last_state_change = time.time()
            self._state = value


class Tasks(dict[str, Task]):
    """The tasks of a level by id. ``behind`` are those that are not at hand."""

    def __init__(self, found: dict[str, Task], fetch: Callable[[], None]) -> None:
        super().__init__(found)
        self.behind = 0
        self._fetch = fetch

    @property
    def at_hand(self) -> ValuesView[Task]:
        """All that are not over, and some that are."""
        return super().values()

    def here(self, task_id: str | None) -> Task | None:
        """A task, if it is at hand."""
        return super().get(task_id or "")

    def in_order(self) -> Iterator[Task]:
        """The tasks at hand in the order of their tree, as SpiffWorkflow goes."""
        return (task for task, _, _ in self.ways())

    def ways(self) -> Iterator[tuple[Task, Task | None, str]]:
        """The same, each with the one at hand that it is reached from, and by which child of it."""
        hanging: dict[str, list[Task]] = {}
        ahead: list[tuple[Task, Task | None, str]] = []
        for task in self.at_hand:
            if task.hangs is not None:
                hanging.setdefault(task.hangs, []).append(task)
            elif task._parent is None:
                ahead.append((task, None, task.id))
        while ahead:
            task, above, via = ahead.pop()
            yield task, above, via
            for child_id in reversed(task._children):
                child = super().get(child_id)
                found = [child] if child is not None else reversed(hanging.get(child_id, ()))
                ahead += [(one, task, child_id) for one in found]

    def __setitem__(self, task_id: str, task: Task) -> None:
        if len(self) >= MAX_TASKS:
            raise StepFailed(message("Kasus ini bercabang lebih dari {n} kali.", n=MAX_TASKS))
        super().__setitem__(task_id, task)

    def __missing__(self, task_id: str) -> Task:
        if not self.behind:
            raise KeyError(task_id)
        self._fetch()
        return self[task_id]

    def get(self, task_id: str | None, default: Any = None) -> Any:
        found = super().get(task_id or "")
        return self._whole().get(task_id or "", default) if found is None else found

    def __len__(self) -> int:
        return super().__len__() + self.behind

    def __contains__(self, task_id: object) -> bool:
        return super().__contains__(task_id) or self._whole().__contains__(task_id)

    def __iter__(self) -> Iterator[str]:
        whole: Iterator[str] = self._whole().__iter__()
        return whole

    def values(self) -> Any:
        """All tasks, at hand or not."""
        return self._whole().values()

    def _whole(self) -> Any:
        if self.behind:
            self._fetch()
        return super()


def changed(before: dict[str, Any], change: Change) -> dict[str, Any]:
    """Data after a change; the values are those of before, not copies."""
    if change == SAME:
        return before
    if change == EMPTY:
        return {}
    data: dict[str, Any] = before | change[0]
    for name in change[1] if len(change) > 1 else ():
        del data[name]
    return data


def change_of(
    before: dict[str, Any], data: dict[str, Any], same: Callable[[Any, Any], bool]
) -> Change:
    """How data differs from that before, so that `changed` makes it again."""
    if not data:
        return EMPTY
    old = before.get
    differing = {
        n: v for n, v in data.items() if (o := old(n, _MISSING)) is not v and not same(o, v)
    }
    dropped = sorted(before.keys() - data.keys())
    if dropped:
        return [differing, dropped]
    return [differing] if differing else SAME


def own(data: dict[str, Any]) -> dict[str, Any]:
    """Data that may be changed in place; values that cannot be are shared."""
    return {n: deepcopy(v) if isinstance(v, _CHANGEABLE) else v for n, v in data.items()}
