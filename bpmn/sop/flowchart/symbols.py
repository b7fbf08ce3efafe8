"""The five symbols of PermenPAN-RB 35/2012, but for the arrow: how large they are, and their edge.

All measures in millimetres, from the middle of the symbol.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bpmn.layout.ways import LEFT, RIGHT
from bpmn.sop.document import BOX, CAPSULE, DIAMOND
from bpmn.sop.flowchart import formats

if TYPE_CHECKING:
    from bpmn.sop.document import Sop

PENTAGON = "pentagon"  # leads to another page
ASIDE = (LEFT, RIGHT)
_CORNER = 1.2  # arrows keep away from the corners of a symbol
_SLIM = 1.1  # no symbol is slimmer: its width for its height


@dataclass(frozen=True)
class Symbol:
    """One of the five; ``up`` turns the tip of a pentagon."""

    kind: str
    width: float
    height: float
    letter: str = ""
    up: bool = False

    def edge(self, side: str, offset: float) -> float:
        """How far from the middle its edge lies on a side, where an arrow meets it there."""
        along, across = self.width / 2, self.height / 2
        if side not in ASIDE:
            along, across = across, along
        if self.kind == DIAMOND:
            return along * (1 - abs(offset) / across)
        if self.kind == CAPSULE:
            return self._rounded(side, abs(offset))
        return along

    def reach(self, side: str) -> float:
        """How far from the middle of a side an arrow may meet it."""
        if side in ASIDE:
            return self.height / 2 - _CORNER
        if self.kind == BOX:
            return self.width / 2 - _CORNER
        return (self.width - self.height) / 2 if self.kind == CAPSULE else 0

    def _rounded(self, side: str, offset: float) -> float:
        radius, straight = self.height / 2, self.width / 2 - self.height / 2
        if side in ASIDE:
            return straight + math.sqrt(radius**2 - offset**2)
        return radius


def symbol(sop: Sop, place: int) -> Symbol:
    """The symbol of a row: high enough for all its arrows at its two sides.

    One that leads back to itself needs both sides.
    """
    kind, met = sop.symbol(place), [a for a in sop.arrows if place in (a.source, a.target)]
    itself = sum(arrow.source == arrow.target for arrow in met)
    at_side = len(met) + itself if itself else math.ceil(len(met) / 2)
    needed = 2 * (_CORNER + formats.STEP * math.ceil((at_side - 1) / 2)) + 0.01
    height = max(formats.DIAMOND if kind == DIAMOND else formats.BOX, needed)
    return Symbol(kind, max(formats.symbol_width(len(sop.actors)), _SLIM * height), height)
