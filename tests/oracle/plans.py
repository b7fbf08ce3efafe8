"""A process as drawn: its nodes, flows and loops, read from BPMN 2.0 XML. Nothing is checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
BY_HAND = {"userTask", "manualTask"}
ACTIVITIES = BY_HAND | set("task scriptTask serviceTask sendTask receiveTask subProcess".split())
GATEWAYS = {f"{kind}Gateway" for kind in ("exclusive", "parallel", "inclusive", "eventBased")}
CATCHING = {"startEvent", "intermediateCatchEvent", "boundaryEvent"}
THROWING = {"endEvent", "intermediateThrowEvent"}
KINDS = ACTIVITIES | GATEWAYS | CATCHING | THROWING
# Which attribute names what is thrown and caught. Thrown messages leave the case, so need none.
NAMED = {"signal": "name", "error": "errorCode", "escalation": "escalationCode"}
COUNTERS = {"loopCounter", "nrOfInstances", "nrOfActiveInstances", "nrOfCompletedInstances"}


class Fixed:
    """Does not change once the plan is read, so that copies of a game share it."""

    def __deepcopy__(self, _known: dict[int, object]) -> Fixed:
        return self


@dataclass(eq=False)
class Flow(Fixed):
    """A sequence flow."""

    id: str
    source: Node
    target: Node
    condition: str | None
    default: bool


@dataclass
class Loop:
    """The loop marker of an activity; `item` and `output` are names inside of one instance."""

    kind: str  # standard, sequential or parallel
    condition: str | None  # repeat while (standard), or complete when
    maximum: int | None = None
    test_before: bool = False
    cardinality: str | None = None
    collection: str | None = None
    item: str | None = None
    output: str | None = None
    outputs: str | None = None

    @property
    def local(self) -> set[str | None]:
        return {*COUNTERS, self.item, self.output} if self.kind != "standard" else {"loopCounter"}


@dataclass(eq=False)
class Node(Fixed):
    """A flow node."""

    id: str
    kind: str
    event: str = ""  # what an event waits for or throws; empty: nothing
    code: str | None = None
    interrupting: bool = True
    script: str = ""
    loop: Loop | None = None
    inner: Plan | None = None
    incoming: list[Flow] = field(default_factory=list)
    outgoing: list[Flow] = field(default_factory=list)
    boundary: list[Node] = field(default_factory=list)
    handler: Node | None = None  # of the start of an event subprocess: the event subprocess

    @property
    def joins(self) -> bool:
        return self.kind in {"parallelGateway", "inclusiveGateway"} and len(self.incoming) > 1

    @property
    def onward(self) -> list[Flow]:
        """Where a token in this node may leave it, by its boundary events as well."""
        return self.outgoing + [flow for event in self.boundary for flow in event.outgoing]


@dataclass(eq=False)
class Plan(Fixed):
    """What a process or a subprocess contains."""

    nodes: dict[str, Node]
    starts: list[Node]
    listeners: list[Node]  # the start events of its event subprocesses


def read(source: bytes) -> Plan:
    """The only executable process of a file."""
    root = etree.fromstring(source)
    (process,) = root.iterfind("{*}process[@isExecutable='true']")
    codes = {
        element.get("id", ""): element.get(attribute)
        for kind, attribute in NAMED.items()
        for element in root.iterfind(f"{{*}}{kind}")
    }
    return _plan(process, codes)


def _plan(container: _Element, codes: dict[str, str | None]) -> Plan:
    drawn = [element for element in container.iterchildren("{*}*") if _kind(element) in KINDS]
    nodes = {element.get("id", ""): _node(element, codes) for element in drawn}
    for element in drawn:
        if host := element.get("attachedToRef"):
            nodes[_local(host)].boundary.append(nodes[element.get("id", "")])
    for flow in _flows(container, nodes):
        flow.source.outgoing.append(flow)
        flow.target.incoming.append(flow)
    handlers = [nodes[e.get("id", "")] for e in drawn if e.get("triggeredByEvent") == "true"]
    starts = [
        node
        for node in nodes.values()
        if not node.incoming and node.kind != "boundaryEvent" and node not in handlers
    ]
    return Plan(nodes, starts, [_listener(handler) for handler in handlers])


def _listener(handler: Node) -> Node:
    assert handler.inner
    (start,) = handler.inner.starts
    start.handler = handler
    return start


def _flows(container: _Element, nodes: dict[str, Node]) -> Iterator[Flow]:
    defaults = {element.get("default") for element in container.iterchildren("{*}*")}
    for element in container.iterchildren("{*}sequenceFlow"):
        source, target = element.get("sourceRef", ""), element.get("targetRef", "")
        condition = element.findtext("{*}conditionExpression")
        yield Flow(
            element.get("id", ""),
            nodes[source],
            nodes[target],
            condition,
            element.get("id") in defaults,
        )


def _node(element: _Element, codes: dict[str, str | None]) -> Node:
    node = Node(element.get("id", ""), _kind(element), loop=_loop(element))
    node.script = element.findtext("{*}script") or ""
    for definition in element.iterchildren("{*}*"):
        if _kind(definition).endswith("EventDefinition"):
            node.event = _kind(definition).removesuffix("EventDefinition")
            node.code = codes.get(_local(definition.get(f"{node.event}Ref", "")))
    # The attribute is called differently at the start and on the boundary; errors always interrupt.
    said = {element.get("isInterrupting"), element.get("cancelActivity")}
    node.interrupting = "false" not in said or node.event == "error"
    if node.kind == "subProcess":
        node.inner = _plan(element, codes)
    return node


def _loop(element: _Element) -> Loop | None:
    standard = element.find("{*}standardLoopCharacteristics")
    if standard is not None:
        maximum, before = standard.get("loopMaximum"), standard.get("testBefore") == "true"
        condition = standard.findtext("{*}loopCondition")
        return Loop("standard", condition, int(maximum) if maximum else None, before)
    many = element.find("{*}multiInstanceLoopCharacteristics")
    if many is None:
        return None
    collection = many.findtext("{*}loopDataInputRef") or many.get(CAMUNDA + "collection")
    outputs = many.findtext("{*}loopDataOutputRef")
    return Loop(
        "sequential" if many.get("isSequential") == "true" else "parallel",
        many.findtext("{*}completionCondition"),
        cardinality=many.findtext("{*}loopCardinality"),
        collection=_local(collection) if collection else None,
        item=_id_of(many.find("{*}inputDataItem")) or many.get(CAMUNDA + "elementVariable"),
        output=_id_of(many.find("{*}outputDataItem")),
        outputs=_local(outputs) if outputs else None,
    )


def _id_of(element: _Element | None) -> str | None:
    return element.get("id") if element is not None else None


def _kind(element: _Element) -> str:
    return etree.QName(element).localname


def _local(name: str) -> str:
    """A reference without the prefix of its namespace, and without ${}."""
    return name.strip().removeprefix("${").removesuffix("}").split(":")[-1]
