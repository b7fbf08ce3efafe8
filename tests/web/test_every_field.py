"""A diagram with every type of field, as Camunda Modeler writes it, worked with no code at all."""

import json
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from engine import sample
from web.own_file import as_json

EVERY_FIELD = (Path(__file__).parent / "every_field.bpmn").read_bytes()
BUDI, SARI = sample.PEOPLE[11], sample.PEOPLE[3]
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF\n"
ANSWERS = {
    "perihal": "Alat tulis kantor", "alasan": "Habis", "jumlah_pegawai": "12", "bobot": "0,5",
    "pagu": "Rp 60.000.000", "tanggal": "31-12-2026", "mendesak": "y",
    "sebab_mendesak": "Rapat", "cara": "katalog", "sumber": "dau", "barang": "",
    "penanggung_jawab": BUDI[1],
    "barang.7.uraian": "Kertas\r\nA4", "barang.7.banyak": "1.250", "barang.7.satuan": "rim",
    "barang.7.bobot": "2,5", "barang.7.harga": "Rp 62.500,50", "barang.7.tiba": "01-02-2027",
    "barang.7.bekas": "y", "barang.7.jenis": "atk",
    "barang.3.uraian": "Mesin cetak", "barang.3.harga": "5.000.000", "barang.9.uraian": "",
}  # fmt: skip


@pytest.fixture
def case(site):
    site.put_into_force(EVERY_FIELD)
    return site.start("pengadaan")


@pytest.fixture
def address(site, case):
    return f"/tasks/{site.item(case).id}"


@pytest.fixture
def staff(site):
    return site.visitor("staff")


def _rows(page) -> list[list[str]]:
    """What stands in the cells of the page's table."""
    rows = page.tree.xpath("//fieldset[@id='isian-barang']//tbody/tr")
    cells = ".//td[not(@class='moves')]/*[self::input or self::textarea or self::select]"
    return [[_typed(cell) for cell in row.xpath(cells)] for row in rows]


def _typed(cell) -> str:
    if cell.tag == "select":
        return cell.xpath("string(option[@selected]/@value)")
    if cell.get("type") == "checkbox":
        return "y" if "checked" in cell.attrib else ""
    return (cell.text or "").strip() if cell.tag == "textarea" else cell.get("value")


def _cell_faults(page) -> dict[str, str]:
    found = page.tree.xpath("//fieldset[@id='isian-barang']//tbody//small")
    return {small.get("id").removesuffix("-salah"): small.text_content() for small in found}


@pytest.mark.usefixtures("database_url")
def test_every_field_is_filled_in_and_read_again(site, staff, case, address):
    letter = (BytesIO(PDF), "surat.pdf", "application/pdf")
    assert staff.post(address, ANSWERS | {"surat": letter}).status == 303
    kept = site.answers(case, "Activity_Usul")
    surat = kept.pop("surat")
    assert (surat["name"], surat["size"], surat["type"]) == (
        "surat.pdf", len(PDF), "application/pdf",
    )  # fmt: skip
    assert kept == {
        "perihal": "Alat tulis kantor", "alasan": "Habis", "jumlah_pegawai": 12,
        "bobot": Decimal("0.5"), "pagu": Decimal(60_000_000), "tanggal": date(2026, 12, 31),
        "mendesak": True, "sebab_mendesak": "Rapat", "cara": "katalog", "sumber": "dau",
        "penanggung_jawab": BUDI[0],
        "barang": [
            {
                "uraian": "Kertas\r\nA4", "banyak": 1250, "satuan": "rim",
                "bobot": Decimal("2.5"), "harga": Decimal("62500.50"),
                "tiba": date(2027, 2, 1), "bekas": True, "jenis": "atk",
            },
            {
                "uraian": "Mesin cetak", "banyak": None, "satuan": None, "bobot": None,
                "harga": Decimal(5_000_000), "tiba": None, "bekas": False, "jenis": None,
            },
        ],
    }  # fmt: skip
    page = staff.get(f"/tasks/{site.item(case).id}")
    assert page.value("disetujui.1.uraian").strip() == "Kertas\r\nA4".replace("\r\n", "\n")
    assert page.value("pemeriksa") == f"{BUDI[1]} (19900101 209003 2 012)"
    assert "Rp 5.062.500,50" in page.text  # the sum of the table that is to be read only
    sent = {
        "unit": "Palsu", "diusulkan": "", "diusulkan.1.uraian": "Palsu", "disetujui": "",
        "disetujui.1.uraian": "Kertas", "disetujui.1.harga": "1", "pemeriksa": SARI[0],
    }  # fmt: skip
    assert staff.post(f"/tasks/{site.item(case).id}", sent).status == 303
    checked = site.answers(case, "Activity_Periksa")
    assert checked["unit"] == "Sekretariat"
    assert [row["uraian"] for row in checked["diusulkan"]] == ["Kertas\r\nA4", "Mesin cetak"]
    assert checked["disetujui"] == [{"uraian": "Kertas", "harga": Decimal(1)}]
    assert checked["pemeriksa"] == SARI[0]
    shown = staff.get(f"/cases/{case}")
    assert f"{SARI[1]} (" in shown.text
    assert shown.tree.xpath("//table[contains(@class, 'kept')]//td[text()='Mesin cetak']")


def test_what_was_submitted_stands_in_its_form_and_in_ones_own_data(site, staff, case, address):
    done = site.item(case).id
    staff.post(address, ANSWERS)
    page = staff.get(f"/cases/{case}/steps/{done}")
    assert page.value("penanggung_jawab") == f"{BUDI[1]} (19900101 209003 2 012)"
    assert page.tree.xpath("//table//td[text()='Rp 62.500,50']")
    told = json.loads(b"".join(as_json(site.db, site.ids["employee"])))
    answers = {
        said["Isian"]: said["Nilai"]
        for step in told["Kasus tentang saya"][0]["Yang diisi"]
        for said in step["Isian"]
    }
    assert answers["Penanggung jawab"] == f"{BUDI[1]} (19900101 209003 2 012)"
    assert answers["Barang"][1]["Uraian"] == "Mesin cetak"


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("penanggung_jawab", "", "Isian ini wajib diisi."),
        (
            "penanggung_jawab",
            "Bukan Siapa-siapa",
            'Tidak ada pegawai dengan NIP atau nama "Bukan Siapa-siapa".',
        ),
        (
            "penanggung_jawab",
            "198001012005011999",
            'Tidak ada pegawai dengan NIP atau nama "198001012005011999".',
        ),
        ("sebab_mendesak", "", "Isian ini wajib diisi."),
        ("cara", "", "Isian ini wajib diisi."),
        ("cara", "lelang", "Pilih salah satu dari daftar."),
        ("sumber", "apbx", "Pilih salah satu dari daftar."),
    ],
)
def test_a_wrong_answer_is_named_and_stays_as_it_was_typed(staff, address, name, typed, said):
    page = staff.post(address, ANSWERS | {name: typed})
    assert page.status == 422
    assert page.fault(name) == said
    assert len(_rows(page)) == 3
    if name == "penanggung_jawab":
        assert page.value(name) == typed


def test_a_file_that_is_not_what_it_is_called_is_named(staff, address):
    wrong = (BytesIO(b"MZ\x90\x00" + bytes(60)), "surat.pdf", "application/pdf")
    page = staff.post(address, ANSWERS | {"surat": wrong})
    assert page.status == 422
    assert page.fault("surat")
    assert len(_rows(page)) == 3


def test_a_draft_of_sixty_rows_is_there_again_as_it_was_typed(staff, address):
    rows = {f"barang.{n}.{c}": f"x{n}" for n in range(1, 61) for c in ("uraian", "banyak")}
    rest = {name: text for name, text in ANSWERS.items() if not name.startswith("barang.")}
    said = staff.script(f"{address}/draft", rest | rows | {"pagu": "x", "draft_revision": "0"})
    assert said.status == 200
    assert said.tree.xpath("//*[@data-computed='isian-sebab_mendesak-ditanya']")[0].text == "ya"
    page = staff.get(address)
    assert [row[:2] for row in _rows(page)] == [[f"x{n}", f"x{n}"] for n in range(1, 61)]
    assert (page.value("pagu"), _cell_faults(page)) == ("x", {})


def test_a_wrong_cell_says_so_where_it_stands(site, staff, case, address):
    wrong = {"barang.7.banyak": "banyak", "barang.3.harga": "", "barang.7.jenis": "lain"}
    page = staff.post(address, ANSWERS | wrong)
    assert page.status == 422
    assert page.fault("barang") == "Baris 1, Banyaknya: Tulis angka bulat, misalnya 1.250."
    assert _cell_faults(page) == {
        "barang.7.banyak": "Tulis angka bulat, misalnya 1.250.",
        "barang.7.jenis": "Pilih salah satu dari daftar.",
        "barang.3.harga": "Isian ini wajib diisi.",
    }
    assert page.value("barang.7.banyak") == "banyak"
    assert site.item(case).status == "open"


def test_a_table_without_a_row_is_not_enough(staff, address):
    nothing = {name: text for name, text in ANSWERS.items() if not name.startswith("barang.")}
    assert staff.post(address, nothing).fault("barang") == "Isi sedikitnya 1 baris."


@pytest.mark.parametrize(
    ("button", "target", "first_column"),
    [
        ("table-add", "barang", ["Kertas\nA4", "Mesin cetak", "", ""]),
        ("table-remove", "barang.7", ["Mesin cetak", ""]),
        ("table-down", "barang.7", ["Mesin cetak", "Kertas\nA4", ""]),
        ("table-up", "barang.3", ["Mesin cetak", "Kertas\nA4", ""]),
    ],
)
def test_rows_are_changed_without_a_script(
    site, staff, case, address, button, target, first_column
):
    page = staff.post(address, ANSWERS | {button: target, "perihal": ""})
    assert page.status == 200
    assert [row[0].replace("\r\n", "\n") for row in _rows(page)] == first_column
    assert page.value("pagu") == "60.000.000"
    assert page.fault("perihal") is None
    assert site.item(case).status == "open"


def test_a_button_of_no_table_is_refused(staff, address):
    assert staff.post(address, ANSWERS | {"table-add": "bukan"}).status == 400
    assert staff.post(address, ANSWERS | {"table-download": "barang.exe"}).status == 400


HEADINGS = ["Uraian", "Banyaknya", "Satuan", "Bobot", "Harga", "Tiba", "Bekas", "Jenis"]


def _sixty(style: str) -> bytes:
    if style == "xlsx":
        book = Workbook()
        book.active.append(HEADINGS)
        for n in range(1, 61):
            book.active.append(
                [f"Barang {n}", n, "buah", 0.5, 1250.125, date(2026, 12, 31), True, "alat"]
            )
        written = BytesIO()
        book.save(written)
        return written.getvalue()
    mark = {"semicolon": ";", "comma": ",", "tab": "\t"}[style]
    price = '"1.250,125"' if style == "comma" else "1.250,125"
    half = '"0,5"' if style == "comma" else "0,5"
    lines = [
        mark.join([f"Barang {n}", str(n), "buah", half, price, "31-12-2026", "ya", "alat"])
        for n in range(1, 61)
    ]
    return "\r\n".join([mark.join(HEADINGS), *lines]).encode()


@pytest.mark.parametrize("style", ["xlsx", "semicolon", "comma", "tab"])
def test_a_file_of_sixty_rows_fills_the_table(site, staff, case, address, style):
    file = (BytesIO(_sixty(style)), "barang.dat")
    page = staff.post(address, ANSWERS | {"table-import": "barang", "barang.berkas": file})
    assert page.status == 200
    assert _cell_faults(page) == {}
    rows = _rows(page)
    assert len(rows) == 60
    assert rows[59] == [
        "Barang 60", "60", "buah", "0,5", "1.250,125", "31-12-2026", "y", "alat",
    ]  # fmt: skip
    assert site.item(case).status == "open"
    names = [cell.get("name") for cell in page.tree.xpath("//tbody//*[@data-column]")]
    sent = dict(zip(names, [cell for row in rows for cell in row], strict=True))
    sent = {name: text for name, text in sent.items() if text}
    rest = {name: text for name, text in ANSWERS.items() if not name.startswith("barang.")}
    assert staff.post(address, rest | sent).status == 303
    kept = site.answers(case, "Activity_Usul")["barang"]
    assert len(kept) == 60
    assert sum(row["harga"] for row in kept) == Decimal("1250.125") * 60


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "Berkas itu kosong."),
        (b"\n\n", "Berkas itu kosong."),
        (b"PK\x03\x04rusak", "Berkas XLSX ini rusak atau bukan buku kerja Excel."),
        (b"\x00\x01", "Ini bukan berkas CSV atau XLSX."),
        (b"Uraian;Warna\na;b", 'Kolom "Warna" tidak ada pada tabel ini.'),
        (b"Uraian;uraian\na;b", "Satu kolom muncul dua kali dalam berkas."),
        (b"Uraian\n" + b"x\n" * 61, "Paling banyak 60 baris."),
        (b'Uraian\n"x', "Tanda kutip atau isi yang salah pada baris 2 CSV."),
    ],
)
def test_a_file_that_cannot_be_taken_says_why_and_changes_no_row(staff, address, data, said):
    file = (BytesIO(data), "barang.csv")
    page = staff.post(address, ANSWERS | {"table-import": "barang", "barang.berkas": file})
    assert page.said == [said]
    assert [row[0] for row in _rows(page)][1:] == ["Mesin cetak", ""]


def test_a_file_with_wrong_cells_comes_in_with_its_faults(staff, address):
    file = (BytesIO(b"Harga;Uraian\n85.5;Kertas\n100;\n"), "barang.csv")
    page = staff.post(address, ANSWERS | {"table-import": "barang", "barang.berkas": file})
    assert _cell_faults(page) == {
        "barang.1.harga": "Tulis angka dengan koma desimal, misalnya 85,5.",
        "barang.2.uraian": "Isian ini wajib diisi.",
    }


def test_more_cells_than_a_table_may_have_rows_for_come_back_as_they_were_typed(staff, address):
    many = {f"barang.{n}.{c}": "1" for n in range(1, 151) for c in ("uraian", "banyak", "harga")}
    many |= {f"barang.{n}": "" for n in range(1, 601)}
    file = (BytesIO(b""), "kosong.csv")  # with a file it comes in parts, which are bounded too
    sent = ANSWERS | many | {"table-import": "barang", "barang.berkas": file}
    page = staff.post(address, sent)
    assert page.said == ["Berkas itu kosong."]
    assert page.source.count("<tr data-row=") == 601  # with the one that is copied
    assert staff.post(address, ANSWERS | many).fault("barang") == "Paling banyak 60 baris."


def test_without_a_file_the_table_asks_for_one(staff, address):
    page = staff.post(address, ANSWERS | {"table-import": "barang"})
    assert page.said == ["Pilih berkas CSV atau XLSX dahulu."]


def test_the_table_is_downloaded_and_comes_back_the_same(staff, address):
    for style in ("xlsx", "csv"):
        answer = staff.post(address, ANSWERS | {"table-download": f"barang.{style}"})
        assert answer.status == 200
        assert f'filename="barang.{style}"' in answer.headers["Content-Disposition"]
        data = answer.response.data
        if style == "xlsx":
            heading = [cell.value for cell in load_workbook(BytesIO(data)).active[1]]
            assert heading == HEADINGS
        file = (BytesIO(data), f"barang.{style}")
        again = {"table-import": "barang", "barang.berkas": file, "barang": ""}
        page = staff.post(address, again)
        assert [row[4] for row in _rows(page)] == ["Rp 62.500,50", "5.000.000"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("budi", [BUDI[1]]),
        (BUDI[0], [BUDI[1]]),
        ("b", []),
        ("%%", []),
        ("tidak ada", []),
    ],
)
def test_people_are_found_while_one_types(staff, address, text, names):
    assert _offered(staff, address, text) == names


def test_only_people_of_the_unit_that_is_drawn_are_offered_and_taken(site, staff):
    person = b'label="Penanggung jawab" type="person">'
    bound = b'<camunda:properties><camunda:property id="unit" value="dinas" />'
    drawn = EVERY_FIELD.replace(person, person + bound + b"</camunda:properties>")
    site.put_into_force(drawn)
    address = f"/tasks/{site.item(site.start('pengadaan')).id}"
    assert _offered(staff, address, "contoh")[0] == sample.PEOPLE[10][1]  # of a unit below it
    assert _offered(staff, address, "sekda") == []
    page = staff.post(address, ANSWERS | {"penanggung_jawab": sample.PEOPLE[1][1]})
    assert page.fault("penanggung_jawab") == "Sekda Contoh bukan pegawai unit Dinas Contoh."
    assert staff.post(address, ANSWERS).status == 303


def _offered(staff, address, text) -> list[str]:
    page = staff.post(f"{address}/people?field=penanggung_jawab", {"text": text})
    options = page.tree.xpath("//option/@value") if page.source.strip() else []
    return [value.partition(" (")[0] for value in options]


def test_nobody_is_found_where_no_person_is_asked(site, staff):
    case = site.start()
    task = f"/tasks/{site.item(case).id}"
    page = staff.post(f"{task}/people?field=penanggung_jawab", {"text": "budi"})
    assert (page.status, page.source.strip()) == (200, "")


def test_sixty_rows_outlast_the_end_of_a_session(site, case, address):
    rows = {f"barang.{n}.{c}": f"{n}" for n in range(1, 61) for c in ("uraian", "banyak", "harga")}
    marks = {f"barang.{n}": "" for n in range(1, 61)}
    rest = {name: text for name, text in ANSWERS.items() if not name.startswith("barang.")}
    stranger = site.visitor()
    held = stranger.post(address, rest | marks | rows)
    nip = {"nip": sample.CAST["staff"][0], "password": sample.PASSWORD}
    again = stranger.post("/sign-in", nip | {"carried": held.value("carried")})
    fields = again.tree.xpath("//main//form//input[@type='hidden']")
    kept = {field.get("name"): field.get("value") for field in fields}
    assert kept["barang.60.harga"] == "60"
    del kept["csrf_token"]
    assert stranger.post(address, kept).status == 303
    assert len(site.answers(case, "Activity_Usul")["barang"]) == 60
