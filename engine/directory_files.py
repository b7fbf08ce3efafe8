"""Files of the directory: the columns by their Indonesian names, reading and writing them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from bpmn.messages import message
from engine import spreadsheets
from engine.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.roster import Entry, Roster

MAX_ROWS = 200_000
# What each column is headed on paper, and how else it is called in other systems' files.
COLUMNS = {
    "nip": "NIP", "name": "Nama", "kind": "Status", "rank": "Pangkat", "position": "Jabatan",
    "unit": "Kode Unit", "unit_name": "Unit Kerja", "parent": "Kode Unit Induk",
    "superior": "NIP Atasan", "groups": "Kelompok", "email": "Surel",
    "is_agency_head": "Kepala Instansi",
}  # fmt: skip
REQUIRED = ("nip", "name")
_ALIASES = {
    "nip": "nip baru|nomor induk pegawai",
    "name": "nama pegawai|nama lengkap",
    "kind": "status pegawai|status kepegawaian|jenis pegawai",
    "rank": "golongan|pangkat golongan|pangkat gol|pangkat gol ruang|pangkat golongan ruang",
    "position": "nama jabatan",
    "unit": "kode unit kerja",
    "unit_name": "nama unit|nama unit kerja",
    "parent": "kode induk|kode unit atasan",
    "superior": "nip atasan langsung|nip pejabat penilai",
    "groups": "kode kelompok",
    "email": "email|alamat surel|alamat email",
    "is_agency_head": "pimpinan instansi",
}
TEMPLATE = (
    ("199001012090032012", "Budi Contoh", "PNS", "III/a Penata Muda", "Pranata Komputer",
     "layanan", "Bidang Layanan Contoh", "dinas", "198007072090031007", "", "", "tidak"),
)  # fmt: skip
_BLANK = re.compile(r"[\t\n\v\f\r]+")


@dataclass(frozen=True)
class Row:
    """A row by the names of its columns; ``number`` is the one it has in the spreadsheet."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Table:
    """What a file holds: its known ``columns``, the headings it ``ignores``, and the rows."""

    columns: frozenset[str]
    ignored: tuple[str, ...]
    rows: Iterator[Row]


def read(data: bytes, required: Sequence[str] = REQUIRED) -> Table:
    """The people of a CSV or XLSX file; raises `InvalidInput`, some only as rows are read."""
    numbered = spreadsheets.rows_of(data, _recognised)
    first = next((found for found in numbered if any(map(str.strip, found[1]))), None)
    if first is None:
        raise InvalidInput(message("Berkas itu kosong."))
    places, ignored = _heading(first[1], required)
    return Table(frozenset(places), ignored, _rows(numbered, places))


def rows_of(roster: Roster) -> Iterator[Sequence[str]]:
    """The heading and a row for everybody who serves: what `read` takes without a change."""
    serving = (entry for entry in roster.people.values() if not entry.has_left)
    return chain([tuple(COLUMNS.values())], (_cells(roster, entry) for entry in serving))


def _cells(roster: Roster, entry: Entry) -> Sequence[str]:
    unit = roster.units[entry.unit]
    return (
        entry.nip, entry.name, entry.kind.upper(), entry.rank, entry.position,
        entry.unit, unit.name, unit.parent or "", entry.superior or "",
        "; ".join(entry.groups), entry.email or "", "ya" if entry.is_agency_head else "tidak",
    )  # fmt: skip


def _heading(
    cells: Sequence[str], required: Sequence[str]
) -> tuple[dict[str, int], tuple[str, ...]]:
    """The places of the known columns, and the headings of the others."""
    places: dict[str, int] = {}
    ignored = []
    for place, cell in enumerate(cells):
        column = _KNOWN.get(_plain(cell))
        if column in places:
            said = message('Kolom "{column}" ada dua kali.', column=COLUMNS[column or ""])
            raise InvalidInput(said)
        if column is not None:
            places[column] = place
        elif cell.strip():
            ignored.append(cell.strip()[:100])
    missing = [COLUMNS[column] for column in required if column not in places]
    if missing:
        said = message("Kolom {columns} tidak ada pada baris judul.", columns=", ".join(missing))
        raise InvalidInput(said)
    return places, tuple(ignored)


def _rows(numbered: Iterator[tuple[int, Sequence[str]]], places: dict[str, int]) -> Iterator[Row]:
    count = 0
    for number, cells in numbered:
        if not any(map(str.strip, cells)):
            continue
        count += 1
        if count > MAX_ROWS:
            said = message("Terlalu banyak baris: paling banyak {n}.", n=MAX_ROWS)
            raise InvalidInput(said)
        given = {
            column: _BLANK.sub(" ", cells[place]).strip() if place < len(cells) else ""
            for column, place in places.items()
        }
        yield Row(number, given)


def _recognised(cells: Sequence[str]) -> int:
    return sum(_plain(cell) in _KNOWN for cell in cells)


def _plain(heading: str) -> str:
    return "".join(character for character in heading.casefold() if character.isalnum())


_KNOWN = {
    _plain(heading): column
    for column, name in COLUMNS.items()
    for heading in (name, *_ALIASES[column].split("|"))
}
