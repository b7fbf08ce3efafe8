"""Rules on lanes and on who acts in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn.actors import parse_actor
from bpmn.diagram import FLOW_NODES
from bpmn.elements import kind
from bpmn.findings import Finding, Severity
from bpmn.messages import message
from bpmn.rules.clauses import on_drawing
from bpmn.rules.scopes import parts, scopes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bpmn.diagram import Diagram
    from bpmn.rules.clauses import Fault


@on_drawing("10.7")
def lane_reference(diagram: Diagram) -> Iterator[Fault]:
    """Lanes list nodes of their process only (10.7)."""
    nodes = _nodes(diagram)
    for lane in diagram.lanes:
        for node_id in sorted(lane.nodes - nodes):
            said = message('Lajur memuat "{id}", yang tidak ada dalam proses ini.', id=node_id)
            yield lane.id, said


@on_drawing(None)
def lane_membership(diagram: Diagram) -> Iterator[Fault]:
    """With lanes drawn, every node of the process stands in one; a subprocess brings its own."""
    listed = {node_id for lane in diagram.lanes for node_id in lane.nodes}
    for node in diagram.xml.iterchildren() if parts(diagram.xml, "laneSet") else ():
        if kind(node) in FLOW_NODES and node.get("id") not in listed:
            yield node.get("id"), message("Tidak berada dalam lajur mana pun.")
    for node_id in sorted(_torn(diagram)):
        yield node_id, message("Berada dalam lebih dari satu lajur.")


def actor_rule(diagram: Diagram) -> Iterator[Finding]:
    """Every place where people work says who acts there (`alur:actor`)."""
    lanes = {t.id: diagram.lane_of(t.id) for t in diagram.human_tasks if not diagram.place(t.id)}
    for owner in dict.fromkeys(lane.id if lane else task_id for task_id, lane in lanes.items()):
        said = message("Belum ada pelaksana: isi properti alur:actor pada lajurnya.")
        yield Finding(Severity.BLOCKING, "actor-rule", owner, said)
    for place in diagram.places.values():
        if parse_actor(place.actor) is None:
            said = message('Aturan pelaksana "{rule}" tidak dikenal.', rule=place.actor)
            yield Finding(Severity.BLOCKING, "actor-rule", place.key, said)


def distinct(diagram: Diagram) -> Iterator[Finding]:
    """`alur:distinct` names lanes of this process."""
    lanes = {lane.id for lane in diagram.lanes}
    for lane_id in diagram.distinct:
        if lane_id not in lanes:
            said = message('alur:distinct menyebut "{id}", yang bukan lajur di sini.', id=lane_id)
            yield Finding(Severity.ERROR, "distinct", diagram.key, said)


def _torn(diagram: Diagram) -> set[str]:
    """Nodes listed by two lanes of which neither stands inside the other."""
    innermost: dict[str, str] = {}
    torn = set()
    parents, nodes = {lane.id: lane.parent for lane in diagram.lanes}, _nodes(diagram)
    for lane in diagram.lanes:  # outer lanes come first
        for node_id in lane.nodes & nodes:
            above = innermost.get(node_id)
            if above is not None and above not in _around(lane.id, parents):
                torn.add(node_id)
            innermost[node_id] = lane.id
    return torn


def _nodes(diagram: Diagram) -> set[str]:
    """The nodes of the process, of its subprocesses, and of what is joined to it."""
    return {node_id for scope in scopes(diagram.xml) for node_id in scope.nodes} | {*diagram.nodes}


def _around(lane_id: str, parents: dict[str, str | None]) -> Iterator[str]:
    parent = parents.get(lane_id)
    while parent is not None:
        yield parent
        parent = parents.get(parent)
