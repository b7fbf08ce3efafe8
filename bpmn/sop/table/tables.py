"""All tables of a file as one: the entries below their headings, and what stands around them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bpmn.messages import message
from bpmn.sop.table import headings
from bpmn.sop.table.entries import NUMBER as A_NUMBER
from bpmn.sop.table.entries import Table
from bpmn.sop.table.headings import (
    KEGIATAN,
    KELENGKAPAN,
    MUTU_BAKU,
    NUMBER,
    OUTPUT,
    PELAKSANA,
    WAKTU,
    Heading,
)
from bpmn.sop.table.marks import is_structure, mark
from bpmn.sop.table.remarks import COLUMNS, GUESS, LEFT, Remark
from bpmn.sop.table.rows import Reader
from bpmn.sop.table.words import in_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bpmn.sop.grids import Cell, Grid, Row


def table(grids: Sequence[Grid]) -> Table | None:
    """What the tables of a file hold, as one; None where none has a heading."""
    found, heading = Table(), None
    for grid in grids:
        heads = list(headings.headings(grid))
        if heads and _begins_anew(grid, heads[0], found):
            found.remarks.append(_another(grid, heads[0]))
            _outside(found, grid.rows)
            continue
        own = [_promoted(grid, head, found) for head in heads]
        if own:
            _outside(found, grid.rows[: own[0].first])
            found.remarks += _unknown(grid, own)
        elif heading is None or not _continues(grid, heading):
            _outside(found, grid.rows)
            continue
        for head, rows in _parts(grid, own, heading):
            heading = head
            Reader(found, head, grid.lines).read(rows)
    if found.drawn:
        said = message("Pelaksana dibaca dari letak simbol yang digambar.")
        found.remarks.append(Remark(None, None, COLUMNS, GUESS, said))
    return found if heading is not None else None


def _begins_anew(grid: Grid, head: Heading, found: Table) -> bool:
    """Whether a further table counts from one again: it is another SOP's."""
    number = head.columns.get(NUMBER, -1)
    texts = (row.at(number).text.strip() for row in grid.rows[head.last + 1 :])
    first = A_NUMBER.fullmatch(next(filter(None, texts), ""))
    again = first is not None and first[1].rstrip(".") == "1"
    return again and any(entry.number == "1" for entry in found.entries)


def _another(grid: Grid, head: Heading) -> Remark:
    said = message("Berkas ini memuat lebih dari satu tabel SOP; hanya yang pertama dibaca.")
    return Remark(None, grid.rows[head.first].number, COLUMNS, LEFT, said)


def _unknown(grid: Grid, heads: list[Heading]) -> Iterator[Remark]:
    """That a heading says more than an SOP's form has columns for."""
    said = {name: head for head in reversed(heads) for _, name in head.others}
    said |= {name: head for head in reversed(heads) for name in head.groups}
    for name, head in said.items():
        told = message('Judul kolom "{name}" tidak termasuk bentuk SOP.', name=name)
        yield Remark(None, grid.rows[head.first].number, COLUMNS, LEFT, told)


def _outside(found: Table, rows: Sequence[Row]) -> None:
    found.loose += [*rows, None]


def _continues(grid: Grid, heading: Heading) -> bool:
    """Whether a grid without a heading goes on with the table before it."""
    first = next((row for row in grid.rows if row.filled), None)
    if grid.lines or first is None or len(first.cells) != heading.width:
        return False
    number = heading.columns.get(NUMBER, -1)
    return bool(first.at(heading.columns[KEGIATAN]).filled) and (
        number < 0 or A_NUMBER.fullmatch(first.at(number).text.strip()) is not None
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
    """Unknown columns before Mutu Baku that hold only marks are those of who acts.

    So is one headed "Petugas" among them, that would name who acts if it held names.
    """
    named = _named(grid, head)
    if head.actors or (head.names_actors and not named):
        return head
    after = [head.columns[c] for c in (MUTU_BAKU, KELENGKAPAN, WAKTU, OUTPUT) if c in head.columns]
    marked = [
        (place, name)
        for place, name in sorted((*head.others, *named))
        if head.columns[KEGIATAN] < place < min(after, default=head.width)
        and all(_is_marking(row.at(place)) for row in grid.rows[head.last + 1 :])
    ]
    if named and sum(_is_marked(grid, head, place) for place, _ in marked) < 2:  # may be a letter
        return head
    for _, name in marked:
        said = message('Kolom "{name}" dianggap pelaksana: isinya hanya tanda.', name=name)
        found.remarks.append(Remark(None, grid.rows[head.first].number, COLUMNS, GUESS, said))
    others = tuple(other for other in head.others if other not in marked)
    columns = {name: at for name, at in head.columns.items() if name != PELAKSANA}
    return replace(head, columns=columns, actors=tuple(marked), others=others)


def _named(grid: Grid, head: Heading) -> list[tuple[int, str]]:
    """The column that names who acts, where only marks stand below it."""
    place = head.columns.get(PELAKSANA, -1)
    if not _is_marked(grid, head, place):
        return []
    texts = (in_line(row.at(place).text) for row in grid.rows[head.first : head.last + 1])
    return [(place, next(filter(None, texts), ""))]


def _is_marked(grid: Grid, head: Heading, place: int) -> bool:
    return any(mark(row.at(place)) for row in grid.rows[head.last + 1 :])


def _is_marking(cell: Cell) -> bool:
    found = mark(cell)
    return is_structure(cell) if found is None else not found.rest
