"""The way of each edge through the grid: the best of a few shapes that keep clear of all else."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

from bpmn.layout.lines import Lines, Segment
from bpmn.layout.scene import DATA, Item, Link, Scene

if TYPE_CHECKING:
    from collections.abc import Iterator

RIGHT, LEFT, TOP, BOTTOM = "right", "left", "top", "bottom"
OPPOSITE = {TOP: BOTTOM, BOTTOM: TOP}
ACROSS, DOWN, BEND, CROSSING = 70, 45, 60, 35  # what a way costs, in pixels or as if


@dataclass(eq=False)
class Way:
    """An edge's segments, and the sides of the shapes where it begins and ends."""

    link: Link
    exit: str
    entry: str
    segments: list[Segment]


@dataclass
class Router:
    """Finds the ways one after another; those found first are in nobody's way."""

    scene: Scene
    lines: Lines
    ways: list[Way] = field(default_factory=list)
    used: dict[str, dict[str, int]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(int))
    )  # how many edges are at each side of each item
    named_at: dict[str, str] = field(default_factory=dict)  # the side an item's name stands on

    def run(self) -> list[Way]:
        """The ways of all links that lie between cells or pools."""
        for item in self.scene.items.values():
            if item.labelled and item.host is None:
                self.named_at[item.id] = TOP if item.pointed else BOTTOM
        for link in sorted(self.scene.links, key=self._turn):
            self._route(link)
        for way in self.ways:
            join(way)
        return self.ways

    def _turn(self, link: Link) -> tuple[int, ...]:
        """Who may choose first: what has one way only, what goes straight, what is near."""
        source, target = (self.scene.items.get(end) for end in (link.source, link.target))
        if source is None or target is None:
            return (5, 0, 0)
        (row, column), (to_row, to_column) = self.lines.place(source), self.lines.place(target)
        kind = 4
        if source.host or target.host:
            kind = 0
        elif link.kind == "sequenceFlow":
            kind = 3 if to_column <= column else 1 if row == to_row else 2
        elif link.kind != "messageFlow" and column == to_column:
            kind = 1
        return kind, abs(to_column - column), abs(to_row - row)

    def _route(self, link: Link) -> None:
        candidates = sorted(
            ((self._length(way) + self._manners(way), number, way)
             for number, way in enumerate(self._candidates(link))),
            key=lambda found: found[:2],
        )  # fmt: skip
        best: tuple[float, Way] | None = None
        for cost, _, way in candidates:
            if best and cost >= best[0]:
                break
            if not self._fits(way):
                continue
            whole = cost + CROSSING * sum(map(self.lines.crossings, way.segments))
            if best is None or whole < best[0]:
                best = whole, way
        if best:
            self._take(best[1])

    def _fits(self, way: Way) -> bool:
        """Whether nothing stands in the way; its segments in cells then have their places."""
        if not all(map(self.lines.is_free, way.segments)) or on_itself(way.segments):
            return False
        return all(
            self.lines.find_place(segment, toward(way, place))
            for place, segment in enumerate(way.segments)
            if self.lines.is_cell(segment)
        )

    def _take(self, way: Way) -> None:
        self.ways.append(way)
        for segment in way.segments:
            self.lines.placed[segment.vertical, segment.line].append(segment)
        for end, side in ((way.link.source, way.exit), (way.link.target, way.entry)):
            self.used[end][side] += 1
            if self.named_at.get(end) == side:
                self.named_at[end] = OPPOSITE[side]

    def _length(self, way: Way) -> float:
        length = sum(abs(s.end - s.start) * (DOWN if s.vertical else ACROSS) for s in way.segments)
        return length + BEND * (len(way.segments) - 1)

    def _manners(self, way: Way) -> float:
        """What goes against habit: flows leave to the right and come from the left."""
        cost = 0.0
        if way.link.kind != "sequenceFlow":
            return 40.0 * (way.exit == RIGHT) + 40.0 * (way.entry == LEFT)
        for end, side, usual in (
            (way.link.source, way.exit, RIGHT),
            (way.link.target, way.entry, LEFT),
        ):
            item = self.scene.items[end]
            if item.host:
                continue
            if item.pointed:
                cost += 70 * self.used[end][side] + (15 if side != usual else 0)
            elif side != usual:
                cost += 90 + 40 * self.used[end][side]
            cost += 30 * (self.named_at.get(end) == side)
        return cost

    def _candidates(self, link: Link) -> Iterator[Way]:
        source, target = (self.scene.items.get(end) for end in (link.source, link.target))
        if source and target:
            places = (*self.lines.place(source), *self.lines.place(target))
            for exit_, path, entry in _shapes(*places):
                if min(path) >= 0 and self._may(source, exit_) and self._may(target, entry):
                    ends = self._end(source, exit_), self._end(target, entry)
                    yield self._way(link, exit_, path, entry, ends)
        elif source:
            yield from self._to_pool(link, source, link.target)
        elif target:
            for way in self._to_pool(link, target, link.source):
                way.exit, way.entry = way.entry, way.exit
                way.segments = [_turned(s) for s in reversed(way.segments)]
                yield way
        else:
            yield self._between_pools(link)

    def _may(self, item: Item, side: str) -> bool:
        if item.host:
            return side == BOTTOM
        if side == BOTTOM and item.boundaries:
            return False
        if self.named_at.get(item.id) == side:
            free = OPPOSITE[side]
            busy = self.used[item.id][free]
            return not busy and not item.boundaries and item.kind not in DATA
        return True

    def _end(self, item: Item, side: str) -> int:
        row, column = self.lines.place(item)
        return {RIGHT: column + 1, LEFT: column - 1, TOP: row - 1, BOTTOM: row + 1}[side]

    def _way(
        self, link: Link, exit_: str, path: tuple[int, ...], entry: str, ends: tuple[int, int]
    ) -> Way:
        segments = segments_along(exit_, path, ends)
        self._hold(segments, link, exit_, entry)
        return Way(link, exit_, entry, segments)

    def _hold(self, segments: list[Segment], link: Link, exit_: str, entry: str) -> None:
        """How far from the middle of their shapes an edge may begin and end."""
        reaches = []
        for end, side, segment in (
            (link.source, exit_, segments[0]),
            (link.target, entry, segments[-1]),
        ):
            item = self.scene.items.get(end)
            if item is None:
                continue
            reaches.append(_reach(item, side))
            segment.reach = min(reaches) if len(segments) == 1 else reaches[-1]
            if item.host:
                segment.middle = middle_of(item)

    def _to_pool(self, link: Link, item: Item, pool: str) -> Iterator[Way]:
        row, column = self.lines.place(item)
        bands = [n for n, band in enumerate(self.scene.bands) if band.pool == pool]
        first, last = self.lines.band_lines[bands[0]][0], self.lines.band_lines[bands[-1]][1]
        below = row < first
        border = first - 1 if below else last + 1
        side, entry = (BOTTOM, TOP) if below else (TOP, BOTTOM)
        if self._may(item, side):
            yield self._way(link, side, (column,), entry, (self._end(item, side), border))
        if item.host:
            path: tuple[int, ...] = (column, row + 1, column + 1)
            yield self._way(link, BOTTOM, path, entry, (row + 1, border))
        else:
            yield self._way(link, RIGHT, (row, column + 1), entry, (column + 1, border))

    def _between_pools(self, link: Link) -> Way:
        bands = [[n for n, b in enumerate(self.scene.bands) if b.pool == end]
                 for end in (link.source, link.target)]  # fmt: skip
        down = bands[0][0] < bands[1][0]
        upper, lower = (bands[0], bands[1]) if down else (bands[1], bands[0])
        ends = self.lines.band_lines[upper[-1]][1] + 1, self.lines.band_lines[lower[0]][0] - 1
        line = 2 * (self.lines.columns // 2)
        exit_, entry = (BOTTOM, TOP) if down else (TOP, BOTTOM)
        return self._way(link, exit_, (line,), entry, ends if down else (ends[1], ends[0]))


def _shapes(
    row: int, column: int, to_row: int, to_column: int
) -> Iterator[tuple[str, tuple[int, ...], str]]:
    """The strips a way may take: along which, in turn, from one cell to the other."""
    onward = to_column > column
    between = {row - 1, row + 1, to_row - 1, to_row + 1}
    if onward and row == to_row:
        yield RIGHT, (row,), LEFT
    elif onward:
        for channel in sorted({column + 1, to_column - 1}):
            yield RIGHT, (row, channel, to_row), LEFT
        down = to_row > row
        yield (BOTTOM if down else TOP), (column, to_row), LEFT
        yield RIGHT, (row, to_column), (TOP if down else BOTTOM)
    for along in sorted(between):
        exit_, entry = (BOTTOM if along > row else TOP), (TOP if along < to_row else BOTTOM)
        if not (onward and to_column - 1 == column + 1):
            yield RIGHT, (row, column + 1, along, to_column - 1, to_row), LEFT
        yield exit_, (column, along, to_column - 1, to_row), LEFT
        yield RIGHT, (row, column + 1, along, to_column), entry
        if column != to_column:
            yield exit_, (column, along, to_column), entry
        for channel in sorted({column - 1, column + 1, to_column - 1, to_column + 1}):
            for other in sorted(between - {along}):
                into = TOP if other < to_row else BOTTOM
                yield exit_, (column, along, channel, other, to_column), into
    if column == to_column and row != to_row:
        down = to_row > row
        yield (BOTTOM if down else TOP), (column,), (TOP if down else BOTTOM)


def segments_along(exit_: str, path: tuple[int, ...], ends: tuple[int, int]) -> list[Segment]:
    """The pieces of an edge that leaves by a side and takes strips in turn, across each other."""
    vertical = exit_ in (TOP, BOTTOM)
    lines = (ends[0], *path, ends[1])
    return [
        Segment(vertical == (place % 2 == 1), lines[place], lines[place - 1], lines[place + 1])
        for place in range(1, len(lines) - 1)
    ]


def on_itself(segments: list[Segment]) -> bool:
    """Whether an edge would meet itself in a strip."""
    return any(
        one.vertical == other.vertical and one.line == other.line and one.meets(other)
        for one, other in combinations(segments, 2)
    )


def toward(way: Way, place: int) -> int:
    """Whether a segment's edge goes on to lower or higher strips at its far end."""
    for near in (place + 1, place - 1):
        if 0 <= near < len(way.segments):
            segment = way.segments[near]
            other = segment.end if near > place else segment.start
            if other != way.segments[place].line:
                return 1 if other > way.segments[place].line else -1
    return 0


def _turned(segment: Segment) -> Segment:
    segment.start, segment.end = segment.end, segment.start
    return segment


def _reach(item: Item, side: str) -> float:
    if item.host:
        return 10
    if item.pointed or item.round:
        return 0 if side in (TOP, BOTTOM) else 15 if item.pointed else 10
    if side in (TOP, BOTTOM):
        return max(item.width / 2 - 15, 0)
    return max(item.height / 2 - 10, 0)


def middle_of(boundary: Item) -> float:
    """How far right of its host's middle a boundary event is; never 0, where others come in."""
    host = boundary.host
    assert host is not None  # noqa: S101  (boundary events have one)
    count, place = len(host.boundaries), host.boundaries.index(boundary)
    if count == 1:
        return host.width / 2 - 24
    middle = (place - (count - 1) / 2) * (host.width - 48) / (count - 1)
    return middle if abs(middle) >= 1 else 3


def join(way: Way) -> None:
    """Tells each segment what it meets at its ends, and on which side that lies."""
    for place, segment in enumerate(way.segments):
        before = way.segments[place - 1] if place else None
        after = way.segments[place + 1] if place + 1 < len(way.segments) else None
        segment.crossing = (before, after)
        come = _side(before.start - segment.line, way.exit) if before else 0
        go = _side(after.end - segment.line, way.entry) if after else 0
        segment.bent = (come, go)


def _side(distance: int, at_shape: str) -> int:
    """-1 where an edge's other end lies left or above; next to its shape the shape's side says."""
    if distance:
        return 1 if distance > 0 else -1
    return -1 if at_shape in (RIGHT, BOTTOM) else 1
