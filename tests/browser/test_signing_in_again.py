"""A form sent after the session has ended, in a browser without scripts: nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine, text

from engine import sample
from engine.models.base import inflated

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def on_database(server: Any, statement: str) -> list[Any]:
    database = create_engine(server.database_url)
    with database.begin() as connection:
        result = connection.execute(text(statement))
        rows = list(result) if result.returns_rows else []
    database.dispose()
    return rows


def test_input_survives_signing_in_again_without_scripts(
    sign_in: Callable[..., Page], start_case: Callable[..., str], server: Any
) -> None:
    page = sign_in("staff", java_script_enabled=False)
    start_case(page)
    page.goto("/")
    page.click("button:has-text('Ambil')")
    page.fill("[name=periode]", "2026")
    page.check("[name=skp_sebelumnya][value=ada]")
    page.fill("[name=catatan_berkas]", "Lengkap, dua rangkap")
    on_database(server, "UPDATE sign_in SET seen_at = '2020-01-01 00:00:00.000000'")
    page.click("text=Selesaikan langkah ini")
    assert page.title() == "Masuk · Alur"
    page.fill("#nip", sample.CAST["staff"][0])
    page.fill("#password", sample.PASSWORD)
    page.click("main button")
    page.get_by_text("Anda sudah masuk kembali. Isian Anda masih ada.").wait_for()
    submitted = "SELECT data FROM submission"
    assert on_database(server, submitted) == []
    page.click("text=Kirim isian saya")
    page.wait_for_selector(".flash.done")
    ((data,),) = on_database(server, submitted)
    assert "Lengkap, dua rangkap" in inflated(bytes(data)).decode()


def test_a_known_browser_gets_in_while_another_guesses(
    sign_in: Callable[..., Page], server: Any
) -> None:
    mine = sign_in("staff")
    mine.click("text=Keluar")
    guesser = sign_in("colleague")
    guesser.click("text=Keluar")
    for _ in range(8):
        guesser.fill("#nip", sample.CAST["staff"][0])
        guesser.fill("#password", "salah")
        guesser.click("main button")
        guesser.wait_for_selector(".flash.error")
    mine.fill("#nip", sample.CAST["staff"][0])
    mine.fill("#password", sample.PASSWORD)
    mine.click("main button")
    mine.wait_for_url("**/")
    assert "Umar Contoh" in mine.inner_text(".who")
