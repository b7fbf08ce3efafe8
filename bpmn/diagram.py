"""The view of what is drawn: lanes, nodes, flows, forms and SOP facts of one process.

Frozen values, read from the XML by `bpmn.elements`; nothing here judges (`bpmn.rules` does) or
executes (`engine.programs` does).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

ACTIVITIES = frozenset(
    "task userTask manualTask scriptTask serviceTask sendTask receiveTask businessRuleTask"
    " callActivity subProcess adHocSubProcess transaction".split()
)
EVENTS = frozenset(
    "startEvent endEvent boundaryEvent intermediateCatchEvent intermediateThrowEvent".split()
)
GATEWAYS = frozenset(
    "exclusiveGateway parallelGateway inclusiveGateway eventBasedGateway complexGateway".split()
)
FLOW_NODES = ACTIVITIES | EVENTS | GATEWAYS
HUMAN_TASKS = frozenset({"userTask", "manualTask"})
# What a topic says of these is sent off, and the case goes on; a service task waits for its answer.
SENDERS = frozenset({"sendTask", "intermediateThrowEvent", "endEvent"})


@dataclass(frozen=True)
class Field:
    """One `camunda:formField`. ``constraints`` and ``properties`` keep the analyst's text."""

    id: str
    type: str
    label: str
    default: str | None = None
    choices: tuple[tuple[str, str], ...] = ()
    constraints: dict[str, str] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)

    @property
    def required(self) -> bool:
        """Whether an answer must always be given (a constraint counts unless it says false)."""
        return self.constraints.get("required", "false").lower() != "false"


@dataclass(frozen=True)
class Lane:
    """A performer's lane; ``actor`` is its `alur:actor` rule, None when not yet said.

    ``parent`` is the id of the lane around it.
    """

    id: str
    name: str
    actor: str | None
    nodes: frozenset[str]
    parent: str | None = None


@dataclass(frozen=True)
class Flow:
    """A sequence flow; ``condition`` is the expression's text."""

    id: str
    source: str
    target: str
    name: str = ""
    condition: str | None = None
    language: str | None = None


@dataclass(frozen=True)
class Timer:
    """The timer of an event: ``kind`` is ``timeDuration``, ``timeDate`` or ``timeCycle``."""

    kind: str
    text: str


@dataclass(frozen=True)
class Node:
    """A flow node. ``attributes`` are the Camunda attributes without their namespace."""

    id: str
    kind: str
    name: str
    line: int
    documentation: str = ""
    properties: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)
    form: tuple[Field, ...] = ()
    events: tuple[str, ...] = ()
    timer: Timer | None = None
    topic: str | None = None
    script: str | None = None
    script_format: str | None = None
    attached_to: str | None = None
    interrupting: bool = True
    default: str | None = None

    @property
    def is_waktu(self) -> bool:
        """Whether this is the boundary timer that carries the SOP's standard duration."""
        return self.properties.get("alur:timer") == "waktu"

    @property
    def starts_on_take_up(self) -> bool:
        """Whether its clock starts when the performer takes the work up, not when it arrives."""
        return self.is_waktu and self.properties.get("alur:clock") != "arrival"

    @property
    def gives(self) -> tuple[str, ...]:
        """The names that a service task's answer brings into the case (`alur:gives`)."""
        listed = self.properties.get("alur:gives", "")
        return tuple(part.strip() for part in listed.split(",") if part.strip())


@dataclass(frozen=True)
class Diagram:
    """One process of a BPMN file, as drawn."""

    key: str
    name: str
    executable: bool
    properties: dict[str, str]
    lanes: tuple[Lane, ...]
    nodes: dict[str, Node]
    flows: tuple[Flow, ...]
    xml: _Element = field(repr=False)

    def outgoing(self, node_id: str) -> tuple[Flow, ...]:
        """The sequence flows out of a node, in the order of the file."""
        return self._outgoing.get(node_id, ())

    def lane_of(self, node_id: str) -> Lane | None:
        """The innermost lane a node is drawn in."""
        return self._lane_of.get(node_id)

    def boundary_events(self, node_id: str) -> tuple[Node, ...]:
        """The events attached to an activity."""
        return self._attached.get(node_id, ())

    def waktu(self, node_id: str) -> str | None:
        """The standard duration of an activity in the SOP's own words."""
        return next((n.name for n in self.boundary_events(node_id) if n.is_waktu), None)

    def clock(self, node: Node | None = None) -> str:
        """The clock of a timer, or of the process: ``working`` or ``elapsed`` (BPMN's own)."""
        own = node.properties.get("alur:calendar") if node else None
        return own or self.properties.get("alur:calendar", "elapsed")

    def wait_limit(self, node_id: str) -> str | None:
        """How long a task may lie untouched: its own `alur:waitLimit`, else the process's."""
        own = self.nodes[node_id].properties.get("alur:waitLimit")
        return own or self.properties.get("alur:waitLimit")

    def place(self, node_id: str) -> Place | None:
        """Who acts in a human task: the task's own Camunda assignment, else its lane's rule."""
        node, lane = self.nodes[node_id], self.lane_of(node_id)
        if person := node.attributes.get("assignee"):
            return Place(node_id, f"person:{person}")
        if group := node.attributes.get("candidateGroups"):
            return Place(node_id, f"group:{group}")
        return Place(lane.id, lane.actor) if lane and lane.actor else None

    @cached_property
    def timer_start(self) -> Node | None:
        """The start event that a timer sets off."""
        starts = (n for n in self.nodes.values() if n.kind == "startEvent" and "timer" in n.events)
        return next(starts, None)

    @cached_property
    def human_tasks(self) -> tuple[Node, ...]:
        """The tasks that people do, in the order of the file."""
        return tuple(node for node in self.nodes.values() if node.kind in HUMAN_TASKS)

    @cached_property
    def first_tasks(self) -> tuple[str, ...]:
        """The human tasks that can be the first of a case: met first from the start events."""
        seen: set[str] = set()
        found: list[str] = []
        ahead = [node.id for node in self.nodes.values() if node.kind == "startEvent"]
        while ahead:
            node_id = ahead.pop(0)
            if node_id in seen or node_id not in self.nodes:
                continue
            seen.add(node_id)
            if self.nodes[node_id].kind in HUMAN_TASKS:
                found.append(node_id)
            else:
                ahead += [flow.target for flow in self.outgoing(node_id)]
        return tuple(found)

    @cached_property
    def places(self) -> dict[str, Place]:
        """Every place of work of the process by its key: lanes with tasks, tasks of their own."""
        found = (self.place(node.id) for node in self.human_tasks)
        return {place.key: place for place in found if place is not None}

    @cached_property
    def names(self) -> dict[str, str]:
        """What nodes, lanes and flows are called, by id; what has no name goes by its id."""
        nodes = {node.id: node.name or node.id for node in self.nodes.values()}
        lanes = {lane.id: lane.name for lane in self.lanes}
        return nodes | lanes | {flow.id: flow.name or flow.id for flow in self.flows}

    @cached_property
    def distinct(self) -> tuple[str, ...]:
        """The lanes whose persons must differ (`alur:distinct`)."""
        listed = self.properties.get("alur:distinct", "")
        return tuple(part.strip() for part in listed.split(",") if part.strip())

    @cached_property
    def _outgoing(self) -> dict[str, tuple[Flow, ...]]:
        found: dict[str, tuple[Flow, ...]] = {}
        for flow in self.flows:
            found[flow.source] = (*found.get(flow.source, ()), flow)
        return found

    @cached_property
    def _attached(self) -> dict[str, tuple[Node, ...]]:
        found: dict[str, tuple[Node, ...]] = {}
        for node in self.nodes.values():
            if node.attached_to:
                found[node.attached_to] = (*found.get(node.attached_to, ()), node)
        return found

    @cached_property
    def _lane_of(self) -> dict[str, Lane]:
        # Lanes come outermost first, so that a nested lane overwrites the one around it.
        return {node: lane for lane in self.lanes for node in lane.nodes}


@dataclass(frozen=True)
class Place:
    """Where work is done: ``key`` is a lane's id or a task's, ``actor`` the rule who does it."""

    key: str
    actor: str
