"""How large all is drawn: in large letters where there is room, in small ones where there is none.

Measures in millimetres but for the letters, which are counted in points.
"""

from __future__ import annotations

from dataclasses import dataclass

MARGIN = 12.0  # of the paper, to both sides
HEAD, FOOT = 17.0, 14.0  # of the paper, above and below


@dataclass(frozen=True)
class Format:
    """A paper, laid across, and the size of the letters, which all else goes by."""

    paper: str
    width: float
    height: float
    letters: float

    @property
    def scale(self) -> float:
        """How large things are, beside those of letters of nine points."""
        return self.letters / 9

    @property
    def room(self) -> tuple[float, float]:
        """The width and height that the table may have."""
        return self.width - 2 * MARGIN, self.height - HEAD - FOOT

    @property
    def step(self) -> float:
        """Between two arrows side by side."""
        return 1.9 * self.scale

    @property
    def border(self) -> float:
        """Between an arrow and a border of the table beside it."""
        return 1.3 * self.scale

    @property
    def gap(self) -> float:
        """Between an arrow and the next thing beside it."""
        return 1.0 * self.scale

    @property
    def beside(self) -> float:
        """Between an arrow up or down and the words beside it, which its head must not touch."""
        return 1.5 * self.scale

    @property
    def arrow(self) -> float:
        """The room in front of a symbol: for the head of an arrow, and a bit of its line."""
        return 2.8 * self.scale

    @property
    def padding(self) -> float:
        """Between the words of a cell and its border."""
        return 1.2 * self.scale

    @property
    def box(self) -> float:
        """The height of a box."""
        return 7 * self.scale

    @property
    def diamond(self) -> float:
        """The height of a diamond."""
        return 9 * self.scale

    @property
    def pentagon(self) -> float:
        """The sides of a connector."""
        return 6 * self.scale

    @property
    def label(self) -> float:
        """The most that the words beside an arrow may be wide before they are broken."""
        return 15 * self.scale

    def symbol(self, actors: int) -> float:
        """The width of a symbol, where so many columns share the paper."""
        return min(15.0, max(8.0, 100 / actors - 7)) * self.scale


FORMATS = (
    Format("a4", 297, 210, 9),
    Format("a4", 297, 210, 8),
    Format("a4", 297, 210, 7),
    Format("a3", 420, 297, 8),
    Format("a3", 420, 297, 6.5),
)
