"""Files of SOPs as grids: DOCX, XLSX, CSV, Markdown, and text copied from a PDF.

Nobody vouches for them. What a file is says its content, not its name; whatever is wrong with it
is said in one line.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bpmn.messages import message
from bpmn.sop.table.words import writable
from engine import text_tables, word_tables, workbook_tables
from engine.errors import InvalidInput
from engine.packed_files import MACROS, names
from engine.spreadsheets import MAX_FILE, WORKBOOK, decoded

if TYPE_CHECKING:
    from bpmn.messages import Message
    from bpmn.sop.grids import Grid

MAX_CELL, MAX_TEXT = 10_000, 2_000_000  # letters
OLE = b"\xd0\xcf\x11\xe0"
ENDINGS = ("docx", "xlsx", "csv", "md", "txt")
_NOT_TEXT = (
    (
        b"%PDF",
        message("Ini berkas PDF. Salin teks tabelnya ke berkas .txt, atau pakai DOCX aslinya."),
    ),
    (b"{\\rtf", message("Ini berkas RTF. Simpan sebagai .docx.")),
    (b"\x89PNG", message("Ini gambar: tidak ada teks yang dapat dibaca.")),
    (b"\xff\xd8\xff", message("Ini gambar: tidak ada teks yang dapat dibaca.")),
)
_OLD = (
    ("EncryptedPackage", message("Berkas ini dilindungi kata sandi. Simpan tanpa kata sandi.")),
    ("WordDocument", message("Ini berkas Word lama (.doc). Simpan sebagai .docx.")),
    ("Workbook", message("Ini berkas Excel lama (.xls). Simpan sebagai .xlsx atau CSV.")),
)


def grids_of(data: bytes) -> tuple[Grid, ...]:
    """What a file shows, in its order; raises `InvalidInput`, with one line for a person."""
    if not data.strip():
        raise InvalidInput(message("Berkas itu kosong."))
    if len(data) > MAX_FILE:
        raise InvalidInput(message("Berkas terlalu besar: paling banyak 20 MB."))
    found = tuple(map(_writable, _grids(data)))
    lengths = [len(cell.text) for grid in found for row in grid.rows for cell in row.cells]
    if not any(row.filled for grid in found for row in grid.rows):
        raise InvalidInput(message("Berkas ini tidak berisi teks; mungkin hanya gambar."))
    if max(lengths) > MAX_CELL or sum(lengths) > MAX_TEXT:
        said = message("Teksnya terlalu panjang: paling banyak {cell} huruf dalam satu sel dan "
                       "{all} dalam satu berkas.", cell=MAX_CELL, all=MAX_TEXT)  # fmt: skip
        raise InvalidInput(said)
    return found


def _writable(grid: Grid) -> Grid:
    """The grid without the signs that no diagram could hold."""
    rows = (
        replace(row, cells=tuple(replace(cell, text=writable(cell.text)) for cell in row.cells))
        for row in grid.rows
    )
    return replace(grid, rows=tuple(rows))


def _grids(data: bytes) -> tuple[Grid, ...]:
    if data.startswith(WORKBOOK):
        return _packed(data)
    if data.startswith(OLE):
        raise InvalidInput(_old(data))
    for start, said in _NOT_TEXT:
        if data.startswith(start):
            raise InvalidInput(said)
    if b"\x00" in data:
        raise InvalidInput(message("Ini bukan berkas DOCX, XLSX, CSV, Markdown atau teks."))
    return text_tables.grids(decoded(data))


def _packed(data: bytes) -> tuple[Grid, ...]:
    found = names(data)
    if any(name.lower().endswith(MACROS) for name in found):
        raise InvalidInput(message("Berkas ini memuat makro. Simpan sebagai .docx atau .xlsx."))
    if "word/document.xml" in found:
        return word_tables.grids(data)
    if "xl/workbook.xml" in found:
        return workbook_tables.grids(data)
    raise InvalidInput(message("Ini bukan berkas Word atau Excel."))


def _old(data: bytes) -> Message:
    """What a file of the old format is; its directory names its streams in UTF-16."""
    named = (said for name, said in _OLD if name.encode("utf-16-le") in data)
    return next(named, message("Ini berkas Office lama. Simpan sebagai .docx atau .xlsx."))
