"""Lines of a text as rows: a cell that breaks over several of them is brought together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn.sop.grids import Cell, Row
from bpmn.sop.table.entries import NUMBER, NUMBERED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bpmn.sop.table.headings import Heading


def whole(rows: Sequence[Row], heading: Heading) -> Iterator[Row]:
    """The rows of a text whose cells break over lines, each whole again.

    A line that a number does not begin goes on in the last cell of the line before it, as long as
    cells are wanting there.
    """
    kept: Row | None = None
    for row in rows:
        if kept is not None and _breaks(kept, row, heading):
            kept = _joined(kept, row)
            continue
        if kept is not None:
            yield kept
        kept = row
    if kept is not None:
        yield kept


def _breaks(kept: Row, row: Row, heading: Heading) -> bool:
    first = row.at(0).text.strip()
    if not first or NUMBER.fullmatch(first) or NUMBERED.match(first):
        return False
    begins = len(kept.cells) > 1 or (bool(kept.cells) and NUMBERED.match(kept.cells[0].text))
    wanting = heading.width - len(kept.cells) - len(row.cells) + 1
    goes_on = wanting > 0 or (wanting == 0 and (len(row.cells) > 1 or first[0].islower()))
    return bool(begins) and goes_on


def _joined(kept: Row, row: Row) -> Row:
    last = Cell(f"{kept.cells[-1].text} {row.cells[0].text}".strip())
    return Row(kept.number, (*kept.cells[:-1], last, *row.cells[1:]))
