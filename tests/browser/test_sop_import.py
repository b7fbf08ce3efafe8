"""The SKP's own document, whose marks of who acts are lost, becomes its diagram on the page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import create_engine, text

from bpmn.elements import diagrams
from bpmn.reading import read
from bpmn.sop.folding import folded

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from bpmn.diagram import Diagram
    from bpmn.sop.document import Sop

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
TABLE = ROOT / "tests" / "sop" / "tables" / "skp_collection.txt"
STAFF, ASSESSOR, EMPLOYEE = "Staf Pelaksana", "Pejabat Penilai", "Pegawai"
ABBREVIATED, SUPERIOR = "Atasan Pjb. Penilai", "Atasan Pejabat Penilai"
DOERS = (STAFF, STAFF, ASSESSOR, EMPLOYEE, ASSESSOR, ABBREVIATED, ASSESSOR, EMPLOYEE)
NAME = "Pengumpulan Sasaran Kinerja Pegawai (SKP)"


def bring(page: Page) -> None:
    """Uploads the document and looks at what it was understood as."""
    page.goto("/modeler")
    page.click("main a:has-text('Impor tabel SOP')")
    page.set_input_files("#file", TABLE)
    page.click("button:has-text('Baca tabel')")
    page.wait_for_url("**/modeler/imports/*")
    drawn(page)


def drawn(page: Page) -> None:
    page.locator("[data-diagram]").scroll_into_view_if_needed()
    page.locator("[data-diagram] .djs-shape").first.wait_for()


def save(page: Page, label: str) -> None:
    """Presses a button whose answer brings another picture."""
    before = page.get_attribute("[data-diagram]", "data-diagram")
    page.click(f"main button:has-text('{label}')")
    expect(page.locator("[data-diagram]")).not_to_have_attribute("data-diagram", before or "")
    drawn(page)


def lanes(page: Page) -> list[str]:
    """The names of the lanes in the picture, from above."""
    named = page.locator("[data-diagram] [data-element-id^=Lane_]").all()
    named.sort(key=lambda one: (one.bounding_box() or {"y": 0})["y"])
    return [" ".join((one.text_content() or "").split()) for one in named]


def put_right(page: Page) -> None:
    """Who acts, asked row by row; the decision; the abbreviated name; what the SOP is called."""
    expect(page.locator("main")).to_contain_text("siapa yang mengerjakan setiap langkah")
    page.click("#baris-3 >> text=Ubah")
    assert page.input_value("tr.open [name=kind]") == "decision"
    page.select_option("tr.open [name=actor]", EMPLOYEE)
    for place, (label, target) in enumerate((("Ya", "4"), ("Tidak", "2"))):
        page.locator("tr.open [name=label]").nth(place).fill(label)
        page.locator("tr.open [name=target]").nth(place).select_option(target)
    save(page, "Simpan baris ini")
    expect(page.locator("#baris-3")).to_contain_text("Ya: 5; Tidak: 3")
    for place, doer in enumerate(DOERS):
        asked = page.locator(f"select[name=actor-{place}]")
        assert asked.count() == (place != 3)
        if asked.count():
            asked.select_option(doer)
    save(page, "usulan yang tersisa")
    expect(page.locator("main")).to_contain_text("Tidak ada dugaan")
    page.click("text=Nama dan urutan pelaksana")
    page.fill("#pelaksana [name=name] >> nth=3", SUPERIOR)
    assert lanes(page) == [STAFF, ASSESSOR, EMPLOYEE, ABBREVIATED]
    save(page, "Simpan pelaksana")
    assert lanes(page) == [STAFF, ASSESSOR, EMPLOYEE, SUPERIOR]
    page.click("text=Halaman identitas")
    page.fill("#fakta-nama", NAME)
    save(page, "Simpan identitas")


def sketched(server: Any) -> Diagram:
    database = create_engine(server.database_url)
    with database.connect() as connection:
        (source,) = connection.execute(text("SELECT source FROM sketch")).scalars()
        assert connection.scalar(text("SELECT count(*) FROM sop_import")) == 0
    database.dispose()
    (found,) = diagrams(read(source))
    return found


def told(sop: Sop) -> list[Any]:
    """What a document says, whatever the ids of its diagram and the order of ways are."""
    rows = [
        (one.number, one.kind, one.activity, sop.actors[one.actor or 0], one.waktu,
         one.kelengkapan, one.output)
        for one in sop.steps
    ]  # fmt: skip
    return [sop.actors, rows, set(sop.arrows)]


def durations(diagram: Diagram) -> list[str]:
    """What the Waktu timers count, in the order of the rows."""
    timers = [
        timer
        for step in folded(diagram).sop.steps
        for timer in diagram.boundary_events(step.element)
        if timer.is_waktu
    ]
    return [timer.timer.text for timer in timers if timer.timer]


def test_the_skp_document_becomes_its_diagram_once_its_guesses_are_put_right(
    sign_in: Callable[..., Page], server: Any
) -> None:
    page = sign_in("analyst")
    bring(page)
    put_right(page)
    page.click("text=Lanjutkan menggambar")
    page.locator("#findings .modeler-verdict").wait_for(state="attached")
    assert NAME in page.title()
    made = sketched(server)
    (shipped,) = diagrams(read((ROOT / "bpmn" / "skp_collection.bpmn").read_bytes()))
    assert told(folded(made).sop) == told(folded(shipped).sop)
    assert durations(made) == durations(shipped)
    assert len(durations(made)) == 8
    (before, after), *_ = [
        (way.source, way.target) for way in folded(made).sop.arrows if way.target < way.source
    ]
    assert (before, after) == (3, 2)  # the loop


def test_a_row_is_put_right_by_keyboard_and_the_focus_stays_at_it(
    sign_in: Callable[..., Page],
) -> None:
    page = sign_in("analyst")
    bring(page)
    page.focus("#baris-1 a")
    page.keyboard.press("Enter")
    expect(page.locator("tr.open [name=actor]")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("2 jam")
    page.keyboard.press("Enter")
    expect(page.locator("#baris-1")).to_contain_text("2 jam")
    expect(page.locator("#baris-1 a")).to_be_focused()
    page.keyboard.press("Enter")
    page.click("tr.open >> text=Batal")
    expect(page.locator("tr.open")).to_have_count(0)


def test_an_older_window_is_told_beside_what_was_typed_in_it(
    sign_in: Callable[..., Page],
) -> None:
    page = sign_in("analyst")
    bring(page)
    older = page.context.new_page()
    older.goto(page.url)
    older.click("#baris-4 >> text=Ubah")
    older.fill("tr.open [name=waktu]", "20 menit")
    page.click("#baris-4 >> text=Ubah")
    page.fill("tr.open [name=waktu]", "25 menit")
    save(page, "Simpan baris ini")
    older.click("text=Simpan baris ini")
    expect(older.locator("tr.open [role=alert]")).to_contain_text("sudah diubah di jendela lain")
    assert older.input_value("tr.open [name=waktu]") == "20 menit"
    save(older, "Simpan baris ini")
    expect(older.locator("#baris-4")).to_contain_text("20 menit")


def test_a_window_whose_import_is_gone_is_told_so(sign_in: Callable[..., Page]) -> None:
    page = sign_in("analyst")
    bring(page)
    other = page.context.new_page()
    other.goto(page.url)
    other.click("text=Hapus impor ini")
    other.click("text=Ya, hapus impor ini")
    expect(other.locator("main")).to_contain_text("Impor dihapus.")
    page.click("#baris-2 >> text=Ubah")
    expect(page.locator("#notice")).to_contain_text("Impor itu tidak ada.")


def test_on_a_phone_the_rows_come_first_and_nothing_sticks_out(
    sign_in: Callable[..., Page],
) -> None:
    page = sign_in("analyst", viewport={"width": 390, "height": 844})
    bring(page)
    tops = [page.locator(part).bounding_box() for part in ("#baris-0", "[data-diagram]")]
    assert tops[0]
    assert tops[1]
    assert tops[0]["y"] < tops[1]["y"]
    page.click("#baris-3 >> text=Ubah")
    page.locator("tr.open [name=actor]").wait_for()
    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")
