"""Files that nobody vouches for: each is refused in one line, soon, and without much memory."""

import io
import time
import tracemalloc
import zipfile

import pytest
from openpyxl import Workbook
from table_writers import docx, packed, xlsx

from bpmn.messages import AlurError
from bpmn.sop.table import understood
from engine.sop_tables import MAX_CELL, grids_of

ROWS = [["No", "Kegiatan", "Pelaksana", "Waktu"], ["1", "Membuat surat", "Staf", "1 jam"]]
DOCX = docx(ROWS)
XLSX = xlsx(ROWS)
TYPES = b"<Types/>"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def with_part(data: bytes, name: str, content: bytes | str) -> bytes:
    """The file with one part replaced or added."""
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        parts = {part: old.read(part) for part in old.namelist()}
    return packed(parts | {name: content})


def refused(data: bytes) -> str:
    with pytest.raises(AlurError) as raised:
        understood(grids_of(data))
    said = str(raised.value)
    assert said and "\n" not in said
    return said


def ole(stream: str) -> bytes:
    """What begins like a file of old Office, or an encrypted one, and names a stream."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + stream.encode("utf-16-le")


def bomb(name: str) -> bytes:
    return packed({name: b" " * 210_000_000})


def long_workbook() -> bytes:
    book, written = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet()
    for _ in range(5002):
        sheet.append(["1", "Surat"])
    book.save(written)
    return written.getvalue()


def entity() -> bytes:
    told = f'<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]><w:document xmlns:w="{W}">'
    return with_part(DOCX, "word/document.xml", f"{told}<w:body>&x;</w:body></w:document>")


def deep() -> bytes:
    nested = "<w:tbl><w:tr><w:tc>" * 400 + "</w:tc></w:tr></w:tbl>" * 400
    told = f'<w:document xmlns:w="{W}"><w:body>{nested}</w:body></w:document>'
    return with_part(DOCX, "word/document.xml", told)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "Berkas itu kosong."),
        (b" \r\n\t\n", "Berkas itu kosong."),
        (b"PK\x03\x04" + b"rusak" * 100, "Berkas DOCX atau XLSX ini rusak."),
        (DOCX[: len(DOCX) // 2], "Berkas DOCX atau XLSX ini rusak."),
        (DOCX.replace(b"word/document", b"wort/document"), "Ini bukan berkas Word atau Excel."),
        (with_part(DOCX, "word/document.xml", "<w:document>"), "Berkas DOCX ini rusak"),
        (with_part(DOCX, "word/document.xml", "<html/>"), "Berkas DOCX ini rusak"),
        (with_part(XLSX, "xl/workbook.xml", "<html/>"), "Berkas XLSX ini rusak"),
        (with_part(XLSX, "xl/worksheets/sheet1.xml", "<worksheet"), "Berkas XLSX ini rusak"),
        (entity(), "Berkas DOCX ini rusak"),
        (deep(), "Berkas DOCX ini rusak"),
        (with_part(DOCX, "word/vbaProject.bin", b"x"), "Berkas ini memuat makro."),
        (with_part(XLSX, "xl/vbaProject.bin", b"x"), "Berkas ini memuat makro."),
        (bomb("word/document.xml"), "Isi berkas DOCX terlalu besar"),
        (bomb("xl/workbook.xml"), "Isi berkas XLSX terlalu besar"),
        (ole("EncryptedPackage"), "Berkas ini dilindungi kata sandi."),
        (ole("WordDocument"), "Ini berkas Word lama (.doc)."),
        (ole("Workbook"), "Ini berkas Excel lama (.xls)."),
        (ole("PowerPoint Document"), "Ini berkas Office lama."),
        (b"%PDF-1.7\n...", "Ini berkas PDF."),
        (b"{\\rtf1 x}", "Ini berkas RTF."),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "Ini gambar"),
        (b"GIF89a\x00\x00", "Ini bukan berkas DOCX, XLSX, CSV, Markdown atau teks."),
        (docx("", ""), "Berkas ini tidak berisi teks"),
        (xlsx([[""]]), "Berkas ini tidak berisi teks"),
        (docx("SOP Cuti", [["Staf", "Membuat surat"], ["Kepala", "Memeriksa"]]),
         "Tabel SOP tidak ditemukan"),
        (b"Yth. Kepala Dinas,\nmohon dibuatkan SOP.", "Tabel SOP tidak ditemukan"),
        (b"No;Kegiatan;Pelaksana;Waktu\n", "Tabel SOP tidak berisi kegiatan satu pun."),
        (b"No\tKegiatan\tPelaksana\n" + b"1\tSurat\tStaf\n" * 501, "lebih dari 500 kegiatan"),
        (b"No\tKegiatan\tPelaksana\n" * 6000, "Teks terlalu panjang: paling banyak 5000 baris."),
        (b"No;Kegiatan;Pelaksana\n" + b";" * 300, "Baris 2 memuat terlalu banyak kolom."),
        (b"No  Kegiatan  Waktu\n" + b"a  " * 4000, "Baris 1 memuat terlalu banyak kolom."),
        (b"No\tKegiatan\tPelaksana\n1\t" + b"x" * (MAX_CELL + 1), "Teksnya terlalu panjang"),
        (b'No;Kegiatan;Waktu\n1;"tidak ditutup;1 jam\n', "Tanda kutip atau isi yang salah"),
        (b"x" * 20_000_001, "Berkas terlalu besar: paling banyak 20 MB."),
        (docx([["No", "Kegiatan"], *[["1", "Surat"]] * 5001]), "Tabel terlalu besar"),
        (long_workbook(), "Tabel terlalu besar"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_in_one_line(data, said):
    assert said in refused(data)


@pytest.mark.parametrize("name", ["word/document.xml", "xl/workbook.xml"])
def test_a_bomb_takes_neither_time_nor_memory(name):
    data = bomb(name)
    tracemalloc.start()
    began = time.monotonic()
    refused(data)
    assert time.monotonic() - began < 10
    assert tracemalloc.get_traced_memory()[1] < 50_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(
    "words",
    [
        "kembali " * 1000, "ke 1, " * 1500, "jika tidak " * 800, "dari staf umum " * 600,
        "diserahkan kepada " * 500, "1/2 " * 2000, "( " * 4000, "ya dan tidak atau " * 500,
        "lanjut ke " * 900, "oleh staf " * 900, "1 dan 2 dan " * 800, "pjb. " * 1900,
        "dan " * 2200, "<b " * 3000,
    ],
)  # fmt: skip
def test_words_made_to_keep_the_reader_busy_do_not(words):
    rows = [["No", "Kegiatan", "Pelaksana", "", "Waktu", "Ket"],
            ["", "", "Staf Umum", "Kepala", "", ""]]  # fmt: skip
    rows += [[str(n), words[:9000], "", "", words[:100], words[:9000]] for n in range(1, 6)]
    data = "\n".join("\t".join(row) for row in rows).encode()
    began = time.monotonic()
    understood(grids_of(data))
    assert time.monotonic() - began < 10


def test_cells_that_are_merged_again_and_again_take_no_time():
    merged = '<mergeCell ref="A1:CV5000"/>' * 16
    sheet = f'{{}}<mergeCells count="16">{merged}</mergeCells></worksheet>'
    with zipfile.ZipFile(io.BytesIO(XLSX)) as book:
        told = book.read("xl/worksheets/sheet1.xml").decode().removesuffix("</worksheet>")
    began = time.monotonic()
    assert "lebih dari 50000 sel" in refused(
        with_part(XLSX, "xl/worksheets/sheet1.xml", sheet.format(told))
    )
    assert time.monotonic() - began < 2


def workbook(**cells: str) -> bytes:
    """A workbook whose sheet has cells by their names, and whatever they hold."""
    book, written = Workbook(), io.BytesIO()
    for name, text in cells.items():
        book.active[name] = text
    book.save(written)
    return written.getvalue()


def test_a_workbook_that_is_too_wide_or_has_too_many_sheets_is_refused():
    assert "Tabel terlalu besar" in refused(workbook(A1="No", CW1="Kegiatan"))
    assert "lebih dari 50 lembar" in refused(xlsx(*[ROWS] * 51))


def test_the_rows_of_all_sheets_are_bounded_and_blank_ones_take_no_time():
    book, written = Workbook(), io.BytesIO()
    for _ in range(49):
        book.create_sheet()["A5000"] = "x"
    book.save(written)
    began = time.monotonic()
    assert "Tabel SOP tidak ditemukan" in refused(written.getvalue())
    assert time.monotonic() - began < 10
    assert "Tabel terlalu besar" in refused(xlsx(*[[["1", "Surat"]] * 2501] * 2))
