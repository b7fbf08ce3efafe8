"""A form's table as a file for a spreadsheet, and back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

from bpmn.columns import MAX_ROWS
from bpmn.messages import message
from engine import spreadsheets
from engine.errors import InvalidInput
from tasks.spelling import show_day, typed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasks.tables import Table

CSV, XLSX = "csv", "xlsx"
TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def written(table: Table, style: str) -> bytes:
    """The table with what stands in it, under its headings."""
    rows = [[str(column.heading) for column in table.columns]]
    rows += [[cell.text for cell in row.cells] for row in table.rows if not row.is_empty]
    return spreadsheets.as_xlsx(rows) if style == XLSX else spreadsheets.as_csv(rows)


def rows(table: Table, data: bytes) -> list[dict[str, str]]:
    """The rows of a file by column, as typed; raises `InvalidInput`.

    The first row are the headings, in any order; where none is known, the columns stand as in the
    form and the first row is one of them.
    """
    read = (cells for _, cells in spreadsheets.rows_of(data, _score(table), _spelled))
    given = [cells for cells in islice(read, MAX_ROWS + 2) if any(cell.strip() for cell in cells)]
    if not given:
        raise InvalidInput(message("Berkas itu kosong."))
    places = _places(table, given[0])
    body = given[1:] if places else given
    if len(body) > table.max_rows:
        raise InvalidInput(message("Paling banyak {n} baris.", n=table.max_rows))
    places = places or {column.name: n for n, column in enumerate(table.columns)}
    return [
        {name: cells[n].strip() for name, n in places.items() if n < len(cells)} for cells in body
    ]


def _places(table: Table, heading: Sequence[str]) -> dict[str, int]:
    """Where the columns stand; empty when the row names none. Raises `InvalidInput` for others."""
    known = _known(table)
    named = [known.get(_plain(cell)) for cell in heading]
    found = {name: n for n, name in enumerate(named) if name is not None}
    strange = [cell for cell, name in zip(heading, named, strict=True) if cell.strip() and not name]
    if found and strange:
        said = message('Kolom "{column}" tidak ada pada tabel ini.', column=strange[0][:40])
        raise InvalidInput(said)
    if len(found) < sum(name is not None for name in named):
        raise InvalidInput(message("Satu kolom muncul dua kali dalam berkas."))
    return found


def _known(table: Table) -> dict[str, str]:
    headings = {_plain(str(column.heading)): column.name for column in table.columns}
    return {column.name: column.name for column in table.columns} | headings


def _score(table: Table) -> Any:
    known = _known(table)
    return lambda cells: (sum(_plain(cell) in known for cell in cells), len(cells))


def _plain(heading: str) -> str:
    return " ".join(heading.lower().rstrip(" *").split())


def _spelled(value: Any) -> str:
    """A cell of a workbook as somebody here would type it: its numbers know no comma of ours."""
    if isinstance(value, float) and not value.is_integer():
        return typed(Decimal(repr(value)))
    return show_day(value) if isinstance(value, date) else spreadsheets.spelled(value)
