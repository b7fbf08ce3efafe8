"""A token put at another step of its level: what goes on where it was ends, as BPMN lets an
interrupting event end it, and the step that it comes to is entered anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent
from SpiffWorkflow.util.task import TaskState

from bpmn.messages import message
from engine.errors import Immovable
from engine.spiff.joins import TokenJoin, active
from engine.spiff.nodes import EventGateway
from engine.spiff.routes import SPLIT
from engine.spiff.transcript import WAYS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from SpiffWorkflow.task import Task

    from bpmn.markings import Position
    from engine.spiff.flow import Flow


def jump(flow: Flow, task: Task, target: str) -> None:
    """Ends an open task, with what waits at its edge, and enters another step of its level."""
    specs = task.workflow.spec.task_specs
    entry = specs.get(target + SPLIT) or specs[target]
    flow.withdraw(*_ending(task))
    entered = task._add_child(entry, TaskState.FUTURE)
    entry._update(entered)
    flow.run()


def positions(flow: Flow, task: Task) -> list[Position]:
    """Where the tokens of a task's level rest; raises `Immovable` where that cannot be said."""
    return [_position(flow, token) for token in active(task.workflow)]


def _ending(task: Task) -> Iterator[Task]:
    """The task itself, and what waits at its edge; what an event there has begun goes on."""
    yield task
    if isinstance(task.parent.task_spec, BoundaryEventSplit):
        for beside in task.parent.children:
            if isinstance(beside.task_spec, BoundaryEvent) and beside.state == TaskState.WAITING:
                yield beside


def _position(flow: Flow, token: Task) -> Position:
    name = str(token.task_spec.name)
    if isinstance(token.task_spec, TokenJoin) and token.state == TaskState.WAITING:
        return name, str(token.parent.task_spec.name).removesuffix(WAYS)
    if isinstance(token.parent.task_spec, EventGateway):
        said = message("Cabang lain kasus ini menunggu salah satu dari beberapa peristiwa.")
        raise Immovable(said)
    return flow.element(token), None
