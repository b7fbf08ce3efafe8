"""The view of what is drawn: lanes, nodes, flows, forms and SOP facts of one process.

Frozen values, read from the XML by `bpmn.elements`; nothing here judges (`bpmn.rules` does) or
executes (`engine.spiff.programs` does).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

    from bpmn.columns import Column
    from bpmn.messages import Message

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

# What an instance or round of a repeated activity knows of the repetition.
COUNTERS = ("loopCounter", "nrOfInstances", "nrOfActiveInstances", "nrOfCompletedInstances")


@dataclass(frozen=True)
class Field:
    """One `camunda:formField`. ``constraints`` and ``properties`` keep the analyst's text.

    ``columns`` are those of a table in a form that is written, not drawn.
    """

    id: str
    type: str
    label: str | Message
    default: str | None = None
    choices: tuple[tuple[str, str | Message], ...] = ()
    constraints: dict[str, str] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)
    columns: tuple[Column, ...] = ()

    @property
    def required(self) -> bool:
        """Whether an answer must always be given (a constraint counts unless it says false)."""
        return self.constraints.get("required", "false").lower() != "false"


@dataclass(frozen=True)
class Loop:
    """How often an activity is done: ``kind`` is ``standard``, ``parallel`` or ``sequential``.

    ``condition`` is a standard loop's (go on while it holds) or the completion condition of many
    instances (stop once it holds); ``collection`` and ``cardinality`` are expressions, ``item`` and
    ``output_item`` names inside an instance, ``output`` the name that gathers the results.
    """

    kind: str
    condition: str | None = None
    test_before: bool = False
    maximum: str | None = None
    cardinality: str | None = None
    collection: str | None = None
    item: str | None = None
    output: str | None = None
    output_item: str | None = None


@dataclass(frozen=True)
class Passing:
    """One `camunda:in` or `camunda:out` of a call: ``target`` gets the value of ``source``.

    ``source`` is an expression; None passes all data under their own names.
    """

    source: str | None
    target: str | None


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
    """A flow node. ``attributes`` are the Camunda attributes without their namespace.

    ``scope`` is the id of the subprocess that it stands in (of a called process: its key), empty
    at the level of the process. ``reference`` is what its event, or its message, goes by: the name
    of a message or signal, the code of an error or escalation. ``called`` is the key of a called
    process, ``takes`` and ``gives_back`` what is passed in and out of it.
    """

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
    scope: str = ""
    reference: str | None = None
    loop: Loop | None = None
    called: str | None = None
    takes: tuple[Passing, ...] = ()
    gives_back: tuple[Passing, ...] = ()
    triggered_by_event: bool = False

    @property
    def is_waktu(self) -> bool:
        """Whether this is the boundary timer that carries the SOP's standard duration."""
        return self.properties.get("alur:timer") == "waktu"

    @property
    def starts_on_take_up(self) -> bool:
        """Whether its clock starts when the performer takes the work up, not when it arrives."""
        return self.is_waktu and self.properties.get("alur:clock") != "arrival"

    @property
    def asks_starter(self) -> bool:
        """Whether its form is filled in by who starts a case: that of the process's plain start."""
        plain = self.kind == "startEvent" and not (self.events or self.scope)
        return plain and bool(self.form)

    @property
    def is_bulk(self) -> bool:
        """Whether it is done for many cases on one page."""
        return self.properties.get("alur:bulk") == "true"

    @property
    def is_handover(self) -> bool:
        """Whether saying that it is done is enough: nothing must be answered, nothing signed."""
        asked = any(
            field.required or "requiredIf" in field.properties or field.type in ("table", "file")
            for field in self.form
        )
        plain = not asked and "formKey" not in self.attributes
        return (
            self.kind in HUMAN_TASKS
            and "alur:signs" not in self.properties
            and (plain or self.is_bulk)
        )

    @property
    def gives(self) -> tuple[str, ...]:
        """The names that an answer or a message brings into the case (`alur:gives`)."""
        return listed(self.properties.get("alur:gives", ""))

    @property
    def sends(self) -> tuple[str, ...]:
        """The names of the case that go along with a message (`alur:sends`)."""
        return listed(self.properties.get("alur:sends", ""))

    @property
    def documents(self) -> tuple[str, ...]:
        """The kinds of documents that completing the task orders (`alur:documents`)."""
        return tuple(dict.fromkeys(listed(self.properties.get("alur:documents", ""))))

    @property
    def correlation(self) -> str | None:
        """The expression whose value a message and who awaits it share (`alur:correlation`)."""
        return self.properties.get("alur:correlation")


@dataclass(frozen=True, eq=False)
class Diagram:
    """One process of a BPMN file, as drawn, with what stands in its subprocesses.

    ``nodes`` and ``flows`` are those of all levels. ``called`` are the processes it calls, which
    `bpmn.calls` has joined to it: their parts stand among its own, ids behind ``<key>:``.
    """

    key: str
    name: str
    executable: bool
    properties: dict[str, str]
    lanes: tuple[Lane, ...]
    nodes: dict[str, Node]
    flows: tuple[Flow, ...]
    xml: _Element = field(repr=False)
    called: tuple[Diagram, ...] = ()

    def outgoing(self, node_id: str) -> tuple[Flow, ...]:
        """The sequence flows out of a node, in the order of the file."""
        return self._outgoing.get(node_id, ())

    def lane_of(self, node_id: str) -> Lane | None:
        """The innermost lane a node is drawn in; in a subprocess that of the subprocess."""
        seen: set[str] = set()  # ids that stand twice may lead in a circle
        while node_id in self.nodes and node_id not in seen | self._lane_of.keys():
            seen.add(node_id)
            node_id = self.nodes[node_id].scope
        return self._lane_of.get(node_id)

    def inside(self, scope: str) -> tuple[Node, ...]:
        """The nodes that stand directly in a subprocess, or at the level of the process."""
        return self._inside.get(scope, ())

    def starts(self, scope: str) -> tuple[Node, ...]:
        """The start events of a subprocess or of the process."""
        return tuple(node for node in self.inside(scope) if node.kind == "startEvent")

    def shown_as(self, node_id: str) -> tuple[str, ...]:
        """The nodes of the process's own drawing that show one: itself, or the calls around it."""
        key, colon, _ = node_id.partition(":")
        if not colon:
            return (node_id,)
        calls = (node.id for node in self.nodes.values() if node.called == key)
        return tuple(shown for call in calls for shown in self.shown_as(call))

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
        return next((start for start in self.starts("") if "timer" in start.events), None)

    @cached_property
    def human_tasks(self) -> tuple[Node, ...]:
        """The tasks that people do, in the order of the file."""
        return tuple(node for node in self.nodes.values() if node.kind in HUMAN_TASKS)

    @cached_property
    def start_form(self) -> Node | None:
        """The start event whose form is filled in by who starts a case."""
        return next((start for start in self.starts("") if start.asks_starter), None)

    @cached_property
    def asking(self) -> tuple[Node, ...]:
        """What may have a form drawn: the tasks that people do, and start events that have one."""
        starts = (n for n in self.nodes.values() if n.kind == "startEvent" and n.form)
        return (*starts, *self.human_tasks)

    @cached_property
    def first_tasks(self) -> tuple[str, ...]:
        """The human tasks that can be the first of a case."""
        return self.met_first(*(start.id for start in self.starts("")))

    def met_first(self, *node_ids: str) -> tuple[str, ...]:
        """The human tasks that a case comes to first from these nodes, themselves among them."""
        seen: set[str] = set()
        found: list[str] = []
        ahead = list(node_ids)
        while ahead:
            node_id = ahead.pop(0)
            if node_id in seen or node_id not in self.nodes:
                continue
            seen.add(node_id)
            if self.nodes[node_id].kind in HUMAN_TASKS:
                found.append(node_id)
            else:
                ahead += self._after(self.nodes[node_id])
        return tuple(found)

    def ahead_of(self, *node_ids: str) -> frozenset[str]:
        """All nodes that a case may still come to from these, themselves among them."""
        seen: set[str] = set()
        ahead = list(node_ids)
        while ahead:
            node_id = ahead.pop()
            if node_id not in seen:
                seen.add(node_id)
                ahead += self._next_to(self.nodes[node_id])
        return frozenset(seen)

    def _next_to(self, node: Node) -> list[str]:
        """What may follow a node: behind it, at its edge, in it, and behind what is around it."""
        found = [flow.target for flow in self.outgoing(node.id)]
        found += [event.id for event in self.boundary_events(node.id)]
        found += [inner.id for inner in self.inside(node.called or node.id)]
        for around in self.nodes.values():
            if node.scope in (around.id, around.called):
                found += [flow.target for flow in self.outgoing(around.id)]
                found += [event.id for event in self.boundary_events(around.id)]
        return found

    def _after(self, node: Node) -> list[str]:
        """Where a case can go on from a node that is no task of a person."""
        if inner := self.starts(node.called or node.id):
            return [start.id for start in inner]
        if node.kind == "endEvent":
            around = (n.id for n in self.nodes.values() if node.scope in (n.id, n.called))
            return [flow.target for scope in around for flow in self.outgoing(scope)]
        return [flow.target for flow in self.outgoing(node.id)]

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
        """The lanes of this process whose persons must differ (`alur:distinct`)."""
        return listed(self.properties.get("alur:distinct", ""))

    @cached_property
    def apart(self) -> tuple[tuple[str, ...], ...]:
        """The places whose persons must differ, for this process and each that it calls."""
        return tuple(d.distinct for d in (self, *self.called) if d.distinct)

    @cached_property
    def _outgoing(self) -> dict[str, tuple[Flow, ...]]:
        found: dict[str, tuple[Flow, ...]] = {}
        for flow in self.flows:
            found[flow.source] = (*found.get(flow.source, ()), flow)
        return found

    @cached_property
    def _inside(self) -> dict[str, tuple[Node, ...]]:
        found: dict[str, list[Node]] = {}
        for node in self.nodes.values():
            found.setdefault(node.scope, []).append(node)
        return {scope: tuple(nodes) for scope, nodes in found.items()}

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


def listed(text: str) -> tuple[str, ...]:
    """The parts of a list with commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())
