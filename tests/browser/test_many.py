"""Many cases in one go, and a handover by scanning a sheet with a phone."""

from __future__ import annotations

import io
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import expect
from sqlalchemy import select

from engine import cases, instances, people, sample, starting
from engine.database import Database
from engine.models import WorkItem

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.conftest import Server

pytestmark = pytest.mark.browser
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
NOTE = "Diserahkan langsung"
# What a person needs: a second and a half for a press, looking included, and 0.3 for a letter.
PRESS, LETTER = 1.5, 0.3
# The counts outlive the pages in the window's name.
GOING_ON = """
  addEventListener('click', () => {
    const [a, b] = (window.name || '0,0').split(',').map(Number);
    window.name = `${a + 1},${b}`;
  }, true);
  addEventListener('keydown', () => {
    const [a, b] = (window.name || '0,0').split(',').map(Number);
    window.name = `${a},${b + 1}`;
  }, true);
"""


def prepare(server: Server, number: int) -> list[int]:
    """That many cases at their second step, which the staff member has."""
    db = Database(server.database_url)
    with db.read() as session:
        staff = people.actor(session, people.with_nip(session, sample.CAST["staff"][0]).id)
        employee = people.with_nip(session, sample.CAST["employee"][0]).id
    made = []
    for turn in range(number):
        made.append(starting.start(db, staff, "skp_collection", employee, token=f"mulai-{turn}"))
        with db.read() as session:
            (item,) = cases.work(session, made[-1])
        instances.complete(db, staff, item.id, {}, token=f"satu-{turn}")
    db.close()
    return made


def waiting(server: Server, element: str) -> int:
    """How many tasks of a step are open."""
    db = Database(server.database_url)
    with db.read() as session:
        query = select(WorkItem.id).where(WorkItem.status == "open", WorkItem.element == element)
        found = len(session.scalars(query).all())
    db.close()
    return found


def test_forty_cases_take_less_than_a_minute(server, sign_in: Callable[..., Page]):
    prepare(server, 40)
    page = sign_in("staff")
    page.add_init_script(GOING_ON)
    page.goto("/")
    began = time.monotonic()
    page.click("text=Kerjakan 40 sekaligus")
    page.click("text=Pilih semua")
    page.locator("[name='all:catatan_penyerahan']").press_sequentially(NOTE)
    page.click("button:has-text('Selesaikan yang dipilih')")
    page.wait_for_selector(".flash.done:has-text('40 tugas selesai.')")
    machine = time.monotonic() - began
    presses, letters = map(int, page.evaluate("window.name").split(","))
    assert (presses, letters) == (3, len(NOTE))
    assert machine + presses * PRESS + letters * LETTER < 60
    assert (waiting(server, "Langkah_2"), waiting(server, "Langkah_3")) == (0, 40)


def test_a_handover_is_a_scan_and_a_press(server, sign_in: Callable[..., Page]):
    (case,) = prepare(server, 1)
    phone = sign_in("staff", **PHONE)
    sheet = phone.request.get(f"/cases/{case}/control-sheet.pdf").body()
    picture = pypdfium2.PdfDocument(io.BytesIO(sheet))[0].render(scale=2).to_pil()
    (code,) = zxingcpp.read_barcodes(picture)
    phone.goto(urlsplit(code.text).path)
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    button = phone.locator("button:has-text('Sudah saya serahkan')")
    assert button.bounding_box()["height"] >= 44
    button.tap()
    phone.wait_for_selector(".flash.done:has-text('Tercatat')")
    assert waiting(server, "Langkah_3") == 1


def test_three_cases_are_suspended_and_go_on_by_way_of_a_preview(
    server, sign_in: Callable[..., Page]
):
    made, page = prepare(server, 4), sign_in("supervisor")
    acted, left = made[:3], made[3]
    for kind, reason, done in (
        ("suspend", "Cuti bersama", "Kasus ditangguhkan"),
        ("resume", "Cuti selesai", "Kasus dilanjutkan"),
    ):
        page.goto("/cases/supervised")
        for case in acted:
            page.check(f"[name=case][value='{case}']")
        page.click("text=Tindakan untuk banyak kasus")
        page.select_option("[name=kind]", kind)
        page.click("text=Lihat apa yang akan terjadi")
        page.wait_for_selector("li:has-text('Dapat 3 kasus')")
        page.fill("[name=reason]", reason)
        page.dblclick("button:has-text('3 kasus')")
        page.wait_for_url("**/cases/acts/*")
        page.wait_for_selector(".flash.done:has-text('3 kasus berhasil, 0 tidak.')")
        for case in acted:
            page.goto(f"/cases/{case}")
            (entry,) = page.locator("ol.timeline > li", has_text=done).all()
            expect(entry).to_contain_text(reason)
            expect(entry).to_contain_text("Pengawas")
    page.goto(f"/cases/{left}")
    expect(page.locator("main")).not_to_contain_text("Cuti")
    page.goto("/cases/acts")  # each was ordered once
    expect(page.locator("tbody tr")).to_have_count(2)
