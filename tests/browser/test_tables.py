"""A table of sixty rows in a real browser: typed, pasted from a spreadsheet, moved, sent."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from engine import cases, deployments, history, people, sample, starting
from engine.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
EVERY_FIELD = ROOT / "tests" / "web" / "every_field.bpmn"
AXE = ROOT / "web" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
PHONE = {"width": 390, "height": 844}
PASTE = """text => {
  const clipboardData = new DataTransfer();
  clipboardData.setData('text/plain', text);
  document.activeElement.dispatchEvent(
    new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
}"""
# As Excel puts cells on the clipboard: quotes where a cell holds a line break or quotes.
ROWS = "".join(
    f'"Barang ""{n}""\nbaru"\t{n}\tbuah\t0,5\t Rp1.250,10 \t31-12-2026\tYa\tPeralatan\r\n'
    for n in range(2, 61)
)


@pytest.fixture
def db(server: Any) -> Iterator[Database]:
    opened = Database(server.database_url)
    yield opened
    opened.close()


@pytest.fixture
def case(db: Database) -> int:
    deployments.activate(db, deployments.deploy(db, EVERY_FIELD.read_bytes()).id)
    with db.read() as session:
        staff = people.actor(session, people.with_nip(session, sample.CAST["staff"][0]).id)
        employee = people.with_nip(session, sample.CAST["employee"][0]).id
    return starting.start(db, staff, "pengadaan", employee, token="peramban")


@pytest.fixture
def address(db: Database, case: int) -> str:
    with db.read() as session:
        (item,) = cases.work(session, case)
    return f"/tasks/{item.id}"


def _cell(page: Page, column: str, row: int) -> Locator:
    return page.locator(f"[data-column={column}]").nth(row - 1)


def _numbers(page: Page) -> list[str]:
    return page.locator("table.cells tbody th .number").all_inner_texts()


def _announced(page: Page) -> str:
    return page.locator(".table-field > [aria-live]").inner_text()


def test_sixty_rows_are_typed_pasted_moved_and_sent(
    sign_in: Callable[..., Page], db: Database, case: int, address: str
) -> None:
    page = sign_in("staff")
    page.goto(address)
    page.fill("#isian-perihal", "Alat tulis kantor")
    page.fill("#isian-pagu", "1.000.000")
    page.fill("#isian-tanggal", "31-12-2026")
    _names_somebody(page)
    _cell(page, "uraian", 1).fill("Barang 1")
    _cell(page, "harga", 1).fill("0,9")
    _cell(page, "banyak", 1).fill("1")
    page.keyboard.press("Enter")  # a new row, in the same column
    assert page.evaluate("document.activeElement.dataset.column") == "banyak"
    assert _announced(page) == "Baris 2 ditambahkan."
    _cell(page, "uraian", 2).focus()
    page.evaluate(PASTE, ROWS)
    assert _announced(page) == "59 baris ditempel."
    assert _numbers(page) == [str(n) for n in range(1, 61)]
    assert page.locator("#isian-barang-jumlah-harga").inner_text() == "Rp 73.756,80"
    assert page.locator("#isian-barang-jumlah-banyak").inner_text() == "1.830"
    page.click("text=Tambah baris")
    assert _announced(page) == "Paling banyak 60 baris."
    _moves_and_removes(page)
    page.click("text=Selesaikan langkah ini")
    page.wait_for_url(lambda url: not url.endswith(address))
    with db.read() as session:
        (kept,) = history.submissions(session, case).values()
    rows = kept["barang"]
    assert [row["banyak"] for row in rows[:3]] == [2, 1, 4]
    assert len(rows) == 59
    assert rows[0].pop("uraian").splitlines() == ['Barang "2"', "baru"]
    assert rows[0] | {"tiba": None} == {
        "banyak": 2, "satuan": "buah", "bobot": Decimal("0.5"), "harga": Decimal("1250.10"),
        "tiba": None, "bekas": True, "jenis": "alat",
    }  # fmt: skip
    assert kept["penanggung_jawab"] == sample.CAST["employee"][0]


def _names_somebody(page: Page) -> None:
    """Types a part of a name and takes what is offered."""
    with page.expect_response(lambda answer: "/people?" in answer.url):
        page.locator("#isian-penanggung_jawab").press_sequentially("budi")
    offered = page.locator("#isian-penanggung_jawab-calon option")
    offered.wait_for(state="attached")
    page.fill("#isian-penanggung_jawab", offered.get_attribute("value") or "")


def _moves_and_removes(page: Page) -> None:
    _cell(page, "satuan", 2).focus()
    page.keyboard.press("Alt+ArrowUp")
    assert _cell(page, "banyak", 1).input_value() == "2"
    assert page.evaluate("document.activeElement.dataset.column") == "satuan"
    assert _announced(page) == "Sekarang baris 1."
    third = page.locator("table.cells tbody tr").nth(2)
    third.get_by_role("button", name="Hapus baris").click()
    assert _announced(page) == "Baris 3 dihapus."
    assert page.evaluate("document.activeElement.name") == "table-remove"
    assert _numbers(page) == [str(n) for n in range(1, 60)]


def test_fields_follow_a_condition_and_a_file_is_brought_in(
    sign_in: Callable[..., Page], address: str, tmp_path: Path
) -> None:
    page = sign_in("staff")
    page.goto(address)
    page.fill("#isian-perihal", "Tetap di sini")
    why = page.locator("#isian-sebab_mendesak")
    assert not why.is_visible()
    page.check("#isian-mendesak")
    why.wait_for(state="visible")  # the server says so, with the draft
    page.click("text=Isi dari CSV atau Excel")
    with page.expect_download() as fetched:
        page.click("text=Unduh .csv")
    template = Path(fetched.value.path()).read_bytes()
    filled = tmp_path / "barang.csv"
    filled.write_bytes(template + b"Kertas;5;rim;0,5;1.250,5;31-12-2026;ya;atk\r\n")
    page.set_input_files("#isian-barang-berkas", filled)
    page.click("text=Ganti isi tabel dengan berkas ini")
    expect(page.locator("[data-column=satuan]").first).to_have_value("rim", timeout=30_000)
    assert page.input_value("#isian-perihal") == "Tetap di sini"
    assert page.locator("#isian-barang-jumlah-harga").inner_text() == "Rp 1.250,5"


@pytest.mark.parametrize("size", [{"width": 1280, "height": 900}, PHONE], ids=["desk", "phone"])
def test_the_table_is_accessible_and_fits(
    sign_in: Callable[..., Page], address: str, size: dict[str, int]
) -> None:
    page = sign_in("staff", viewport=size, color_scheme="dark", bypass_csp=True)
    page.goto(address)
    page.click("text=Isi dari CSV atau Excel")
    _cell(page, "uraian", 1).focus()
    page.evaluate(PASTE, "Kertas\tbanyak\trim\t0,5\r\nMeja\t2\tbuah\t1\r\n")
    page.locator("form.task-form").evaluate("form => { form.noValidate = true; }")
    page.click("text=Selesaikan langkah ini")
    page.wait_for_selector("td small.fault")
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run('form.task-form').then(result => result.violations)")
    assert [f"{rule['id']}: {rule['nodes'][0]['html'][:120]}" for rule in found] == []
    sideways = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(sideways) <= 0
