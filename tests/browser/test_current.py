"""Pages that keep themselves current while somebody types in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
SOON = 30_000  # ms; a page asks every ten seconds


def hurry(page: Page) -> None:
    """Lets the page ask at once, as it does when somebody comes back to it."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def prepare(staff: Page) -> None:
    """The first two steps, so that the assessor is at turn."""
    staff.goto("/")
    staff.click("button:has-text('Ambil')")
    staff.wait_for_url("**/tasks/*")
    staff.fill("[name=periode]", "2026")
    staff.check("[name=skp_sebelumnya][value=ada]")
    for _ in range(2):
        step = staff.inner_text("h1")
        staff.click("text=Selesaikan langkah ini")
        staff.wait_for_selector(f".flash.done:has-text('{step}')")


def test_what_one_types_outlives_what_another_does(
    sign_in: Callable[..., Page], start_case: Callable[[Page], str]
) -> None:
    staff, supervisor, assessor = (sign_in(who) for who in ("staff", "supervisor", "assessor"))
    case = start_case(staff)
    assessor.goto("/")
    prepare(staff)
    # The inbox of the assessor fills by itself.
    task = assessor.locator("a.main", has_text="Memberikan penilaian")
    hurry(assessor)
    expect(task).to_be_visible(timeout=SOON)

    # The supervisor is in the midst of two things: a comment, and a reason to remind the assessor.
    supervisor.goto(case)
    supervisor.locator("[data-diagram]").scroll_into_view_if_needed()
    supervisor.locator("svg .djs-shape").first.wait_for()
    supervisor.click("text=Tambah komentar atau lampiran")
    supervisor.fill("#komentar", "Berkasnya sudah")
    supervisor.click("summary:has-text('Ingatkan')")
    reason = supervisor.locator("[id^=nudge-]")
    reason.press_sequentially("Batasnya besok")
    reason.press("ArrowLeft")
    supervisor.evaluate("window.drawn = document.querySelector('.diagram-stage')")

    # Meanwhile the work is begun, and the page says so around what is being typed.
    task.click()
    assessor.click("button:has-text('Mulai')")
    hurry(supervisor)
    timeline = supervisor.locator("ol.timeline")
    expect(timeline).to_contain_text("Mulai dikerjakan: Memberikan penilaian", timeout=SOON)
    expect(supervisor.locator("li.state-current")).to_be_visible()
    expect(supervisor.locator(".diagram-badge.is-current")).to_have_count(1)
    expect(reason).to_be_focused()
    reason.press_sequentially("x")
    expect(reason).to_have_value("Batasnya besoxk")
    assert supervisor.evaluate("window.drawn.isConnected"), "the drawing was made anew"

    # Then it is done, and there is nobody to remind any more: what was typed is kept, and said so.
    assessor.check("[name=hasil_kerja][value=sesuai]")
    assessor.check("[name=perilaku_kerja][value=di_atas]")
    assessor.fill("[name=catatan_penilai]", "Sesuai.")
    assessor.click("text=Selesaikan langkah ini")
    assessor.wait_for_selector(".flash.done")
    hurry(supervisor)
    expect(timeline).to_contain_text("Diselesaikan: Memberikan penilaian", timeout=SOON)
    expect(supervisor.locator("#kept")).to_contain_text("Yang Anda ketik masih ada di sini")
    expect(supervisor.locator("#kept [id^=nudge-]")).to_have_value("Batasnya besoxk")
    expect(supervisor.locator("#kept [id^=nudge-]")).to_be_focused()
    expect(supervisor.locator("#komentar")).to_have_value("Berkasnya sudah")
    expect(supervisor.locator("#komentar")).to_be_visible()
    supervisor.click("button:has-text('Kirim komentar')")
    expect(supervisor.locator("article.comment")).to_contain_text("Berkasnya sudah")
