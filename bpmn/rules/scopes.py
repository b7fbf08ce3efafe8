"""The scopes of a drawing: a process and each subprocess in it, with what stands directly there."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from bpmn.diagram import ACTIVITIES, FLOW_NODES
from bpmn.elements import kind, local, within

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.etree import _Element

SUBPROCESSES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
LOOPS = frozenset({"standardLoopCharacteristics", "multiInstanceLoopCharacteristics"})


@dataclass(frozen=True, eq=False)
class Scope:
    """A process or a subprocess. ``nodes`` and ``flows`` are those on its own level, as XML."""

    element: _Element
    nodes: dict[str, _Element] = field(default_factory=dict)
    flows: list[_Element] = field(default_factory=list)
    _into: dict[str, list[_Element]] = field(default_factory=dict)
    _out_of: dict[str, list[_Element]] = field(default_factory=dict)
    _at_edge: dict[str, list[_Element]] = field(default_factory=dict)
    _kinds: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str | None:
        """The id of the process or subprocess."""
        return self.element.get("id")

    @property
    def is_flow(self) -> bool:
        """Whether it is gone through along its flows, which an ad hoc subprocess is not."""
        return kind(self.element) != "adHocSubProcess"

    def of_kind(self, *kinds: str) -> Iterator[_Element]:
        """Its nodes of these kinds, in the order of the file."""
        return (node for node_id, node in self.nodes.items() if self._kinds[node_id] in kinds)

    def has(self, *kinds: str) -> bool:
        """Whether there is a node of one of these kinds."""
        return any(True for _ in self.of_kind(*kinds))

    def into(self, node_id: str) -> list[_Element]:
        """The sequence flows into a node."""
        return self._into.get(node_id, [])

    def out_of(self, node_id: str) -> list[_Element]:
        """The sequence flows out of a node."""
        return self._out_of.get(node_id, [])

    def at_edge(self, node_id: str) -> list[_Element]:
        """The events attached to an activity."""
        return self._at_edge.get(node_id, [])

    def add(self, part: _Element) -> None:
        """Takes up an element that stands on this level."""
        name, part_id = kind(part), part.get("id")
        if name == "sequenceFlow":
            self.flows.append(part)
            self._into.setdefault(part.get("targetRef", ""), []).append(part)
            self._out_of.setdefault(part.get("sourceRef", ""), []).append(part)
        elif name in FLOW_NODES and part_id:
            self.nodes[part_id] = part
            self._kinds[part_id] = name
            self._at_edge.setdefault(part.get("attachedToRef", ""), []).append(part)


# The rules are asked one after the other about the same drawing.
@lru_cache(maxsize=1)
def scopes(process: _Element) -> tuple[Scope, ...]:
    """The process and all its subprocesses, outer ones first."""
    around = (process, *within(process, SUBPROCESSES))
    return tuple(_scope(element) for element in around)


def _scope(element: _Element) -> Scope:
    scope = Scope(element)
    for part in element.iterchildren():
        scope.add(part)
    return scope


def named(element: _Element, reference: str | None) -> _Element | None:
    """What a reference, perhaps with a prefix, stands for in the file of ``element``."""
    return _ids(element.getroottree().getroot()).get(local(reference))


@lru_cache(maxsize=1)
def _ids(root: _Element) -> dict[str, _Element]:
    return {e.get("id", ""): e for e in (root, *within(root, "*")) if e.get("id")}


def process_of(element: _Element) -> _Element | None:
    """The process that an element stands in."""
    return next((e for e in element.iterancestors() if kind(e) == "process"), None)


def parts(element: _Element, *kinds: str) -> list[_Element]:
    """The children of these kinds."""
    return [child for child in element.iterchildren() if kind(child) in kinds]


def definitions(event: _Element) -> tuple[str, ...]:
    """What an event is about ("timer", "message" …), by definitions of its own or referred to."""
    found: Iterable[_Element | None] = (
        named(event, child.text) if kind(child) == "eventDefinitionRef" else child
        for child in event.iterchildren()
    )
    kinds = (kind(definition) for definition in found if definition is not None)
    return tuple(
        name.removesuffix("EventDefinition") for name in kinds if name.endswith("EventDefinition")
    )


def is_true(element: _Element, name: str, default: str = "false") -> bool:
    """An `xsd:boolean` attribute."""
    return element.get(name, default) in ("true", "1")


def is_event_subprocess(node: _Element) -> bool:
    """Whether an event sets this subprocess off, not a flow."""
    return kind(node) in SUBPROCESSES and is_true(node, "triggeredByEvent")


def is_handler(node: _Element) -> bool:
    """Whether an activity only undoes another one, outside the flow."""
    return kind(node) in ACTIVITIES and is_true(node, "isForCompensation")


def begins(node: _Element) -> bool:
    """Whether a node is reached otherwise than along a flow."""
    return (
        kind(node) in ("startEvent", "boundaryEvent")
        or is_event_subprocess(node)
        or is_handler(node)
        or (kind(node) == "intermediateCatchEvent" and "link" in definitions(node))
    )


def ends(node: _Element) -> bool:
    """Whether a way may end at a node."""
    return (
        kind(node) == "endEvent"
        or is_event_subprocess(node)
        or is_handler(node)
        or (kind(node) == "intermediateThrowEvent" and "link" in definitions(node))
        or (kind(node) == "boundaryEvent" and "compensate" in definitions(node))
    )


def condition(flow: _Element) -> str | None:
    """The condition of a flow; None without one."""
    found = parts(flow, "conditionExpression")
    return "".join(found[0].itertext()).strip() if found else None
