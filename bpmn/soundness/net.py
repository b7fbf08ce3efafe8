"""The control flow of one scope as numbers: places are bits, so that a state is one integer.

Places are numbered so that what comes earlier has the lower number, and each branch lies together
(the reverse postorder of a search from the start). `bpmn.soundness.exploration` relies on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bpmn.diagram import ACTIVITIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from bpmn.soundness.ways import Way, Ways

_THROWING = frozenset({"intermediateThrowEvent", "endEvent"})


class Move(NamedTuple):
    """One way on: the mask of the places that get a token, and the ids of the elements passed."""

    places: int
    path: tuple[str, ...]
    ends_all: bool


class Gate(NamedTuple):
    """A join: ``inputs`` is the mask of its places, ``last`` the highest of them.

    One that can never go on, since nothing leads to one of its flows, has no moves.
    """

    node: str
    flows: tuple[str, ...]
    inputs: int
    last: int
    moves: tuple[Move, ...]
    takes_all: bool


class Net:
    """What can be reached of a scope from its start.

    Places in a row are one: a token stays in the first of them (``head`` of each) and goes on from
    there as from the last.
    """

    def __init__(self, drawn: Ways, start: str) -> None:
        self._drawn = drawn
        after = _successors(drawn)
        self.order = _reverse_postorder(after, start)
        self.number = {place: number for number, place in enumerate(self.order)}
        self.start = 1 << self.number[start]
        self.moves = [self._moves(drawn.ways.get(place, ())) for place in self.order]
        self.alone = self.mask(place for place in self.order if place in drawn.ways)
        self.gates = self._gates()
        self._before = self._predecessors(after)
        self._reached: dict[int, int] = {}
        self._rows: dict[int, tuple[int, tuple[str, ...]]] = {}
        self.head = list(range(len(self.order)))
        self._shorten()
        self.once = self.mask(self._plain(after, start)) & self.mask(self._telling(after))

    def mask(self, places: Iterable[str]) -> int:
        """The places as bits; those that cannot be reached are none."""
        found = 0
        for place in places:
            if place in self.number:
                found |= 1 << self.number[place]
        return found

    def element(self, number: int) -> str:
        """The node or flow that a place belongs to."""
        return self.order[number].partition("#")[0]

    def _moves(self, ways: Iterable[Way]) -> tuple[Move, ...]:
        return tuple(Move(self.mask(way.places), way.path, way.ends_all) for way in ways)

    def _gates(self) -> dict[int, Gate]:
        """The joins by each place that leads into them."""
        found: dict[int, Gate] = {}
        for join in self._drawn.joins:
            inputs = self.mask(join.inputs)
            reached = [self.number[place] for place in join.inputs if place in self.number]
            whole = not join.takes_all or len(reached) == len(join.inputs)
            moves = self._moves(join.ways) if whole else ()
            last = max(reached, default=0)
            gate = Gate(join.node, join.inputs, inputs, last, moves, join.takes_all)
            found |= dict.fromkeys(reached, gate)
        return found

    def _plain(self, after: Mapping[str, Sequence[str]], start: str) -> set[str]:
        """The places that a token comes to without an event that lets its activity go on.

        Elsewhere two tokens are meant: each time such an event happens, one more.
        """
        nodes = self._drawn.nodes
        beside = {
            name for name, node in nodes.items() if node.attached_to and not node.interrupting
        }
        return _closure(lambda place: (p for p in after[place] if p not in beside), [start])

    def _telling(self, after: Mapping[str, Sequence[str]]) -> set[str]:
        """The places where a second token does harm: something is done again, or joined, behind."""
        nodes = self._drawn.nodes
        doing = {
            self._drawn.entry(name)
            for name, node in nodes.items()
            if node.kind in ACTIVITIES or (node.kind in _THROWING and node.events)
        }
        joined = {place for join in self._drawn.joins for place in join.inputs}
        before: dict[str, list[str]] = {place: [] for place in self.order}
        for place in self.order:
            for later in after[place]:
                before[later].append(place)
        return _closure(lambda place: before[place], (doing | joined) & self.number.keys())

    def _predecessors(self, after: Mapping[str, Sequence[str]]) -> list[list[int]]:
        """The places from which a token can come to each, by events at the edge as well."""
        found: list[list[int]] = [[] for _ in self.order]
        for place in self.order:
            for later in {*after[place], *self._drawn.beside.get(place, ())}:
                if later in self.number:
                    found[self.number[later]].append(self.number[place])
        return found

    def _shorten(self) -> None:
        for place in reversed(range(len(self.order))):
            moves = self.moves[place]
            if len(moves) == 1 and not moves[0].ends_all and moves[0].places.bit_count() == 1:
                after = moves[0].places.bit_length() - 1
                if self._before[after] == [place] and self.alone >> after & 1:
                    self.moves[place] = tuple(
                        move._replace(path=(*moves[0].path, *move.path))
                        for move in self.moves[after]
                    )
                    self._rows[after] = place, moves[0].path
        for place in range(len(self.order)):  # what comes earlier has the lower number
            self.head[place] = self.head[self._rows[place][0]] if place in self._rows else place

    def row(self, place: int) -> tuple[str, ...]:
        """The elements passed from the first of the places in a row to one of them."""
        parts = []
        while place in self._rows:
            place, path = self._rows[place]
            parts.append(path)
        return tuple(name for part in reversed(parts) for name in part)

    def reach(self, place: int) -> int:
        """The places from which a way leads to one, never through the join that it leads into."""
        if place not in self._reached:
            self._reached[place] = self._backwards(place, self.gates[place].inputs)
        return self._reached[place]

    def _backwards(self, place: int, not_through: int) -> int:
        found = 1 << place
        ahead = [place]
        while ahead:
            for before in self._before[ahead.pop()]:
                if not (found | not_through) >> before & 1:
                    found |= 1 << before
                    ahead.append(before)
        return found


def _successors(drawn: Ways) -> dict[str, list[str]]:
    """The places that a token can come to next, events at the edge last."""
    after = {
        place: list(dict.fromkeys(p for way in ways for p in way.places))
        for place, ways in drawn.ways.items()
    }
    for join in drawn.joins:
        behind = list(dict.fromkeys(p for way in join.ways for p in way.places))
        after |= dict.fromkeys(join.inputs, behind)
    return after


def _closure(after: Callable[[str], Iterable[str]], first: Iterable[str]) -> set[str]:
    found = set(first)
    ahead = list(found)
    while ahead:
        new = [place for place in after(ahead.pop()) if place not in found]
        found.update(new)
        ahead += new
    return found


def _reverse_postorder(after: Mapping[str, Sequence[str]], start: str) -> list[str]:
    found: list[str] = []
    seen = {start}
    open_ = [(start, iter(after[start]))]
    while open_:
        place, rest = open_[-1]
        new = next((p for p in rest if p not in seen), None)
        if new is None:
            found.append(place)
            open_.pop()
        else:
            seen.add(new)
            open_.append((new, iter(after[new])))
    return found[::-1]
