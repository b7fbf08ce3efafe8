"""From places in the grid to places on the plane."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from bpmn.layout.grid import arrange
from bpmn.layout.labels import Box, Labels, box_of
from bpmn.layout.lettering import INSIDE
from bpmn.layout.lettering import width as letters
from bpmn.layout.lines import STEP, Lines
from bpmn.layout.ways import BOTTOM, LEFT, RIGHT, TOP, Router

if TYPE_CHECKING:
    from bpmn.layout.lines import Segment
    from bpmn.layout.scene import Item, Scene
    from bpmn.layout.ways import Way

HEADING = 30  # the strip of a pool or lane with its name
BESIDE_COLUMN, BESIDE_ROW, BETWEEN_POOLS = 20, 14, 30  # from shapes to the first track
SUBPROCESS_HEADING = 24
LANE_HEIGHT = 110

Point = tuple[float, float]


@dataclass
class Plan:
    """Where everything on a plane is drawn, in pixels from its upper left corner."""

    element: str
    width: float = 0
    height: float = 0
    boxes: dict[str, Box] = field(default_factory=dict)
    labels: dict[str, Box] = field(default_factory=dict)
    edges: dict[str, list[Point]] = field(default_factory=dict)
    strips: set[str] = field(default_factory=set)  # pools and lanes
    expanded: set[str] = field(default_factory=set)

    def take_in(self, inner: Plan, x: float, y: float) -> None:
        """Draws what stands in an expanded subprocess."""
        self.boxes |= {name: box.moved(x, y) for name, box in inner.boxes.items()}
        self.labels |= {name: box.moved(x, y) for name, box in inner.labels.items()}
        for name, points in inner.edges.items():
            self.edges[name] = [(px + x, py + y) for px, py in points]
        self.expanded |= inner.expanded


def planned(scene: Scene, names: dict[str, str]) -> Plan:
    """The layout of a scene; `names` are those of pools and lanes by id, for their headings."""
    arrange(scene)
    lines = Lines(scene)
    router = Router(scene, lines)
    ways = router.run()
    labels = Labels(scene)
    labels.place(ways, router.named_at)
    return _Drafting(scene, lines, labels, lines.order_channels(), names).plan(ways)


class _Drafting:
    """Columns and rows as wide and high as what stands in them, channels as their tracks need."""

    def __init__(
        self,
        scene: Scene,
        lines: Lines,
        labels: Labels,
        tracks: dict[tuple[bool, int], int],
        names: dict[str, str],
    ) -> None:
        self.scene, self.lines, self.labels, self.tracks = scene, lines, labels, tracks
        extents = {place: labels.extent(cell) for place, cell in lines.items.items()}
        rows = {r: [e for (row, _), e in extents.items() if row == r] for r in sorted(lines.rows)}
        columns = {
            2 * c + 1: [e for (_, column), e in extents.items() if column == 2 * c + 1]
            for c in range(lines.columns)
        }
        self.above = {r: _most([-e.top for e in found], 30) for r, found in rows.items()}
        self.below = {r: _most([e.bottom for e in found], 30) for r, found in rows.items()}
        self.before = {c: _most([-e.left for e in found], 18) for c, found in columns.items()}
        self.behind = {c: _most([e.right for e in found], 18) for c, found in columns.items()}
        self.heights = [self._height(line) for line in range(lines.height)]
        self._heighten(names)
        widths = [self._width(line) for line in range(2 * lines.columns + 1)]
        self.lefts = list(accumulate(widths, initial=HEADING * scene.depth))
        self.tops = list(accumulate(self.heights, initial=0))

    def plan(self, ways: list[Way]) -> Plan:
        """Everything in its place."""
        plan = Plan(self.scene.element, self.lefts[-1], self.tops[-1])
        self._draw_bands(plan)
        for item in self.scene.items.values():
            x, y = self._middle(item)
            plan.boxes[item.id] = box = box_of(item).moved(x, y)
            if item.inner:
                indent = (item.width - item.inner.width) / 2
                plan.expanded.add(item.id)
                plan.take_in(item.inner, box.left + indent, box.top + SUBPROCESS_HEADING)
        for name, (cell, label) in self.labels.found.items():
            plan.labels[name] = label.moved(*self._middle(cell))
        for way in ways:
            plan.edges[way.link.id] = self._points(way)
        return plan

    def _height(self, line: int) -> float:
        if line in self.lines.rows:
            return self.above[line] + self.below[line]
        first = {first for first, _ in self.lines.band_lines}
        last = {last for _, last in self.lines.band_lines}
        between_rows = {row + 1 for row in self.lines.rows}
        gap = line not in first | last | between_rows
        aside = BETWEEN_POOLS if gap else BESIDE_ROW
        return max(2 * aside, 2 * aside + STEP * (self.tracks.get((False, line), 0) - 1))

    def _width(self, line: int) -> float:
        if line % 2:
            return self.before[line] + self.behind[line]
        count = self.tracks.get((True, line), 0)
        return max(2 * BESIDE_COLUMN, 2 * BESIDE_COLUMN + STEP * (count - 1))

    def _heighten(self, names: dict[str, str]) -> None:
        """Gives a lane or pool the height that its name takes, read upwards."""
        for number, band in enumerate(self.scene.bands):
            first, last = self.lines.band_lines[number]
            name = names.get(band.lanes[-1] if band.lanes else band.pool, "")
            least = min(letters(name, INSIDE) + 20, 240)
            if band.lanes:
                least = max(least, LANE_HEIGHT)
            elif band.closed:
                least = 60
            missing = least - sum(self.heights[first : last + 1])
            if missing > 0:
                for row in (first, last):
                    self.heights[row] += math.ceil(missing / 2)

    def _middle(self, item: Item) -> Point:
        row, column = self.lines.place(item)
        return self.lefts[column] + self.before[column], self.tops[row] + self.above[row]

    def _draw_bands(self, plan: Plan) -> None:
        for level in range(self.scene.depth):
            for number, band in enumerate(self.scene.bands):
                path = (*filter(None, (band.pool,)), *band.lanes)
                if level < len(path):
                    first, last = self.lines.band_lines[number]
                    self._stretch(plan, path[level], level, self.tops[first], self.tops[last + 1])

    def _stretch(self, plan: Plan, name: str, level: int, top: float, bottom: float) -> None:
        known = plan.boxes.get(name)
        left = HEADING * level
        plan.boxes[name] = Box(left, known.top if known else top, plan.width, bottom)
        plan.strips.add(name)

    def _points(self, way: Way) -> list[Point]:
        segments = way.segments
        points = [self._end(way, 0)]
        for one, other in pairwise(segments):
            x, y = (one, other) if one.vertical else (other, one)
            points.append((self._coordinate(x), self._coordinate(y)))
        return [*points, self._end(way, -1)]

    def _coordinate(self, segment: Segment) -> float:
        line, starts = segment.line, self.lefts if segment.vertical else self.tops
        if self.lines.is_cell(segment):
            before = self.before if segment.vertical else self.above
            return starts[line] + before[line] + segment.offset
        count = self.tracks[segment.vertical, line]
        spare = starts[line + 1] - starts[line] - STEP * (count - 1)
        return starts[line] + spare / 2 + STEP * segment.offset

    def _end(self, way: Way, which: int) -> Point:
        name, side = (way.link.target, way.entry) if which else (way.link.source, way.exit)
        segment = way.segments[which]
        at = self._coordinate(segment)
        item = self.scene.items.get(name)
        if item is None:
            return at, self._pool_border(name, side)
        box = box_of(item).moved(*self._middle(item))
        inward = _inward(item, segment.offset - segment.middle)
        return {
            RIGHT: (box.right - inward, at),
            LEFT: (box.left + inward, at),
            TOP: (at, box.top + inward),
            BOTTOM: (at, box.bottom - inward),
        }[side]

    def _pool_border(self, name: str, side: str) -> float:
        bands = [n for n, band in enumerate(self.scene.bands) if band.pool == name]
        if side == TOP:
            return self.tops[self.lines.band_lines[bands[0]][0]]
        return self.tops[self.lines.band_lines[bands[-1]][1] + 1]


def _most(values: list[float], least: float) -> float:
    return math.ceil(max([*values, least]))


def _inward(item: Item, offset: float) -> float:
    """How far inside of its box the border of a shape is, off the middle of a side."""
    if item.pointed:
        return abs(offset)
    radius = item.width / 2
    return radius - math.sqrt(radius**2 - offset**2) if item.round else 0
