"""What nodes do that SpiffWorkflow does otherwise or not: subprocesses, calls, events, services.

Nothing here looks at a clock or a mailbox: an event has happened when `catching.happen` was
told so. What a node waits for or throws stands in the diagram.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.defaults import (
    BoundaryEvent,
    CallActivity,
    IntermediateCatchEvent,
    ReceiveTask,
    SubWorkflowTask,
)
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.mixins import BpmnSpecMixin
from SpiffWorkflow.util.task import TaskState

from bpmn.messages import message
from engine import expressions
from engine.errors import StepFailed
from engine.spiff.foresight import Nearsighted
from engine.spiff.joins import Listener, write, written

if TYPE_CHECKING:
    from SpiffWorkflow.task import Task

    from bpmn.diagram import Passing


class OutsideEvent(EventDefinition):
    """An event that never comes by itself, but when `catching.happen` says so."""

    def has_fired(self, my_task: Task) -> bool:
        return bool(my_task._get_internal_data("event_fired", False))

    def catches(self, my_task: Task, event: Any) -> bool:
        return False


Catching = (BoundaryEvent, IntermediateCatchEvent, ReceiveTask)


class PassThrough(Nearsighted, BpmnSpecMixin):
    """A task of no kind (stock SpiffWorkflow would wait for a person nobody named), or a thrower.

    What is thrown is seen to by the `Flow` once the task is completed.
    """


class ServiceTask(Nearsighted, BpmnSpecMixin):
    """Waits for the answer of a handler, as a user task does for a person's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.manual = True


class EventGateway(Nearsighted, BpmnSpecMixin):
    """Lets all events behind it wait; `catching.happen` ends the others (BPMN 2.0, 10.5.6).

    Stock SpiffWorkflow's waits itself, in the place of its events, and could not tell two timers
    apart.
    """

    def _predict_hook(self, my_task: Task) -> None:
        state = TaskState.FUTURE if my_task.has_state(TaskState.DEFINITE_MASK) else TaskState.MAYBE
        my_task._sync_children(self.outputs, state)


class SubProcess(Nearsighted, SubWorkflowTask):
    """An embedded subprocess: all data goes in, and all comes out (10.2.5)."""

    def copy_data(self, my_task: Task, subworkflow: Any) -> None:
        subworkflow.task_tree.data.update(my_task.data)

    def update_data(self, my_task: Task, subworkflow: Any) -> None:
        last = subworkflow.last_task
        my_task.data = dict(last.data)
        write(my_task, written(last, subworkflow.task_tree))


class CalledProcess(Nearsighted, CallActivity):
    """A called process (10.2.6): all data goes in and comes out, or what the call says."""

    takes: tuple[Passing, ...] = ()
    gives_back: tuple[Passing, ...] = ()

    def start_workflow(self, my_task: Task) -> None:
        if self.spec not in my_task.workflow.top_workflow.subprocess_specs:
            raise StepFailed(message('Proses yang dipanggil, "{key}", tidak ada.', key=self.spec))
        super().start_workflow(my_task)

    def copy_data(self, my_task: Task, subworkflow: Any) -> None:
        subworkflow.task_tree.data.update(_passed(self.takes, my_task.data))

    def update_data(self, my_task: Task, subworkflow: Any) -> None:
        given = _passed(self.gives_back, subworkflow.last_task.data)
        my_task.data = my_task.data | given if self.gives_back else given


class EventSubprocess(Listener, SubProcess):
    """Waits beside what its scope does until its event happens, and then runs (10.4.6)."""

    interrupting = True

    def _update_hook(self, my_task: Task) -> Any:
        if not my_task.internal_data.get("event_fired"):
            my_task._inherit_data()
            my_task._set_state(TaskState.WAITING)
            return False
        subprocess = my_task.workflow.top_workflow.get_subprocess(my_task)
        if subprocess is None:
            self.start_workflow(my_task)
            my_task._set_state(TaskState.STARTED)
            return False
        return subprocess.completed

    def update_data(self, my_task: Task, subworkflow: Any) -> None:
        """What goes on beside it may have changed since: only what it wrote itself comes out."""
        last = subworkflow.last_task
        my_task.data = dict((last if self.interrupting else my_task.parent).data)
        write(my_task, written(last, subworkflow.task_tree))


def _passed(passings: tuple[Passing, ...], data: dict[str, Any]) -> dict[str, Any]:
    """What is passed on of data; without a word about it, all."""
    if not passings:
        return dict(data)
    found: dict[str, Any] = {}
    for passing in passings:
        if passing.source is None:
            found |= data
        elif passing.target:
            found[passing.target] = expressions.evaluate(passing.source, data)
    return found
