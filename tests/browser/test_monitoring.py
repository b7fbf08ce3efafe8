"""A supervisor makes the sheet that is due, judges it, signs it, and has it on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from sqlalchemy import create_engine, text

from engine import sample

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.conftest import Server

pytestmark = pytest.mark.browser


def judge(page: Page) -> None:
    """Judges every row: one of them not well, which needs words."""
    page.wait_for_selector("article.judged")
    for row in page.locator("article.judged").all():
        row.get_by_label("Berjalan dengan baik", exact=True).check()
    first = page.locator("article.judged").first
    first.get_by_label("Tidak berjalan dengan baik").check()
    first.get_by_label("Catatan").fill("Belum pernah dijalankan")
    page.fill("[name=conclusion]", "Perlu sosialisasi.")


def test_a_sheet_from_due_to_paper(sign_in: Callable[..., Page], server: Server) -> None:
    engine = create_engine(server.database_url)
    with engine.begin() as connection:  # in force for so long that sheets are due
        connection.execute(text("UPDATE activation SET at = '2020-01-06 01:00:00'"))
    engine.dispose()
    page = sign_in("supervisor", viewport={"width": 390, "height": 844})
    page.goto("/monitoring")
    page.locator("li:has-text('Monitoring') button").first.click()
    page.wait_for_url("**/monitoring/*")
    judge(page)
    page.click("text=Simpan dan lanjut ke tanda tangan")
    expect(page.locator("main")).to_contain_text("Isi catatan dan tindakan")
    page.click("text=Kembali ke lembarnya")
    page.get_by_label("Tindakan yang harus diambil").first.fill("Menjadwalkan sosialisasi")
    page.click("text=Simpan dan lanjut ke tanda tangan")
    page.fill("[name=password]", sample.PASSWORD)
    page.click("main button:has-text('Tanda tangani')")
    page.wait_for_selector(".flash.done:has-text('ditandatangani')")
    expect(page.locator("textarea")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("Menjadwalkan sosialisasi")
    paper = page.request.get(
        page.get_by_role("button", name="Buka PDF").get_attribute("href") or ""
    )
    assert (paper.status, paper.headers["content-type"]) == (200, "application/pdf")
    assert paper.body().startswith(b"%PDF-")
