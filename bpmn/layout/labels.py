"""Where the names beside shapes and edges stand: always in the cell of a shape they belong to."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from bpmn.layout.lettering import label_size
from bpmn.layout.ways import BOTTOM, LEFT, RIGHT, TOP, middle_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bpmn.layout.scene import Item, Scene
    from bpmn.layout.ways import Way

NEAR = 4  # from a shape to its name
FAR = 1000  # further than any cell reaches
ARROW = 14  # an arrowhead's room


class Box(NamedTuple):
    """A rectangle; in a cell measured from its middle."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        """Whether they have more than a border in common."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def moved(self, x: float, y: float) -> Box:
        """The same elsewhere."""
        return Box(self.left + x, self.top + y, self.right + x, self.bottom + y)


@dataclass
class Labels:
    """The boxes of names, by the id of what they name, with the cell they stand in."""

    scene: Scene
    found: dict[str, tuple[Item, Box]] = field(default_factory=dict)
    shapes: dict[str, list[Box]] = field(default_factory=lambda: defaultdict(list))  # by cell
    lines: dict[str, list[Box]] = field(default_factory=lambda: defaultdict(list))

    def place(self, ways: list[Way], named_at: dict[str, str]) -> None:
        """Finds room for every name."""
        for item in self.scene.items.values():
            self.shapes[item.cell.id].append(box_of(item))
        for way in ways:
            for item, side, offset in self._ends(way):
                self.lines[item.cell.id].append(_stub(item, side, offset))
        for item in self.scene.items.values():
            if item.labelled:
                candidates = _beside(item) if item.host else _at(item, named_at[item.id])
                self._put(item.id, [(item.cell, box) for box in candidates])
        for way in ways:
            if way.link.name:
                self._put(way.link.id, list(self._along(way)))

    def extent(self, cell: Item) -> Box:
        """All that stands in a cell."""
        boxes = self.shapes[cell.id]
        return Box(
            min(b.left for b in boxes),
            min(b.top for b in boxes),
            max(b.right for b in boxes),
            max(b.bottom for b in boxes),
        )

    def _ends(self, way: Way) -> Iterator[tuple[Item, str, float]]:
        ends = (
            (way.link.source, way.exit, way.segments[0]),
            (way.link.target, way.entry, way.segments[-1]),
        )
        for name, side, segment in ends:
            if name in self.scene.items:
                yield self.scene.items[name], side, segment.offset

    def _put(self, name: str, candidates: list[tuple[Item, Box]]) -> None:
        cell, box = next(filter(self._is_free, candidates), candidates[0])
        self.found[name] = cell, box
        self.shapes[cell.id].append(box)

    def _is_free(self, candidate: tuple[Item, Box]) -> bool:
        cell, box = candidate
        taken = (*self.shapes[cell.id], *self.lines[cell.id])
        return not any(box.overlaps(other) for other in taken)

    def _along(self, way: Way) -> Iterator[tuple[Item, Box]]:
        size = label_size(way.link.name)
        for item, side, offset in self._ends(way):
            arrow = ARROW if item.id == way.link.target else 0
            for box in _beside_stub(item, side, offset, size, arrow):
                yield item.cell, box


def box_of(item: Item) -> Box:
    """An item in its cell."""
    x, y = (middle_of(item), item.host.height / 2) if item.host else (0, 0)
    return Box(-item.width / 2, -item.height / 2, item.width / 2, item.height / 2).moved(x, y)


def _stub(item: Item, side: str, offset: float) -> Box:
    """An edge's piece in the cell of its shape."""
    box = box_of(item)
    return {
        RIGHT: Box(box.right, offset - 1, FAR, offset + 1),
        LEFT: Box(-FAR, offset - 1, box.left, offset + 1),
        TOP: Box(offset - 1, -FAR, offset + 1, box.top),
        BOTTOM: Box(offset - 1, box.bottom, offset + 1, FAR),
    }[side]


def _at(item: Item, side: str) -> Iterator[Box]:
    width, height = label_size(item.name)
    for where in (side, TOP if side == BOTTOM else BOTTOM):
        away = item.height / 2 + NEAR
        top = away if where == BOTTOM else -away - height
        yield Box(-width / 2, top, width / 2, top + height)


def _beside(boundary: Item) -> Iterator[Box]:
    """Right of the edge that leaves a boundary event downwards, or left of it."""
    width, height = label_size(boundary.name)
    event = box_of(boundary)
    middle = (event.left + event.right) / 2
    right = Box(middle + NEAR, event.bottom + 1, middle + NEAR + width, event.bottom + 1 + height)
    left = right.moved(-width - 2 * NEAR, 0)
    assert boundary.host is not None  # noqa: S101  (boundary events have one)
    first = boundary.host.boundaries[0] is boundary and len(boundary.host.boundaries) > 1
    yield from (left, right) if first else (right, left)
    for down in range(1, 12):
        yield right.moved(0, 14 * down)


def _beside_stub(
    item: Item, side: str, offset: float, size: tuple[int, int], arrow: int
) -> Iterator[Box]:
    """At an edge's piece in a cell: above or below it, right or left of it."""
    (width, height), box = size, box_of(item)
    if side in (TOP, BOTTOM):
        away = 2 + (arrow if side == BOTTOM else 0)
        top = box.bottom + away if side == BOTTOM else box.top - 2 - arrow - height
        yield Box(offset + NEAR, top, offset + NEAR + width, top + height)
        yield Box(offset - NEAR - width, top, offset - NEAR, top + height)
        return
    left = box.right + NEAR if side == RIGHT else box.left - NEAR - arrow - width
    tops = (offset - 2 - height, offset + 2)
    for top in tops if offset <= 0 else reversed(tops):
        yield Box(left, top, left + width, top + height)
