"""Forms that save themselves, and files chosen on a phone: no lost browser or session loses any."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine, text

from engine import deployments, sample
from engine.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
SKP = Path(__file__).parents[2] / "bpmn" / "skp_collection.bpmn"
WRITTEN = b' camunda:formKey="alur:skp-penyiapan"'
FORM = (
    b'<camunda:formData><camunda:formField id="bukti" label="Bukti" type="file"/>'
    b'<camunda:formField id="periode" label="Tahun" type="long"/></camunda:formData>'
)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(50_000) + b"\xff\xd9"


def state(page: Page, words: str) -> None:
    """Waits until the line under the form says so."""
    page.locator("[data-draft-state]", has_text=words).wait_for()


def claim(page: Page) -> str:
    page.goto("/")
    page.click("button:has-text('Ambil')")
    page.wait_for_selector("#isian")
    return page.url


def end_sessions(server: Any) -> None:
    database = create_engine(server.database_url)
    with database.begin() as connection:
        connection.execute(text("UPDATE sign_in SET seen_at = '2020-01-01 00:00:00.000000'"))
    database.dispose()


def test_what_was_typed_outlives_its_browser_its_device_and_its_session(
    sign_in: Callable[..., Page], start_case: Callable[..., str], server: Any
) -> None:
    desk = sign_in("staff")
    start_case(desk)
    task = claim(desk)
    desk.fill("[name=periode]", "2o26")
    state(desk, "Tersimpan")
    desk.fill("[name=catatan_berkas]", "Belum lengkap")
    desk.close()  # before the pause is over: the browser sends what is left behind the page
    phone = sign_in("staff", **PHONE)
    phone.goto(task)
    if phone.input_value("[name=catatan_berkas]") == "":  # it was on its way
        phone.wait_for_timeout(1000)
        phone.goto(task)
    assert phone.input_value("[name=periode]") == "2o26"
    assert phone.input_value("[name=catatan_berkas]") == "Belum lengkap"
    end_sessions(server)
    phone.fill("[name=periode]", "2026")
    state(phone, "sesi Anda berakhir")
    with phone.context.expect_page() as opened:
        phone.click("[data-draft-state] a")
    again = opened.value
    again.fill("#nip", sample.CAST["staff"][0])
    again.fill("#password", sample.PASSWORD)
    again.click("main button")
    again.wait_for_url("**/")
    again.close()
    state(phone, "Tersimpan")  # by itself
    third = sign_in("staff")
    third.goto(task)
    assert third.input_value("[name=periode]") == "2026"


def test_a_file_is_sent_from_a_phone_as_soon_as_it_is_chosen(
    sign_in: Callable[..., Page], start_case: Callable[..., str], server: Any, tmp_path: Path
) -> None:
    db = Database(server.database_url)
    first, step, rest = SKP.read_bytes().partition(b'<bpmn:userTask id="Langkah_1"')
    rest = rest.replace(WRITTEN, b"", 1).replace(
        b"<camunda:properties>", FORM + b"<camunda:properties>", 1
    )
    source = first + step + rest
    deployments.activate(db, deployments.deploy(db, source).id)
    db.close()
    (tmp_path / "foto.jpg").write_bytes(JPEG)
    (tmp_path / "palsu.png").write_bytes(JPEG)
    phone = sign_in("staff", **PHONE)
    start_case(phone)
    task = claim(phone)
    phone.set_input_files("#isian-bukti", tmp_path / "palsu.png")
    phone.locator("#isian-bukti-salah", has_text="bukan berkas .png").wait_for()
    phone.set_input_files("#isian-bukti", tmp_path / "foto.jpg")
    phone.locator("#berkas-bukti .kept", has_text="foto.jpg").wait_for()
    state(phone, "Tersimpan")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.goto(task)
    phone.locator("#berkas-bukti .kept", has_text="foto.jpg").wait_for()
    phone.fill("[name=periode]", "2026")
    phone.click("text=Selesaikan langkah ini")
    phone.wait_for_selector(".flash.done")
    phone.goto("/cases/1")
    phone.get_by_role("link", name="foto.jpg (50 kB)").wait_for()
