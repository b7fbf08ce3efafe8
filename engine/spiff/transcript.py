"""A process as SpiffWorkflow is to read it: what it would read wrongly is said in other words.

Ways out of anything but a gateway become a gateway of their own behind it, whose name no file can
have; what carries no meaning for the run is left out.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from lxml import etree

from bpmn.diagram import GATEWAYS
from bpmn.reading import BPMN
from engine import variables
from engine.spiff.joins import ALWAYS

if TYPE_CHECKING:
    from lxml.etree import _Element

    from bpmn.diagram import Diagram, Flow

WAYS = ":ways"  # behind the id of a node, the name of the gateway for its ways out
_MEANINGLESS = ("extensionElements", "documentation", "laneSet", "textAnnotation", "association")


def transcript(diagram: Diagram) -> _Element:
    """The process and all it calls, in a document of its own."""
    root = etree.Element(_tag("definitions"), nsmap={"bpmn": BPMN})
    for process in (diagram, *diagram.called):
        copy = deepcopy(process.xml)
        copy.set("isExecutable", "true")
        root.append(copy)
    for name in _MEANINGLESS:
        for element in list(root.iter(_tag(name))):
            _remove(element)
    _bind_data(diagram, root)
    elements = {e.get("id") or "": e for e in root.iter(f"{{{BPMN}}}*") if e.get("id")}
    for node_id in diagram.nodes:
        _say_ways(diagram, node_id, elements)
    return root


def bound_data(diagram: Diagram) -> frozenset[str]:
    """The data objects that hold something: a task, script or answer gives data of their name."""
    given = variables.given(diagram)
    objects = (e for d in (diagram, *diagram.called) for e in d.xml.iter(_tag("dataObject")))
    return frozenset(name for e in objects if (name := e.get("id") or "") in given)


def _bind_data(diagram: Diagram, root: _Element) -> None:
    """Leaves out the data associations of objects that are only drawn."""
    bound = bound_data(diagram)
    meant = {
        e.get("id"): e.get("dataObjectRef") in bound for e in root.iter(_tag("dataObjectReference"))
    }
    for name, end in (
        ("dataInputAssociation", "sourceRef"),
        ("dataOutputAssociation", "targetRef"),
    ):
        for association in list(root.iter(_tag(name))):
            refers = association.find(_tag(end))
            if refers is None or not meant.get((refers.text or "").strip()):
                _remove(association)


def _say_ways(diagram: Diagram, node_id: str, elements: dict[str, _Element]) -> None:
    node, flows = diagram.nodes[node_id], diagram.outgoing(node_id)
    if node.kind == "inclusiveGateway":
        _say_conditions(flows, node.default, elements)
    elif node.kind not in GATEWAYS and (len(flows) > 1 or any(f.condition for f in flows)):
        _add_gateway(node_id, flows, node.default, elements)


def _add_gateway(
    node_id: str, flows: tuple[Flow, ...], default: str | None, elements: dict[str, _Element]
) -> None:
    conditional = any(flow.condition for flow in flows)
    element = elements[node_id]
    kind = "inclusiveGateway" if conditional else "parallelGateway"
    gateway = _beside(element, kind, {"id": f"{node_id}{WAYS}"})
    for flow in flows:
        elements[flow.id].set("sourceRef", f"{node_id}{WAYS}")
    if conditional:
        _say_conditions(flows, default, elements)
        if default:
            gateway.set("default", element.attrib.pop("default"))
    onward = {"id": f"{node_id}:way", "sourceRef": node_id, "targetRef": f"{node_id}{WAYS}"}
    _beside(element, "sequenceFlow", onward)


def _beside(element: _Element, name: str, attributes: dict[str, str]) -> _Element:
    added = etree.Element(_tag(name), attributes)
    element.addnext(added)
    return added


def _say_conditions(
    flows: tuple[Flow, ...], default: str | None, elements: dict[str, _Element]
) -> None:
    """SpiffWorkflow takes a way without a condition for the default (BPMN 2.0, 10.5.3)."""
    for flow in flows:
        if flow.condition is None and flow.id != default:
            condition = etree.SubElement(elements[flow.id], _tag("conditionExpression"))
            condition.text = ALWAYS


def _remove(element: _Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _tag(name: str) -> str:
    return f"{{{BPMN}}}{name}"
