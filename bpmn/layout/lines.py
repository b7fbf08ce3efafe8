"""The lines of the grid that edges run along, and which edge runs where on them.

The plane is cut into strips, both ways: cells with the shapes, and channels between them. Edges
are segments along strips. Two segments in one strip whose reaches meet get different places, so
no two edges ever lie upon each other; in cells only empty ones are passed. A channel grows with
its tracks, so there always is a way.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bpmn.layout.scene import Item, Scene

STEP = 10  # between the places of two edges in a strip
PASSES = 12  # over the order of a channel's tracks


@dataclass(eq=False)
class Segment:
    """A piece of an edge along one strip, from one crossing strip to another (or the same)."""

    vertical: bool
    line: int
    start: int
    end: int
    reach: float = 0  # how far from there it may lie in a cell
    middle: float = 0  # where in a cell it had best lie, from the cell's middle
    offset: float = 0  # from the middle of a cell; in a channel the number of the track
    bent: tuple[int, int] = (0, 0)  # where the edge goes at either end: -1 is left or above
    crossing: tuple[Segment | None, Segment | None] = (None, None)

    def __post_init__(self) -> None:
        # Asked for a million times in a large diagram, so not a property.
        self.span = (min(self.start, self.end), max(self.start, self.end))

    def meets(self, other: Segment) -> bool:
        """Whether both touch a strip."""
        (a, b), (c, d) = self.span, other.span
        return a <= d and c <= b

    def position(self, end: int) -> tuple[int, float]:
        """Where one of its ends (0 or 1) lies along it."""
        crossing = self.crossing[end]
        return (self.start, self.end)[end], crossing.offset if crossing else 0

    def extent(self) -> tuple[tuple[int, float], tuple[int, float]]:
        """Both ends in order."""
        one, other = self.position(0), self.position(1)
        return (one, other) if one <= other else (other, one)


@dataclass(kw_only=True)
class Strips:
    """The strips, and what is in them. Columns have odd numbers, channels between them even ones.

    Between the places of two edges in a cell lies a ``step``, and where they are many half of it
    or less, but nothing below ``finest``.
    """

    rows: set[int] = field(default_factory=set)
    cells: set[tuple[int, int]] = field(default_factory=set)  # row and column line of each shape
    placed: dict[tuple[bool, int], list[Segment]] = field(default_factory=lambda: defaultdict(list))
    step: float = STEP
    finest: float = 0.1

    def is_cell(self, segment: Segment) -> bool:
        """Whether it runs through cells and not along a channel."""
        return segment.line % 2 == 1 if segment.vertical else segment.line in self.rows

    def is_free(self, segment: Segment) -> bool:
        """Whether no shape stands in its way."""
        first, last = segment.span
        if segment.vertical:
            return segment.line % 2 == 0 or not any(
                (row, segment.line) in self.cells for row in range(first, last + 1)
            )
        return segment.line not in self.rows or not any(
            (segment.line, column) in self.cells for column in range(first, last + 1)
        )

    def find_place(self, segment: Segment, toward: int) -> bool:
        """Gives a segment in cells the first free place, on the side it is going to first."""
        first, last = segment.span
        others = [
            other.offset
            for other in self.placed[segment.vertical, segment.line]
            if other.span[0] <= last and first <= other.span[1]
        ]
        for offset in _offsets(segment, toward, self.step, self.finest):
            if offset not in others:
                segment.offset = offset
                return True
        return False

    def crossings(self, segment: Segment) -> int:
        """How many edges so far it would cross, as far as strips tell."""
        first, last = segment.span
        return sum(
            other.span[0] <= segment.line <= other.span[1]
            for line in range(first, last + 1)
            for other in self.placed.get((not segment.vertical, line), ())
        )

    def order_channels(self) -> dict[tuple[bool, int], int]:
        """Numbers the tracks of each channel; gives how many each has."""
        counts = {}
        for vertical in (True, False):
            for (direction, line), segments in sorted(self.placed.items()):
                if direction == vertical and segments and not self.is_cell(segments[0]):
                    counts[direction, line] = _number(_ordered(segments))
        return counts


@dataclass
class Lines(Strips):
    """The strips of a scene."""

    scene: Scene
    columns: int = 0
    row_lines: dict[tuple[int, int], int] = field(default_factory=dict)  # by band and row
    band_lines: list[tuple[int, int]] = field(default_factory=list)  # first and last, by band
    height: int = 0
    items: dict[tuple[int, int], Item] = field(default_factory=dict)  # by row and column line

    def __post_init__(self) -> None:
        standing = [item for item in self.scene.items.values() if item.host is None]
        self.columns = max((item.column for item in standing), default=0) + 1
        for number, band in enumerate(self.scene.bands):
            if number and band.pool != self.scene.bands[number - 1].pool:
                self.height += 1  # the gap between two pools
            rows = max((i.row for i in standing if i.band == number), default=0) + 1
            self._add_band(number, rows)
        self.items = {self.place(item): item for item in standing}
        self.cells.update(self.items)

    def _add_band(self, number: int, rows: int) -> None:
        first = self.height
        for row in range(rows):
            self.row_lines[number, row] = first + 2 * row + 1
            self.rows.add(first + 2 * row + 1)
        self.height = first + 2 * rows + 1
        self.band_lines.append((first, self.height - 1))

    def place(self, item: Item) -> tuple[int, int]:
        """The row line and the column line of the cell of an item."""
        cell = item.cell
        return self.row_lines[cell.band, cell.row], 2 * cell.column + 1


def _offsets(segment: Segment, toward: int, step: float, finest: float) -> Iterator[float]:
    middle = segment.middle
    yield middle
    while segment.reach and step >= finest:
        for side in (toward or 1, -(toward or 1)):
            for count in range(1, int(segment.reach / step) + 1):
                yield middle + side * step * count
        step /= 2


def _ordered(segments: list[Segment]) -> list[Segment]:
    """Such that neighbours cross as little as may be; the same for the same."""
    found = list(segments)
    for _ in range(PASSES):
        changed = False
        for place in range(len(found) - 1):
            one, other = found[place : place + 2]
            if one.meets(other) and _cost(other, one) < _cost(one, other):
                found[place : place + 2] = [other, one]
                changed = True
        if not changed:
            break
    return found


def _cost(first: Segment, second: Segment) -> int:
    """How often two edges cross where the first lies before (left of, above) the second."""
    return _cuts(first, 1, second) + _cuts(second, -1, first)


def _cuts(segment: Segment, side: int, other: Segment) -> int:
    low, high = other.extent()
    return sum(segment.bent[end] == side and low < segment.position(end) < high for end in (0, 1))


def _number(order: list[Segment]) -> int:
    """Gives each segment the first track behind those it meets; how many there are."""
    for place, segment in enumerate(order):
        before = [other.offset for other in order[:place] if other.meets(segment)]
        segment.offset = max(before, default=-1) + 1
    return int(max(segment.offset for segment in order)) + 1
