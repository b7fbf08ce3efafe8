"""Rows of text from a CSV or XLSX file that nobody vouches for, and files of rows.

What a file is says its content, not its name. Rows come as they are read, with their numbers.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bpmn.messages import message
from engine.errors import InvalidInput
from engine.packed_files import Refusals, require_harmless

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    Numbered = Iterator[tuple[int, Sequence[str]]]
    Score = Callable[[Sequence[str]], Any]  # what can be compared

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WORKBOOK = b"PK\x03\x04"
MAX_FILE = 20_000_000  # bytes
MAX_INFLATED = 200_000_000  # bytes of all parts of an XLSX
MAX_COLUMNS = 100
MAX_SHEET_ROWS = 1_048_576  # of Excel
EXACT_DIGITS = 15  # of a number in a spreadsheet
REFUSALS = Refusals(
    message("Berkas XLSX ini rusak atau bukan buku kerja Excel."),
    message("Isi berkas XLSX terlalu besar: paling banyak 200 MB."),
)
_CHUNK = 2**16
_FORMULA = re.compile(r"'*[=+@\t\r\n-]")


def rows_of(data: bytes, score: Score = len, spell: Callable[[Any], str] | None = None) -> Numbered:
    """The rows of a file, the first numbered 1; raises `InvalidInput`, some only as it is read.

    ``score`` says how much a first row looks like a heading, by which a delimiter is chosen;
    ``spell`` writes the value of a workbook's cell, `spelled` where nothing else is said.
    """
    if not data:
        raise InvalidInput(message("Berkas itu kosong."))
    if len(data) > MAX_FILE:
        raise InvalidInput(message("Berkas terlalu besar: paling banyak 20 MB."))
    if data.startswith(WORKBOOK):
        return _xlsx_rows(data, spell or spelled)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise InvalidInput(message("Ini berkas Excel lama (.xls). Simpan sebagai .xlsx atau CSV."))
    if b"\x00" in data:
        raise InvalidInput(message("Ini bukan berkas CSV atau XLSX."))
    return _csv_rows(decoded(data), score)


def quicker(data: bytes) -> bytes:
    """The same rows in a form that is read quickly: a workbook as CSV where there is room."""
    if not data.startswith(WORKBOOK):
        return data
    written = as_csv(row for _, row in rows_of(data))
    return written if len(written) <= MAX_FILE else data


def as_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV file with semicolons, as Indonesian spreadsheets expect, and a byte order mark."""
    written = io.StringIO()
    csv.writer(written, delimiter=";", lineterminator="\r\n").writerows(
        [guarded(cell) for cell in row] for row in rows
    )
    return written.getvalue().encode("utf-8-sig", errors="replace")


def csv_pieces(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """The same file, a piece for each row, so that it never is in memory as a whole."""
    yield "\ufeff".encode()
    for row in rows:
        yield as_csv([row]).removeprefix("\ufeff".encode())


def guarded(cell: str) -> str:
    """A cell of a CSV file that no spreadsheet takes for a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def as_xlsx(rows: Iterable[Sequence[str | Decimal]]) -> bytes:
    """A workbook of one sheet in which every cell is a number (of a `Decimal`) or text."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append([_cell(sheet, cell) for cell in row])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def xlsx_pieces(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """The same workbook from a file that is made first, in pieces; the rows are never all there."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append([_text_cell(sheet, cell) for cell in row])
    with tempfile.TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while piece := file.read(_CHUNK):
            yield piece


def _cell(sheet: Any, value: str | Decimal) -> Any:
    return value if isinstance(value, Decimal) else _text_cell(sheet, value)


def _text_cell(sheet: Any, text: str) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text))
    cell.data_type = "s"  # never a formula, whatever it begins with
    cell.number_format = "@"
    return cell


def decoded(data: bytes) -> str:
    """The text of a file in UTF-8 or Windows' letters; raises `InvalidInput`."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError as error:
        said = message("Huruf dalam berkas tidak terbaca. Simpan sebagai CSV UTF-8.")
        raise InvalidInput(said) from error


def _csv_rows(text: str, score: Score) -> Numbered:
    first = text.lstrip().partition("\n")[0]
    yield from delimited(text, max(";,\t", key=lambda mark: score(_cells(first, mark))))


def _cells(line: str, mark: str) -> Sequence[str]:
    try:
        return next(csv.reader([line], delimiter=mark), [])
    except csv.Error:  # said with its row where the file is read
        return []


def delimited(text: str, mark: str) -> Numbered:
    """The rows of a CSV text; raises `InvalidInput` as they are read."""
    number = 0
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
        for number, row in enumerate(reader, start=1):
            yield number, [cell[1:] if _is_guarded(cell) else cell for cell in row]
    except csv.Error as error:
        said = message("Tanda kutip atau isi yang salah pada baris {row} CSV.", row=number + 1)
        raise InvalidInput(said) from error


def _is_guarded(cell: str) -> bool:
    """Whether its first letter only keeps a spreadsheet from taking it for a formula."""
    return cell.startswith("'") and _FORMULA.match(cell) is not None


def _xlsx_rows(data: bytes, spell: Callable[[Any], str]) -> Numbered:
    from openpyxl import load_workbook

    require_harmless(data, MAX_INFLATED, REFUSALS)
    # What is inside may be anything, and the library says what is wrong in many ways.
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        rows = sheet.iter_rows(max_row=MAX_SHEET_ROWS, max_col=MAX_COLUMNS, values_only=True)
        width = 0
        for number, row in enumerate(rows, start=1):
            width = width or _width(row)  # of the heading; what stands beside it is nothing to us
            yield number, [spell(value) for value in row[:width]]
    except Exception as error:
        raise InvalidInput(REFUSALS.damaged) from error


def _width(row: Sequence[Any]) -> int:
    return max((place for place, value in enumerate(row, 1) if value is not None), default=0)


def spelled(value: Any) -> str:
    """A cell as text; a number that has lost digits is written so that one sees it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**EXACT_DIGITS:
        return str(int(value))
    if isinstance(value, int) and abs(value) >= 10**EXACT_DIGITS:
        return f"{value:.{EXACT_DIGITS - 1}E}"
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)
