"""Tables in plain text as grids: Markdown, CSV, tabs, and columns that only spaces keep apart."""

from __future__ import annotations

import csv
import io
import re
from itertools import groupby
from typing import TYPE_CHECKING

from bpmn.messages import message
from bpmn.sop.grids import Cell, Grid, Row
from bpmn.sop.table.headings import MUTU_BAKU, PELAKSANA, column, recognised
from engine.errors import InvalidInput
from engine.spreadsheets import MAX_COLUMNS, delimited
from engine.word_tables import MAX_ROWS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_RULE = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)+\|?")
_PIPE = re.compile(r"(?<!\\)\|")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_EMPHASIS = re.compile(r"(\*\*|__)(\S.*?)\1")
_PIECE = re.compile(r"\S+(?: \S+)*")
_HEADED = 3  # columns that are known by their heading: a table, surely


def grids(text: str) -> tuple[Grid, ...]:
    """What a text shows, by the marks that it keeps its columns apart with."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(lines) > MAX_ROWS:
        said = message("Teks terlalu panjang: paling banyak {rows} baris.", rows=MAX_ROWS)
        raise InvalidInput(said)
    if any(_RULE.fullmatch(line.strip()) for line in lines):
        return tuple(_markdown(lines))
    if any("\t" in line for line in lines):
        return (_tabbed(text, lines),)
    mark = next((mark for mark in ";,|" if _heads(lines, mark)), None)
    if mark is not None:
        return (Grid(tuple(_row(n, cells) for n, cells in delimited(text, mark))),)
    return (Grid(tuple(_spaced(lines)), lines=True),)


def _row(number: int, texts: Sequence[str]) -> Row:
    if len(texts) > MAX_COLUMNS:
        raise _too_wide(number)
    return Row(number, tuple(Cell(text) for text in texts))


def _too_wide(number: int) -> InvalidInput:
    return InvalidInput(message("Baris {n} memuat terlalu banyak kolom.", n=number))


def _heads(lines: Sequence[str], mark: str) -> bool:
    """Whether a line that is cut at a mark heads a table."""
    return any(recognised(line.replace('"', "").split(mark)) >= _HEADED for line in lines)


def _tabbed(text: str, lines: Sequence[str]) -> Grid:
    """Lines cut at tabs; a spreadsheet that is copied quotes the cells that have lines."""
    if '"' in text:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t", strict=True)
        try:
            return Grid(tuple(_row(reader.line_num, cells) for cells in reader), lines=True)
        except csv.Error:  # quotation marks of a text, then
            pass
    rows = (_row(n, line.split("\t")) for n, line in enumerate(lines, 1))
    return Grid(tuple(row if row.filled else Row(row.number, ()) for row in rows), lines=True)


def _markdown(lines: Sequence[str]) -> Iterator[Grid]:
    numbered = list(enumerate(lines, 1))
    for is_table, block in groupby(numbered, lambda one: bool(_PIPE.search(one[1]))):
        if is_table:
            told = [(n, line) for n, line in block if not _RULE.fullmatch(line.strip())]
            yield Grid(tuple(_row(n, _piped(line)) for n, line in told))
        elif told := [(n, line) for n, line in block if line.strip()]:
            yield Grid(tuple(Row(n, (Cell(_bare(line)),)) for n, line in told))


def _piped(line: str) -> list[str]:
    cells = _PIPE.split(line.strip().removeprefix("|"))
    if cells and not cells[-1].strip():
        cells.pop()
    return [_bare(cell.replace("\\|", "|")) for cell in cells]


def _bare(text: str) -> str:
    """The text without Markdown's marks."""
    told = re.sub(r"^\s*#+\s+", "", _BREAK.sub("\n", text))
    return _EMPHASIS.sub(r"\2", told).strip()


def _spaced(lines: Sequence[str]) -> Iterator[Row]:
    """Lines whose columns stand below each other; a blank line ends what they belong to."""
    numbered = list(enumerate(lines, 1))
    for is_blank, block in groupby(numbered, lambda one: not one[1].strip()):
        told = list(block)
        columns = [] if is_blank else _columns([line for _, line in told])
        if len(columns) > MAX_COLUMNS:
            raise _too_wide(told[0][0])
        for number, line in told:
            yield Row(number, _placed(line, columns) if line.strip() else ())


def _columns(lines: Sequence[str]) -> list[tuple[int, int]]:
    """Where the columns of a block begin and end: between gaps of two spaces in most lines.

    Only the lines of many pieces say it: what stands above several columns closes their gaps.
    """
    pieces = [list(_PIECE.finditer(line)) for line in lines]
    most = max(map(len, pieces))
    width = max(map(len, lines))
    told = [found for found in pieces if len(found) >= max(2, most * 0.6)]
    used = [False] * width
    for found in told:
        for piece in found:
            if column(piece[0]) in (PELAKSANA, MUTU_BAKU):
                continue
            used[piece.start() : piece.end()] = [True] * (piece.end() - piece.start())
    found_columns: list[tuple[int, int]] = []
    for place, is_used in enumerate(used):
        if is_used and found_columns and place - found_columns[-1][1] < 2:
            found_columns[-1] = (found_columns[-1][0], place + 1)
        elif is_used:
            found_columns.append((place, place + 1))
    return found_columns


def _placed(line: str, columns: Sequence[tuple[int, int]]) -> tuple[Cell, ...]:
    """The pieces of a line, each in the columns that it stands above or below."""
    pieces = list(_PIECE.finditer(line))
    if len(columns) < 2 or (len(pieces) == 1 and not pieces[0].start() >= columns[1][0]):
        return (Cell(line.strip()),)
    texts: list[list[str]] = [[] for _ in columns]
    across: set[int] = set()
    for piece in pieces:
        under = [n for n, (start, stop) in enumerate(columns)
                 if start < piece.end() and piece.start() < stop]  # fmt: skip
        nearest = min(range(len(columns)), key=lambda n: abs(columns[n][0] - piece.start()))
        texts[under[0] if under else nearest].append(piece[0])
        across |= set(under[1:])
    return tuple(
        Cell(" ".join(told), across=n in across and not told) for n, told in enumerate(texts)
    )
