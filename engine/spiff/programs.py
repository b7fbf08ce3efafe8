"""Compiling a drawn process to a SpiffWorkflow specification, and proving that nothing is lost.

Alur's own reading of a BPMN element is put in by subclassing SpiffWorkflow's parsers and the specs
that they make: see `engine.spiff.joins`, `engine.spiff.loops` and `engine.spiff.nodes`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.parser.event_parsers import (
    BoundaryEventParser,
    EndEventParser,
    IntermediateCatchEventParser,
    ReceiveTaskParser,
    StartEventParser,
)
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.task_parsers import (
    ConditionalGatewayParser,
    GatewayParser,
    ScriptTaskParser,
    SubprocessParser,
)
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit, SimpleBpmnTask
from SpiffWorkflow.bpmn.specs.defaults import (
    BoundaryEvent,
    ExclusiveGateway,
    IntermediateCatchEvent,
    ManualTask,
    ReceiveTask,
    ScriptTask,
    StartEvent,
    UserTask,
)
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition

from bpmn.diagram import Diagram, Loop
from bpmn.messages import message
from engine.errors import DiagramRefused
from engine.spiff import loops
from engine.spiff.foresight import Nearsighted, nearsighted
from engine.spiff.joins import EdgeJoin, EndJoin, InclusiveGateway, ParallelGateway, Ways
from engine.spiff.nodes import (
    CalledProcess,
    EventGateway,
    EventSubprocess,
    OutsideEvent,
    PassThrough,
    ServiceTask,
    SubProcess,
)
from engine.spiff.transcript import WAYS, transcript

if TYPE_CHECKING:
    from bpmn.diagram import Node


class _Split(Nearsighted, BoundaryEventSplit):
    pass


class _Spec(BpmnProcessSpec):
    """A process or subprocess that ends when no token is left in it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in (f"{self.name}.EndJoin", "End"):
            del self.task_specs[name]
        self.end: Any = EndJoin(self, f"{self.name}.EndJoin")
        self.end.connect(SimpleBpmnTask(self, "End"))


class _Drawn(TaskParser):
    """A parser that knows the node it reads, and makes Alur's loops of repeated activities."""

    @property
    def drawn(self) -> Node:
        """The node as it stands in the diagram."""
        node: Node = self.process_parser.parser.diagram.nodes[self.bpmn_id]
        return node

    def _add_loop_task(self, _loop: Any) -> None:
        original = self.spec.task_specs.pop(self.bpmn_id)
        self.task: Any = loops.repeated(
            self.spec, self.bpmn_id, self.drawn.loop or Loop("standard")
        )
        self._copy_task_attrs(original)
        original.completed_event.connect(self.task.merge_child)

    _add_multiinstance_task = _add_loop_task

    def _add_boundary_event(self, children: Any) -> Any:
        """The activity and the events at its edge, between a split and a join of their own."""
        split = _Split(self.spec, f"{self.bpmn_id}.BoundaryEventSplit")
        join = EdgeJoin(self.spec, f"{self.bpmn_id}.BoundaryEventJoin")
        for beside in (self.task, *map(self.process_parser.parse_node, children)):
            split.connect(beside)
            beside.connect(join)
        return split


class _Script(_Drawn, ScriptTaskParser):
    pass


class _Outside(_Drawn):
    def get_event_definition(self, _xpaths: Any) -> OutsideEvent:
        return OutsideEvent(self.bpmn_id)


class _Boundary(_Outside, BoundaryEventParser):
    pass


class _Catch(_Outside, IntermediateCatchEventParser):
    pass


class _Receive(_Outside, ReceiveTaskParser):
    def create_task(self) -> Any:
        return self._create_task(OutsideEvent(self.bpmn_id))


class _Passing(_Drawn):
    def get_event_definition(self, _xpaths: Any) -> NoneEventDefinition:
        return NoneEventDefinition()


class _Start(_Passing, StartEventParser):
    """A case, or an event subprocess, begins when its event has come: nothing is left to do."""


class _End(_Passing, EndEventParser):
    """What it throws is seen to by the `Flow`; nothing in the process waits for it."""


class _Inclusive(ConditionalGatewayParser):
    def create_task(self) -> Any:
        kind = Ways if self.bpmn_id.endswith(WAYS) else InclusiveGateway
        return kind(self.spec, self.bpmn_id, **self.bpmn_attributes)


class _SubProcess(_Drawn):
    def create_task(self) -> Any:
        spec = SubprocessParser.get_subprocess_spec(self)
        kind = EventSubprocess if self.drawn.triggered_by_event else SubProcess
        task = kind(self.spec, self.bpmn_id, subworkflow_spec=spec, **self.bpmn_attributes)
        if kind is EventSubprocess:
            (start,) = self.process_parser.parser.diagram.starts(self.bpmn_id)
            task.interrupting = start.interrupting
        return task


class _Call(_Drawn):
    def create_task(self) -> Any:
        called, attributes = self.drawn.called, self.bpmn_attributes
        task = CalledProcess(self.spec, self.bpmn_id, subworkflow_spec=called, **attributes)
        task.takes, task.gives_back = self.drawn.takes, self.drawn.gives_back
        return task


class _Process(ProcessParser):
    """Parses the nodes last first: from the start, SpiffWorkflow would go as deep as the way."""

    def create_spec(self) -> _Spec:
        return _Spec(name=self.bpmn_id, description=self.get_name(), filename=self.filename)

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
        full_tag("startEvent"): (_Start, nearsighted(StartEvent)),
        full_tag("endEvent"): (_End, PassThrough),
        full_tag("boundaryEvent"): (_Boundary, nearsighted(BoundaryEvent)),
        full_tag("intermediateCatchEvent"): (_Catch, nearsighted(IntermediateCatchEvent)),
        full_tag("intermediateThrowEvent"): (_Drawn, PassThrough),
        full_tag("task"): (_Drawn, PassThrough),
        full_tag("userTask"): (_Drawn, nearsighted(UserTask)),
        full_tag("manualTask"): (_Drawn, nearsighted(ManualTask)),
        full_tag("scriptTask"): (_Script, nearsighted(ScriptTask)),
        full_tag("serviceTask"): (_Drawn, ServiceTask),
        full_tag("sendTask"): (_Drawn, PassThrough),
        full_tag("receiveTask"): (_Receive, nearsighted(ReceiveTask)),
        full_tag("subProcess"): (_SubProcess, SubProcess),
        full_tag("callActivity"): (_Call, CalledProcess),
        full_tag("exclusiveGateway"): (ConditionalGatewayParser, nearsighted(ExclusiveGateway)),
        full_tag("parallelGateway"): (GatewayParser, ParallelGateway),
        full_tag("inclusiveGateway"): (_Inclusive, InclusiveGateway),
        full_tag("eventBasedGateway"): (GatewayParser, EventGateway),
    }

    def __init__(self, diagram: Diagram) -> None:
        super().__init__()
        self.diagram = diagram


@dataclass(frozen=True)
class Program:
    """A compiled process: shared by all its instances, never stored with one of them."""

    diagram: Diagram
    spec: BpmnProcessSpec = field(repr=False)
    inner: dict[str, BpmnProcessSpec] = field(repr=False)

    @cached_property
    def names(self) -> dict[str, list[str]]:
        """The task names of the process and of each subprocess, in an order that never changes."""
        return {name: sorted(spec.task_specs) for name, spec in self.specs.items()}

    @cached_property
    def index(self) -> dict[str, dict[str, int]]:
        """The place of each name in `names`."""
        return {
            level: {name: place for place, name in enumerate(names)}
            for level, names in self.names.items()
        }

    @cached_property
    def specs(self) -> dict[str, BpmnProcessSpec]:
        """The specification of the process and those of its subprocesses, by name."""
        return self.inner | {self.spec.name: self.spec}

    @cached_property
    def digest(self) -> str:
        """What the places in a stored state depend on: another program cannot read it."""
        listed = sorted((level, *names) for level, names in self.names.items())
        return hashlib.sha256(repr(listed).encode()).hexdigest()[:16]


def compile_diagram(diagram: Diagram) -> Program:
    """The program of a diagram without error findings; raises `DiagramRefused`."""
    parser = _Parser(diagram)
    try:
        parser.add_bpmn_xml(transcript(diagram))
        spec = parser.get_spec(diagram.key)
        found = parser.get_subprocess_specs(diagram.key, require_call_activity_specs=False)
    except (ValidationException, KeyError, ValueError) as error:
        said = message("Diagram tidak dapat disusun: {reason}", reason=str(error).split("\n")[0])
        raise DiagramRefused(said) from error
    # What is called from elsewhere is missing when a file is checked alone.
    program = Program(diagram, spec, {name: one for name, one in found.items() if one})
    lost = lost_nodes(program)
    if lost:
        raise DiagramRefused(message("Hilang saat disusun: {ids}", ids=", ".join(lost)))
    return program


def lost_nodes(program: Program) -> list[str]:
    """The proof of compilation: flow nodes that are in no compiled specification."""
    compiled = {name for names in program.names.values() for name in names}
    return sorted(program.diagram.nodes.keys() - compiled)
