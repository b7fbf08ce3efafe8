"""The sheets of an XLSX file as grids: with what is merged, and the shapes drawn upon cells."""

from __future__ import annotations

import io
import posixpath
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

from bpmn.messages import message
from bpmn.sop.grids import Cell, Grid, Row
from engine.errors import InvalidInput
from engine.packed_files import part, require_harmless
from engine.spreadsheets import MAX_COLUMNS, MAX_INFLATED, REFUSALS, spelled
from engine.word_tables import MAX_ROWS, shape_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml.etree import _Element

MAX_SHEETS = 50
MAX_MERGED = 50_000  # cells of a sheet
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
_ANCHORS = (f"{_DRAWN}twoCellAnchor", f"{_DRAWN}oneCellAnchor")
_GEOMETRY = "{http://schemas.openxmlformats.org/drawingml/2006/main}prstGeom"

_TOO_MANY = message("Berkas ini memuat lebih dari {n} lembar.", n=MAX_SHEETS)
_TOO_BIG = message("Tabel terlalu besar: paling banyak {rows} baris dan {columns} kolom.",
                   rows=MAX_ROWS, columns=MAX_COLUMNS)  # fmt: skip
_TOO_MERGED = message("Lembar ini menggabungkan lebih dari {n} sel.", n=MAX_MERGED)

Place = tuple[int, int]  # row and column, from 0


def grids(data: bytes) -> tuple[Grid, ...]:
    """Each sheet that is shown; rows have the numbers that Excel shows. Raises `InvalidInput`."""
    from openpyxl import load_workbook

    require_harmless(data, MAX_INFLATED, REFUSALS)
    # What is inside may be anything, and the library says what is wrong in many ways.
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        if not book.worksheets:
            raise InvalidInput(REFUSALS.damaged)
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        with ZipFile(io.BytesIO(data)) as packed:
            if len(book.worksheets) > MAX_SHEETS:
                raise InvalidInput(_TOO_MANY)
            hidden = [sheet for sheet in book.worksheets if sheet not in sheets]
            return tuple(_shown(packed, sheets)) + _unread(hidden)
    except InvalidInput:
        raise
    except Exception as error:
        raise InvalidInput(REFUSALS.damaged) from error


def _shown(packed: ZipFile, sheets: Sequence[Any]) -> Iterator[Grid]:
    """The sheets, which have no more rows together than one may have."""
    count = 0
    for sheet in sheets:
        found = _grid(packed, sheet)
        count += sum(1 for row in found.rows if row.cells)
        if count > MAX_ROWS:
            raise InvalidInput(_TOO_BIG)
        yield found


def _grid(packed: ZipFile, sheet: Any) -> Grid:
    where = sheet._worksheet_path
    root = part(packed, where)
    merged = {} if root is None else dict(_merged(root))
    shapes = {} if root is None else dict(_shapes(packed, where, root))
    formulas = {} if root is None else dict(_formulas(root))
    rows = sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS, values_only=True)
    beside = {row for row, _ in (*merged, *shapes, *formulas)}
    found = [_row(n, values, merged, shapes, formulas, beside) for n, values in enumerate(rows)]
    if len(found) > MAX_ROWS and any(row.filled for row in found[MAX_ROWS:]):
        raise InvalidInput(_TOO_BIG)
    return Grid(tuple(found))


def _unread(hidden: Sequence[Any]) -> tuple[Grid, ...]:
    """That sheets are hidden, as rows that belong to no table and are quoted."""
    told = (Cell(f"[lembar tersembunyi: {sheet.title}]") for sheet in hidden)
    return (Grid(tuple(Row(n, (cell,)) for n, cell in enumerate(told, 1))),) if hidden else ()


def _formulas(root: _Element) -> Iterator[tuple[Place, str]]:
    """The formulas that no result is kept of; raises `InvalidInput` for a sheet that is too wide.

    What a program wrote and nobody has opened in a spreadsheet has no results.
    """
    from openpyxl.utils.cell import coordinate_to_tuple

    for cell in root.iter(f"{_MAIN}c"):
        if not len(cell) or not cell.get("r"):
            continue
        row, column = coordinate_to_tuple(cell.get("r", ""))
        formula = cell.find(f"{_MAIN}f")
        if column > MAX_COLUMNS:
            raise InvalidInput(_TOO_BIG)
        if formula is not None and not cell.findtext(f"{_MAIN}v"):
            yield (row - 1, column - 1), f"={formula.text or '…'}"


def _row(
    number: int, values: tuple[Any, ...], merged: dict[Place, tuple[bool, bool]],
    shapes: dict[Place, str], formulas: dict[Place, str], beside: set[int],
) -> Row:  # fmt: skip
    if number not in beside and values.count(None) == len(values):
        return Row(number + 1, ())  # there may be thousands before the one that is filled
    cells = []
    for place, value in enumerate(values):
        across, down = merged.get((number, place), (False, False))
        text = "" if across or down else spelled(value) or formulas.get((number, place), "")
        cells.append(Cell(text, across, down, shapes.get((number, place), "")))
    while cells and cells[-1] == Cell():
        cells.pop()
    return Row(number + 1, tuple(cells))


def _merged(root: _Element) -> Iterator[tuple[Place, tuple[bool, bool]]]:
    """Of each cell that continues another: whether it does so across, and down."""
    from openpyxl.utils import range_boundaries

    count = 0
    for found in root.iterfind(f"{_MAIN}mergeCells/{_MAIN}mergeCell"):
        left, top, right, bottom = range_boundaries(found.get("ref", ""))
        right, bottom = min(right, MAX_COLUMNS), min(bottom, MAX_ROWS)
        count += max(0, right - left + 1) * max(0, bottom - top + 1)
        if count > MAX_MERGED:  # they may lie upon each other
            raise InvalidInput(_TOO_MERGED)
        for row in range(top - 1, bottom):
            for column in range(left - 1, right):
                if (row, column) != (top - 1, left - 1):
                    yield (row, column), (column > left - 1, row > top - 1)


def _shapes(packed: ZipFile, where: str, root: _Element) -> Iterator[tuple[Place, str]]:
    """The symbols drawn upon a sheet, by the cell that each begins in."""
    link = root.find(f"{_MAIN}drawing")
    drawing = None if link is None else _linked(packed, where, link.get(_LINK, ""))
    for anchor in () if drawing is None else drawing.iter(*_ANCHORS):
        begins = anchor.find(f"{_DRAWN}from")
        geometry = next(anchor.iter(_GEOMETRY), None)
        shape = "" if geometry is None else shape_of(geometry)
        if begins is not None and shape:
            row, column = (begins.findtext(f"{_DRAWN}{name}", "") for name in ("row", "col"))
            if row.isdecimal() and column.isdecimal():
                yield (int(row), int(column)), shape


def _linked(packed: ZipFile, where: str, name: str) -> _Element | None:
    folder, file = posixpath.split(where)
    links = part(packed, f"{folder}/_rels/{file}.rels".lstrip("/"))
    for link in () if links is None else links:
        if link.get("Id") == name:
            target = posixpath.normpath(posixpath.join(folder, link.get("Target", "")))
            return part(packed, target.lstrip("/"))
    return None
