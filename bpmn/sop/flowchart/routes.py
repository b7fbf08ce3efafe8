"""The way of each arrow on one page, through strips of cells and the channels between them.

Rows are the table's, one symbol in each; above and below them stand connectors. There always is a
way: aside of a symbol nothing stands in its row, and a channel takes as many arrows as there are.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bpmn.layout.lines import Strips
from bpmn.layout.ways import (
    BOTTOM,
    LEFT,
    RIGHT,
    TOP,
    Way,
    join,
    on_itself,
    segments_along,
    toward,
)
from bpmn.sop.document import DIAMOND

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bpmn.layout.scene import Link
    from bpmn.sop.flowchart.symbols import Symbol

ACROSS, DOWN, BEND, CROSSING = 9, 7, 14, 40  # what a way costs: by strip, and each
SHARED, UNUSUAL = 30, 25  # a side that others use, or that one does not look for
NEAR = 3  # strips to a channel that is still looked for around the corner of a symbol
AGAIN = 3  # times that each arrow looks for a better way, once all have one

Path = tuple[str, tuple[int, ...], str]


@dataclass(frozen=True)
class Spot:
    """A symbol in its cell, by the numbers of strips; a connector is met at one side only."""

    name: str
    symbol: Symbol
    row: int
    column: int
    side: str = ""
    labelled: bool = False

    def reach(self, side: str) -> float:
        """How far from the middle of a side an arrow may be; words need the room beside it."""
        return 0 if self.labelled and side in (TOP, BOTTOM) else self.symbol.reach(side)

    def beside(self, side: str) -> int:
        """The strip that an arrow comes to at a side."""
        return {
            RIGHT: self.column + 1,
            LEFT: self.column - 1,
            TOP: self.row - 1,
            BOTTOM: self.row + 1,
        }[side]


@dataclass
class Routes:
    """The ways on a page of so many rows and columns."""

    strips: Strips
    columns: int
    spots: dict[str, Spot] = field(default_factory=dict)
    ways: dict[str, Way] = field(default_factory=dict)
    used: Counter[tuple[str, str]] = field(default_factory=Counter)
    _known: dict[tuple[Spot, Spot], list[tuple[float, Path]]] = field(default_factory=dict)

    def put(self, spot: Spot) -> None:
        """Puts a symbol into its cell."""
        self.spots[spot.name] = spot
        self.strips.cells.add((spot.row, spot.column))

    def find(self, links: list[Link]) -> None:
        """Finds the ways, and better ones while there are any."""
        for link in sorted(links, key=self._turn):
            self._take(self._best(link)[1])
        for _ in range(AGAIN):
            if sum(map(self._better, links)) == 0:  # all look, also behind the first that found
                break
        for way in self.ways.values():
            join(way)

    def room_for(self, link: Link, connector: list[Spot]) -> Spot:
        """Of the places where a connector may stand the one with the best way."""
        found = []
        for number, spot in enumerate(connector):
            self.put(spot)
            found.append((self._best(link)[0], number))
            self.strips.cells.remove((spot.row, spot.column))
        return connector[min(found)[1]]

    def _turn(self, link: Link) -> tuple[int, int, str]:
        """Who may choose first: what goes straight on, what is near, and what goes back last."""
        source, target = self.spots[link.source], self.spots[link.target]
        down = target.row - source.row
        return (down <= 0, abs(down), link.id)

    def _better(self, link: Link) -> bool:
        old = self.ways[link.id]
        self._drop(old)
        new = self._best(link)[1]
        self._take(new)
        return (new.exit, new.entry, _lines(new)) != (old.exit, old.entry, _lines(old))

    def _best(self, link: Link) -> tuple[float, Way]:
        best: tuple[float, Way] | None = None
        for cost, path in self._candidates(link):
            if best and cost >= best[0]:
                break
            way = self._way(link, *path)
            if not self._fits(way):
                continue
            whole = cost + CROSSING * sum(map(self.strips.crossings, way.segments))
            if best is None or whole < best[0]:
                best = whole, way
        assert best is not None, link  # noqa: S101  (see above: there always is a way)
        return best

    def _candidates(self, link: Link) -> list[tuple[float, Path]]:
        """The paths there are, the cheapest first."""
        source, target = self.spots[link.source], self.spots[link.target]
        paths = self._paths(source, target)
        costs = [length + self._manners(source, target, path) for length, path in paths]
        order = sorted(range(len(paths)), key=costs.__getitem__)
        return [(costs[place], paths[place][1]) for place in order]

    def _paths(self, source: Spot, target: Spot) -> list[tuple[float, Path]]:
        key = source, target
        if key not in self._known:
            paths = _paths(source, target, self.columns)
            self._known[key] = [(_length(source, target, path), path) for path in paths]
        return self._known[key]

    def _way(self, link: Link, exit_: str, path: tuple[int, ...], entry: str) -> Way:
        source, target = self.spots[link.source], self.spots[link.target]
        ends = source.beside(exit_), target.beside(entry)
        segments = segments_along(exit_, path, ends)
        segments[0].reach = source.reach(exit_)
        reach = target.reach(entry)
        segments[-1].reach = min(reach, segments[0].reach) if len(segments) == 1 else reach
        return Way(link, exit_, entry, segments)

    def _manners(self, source: Spot, target: Spot, path: Path) -> float:
        """What one does not look for: arrows go down, into the top; loops keep to the sides."""
        down, (exit_, _, entry) = target.row > source.row, path
        cost = 0.0
        for spot, side in ((source, exit_), (target, entry)):
            weight = 2 if spot.symbol.kind == DIAMOND else 1
            cost += SHARED * weight * self.used[spot.name, side]
        against = (TOP, BOTTOM) if down else (BOTTOM, TOP)
        cost += UNUSUAL * ((exit_ == against[0]) + (entry == against[1]))
        if not down and not target.side:
            cost += UNUSUAL * (entry in (TOP, BOTTOM))
        return cost

    def _fits(self, way: Way) -> bool:
        if not all(map(self.strips.is_free, way.segments)) or on_itself(way.segments):
            return False
        return all(
            self.strips.find_place(segment, toward(way, place))
            for place, segment in enumerate(way.segments)
            if self.strips.is_cell(segment)
        )

    def _take(self, way: Way) -> None:
        self.ways[way.link.id] = way
        for segment in way.segments:
            self.strips.placed[segment.vertical, segment.line].append(segment)
        self.used.update(_sides(way))

    def _drop(self, way: Way) -> None:
        for segment in way.segments:
            self.strips.placed[segment.vertical, segment.line].remove(segment)
        self.used.subtract(_sides(way))


def _sides(way: Way) -> Iterable[tuple[str, str]]:
    return (way.link.source, way.exit), (way.link.target, way.entry)


def _lines(way: Way) -> list[int]:
    return [segment.line for segment in way.segments]


def _length(source: Spot, target: Spot, path: Path) -> float:
    """How long a way is, by the strips that it crosses, and how often it turns."""
    exit_, lines, entry = path
    ends = (source.beside(exit_), *lines, target.beside(entry))
    down = exit_ in (TOP, BOTTOM)
    length = sum(
        abs(ends[place + 1] - ends[place - 1]) * (DOWN if down == (place % 2 == 1) else ACROSS)
        for place in range(1, len(ends) - 1)
    )
    return length + BEND * (len(lines) - 1)


def _paths(source: Spot, target: Spot, columns: int) -> Iterator[Path]:
    """The strips a way may take, with the sides of the symbols that it leaves and comes to."""
    for exit_, path, entry in (*_direct(source, target), *_by_channels(source, target, columns)):
        possible = source.side in ("", exit_) and target.side in ("", entry)
        if possible and min(path) >= 0:
            yield exit_, path, entry


def _direct(source: Spot, target: Spot) -> Iterator[Path]:
    """Without a channel between columns."""
    down = target.row > source.row
    onward, into = (BOTTOM, TOP) if down else (TOP, BOTTOM)
    if source == target:
        return
    if source.column == target.column:
        yield onward, (source.column,), into
        return
    aside, facing = (RIGHT, LEFT) if target.column > source.column else (LEFT, RIGHT)
    yield aside, (source.row, target.column), into
    yield onward, (source.column, target.row), facing
    for along in sorted(_near(source) | _near(target)):
        exit_ = BOTTOM if along > source.row else TOP
        entry = TOP if along < target.row else BOTTOM
        yield exit_, (source.column, along, target.column), entry


def _near(spot: Spot) -> set[int]:
    """The channels above and below; the one at a connector belongs to the column's own."""
    return set() if spot.side else {spot.row - 1, spot.row + 1}


def _by_channels(source: Spot, target: Spot, columns: int) -> Iterator[Path]:
    if source == target:
        row, column = source.row, source.column
        yield RIGHT, (row, column + 1, row - 1, column - 1, row), LEFT
    for channel in range(0, 2 * columns + 1, 2):
        starts = _toward_channel(source, channel)
        ends = _toward_channel(target, channel)
        for exit_, begin in starts:
            for entry, end in ends:
                yield exit_, (*begin, channel, *reversed(end)), entry


def _toward_channel(spot: Spot, channel: int) -> list[tuple[str, tuple[int, ...]]]:
    """How a channel beside a symbol is reached from it: straight, or above or below it."""
    aside = RIGHT if channel > spot.column else LEFT
    around = [(TOP, (spot.column, spot.row - 1)), (BOTTOM, (spot.column, spot.row + 1))]
    near = bool(spot.side) or abs(channel - spot.column) <= NEAR
    return [(aside, (spot.row,)), *(around if near else [])]
