"""What a file of an SOP shows before anybody understands it: rows of cells, some of them merged."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Cell:
    """The text of a cell, lines as in the file; of a merged one it stands in its first cell.

    ``across`` continues the cell on its left, ``down`` the one above. ``shape`` is a symbol drawn
    in it: one of `bpmn.sop.document`'s three, or empty.
    """

    text: str = ""
    across: bool = False
    down: bool = False
    shape: str = ""

    @property
    def filled(self) -> bool:
        """Whether anybody sees something in it."""
        return bool(self.text.strip() or self.shape)


@dataclass(frozen=True)
class Row:
    """``number`` is the row's in its sheet, or the line's in its file, counted from 1."""

    number: int
    cells: tuple[Cell, ...]

    def at(self, place: int) -> Cell:
        """The cell of a column; an empty one beyond the last."""
        return self.cells[place] if 0 <= place < len(self.cells) else Cell()

    @property
    def filled(self) -> tuple[int, ...]:
        """The columns in which something stands."""
        return tuple(place for place, cell in enumerate(self.cells) if cell.filled)


@dataclass(frozen=True)
class Grid:
    """A table, or paragraphs as rows of one cell.

    ``lines`` says that the rows are lines of a text, which may break within a cell; a blank one
    has no cells.
    """

    rows: tuple[Row, ...]
    lines: bool = False
