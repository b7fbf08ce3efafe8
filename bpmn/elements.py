"""The elements of a BPMN file, read once into the values of `bpmn.diagram`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bpmn.diagram import FLOW_NODES, Diagram, Field, Flow, Lane, Node, Timer
from bpmn.reading import BPMN, CAMUNDA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element


def diagrams(root: _Element) -> tuple[Diagram, ...]:
    """Every process of a `bpmn:definitions`, in the order of the file."""
    return tuple(_diagram(process) for process in root.iterfind(_tag("process")))


def extension_properties(element: _Element) -> dict[str, str]:
    """The `camunda:property` entries of an element by name."""
    return {
        item.get("name") or "": item.get("value") or ""
        for holder in _extensions(element, "properties")
        for item in _camunda_children(holder, "property")
    }


def _diagram(process: _Element) -> Diagram:
    nodes = (_node(e) for e in process.iterchildren() if kind(e) in FLOW_NODES)
    return Diagram(
        key=process.get("id") or "",
        name=process.get("name") or process.get("id") or "",
        executable=process.get("isExecutable") in ("true", "1"),
        properties=extension_properties(process),
        lanes=tuple(_lanes(process)),
        nodes={node.id: node for node in nodes},
        flows=tuple(_flow(e) for e in process.iterfind(_tag("sequenceFlow"))),
        xml=process,
    )


def _lanes(container: _Element) -> Iterator[Lane]:
    for lane in container.iterfind(f"{_tag('laneSet')}/{_tag('lane')}"):
        yield _lane(lane)
        yield from _nested_lanes(lane)


def _nested_lanes(lane: _Element) -> Iterator[Lane]:
    for child in lane.iterfind(f"{_tag('childLaneSet')}/{_tag('lane')}"):
        yield replace(_lane(child), parent=lane.get("id"))
        yield from _nested_lanes(child)


def _lane(element: _Element) -> Lane:
    return Lane(
        id=element.get("id") or "",
        name=element.get("name") or element.get("id") or "",
        actor=extension_properties(element).get("alur:actor"),
        nodes=frozenset(_text(ref) for ref in element.iterfind(_tag("flowNodeRef"))),
    )


def _flow(element: _Element) -> Flow:
    condition = element.find(_tag("conditionExpression"))
    return Flow(
        id=element.get("id") or "",
        source=element.get("sourceRef") or "",
        target=element.get("targetRef") or "",
        name=element.get("name") or "",
        condition=None if condition is None else _text(condition),
        language=None if condition is None else condition.get("language"),
    )


def _node(element: _Element) -> Node:
    definitions = [e for e in element.iterchildren() if kind(e).endswith("EventDefinition")]
    script = element.find(_tag("script"))
    attributes: dict[str, str] = {}
    for part in (*definitions, element):  # an event's topic stands on its definition
        attributes |= camunda_attributes(part)
    return Node(
        id=element.get("id") or "",
        kind=kind(element),
        name=element.get("name") or "",
        line=int(element.sourceline or 0),
        documentation=" ".join(_text(e) for e in element.iterfind(_tag("documentation"))),
        properties=extension_properties(element),
        attributes=attributes,
        form=tuple(_fields(element)),
        events=tuple(kind(e).removesuffix("EventDefinition") for e in definitions),
        timer=next(filter(None, map(_timer, definitions)), None),
        topic=attributes.get("topic") or None,
        script=None if script is None else script.text or "",
        script_format=element.get("scriptFormat"),
        attached_to=element.get("attachedToRef"),
        interrupting=element.get("cancelActivity") not in ("false", "0"),
        default=element.get("default"),
    )


def _timer(definition: _Element) -> Timer | None:
    for name in ("timeDuration", "timeDate", "timeCycle"):
        text = definition.find(_tag(name))
        if text is not None:
            return Timer(name, _text(text))
    return None


def _fields(element: _Element) -> Iterator[Field]:
    for form in _extensions(element, "formData"):
        for item in _camunda_children(form, "formField"):
            yield _field(item)


def _field(item: _Element) -> Field:
    choices = _camunda_children(item, "value")
    constraints = (c for v in _camunda_children(item, "validation") for c in v.iterchildren())
    properties = (
        p for h in _camunda_children(item, "properties") for p in _camunda_children(h, "property")
    )
    return Field(
        id=item.get("id") or "",
        type=item.get("type") or "string",
        label=item.get("label") or item.get("id") or "",
        default=item.get("defaultValue"),
        choices=tuple((c.get("id") or "", c.get("name") or c.get("id") or "") for c in choices),
        constraints={c.get("name") or "": c.get("config") or "true" for c in constraints},
        # Camunda's form properties are named by `id`, its extension properties by `name`.
        properties={p.get("id") or p.get("name") or "": p.get("value") or "" for p in properties},
    )


def _extensions(element: _Element, name: str) -> Iterator[_Element]:
    for holder in element.iterfind(_tag("extensionElements")):
        yield from _camunda_children(holder, name)


def _camunda_children(element: _Element, name: str) -> Iterator[_Element]:
    for namespace in CAMUNDA:
        yield from element.iterfind(f"{{{namespace}}}{name}")


def owner_id(element: _Element) -> str | None:
    """The id of the nearest element around this one that has one."""
    return next((e.get("id") for e in element.iterancestors() if e.get("id")), None)


def camunda_attributes(element: _Element) -> dict[str, str]:
    """The Camunda attributes of an element, without their namespace."""
    found = {}
    for name, value in element.attrib.items():
        namespace, _, local = str(name).rpartition("}")
        if namespace.lstrip("{") in CAMUNDA:
            found[local] = str(value)
    return found


def _tag(name: str) -> str:
    return f"{{{BPMN}}}{name}"


def kind(element: _Element) -> str:
    """The BPMN name of an element; empty for comments and other namespaces."""
    tag = element.tag
    return tag.removeprefix(f"{{{BPMN}}}") if isinstance(tag, str) and BPMN in tag else ""


def _text(element: _Element) -> str:
    return "".join(element.itertext()).strip()
