"""Whether steps, as they were done, are a way through the diagram: its tokens are played again.

What people do is seen, all else happens unseen between it. Each scope is played by itself, as
`bpmn.soundness` looks at it: what is said to deviate does, while what only two scopes together
forbid is not noticed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn.diagram import HUMAN_TASKS
from bpmn.soundness.ways import Ways

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from bpmn.diagram import Diagram, Node
    from bpmn.soundness.ways import Way

    Tokens = tuple[str, ...]  # the places that have one, sorted; one with two stands twice

MAX_STATES = 5_000  # that tokens may come to in all, on one way through a scope


class Replay:
    """A diagram on which ways are played again."""

    def __init__(self, diagram: Diagram) -> None:
        self._nodes = diagram.nodes
        scopes = {node.scope: None for node in diagram.nodes.values()}
        self._plays = {s: _Play(diagram, s) for s in scopes if _can_be_played(diagram, s)}

    def deviations(self, done: Sequence[str]) -> list[int] | None:
        """Where the steps of a completed case, ids of people's tasks, leave the diagram.

        The index of each step that the diagram does not lead to after those before, or does not
        have; the number of all where it does not end after the last. None: there are too many ways
        to tell.
        """
        known = [index for index, element in enumerate(done) if element in self._nodes]
        found = [index for index, element in enumerate(done) if element not in self._nodes]
        try:
            for scope, play in self._plays.items():
                here = [index for index in known if self._nodes[done[index]].scope == scope]
                played = play.deviations([done[index] for index in here])
                # An inner scope may be left at any time; what ends is the process.
                found += [here[index] for index in played if index < len(here)]
                found += [len(done)] if len(here) in played and not scope else []
        except _TooMany:
            return None
        return sorted(found)


class _TooMany(Exception):
    """There are too many states."""


def _can_be_played(diagram: Diagram, scope: str) -> bool:
    """Whether a scope has a beginning of its own, and is never done twice at a time."""
    return not scope or (
        bool(diagram.starts(scope))
        and Ways(diagram, scope).is_closed
        and len(hosts := _hosts(diagram, scope)) == 1
        and not hosts[0].triggered_by_event
        and (hosts[0].loop is None or hosts[0].loop.kind != "parallel")
        and hosts[0].id not in _anytime(diagram, hosts[0].scope)
        and _can_be_played(diagram, hosts[0].scope)
    )


def _hosts(diagram: Diagram, scope: str) -> list[Node]:
    """The activities in which a scope is done: a subprocess, or the calls of a process."""
    if scope in diagram.nodes:
        return [diagram.nodes[scope]]
    return [node for node in diagram.nodes.values() if node.called == scope]


def _anytime(diagram: Diagram, scope: str) -> frozenset[str]:
    """What may be done any number of times: an event that does not interrupt leads to it."""
    inside = diagram.inside(scope)
    return diagram.ahead_of(*(n.id for n in inside if n.attached_to and not n.interrupting))


class _Play:
    """A scope whose tokens move as its steps are seen to be done."""

    def __init__(self, diagram: Diagram, scope: str) -> None:
        drawn = Ways(diagram, scope)
        self._ways, self._joins, self._entry = drawn.ways, drawn.joins, drawn.entry
        steps = {name: node for name, node in drawn.nodes.items() if node.kind in HUMAN_TASKS}
        self._once = {name for name, node in steps.items() if node.loop is None}
        self._again = steps.keys() - self._once
        self._anytime = _anytime(diagram, scope) & steps.keys()
        self._telling = self._find_telling(steps.keys())
        self._starts = {(start.id,) for start in diagram.starts(scope)}
        self._restarts = self._starts if scope else set()  # an inner scope begins again
        # An event subprocess may end all the rest of its scope.
        self._ends = not any(node.triggered_by_event for node in drawn.nodes.values())

    def deviations(self, done: Sequence[str]) -> list[int]:
        """The indices of the steps that nothing before leads to, or that come after the end."""
        found = []
        self._left = MAX_STATES
        states = self._unseen(self._starts)
        for index, element in enumerate(done):
            after = self._after(states, element)
            if not after:
                found += [] if element in self._anytime else [index]
                after = self._after(self._unseen(self._put(states, element)), element)
            states = self._unseen(after)
        return [*found, len(done)] if self._ends and () not in states else found

    def _find_telling(self, steps: Collection[str]) -> set[str]:
        """The places behind which something is done, joined or ended for all.

        A token elsewhere comes to its end, sooner or later: it is as good as gone.
        """
        found = {place for join in self._joins for place in join.inputs}
        found |= {
            place
            for place, ways in self._ways.items()
            if any(way.ends_all or frozenset(steps).intersection(way.path[:1]) for way in ways)
        }
        while more := {
            place
            for place, ways in self._ways.items()
            if place not in found and any(found.intersection(way.places) for way in ways)
        }:
            found |= more
        return found

    def _unseen(self, states: Iterable[Tokens]) -> set[Tokens]:
        """These states, and all that come of them without a step."""
        found = {*states, *self._restarts}
        ahead = list(found)
        while ahead:
            new = {later for later in self._moved(ahead.pop()) if later not in found}
            found |= new
            ahead += new
            if len(found) > self._left:
                raise _TooMany
        self._left -= len(found)
        return found

    def _moved(self, state: Tokens) -> Iterator[Tokens]:
        for place in dict.fromkeys(state):
            for way in self._ways.get(place, ()):
                if not self._once.intersection(way.path[:1]):
                    yield self._went(state, (place,), way)
        for join in self._joins:
            there = tuple(place for place in join.inputs if place in state)
            if there and (len(there) == len(join.inputs) or not join.takes_all):
                yield from (self._went(state, there, way) for way in join.ways)

    def _after(self, states: Iterable[Tokens], element: str) -> set[Tokens]:
        """What comes of states when a step is done; one that is repeated may be done once more."""
        found = set()
        for state in states:
            for place in dict.fromkeys(state):
                for way in self._ways.get(place, ()):
                    if way.path[:1] == (element,):
                        found.add(self._went(state, (place,), way))
                        found |= {state} if element in self._again else set()
        return found

    def _put(self, states: set[Tokens], element: str) -> set[Tokens]:
        """The states when a token that waited at another step, or else a new one, is put to one."""
        entry = self._entry(element)
        more = {tuple(sorted((*state, entry))) for state in states}
        if element in self._anytime:
            return more
        moved = {
            tuple(sorted((*state[:at], entry, *state[at + 1 :])))
            for state in states
            for at, place in enumerate(state)
            if any(self._once.intersection(way.path[:1]) for way in self._ways.get(place, ()))
        }
        return moved or more

    def _went(self, state: Tokens, taken: Tokens, way: Way) -> Tokens:
        """A state after tokens have gone a way."""
        rest = list(state)
        for place in taken:
            rest.remove(place)
        given = self._telling.intersection(way.places)
        return () if way.ends_all else tuple(sorted((*rest, *given)))
