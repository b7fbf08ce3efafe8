"""One employee's SKP through all eight steps, with a disagreement, by the people of the office."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from engine import verification
from engine.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.conftest import Server

pytestmark = pytest.mark.browser
SOP = Path(__file__).parents[2] / "bpmn" / "skp_collection.bpmn"


def finish(page: Page, answers: dict[str, str] | None = None) -> None:
    """Sends the open task's form with these answers, and waits until the step is done."""
    for name, value in (answers or {}).items():
        control = page.locator(f"[name={name}]")
        if control.first.get_attribute("type") == "radio":
            page.check(f"[name={name}][value={value}]")
        else:
            control.fill(value)
    step = page.inner_text("h1")
    page.click("text=Selesaikan langkah ini")
    page.wait_for_selector(f".flash.done:has-text('{step}')")


def open_task(page: Page, name: str) -> None:
    """Opens the task of that name from the inbox."""
    page.goto("/")
    page.click(f"a.main:has-text('{name}')")
    page.wait_for_url("**/tasks/*")


def prepare(staff: Page) -> None:
    """Steps 1 and 2: the group's task is claimed, and its next step follows by itself."""
    staff.goto("/")
    staff.click("button:has-text('Ambil')")
    staff.wait_for_url("**/tasks/*")
    finish(staff, {"periode": "2026", "skp_sebelumnya": "ada"})
    staff.wait_for_selector("h1:has-text('Menyerahkan kepada pejabat penilai')")
    finish(staff)


def assess(page: Page, rating: str) -> None:
    open_task(page, "Memberikan penilaian")
    given = {"hasil_kerja": rating, "perilaku_kerja": "di_atas", "catatan_penilai": "Sesuai."}
    finish(page, given)


def agree_and_finish(assessor: Page, employee: Page, superior: Page) -> None:
    """The second round, agreed, and steps 5 to 8; step 5 still has its first standard time."""
    assess(assessor, "sesuai")
    open_task(employee, "Memeriksa hasil SKP")
    finish(employee, {"keputusan": "setuju"})
    open_task(assessor, "Menyerahkan SKP kepada atasan")
    assert assessor.inner_text("dl.sop >> nth=0").count("15 menit") == 1
    finish(assessor)
    open_task(superior, "Menandatangani SKP")
    finish(superior)
    open_task(assessor, "Menyerahkan SKP kepada pegawai")
    finish(assessor)
    open_task(employee, "Menerima hasil penilaian SKP")
    finish(employee, {"tanggal_diterima": "31-12-2026"})


def look_at_the_record(supervisor: Page, case: str) -> None:
    """What the supervisor sees of the finished case."""
    supervisor.goto("/cases/supervised")
    assert "Selesai" in supervisor.inner_text("tbody tr")
    supervisor.click("tbody a")
    supervisor.wait_for_url(case)
    timeline = supervisor.inner_text("ol.timeline")
    assert timeline.count("Diselesaikan: Memeriksa hasil SKP") == 2
    assert timeline.count("Diselesaikan:") == 10
    assert "Kabid Contoh sebagai Atasan Pejabat Penilai" in timeline
    assert "Kasi Contoh Satu sebagai Pejabat Penilai" in timeline
    assert "Kasus selesai" in timeline
    assert "31-12-2026" in supervisor.inner_text("main")


def amended(path: Path) -> Path:
    """A copy of the SOP with step 5 at 20 minutes and one lane renamed."""
    tree = etree.parse(SOP)
    timer = tree.find(".//{*}boundaryEvent[@id='Waktu_5']")
    timer.set("name", "20 menit")
    timer.find(".//{*}timeDuration").text = "PT20M"
    tree.find(".//{*}lane[@id='Lane_PejabatPenilai']").set("name", "Penilai Kinerja")
    copy = path / "skp_amended.bpmn"
    tree.write(copy, encoding="utf-8", xml_declaration=True)
    return copy


def test_four_people_carry_an_skp_through_the_sop_and_a_new_version_moves_nobodys_work(
    sign_in: Callable[..., Page], start_case: Callable[[Page], str], tmp_path: Path
) -> None:
    staff, assessor, employee, superior, supervisor, analyst = (
        sign_in(role)
        for role in ("staff", "assessor", "employee", "superior", "supervisor", "analyst")
    )
    case = start_case(staff)
    prepare(staff)

    # Steps 3 and 4: the employee disagrees, with a reason; the assessor takes a second round.
    assess(assessor, "di_atas")
    open_task(employee, "Memeriksa hasil SKP")
    assert employee.is_visible("text=Sangat Baik")
    assert not employee.is_visible("[name=alasan]")
    finish(employee, {"keputusan": "tidak_setuju", "alasan": "Nilai perilaku belum sesuai."})
    open_task(assessor, "Memberikan penilaian")
    assert assessor.is_visible("text=putaran ke-2")
    assert assessor.is_visible("text=Nilai perilaku belum sesuai.")

    # Meanwhile the analyst puts a changed version into force.
    analyst.goto("/processes")
    analyst.set_input_files("#file", amended(tmp_path))
    analyst.click("text=Periksa dan simpan")
    analyst.wait_for_selector("text=Tidak ada yang perlu diperbaiki")
    analyst.click("text=Periksa dan berlakukan")
    analyst.fill("[name=note]", "Langkah berganti nama")
    analyst.click("text=Berlakukan untuk kasus baru")
    analyst.wait_for_selector("text=Versi 2 berlaku untuk kasus baru")
    analyst.wait_for_selector("[data-diagram] svg")

    # The running case goes on as it began: same people, same names, same Waktu.
    agree_and_finish(assessor, employee, superior)

    look_at_the_record(supervisor, case)

    # A new case has the new version.
    again = start_case(staff)
    staff.goto(again)
    assert "Penilai Kinerja" in staff.inner_text("aside")
    assert "versi 2" in staff.inner_text("main")
    staff.goto(case)
    assert "Penilai Kinerja" not in staff.inner_text("main")


def disagree(employee: Page) -> None:
    open_task(employee, "Memeriksa hasil SKP")
    finish(employee, {"keputusan": "tidak_setuju", "alasan": "Nilai perilaku belum sesuai."})


def test_a_superior_decides_what_the_two_do_not_agree_on(
    sign_in: Callable[..., Page], start_case: Callable[[Page], str], server: Server
) -> None:
    staff, assessor, employee, superior = (
        sign_in(role) for role in ("staff", "assessor", "employee", "superior")
    )
    case = start_case(staff)
    prepare(staff)
    for _ in range(2):
        assess(assessor, "di_atas")
        disagree(employee)
    assess(assessor, "di_atas")

    superior.goto(case)
    superior.click("text=Putuskan keberatan")
    superior.wait_for_selector("text=2 kali tidak disetujui")
    assert superior.locator("text=Nilai perilaku belum sesuai.").count() == 2
    assert superior.is_visible("text=Menyerahkan SKP kepada atasan pejabat penilai · Kasi")
    superior.fill("[name=reason]", "Sesuai bukti dukung; nilai pejabat penilai ditetapkan.")
    superior.click("button:has-text('Putuskan')")
    superior.wait_for_selector(".flash.done:has-text('Keberatan diputus')")
    assert "Keberatan diputus: Memeriksa hasil SKP" in superior.inner_text("ol.timeline")

    employee.goto("/notices")
    employee.click("a.main:has-text('Memeriksa hasil SKP')")
    employee.wait_for_url(case)
    assert "Sesuai bukti dukung" in employee.inner_text("ol.timeline")
    assert not employee.is_visible("text=Putuskan keberatan")
    open_task(assessor, "Menyerahkan SKP kepada atasan")
    finish(assessor)

    database = Database(server.database_url)
    assert verification.verify(database, None, None, lambda *_: None).faults == []
    database.close()


def test_the_whole_step_can_be_done_with_the_keyboard_alone(
    sign_in: Callable[..., Page], start_case: Callable[[Page], str]
) -> None:
    staff = sign_in("staff")
    start_case(staff)
    staff.goto("/")
    press_until(staff, "button:has-text('Ambil')")
    staff.keyboard.press("Enter")
    staff.wait_for_url("**/tasks/*")
    press_until(staff, "[name=periode]")
    staff.keyboard.type("2026")
    press_until(staff, "[name=skp_sebelumnya]:checked")  # among radios Tab finds the chosen one
    staff.keyboard.press("ArrowUp")
    press_until(staff, "button:has-text('Selesaikan langkah ini')")
    staff.keyboard.press("Enter")
    staff.wait_for_selector("h1:has-text('Menyerahkan kepada pejabat penilai')")
    assert "2026" in staff.inner_text("article.step")


def press_until(page: Page, selector: str) -> None:
    """Presses Tab until the element has the focus."""
    wanted = page.locator(selector).element_handle()
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement === wanted", wanted):
            return
    pytest.fail(f"{selector} cannot be reached by keyboard")
