"""The rows of a table as entries: what stands in which column, continued rows brought together."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import TYPE_CHECKING

from bpmn.durations import parse_words
from bpmn.messages import message
from bpmn.sop.grids import Cell, Row
from bpmn.sop.table import headings
from bpmn.sop.table.headings import (
    KEGIATAN,
    KELENGKAPAN,
    KETERANGAN,
    MUTU_BAKU,
    NUMBER,
    OUTPUT,
    PELAKSANA,
    WAKTU,
    Heading,
)
from bpmn.sop.table.marks import Mark, is_structure, mark
from bpmn.sop.table.remarks import CELL, COLUMNS, GUESS, Remark, left
from bpmn.sop.table.words import in_line, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bpmn.messages import Message
    from bpmn.sop.grids import Grid

TEXTS = (KEGIATAN, KELENGKAPAN, WAKTU, OUTPUT, KETERANGAN)
_NUMBER = re.compile(r"\(?\s*([0-9]{1,4}(?:\.[0-9]{1,3})*\.?[a-z]?|[a-z]|[ivx]{1,6})\s*[.)]*",
                     re.IGNORECASE)  # fmt: skip
_NUMBERED = re.compile(r"\(?([0-9]{1,3})[.)]\s+(?=\D)")
_EDGE = re.compile(
    r"(?:kegiatan\s+|proses\s+|prosedur\s+)?(mulai|start|selesai|end|finish)\W*", re.I
)
_LABELLED = re.compile(
    r"\b(kelengkapan|persyaratan|input|waktu|durasi|output|keluaran|hasil)\s*:", re.IGNORECASE
)
_SUM = re.compile(r"\s*(?:jumlah|total)\b(?:\s+(?:waktu|keseluruhan))*\W*(?:$|[0-9:])", re.IGNORECASE)
_NONE = re.compile(r"\s*[-–—]*\s*")
_BESIDE = re.compile(r"\s*(?:[;|\n]|\s/\s)\s*")


@dataclass
class Entry:
    """What a table says of one step; ``marks`` are by the columns' names, ``named`` as written."""

    row: int
    number: str = ""
    texts: dict[str, str] = field(default_factory=dict)
    marks: dict[str, Mark] = field(default_factory=dict)
    named: str = ""

    @property
    def edge(self) -> str:
        """``mulai`` or ``selesai`` where that is all it says."""
        found = _EDGE.fullmatch(self.texts.get(KEGIATAN, ""))
        if found is None:
            return ""
        return "mulai" if found[1].lower() in ("mulai", "start") else "selesai"

    def add(self, column: str, text: str, joint: str = "; ") -> None:
        """More of what a column says."""
        before = self.texts.get(column, "")
        self.texts[column] = f"{before}{joint}{text}" if before and text else before or text


@dataclass
class Table:
    """All entries, the names of the columns of who acts, and the rows that are none of it."""

    entries: list[Entry] = field(default_factory=list)
    actors: list[str] = field(default_factory=list)
    loose: list[tuple[Row | None, bool]] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    names_actors: bool = False


def table(grids: Sequence[Grid]) -> Table | None:
    """What the tables of a file hold, as one; None where none has a heading."""
    found, heading = Table(), None
    for grid in grids:
        heads = list(headings.headings(grid))
        own = [_promoted(grid, head, found) for head in heads]
        if own:
            _outside(found, grid.rows[: own[0].first])
        elif heading is None or not _continues(grid, heading):
            _outside(found, grid.rows)
            continue
        for head, rows in _parts(grid, own, heading):
            heading = head
            _Reader(found, head, grid.lines).read(rows)
    return found if heading is not None else None


def _outside(found: Table, rows: Sequence[Row]) -> None:
    found.loose += [(row, False) for row in rows] + [(None, False)]


def _continues(grid: Grid, heading: Heading) -> bool:
    """Whether a grid without a heading goes on with the table before it."""
    first = next((row for row in grid.rows if row.filled), None)
    if grid.lines or first is None or len(first.cells) != heading.width:
        return False
    number = heading.columns.get(NUMBER, -1)
    return bool(first.at(heading.columns[KEGIATAN]).filled) and (
        number < 0 or _NUMBER.fullmatch(first.at(number).text.strip()) is not None
    )


def _parts(
    grid: Grid, own: list[Heading], before: Heading | None
) -> Iterator[tuple[Heading, Sequence[Row]]]:
    """The rows below each heading of a grid."""
    if not own and before is not None:
        yield before, grid.rows
    for place, head in enumerate(own):
        stop = own[place + 1].first if place + 1 < len(own) else len(grid.rows)
        yield head, grid.rows[head.last + 1 : stop]


def _promoted(grid: Grid, head: Heading, found: Table) -> Heading:
    """Unknown columns before Mutu Baku that hold only marks are those of who acts."""
    if head.actors or head.names_actors:
        return head
    after = [head.columns[c] for c in (MUTU_BAKU, KELENGKAPAN, WAKTU, OUTPUT) if c in head.columns]
    marked = [
        (place, name)
        for place, name in head.others
        if head.columns[KEGIATAN] < place < min(after, default=head.width)
        and all(_is_marking(row.at(place)) for row in grid.rows[head.last + 1 :])
    ]
    for _, name in marked:
        said = message('Kolom "{name}" dianggap pelaksana: isinya hanya tanda.', name=name)
        found.remarks.append(Remark(None, grid.rows[head.first].number, COLUMNS, GUESS, said))
    others = tuple(other for other in head.others if other not in marked)
    return replace(head, actors=tuple(marked), others=others)


def _is_marking(cell: Cell) -> bool:
    found = mark(cell)
    return is_structure(cell) if found is None else not found.rest


class _Reader:
    """Reads the rows below one heading into a table."""

    def __init__(self, found: Table, heading: Heading, lines: bool) -> None:
        self.found, self.heading, self.lines = found, heading, lines
        self.places = {place: column for column, place in heading.columns.items()}
        self.names = dict(heading.actors)
        self.others = dict(heading.others)
        self.above: Entry | None = None
        self.carried: dict[int, Cell] = {}  # what stands in merged cells above, by columns
        found.names_actors |= heading.names_actors
        found.actors += [n for n in self.names.values() if not self._known(n)]
        self.names = {place: self._known(name) for place, name in self.names.items()}

    def read(self, rows: Sequence[Row]) -> None:
        for row in _whole(rows, self.heading) if self.lines else rows:
            self._row(row)

    def _known(self, name: str) -> str:
        return next((own for own in self.found.actors if plain(own) == plain(name)), "")

    def _row(self, row: Row) -> None:
        if not row.filled:
            return
        cells = {self.places.get(place, ""): row.at(place) for place in row.filled}
        number = in_line(cells.get(NUMBER, Cell()).text)
        if self._is_outside(row, number, cells):
            self.found.loose.append((row, True))
        elif number or self.above is None or self._begins(row, cells):
            self._entry(row, number)
        else:
            self._fill(row, self.above)

    def _is_outside(self, row: Row, number: str, cells: dict[str, Cell]) -> bool:
        """A title over several columns, a sum below them, or what stands under the table."""
        if number and not _NUMBER.fullmatch(number):
            return not _EDGE.fullmatch(number) or KEGIATAN in cells
        first = row.filled[0]
        wide = len(row.filled) == 1 and row.at(first + 1).across
        alone = self.lines and len(row.cells) == 1 and self.heading.width > 1
        return wide or alone or (not number and _SUM.match(row.at(first).text) is not None)

    def _begins(self, row: Row, cells: dict[str, Cell]) -> bool:
        """Whether a row without a number is a step of its own and no more of the one above."""
        if KEGIATAN not in cells or self.above is None:
            return False
        goes_on = in_line(cells[KEGIATAN].text)[:1].islower() and bool(self.above.number)
        if goes_on:
            said = message("Baris tanpa nomor disambung ke kegiatan sebelumnya.")
            self._say(row.number, GUESS, said)
        return not goes_on

    def _entry(self, row: Row, number: str) -> None:
        self.above = entry = Entry(row.number)
        self.found.entries.append(entry)
        if _EDGE.fullmatch(number):
            entry.add(KEGIATAN, number)
        else:
            found = _NUMBER.fullmatch(number)
            entry.number = found[1].rstrip(".") if found else ""
        self._fill(row, entry)
        listed = _NUMBERED.match(entry.texts.get(KEGIATAN, ""))
        if listed and NUMBER not in self.heading.columns:
            entry.number = listed[1]
            entry.texts[KEGIATAN] = entry.texts[KEGIATAN][listed.end() :]

    def _fill(self, row: Row, entry: Entry) -> None:
        """What the cells of a row say, each where it belongs."""
        for place, cell in enumerate(row.cells):
            column = self.places.get(place)
            if place in self.names:
                self._mark(row, place, entry)
            elif column == PELAKSANA:
                self._name(row, place, cell, entry)
            elif column == MUTU_BAKU and not _NONE.fullmatch(cell.text):
                self._standard(row, cell, entry)
            elif column in TEXTS and not _NONE.fullmatch(cell.text):
                self._text(column, cell, entry)
            elif column != NUMBER and not _NONE.fullmatch(cell.text):
                self._other(row, place, cell)

    def _text(self, column: str, cell: Cell, entry: Entry) -> None:
        text = in_line(cell.text)
        if column == WAKTU and self.heading.unit and text.replace("-", "").isdigit():
            text = f"{text} {self.heading.unit}"
            said = message('"{text}": satuannya dari judul kolom.', text=text)
            self._say(entry.row, GUESS, said)
        entry.add(column, text, " " if self.lines or column == KEGIATAN else "; ")

    def _mark(self, row: Row, place: int, entry: Entry) -> None:
        cell = row.at(place)
        found = mark(self._first(row, place))
        if found is not None:
            entry.marks.setdefault(self.names[place], replace(found, rest=""))
        rest = found.rest if found else ("" if is_structure(cell) else cell.text)
        if rest and cell.filled and plain(rest) != plain(self.names[place]):
            self.found.remarks.append(left(row.number, rest))

    def _first(self, row: Row, place: int) -> Cell:
        """The cell that one stands for; a mark may be merged over columns and rows."""
        while row.at(place).across and place - 1 in self.names:
            place -= 1
        cell = row.at(place)
        if not cell.down:
            self.carried[place] = cell
        return self.carried.get(place, cell)

    def _name(self, row: Row, place: int, cell: Cell, entry: Entry) -> None:
        text = in_line(self._first(row, place).text)
        if text and text not in entry.named.split("; "):
            entry.named = f"{entry.named}; {text}" if entry.named and cell.filled else text

    def _standard(self, row: Row, cell: Cell, entry: Entry) -> None:
        """Mutu Baku in one cell: by its labels, else what stands before and behind the time."""
        parts, labelled = _standard_parts(cell.text)
        for column, text in parts:
            entry.add(column, text)
        if not labelled:
            said = message(
                'Mutu Baku "{text}" dibagi menurut waktunya: sebelumnya kelengkapan, sesudahnya '
                "output.",
                text=in_line(cell.text),
            )
            self._say(row.number, GUESS, said)

    def _other(self, row: Row, place: int, cell: Cell) -> None:
        head = self.others.get(place, "")
        text = f"{head}: {in_line(cell.text)}" if head else cell.text
        self.found.remarks.append(left(row.number, text))

    def _say(self, row: int, sort: str, said: Message) -> None:
        self.found.remarks.append(Remark(None, row, CELL, sort, said))


def _standard_parts(text: str) -> tuple[list[tuple[str, str]], bool]:
    labels = list(_LABELLED.finditer(text))
    if labels and not text[: labels[0].start()].strip():
        ends = [label.start() for label in labels[1:]] + [len(text)]
        return [
            (
                headings.column(label[1]) or KELENGKAPAN,
                in_line(text[label.end() : end]).strip(" ;,"),
            )
            for label, end in zip(labels, ends, strict=True)
        ], True
    parts = [part for part in map(in_line, _BESIDE.split(text)) if part]
    before = list(takewhile(lambda part: parse_words(part) is None, parts))
    behind = parts[len(before) + 1 :]
    times = parts[len(before) : len(before) + 1]
    told = [(KELENGKAPAN, "; ".join(before)), (WAKTU, "".join(times)), (OUTPUT, "; ".join(behind))]
    return [(column, said) for column, said in told if said], False


def _whole(rows: Sequence[Row], heading: Heading) -> Iterator[Row]:
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
    if not first or _NUMBER.fullmatch(first) or _NUMBERED.match(first):
        return False
    begins = len(kept.cells) > 1 or (bool(kept.cells) and _NUMBERED.match(kept.cells[0].text))
    wanting = heading.width - len(kept.cells) - len(row.cells) + 1
    goes_on = wanting > 0 or (wanting == 0 and (len(row.cells) > 1 or first[0].islower()))
    return bool(begins) and goes_on


def _joined(kept: Row, row: Row) -> Row:
    last = Cell(f"{kept.cells[-1].text} {row.cells[0].text}".strip())
    return Row(kept.number, (*kept.cells[:-1], last, *row.cells[1:]))
