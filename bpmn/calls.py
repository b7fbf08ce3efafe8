"""Processes that call others: one diagram of all, in which no two parts have the same id.

The parts of a called process keep their ids behind its key and a colon (``persetujuan:Langkah_1``),
a letter that no id of a BPMN file has; the process itself keeps its key.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING

from bpmn.elements import diagram as read_diagram
from bpmn.elements import kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lxml.etree import _Element

    from bpmn.diagram import Diagram, Node

# Attributes and elements that hold the ids of parts of a process. A data object keeps its id,
# which is the name of its data.
_ID_ATTRIBUTES = "id sourceRef targetRef attachedToRef default".split()
_ID_TEXTS = frozenset("flowNodeRef incoming outgoing sourceRef targetRef".split())


def called_keys(diagram: Diagram) -> tuple[str, ...]:
    """The keys of the processes that a process calls itself, each once."""
    return tuple(dict.fromkeys(n.called for n in diagram.nodes.values() if n.called))


def called_among(diagram: Diagram, known: Mapping[str, Diagram]) -> list[Diagram]:
    """Those of the known processes that one calls, directly or by one another, each once.

    One that is not to be executed is not among them: no rule has looked at it.
    """
    known = {key: one for key, one in known.items() if one.executable}
    found: dict[str, Diagram] = {}
    ahead = list(called_keys(diagram))
    while ahead:
        key = ahead.pop(0)
        if key in known and key not in found and key != diagram.key:
            found[key] = known[key]
            ahead += called_keys(known[key])
    return list(found.values())


def with_called(diagram: Diagram, called: Iterable[Diagram]) -> Diagram:
    """A process joined with all those that are called in it, directly or by one another."""
    own = [_qualified(one) for one in called]
    if not own:
        return diagram
    return replace(
        diagram,
        nodes=diagram.nodes | {name: node for one in own for name, node in one.nodes.items()},
        flows=(*diagram.flows, *(flow for one in own for flow in one.flows)),
        lanes=(*diagram.lanes, *(lane for one in own for lane in one.lanes)),
        called=tuple(own),
    )


def _qualified(called: Diagram) -> Diagram:
    """A called process whose parts have ids that no other process has."""
    root = deepcopy(called.xml.getroottree().getroot())
    process = next(e for e in root.iterchildren() if e.get("id") == called.key)
    for element in process.iterdescendants():
        _rename(element, f"{called.key}:")
    found = read_diagram(process)
    nodes = {name: _baked(called, node) for name, node in found.nodes.items()}
    properties = dict(found.properties)
    if called.distinct:
        properties["alur:distinct"] = ",".join(f"{called.key}:{lane}" for lane in called.distinct)
    return replace(found, nodes=nodes, properties=properties)


def _rename(element: _Element, prefix: str) -> None:
    if kind(element) in ("", "dataObject"):  # "": an extension, whose ids are names of fields
        return
    for name in _ID_ATTRIBUTES:
        if name in element.attrib:
            element.set(name, prefix + (element.get(name) or ""))
    if kind(element) in _ID_TEXTS and element.text:
        element.text = prefix + element.text.strip()


def _baked(called: Diagram, node: Node) -> Node:
    """A node that says itself what its own process says of clocks and waiting."""
    properties = dict(node.properties)
    if node.timer is not None:
        properties.setdefault("alur:calendar", called.properties.get("alur:calendar", "elapsed"))
    if "alur:waitLimit" in called.properties:
        properties.setdefault("alur:waitLimit", called.properties["alur:waitLimit"])
    return replace(node, scope=node.scope or called.key, properties=properties)
