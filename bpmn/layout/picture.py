"""A layout as BPMN writes it (BPMN 2.0.2, clause 12), put into a file that stays as it is."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING
from xml.parsers import expat

from lxml import etree

from bpmn.reading import BPMN, BPMNDI

if TYPE_CHECKING:
    from lxml.etree import _Element

    from bpmn.layout.labels import Box
    from bpmn.layout.plan import Plan

DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
MARGIN = 100  # left of and above the drawing, as editors begin


def pictures(root: _Element, plans: list[Plan]) -> list[_Element]:
    """A `bpmndi:BPMNDiagram` for each plan; colours and the like are kept from those there were."""
    taken = {e.get("id") for e in root.iter() if e.get("id") and not _is_picture(e)}
    kept = {
        e.get("bpmnElement") or "": {str(k): str(v) for k, v in e.attrib.items()}
        for e in root.iter()
        if _is_shown(e)
    }
    gateways = {
        e.get("id") for e in root.iter(f"{{{BPMN}}}exclusiveGateway")
    }  # the cross in them is a matter of layout
    names = _prefixes(root) | {"bpmndi": BPMNDI, "dc": DC, "di": DI}
    return [
        _picture(plan, number, taken, kept, gateways, names) for number, plan in enumerate(plans, 1)
    ]


def spliced(source: bytes, found: list[_Element], dropped: set[int]) -> bytes:
    """The file with these pictures, and without those of its own whose numbers are dropped.

    Not a byte changes beside them.
    """
    spans, end = _spans(source)
    places = [spans[number] for number in sorted(dropped)]
    at = places[0][0] if places else end
    text = _written(found, _encoding(source), alone=not places)
    for start, stop in reversed(places):
        source = source[:start] + source[stop:]
    return source[:at] + text + source[at:]


def _prefixes(root: _Element) -> dict[str, str]:
    """How the file calls the colours and the like of its picture."""
    used = {
        str(name)[1:].partition("}")[0] for e in root.iter() if _is_shown(e) for name in e.attrib
    }
    return {prefix: space for prefix, space in root.nsmap.items() if prefix and space in used}


def _is_picture(element: _Element) -> bool:
    return isinstance(element.tag, str) and any(space in element.tag for space in (BPMNDI, DC, DI))


def _is_shown(element: _Element) -> bool:
    return element.tag in (f"{{{BPMNDI}}}BPMNShape", f"{{{BPMNDI}}}BPMNEdge")


def _picture(
    plan: Plan,
    number: int,
    taken: set[str | None],
    kept: dict[str, dict[str, str]],
    gateways: set[str | None],
    names: dict[str, str],
) -> _Element:
    def fresh(name: str) -> str:
        while name in taken:
            name += "_"
        taken.add(name)
        return name

    diagram = etree.Element(
        f"{{{BPMNDI}}}BPMNDiagram", {"id": fresh(f"BPMNDiagram_{number}")}, names
    )
    about = {"id": fresh(f"BPMNPlane_{number}"), "bpmnElement": plan.element}
    plane = etree.SubElement(diagram, f"{{{BPMNDI}}}BPMNPlane", about)
    for name, box in plan.boxes.items():
        said = {"id": fresh(f"{name}_di"), "bpmnElement": name}
        if name in plan.strips:
            said["isHorizontal"] = "true"
        if name in plan.expanded:
            said["isExpanded"] = "true"
        if name in gateways:
            said["isMarkerVisible"] = "true"
        shape = _add(plane, "BPMNShape", said, kept.get(name, {}))
        _bounds(shape, box)
        _label(shape, plan.labels.get(name))
    for name, points in plan.edges.items():
        said = {"id": fresh(f"{name}_di"), "bpmnElement": name}
        edge = _add(plane, "BPMNEdge", said, kept.get(name, {}))
        for x, y in points:
            at = {"x": _number(x + MARGIN), "y": _number(y + MARGIN)}
            etree.SubElement(edge, f"{{{DI}}}waypoint", at)
        _label(edge, plan.labels.get(name))
    return diagram


def _add(plane: _Element, kind: str, said: dict[str, str], kept: dict[str, str]) -> _Element:
    foreign = {name: value for name, value in kept.items() if str(name).startswith("{")}
    return etree.SubElement(plane, f"{{{BPMNDI}}}{kind}", said | foreign)


def _bounds(shape: _Element, box: Box) -> None:
    at = {"x": _number(box.left + MARGIN), "y": _number(box.top + MARGIN)}
    size = {"width": _number(box.right - box.left), "height": _number(box.bottom - box.top)}
    etree.SubElement(shape, f"{{{DC}}}Bounds", at | size)


def _label(shape: _Element, box: Box | None) -> None:
    if box:
        _bounds(etree.SubElement(shape, f"{{{BPMNDI}}}BPMNLabel"), box)


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _written(found: list[_Element], encoding: str, *, alone: bool) -> bytes:
    texts = []
    for picture in found:
        etree.indent(picture, space="  ", level=1)
        text: str = etree.tostring(picture, encoding="unicode")
        texts.append(text.rstrip())
    text = "\n  ".join(texts)
    return (f"  {text}\n" if alone else text).encode(encoding, "xmlcharrefreplace")


def _encoding(source: bytes) -> str:
    for mark, name in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if source.startswith(mark):
            return name
    return str(etree.fromstring(source).getroottree().docinfo.encoding or "utf-8")


def _spans(source: bytes) -> tuple[list[tuple[int, int]], int]:
    """From where to where the pictures of a file stand, and where new ones may."""
    parser = expat.ParserCreate()
    starts: list[int] = []  # of the root's children
    stops: list[int] = []
    depth = closing = 0

    def begins(_name: str, _attributes: object) -> None:
        nonlocal depth
        here = parser.CurrentByteIndex
        if len(stops) < len(starts) and depth == 1:
            stops.append(here)
        if depth == 1:
            starts.append(here)
        depth += 1

    def other(_text: str) -> None:
        if depth == 1 and len(stops) < len(starts):
            stops.append(parser.CurrentByteIndex)

    def ends(_name: str) -> None:
        nonlocal depth, closing
        closing = parser.CurrentByteIndex
        other("")
        depth -= 1

    parser.StartElementHandler, parser.EndElementHandler = begins, ends
    parser.DefaultHandler = other
    parser.Parse(source, True)
    children = [child for child in etree.fromstring(source) if isinstance(child.tag, str)]
    spans = zip(children, starts, stops, strict=True)
    found = []
    for child, start, stop in spans:
        if child.tag == f"{{{BPMNDI}}}BPMNDiagram":
            found.append((start, stop))
        elif child.tag == f"{{{BPMN}}}relationship":  # what alone may follow pictures
            closing = min(closing, start)
    return found, closing
