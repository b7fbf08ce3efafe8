"""The SOPs of the office: found, read, printed, and compared with what they were."""

import gzip
from pathlib import Path

import pypdfium2
import pytest
from sqlalchemy import select

from bpmn.notation import office_file_of
from engine import deployments
from engine.models import Person, Processing
from tasks.handlers import HANDLERS

SKP = (Path(__file__).parents[2] / "bpmn" / "skp_collection.bpmn").read_bytes()
LONGER = SKP.replace(b'name="10 menit"', b'name="20 menit"').replace(b"PT10M", b"PT20M", 1)
PLACE = "/sop/skp_collection"


@pytest.fixture
def staff(site):
    return site.visitor("staff")


@pytest.fixture
def revised(site):
    """A second version in force, whose first step takes twice as long."""
    version = deployments.deploy(site.db, LONGER, site.ids["analyst"])
    return deployments.activate(site.db, version.id, site.ids["analyst"], topics=HANDLERS)


def test_what_is_in_force_is_listed_and_found_by_its_words(staff):
    page = staff.get("/sop?q=sasaran+kinerja")
    assert {PLACE, f"{PLACE}/1/document.pdf"} <= set(page.links)
    assert PLACE not in staff.get("/sop?q=tiada").links
    assert "Tidak ada yang cocok." in staff.get("/sop?q=tiada").text


def test_a_document_is_read_row_by_row(staff):
    page = staff.get(PLACE)
    rows = [row.xpath("string()").split() for row in page.tree.xpath("//tbody/tr")]
    assert len(rows) == 8
    assert " ".join(rows[3]).endswith(
        "Ya: ke 5; Tidak: ke 3 Pegawai Berkas yang akan dinilai 1 jam"
        " Pegawai memeriksa SKP yang telah dinilai –"
    )
    assert "04-06-2021" in page.text
    assert len(page.source) < 20_000


def test_the_official_document_says_what_stands_in_the_diagram(staff):
    made = staff.get(f"{PLACE}/1/document.pdf")
    assert made.headers["Content-Type"] == "application/pdf"
    first, second = pypdfium2.PdfDocument(made.response.data)
    assert "Nomor SOP 92" in first.get_textpage().get_text_bounded()
    said = second.get_textpage().get_text_bounded()
    assert "Atasan Pejabat" in said
    assert "1 jam" in said
    assert staff.get(f"{PLACE}/1/document.pdf").response.data == made.response.data


def test_the_flowchart_is_shown_page_by_page(staff):
    (picture,) = staff.get(PLACE).tree.xpath("//ol[@class='sheets']//img/@src")
    shown = staff.get(picture)
    assert shown.headers["Content-Type"].startswith("image/svg+xml")
    assert shown.response.data.lstrip().startswith(b"<svg")
    packed = staff.get(picture, headers={"Accept-Encoding": "gzip"}).response.data
    assert gzip.decompress(packed) == shown.response.data
    assert len(packed) < 50_000
    assert staff.get(f"{PLACE}/1/2.svg").status == 404


def test_the_position_that_approved_it_is_held_by_somebody(site, staff):
    position = "Kepala Dinas Komunikasi dan Informatika Provinsi Kalimantan Barat"
    with site.db.write() as session:
        holder = session.get_one(Person, site.ids["supervisor"])
        holder.position, name = position, holder.name
    text = pypdfium2.PdfDocument(staff.get(f"{PLACE}/1/document.pdf").response.data)[
        0
    ].get_textpage()
    assert name in text.get_text_bounded()
    with site.db.read() as session:
        looked = select(Processing.person_id).where(Processing.subject_id == holder.id)
        assert session.scalars(looked).all() == [site.ids["staff"]]


def test_a_revision_is_shown_cell_by_cell(staff, revised):
    page = staff.get(f"{PLACE}/{revised.version}/changes")
    assert page.tree.xpath("//del/text()") == ["10 menit"]
    assert page.tree.xpath("//ins/text()") == ["20 menit"]
    assert len(page.tree.xpath("//tr[@class='changed']")) == 1
    assert f"{PLACE}/2/changes?from=1" in staff.get(PLACE).links


def test_of_a_list_only_the_lines_that_differ_are_marked(site, staff):
    other = SKP.replace(b"Undang-undang No. 5 Tahun 2014", b"Undang-undang No. 20 Tahun 2023")
    version = deployments.deploy(site.db, other, site.ids["analyst"])
    deployments.activate(site.db, version.id, site.ids["analyst"], topics=HANDLERS)
    page = staff.get(f"{PLACE}/{version.version}/changes")
    (gone,), (new,) = page.tree.xpath("//del/text()"), page.tree.xpath("//ins/text()")
    assert ("5 Tahun 2014" in gone, "20 Tahun 2023" in new) == (True, True)


def test_what_is_no_longer_in_force_is_read_and_says_so(staff, revised):
    assert revised.version == 2
    assert "Tidak berlaku" in staff.get(f"{PLACE}/1").tree.xpath("string(//main//h1/..)")
    assert "Tidak" not in staff.get(f"{PLACE}/2").tree.xpath("string(//main//h1/..)")
    said = pypdfium2.PdfDocument(staff.get(f"{PLACE}/1/document.pdf").response.data)[
        0
    ].get_textpage()
    assert "versi 1, tidak berlaku" in said.get_text_bounded()


def test_where_a_row_leads_is_said_where_it_is_not_the_next(site, staff):
    site.put_into_force(
        office_file_of("""
            startEvent s
            userTask a
            parallelGateway f
            userTask b
            userTask c
            parallelGateway j
            userTask d
            endEvent e
            s -> a -> f
            f -> b -> j
            f -> c -> j
            j -> d -> e
        """)
    )
    cells = staff.get("/sop/p").tree.xpath("//tbody/tr/td[@data-label='Kegiatan']")
    assert [" ".join(" ".join(cell.itertext()).split()) for cell in cells] == [
        "a ke 2; ke 3", "b ke 4", "c", "d",
    ]  # fmt: skip


def test_a_revision_is_compared_with_the_one_in_force_before_it(site, staff, revised):
    assert revised.version == 2
    deployments.deploy(site.db, LONGER + b"<!-- 3 -->", site.ids["analyst"])
    last = deployments.deploy(site.db, SKP + b"<!-- 4 -->", site.ids["analyst"])
    deployments.activate(site.db, last.id, site.ids["analyst"], topics=HANDLERS)
    page = staff.get(f"{PLACE}/{last.version}/changes")
    assert "Versi 4 dibanding versi 2" in page.text


def test_versions_that_say_the_same(site, staff, revised):
    again = deployments.revert(site.db, revised.id, site.ids["analyst"])
    deployments.activate(site.db, again.id, site.ids["analyst"], topics=HANDLERS)
    page = staff.get(f"{PLACE}/{again.version}/changes?from=2")
    assert "Dokumen SOP kedua versi sama." in page.text


def test_what_was_never_in_force_is_read_by_analysts_alone(site, staff):
    version = deployments.deploy(site.db, LONGER, site.ids["analyst"])
    place = f"{PLACE}/{version.version}"
    for address in (place, f"{place}/document.pdf", f"{place}/1.svg", f"{place}/changes"):
        assert staff.get(address).status == 404
        assert site.visitor("analyst").get(address).status == 200


@pytest.mark.parametrize("address", ["/sop/tiada", f"{PLACE}/99", f"{PLACE}/1/changes?from=99"])
def test_what_is_not_there(staff, address):
    assert staff.get(address).status == 404
