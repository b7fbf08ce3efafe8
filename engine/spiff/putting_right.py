"""Putting other values in the place of those that a running case goes on with."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState

from engine.spiff.joins import same

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from SpiffWorkflow.task import Task

    from engine.spiff.flow import Flow

_LIVE = TaskState.READY | TaskState.WAITING | TaskState.STARTED


def put_right(flow: Flow, changes: Mapping[str, tuple[Any, Any]]) -> list[str]:
    """Changes values, each from an old one to a new one, wherever the case has them.

    Gives the names that it has with another value somewhere, or nowhere; then nothing changes.
    """
    flow.unfold()
    holders = list(_holders(flow))
    differing = [name for name, (old, _) in changes.items() if not _is_held(holders, name, old)]
    if not differing:
        for task in holders:
            held = {name: new for name, (_, new) in changes.items() if name in task.data}
            task.data.update(deepcopy(held))
    return differing


def _holders(flow: Flow) -> Iterator[Task]:
    """What the case goes on from: its tokens and waiting events, and what these come from.

    A token at a join, and an event at an edge, go on with the data of the task before.
    """
    live = [task for task in flow.in_order() if task.has_state(_LIVE)]
    before = [task.parent for task in live if task.parent is not None]
    found = {task.id: task for task in (*live, *before)}
    if flow.newest is not None:
        found[flow.newest.id] = flow.newest
    yield from found.values()


def _is_held(holders: list[Task], name: str, value: Any) -> bool:
    held = [task.data[name] for task in holders if name in task.data]
    return bool(held) and all(same(one, value) for one in held)
