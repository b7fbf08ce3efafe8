"""Which lines of a table are its heading, and what each of its columns holds."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bpmn.sop.table.marks import is_mark
from bpmn.sop.table.words import in_line, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bpmn.sop.grids import Grid, Row

NUMBER, KEGIATAN, PELAKSANA, MUTU_BAKU = "number", "kegiatan", "pelaksana", "mutu baku"
KELENGKAPAN, WAKTU, OUTPUT, KETERANGAN = "kelengkapan", "waktu", "output", "keterangan"
_NAMES = {
    NUMBER: "no|nomor|no urut|nomor urut|nomer",
    KEGIATAN: "kegiatan|uraian kegiatan|aktivitas|aktifitas|uraian aktivitas|uraian prosedur|"
    "prosedur|langkah|langkah kegiatan|langkah langkah|langkah langkah kegiatan|tahapan|"
    "tahapan kegiatan|tahap|tahap kegiatan|uraian|rincian kegiatan|nama kegiatan|"
    "uraian tugas|kegiatan aktivitas|aktivitas kegiatan|uraian langkah|uraian kegiatan aktivitas",
    PELAKSANA: "pelaksana|pelaksana kegiatan|pelaku|aktor|petugas|penanggung jawab|"
    "unit pelaksana|pelaksana aktor|pihak terkait|pelaksanaan|pejabat pelaksana",
    MUTU_BAKU: "mutu baku|mutu|standar mutu|baku mutu|mutu baku kelengkapan waktu output|"
    "kelengkapan waktu output",
    KELENGKAPAN: "kelengkapan|persyaratan|persyaratan kelengkapan|persyaratan perlengkapan|"
    "kelengkapan persyaratan|perlengkapan|input|masukan|bahan|syarat|dokumen|syarat kelengkapan|"
    "peralatan perlengkapan",
    WAKTU: "waktu|lama|lama waktu|durasi|jangka waktu|waktu penyelesaian|waktu pelaksanaan|"
    "waktu baku|norma waktu",
    OUTPUT: "output|keluaran|hasil|out put|output hasil|hasil output|output keluaran|produk",
    KETERANGAN: "keterangan|ket|catatan|keterangan catatan",
}
_KNOWN = {plain(name): column for column, names in _NAMES.items() for name in names.split("|")}
_UNIT = re.compile(r"\(\s*(?:dalam\s+)?(tahun|bulan|minggu|hari|jam|menit|detik)(?:\s+kerja)?\s*\)",
                   re.IGNORECASE)  # fmt: skip
_COUNT = re.compile(r"\(?\s*\d{1,2}\s*[.)]?\s*")
MAX_LINES = 3
LONGEST = 100  # letters of a heading


@dataclass(frozen=True)
class Heading:
    """What the columns of a table are, by their places; ``last`` is its last row's place.

    ``actors`` are the columns whose name is that of who acts, ``unit`` what a bare number in
    Waktu counts. ``others`` are headed by what an SOP's form does not know, and ``groups`` are
    names that stand between Pelaksana and those who act.
    """

    first: int
    last: int
    columns: Mapping[str, int]
    actors: tuple[tuple[int, str], ...]
    others: tuple[tuple[int, str], ...]
    groups: tuple[str, ...]
    unit: str
    width: int

    @property
    def names_actors(self) -> bool:
        """Whether one column says in words who acts."""
        return PELAKSANA in self.columns


def column(text: str) -> str | None:
    """What a heading stands for; None where it is none that is known."""
    if len(text) > LONGEST:
        return None
    return _KNOWN.get(plain(re.sub(r"\(.*?\)", " ", text))) or _KNOWN.get(plain(text))


def recognised(texts: Sequence[str]) -> int:
    """How many different headings a row of cells shows."""
    return len({column(text) for text in texts if text.strip()} - {None})


def headings(grid: Grid) -> Iterator[Heading]:
    """The headings of a grid from above; a long table repeats its own on each page."""
    place = 0
    while place < len(grid.rows):
        found = _heading(grid.rows, place)
        if found is not None:
            yield found
            place = found.last
        place += 1


def _heading(rows: tuple[Row, ...], place: int) -> Heading | None:
    """The heading that begins at a row; None where none does."""
    lines = rows[place : place + MAX_LINES]
    at = next((n for n, row in enumerate(lines) if _place(row, KEGIATAN) is not None), None)
    if at is None or not lines[0].filled or not _leads_up(lines[:at]):
        return None
    stop = place + at + 1
    while stop < min(place + MAX_LINES, len(rows)) and _goes_on(rows[place:stop], rows[stop]):
        stop += 1
    found = _resolved(rows[place:stop], place)
    if len(found.columns) + bool(found.actors) < 2:
        return None
    return _with_counts(rows, found)


def _leads_up(lines: Sequence[Row]) -> bool:
    """Whether rows above the one with Kegiatan name groups of columns, and nothing else."""
    known = {column(cell.text) for row in lines for cell in row.cells if cell.text.strip()}
    return known <= {NUMBER, PELAKSANA, MUTU_BAKU, KETERANGAN} and (
        not lines or bool(known & {PELAKSANA, MUTU_BAKU})
    )


def _place(row: Row, wanted: str) -> int | None:
    return next((p for p, cell in enumerate(row.cells) if column(cell.text) == wanted), None)


def _goes_on(above: Sequence[Row], row: Row) -> bool:
    """Whether a row is a further line of the heading: names under the groups of the first."""
    paths = _paths(above)
    groups = {p: column(path[0]) for p, path in paths.items() if path}
    under = set(row.filled)
    grouped = {p for p in under if groups.get(p) in (PELAKSANA, MUTU_BAKU)}
    if not grouped or any(paths.get(place) for place in under - grouped):
        return False
    texts = {place: row.cells[place].text for place in under}
    known = all(column(texts[p]) for p in under if groups.get(p) != PELAKSANA)
    return known and all(map(str.strip, texts.values())) and not any(map(is_mark, texts.values()))


def _paths(lines: Sequence[Row]) -> dict[int, tuple[str, ...]]:
    """What stands above each column, from the top; a group's name above all of its columns.

    Where no merging is known, a group goes on to the next text of its line.
    """
    width = max(len(row.cells) for row in lines)
    paths: dict[int, tuple[str, ...]] = dict.fromkeys(range(width), ())
    for row in lines:
        for place, text in _spread(row, width).items():
            own = bool(row.at(place).text.strip())
            if text and (own or row.at(place).across or not paths[place]):
                paths[place] += (text,)
    return paths


def _spread(row: Row, width: int) -> dict[int, str]:
    """The texts of a line, a group's also above the columns that follow it."""
    found, group = {}, ""
    for place in range(width):
        cell = row.at(place)
        text = in_line(cell.text)
        if text:
            group = (
                text if column(text) in (PELAKSANA, MUTU_BAKU) or row.at(place + 1).across else ""
            )
        elif cell.down:
            group = ""
        found[place] = text or group
    return found


def _resolved(lines: Sequence[Row], first: int) -> Heading:
    columns: dict[str, int] = {}
    actors: list[tuple[int, str]] = []
    others: list[tuple[int, str]] = []
    groups: list[str] = []
    unit = ""
    for place, path in _paths(lines).items():
        name = path[-1] if path else ""
        known = column(name)
        if len(path) > 1 and column(path[0]) == PELAKSANA and path[-1] != path[0]:
            actors.append((place, name))
            groups += path[1:-1]
        elif known is not None and known not in columns:
            columns[known] = place
            found = _UNIT.search(name) if known == WAKTU else None
            unit = found[1].lower() if found else unit
        elif name and known is None:
            others.append((place, name))
    if actors:
        columns.pop(PELAKSANA, None)
    if columns.keys() & {KELENGKAPAN, WAKTU, OUTPUT}:
        columns.pop(MUTU_BAKU, None)
    width = max(len(row.cells) for row in lines)
    last = first + len(lines) - 1
    over = tuple(dict.fromkeys(groups))
    return Heading(first, last, columns, tuple(actors), tuple(others), over, unit, width)


def _with_counts(rows: tuple[Row, ...], found: Heading) -> Heading:
    """A line that only counts the columns belongs to the heading."""
    below = rows[found.last + 1] if found.last + 1 < len(rows) else None
    texts = [below.cells[place].text for place in below.filled] if below else []
    counts = [int(re.sub(r"\D", "", text)) for text in texts if _COUNT.fullmatch(text)]
    if len(counts) == len(texts) >= 3 and counts == list(range(1, len(counts) + 1)):
        return replace(found, last=found.last + 1)
    return found
