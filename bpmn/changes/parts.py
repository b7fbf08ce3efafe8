"""The elements of a file as they stand there, one by one, and where each is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn.diagram import FLOW_NODES
from bpmn.reading import BPMN, BPMNDI

if TYPE_CHECKING:
    from lxml.etree import _Element

    from bpmn.diagram import Diagram

# What stands for itself, and is no part of what it stands in.
_NAMES = FLOW_NODES | frozenset(
    "process collaboration participant messageFlow sequenceFlow laneSet childLaneSet lane message"
    " signal error escalation itemDefinition dataStore dataStoreReference dataObject"
    " dataObjectReference textAnnotation association group category".split()
)
ELEMENTS = frozenset(f"{{{BPMN}}}{name}" for name in _NAMES)
# Said by the flows and by the steps themselves.
ELSEWHERE = frozenset({f"{{{BPMN}}}{name}" for name in ("incoming", "outgoing", "flowNodeRef")})


def parts(diagram: Diagram) -> dict[str, object]:
    """Every element by its id: attributes, text and what belongs to it, in comparable form."""
    root = diagram.xml.getroottree().getroot()
    return {
        found.get("id") or str(found.tag): _content(found)
        for found in root.iter(f"{{{BPMN}}}*")
        if _is_element(found)
    }


def places(diagram: Diagram) -> dict[str, object]:
    """Where each element is drawn: the numbers and marks of its shape or line."""
    root = diagram.xml.getroottree().getroot()
    found: dict[str, object] = {}
    for name in ("BPMNShape", "BPMNEdge"):
        for drawn in root.iter(f"{{{BPMNDI}}}{name}"):
            below = [dict(part.attrib) for part in drawn.iterdescendants("*")]
            own = {key: value for key, value in drawn.attrib.items() if key != "id"}
            found[drawn.get("bpmnElement", "")] = (own, below)
    return found


def _is_element(found: _Element) -> bool:
    return found.tag in ELEMENTS


def _content(element: _Element) -> object:
    within = [
        _content(child)
        for child in element.iterchildren("*")
        if child.tag not in ELSEWHERE and not _is_element(child)
    ]
    return (element.tag, sorted(element.attrib.items()), (element.text or "").strip(), within)
