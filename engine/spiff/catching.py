"""What an event does: to the task that waits for it, and to what goes on beside that task.

Events come from outside (`happen`), or are thrown in the case (`see_to`): a signal reaches all that
wait for it, an error or escalation the first that catches it on its way outwards, and a terminate
end event ends its process or subprocess.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent
from SpiffWorkflow.util.task import TaskState

from bpmn.messages import message
from engine.errors import StepFailed
from engine.spiff import joins
from engine.spiff.loops import CHILD, Repeated
from engine.spiff.nodes import EventGateway, EventSubprocess

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from SpiffWorkflow.task import Task

    from bpmn.diagram import Node
    from engine.spiff.flow import Flow

THROWN = frozenset({"signal", "error", "escalation", "terminate"})
_AGAIN = frozenset({"message", "signal", "escalation"})  # what can happen more than once


def kind(node: Node | None) -> str:
    """What the event of a node is; a receive task waits for a message."""
    if node is None:
        return ""
    if node.kind == "receiveTask":
        return "message"
    return node.events[0] if node.events else ""


def happen(
    flow: Flow, task: Task, given: dict[str, Any] | None = None, *, again: bool = False
) -> Task | None:
    """Lets the event come that a task waits for, with the data that it brings.

    Another one then waits in its place, which is returned, if it can come again: ``again`` says so
    of a timer.
    """
    node = flow.node(task)
    stays = not _interrupts(task, node) and (again or kind(node) in _AGAIN)
    another = _beside(task) if stays else None
    data = _seen_by(flow, task)
    flow.withdraw(*_in_its_way(task, node))
    task.internal_data["event_fired"] = True
    if isinstance(task.task_spec, EventSubprocess):  # it begins with its data at once
        task.data = data | (given or {})
        task.task_spec._update(task)
    else:
        task.task_spec._update(task)
        task.data = data
        joins.write(task, given or {})
    return another


def see_to(flow: Flow, task: Task, thrown: Node) -> None:
    """Does what a task has thrown; raises `StepFailed` for an error that nothing catches."""
    match kind(thrown):
        case "signal":
            _broadcast(flow, task, thrown)
        case "terminate":
            _terminate(flow, task)
        case outwards:
            _propagate(flow, task, outwards, thrown.reference)


def fail(flow: Flow, task: Task, code: str, given: dict[str, Any]) -> None:
    """Lets an open task end with an error, which its own edge may catch; raises `StepFailed`."""
    joins.write(task, given)
    _propagate(flow, task, "error", code, given)


def _broadcast(flow: Flow, thrower: Task, thrown: Node) -> None:
    """A signal reaches all that wait for it in the case (BPMN 2.0, 10.4.5).

    What comes right behind the thrower waits already, but did not yet when it threw.
    """
    waiting = (found for found in flow.listening("signal") if found[0].parent is not thrower)
    caught = [task for task, node in waiting if node.reference == thrown.reference]
    for task in caught:
        if task.state == TaskState.WAITING:  # an earlier one may have ended it
            happen(flow, task)


def _terminate(flow: Flow, task: Task) -> None:
    """Ends its process or subprocess at once (10.4.3); what was written until then stays."""
    level = task.workflow
    task.data = _present(flow, joins.active(level), task)
    unfinished = (t for t in level.tasks.at_hand if t.has_state(TaskState.NOT_FINISHED_MASK))
    flow.withdraw(*list(unfinished))
    level.last_task = task
    level._mark_complete(task)
    level.completed_event(level)


def _propagate(
    flow: Flow, task: Task, what: str, code: str | None, given: dict[str, Any] | None = None
) -> None:
    """An error or escalation goes outwards to the first that catches it (10.4.6)."""
    waiting = [(t, node) for t, node in flow.listening(what) if node.reference in (None, code)]
    waiting.sort(key=lambda catcher: catcher[1].reference is None)  # what is named comes first
    catchers = [catcher for catcher, _ in waiting]
    caught = next(_outwards(task, catchers), None)
    if caught is not None:
        happen(flow, caught, given)
    elif what == "error":
        raise StepFailed(message('Galat "{code}" tidak ditangkap oleh siapa pun.', code=code))


def _outwards(task: Task, catchers: list[Task]) -> Iterator[Task]:
    """Those of the catchers that are around a task, the nearest first."""
    inside, level = _activity(task), task.workflow
    yield from (catcher for catcher in catchers if _host(catcher) is inside)
    while level is not None:
        for catcher in catchers:
            # An event subprocess does not catch what it throws itself.
            within = isinstance(catcher.task_spec, EventSubprocess) and catcher.workflow is level
            if within and catcher.task_spec is not inside.task_spec:
                yield catcher
        host = getattr(level, "host", None)
        if host is not None:
            inside = _activity(host)
            yield from (catcher for catcher in catchers if _host(catcher) is inside)
        level = level.parent_workflow


def _activity(task: Task) -> Task:
    """The task of an activity as a whole, also when this is one time of a loop."""
    repeated = str(task.task_spec.name).endswith(CHILD)
    return task.parent if repeated else task


def _interrupts(task: Task, node: Node | None) -> bool:
    """Whether the event that a task waits for ends what goes on beside it."""
    at_an_edge = isinstance(task.task_spec, BoundaryEvent | EventSubprocess)
    return node is None or not at_an_edge or node.interrupting


def _in_its_way(task: Task, node: Node | None) -> list[Task]:
    """What the event of a task interrupts, and the events that it comes before."""
    beside = [other for other in task.parent.children if other is not task]
    if isinstance(task.task_spec, EventSubprocess):
        return beside if _interrupts(task, node) else []
    chosen = isinstance(task.parent.task_spec, EventGateway)
    if not chosen and not (isinstance(task.task_spec, BoundaryEvent) and _interrupts(task, node)):
        return []
    # What an event at the edge has begun goes on.
    return [
        other
        for other in beside
        if other.state == TaskState.WAITING
        or (
            other.has_state(TaskState.NOT_FINISHED_MASK)
            and not isinstance(other.task_spec, BoundaryEvent)
        )
    ]


def _beside(task: Task) -> Task:
    """Another waiting task of the same node."""
    another = task.parent._add_child(task.task_spec, TaskState.WAITING)
    another.triggered = task.triggered
    another.data = dict(task.data)
    return another


def _seen_by(flow: Flow, task: Task) -> dict[str, Any]:
    """The data that an event goes on with: what its activity or scope has come to."""
    if isinstance(task.task_spec, EventSubprocess):
        return _present(flow, joins.active(task.workflow), task.parent)
    host = _host(task)
    if host is None:
        return dict(task.parent.data)
    if isinstance(host.task_spec, Repeated):
        return _present(flow, [host, *host.children], host)
    inner = flow.get_subprocess(host)
    return _present(flow, joins.active(inner), host) if inner else dict(task.parent.data)


def _present(flow: Flow, tokens: Iterable[Task], before: Task) -> dict[str, Any]:
    """The data of all tokens of a level, or of all times of a loop, together."""
    holders, inside = [before], dict[str, Any]()
    for token in tokens:
        inner = flow.get_subprocess(token)
        if inner is not None and not inner.completed:
            known = _present(flow, joins.active(inner), inner.task_tree)
            inside |= {n: v for n, v in known.items() if not joins.same(token.data.get(n), v)}
        # What one time of a loop has not written itself may be older than what others have.
        if token is _activity(token):
            holders.append(token if token.data else token.parent)
    data = joins.newest(holders) | inside
    for task in holders:
        if isinstance(task.task_spec, Repeated) and task.state == TaskState.STARTED:
            task.task_spec.hide(task, data)
    return data


def _host(task: Task) -> Task | None:
    """The activity at whose edge an event waits."""
    parent = task.parent
    at_an_edge = isinstance(task.task_spec, BoundaryEvent)
    if not at_an_edge or not isinstance(parent.task_spec, BoundaryEventSplit):
        return None
    return next(t for t in parent.children if not isinstance(t.task_spec, BoundaryEvent))
