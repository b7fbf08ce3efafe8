"""What each format of file shows: rows and cells, merged and numbered as a person sees them."""

import io
import re
import zipfile
from datetime import datetime

import pytest
from openpyxl import Workbook
from table_writers import C, docx, packed, paragraph, table, xlsx

from bpmn.sop.document import BOX, CAPSULE, DIAMOND
from engine.sop_tables import grids_of


def texts(data: bytes) -> list[list[list[str]]]:
    """The texts of each grid's rows."""
    return [[[c.text for c in row.cells] for row in grid.rows] for grid in grids_of(data)]


def raw(xml: str) -> bytes:
    return docx([[C(raw=xml)]])


def test_a_document_shows_its_paragraphs_and_tables_in_their_order():
    data = docx("SOP Cuti", [["Nomor", "7"]], "Lampiran", "Halaman 2", [["No", "Kegiatan"]])
    assert texts(data) == [
        [["SOP Cuti"]],
        [["Nomor", "7"]],
        [["Lampiran"], ["Halaman 2"]],
        [["No", "Kegiatan"]],
    ]
    assert [row.number for grid in grids_of(data) for row in grid.rows] == [1, 2, 3, 4, 5]


def test_what_is_merged_in_a_document_stands_in_its_first_cell():
    rows = [[C("a", span=2, rows=2), "b"], ["c"], [C("d", span=3)]]
    (grid,) = grids_of(docx(rows))
    first, second, third = (row.cells for row in grid.rows)
    assert [c.text for c in first] == ["a", "", "b"]
    assert [(c.text, c.across, c.down) for c in second[:2]] == [("", False, True), ("", True, True)]
    assert second[2].text == "c"
    assert [c.across for c in third] == [False, True, True]


def test_tabs_breaks_and_paragraphs_of_a_cell_are_kept():
    xml = paragraph("satu\vdua") + "<w:p><w:r><w:t>tiga</w:t><w:tab/><w:t>empat</w:t></w:r></w:p>"
    assert texts(raw(xml)) == [[["satu\ndua\ntiga\tempat"]]]


def test_lists_have_the_numbers_that_word_shows():
    cells = [[C("satu\ndua", listed="1")], [C("tiga", listed="1")], [C("satu", listed="2")]]
    assert texts(docx(cells)) == [[["1. satu\n2. dua"], ["3. tiga"], ["1. satu"]]]


def test_what_was_deleted_or_says_the_same_again_is_not_read():
    xml = (
        "<w:p><w:del><w:r><w:delText>lama</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>baru</w:t></w:r></w:ins>"
        "<mc:AlternateContent><mc:Choice><w:r><w:t> kotak</w:t></w:r></mc:Choice>"
        "<mc:Fallback><w:r><w:t> kotak</w:t></w:r></mc:Fallback></mc:AlternateContent></w:p>"
    )
    assert texts(raw(xml)) == [[["baru kotak"]]]


def test_what_stands_in_content_controls_is_read():
    row = "<w:tr><w:tc><w:p><w:r><w:t>isi</w:t></w:r></w:p></w:tc></w:tr>"
    held = f"<w:sdt><w:sdtContent>{row}</w:sdtContent></w:sdt>"
    data = docx("x")
    body = f"<w:sdt><w:sdtContent><w:tbl>{held}</w:tbl></w:sdtContent></w:sdt>"
    assert texts(_with_body(data, body)) == [[["isi"]]]


def _with_body(data: bytes, body: str) -> bytes:
    head = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
    return packed({"word/document.xml": f"{head}{body}</w:body></w:document>"})


def test_a_large_table_in_a_cell_is_a_table_and_a_small_one_a_text():
    large = table([["No", "Kegiatan", "Pelaksana"]])
    small = table([["Nama", "Budi"]])
    assert texts(docx([[C("luar", raw=large)]])) == [[["luar"]], [["No", "Kegiatan", "Pelaksana"]]]
    assert texts(docx([[C("luar", raw=small)]])) == [[["Nama Budi\nluar"]]]


@pytest.mark.parametrize(
    ("drawn", "shape"),
    [
        ('<a:prstGeom prst="flowChartDecision"/>', DIAMOND),
        ('<a:prstGeom prst="flowChartTerminator"/>', CAPSULE),
        ('<a:prstGeom prst="rect"/>', BOX),
        ('<a:prstGeom prst="line"/>', ""),
        ('<wps:wsp><wps:cNvSpPr txBox="1"/><x><a:prstGeom prst="rect"/></x></wps:wsp>', ""),
        ('<w:pict><v:shape type="#_x0000_t110"/></w:pict>', DIAMOND),
        ("<w:pict><v:roundrect/></w:pict>", CAPSULE),
        (
            '<wps:wsp><wps:cNvSpPr txBox="1"/><x><a:prstGeom prst="rect"/></x></wps:wsp>'
            "<mc:Fallback><w:pict><v:rect/></w:pict></mc:Fallback>",
            "",
        ),
    ],
)
def test_a_symbol_drawn_in_a_cell_of_a_document_is_seen(drawn, shape):
    (grid,) = grids_of(docx([[C("x", raw=f"<w:p><w:r>{drawn}</w:r></w:p>")]]))
    assert grid.rows[0].cells[0].shape == shape


def test_of_several_symbols_that_hang_in_one_cell_none_is_taken():
    drawn = '<w:p><w:r><a:prstGeom prst="rect"/></w:r></w:p>'
    (grid,) = grids_of(docx([[C("x", raw=drawn * 2)]]))
    assert grid.rows[0].cells[0].shape == ""


def test_a_workbook_shows_its_visible_sheets_with_the_rows_that_excel_numbers():
    book = Workbook()
    book.active.append(["satu"])
    book.create_sheet("tersembunyi").append(["rahasia"])
    book["tersembunyi"].sheet_state = "hidden"
    last = book.create_sheet("lain")
    last["B3"] = "dua"
    last["A4"] = datetime(2024, 3, 15)
    last["C4"] = 7
    written = io.BytesIO()
    book.save(written)
    assert texts(written.getvalue()) == [
        [["satu"]],
        [[], [], ["", "dua"], ["2024-03-15T00:00:00", "", "7"]],
        [["[lembar tersembunyi: tersembunyi]"]],
    ]
    assert [row.number for row in grids_of(written.getvalue())[1].rows] == [1, 2, 3, 4]


def test_what_is_merged_in_a_workbook_is_known():
    (grid,) = grids_of(xlsx([[C("a", span=2, rows=2), "b"], ["c"]]))
    second = grid.rows[1].cells
    assert [(c.across, c.down) for c in second] == [(False, True), (True, True), (False, False)]


def test_a_symbol_drawn_upon_a_sheet_stands_in_the_cell_where_it_begins():
    data = xlsx([["No", "Kegiatan", "Staf"], ["1", "Membuat surat", ""]])
    drawing = (
        '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"'
        ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><xdr:twoCellAnchor>'
        "<xdr:from><xdr:col>2</xdr:col><xdr:row>1</xdr:row></xdr:from><xdr:sp><xdr:spPr>"
        '<a:prstGeom prst="flowChartDecision"/></xdr:spPr></xdr:sp></xdr:twoCellAnchor></xdr:wsDr>'
    )
    link = '<Relationship Id="rId9" Target="../drawings/drawing1.xml" Type="drawing"/>'
    space = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    held = f'<drawing xmlns:r="{space}" r:id="rId9"/></worksheet>'.encode()
    name, parts = "xl/worksheets/sheet1.xml", _parts(data)
    parts[name] = parts[name].replace(b"</worksheet>", held)
    parts["xl/worksheets/_rels/sheet1.xml.rels"] = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f"{link}</Relationships>"
    ).encode()
    parts["xl/drawings/drawing1.xml"] = drawing.encode()
    (grid,) = grids_of(packed(parts))
    assert grid.rows[1].at(2).shape == DIAMOND


def _parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return {name: book.read(name) for name in book.namelist()}


def test_a_formula_shows_what_it_came_to_or_itself_where_nobody_has_worked_it_out():
    book = Workbook()
    book.active["A1"], book.active["B1"] = "=1+1", "ada"
    book.save(written := io.BytesIO())
    assert texts(written.getvalue()) == [[["=1+1", "ada"]]]
    name, parts = "xl/worksheets/sheet1.xml", _parts(written.getvalue())
    parts[name] = re.sub(rb"</f><v ?/>|</f><v></v>", b"</f><v>2</v>", parts[name])
    assert texts(packed(parts)) == [[["2", "ada"]]]


def test_markdown_is_read_without_its_marks():
    said = "# SOP *Cuti*\n\n|No|Kegiatan|\n|:-:|---|\n|1|**Membuat** a\\|b<br>dua|\n"
    assert texts(said.encode()) == [
        [["SOP *Cuti*"]],
        [["No", "Kegiatan"], ["1", "Membuat a|b\ndua"]],
    ]


def test_markdown_needs_no_mark_at_the_edges_of_a_table():
    data = b"# SOP Cuti\n\nNo|Kegiatan|Ket.\n---|:-:|---\n1|Menerima||\n"
    assert texts(data) == [[["SOP Cuti"]], [["No", "Kegiatan", "Ket."], ["1", "Menerima", ""]]]


def test_csv_is_cut_at_the_mark_that_makes_a_heading_of_a_line():
    said = 'SOP; Cuti, Tahunan\nNo,Kegiatan,Waktu\n1,"Membuat, surat; dua",1 jam\n'
    assert texts(said.encode()) == [
        [
            ["SOP; Cuti", " Tahunan"],
            ["No", "Kegiatan", "Waktu"],
            ["1", "Membuat, surat; dua", "1 jam"],
        ]
    ]


def test_what_a_spreadsheet_copies_may_have_lines_within_its_quotes():
    said = 'No\tKegiatan\tWaktu\n1\t"Membuat\nsurat"\t1 jam\n'
    assert texts(said.encode())[0][1] == ["1", "Membuat\nsurat", "1 jam"]


def test_quotation_marks_of_a_text_are_no_quotes_of_cells():
    said = 'No\tKegiatan\tWaktu\n1\t"Membuat surat\t1 jam\n'
    assert texts(said.encode())[0][1] == ["1", '"Membuat surat', "1 jam"]


def test_columns_that_only_spaces_keep_apart_are_found_by_where_they_stand():
    said = (
        "No   Kegiatan            Pelaksana            Waktu\n"
        "                         Staf      Kepala\n"
        "1    Membuat surat       v                    1 jam\n"
        "2    Memeriksa                     v          2 jam\n"
    )
    assert texts(said.encode())[0][1:4] == [
        ["", "", "Staf", "Kepala", ""],
        ["1", "Membuat surat", "v", "", "1 jam"],
        ["2", "Memeriksa", "", "v", "2 jam"],
    ]
