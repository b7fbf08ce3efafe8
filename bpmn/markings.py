"""Which tasks of a process can be open together: its markings, from the drawing alone.

The token game (BPMN 2.0, 13.3) played on one scope with all conditions left open. What is found
can be reached in some run; what is not found need not be impossible: two tokens at one place are
left out, and who looks for too many gives up. So the answer "reachable" can be relied upon.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations, product
from typing import TYPE_CHECKING

from bpmn.diagram import ACTIVITIES, HUMAN_TASKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bpmn.diagram import Diagram, Node

# Where a token rests: in a node, or at a join, come from the node that is named behind it.
Position = tuple[str, str | None]
Marking = frozenset[Position]
MOST = 5_000  # markings of a scope
RESTING = HUMAN_TASKS | {
    "serviceTask", "receiveTask", "subProcess", "callActivity", "intermediateCatchEvent",
    "eventBasedGateway",
}  # fmt: skip
_ENDS_ALL = frozenset({"terminate", "error"})


@dataclass(frozen=True)
class _Going:
    """Tokens on their way: those at rest, and those on a flow, each (source, target)."""

    rest: Marking
    moving: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Net:
    """One scope of a diagram: the process itself (empty), a subprocess, or a called process."""

    diagram: Diagram
    scope: str = ""
    _reach: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict, compare=False)

    @cached_property
    def markings(self) -> frozenset[Marking] | None:
        """The markings at which nothing moves by itself; None when there are too many."""
        begun = self._leave(_Going(frozenset(), ()), *self.diagram.starts(self.scope))
        ahead: list[Marking] = list(self._settled(begun))
        seen: set[Marking] = set(ahead)
        while ahead:
            for after in self._settled(self._steps(ahead.pop())):
                if after not in seen:
                    seen.add(after)
                    ahead.append(after)
            if len(seen) > MOST:
                return None
        return frozenset(seen)

    def outline(self) -> frozenset[tuple[str, ...]]:
        """What the markings depend on: two scopes of the same outline have the same ones."""
        nodes = self.diagram.inside(self.scope)
        drawn = {(n.id, n.kind, n.attached_to or "", str(n.interrupting)) for n in nodes}
        flows = {
            (flow.source, flow.target, "?" if flow.condition else "")
            for node in nodes
            for flow in self.diagram.outgoing(node.id)
        }
        return frozenset(drawn | flows)

    def _steps(self, marking: Marking) -> Iterator[_Going]:
        """What can happen at a marking: each node at rest may be done, or an event at its edge."""
        for position in marking:
            node = self.diagram.nodes[position[0]]
            if position[1] is not None:
                continue
            without = _Going(marking - {position}, ())
            if node.kind == "eventBasedGateway":
                for flow in self.diagram.outgoing(node.id):
                    yield from self._leave(without, self.diagram.nodes[flow.target])
                continue
            yield from self._leave(without, node)
            for event in self.diagram.boundary_events(node.id):
                stays = without if event.interrupting else _Going(marking, ())
                yield from self._leave(stays, event)

    def _leave(self, going: _Going, *nodes: Node) -> Iterator[_Going]:
        """Tokens leave these nodes, by any of the ways that they may take."""
        for chosen in product(*(self._ways(node) for node in nodes)):
            taken = tuple(way for ways in chosen for way in ways)
            yield _Going(going.rest, going.moving + taken)

    def _ways(self, node: Node) -> list[tuple[tuple[str, str], ...]]:
        flows = self.diagram.outgoing(node.id)
        ways = [(flow.source, flow.target) for flow in flows]
        if node.kind == "exclusiveGateway":
            return [(way,) for way in ways]
        free = [w for w, flow in zip(ways, flows, strict=True) if flow.condition]
        if node.kind == "inclusiveGateway":
            free = ways if len(ways) > 1 else []
        elif node.kind not in ACTIVITIES:
            free = []
        sure = tuple(way for way in ways if way not in free)
        some = (c for n in range(len(free) + 1) for c in combinations(free, n))
        # Nothing is left by no way at all, where there is one.
        return [sure + chosen for chosen in some if sure or chosen or not ways] or [()]

    def _settled(self, begun: Iterable[_Going]) -> Iterator[Marking]:
        """Where it comes to rest, whichever way is taken."""
        ahead, seen = list(begun), set[_Going]()
        while ahead:
            going = ahead.pop()
            if going in seen:
                continue
            if len(seen) > MOST:
                return
            seen.add(going)
            if going.moving:
                ahead += self._arrive(_Going(going.rest, going.moving[1:]), *going.moving[0])
                continue
            joined = list(self._join(going.rest))
            ahead += joined
            if not joined:
                yield going.rest

    def _arrive(self, going: _Going, source: str, target: str) -> Iterator[_Going]:
        node = self.diagram.nodes[target]
        if node.kind == "endEvent":
            yield going if _ENDS_ALL.isdisjoint(node.events) else _Going(frozenset(), ())
        elif node.kind in RESTING or node.loop is not None:
            yield from _rest(going, (target, None))
        elif node.kind == "parallelGateway" and len(self._sources(target)) > 1:
            for arrived in _rest(going, (target, source)):
                yield from self._join_parallel(arrived, node)
        elif node.kind == "inclusiveGateway" and len(self._sources(target)) > 1:
            yield from _rest(going, (target, source))
        else:
            yield from self._leave(going, node)

    def _join_parallel(self, going: _Going, node: Node) -> Iterator[_Going]:
        needed = frozenset((node.id, source) for source in self._sources(node.id))
        if needed <= going.rest:
            yield from self._leave(_Going(going.rest - needed, going.moving), node)
        else:
            yield going

    def _join(self, rest: Marking) -> Iterator[_Going]:
        """The inclusive gateways that go on now that nothing else moves (13.3.3)."""
        held = {name for name, source in rest if source is not None}
        for name in held:
            node = self.diagram.nodes[name]
            if node.kind == "inclusiveGateway" and self._has_all(rest, name):
                arrived = frozenset(position for position in rest if position[0] == name)
                yield from self._leave(_Going(rest - arrived, ()), node)

    def _has_all(self, rest: Marking, name: str) -> bool:
        filled = {source for at, source in rest if at == name}
        reach = {source: self._reaching(name, source) for source in self._sources(name)}
        for place in {at for at, _ in rest} - {name}:
            on = {source for source, nodes in reach.items() if place in nodes}
            if on - filled and not on & filled:
                return False
        return True

    def _reaching(self, name: str, source: str) -> frozenset[str]:
        """The nodes from which a token can come to a gateway by a way, not passing it."""
        known = self._reach.get((name, source))
        if known is None:
            seen, ahead = {name}, [source]
            while ahead:
                at = ahead.pop()
                if at not in seen:
                    seen.add(at)
                    host = self.diagram.nodes[at].attached_to
                    ahead += [*self._sources(at), *([host] if host else [])]
            known = self._reach[name, source] = frozenset(seen - {name})
        return known

    def _sources(self, node_id: str) -> tuple[str, ...]:
        return self._incoming.get(node_id, ())

    @cached_property
    def _incoming(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, dict[str, None]] = {}
        for node in self.diagram.inside(self.scope):
            for flow in self.diagram.outgoing(node.id):
                found.setdefault(flow.target, {})[flow.source] = None
        return {target: tuple(sources) for target, sources in found.items()}


def _rest(going: _Going, position: Position) -> Iterator[_Going]:
    """A token comes to rest; a second one at the same place is left out."""
    if position not in going.rest:
        yield _Going(going.rest | {position}, going.moving)
