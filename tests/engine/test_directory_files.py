"""Files of people: what is read, what is refused, and what is written."""

import io
import zipfile
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from engine import directory_files, spreadsheets
from engine.errors import InvalidInput

BUDI = "199001012090032012"
TEXTS = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=12) | st.sampled_from(
    ["=1+1", "'=1", "''", "'Aisyah", "-", "+62", "@x", 'a;b"c', "–"]
)


def table(data: bytes):
    read = directory_files.read(data)
    return read, [(row.number, row.cells) for row in read.rows]


def cells(data: bytes):
    return [row for _, row in table(data)[1]]


def workbook(*rows) -> bytes:
    book, written = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(written)
    return written.getvalue()


def repacked(data: bytes, name: str, content: bytes, method=zipfile.ZIP_DEFLATED) -> bytes:
    """The workbook with one part replaced or added."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(written, "w") as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content, method)
    return written.getvalue()


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_csv_is_read_whatever_its_delimiter_and_letters(delimiter, encoding):
    text = delimiter.join(["NIP", "Nama"]) + "\r\n" + delimiter.join([BUDI, '"Budi – Né"'])
    assert cells(text.encode(encoding)) == [{"nip": BUDI, "name": "Budi – Né"}]


@pytest.mark.parametrize(
    "heading",
    ["NIP;Nama Lengkap", "nip baru;NAMA", " Nip ; nama_pegawai", "N.I.P;Nama",
     "Nomor Induk Pegawai;nama"],
)  # fmt: skip
def test_headings_are_known_by_many_names(heading):
    assert cells(f"{heading}\n{BUDI};Budi".encode()) == [{"nip": BUDI, "name": "Budi"}]


def test_the_delimiter_is_the_one_that_makes_a_heading():
    read, rows = table(f"NIP;Nama;Catatan, lama, atau, baru\n{BUDI};Budi;a,b".encode())
    assert (read.ignored, len(rows)) == (("Catatan, lama, atau, baru",), 1)
    assert cells(f"NIP,Nama,Catatan; lama; baru; dll\n{BUDI},Budi,".encode())[0]["name"] == "Budi"


def test_a_workbook_is_the_same_in_the_form_that_is_read_quickly():
    data = workbook(
        [None, None], [" NIP ", "Nama", "a;b,c"], [None], [BUDI, "=1;x\n'", "'-"], ["1", "'=2"]
    )
    quick = spreadsheets.quicker(data)
    assert table(quick)[1] == table(data)[1]
    assert spreadsheets.quicker(quick) == quick


def test_a_workbook_stays_one_where_there_is_no_room_for_its_text(monkeypatch):
    data = workbook(["NIP", "Nama"], *[[BUDI, "Budi " * 40]] * 500)
    monkeypatch.setattr(spreadsheets, "MAX_FILE", len(data))
    assert spreadsheets.quicker(data) == data


def test_every_column_is_known_by_its_name():
    read, _ = table((";".join(directory_files.COLUMNS.values()) + "\n").encode())
    assert read.columns == set(directory_files.COLUMNS)


def test_other_columns_are_named_and_blank_rows_left_out():
    read, rows = table(f"\n;;\nNIP;Nama;Hobi\n;;\n{BUDI};Budi;Catur\n\n".encode())
    assert read.ignored == ("Hobi",)
    assert rows == [(5, {"nip": BUDI, "name": "Budi"})]


def test_a_short_row_ends_with_empty_cells_and_lines_become_spaces():
    data = f'NIP;Nama;Surel\n{BUDI};" Budi\nContoh "'.encode()
    assert cells(data) == [{"nip": BUDI, "name": "Budi Contoh", "email": ""}]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "kosong"),
        (b"\n \n;;\n", "kosong"),
        (b"Nama;Surel\nBudi;x", "Kolom NIP tidak ada"),
        (b"Surel\nx", "Kolom NIP, Nama tidak ada"),
        (b"NIP;Nama;nip baru\n", '"NIP" ada dua kali'),
        (b'NIP;Nama\n"1;Budi', "baris 2"),
        (b'NIP;Nama\n1;"Budi"x\n', "baris 2"),
        (b"NIP;Nama\n\x00", "bukan berkas CSV"),
        ("NIP;Nama".encode("utf-16"), "bukan berkas CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", r"\.xls"),
        (b"PK\x03\x04 nothing", "rusak"),
        (b"NIP;Nama\n\x81", "tidak terbaca"),
        (b"%PDF-1.7\n", "Kolom NIP, Nama tidak ada"),
    ],
)
def test_what_is_no_file_of_people_is_told_why(data, why):
    with pytest.raises(InvalidInput, match=why):
        table(data)


def test_a_file_is_bounded(monkeypatch):
    monkeypatch.setattr(directory_files, "MAX_ROWS", 2)
    assert len(cells(b"NIP;Nama\n1;a\n\n2;b\n")) == 2
    with pytest.raises(InvalidInput, match="paling banyak 2"):
        cells(b"NIP;Nama\n1;a\n2;b\n3;c\n")
    monkeypatch.setattr(spreadsheets, "MAX_FILE", 10)
    with pytest.raises(InvalidInput, match="20 MB"):
        table(b"NIP;Nama\n1;a")


def test_a_workbook_is_read_by_its_content():
    data = workbook(
        ["NIP", "Nama", "Kode Unit", "Kepala Instansi", "Jabatan"],
        [BUDI, "Budi", 101, True, date(2026, 1, 2)],
        [None] * 5,
        [None, "Sari", 101.0, False, 1.5],
    )
    _, rows = table(data)
    budi = {"nip": BUDI, "name": "Budi", "unit": "101", "is_agency_head": "ya"}
    sari = {"nip": "", "name": "Sari", "unit": "101", "is_agency_head": "tidak"}
    assert rows == [
        (2, budi | {"position": "2026-01-02T00:00:00"}), (4, sari | {"position": "1.5"}),
    ]  # fmt: skip


@pytest.mark.parametrize("number", [199001012090032012, 1.99001012090032e17])
def test_a_nip_that_has_become_a_number_is_not_taken_for_its_digits(number):
    (row,) = cells(workbook(["NIP", "Nama"], [number, "Budi"]))
    assert "E+17" in row["nip"].upper()


def test_a_formula_is_read_as_nothing_but_what_was_computed():
    assert cells(workbook(["NIP", "Nama"], ["1", "=1+1"])) == [{"nip": "1", "name": ""}]


def test_a_workbook_that_inflates_too_far_is_stopped_while_inflating(monkeypatch):
    monkeypatch.setattr(spreadsheets, "MAX_INFLATED", 1_000_000)
    bomb = repacked(workbook(["NIP", "Nama"]), "xl/media/x.png", b"0" * 2_000_000)
    assert len(bomb) < 20_000
    with pytest.raises(InvalidInput, match="200 MB"):
        table(bomb)
    # What it says of its own sizes changes nothing.
    lying = bomb.replace((2_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    with pytest.raises(InvalidInput):
        table(lying)


@pytest.mark.parametrize("code", ["utf-8", "utf-16"])
def test_a_workbook_with_entities_is_refused(code):
    sheet = (
        f'<?xml version="1.0" encoding="{code}"?><!DOCTYPE x [<!ENTITY a "NIP">]>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>&a;</t></is></c></row></sheetData></worksheet>'
    )
    bad = repacked(workbook(["NIP", "Nama"]), "xl/worksheets/sheet1.xml", sheet.encode(code))
    with pytest.raises(InvalidInput, match="rusak"):
        table(bad)


def test_a_workbook_packed_in_an_unusual_way_is_refused():
    with pytest.raises(InvalidInput, match="rusak"):
        table(repacked(workbook(["NIP", "Nama"]), "x", b"y", zipfile.ZIP_LZMA))


def test_a_row_with_an_impossible_number_ends_the_sheet(monkeypatch):
    monkeypatch.setattr(spreadsheets, "MAX_SHEET_ROWS", 50)
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>NIP</t></is></c>'
        '<c r="B1" t="inlineStr"><is><t>Nama</t></is></c></row>'
        '<row r="999999999"><c r="A999999999"><v>1</v></c></row></sheetData></worksheet>'
    )
    assert cells(repacked(workbook(["x"]), "xl/worksheets/sheet1.xml", sheet.encode())) == []


@given(st.lists(st.lists(TEXTS, min_size=2, max_size=2), min_size=1, max_size=5))
@settings(derandomize=True, deadline=None)
def test_what_is_written_is_read_as_it_was(rows):
    for write in (spreadsheets.as_csv, spreadsheets.as_xlsx):
        read = [list(row) for _, row in spreadsheets.rows_of(write([["NIP", "Nama"], *rows]))]
        padded = [[*row, "", ""][:2] for row in read[1:]]
        assert padded == rows[: len(padded)]
        assert not any(map(any, rows[len(padded) :]))


def test_no_cell_of_an_export_is_a_formula():
    rows = [["NIP", "Nama"], ["1", "=HYPERLINK(1)"], ["2", "@x"], ["3", "-1"], ["4", "+1"]]
    text = spreadsheets.as_csv(rows).decode("utf-8-sig")
    assert [line.split(";")[1][:2] for line in text.split()[1:]] == ["'=", "'@", "'-", "'+"]
    sheet = load_workbook(io.BytesIO(spreadsheets.as_xlsx(rows))).active
    assert {cell.data_type for row in sheet for cell in row} <= {"s", "inlineStr"}
