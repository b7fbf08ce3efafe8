"""How large all is drawn: in large letters where there is room, in small ones where there is none.

All measures are millimetres beside letters of nine points. Smaller letters are a larger paper:
nothing but the room changes, and the whole is then set smaller.
"""

from __future__ import annotations

from dataclasses import dataclass

LETTERS = 9  # points
STEP = 1.9  # between two arrows side by side
BORDER = 1.3  # between an arrow and a border of the table beside it
GAP = 1.0  # between an arrow and the next thing beside it
BESIDE = 1.5  # between an arrow up or down and words beside it, which its head must not touch
ARROW = 2.8  # in front of a symbol: for the head of an arrow, and a bit of its line
PADDING = 1.2  # between the words of a cell and its border
BOX, DIAMOND, PENTAGON = 7.0, 9.0, 6.0  # heights of symbols; a connector is as wide
LABEL = 12.0  # what stands beside an arrow is broken where it is wider

MARGIN = 12.0  # of the paper, to both sides, in its own millimetres
HEAD, FOOT = 17.0, 14.0  # above and below


@dataclass(frozen=True)
class Format:
    """A paper, laid across, in its own millimetres, and the size of the letters in points."""

    paper: str
    width: float
    height: float
    letters: float

    @property
    def scale(self) -> float:
        """How large things are on the paper."""
        return self.letters / LETTERS

    @property
    def room(self) -> tuple[float, float]:
        """The width and height that the table may have."""
        width, height = self.width - 2 * MARGIN, self.height - HEAD - FOOT
        return width / self.scale, height / self.scale


FORMATS = (
    Format("a4", 297, 210, 9),
    Format("a4", 297, 210, 8),
    Format("a4", 297, 210, 7),
    Format("a3", 420, 297, 8),
    Format("a3", 420, 297, 6.5),
)


def symbol_width(actors: int) -> float:
    """The width of a symbol, where so many columns share the paper."""
    return min(15.0, max(8.0, 100 / actors - 7))
