"""Rules on lanes and on who acts in them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bpmn.actors import parse_actor
from bpmn.diagram import FLOW_NODES, HUMAN_TASKS
from bpmn.elements import kind
from bpmn.findings import Finding, Severity
from bpmn.messages import message
from bpmn.rules.clauses import on_drawing
from bpmn.rules.scopes import parts, scopes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bpmn.diagram import Diagram, Node
    from bpmn.rules.clauses import Fault

# Rules that name one person each.
_SINGLE = frozenset({"subject", "starter", "person"})
_CONSENT = re.compile(r"setuju|tolak|disahkan|approve|reject")


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
        said = message("Belum ditentukan siapa yang mengerjakan (alur:actor pada lajurnya).")
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


@on_drawing(None, Severity.WARNING)
def own_approval(diagram: Diagram) -> Iterator[Fault]:
    """Nobody approves what they have done themselves: not in one lane, nor in two lanes that one
    person may fill and `alur:distinct` does not keep apart."""
    before = _sources(diagram)
    for task in diagram.human_tasks:
        for author in _done_before(diagram, task.id, before) if _approves(diagram, task) else ():
            if _may_be_one(diagram, author, task.id):
                said = message(
                    'Yang menyetujui dapat orang yang sama dengan yang mengerjakan "{step}": beri'
                    " lajur lain, dan sebutkan keduanya dalam alur:distinct.",
                    step=diagram.names[author],
                )
                yield task.id, said


def _approves(diagram: Diagram, task: Node) -> bool:
    """Whether the way behind a task hangs on a choice there that speaks of consent."""
    behind = [flow.target for flow in diagram.outgoing(task.id)]
    flows = [flow for node in (task.id, *behind) for flow in diagram.outgoing(node)]
    conditions = " ".join(flow.condition or "" for flow in flows)
    return any(
        field.type == "enum"
        and re.search(rf"\b{re.escape(field.id)}\b", conditions)
        and any(_CONSENT.search(f"{value} {label}".lower()) for value, label in field.choices)
        for field in task.form
    )


def _sources(diagram: Diagram) -> dict[str, list[Node]]:
    """The nodes that flows lead from, by the node that they lead to."""
    found: dict[str, list[Node]] = {}
    for flow in diagram.flows:
        if flow.source in diagram.nodes:
            found.setdefault(flow.target, []).append(diagram.nodes[flow.source])
    return found


def _done_before(diagram: Diagram, task: str, sources: dict[str, list[Node]]) -> list[str]:
    """The tasks of people that lie nearest before one."""
    found: list[str] = []
    seen, ahead = {task}, [task]
    while ahead:
        new = [node for node in sources.get(ahead.pop(0), ()) if node.id not in seen]
        seen.update(node.id for node in new)
        found += [node.id for node in new if node.kind in HUMAN_TASKS]
        ahead += [node.attached_to or node.id for node in new if node.kind not in HUMAN_TASKS]
    return found


def _may_be_one(diagram: Diagram, one: str, other: str) -> bool:
    """Whether one person may act in the places of both tasks; superiors are always others."""
    places = [place for place in (diagram.place(one), diagram.place(other)) if place]
    keys = {place.key for place in places}
    rules = [rule for rule in (parse_actor(place.actor) for place in places) if rule]
    if len(rules) < 2 or any(keys <= set(group) for group in diagram.apart if len(keys) > 1):
        return False
    first, second = rules
    told_apart = first.origin == second.origin and first.origin in _SINGLE
    return first == second or not told_apart


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
