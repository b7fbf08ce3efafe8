"""What a file of people says, row by row: who and which units there are to be, and what is wrong.

An empty cell clears what it names, a column that is not there keeps it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from bpmn.messages import Message, message
from engine import civil_service
from engine.addresses import mail_address
from engine.directory_files import COLUMNS
from engine.errors import InvalidInput
from engine.roster import Entry, UnitEntry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.directory_files import Row, Table
    from engine.roster import Roster

MAX_CELL, MAX_CODE = 255, 100  # characters
NOTHING = "–"
_UNREADABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_ROUNDED = re.compile(r"\d+(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)
_YES = frozenset("ya y yes true 1".split())
_NO = frozenset(["", *"tidak t n no false 0".split()])


@dataclass(frozen=True)
class Fault:
    """What is wrong in a row, at a column of the file; row 0 is the file as a whole."""

    row: int
    column: str
    said: Message


@dataclass
class Draft:
    """What the rows read so far amount to; ``rows`` are the numbers of people's rows by NIP."""

    roster: Roster
    columns: frozenset[str]
    people: dict[str, Entry] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    units: dict[str, UnitEntry] = field(default_factory=dict)
    unit_rows: dict[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def blame(self, row: int, column: str, said: Message) -> None:
        """Notes a fault."""
        self.faults.append(Fault(row, COLUMNS[column], said))


def read(table: Table, roster: Roster, tick: Callable[[int], None]) -> Draft:
    """The rows of a file beside the directory; ``tick`` is called with how many are read."""
    draft = Draft(roster, table.columns)
    names: dict[str, str] = {}
    parents: dict[str, str] = {}
    for count, row in enumerate(table.rows, start=1):
        given = _values(draft, row)
        _note_unit(draft, row, given, names, parents)
        _note_person(draft, row, given)
        tick(count)
    for code in draft.unit_rows:
        _settle_unit(draft, code, names.get(code), parents.get(code))
    return draft


def _values(draft: Draft, row: Row) -> dict[str, Any]:
    """The values of a row's good cells."""
    values = {}
    for column, text in row.cells.items():
        try:
            if text:
                _require_readable(text)
            values[column] = _READ[column](text)
        except InvalidInput as error:
            draft.blame(row.number, column, error.message)
    return values | _of_nip(draft, row, values)


def _of_nip(draft: Draft, row: Row, given: dict[str, Any]) -> dict[str, Any]:
    """What has to agree with the NIP: the kind, which stands in it, and the rank."""
    if "nip" not in given:
        return {}
    nip, kind = given["nip"], civil_service.kind_of(given["nip"])
    values = {"kind": kind}
    try:
        if given.get("kind"):
            civil_service.kind(given["kind"], nip)
    except InvalidInput as error:
        draft.blame(row.number, "kind", error.message)
    try:
        if "rank" in given:
            values["rank"] = civil_service.rank(given["rank"], kind)
    except InvalidInput as error:
        draft.blame(row.number, "rank", error.message)
    return values


def _note_person(draft: Draft, row: Row, given: dict[str, Any]) -> None:
    nip = given.get("nip")
    if nip is None:
        return
    if nip in draft.rows:
        said = message("NIP ini sudah ada pada baris {row}.", row=draft.rows[nip])
        draft.blame(row.number, "nip", said)
        return
    draft.rows[nip] = row.number
    before = draft.roster.people.get(nip)
    if before is None and "unit" not in row.cells:
        said = message("Pegawai baru memerlukan kolom Kode Unit.")
        draft.blame(row.number, "unit", said)
    own = {name: value for name, value in given.items() if name in _OWN}
    draft.people[nip] = replace(before or _nobody(nip), **own, has_left=False)


def _note_unit(
    draft: Draft, row: Row, given: Mapping[str, Any], names: dict[str, str], parents: dict[str, str]
) -> None:
    code = given.get("unit")
    if not code:
        return
    draft.unit_rows.setdefault(code, row.number)
    for column, known, said in (
        ("unit_name", names, message('Unit "{code}" sudah bernama lain.', code=code)),
        ("parent", parents, message('Unit "{code}" sudah berinduk lain.', code=code)),
    ):
        value = given.get(column)
        if value and known.setdefault(code, value) != value:
            draft.blame(row.number, column, said)


def _settle_unit(draft: Draft, code: str, name: str | None, parent: str | None) -> None:
    before = draft.roster.units.get(code)
    if before is None and not name:
        said = message('Unit "{code}" belum ada; isi kolom Unit Kerja.', code=code)
        draft.blame(draft.unit_rows[code], "unit", said)
    # A row about a person that only says the code does not move the unit to the top.
    if before is not None and parent is None and (not name or "parent" not in draft.columns):
        parent = before.parent
    draft.units[code] = UnitEntry(name or (before.name if before else ""), parent)


def _nobody(nip: str) -> Entry:
    kind = civil_service.kind_of(nip)
    return Entry(
        nip, "", kind, civil_service.NO_RANK, NOTHING, "", None, (), None,
        is_agency_head=False, has_left=False,
    )  # fmt: skip


def _require_readable(text: str) -> None:
    if len(text) > MAX_CELL:
        raise InvalidInput(message("Isinya lebih dari {n} huruf.", n=MAX_CELL))
    if _UNREADABLE.search(text):
        raise InvalidInput(message("Isinya memuat huruf yang tidak terbaca."))


def _nip(text: str) -> str:
    if _ROUNDED.fullmatch(text):
        said = message(
            "Excel membulatkan NIP ini, sehingga angkanya hilang. Format kolom NIP sebagai Teks,"
            " lalu isi kembali."
        )
        raise InvalidInput(said)
    return civil_service.nip(text.removeprefix("'"))


def _name(text: str) -> str:
    if not text:
        raise InvalidInput(message("Nama kosong."))
    return text


def _unit(text: str) -> str:
    if not text:
        raise InvalidInput(message("Kode Unit kosong."))
    return _code(text)


def _code(text: str) -> str:
    if len(text) > MAX_CODE:
        raise InvalidInput(message("Kode lebih dari {n} huruf.", n=MAX_CODE))
    return text


def _codes(text: str) -> tuple[str, ...]:
    return tuple(sorted({code.strip() for code in re.split(r"[;|]", text)} - {""}))


def _whether(text: str) -> bool:
    said = text.casefold()
    if said not in _YES | _NO:
        raise InvalidInput(message("Isi dengan ya atau tidak."))
    return said in _YES


_READ: dict[str, Callable[[str], Any]] = {
    "nip": _nip,
    "name": _name,
    "kind": str,
    "rank": str,
    "position": lambda text: text or NOTHING,
    "unit": _unit,
    "unit_name": str,
    "parent": _code,
    "superior": lambda text: _nip(text) if text else None,
    "groups": _codes,
    "email": lambda text: mail_address(text) if text else None,
    "is_agency_head": _whether,
}
_OWN = frozenset(_READ) - {"unit_name", "parent"}
