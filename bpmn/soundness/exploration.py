"""The states that a scope can come to, as few of them as decide whether it is sound.

In each state only the earliest token that can move does so: what others do does not depend on it,
so that no deadlock is missed (a persistent set, Valmari 1990, since choices lie in single places).
The order of places brings all tokens in front of a place before the one in it, so that two that
can meet do meet. An inclusive join is patient: it goes on when nothing else can.
"""

from __future__ import annotations

from collections import deque
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bpmn.soundness.net import Gate, Move, Net

OVER = 0  # no token is left


class Fault(StrEnum):
    """What can go wrong."""

    DEADLOCK = "deadlock"
    DOUBLED = "doubled-token"
    ENDLESS = "never-ends"


class Found(NamedTuple):
    """A fault at an element, and all elements passed on the way there, one after the other."""

    fault: Fault
    element: str
    path: tuple[str, ...]
    missing: tuple[str, ...] = ()  # of a deadlock: the flows that nothing comes on


class Exploration:
    """All that comes of one token in the start; ``is_whole`` unless there are too many states."""

    def __init__(self, net: Net, most: int) -> None:
        self.net = net
        self.met = 0  # the places that ever had a token
        self.passed: set[str] = set()  # the joins that ever went on
        self.found: dict[tuple[Fault, str], Found] = {}
        self._came: dict[int, tuple[int, tuple[str, ...]]] = {net.start: (OVER, ())}
        self._before: dict[int, list[int]] = {}
        self._ended: list[int] = []
        self.is_whole = self._explore(most)
        if self.is_whole:
            self._look_for_endless()

    @property
    def states(self) -> int:
        """How many were looked at."""
        return len(self._came)

    def path(self, state: int) -> tuple[str, ...]:
        """The elements passed on a shortest way to a state."""
        parts = []
        while state != self.net.start:
            state, part = self._came[state]
            parts.append(part)
        return tuple(name for part in reversed(parts) for name in part)

    def path_to(self, place: int) -> tuple[str, ...]:
        """The elements passed until a token is in a place; none if it never is."""
        head = self.net.head[place]
        state = next((state for state in self._came if state >> head & 1), None)
        return () if state is None else (*self.path(state), *self.net.row(place))

    def is_met(self, place: int) -> bool:
        """Whether a token ever is in a place."""
        return bool(self.met >> self.net.head[place] & 1)

    def _explore(self, most: int) -> bool:
        ahead = deque([self.net.start])
        while ahead:
            state = ahead.popleft()
            self.met |= state
            for later, passed in self._after(state):
                self._before.setdefault(later, []).append(state)
                if later and later not in self._came:
                    self._came[later] = (state, passed)
                    ahead.append(later)
            if len(self._came) > most:
                return False
        return True

    def _after(self, state: int) -> Iterator[tuple[int, tuple[str, ...]]]:
        """The states that one can become, with the elements passed."""
        taken, moves = self._mover(state)
        if not moves:
            self._stuck(state)
        for move in moves:
            rest = state & ~taken
            if doubled := rest & move.places & self.net.once:
                element = self.net.element(_lowest(doubled))
                self._add(Fault.DOUBLED, element, (*self.path(state), *move.path))
                self._ended.append(state)
            else:
                yield OVER if move.ends_all else rest | move.places, move.path

    def _mover(self, state: int) -> tuple[int, tuple[Move, ...]]:
        """The tokens that move next, as a mask, and what they may do."""
        free = state & self.net.alone
        place = _lowest(free) if free else len(self.net.order)
        waiting = list(self._waiting(state))
        full = [g for g in waiting if g.takes_all and g.moves and state & g.inputs == g.inputs]
        gate = min(full, key=lambda gate: gate.last, default=None)
        if gate is None and not free:
            gate = next((g for g in waiting if not g.takes_all and self._goes_on(g, state)), None)
        if gate is None or place < gate.last:
            return (1 << place, self.net.moves[place]) if free else (0, ())
        self.passed.add(gate.node)
        return gate.inputs, gate.moves

    def _waiting(self, state: int) -> Iterator[Gate]:
        """The joins that tokens have come to, the earliest first."""
        rest = state & ~self.net.alone
        while rest:
            gate = self.net.gates[_lowest(rest)]
            yield gate
            rest &= ~gate.inputs

    def _goes_on(self, gate: Gate, state: int) -> bool:
        """Whether an inclusive join waits for nothing more (13.3.3, table 13.3): whoever may still
        come on an empty flow could come on a full one as well."""
        coming = there = 0
        for place in _bits(gate.inputs):
            if state >> place & 1:
                there |= self.net.reach(place)
            else:
                coming |= self.net.reach(place)
        return not state & coming & ~there

    def _stuck(self, state: int) -> None:
        gate = next(self._waiting(state))
        full = [flow for flow in gate.flows if state & self.net.mask([flow])]
        missing = tuple(flow for flow in gate.flows if flow not in full)
        self._add(Fault.DEADLOCK, gate.node, self.path(state), missing)
        self._ended.append(state)

    def _look_for_endless(self) -> None:
        """Whether some state never comes to an end, a deadlock or another fault."""
        ends = {OVER, *self._ended}
        ahead = list(ends)
        while ahead:
            new = [state for state in self._before.get(ahead.pop(), ()) if state not in ends]
            ends.update(new)
            ahead += new
        state = next((state for state in self._came if state not in ends), None)
        if state is not None:
            self._add(Fault.ENDLESS, self.net.element(_lowest(state)), self.path(state))

    def _add(
        self, fault: Fault, element: str, path: tuple[str, ...], missing: tuple[str, ...] = ()
    ) -> None:
        self.found.setdefault((fault, element), Found(fault, element, path, missing))


def _lowest(mask: int) -> int:
    return (mask & -mask).bit_length() - 1


def _bits(mask: int) -> Iterator[int]:
    while mask:
        yield _lowest(mask)
        mask &= mask - 1
