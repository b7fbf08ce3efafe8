"""The assessor is on leave: somebody stands in for them, and the record says so."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from engine import absences, sample
from engine.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.conftest import Server

pytestmark = pytest.mark.browser
PHONE = {"viewport": {"width": 390, "height": 844}}


def send(page: Page, answers: dict[str, str] | None = None) -> None:
    """Sends the open task's form, and waits until the step is done."""
    for name, value in (answers or {}).items():
        control = page.locator(f"[name={name}]")
        if control.first.get_attribute("type") == "radio":
            page.check(f"[name={name}][value={value}]")
        else:
            control.fill(value)
    step = page.inner_text("h1")
    page.click("text=Selesaikan langkah ini")
    page.wait_for_selector(f".flash.done:has-text('{step}')")


def prepare(staff: Page) -> None:
    """Steps 1 and 2."""
    staff.goto("/")
    staff.click("button:has-text('Ambil')")
    staff.wait_for_url("**/tasks/*")
    staff.check("[name=skp_sebelumnya][value=ada]")
    send(staff, {"periode": "2026"})
    staff.wait_for_selector("h1:has-text('Menyerahkan kepada pejabat penilai')")
    send(staff)


def appoint(administrator: Page, server: Server) -> None:
    """The administrator sets the substitute, from today to the day after tomorrow."""
    db = Database(server.database_url)
    with db.read() as session:
        today = absences.today(session)
    db.close()
    administrator.goto("/substitutions")
    administrator.fill("[name=absent]", "Kasi Contoh Satu")
    administrator.fill("[name=name]", sample.PEOPLE[7][0])
    administrator.select_option("[name=capacity]", "leave")
    administrator.fill("[name=first]", f"{today:%d-%m-%Y}")
    administrator.fill("[name=last]", f"{today + timedelta(days=2):%d-%m-%Y}")
    administrator.fill("[name=reason]", "Cuti tahunan")
    administrator.click("button:has-text('Tetapkan')")
    administrator.wait_for_selector(".flash.done:has-text('Pengganti ditetapkan.')")
    assert "Kasi Contoh Dua · pengganti Kasi Contoh Satu" in administrator.inner_text("ul.cards")


def fits(page: Page) -> bool:
    """Whether nothing sticks out of the window."""
    width: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return width <= 0


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desk", "phone"])
def test_while_the_assessor_is_on_leave_another_assesses_and_the_timeline_says_so(
    sign_in: Callable[..., Page],
    start_case: Callable[[Page], str],
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    options: dict[str, object],
) -> None:
    monkeypatch.setitem(sample.CAST, "substitute", sample.PEOPLE[7])
    staff, administrator = sign_in("staff"), sign_in("administrator", **options)
    case = start_case(staff)
    prepare(staff)
    appoint(administrator, server)
    assert fits(administrator)

    substitute = sign_in("substitute", **options)
    assert substitute.is_visible("text=Anda pengganti Kasi Contoh Satu sampai")
    assert substitute.inner_text(".badge") == "pengganti Kasi Contoh Satu"
    assert fits(substitute)
    substitute.click("a.main:has-text('Memberikan penilaian')")
    substitute.wait_for_url("**/tasks/*")
    assert substitute.is_visible("text=Anda mengerjakannya sebagai pengganti Kasi Contoh Satu.")
    substitute.click("button:has-text('Mulai')")
    substitute.wait_for_selector(".state-current")
    assert fits(substitute)
    ratings = {"hasil_kerja": "sesuai", "perilaku_kerja": "sesuai"}
    send(substitute, ratings | {"catatan_penilai": "Sesuai."})

    assessor = sign_in("assessor", **options)
    assert assessor.is_visible("text=Tugas Anda juga dikerjakan Kasi Contoh Dua")
    assessor.goto(case)
    said = "Kasi Contoh Dua (pengganti Kasi Contoh Satu) sebagai Pejabat Penilai"
    assert said in assessor.inner_text("ol.timeline")
    assert fits(assessor)
