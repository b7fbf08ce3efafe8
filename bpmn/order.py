"""The order of a procedure's steps, by its arrows: what comes before what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn.diagram import HUMAN_TASKS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bpmn.diagram import Diagram, Node


def in_order(diagram: Diagram) -> tuple[Node, ...]:
    """The tasks that people do, as a case meets them; those that no arrow leads to come last."""
    met = [node for start in diagram.starts("") for node in (start.id, *_met(diagram, start.id))]
    found = [diagram.nodes[i] for i in dict.fromkeys(met) if diagram.nodes[i].kind in HUMAN_TASKS]
    return (*found, *(task for task in diagram.human_tasks if task not in found))


def comes_before(diagram: Diagram, first: str, second: str) -> bool:
    """Whether a case can come from one node to the other; in a loop each comes before the other."""
    return second in _met(diagram, first)


def _met(diagram: Diagram, node_id: str) -> list[str]:
    """The nodes that a case can meet behind one, the nearest first."""
    seen: dict[str, None] = {}
    ahead = [*_next(diagram, node_id)]
    while ahead:
        met = ahead.pop(0)
        if met not in seen and met in diagram.nodes:
            seen[met] = None
            ahead += _next(diagram, met)
    return list(seen)


def _next(diagram: Diagram, node_id: str) -> Iterator[str]:
    node = diagram.nodes[node_id]
    yield from (flow.target for flow in diagram.outgoing(node_id))
    for event in diagram.boundary_events(node_id):
        yield from (flow.target for flow in diagram.outgoing(event.id))
    yield from (start.id for start in diagram.starts(node.called or node_id))
    if node.scope and not diagram.outgoing(node_id):
        around = (n.id for n in diagram.nodes.values() if node.scope in (n.id, n.called))
        yield from (flow.target for scope in around for flow in diagram.outgoing(scope))
