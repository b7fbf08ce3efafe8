"""Reading the rows below one heading: each cell says what its column is for, or is left."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING

from bpmn.durations import parse_words
from bpmn.messages import message
from bpmn.sop.grids import Cell
from bpmn.sop.table.entries import EDGE, NUMBERED, Entry
from bpmn.sop.table.entries import NUMBER as A_NUMBER
from bpmn.sop.table.headings import (
    KEGIATAN,
    KELENGKAPAN,
    KETERANGAN,
    MUTU_BAKU,
    NUMBER,
    OUTPUT,
    PELAKSANA,
    WAKTU,
    column,
)
from bpmn.sop.table.identity import SIGNED
from bpmn.sop.table.lines import whole
from bpmn.sop.table.marks import is_structure, mark
from bpmn.sop.table.remarks import CELL, GUESS, LEFT, Remark, left
from bpmn.sop.table.words import in_line, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bpmn.messages import Message
    from bpmn.sop.grids import Row
    from bpmn.sop.table.entries import Table
    from bpmn.sop.table.headings import Heading

TEXTS = (KEGIATAN, KELENGKAPAN, WAKTU, OUTPUT, KETERANGAN)
_LABELLED = re.compile(
    r"\b(kelengkapan|persyaratan|input|waktu|durasi|output|keluaran|hasil)\s*:", re.IGNORECASE
)
_SUM = re.compile(
    r"\s*(?:jumlah|total)\b(?:\s+(?:waktu|keseluruhan))*\W*(?:$|[0-9:])", re.IGNORECASE
)
_NONE = re.compile(r"\s*[-–—]*\s*")
_BESIDE = re.compile(r"\s*(?:[;|\n]|\s/\s)\s*")


class Reader:
    """Reads the rows below one heading into a table."""

    def __init__(self, found: Table, heading: Heading, lines: bool) -> None:
        self.found, self.heading, self.lines = found, heading, lines
        self.places = {place: column for column, place in heading.columns.items()}
        self.names = dict(heading.actors)
        self.others = dict(heading.others)
        self.above: Entry | None = None
        self.carried: dict[int, Cell] = {}  # what stands in merged cells above, by columns
        found.actors += [n for n in self.names.values() if not self._known(n)]
        self.names = {place: self._known(name) for place, name in self.names.items()}

    def read(self, rows: Sequence[Row]) -> None:
        told = list(whole(rows, self.heading)) if self.lines else rows
        end = self._end(told)
        for row in told[:end]:
            self._row(row)
        self._below([row for row in told[end:] if row.filled])

    def _end(self, rows: Sequence[Row]) -> int:
        """Where the table ends: behind its last step at a blank row, or before who signs it."""
        steps = [n for n, row in enumerate(rows, 1) if self._is_step(row)]
        last = steps[-1] if steps else len(rows)
        below = rows[last:]
        blank = next((n for n, row in enumerate(below) if not row.filled), len(below))
        signed = next((n for n, row in enumerate(below) if _is_signed(row)), len(below))
        if self.lines and signed == len(below):  # blank lines part steps as well
            return len(rows)
        return last + (blank if blank <= signed else 0)

    def _is_step(self, row: Row) -> bool:
        """Whether a row is surely one: by its number, or by what stands beside its Kegiatan."""
        columns = self.heading.columns
        number = in_line(row.at(columns.get(NUMBER, -1)).text)
        activity = in_line(row.at(columns[KEGIATAN]).text)
        told = len(row.filled) > 1 + (NUMBER in columns) and bool(activity)
        numbered = A_NUMBER.fullmatch(number) or EDGE.fullmatch(number) or EDGE.fullmatch(activity)
        return bool(numbered) or (told and not _is_signed(row))

    def _below(self, rows: Sequence[Row]) -> None:
        """What stands under the table; of who signs it neither name nor NIP is quoted."""
        if any(map(_is_signed, rows)):
            said = message(
                "Baris {first} sampai {last} di bawah tabel berisi tanda tangan; tidak dibaca.",
                first=rows[0].number, last=rows[-1].number,
            )  # fmt: skip
            self.found.remarks.append(Remark(None, rows[0].number, CELL, LEFT, said))
        else:
            self.found.loose += rows

    @property
    def _place(self) -> int | None:
        """The place of the entry that is being read."""
        return len(self.found.entries) - 1 if self.found.entries else None

    def _known(self, name: str) -> str:
        return next((own for own in self.found.actors if plain(own) == plain(name)), "")

    def _row(self, row: Row) -> None:
        if all(_NONE.fullmatch(row.at(place).text) for place in row.filled):
            return
        cells = {self.places.get(place, ""): row.at(place) for place in row.filled}
        number = in_line(cells.get(NUMBER, Cell()).text)
        if self._is_outside(row, number, cells):
            self.found.loose.append(row)
        elif number or self.above is None or self._begins(row, cells):
            self._entry(row, number)
        else:
            self._fill(row, self.above)

    def _is_outside(self, row: Row, number: str, cells: dict[str, Cell]) -> bool:
        """A title over several columns, a sum below them, or what stands under the table."""
        if number and not A_NUMBER.fullmatch(number):
            return not EDGE.fullmatch(number) or KEGIATAN in cells
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
        if EDGE.fullmatch(number):
            entry.add(KEGIATAN, number)
        else:
            found = A_NUMBER.fullmatch(number)
            entry.number = found[1].rstrip(".") if found else ""
        self._fill(row, entry)
        listed = NUMBERED.match(entry.texts.get(KEGIATAN, ""))
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
        marked = self._first(row, place)
        found = mark(marked)
        if found is not None:
            self.found.drawn |= bool(marked.shape)
            entry.marks.setdefault(self.names[place], replace(found, rest=""))
        rest = found.rest if found else ("" if is_structure(cell) else cell.text)
        if rest and cell.filled and plain(rest) != plain(self.names[place]):
            self.found.remarks.append(left(row.number, rest, self._place))

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
        for where, text in parts:
            entry.add(where, text)
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
        self.found.remarks.append(left(row.number, text, self._place))

    def _say(self, row: int, sort: str, said: Message) -> None:
        self.found.remarks.append(Remark(self._place, row, CELL, sort, said))


def _is_signed(row: Row) -> bool:
    return any(SIGNED.search(row.at(place).text) for place in row.filled)


def _standard_parts(text: str) -> tuple[list[tuple[str, str]], bool]:
    labels = list(_LABELLED.finditer(text))
    if labels and not text[: labels[0].start()].strip():
        ends = [label.start() for label in labels[1:]] + [len(text)]
        return [
            (
                column(label[1]) or KELENGKAPAN,
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
