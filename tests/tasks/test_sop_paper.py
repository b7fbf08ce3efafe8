"""The SOP on paper: what it says, read back from its tags; its pages; its pictures."""

import io
from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from string import ascii_uppercase

import pypdfium2
import pytest
import zxingcpp
from hypothesis import HealthCheck, given, settings
from lxml import etree
from pyhanko.pdf_utils.reader import PdfFileReader
from sop_papers import read_back
from sops import procedures
from tagged import tables

from bpmn.elements import diagrams
from bpmn.reading import read
from bpmn.sop.document import DECISION, END, START, Arrow, Identity, Sop, Step
from bpmn.sop.flowchart import Unprintable
from bpmn.sop.folding import folded
from tasks.papers.sop import pdf, spoken, svg_pages

SKP = Path(__file__).parents[2] / "bpmn" / "skp_collection.bpmn"
ADDRESS = "https://alur.example/sop/skp"
AT = date(2026, 3, 1)
OFFICER = {"name": "Siti Contoh", "rank": "Pembina (IV/a)", "nip": "19720505 200903 1 005"}


def of(*steps, arrows, actors=("Pemohon", "Petugas", "Kepala Seksi"), **facts):
    return Sop(Identity(nama="Izin Contoh", **facts), actors, tuple(steps), tuple(arrows))


WIDE = "https://contoh.example/" + "berkas-permohonan/" * 9
DECISIONS = of(
    Step("", "Mulai", 0, START),
    Step("1", "Mengajukan permohonan", 0, output="Surat permohonan"),
    Step("2", "Memeriksa kelengkapan", 1, DECISION, waktu="30 detik"),
    Step("4", "Menilai kelayakan", 2, DECISION, "Berkas; KTP", "1-2 hari", "Nota", "SOP 7"),
    Step("", "Selesai", 0, END),
    Step("", "Selesai", 2, END),
    arrows=(
        Arrow(0, 1), Arrow(1, 2), Arrow(2, 3, "Lengkap"), Arrow(2, 1, "Tidak lengkap"),
        Arrow(3, 4, "Layak"), Arrow(3, 1, "Perlu perbaikan, dikembalikan"), Arrow(3, 5, "Ditolak"),
    ),
)  # fmt: skip


def skp():
    return folded(diagrams(read(SKP.read_bytes()))[0]).sop


def long(rows, words="Memeriksa kelengkapan berkas permohonan beserta seluruh lampirannya"):
    steps = [Step(str(row + 1), words, row % 7, waktu="15 menit") for row in range(rows)]
    steps[9] = replace(steps[9], kind=DECISION)
    steps[rows - 5] = replace(steps[rows - 5], kind=DECISION)
    arrows = [
        Arrow(row, row + 1, "Ya" if steps[row].kind == DECISION else "") for row in range(rows - 1)
    ]
    back = [Arrow(9, 4, "Tidak"), Arrow(rows - 5, 2, "Tidak")]
    actors = tuple(f"Kepala Bidang {number}" for number in range(7))
    return of(*steps, arrows=[*arrows, *back], actors=actors)


def told(sop):
    """Its table as a paper can say it."""
    steps = tuple(replace(step, element="") for step in sop.steps)
    arrows = tuple(sorted(sop.arrows, key=lambda arrow: arrow.source))
    return replace(sop, identity=Identity(), steps=steps, arrows=arrows)


def words(made):
    pages = pypdfium2.PdfDocument(made)
    return [" ".join(page.get_textpage().get_text_range().split()) for page in pages]


@pytest.mark.parametrize(
    "sop",
    [skp(), DECISIONS, long(40), long(11, WIDE)],
    ids=["the SKP", "two decisions in a row", "forty rows", "words wider than their column"],
)
def test_the_table_is_read_back_from_the_tags(sop):
    assert read_back(pdf(sop)) == told(sop)


@settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(procedures())
def test_any_table_is_read_back_from_the_tags(sop):
    assert read_back(pdf(sop)) == told(sop)


@pytest.mark.parametrize("sop", [long(40), long(11, WIDE), DECISIONS])
def test_words_keep_to_their_rows_and_columns(sop):
    for table in (table for table in tables(pdf(sop)) if table[0][0].words == "No"):
        for above, below in pairwise(table[2:]):
            lowest = min(bottom for cell in above for _, bottom, _, _ in cell.boxes)
            assert lowest > max(top for cell in below for *_, top in cell.boxes)
        for row in table[2:]:
            filled = [cell for cell in row if cell.words]
            for left, right in pairwise(filled):
                furthest = max(end for _, _, end, _ in left.boxes)
                assert furthest < min(start for start, *_ in right.boxes)


def test_a_symbol_is_told_with_where_its_arrows_lead():
    assert spoken(skp(), 3) == "Keputusan oleh Pegawai. Ya: ke 5. Tidak: ke 3."
    assert spoken(skp(), 0) == "Kegiatan awal oleh Staf Pelaksana. Ke 2."
    assert spoken(skp(), 7) == "Kegiatan akhir oleh Pegawai."
    assert spoken(DECISIONS, 3).endswith(
        "Layak: ke baris 5. Perlu perbaikan, dikembalikan: ke 1. Ditolak: ke baris 6."
    )


def test_the_same_sop_gives_the_same_bytes():
    assert pdf(skp(), "versi 2", AT, ADDRESS, OFFICER) == pdf(
        skp(), "versi 2", AT, ADDRESS, OFFICER
    )
    assert svg_pages(skp()) == svg_pages(skp())


def test_the_paper_is_tagged_and_titled():
    root = PdfFileReader(io.BytesIO(pdf(skp()))).root
    assert b"pdfuaid:part>1<" in root["/Metadata"].data
    assert root["/Lang"] == "id"
    assert b"SOP Pengumpulan Sasaran Kinerja Pegawai (SKP)" in root["/Metadata"].data


def test_the_identity_page_says_what_is_known_and_leaves_room_for_the_rest():
    (first, _) = words(pdf(skp(), "versi 2", AT, ADDRESS))
    for said in ("Nomor SOP 92", "Tanggal Pembuatan 4 Juni 2021", "Tanggal Efektif 4 Juni 2021",
                 "1. Undang-undang No. 5 Tahun 2014", "4. Bisa mengoperasikan komputer",
                 "Jika SOP Pengumpulan SKP tidak dilaksanakan", ADDRESS):  # fmt: skip
        assert said in first
    assert "Tanggal Revisi Tanggal Efektif" in first
    assert first.split("Disahkan oleh ")[1].startswith("Kepala Dinas Komunikasi")
    bare = words(pdf(DECISIONS))[0]
    assert "Nomor SOP Tanggal Pembuatan Tanggal Revisi Tanggal Efektif Disahkan oleh NIP" in bare


def test_who_approved_is_named_where_that_is_known():
    first = words(pdf(skp(), "", AT, "", OFFICER))[0]
    assert "Siti Contoh Pembina (IV/a) NIP 19720505 200903 1 005" in first


def test_the_code_leads_to_the_version_in_force_and_is_left_out_without_an_address():
    picture = pypdfium2.PdfDocument(pdf(skp(), "", AT, ADDRESS))[0].render(scale=3).to_pil()
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [ADDRESS]
    picture = pypdfium2.PdfDocument(pdf(skp()))[0].render(scale=3).to_pil()
    assert zxingcpp.read_barcodes(picture) == []


def test_each_page_has_the_head_the_version_and_its_number():
    _, *pages = words(pdf(long(40), "versi 2"))
    assert len(pages) > 2
    for number, page in enumerate(pages, 2):
        assert "No Kegiatan" in page
        assert "Kelengkapan Waktu Output" in page
        assert "SOP Izin Contoh · versi 2" in page
        assert f"{number} / {len(pages) + 1}" in page


def test_connectors_have_the_same_letter_on_both_sides_of_a_break():
    _, *pages = words(pdf(long(40)))
    letters = [word for page in pages for word in set(page.split()) & set(ascii_uppercase)]
    breaks, loops_over_breaks = len(pages) - 1, 1
    count = breaks + loops_over_breaks
    assert Counter(letters) == dict.fromkeys(ascii_uppercase[:count], 2)


def test_what_is_too_high_for_a_page_is_set_smaller_and_else_refused():
    tall = replace(DECISIONS.steps[1], activity="Memeriksa kelengkapan berkas. " * 90)
    steps = (DECISIONS.steps[0], tall, *DECISIONS.steps[2:])
    smaller = replace(DECISIONS, steps=steps)
    assert read_back(pdf(smaller)).steps[1].activity == tall.activity.strip()
    endless = replace(tall, activity="Memeriksa kelengkapan berkas. " * 2000)
    with pytest.raises(Unprintable, match="tidak muat di kertas A3"):
        pdf(replace(DECISIONS, steps=(steps[0], endless, *steps[2:])))
    with pytest.raises(Unprintable, match="belum berisi"):
        pdf(of(arrows=()))


def test_a_row_that_nobody_does_stands_in_a_column_of_its_own():
    nobody = replace(DECISIONS.steps[1], actor=None)
    made = pdf(replace(DECISIONS, steps=(DECISIONS.steps[0], nobody, *DECISIONS.steps[2:])))
    assert "Kepala Seksi –" in words(made)[1]


def test_the_flowchart_comes_as_pictures_that_need_nothing_else():
    pages = svg_pages(long(40))
    assert len(pages) == len(words(pdf(long(40)))) - 1
    for page in pages:
        root = etree.fromstring(page)
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        hrefs = root.xpath("//@*[local-name()='href']")
        assert all(href.startswith("#") for href in hrefs)


def test_the_logo_stands_on_the_identity_page_alone():
    circle = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="4"/></svg>'
    plain, drawn = (pypdfium2.PdfDocument(pdf(skp(), logo=logo)) for logo in ("", circle))
    pictures = [sum(o.type != 1 for o in page.get_objects(max_depth=5)) for page in drawn]
    before = [sum(o.type != 1 for o in page.get_objects(max_depth=5)) for page in plain]
    assert pictures[0] > before[0]
    assert pictures[1] == before[1]
