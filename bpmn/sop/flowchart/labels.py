"""Where the words at an arrow stand: in the cell of the symbol that the arrow leaves.

No other arrow passes there, so that nothing ever lies upon them. Each of the four quarters of the
cell takes words, one above the other; the cell grows with them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bpmn.layout.labels import Box
from bpmn.layout.ways import BOTTOM, LEFT, RIGHT, TOP
from bpmn.sop.document import DIAMOND
from bpmn.sop.flowchart.formats import ARROW, BESIDE, GAP

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bpmn.layout.lines import Segment
    from bpmn.layout.ways import Way
    from bpmn.sop.flowchart.routes import Spot
    from bpmn.sop.flowchart.symbols import Symbol

Size = tuple[float, float]
_QUARTERS = {  # left or right and above or below, the best first
    RIGHT: ((1, -1), (1, 1)),
    LEFT: ((-1, -1), (-1, 1)),
    TOP: ((1, -1), (-1, -1)),
    BOTTOM: ((1, 1), (-1, 1)),
}


def half(symbol: Symbol, sizes: Iterable[Size]) -> float:
    """What a symbol needs to either side, with an arrow's head or with the words."""
    words = max((width for width, _ in sizes), default=0)
    words = words + GAP + BESIDE if words else 0
    return max(symbol.width / 2 + ARROW, words)


@dataclass
class Cell:
    """What stands in the cell of one symbol, measured from the symbol's middle."""

    spot: Spot
    half: float
    boxes: dict[str, Box] = field(default_factory=dict)  # by the arrow's name
    filled: dict[tuple[int, int], float] = field(default_factory=dict)

    def place(self, ways: list[Way], sizes: dict[str, Size]) -> None:
        """Finds room for the words of the arrows that leave; ``ways`` are all that meet here."""
        for way in ways:
            if way.link.source == self.spot.name and way.link.name:
                self._put(way, sizes[way.link.name], ways)

    def room(self, side: int) -> float:
        """How much the cell needs above (-1) or below (1) the symbol's middle."""
        words = [near for (_, vertical), near in self.filled.items() if vertical == side]
        met = self.spot.side in ("", TOP if side < 0 else BOTTOM)
        return max([self.spot.symbol.height / 2 + (ARROW if met else GAP), *words])

    def _put(self, way: Way, size: Size, ways: list[Way]) -> None:
        options = [
            (self._near(way, quarter, size, ways), quarter) for quarter in _QUARTERS[way.exit]
        ]
        near, (x, y) = min(options, key=lambda option: option[0])
        left, (width, height) = self._left(way, size), size
        across = (left, left + width) if x > 0 else (-left - width, -left)
        down = (near, near + height) if y > 0 else (-near - height, -near)
        self.boxes[way.link.id] = Box(across[0], down[0], across[1], down[1])
        self.filled[x, y] = near + height + GAP / 2

    def _left(self, way: Way, size: Size) -> float:
        """How far from the middle words begin: at an arrow up or down, or out where one leaves."""
        if way.exit in (TOP, BOTTOM):
            return BESIDE
        most = min(self.spot.symbol.width / 2 - GAP, self.half - GAP - size[0])
        return max(most, BESIDE)

    def _near(self, way: Way, quarter: tuple[int, int], size: Size, ways: list[Way]) -> float:
        """How far above or below the middle words may begin: past the symbol and the arrows."""
        side = RIGHT if quarter[0] > 0 else LEFT
        offsets = [segment.offset * quarter[1] for segment in self._meeting(side, ways)]
        past = max(self._outline(self._left(way, size)), *offsets, 0)
        return max(past + GAP / 2, self.filled.get(quarter, 0))

    def _meeting(self, side: str, ways: list[Way]) -> Iterator[Segment]:
        """The pieces of arrows that meet the symbol at a side."""
        for way in ways:
            if (way.link.source, way.exit) == (self.spot.name, side):
                yield way.segments[0]
            if (way.link.target, way.entry) == (self.spot.name, side):
                yield way.segments[-1]

    def _outline(self, x: float) -> float:
        symbol = self.spot.symbol
        if x >= symbol.width / 2:
            return 0
        across = x / (symbol.width / 2) if symbol.kind == DIAMOND else 0
        return symbol.height / 2 * (1 - across)
