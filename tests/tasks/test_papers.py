"""The papers: what they show of a case, in which form, and always the same bytes.

Run as a program, this file writes the digests of its samples.
"""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from bpmn.diagram import Node
from engine import values
from tasks.forms import as_sent
from tasks.papers import wording
from tasks.papers.kinds import makers
from tasks.papers.penilaian import ASPECTS
from tasks.written_forms import drawn_as, form_for

MAKERS = makers("https://alur.example", "Asia/Pontianak")
AT = datetime(2026, 12, 31, 17, 30, tzinfo=UTC)  # 1 January in Pontianak
LONG = "Dr. Muhammad Abdurrahman Syarifuddin Kusumanegara Wijayakusuma, S.Kom., M.Kom., M.A.P."
BEHAVIOUR = "orientasi_pelayanan integritas komitmen disiplin kerja_sama".split()
VALUES_2022 = "berorientasi_pelayanan akuntabel kompeten harmonis loyal adaptif kolaboratif".split()


SCORED = {
    "kegiatan": [
        {"kegiatan": "Menyusun laporan", "kuantitas": 1, "satuan": "dokumen", "kualitas": 100,
         "waktu": 12, "satuan_waktu": "bulan", "biaya": 5_000_000, "r_kuantitas": 1,
         "r_kualitas": 90, "r_waktu": 12, "r_biaya": 5_000_000}
    ],
    "kreativitas": [{"uraian": "Aplikasi antrean", "tingkat": "unit"}],
    **dict.fromkeys(BEHAVIOUR, 85), "catatan_penilai": "Baik",
}  # fmt: skip
RATED = {
    "kegiatan": [{"kegiatan": "Menyusun laporan", "target": "1 dokumen"}], "akuntabel": "sesuai",
    "hasil_kerja": "sesuai", "perilaku_kerja": "di_atas", "catatan_penilai": "Baik",
}  # fmt: skip


def person(name: str, nip: str, rank: str, position: str) -> dict:
    same = {"kind": "pns", "unit": "Bidang Layanan Contoh"}
    return same | {"name": name, "nip": nip, "rank": rank, "position": position}


EMPLOYEE = person("Budi Contoh", "199001012090032012", "III/a Penata Muda", "Pranata Komputer")
ASSESSOR = person("Kasi Contoh", "198007072090031007", "III/d Penata Tk I", "Kepala Seksi I")
SUPERIOR = person("Kabid Contoh", "197205052090031005", "IV/a Pembina", "Kepala Bidang Layanan")


def targets(number: int) -> list[dict]:
    return [
        {
            "kegiatan": f"Menyusun laporan {n}", "ak": Decimal("0.125"), "kuantitas": Decimal(12),
            "satuan": "laporan", "kualitas": Decimal(100), "waktu": Decimal(12),
            "satuan_waktu": "bulan", "biaya": Decimal(5_000_000) if n % 2 else None,
            "r_kuantitas": Decimal(12), "r_kualitas": Decimal(90), "r_waktu": Decimal(12),
            "r_biaya": Decimal(5_000_000) if n % 2 else None,
        }
        for n in range(1, number + 1)
    ]  # fmt: skip


def by_pp46(number: int) -> dict:
    """The published example: 100 + 90 + 76 + 76, SKP 86.5, behaviour 85, together 85.90."""
    rows = targets(number)
    scores = dict(zip(ASPECTS, map(Decimal, (100, 90, 76, 76)), strict=True))
    days = {"dari": date(2026, 1, 1), "sampai": date(2026, 12, 31)}
    return days | {
        "sasaran": rows,
        "catatan_penilai": "Perlu pelatihan.",
        "penilaian": days | {
            "aturan": "pp46_2011",
            "masukan": {
                "kegiatan": rows,
                "tugas_tambahan": [{"uraian": "Panitia HUT"}],
                "kreativitas": [{"uraian": "Aplikasi antrean", "tingkat": "unit"}],
                "perilaku": dict.fromkeys(BEHAVIOUR, Decimal(85)) | {"kepemimpinan": None},
            },
            "hasil": {
                "kegiatan": [
                    scores | {"nilai": Decimal("85.5")}
                    if row["biaya"]
                    else scores | {"biaya": None, "nilai": Decimal(266) / 3}
                    for row in rows
                ],
                "tugas_tambahan": 1, "kreativitas": 3, "skp": Decimal("86.5"),
                "perilaku": Decimal(85), "prestasi": Decimal("85.9"), "sebutan": "Baik",
            },
        },
    }  # fmt: skip


def by_permenpanrb6(number: int) -> dict:
    rated = dict.fromkeys(VALUES_2022, "sesuai") | {"adaptif": "di_atas"}
    return {
        "periode": 2026,
        "sasaran": targets(number),
        "aturan": "permenpanrb6_2022",
        "penilaian": {
            "aturan": "permenpanrb6_2022",
            "masukan": {
                "kegiatan": [
                    {"kegiatan": f"Menyusun laporan {n}", "indikator": "Laporan diterima",
                     "target": "12 laporan", "realisasi": "13 laporan", "umpan_balik": None}
                    for n in range(1, number + 1)
                ],
                "hasil_kerja": "di_atas", "perilaku_kerja": "sesuai", "perilaku": rated,
            },
            "hasil": {"hasil_kerja": "di_atas", "perilaku": "sesuai", "predikat": "Baik"},
        },
    }  # fmt: skip


def step(number: int, **changes: object) -> dict:
    done = AT - timedelta(days=3) + timedelta(minutes=number)
    return {
        "element": f"Langkah_{number}", "name": f"Langkah ke-{number}", "place": "Penilai",
        "lane": "Pejabat Penilai", "visit": 1, "waktu": "15 menit", "person": ASSESSOR,
        "behalf": None, "opened": done - timedelta(hours=2), "taken_up": done - timedelta(hours=1),
        "performed": None, "closed": done, "waited": 3600, "worked": 3660,
    } | changes  # fmt: skip


def snapshot(data: dict, *steps: dict, subject: dict = EMPLOYEE) -> dict:
    places = {"Penilai": ASSESSOR, "Pegawai": subject, "Atasan": SUPERIOR}
    rules = (wording.ASSESSOR, "subject", "superior( superior(subject) )")
    taken = {
        "at": AT, "revision": 2, "data": data, "subject": subject,
        "case": {
            "id": 17, "number": "00017", "process": "Pengumpulan SKP", "key": "skp_collection",
            "version": 3, "digest": "ab" * 32, "status": "completed", "started": AT, "ended": AT,
        },
        "people": [
            {"place": place, "lane": place, "actor": rule, "person": who, "group": None}
            for (place, who), rule in zip(places.items(), rules, strict=True)
        ],
        "steps": list(steps) or [step(1)],
        "chain": {"seq": 42, "hash": "cd" * 32},
        "seal": {"number": 12, "at": AT, "seq": 40},
    }  # fmt: skip
    return values.loads(values.dumps(taken))  # as it is kept: without the order of names


SAMPLES = {
    "formulir_skp": ("formulir_skp", by_pp46(8)),
    "penilaian": ("penilaian", by_pp46(8)),
    "penilaian_2022": ("penilaian", by_permenpanrb6(8)),
    "rekaman": ("rekaman", by_pp46(8)),
}


def made(name: str) -> bytes:
    kind, data = SAMPLES[name]
    return MAKERS[kind](snapshot(data))


def pages(pdf: bytes) -> list[str]:
    """The words of each page, on one line."""
    found = pypdfium2.PdfDocument(pdf)
    return [" ".join(page.get_textpage().get_text_range().split()) for page in found]


def words(pdf: bytes) -> str:
    return " ".join(pages(pdf))


def test_the_same_data_gives_the_same_bytes_in_every_process():
    other = subprocess.run(
        [sys.executable, __file__], capture_output=True, encoding="ascii", check=True,
        timeout=60, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert other.stdout.split() == _digests()


def _digests() -> list[str]:
    return [sha256(made(name)).hexdigest() for name in SAMPLES]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_paper_is_tagged_titled_and_brings_its_fonts(name):
    reader = PdfFileReader(BytesIO(made(name)))
    root = reader.root
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "id"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "/StructTreeRoot" in root
    assert b"pdfuaid:part>1<" in root["/Metadata"].data
    assert str(reader.trailer_view["/Info"]["/Title"])
    fonts = list(_fonts(root["/Pages"]))
    assert fonts
    for font in fonts:
        (inner,) = font["/DescendantFonts"]
        described = inner.get_object()["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & set(described.keys()), font["/BaseFont"]


def _fonts(node):
    if node["/Type"] == "/Pages":
        for kid in node["/Kids"]:
            yield from _fonts(kid.get_object())
    else:
        yield from (font.get_object() for font in node["/Resources"]["/Font"].values())


def test_the_form_of_targets_shows_both_people_and_every_target():
    text = words(made("formulir_skp"))
    assert "FORMULIR SASARAN KERJA PEGAWAI NEGERI SIPIL" in text
    assert "1 Januari s.d. 31 Desember 2026" in text
    for said in ("Budi Contoh", "19900101 209003 2 012", "Penata Muda (III/a)", "Kasi Contoh"):
        assert said in text
    assert "Menyusun laporan 8 0,125 12 laporan 100 12 bulan –" in text
    assert "Rp5.000.000" in text
    assert "1 Januari 2027" in text  # the day of the office, not of UTC


def test_the_assessment_shows_the_published_example():
    annex, sheet, last = pages(made("penilaian"))
    assert "Menyusun laporan 1 0,125 12 laporan 100 12 bulan Rp5.000.000" in annex
    assert "342,00 85,50" in annex
    assert "266,00 88,67" in annex  # without costs: three aspects
    assert "Panitia HUT" in annex
    assert "Aplikasi antrean (tingkat unit)" in annex
    assert "86,50 (Baik)" in annex
    assert "Sasaran Kerja Pegawai (SKP) × 60 % 86,50 Baik 51,90" in sheet
    assert "1. Orientasi pelayanan 85,00 Baik" in sheet
    assert "Kepemimpinan" not in sheet
    assert "Jumlah 425,00" in sheet
    assert "Nilai perilaku kerja × 40 % 85,00 Baik 34,00" in sheet
    assert "Nilai Prestasi Kerja Baik 85,90" in sheet
    assert "Perlu pelatihan." in last
    signed = [last.index(name) for name in ("Kasi Contoh", "Budi Contoh", "Kabid Contoh")]
    assert signed == sorted(signed)  # the assessor, the employee, the superior


@pytest.mark.parametrize(
    ("year", "answers", "said"),
    [
        (2020, {"tugas_tambahan": [{"uraian": "Panitia HUT"}], **SCORED}, "342,00 85,50"),
        (2026, RATED, "Rating hasil kerja: Sesuai ekspektasi"),
    ],
)
def test_the_paper_shows_what_the_form_keeps(year, answers, said):
    case = {"dari": date(year, 1, 1), "sampai": date(year, 12, 31)}
    task = Node("a", "userTask", "A", 1, attributes={"formKey": "alur:skp-penilaian"})
    form = form_for(task, case, as_sent(drawn_as(task, case), answers))
    assert form.validate(), form.faults
    text = words(MAKERS["penilaian"](snapshot(case | form.values)))
    assert said in text
    assert f"1 Januari s.d. 31 Desember {year}" in text
    assert "{" not in text  # nothing is shown as Python writes it


def test_the_assessment_of_2022_shows_expectations_and_no_numbers_of_the_old_rules():
    text = words(made("penilaian_2022"))
    assert "EVALUASI KINERJA PEGAWAI" in text
    assert "tahun 2026" in text
    assert "8 Menyusun laporan 8 Laporan diterima 12 laporan 13 laporan –" in text
    assert "Rating hasil kerja: Di atas ekspektasi" in text
    assert "6 Adaptif Di atas ekspektasi" in text
    assert "Rating perilaku kerja: Sesuai ekspektasi" in text
    assert "Predikat Kinerja Pegawai Baik" in text
    assert "60 %" not in text


def test_a_case_that_knows_its_scores_alone_gives_the_sheet():
    data = {"nilai_skp": Decimal("86.5"), "nilai_perilaku": 85, "catatan_penilai": "Baik"}
    sheet, _ = pages(MAKERS["penilaian"](snapshot(data)))
    assert "86,50 Baik 51,90" in sheet
    assert "Nilai Prestasi Kerja Baik 85,90" in sheet
    assert "Perilaku Kerja Nilai perilaku kerja × 40 % 85,00 Baik 34,00" in sheet


@pytest.mark.parametrize("kind", ["formulir_skp", "penilaian", "rekaman"])
def test_a_case_that_knows_nothing_gives_a_paper_with_dashes(kind):
    assert "Budi Contoh" in words(MAKERS[kind](snapshot({})))


@pytest.mark.parametrize(
    ("kind", "data", "head"),
    [
        ("formulir_skp", by_pp46(60), "III. Kegiatan Tugas Jabatan"),
        ("penilaian", by_pp46(60), "I. Kegiatan Tugas Jabatan"),
        ("penilaian", by_permenpanrb6(60), "Rencana hasil kerja"),
    ],
)
def test_a_long_table_repeats_its_head_on_every_page(kind, data, head):
    found = pages(MAKERS[kind](snapshot(data)))
    with_rows = [page for page in found if "Menyusun laporan" in page]
    assert len(with_rows) > 1
    assert all(head in page for page in with_rows)
    text = " ".join(found)
    assert all(f"Menyusun laporan {n} " in text for n in range(1, 61))


def test_a_long_name_is_shown_whole():
    subject = EMPLOYEE | {"name": LONG, "position": "Analis Kebijakan Ahli Madya " * 6}
    for kind in MAKERS:
        assert LONG.replace(" ", "") in words(
            MAKERS[kind](snapshot(by_pp46(2), subject=subject))
        ).replace(" ", "")


def test_who_stands_in_signs_as_that():
    behalf = {"person": ASSESSOR, "as": "plh"}
    acted = step(3, person=SUPERIOR | {"name": "Pengganti Contoh"}, behalf=behalf)
    _, sheet, last = pages(MAKERS["penilaian"](snapshot(by_pp46(1), acted)))
    assert "Pejabat Penilai Nama : Kasi Contoh" in sheet
    assert "Plh. Pejabat Penilai Pengganti Contoh" in last
    assert "Kasi Contoh" not in last


RULING = {
    "element": "Langkah_4", "name": "Memeriksa hasil SKP", "person": SUPERIOR, "behalf": None,
    "at": AT, "rounds": 2, "reason": "Realisasi sesuai *bukti* dukung",
}  # fmt: skip


@pytest.mark.parametrize("name", ["penilaian", "penilaian_2022"])
def test_where_the_superior_decided_nobody_signs_for_the_employee(name):
    kind, data = SAMPLES[name]
    data = data | {"alasan": "Realisasi saya lebih tinggi"}
    acting = RULING | {"behalf": {"person": SUPERIOR, "as": "plh"}, "person": ASSESSOR}
    for ruling in (RULING, acting):
        text = words(MAKERS[kind](snapshot(data) | {"rulings": [ruling]}))
        assert "Realisasi saya lebih tinggi" in text
        assert "Realisasi sesuai *bukti* dukung" in text
        assert "sesudah 2 kali tidak disetujui" in text
        assert text.count("Tidak ditandatangani") == 1
        assert f"oleh {ruling['person']['name']}" in text
    assert f"(Plh. {SUPERIOR['name']})" in text
    assert "Tidak ditandatangani" not in words(MAKERS[kind](snapshot(data)))


def test_the_record_sheet_says_that_a_superior_decided_and_not_why():
    text = words(MAKERS["rekaman"](snapshot(by_pp46(1)) | {"rulings": [RULING]}))
    assert f"diputus oleh {SUPERIOR['name']}, atasan pejabat yang bersangkutan" in text
    assert "bukti" not in text


def test_the_record_sheet_shows_steps_people_times_and_the_chain():
    later = step(2, visit=2, performed=AT - timedelta(days=4))
    acted = step(3, behalf={"person": ASSESSOR, "as": "leave"}, person=SUPERIOR)
    text = words(MAKERS["rekaman"](snapshot(by_pp46(1), step(1), later, acted)))
    assert "LEMBAR REKAMAN KASUS 00017" in text
    assert "waktu kantor (WIB)" in text
    assert "Langkah ke-2 (putaran ke-2)" in text
    assert "(rekam susulan)" in text
    assert "Pengganti Kasi Contoh, Pejabat Penilai" in text
    assert "menunggu 1 jam 0 menit, dikerjakan 1 jam 1 menit; standar 15 menit" in text
    assert "42 kejadian" in text
    assert " ".join(["cdcdcdcd"] * 8) in text
    assert "nomor 12, 01-01-2027 00.30, mencakup kejadian 1 sampai 40" in text
    assert "https://alur.example/verify" in text


def test_the_record_sheet_holds_nothing_that_was_answered():
    text = words(made("rekaman"))
    for value in ("86,5", "85,9", "Perlu pelatihan", "Menyusun laporan", "Aplikasi antrean"):
        assert value not in text


def test_what_somebody_typed_is_text_and_no_markup():
    said = '#panic("x") *tebal* $x$ @acuan <label> \\ [ ] // = "kutip" `kode`'
    data = by_pp46(1)
    data["sasaran"][0]["kegiatan"] = said
    data["catatan_penilai"] = said
    for kind in ("formulir_skp", "penilaian"):
        text = words(MAKERS[kind](snapshot(data)))
        assert '#panic("x") *tebal* $x$ @acuan <label>' in text


@pytest.mark.parametrize("name", SAMPLES)
def test_nothing_claims_a_certificate(name):
    text = words(made(name)).casefold()
    assert "bsre" not in text
    assert "sertifikat elektronik" not in text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("1250.50"), "1.250,5"), (Decimal("1E+3"), "1.000"), (12, "12"), (0.5, "0,5"),
        (None, "–"), ("", "–"), ("dua", "dua"), (True, "True"), (Decimal(-3), "−3"),
    ],
)  # fmt: skip
def test_a_number_is_written_as_in_indonesia(value, shown):
    assert wording.number(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(Decimal("85.905"), "85,91"), (Decimal("85.9"), "85,90"), (100, "100,00"), (None, "–")],
)
def test_a_score_has_two_digits_rounded_half_up(value, shown):
    assert wording.score(value) == shown


def test_a_period_names_its_year_once():
    assert wording.period(date(2026, 1, 1), date(2026, 12, 31)) == "1 Januari s.d. 31 Desember 2026"
    over = wording.period(date(2025, 7, 1), date(2026, 6, 30))
    assert over == "1 Juli 2025 s.d. 30 Juni 2026"
    assert wording.period(None, None, 2026) == "tahun 2026"
    assert wording.period(None, None) == "–"


if __name__ == "__main__":
    sys.stdout.write(" ".join(_digests()))
