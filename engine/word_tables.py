"""The tables and paragraphs of a DOCX file, in their order, with what is merged and numbered.

Read from the XML itself: a library for writing documents builds far more of it than is needed
here, and knows neither the numbers of lists nor the shapes in cells.
"""

from __future__ import annotations

import io
from itertools import groupby
from typing import TYPE_CHECKING
from zipfile import ZipFile

from bpmn.messages import message
from bpmn.sop.document import BOX, CAPSULE, DIAMOND
from bpmn.sop.grids import Cell, Grid, Row
from engine.errors import InvalidInput
from engine.packed_files import DAMAGED, Refusals, part, require_harmless
from engine.spreadsheets import MAX_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

REFUSALS = Refusals(
    message("Berkas DOCX ini rusak atau bukan dokumen Word."),
    message("Isi berkas DOCX terlalu besar: paling banyak 100 MB."),
)
MAX_INFLATED = 100_000_000  # bytes of all parts
MAX_ROWS = 5_000
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_V = "{urn:schemas-microsoft-com:vml}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# What was deleted or moved away, and what says the same once more for old programs.
_PASSED = {_FALLBACK, f"{_W}del", f"{_W}moveFrom", f"{_W}pPr", f"{_W}rPr", f"{_W}instrText"}
SHAPES = {
    "flowChartDecision": DIAMOND, "diamond": DIAMOND,
    "flowChartTerminator": CAPSULE, "roundRect": CAPSULE, "ellipse": CAPSULE,
    "flowChartAlternateProcess": CAPSULE,
    "flowChartProcess": BOX, "rect": BOX,
}  # fmt: skip
_OLD_SHAPES = {"110": DIAMOND, "4": DIAMOND, "116": CAPSULE, "176": CAPSULE, "109": BOX, "1": BOX}
_OLD_TAGS = {f"{_V}rect": BOX, f"{_V}roundrect": CAPSULE, f"{_V}oval": CAPSULE}


def grids(data: bytes) -> tuple[Grid, ...]:
    """Each table, and the paragraphs between two as rows of one cell; raises `InvalidInput`.

    Rows are numbered through the whole document, a paragraph as one. A table of three columns or
    more that stands in a cell comes behind the one around it. Headers and footers of pages are not
    read.
    """
    require_harmless(data, MAX_INFLATED, REFUSALS)
    try:
        with ZipFile(io.BytesIO(data)) as book:
            root, lists = part(book, "word/document.xml"), part(book, "word/numbering.xml")
        body = None if root is None else root.find(f"{_W}body")
        if body is None:
            raise InvalidInput(REFUSALS.damaged)
        return tuple(_Document(_Lists(lists)).grids(body))
    except (ValueError, *DAMAGED) as error:
        raise InvalidInput(REFUSALS.damaged) from error


class _Document:
    """Goes through a document once, counting its rows and its lists."""

    def __init__(self, lists: _Lists) -> None:
        self.lists, self.number, self.nested = lists, 0, list[Grid]()

    def grids(self, body: _Element) -> Iterator[Grid]:
        for is_table, blocks in groupby(_blocks(body), lambda block: block.tag == f"{_W}tbl"):
            if not is_table:
                yield Grid(tuple(self._row([Cell(self._paragraph(one))]) for one in blocks))
                continue
            for table in blocks:
                yield self._table(table)
                yield from self.nested
                self.nested = []

    def _row(self, cells: list[Cell]) -> Row:
        self.number += 1
        if self.number > MAX_ROWS or len(cells) > MAX_COLUMNS:
            said = message("Tabel terlalu besar: paling banyak {rows} baris dan {columns} kolom.",
                           rows=MAX_ROWS, columns=MAX_COLUMNS)  # fmt: skip
            raise InvalidInput(said)
        return Row(self.number, tuple(cells))

    def _table(self, table: _Element) -> Grid:
        rows = (row for row in _inside(table) if row.tag == f"{_W}tr")
        return Grid(tuple(self._row(self._cells(row)) for row in rows))

    def _cells(self, row: _Element) -> list[Cell]:
        before = _count(row.find(f"{_W}trPr/{_W}gridBefore"))
        cells = [Cell()] * before
        for cell in _inside(row):
            if cell.tag != f"{_W}tc":
                continue
            merged = cell.find(f"{_W}tcPr/{_W}vMerge")
            down = merged is not None and merged.get(f"{_W}val", "continue") == "continue"
            cells.append(Cell(self._text(cell), down=down, shape=_shape(cell)))
            span = max(1, _count(cell.find(f"{_W}tcPr/{_W}gridSpan")))
            cells += [Cell(across=True, down=down)] * (span - 1)
        return cells

    def _text(self, cell: _Element) -> str:
        """The paragraphs of a cell as lines; a small table in it gives a line for each row."""
        lines = []
        for block in _blocks(cell):
            if block.tag == f"{_W}p":
                lines.append(self._paragraph(block))
                continue
            nested = self._table(block)
            if max((len(row.cells) for row in nested.rows), default=0) > 2:
                self.nested.append(nested)
            else:
                lines += [" ".join(one.text for one in row.cells) for row in nested.rows]
        return "\n".join(lines).strip("\n")

    def _paragraph(self, paragraph: _Element) -> str:
        return f"{self.lists.label(paragraph)}{''.join(_runs(paragraph))}".rstrip(" ")


def _inside(element: _Element) -> Iterator[_Element]:
    """The children of an element, those of content controls and insertions among them."""
    for child in element:
        if child.tag in (f"{_W}sdt", f"{_W}ins", f"{_W}customXml", f"{_W}moveTo"):
            content = child.find(f"{_W}sdtContent")
            yield from _inside(child if content is None else content)
        else:
            yield child


def _blocks(element: _Element) -> Iterator[_Element]:
    return (child for child in _inside(element) if child.tag in (f"{_W}p", f"{_W}tbl"))


def _runs(element: _Element) -> Iterator[str]:
    """The text of a paragraph as it is read now."""
    for child in element:
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag == f"{_W}tab":
            yield "\t"
        elif child.tag in (f"{_W}br", f"{_W}cr"):
            yield "\n"
        elif child.tag == f"{_W}noBreakHyphen":
            yield "-"
        elif child.tag == f"{_W}sym":
            yield "✓"  # of a font of signs; which one it is, the font alone knows
        elif child.tag not in _PASSED:
            yield from _runs(child)
            if child.tag == f"{_W}p":  # of a text box
                yield "\n"


def _shape(cell: _Element) -> str:
    """The symbol that is drawn in a cell, in the new way of Word or the old one.

    Of several none is taken: they hang at one paragraph and stand anywhere.
    """
    new = list(cell.iter(f"{_A}prstGeom"))  # the old way, beside it, says the same again
    drawn = map(shape_of, new) if new else map(_old_shape, cell.iter(f"{_V}shape", *_OLD_TAGS))
    found = list(filter(None, drawn))
    return found[0] if len(found) == 1 else ""


def _old_shape(drawn: _Element) -> str:
    kind = drawn.get("type", "").rpartition("_t")[2]
    return _OLD_TAGS.get(str(drawn.tag)) or _OLD_SHAPES.get(kind, "")


def shape_of(geometry: _Element) -> str:
    """The symbol of a drawn shape; a box that only holds a text ("Ya" at an arrow) is none."""
    shape = geometry.getparent()
    shape = None if shape is None else shape.getparent()
    if shape is not None and any(part.get("txBox") == "1" for part in shape.iter()):
        return ""
    return SHAPES.get(geometry.get("prst", ""), "")


def _count(element: _Element | None) -> int:
    value = "" if element is None else element.get(f"{_W}val", "")
    return min(int(value), MAX_COLUMNS) if value.isdecimal() else 0


class _Lists:
    """The numbers that Word shows in front of paragraphs and keeps nowhere in the text."""

    def __init__(self, root: _Element | None) -> None:
        self.levels: dict[tuple[str, int], tuple[str, str, int]] = {}
        self.counts: dict[tuple[str, int], int] = {}
        found = [] if root is None else root.findall(f"{_W}abstractNum")
        kinds = {one.get(f"{_W}abstractNumId", ""): one for one in found}
        for number in [] if root is None else root.findall(f"{_W}num"):
            kind = number.find(f"{_W}abstractNumId")
            levels = kinds.get("" if kind is None else kind.get(f"{_W}val", ""))
            for level in [] if levels is None else levels.findall(f"{_W}lvl"):
                place = (number.get(f"{_W}numId", ""), int(level.get(f"{_W}ilvl", "0") or 0))
                start = _count(level.find(f"{_W}start")) or 1
                self.levels[place] = _value(level, "numFmt"), _value(level, "lvlText"), start

    def label(self, paragraph: _Element) -> str:
        """What stands in front of a paragraph: "3. ", or nothing (a bullet says nothing)."""
        numbered = paragraph.find(f"{_W}pPr/{_W}numPr")
        if numbered is None:
            return ""
        name, level = _value(numbered, "numId"), _count(numbered.find(f"{_W}ilvl"))
        form, text, start = self.levels.get((name, level), ("decimal", f"%{level + 1}.", 1))
        if name == "0" or form in ("bullet", "none"):
            return ""
        count = self.counts.get((name, level), start - 1) + 1
        self.counts = {
            place: at for place, at in self.counts.items() if place[0] != name or place[1] <= level
        }
        self.counts[name, level] = count
        return f"{self._written(name, level, text)} "

    def _written(self, name: str, level: int, text: str) -> str:
        for above in range(level + 1):
            form, _, start = self.levels.get((name, above), ("decimal", "", 1))
            count = self.counts.get((name, above), start)
            text = text.replace(f"%{above + 1}", _spelled(count, form))
        return text


def _value(element: _Element, name: str) -> str:
    found = element.find(f"{_W}{name}")
    return "" if found is None else found.get(f"{_W}val", "")


def _spelled(count: int, form: str) -> str:
    if form in ("lowerLetter", "upperLetter") and count <= 26:
        letter = chr(ord("a") + count - 1)
        return letter.upper() if form == "upperLetter" else letter
    return str(count)
