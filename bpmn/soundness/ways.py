"""How tokens move through the nodes of one scope, as BPMN 2.0.2 says in chapters 8.3.13 and 13.

Data is left out: a condition may always turn out either way, an event may always happen, and an
event that does not interrupt happens at most once while its activity goes on.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from bpmn.diagram import ACTIVITIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bpmn.diagram import Diagram, Flow, Node

JOINING = frozenset({"parallelGateway", "inclusiveGateway"})
ONE_WAY = frozenset({"exclusiveGateway", "eventBasedGateway"})
_BEGINNING = frozenset({"startEvent", "boundaryEvent"})
# What ends its whole scope.
_ENDS_ALL = frozenset({"terminate", "error", "cancel"})
# Of more ways out that may be taken together only some combinations are looked at.
MAX_TOGETHER = 10


class Way(NamedTuple):
    """One way on: the places that get a token, and the ids of the elements passed on it."""

    places: tuple[str, ...]
    path: tuple[str, ...] = ()
    ends_all: bool = False


class Join(NamedTuple):
    """A gateway that takes tokens from several places at once: from all, or from all to come."""

    node: str
    inputs: tuple[str, ...]
    ways: tuple[Way, ...]
    takes_all: bool


class Ways:
    """The places of a scope, and where a token in each can go.

    A place is a flow; a node, where a token comes to it otherwise than on its only flow; or a node
    with a number, after so many of the events at its edge.
    """

    def __init__(self, diagram: Diagram, scope: str) -> None:
        self.nodes = {node.id: node for node in diagram.inside(scope)}
        self.out = {name: diagram.outgoing(name) for name in self.nodes}
        self.into: dict[str, list[str]] = {name: [] for name in self.nodes}
        for flow in (flow for flows in self.out.values() for flow in flows):
            self.into.setdefault(flow.target, []).append(flow.id)
        self.edge = {
            name: [event for event in diagram.boundary_events(name) if event.id in self.nodes]
            for name in self.nodes
        }
        self.ways: dict[str, list[Way]] = {}
        self.joins: list[Join] = []
        self.beside: dict[str, tuple[str, ...]] = {}  # place: events that may happen there still
        self.is_whole = True
        if self.is_closed:
            for node in self.nodes.values():
                self._draw(node)

    @property
    def is_closed(self) -> bool:
        """Whether all flows lead from node to node of this scope."""
        return self.into.keys() == self.nodes.keys()

    def entry(self, node: str) -> str:
        """The place of a token that has come to a node."""
        flows, begins = self.into[node], self.nodes[node].kind in _BEGINNING
        return flows[0] if len(flows) == 1 and not begins else node

    def is_join(self, node: str) -> bool:
        """Whether tokens from several flows are needed."""
        return self.nodes[node].kind in JOINING and len(self.into[node]) > 1

    def _draw(self, node: Node) -> None:
        ways = [Way(tuple(flows), (node.id, *flows)) for flows in self._leave(node)]
        if _ENDS_ALL.intersection(node.events) and node.kind == "endEvent":
            ways = [Way((), (node.id,), ends_all=True)]
        if self.is_join(node.id):
            takes_all = node.kind == "parallelGateway"
            self.joins.append(Join(node.id, (*self.into[node.id],), (*ways,), takes_all))
            return
        for flow in self.into[node.id]:
            if flow != self.entry(node.id):
                self.ways[flow] = [Way((node.id,))]
        self._draw_edge(node, ways)

    def _draw_edge(self, node: Node, ways: list[Way]) -> None:
        """The events at the edge of a node, then its own ways out."""
        place = self.entry(node.id)
        going_on = tuple(event.id for event in self.edge[node.id] if not event.interrupting)
        for number, event in enumerate(going_on, 1):
            after = f"{node.id}#{number}"
            self.beside[place] = going_on
            self.ways[place] = [Way((after,)), Way((after, event))]
            place = after
        self.beside[place] = going_on
        ended = [Way((event.id,)) for event in self.edge[node.id] if event.interrupting]
        self.ways[place] = [*ways, *ended]

    def _leave(self, node: Node) -> Iterator[tuple[str, ...]]:
        """The sets of flows that tokens may leave a node on."""
        flows = self.out[node.id]
        if node.kind == "endEvent" or not flows:
            yield ()
        elif node.kind in ONE_WAY:
            yield from ((flow.id,) for flow in flows)
        elif node.kind == "inclusiveGateway" or node.kind in ACTIVITIES:
            yield from self._some(node, flows)
        else:
            yield tuple(flow.id for flow in flows)

    def _some(self, node: Node, flows: tuple[Flow, ...]) -> Iterator[tuple[str, ...]]:
        """All without a condition and any with one, else the default (8.3.13, 10.5.3)."""
        always = tuple(f.id for f in flows if f.condition is None and f.id != node.default)
        perhaps = tuple(f.id for f in flows if f.condition is not None)
        usual = tuple(f.id for f in flows if f.id == node.default)
        for some in self._combinations(perhaps):
            yield (*always, *some)
        if usual or not perhaps or (always and node.kind in ACTIVITIES):
            yield (*always, *usual)

    def _combinations(self, flows: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        sizes = range(1, len(flows) + 1)
        if len(flows) > MAX_TOGETHER:
            self.is_whole = False
            sizes = range(1, 2)
            yield flows
        for size in sizes:
            yield from combinations(flows, size)
