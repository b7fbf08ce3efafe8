"""An SKP of sixty activities through the real forms and documents, to the last signature."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from engine import sample

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser
ROWS = 60
PASTE = """text => {
  const clipboardData = new DataTransfer();
  clipboardData.setData('text/plain', text);
  document.activeElement.dispatchEvent(
    new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
}"""
# As a spreadsheet has it: activity, AK, quantity, unit, quality, time, its unit, cost.
TARGETS = "".join(
    f"Menyusun laporan {n}\t0,5\t12\tdokumen\t100\t12\tbulan\t\r\n" for n in range(3, ROWS + 1)
)
REACHED = "12\t90\t12\r\n" * ROWS
SIGNERS = [sample.CAST[role][1] for role in ("assessor", "employee", "superior")]
MARKS = (
    "orientasi_pelayanan", "integritas", "komitmen", "disiplin", "kerja_sama",
)  # fmt: skip


def cell(page: Page, table: str, column: str, row: int = 1) -> Locator:
    return page.locator(f"#isian-{table} [data-column={column}]").nth(row - 1)


def numbers(page: Page, table: str) -> list[str]:
    return page.locator(f"#isian-{table} tbody th .number").all_inner_texts()


def open_task(page: Page, name: str) -> None:
    page.goto("/")
    page.click(f"a.main:has-text('{name}')")
    page.wait_for_url("**/tasks/*")


def finish(page: Page) -> None:
    step = page.inner_text("h1")
    page.click("text=Selesaikan langkah ini")
    page.wait_for_selector(f".flash.done:has-text('{step}')")


def sign(page: Page) -> None:
    """On the page that completing led to, once the worker has made the document."""
    page.wait_for_url("**/documents/*/sign")
    page.click("button:has-text('Tanda tangani untuk percobaan')")
    page.wait_for_selector(".flash.done:has-text('Dokumen ditandatangani.')")


def type_targets(page: Page) -> None:
    """The first by hand, the second from the keyboard's next row."""
    given = {"kegiatan": "Menyusun laporan 1", "ak": "0,5", "kuantitas": "12",
             "satuan": "dokumen", "kualitas": "100", "waktu": "12"}  # fmt: skip
    for row in (1, 2):
        for column, text in given.items():
            cell(page, "sasaran", column, row).fill(text.replace("laporan 1", f"laporan {row}"))
        page.keyboard.press("Enter")


def fill_in_elsewhere(page: Page, folder: Path) -> None:
    """Fetches the table, changes a cell in the sheet and brings it back."""
    page.click("#isian-sasaran summary")
    with page.expect_download() as fetched:
        page.click("#isian-sasaran >> text=Unduh .xlsx")
    book = load_workbook(BytesIO(Path(fetched.value.path()).read_bytes()))
    book.active.cell(ROWS + 1, 1).value = "Menyusun laporan terakhir"
    book.save(folder / "sasaran.xlsx")
    page.set_input_files("#isian-sasaran-berkas", folder / "sasaran.xlsx")
    page.click("text=Ganti isi tabel dengan berkas ini")
    last = cell(page, "sasaran", "kegiatan", ROWS)
    expect(last).to_have_value("Menyusun laporan terakhir", timeout=30_000)


def prepare(staff: Page, folder: Path) -> None:
    staff.goto("/")
    staff.click("button:has-text('Ambil')")
    staff.wait_for_selector("#isian")
    for name, text in {"periode": "2021", "dari": "01-01-2021", "sampai": "31-12-2021"}.items():
        staff.fill(f"[name={name}]", text)
    type_targets(staff)
    cell(staff, "sasaran", "kegiatan", 3).focus()
    staff.evaluate(PASTE, TARGETS)
    assert numbers(staff, "sasaran") == [str(n) for n in range(1, ROWS + 1)]
    assert staff.inner_text("#isian-sasaran-jumlah-ak") == "30,0"
    fill_in_elsewhere(staff, folder)
    finish(staff)
    finish(staff)  # handing it over follows by itself


def assess(assessor: Page) -> None:
    open_task(assessor, "Memberikan penilaian")
    assert numbers(assessor, "kegiatan")[-1] == str(ROWS)
    cell(assessor, "kegiatan", "r_kuantitas").focus()
    assessor.evaluate(PASTE, REACHED)
    for name in MARKS:
        assessor.locator(f"[name={name}]").press_sequentially("85")
    # 12 of 12, 90 of 100 and 12 of 12 months: (100 + 90 + 76) / 3, and 60 % of it with 40 % of 85.
    assessor.locator("#hasil-skp", has_text="88,67").wait_for()
    assessor.locator("#hasil-prestasi", has_text="87,20").wait_for()
    assert assessor.inner_text("#hasil-sebutan") == "Baik"
    assessor.fill("[name=catatan_penilai]", "Sesuai target.")
    finish(assessor)


def test_sixty_activities_are_typed_pasted_imported_assessed_and_signed(
    sign_in: Callable[..., Page], start_case: Callable[[Page], str], tmp_path: Path
) -> None:
    staff, assessor, employee, superior = (
        sign_in(role) for role in ("staff", "assessor", "employee", "superior")
    )
    case = start_case(staff)
    prepare(staff, tmp_path)

    assess(assessor)
    sign(assessor)
    open_task(employee, "Memeriksa hasil SKP")
    assert employee.locator("table.results", has_text="87,20").is_visible()
    employee.check("[name=keputusan][value=setuju]")
    finish(employee)
    sign(employee)
    open_task(assessor, "Menyerahkan SKP kepada atasan")
    finish(assessor)
    open_task(superior, "Menandatangani SKP")
    finish(superior)
    sign(superior)

    superior.goto(case)
    assert "3 dari 3 tanda tangan" in superior.inner_text("main")
    address = superior.get_attribute("main a[href$='/signed.pdf']", "href")
    signed = tmp_path / "penilaian.pdf"
    signed.write_bytes(superior.request.get(address).body())
    superior.goto("/verify")
    superior.set_input_files("main input[type=file]", signed)
    superior.click("main button", timeout=60_000)  # a process of its own judges it
    superior.locator("main .flash", has_text="Utuh dan lengkap, tetapi hanya dengan").wait_for()
    assert superior.locator(".signers li > strong").all_inner_texts() == SIGNERS
