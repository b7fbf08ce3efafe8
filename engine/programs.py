"""Compiling a drawn process to a SpiffWorkflow specification, and proving that nothing is lost.

Alur's own reading of a BPMN element is put in by subclassing SpiffWorkflow's parsers: timers are
fired from outside only (a job, or a dry run's clock), what is thrown or sent is noted and the token
moves on, a service task waits for its answer, and an undefined task passes through.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.parser.event_parsers import (
    BoundaryEventParser,
    EndEventParser,
    IntermediateCatchEventParser,
    StartEventParser,
)
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.defaults import (
    BoundaryEvent,
    EndEvent,
    IntermediateCatchEvent,
    StartEvent,
)
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.util.task import TaskState

from bpmn.diagram import Diagram
from bpmn.messages import message
from bpmn.reading import BPMN
from engine import expressions
from engine.errors import DiagramRefused

if TYPE_CHECKING:
    from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec


class OutsideTimer(TimerEventDefinition):
    """A timer that never looks at a clock: it has fired when `Execution.fire` said so."""

    def has_fired(self, my_task: Any) -> bool:
        return bool(my_task._get_internal_data("event_fired", False))


class _OutsideTimers:
    def parse_timer_event(self, event: Any) -> OutsideTimer:
        return OutsideTimer(event.getparent().get("id"), "")


class _Boundary(_OutsideTimers, BoundaryEventParser):
    pass


class _Catch(_OutsideTimers, IntermediateCatchEventParser):
    pass


class _Start(StartEventParser):
    def parse_timer_event(self, event: Any) -> NoneEventDefinition:
        # A job starts the case when it is due; the case itself waits for nothing.
        return NoneEventDefinition()


class _End(EndEventParser):
    def parse_message_event(self, message_event: Any) -> NoneEventDefinition:
        # `Execution` notes the topic of the completed node; nothing in the process waits for it.
        return NoneEventDefinition()


class PassThrough(BpmnTaskSpec):
    """A task of no kind (stock SpiffWorkflow would wait for a person nobody named), or a sender."""


class ServiceTask(BpmnTaskSpec):
    """Waits for the answer of a handler, as a user task does for a person's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.manual = True


class EventGateway(BpmnTaskSpec):
    """Lets all events behind it wait; `Execution.fire` ends the others (BPMN 2.0, 10.6.6).

    Stock SpiffWorkflow's waits itself, in the place of its events, and could not tell two timers
    apart.
    """

    def _predict_hook(self, my_task: Any) -> None:
        state = TaskState.FUTURE if my_task.has_state(TaskState.DEFINITE_MASK) else TaskState.MAYBE
        my_task._sync_children(self.outputs, state)


class _GatewayParser(TaskParser):
    def handles_multiple_outgoing(self) -> bool:
        return True


class _Process(ProcessParser):
    """Parses the nodes last first: from the start, SpiffWorkflow would go as deep as the way."""

    def add_tasks(self) -> None:
        for node_id in self._last_first():
            self.parse_node(self.get_node_by_id(node_id))
        super().add_tasks()

    def _last_first(self) -> list[str]:
        """The nodes that the start events lead to, each after those it leads to itself."""
        ahead = [(start.get("id"), False) for start in self.xpath("./bpmn:startEvent")]
        seen, found = set(), []
        while ahead:
            node_id, left = ahead.pop()
            if left:
                found.append(node_id)
            elif node_id not in seen:
                seen.add(node_id)
                flows = self.get_outgoing_sequence_flows(node_id)
                events = [event.get("id") for event in self.get_boundary_events(node_id)]
                ahead.append((node_id, True))
                ahead += [(target, False) for target in events]
                ahead += [(flow.get("targetRef"), False) for flow in flows]
        # A boundary event is parsed with the activity it is attached to.
        return [n for n in found if self.get_node_by_id(n).get("attachedToRef") is None]


class _Parser(BpmnParser):
    PROCESS_PARSER_CLASS = _Process
    OVERRIDE_PARSER_CLASSES = {  # noqa: RUF012  (SpiffWorkflow's own extension point)
        full_tag("startEvent"): (_Start, StartEvent),
        full_tag("boundaryEvent"): (_Boundary, BoundaryEvent),
        full_tag("intermediateCatchEvent"): (_Catch, IntermediateCatchEvent),
        full_tag("endEvent"): (_End, EndEvent),
        full_tag("task"): (TaskParser, PassThrough),
        full_tag("sendTask"): (TaskParser, PassThrough),
        full_tag("intermediateThrowEvent"): (TaskParser, PassThrough),
        full_tag("serviceTask"): (TaskParser, ServiceTask),
        full_tag("eventBasedGateway"): (_GatewayParser, EventGateway),
    }


class _ScriptEngine(PythonScriptEngine):
    """Alur's expression language in the place of Python."""

    def evaluate(self, task: Any, expression: str, external_context: Any = None) -> Any:
        return expressions.evaluate(expression, task.data)

    def execute(self, task: Any, script: str, external_context: Any = None) -> bool:
        expressions.execute(script, task.data)
        return True


SCRIPTS = _ScriptEngine()


@dataclass(frozen=True)
class Program:
    """A compiled process: shared by all its instances, never stored with one of them."""

    diagram: Diagram
    spec: BpmnProcessSpec = field(repr=False)

    @cached_property
    def names(self) -> list[str]:
        """The specification's task names, in an order that is the same at every compilation."""
        return sorted(self.spec.task_specs)

    @cached_property
    def index(self) -> dict[str, int]:
        """The place of each name in `names`."""
        return {name: place for place, name in enumerate(self.names)}


def compile_diagram(diagram: Diagram) -> Program:
    """The program of a diagram without error findings; raises `DiagramRefused`."""
    parser = _Parser()
    try:
        parser.add_bpmn_xml(_stripped(diagram))
        spec = parser.get_spec(diagram.key)
    except (ValidationException, KeyError, ValueError) as error:
        said = message("Diagram tidak dapat disusun: {reason}", reason=str(error).split("\n")[0])
        raise DiagramRefused(said) from error
    lost = lost_nodes(diagram, spec)
    if lost:
        raise DiagramRefused(message("Hilang saat disusun: {ids}", ids=", ".join(lost)))
    return Program(diagram, spec)


def lost_nodes(diagram: Diagram, spec: BpmnProcessSpec) -> list[str]:
    """The proof of compilation: flow nodes that are not in the compiled specification."""
    return sorted(diagram.nodes.keys() - spec.task_specs.keys())


def _stripped(diagram: Diagram) -> Any:
    """The process alone, without layout and extensions, in a document of its own."""
    root = etree.Element(f"{{{BPMN}}}definitions", nsmap={"bpmn": BPMN})
    root.append(deepcopy(diagram.xml))
    for name in ("extensionElements", "documentation", "laneSet"):
        for element in list(root.iter(f"{{{BPMN}}}{name}")):
            parent = element.getparent()
            if parent is not None:
                parent.remove(element)
    return root
