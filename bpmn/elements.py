"""The elements of a BPMN file, read once into the values of `bpmn.diagram`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from bpmn.diagram import FLOW_NODES, Diagram, Field, Flow, Lane, Loop, Node, Passing, Timer
from bpmn.reading import BPMN, CAMUNDA

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.etree import _Element

_PREFIX = f"{{{BPMN}}}"
_EXTENSIONS = f"{_PREFIX}extensionElements"
_FALSE = {"false", "0"}
# Each extension by its names, of which there is one a namespace.
_PROPERTIES, _PROPERTY, _FORM, _FIELD, _CHOICE, _VALIDATION, _TAKES, _GIVES = (
    tuple(f"{{{namespace}}}{name}" for namespace in CAMUNDA)
    for name in "properties property formData formField value validation in out".split()
)
# The attribute that says what an element at the root goes by.
_REFERRED = {
    "message": "name",
    "signal": "name",
    "error": "errorCode",
    "escalation": "escalationCode",
}


@dataclass(frozen=True, eq=False)
class File:
    """A whole file: its ``bpmn:definitions``, and its processes, which are read once."""

    root: _Element

    @cached_property
    def diagrams(self) -> tuple[Diagram, ...]:
        """Every process, in the order of the file."""
        return diagrams(self.root)


def diagrams(root: _Element) -> tuple[Diagram, ...]:
    """Every process of a `bpmn:definitions`, in the order of the file."""
    return tuple(diagram(process) for process in root.iterfind(_tag("process")))


def extension_properties(element: _Element) -> dict[str, str]:
    """The `camunda:property` entries of an element by name."""
    return {
        item.get("name") or "": item.get("value") or ""
        for holder in _extensions(element, _PROPERTIES)
        for item in holder.iterchildren(*_PROPERTY)
    }


def within(container: _Element, kinds: Iterable[str]) -> Iterator[_Element]:
    """What of these kinds stands in an element, however deep, in the order of the file."""
    return container.iterdescendants(*map(_tag, kinds))


def with_properties(container: _Element) -> Iterator[tuple[_Element, dict[str, str]]]:
    """An element and those in it that have `camunda:property` entries, with these."""
    for holder in container.iter(_EXTENSIONS):
        element = holder.getparent()
        if element is not None:
            yield element, extension_properties(element)


def diagram(process: _Element) -> Diagram:
    """The view of a `bpmn:process`, with all that stands in its subprocesses."""
    named = _references(process.getroottree().getroot())
    nodes = (_node(element, named) for element in within(process, FLOW_NODES))
    return Diagram(
        key=process.get("id") or "",
        name=process.get("name") or process.get("id") or "",
        executable=process.get("isExecutable") in ("true", "1"),
        properties=extension_properties(process),
        lanes=tuple(_lanes(process)),
        nodes={node.id: node for node in nodes},
        flows=tuple(map(_flow, within(process, ["sequenceFlow"]))),
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


def _references(root: _Element) -> dict[str, str]:
    """What messages and signals are named, and the codes of errors and escalations, by id."""
    found = {}
    for element in root.iterchildren():
        name = _REFERRED.get(kind(element))
        if name and element.get("id"):
            found[element.get("id") or ""] = element.get(name) or ""
    return found


def _scope(element: _Element) -> str:
    """The id of the subprocess around an element; empty at the level of the process."""
    above = element.getparent()
    inside = above is not None and kind(above) != "process"
    return (above.get("id") or "") if above is not None and inside else ""


def _node(element: _Element, named: dict[str, str]) -> Node:
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
        interrupting=not {element.get("cancelActivity"), element.get("isInterrupting")} & _FALSE,
        default=element.get("default"),
        scope=_scope(element),
        reference=_reference((element, *definitions), named),
        loop=_loop(element),
        called=local(element.get("calledElement")) or None,
        takes=tuple(_passed(element, _TAKES)),
        gives_back=tuple(_passed(element, _GIVES)),
        triggered_by_event=element.get("triggeredByEvent") in ("true", "1"),
    )


def _reference(parts: Iterable[_Element], named: dict[str, str]) -> str | None:
    """What a message, signal, error or escalation goes by; None when it refers to none."""
    for part in parts:
        for name in ("messageRef", "signalRef", "errorRef", "escalationRef"):
            if part.get(name):
                return named.get(local(part.get(name))) or None
    return None


def _loop(element: _Element) -> Loop | None:
    standard = element.find(_tag("standardLoopCharacteristics"))
    if standard is not None:
        return Loop(
            "standard",
            condition=_expression(standard, "loopCondition"),
            test_before=standard.get("testBefore") in ("true", "1"),
            maximum=standard.get("loopMaximum"),
        )
    many = element.find(_tag("multiInstanceLoopCharacteristics"))
    return None if many is None else _many(many)


def _many(many: _Element) -> Loop:
    camunda = camunda_attributes(many)
    return Loop(
        "sequential" if many.get("isSequential") in ("true", "1") else "parallel",
        condition=_expression(many, "completionCondition"),
        cardinality=_expression(many, "loopCardinality"),
        collection=_expression(many, "loopDataInputRef") or camunda.get("collection"),
        item=_item(many, "inputDataItem") or camunda.get("elementVariable"),
        output=_expression(many, "loopDataOutputRef"),
        output_item=_item(many, "outputDataItem"),
    )


def _expression(element: _Element, name: str) -> str | None:
    child = element.find(_tag(name))
    return None if child is None else _text(child)


def _item(element: _Element, name: str) -> str | None:
    child = element.find(_tag(name))
    return None if child is None else child.get("id")


def _passed(element: _Element, tags: tuple[str, ...]) -> Iterator[Passing]:
    for item in _extensions(element, tags):
        if item.get("variables") == "all":
            yield Passing(None, None)
        elif source := item.get("sourceExpression") or item.get("source"):
            yield Passing(source, item.get("target"))


def _timer(definition: _Element) -> Timer | None:
    for name in ("timeDuration", "timeDate", "timeCycle"):
        text = definition.find(_tag(name))
        if text is not None:
            return Timer(name, _text(text))
    return None


def _fields(element: _Element) -> Iterator[Field]:
    for form in _extensions(element, _FORM):
        yield from map(_field, form.iterchildren(*_FIELD))


def _field(item: _Element) -> Field:
    choices = item.iterchildren(*_CHOICE)
    constraints = (c for v in item.iterchildren(*_VALIDATION) for c in v.iterchildren())
    properties = (p for h in item.iterchildren(*_PROPERTIES) for p in h.iterchildren(*_PROPERTY))
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


def _extensions(element: _Element, tags: tuple[str, ...]) -> Iterator[_Element]:
    for holder in element.iterchildren(_EXTENSIONS):
        yield from holder.iterchildren(*tags)


def local(reference: str | None) -> str:
    """The id in a reference, which may have a prefix (an `xsd:QName`)."""
    return (reference or "").strip().rpartition(":")[2]


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
    return _PREFIX + name


def kind(element: _Element) -> str:
    """The BPMN name of an element; empty for comments and other namespaces."""
    tag = element.tag
    return tag.removeprefix(_PREFIX) if isinstance(tag, str) and tag.startswith(_PREFIX) else ""


def _text(element: _Element) -> str:
    return "".join(element.itertext()).strip()
