"""What is wrong with the control flow of a process: each of its scopes looked at by itself.

What happens inside a subprocess, as often as it is done, stays inside it: to what is around it, it
is one activity that comes to an end.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from bpmn.soundness.exploration import Exploration, Found
from bpmn.soundness.net import Net
from bpmn.soundness.ways import Ways

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bpmn.diagram import Diagram, Node

MAX_STATES = 10_000  # of one scope
# What is refused anyhow, and goes on otherwise than is known here.
_UNKNOWN = frozenset({"complexGateway", "adHocSubProcess", "transaction"})


@dataclass
class Verdict:
    """``dead`` are the nodes that are never done, ``unproven`` the scopes with too many states."""

    found: list[Found] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)
    unproven: list[str] = field(default_factory=list)
    states: int = 0


@dataclass(frozen=True)
class _Scope:
    """A scope, and the elements passed on the way to it."""

    id: str
    path: tuple[str, ...]
    nodes: tuple[Node, ...]


# The rules are asked one after the other about the same drawing.
@lru_cache(maxsize=1)
def judge(diagram: Diagram, most: int = MAX_STATES) -> Verdict:
    """The verdict on all scopes of a process that have one start and flows of their own."""
    verdict = Verdict()
    ahead = [_Scope("", (), diagram.inside(""))]
    while ahead:
        scope = ahead.pop(0)
        explored = _explored(diagram, scope, most)
        if explored is not None:
            _tell(verdict, explored, diagram, scope)
        for node in scope.nodes:
            if node.kind == "subProcess":
                path = (*scope.path, *(explored.way_to(node.id) if explored else ()))
                ahead.append(_Scope(node.id, path, diagram.inside(node.id)))
    return verdict


class _Explored:
    """A scope as it is drawn, and what came of it."""

    def __init__(self, drawn: Ways, start: str, most: int) -> None:
        self.drawn = drawn
        self.net = Net(drawn, start)
        self.outcome = Exploration(self.net, most)
        self.is_whole = drawn.is_whole and self.outcome.is_whole

    def way_to(self, node: str) -> tuple[str, ...]:
        """The elements passed until a token comes to a node; none if it never does."""
        number = self.net.number.get(self.drawn.entry(node))
        return self.outcome.path_to(number) if number is not None else ()

    def dead(self) -> Iterator[str]:
        """The nodes that something leads to, but never a token.

        Beside a deadlock only those that no arrow from the start leads to: the rest follows.
        """
        is_clear = self.is_whole and not self.outcome.found
        for node in self.drawn.nodes.values():
            led_to = self.drawn.into[node.id] or node.attached_to
            if led_to and not (self._is_met(node.id) if is_clear else self._is_ahead(node.id)):
                yield node.id

    def _is_met(self, node: str) -> bool:
        if self.drawn.is_join(node):
            return node in self.outcome.passed
        number = self.net.number.get(self.drawn.entry(node))
        return number is not None and self.outcome.is_met(number)

    def _is_ahead(self, node: str) -> bool:
        return any(place in self.net.number for place in (node, *self.drawn.into[node]))


def _explored(diagram: Diagram, scope: _Scope, most: int) -> _Explored | None:
    starts = diagram.starts(scope.id)
    if len(starts) != 1 or any(node.kind in _UNKNOWN for node in scope.nodes):
        return None
    drawn = Ways(diagram, scope.id)
    return _Explored(drawn, starts[0].id, most) if drawn.is_closed else None


def _tell(verdict: Verdict, explored: _Explored, diagram: Diagram, scope: _Scope) -> None:
    verdict.states += explored.outcome.states
    verdict.dead += explored.dead()
    if not explored.is_whole:
        verdict.unproven.append(scope.id or diagram.key)
    for found in explored.outcome.found.values():
        verdict.found.append(found._replace(path=(*scope.path, *found.path)))
