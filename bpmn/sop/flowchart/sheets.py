"""A page with everything in its place, in millimetres.

From the left border of the first actor's column, and from the upper border of the first row.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from bpmn.layout.labels import Box
from bpmn.sop.flowchart.measures import Channel
from bpmn.sop.flowchart.pages import BODY
from bpmn.sop.flowchart.routes import Spot

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bpmn.layout.lines import Segment
    from bpmn.layout.ways import Way
    from bpmn.sop.flowchart.measures import Columns
    from bpmn.sop.flowchart.pages import Page
    from bpmn.sop.flowchart.symbols import Symbol

Point = tuple[float, float]


@dataclass(frozen=True)
class Placed:
    """A symbol of a row (its ``place`` in the table), or a connector, by its middle."""

    symbol: Symbol
    x: float
    y: float
    place: int | None = None

    @property
    def box(self) -> Box:
        """Around it."""
        across, down = self.symbol.width / 2, self.symbol.height / 2
        return Box(self.x - across, self.y - down, self.x + across, self.y + down)


@dataclass(frozen=True)
class Line:
    """An arrow (its number in the document), or its part on this page; its tip comes last."""

    arrow: int
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Label:
    """Words beside an arrow."""

    arrow: int
    words: str
    box: Box


@dataclass(frozen=True)
class Sheet:
    """A page; the first row begins with room for connectors, the last ends with it."""

    first: int
    heights: tuple[float, ...]
    head: float
    foot: float
    symbols: tuple[Placed, ...]
    lines: tuple[Line, ...]
    labels: tuple[Label, ...]


def sheet(
    page: Page, columns: Columns, heights: Sequence[float], letters: Mapping[str, str]
) -> Sheet:
    """A page drawn; ``heights`` are those of the words in its rows, ``letters`` by arrow."""
    rows = Rows(page, heights)
    drawing = _Drawing(page, columns, rows)
    return Sheet(
        first=page.first,
        heights=rows.heights(),
        head=rows.head,
        foot=rows.end - rows.borders[-1],
        symbols=tuple(drawing.symbol(spot, letters) for spot in page.routes.spots.values()),
        lines=tuple(drawing.line(way) for way in page.routes.ways.values()),
        labels=tuple(drawing.labels()),
    )


@dataclass
class Rows:
    """Where the rows and the channels between them lie; ``borders`` are those of the table."""

    page: Page
    words: Sequence[float]
    middles: dict[int, float] = field(default_factory=dict)  # by strip
    starts: dict[int, float] = field(default_factory=dict)  # by channel: the border, or the edge
    borders: list[float] = field(default_factory=list)
    head: float = 0
    end: float = 0

    def __post_init__(self) -> None:
        self.rooms = self._rooms()
        last = 2 * len(self.page.lines)
        for line in range(last + 1):
            if line % 2:
                self.middles[line] = self.end + self.rooms[line][0]
                self.end += sum(self.rooms[line])
            else:
                self._add_channel(line)
        self.head = self.borders[0]

    def channel(self, line: int) -> Channel:
        """A channel between rows; a border is in it where both are the table's."""
        lines = self.page.lines
        inner = 0 < line < 2 * len(lines)
        bordered = inner and lines[line // 2 - 1] == lines[line // 2] == BODY
        tracks = self.page.tracks.get((False, line), 0)
        return Channel(tracks, bordered)

    def heights(self) -> tuple[float, ...]:
        """From border to border; the first and the last with the connectors."""
        borders = [0.0, *self.borders[1:-1], self.end]
        return tuple(low - high for high, low in pairwise(borders))

    def _add_channel(self, line: int) -> None:
        found, lines = self.channel(line), self.page.lines
        above = lines[line // 2 - 1] if line else ""
        below = lines[line // 2] if line < 2 * len(lines) else ""
        if above != BODY and below == BODY:
            self.borders.append(self.end)
        self.starts[line] = self.end + found.before
        self.end += found.before + found.behind
        if above == BODY:
            self.borders.append(self.starts[line] if found.bordered else self.end)

    def _rooms(self) -> dict[int, tuple[float, float]]:
        """Above and below the middle of each row of strips."""
        rooms: dict[int, tuple[float, float]] = {}
        for cell in self.page.cells.values():
            line, own = cell.spot.row, (cell.room(-1), cell.room(1))
            rooms[line] = _larger(rooms.get(line, (0, 0)), own)
        for place, words in enumerate(self.words, self.page.first):
            line = self.page.line(place)
            before, behind = self.channel(line - 1), self.channel(line + 1)
            needed = words - before.behind - (behind.before if behind.bordered else behind.behind)
            spare = max(needed - sum(rooms[line]), 0) / 2
            rooms[line] = (rooms[line][0] + spare, rooms[line][1] + spare)
        return {2 * row + 1: rooms.get(2 * row + 1, (0, 0)) for row in range(len(self.page.lines))}


@dataclass
class _Drawing:
    page: Page
    columns: Columns
    rows: Rows

    def symbol(self, spot: Spot, letters: Mapping[str, str]) -> Placed:
        kind, name = spot.name.split()
        letter = letters[name] if kind == "connector" else ""
        place = int(name) if kind == "row" else None
        return Placed(replace(spot.symbol, letter=letter), *self._middle(spot), place)

    def line(self, way: Way) -> Line:
        across = [self._position(segment) for segment in way.segments]
        points = [self._end(way.link.source, way.exit, way.segments[0])]
        for first, here, there in zip(way.segments, across, across[1:], strict=False):
            points.append((here, there) if first.vertical else (there, here))
        points.append(self._end(way.link.target, way.entry, way.segments[-1]))
        return Line(int(way.link.id), tuple(points))

    def labels(self) -> Iterable[Label]:
        for cell in self.page.cells.values():
            middle = self._middle(cell.spot)
            for name, box in cell.boxes.items():
                yield Label(int(name), self.page.arrows[name].label, box.moved(*middle))

    def _middle(self, spot: Spot) -> Point:
        return self.columns.middle(spot.column // 2), self.rows.middles[spot.row]

    def _end(self, name: str, side: str, segment: Segment) -> Point:
        """Where an arrow meets a symbol."""
        spot = self.page.routes.spots[name]
        x, y = self._middle(spot)
        away = spot.symbol.edge(side, segment.offset) * (1 if side in ("right", "bottom") else -1)
        return (
            (x + segment.offset, y + away) if segment.vertical else (x + away, y + segment.offset)
        )

    def _position(self, segment: Segment) -> float:
        """The x of what runs down, the y of what runs across."""
        line, cell = segment.line, self.page.routes.strips.is_cell(segment)
        if cell:
            middle = self.columns.middle(line // 2) if segment.vertical else self.rows.middles[line]
            return middle + segment.offset
        tracks, track = self.page.tracks[segment.vertical, line], int(segment.offset)
        if segment.vertical:
            return self.columns.track(line // 2, track, tracks)
        return self.rows.starts[line] + self.rows.channel(line).at(track, tracks)


def _larger(one: Point, other: Point) -> Point:
    return max(one[0], other[0]), max(one[1], other[1])
