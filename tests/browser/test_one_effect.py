"""Two at once, twice by one, stale pages, the back button, a killed server: one effect, told."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine, text

from engine import sample

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page, Route

pytestmark = pytest.mark.browser


@pytest.fixture
def first_task(sign_in: Callable[..., Page], start_case: Callable[[Page], str]) -> Page:
    """The staff member before the claimed first task of a fresh case."""
    staff = sign_in("staff")
    start_case(staff)
    staff.goto("/")
    staff.click("button:has-text('Ambil')")
    staff.wait_for_url("**/tasks/*")
    return staff


def completions(server: Any) -> int:
    """How many completed steps the record of all cases holds."""
    database = create_engine(server.database_url)
    with database.connect() as connection:
        query = text("SELECT count(*) FROM history WHERE kind = 'task.completed'")
        count: int = connection.execute(query).scalar_one()
    database.dispose()
    return count


def test_a_double_click_completes_the_step_once(first_task: Page, server: Any) -> None:
    first_task.dblclick("text=Selesaikan langkah ini")
    first_task.wait_for_selector(".flash.done")
    assert completions(server) == 1


def test_the_same_form_sent_twice_without_scripts_completes_the_step_once(
    first_task: Page, server: Any
) -> None:
    address = first_task.url
    fields = {
        name: first_task.get_attribute(f".task-form [name={name}]", "value")
        for name in ("csrf_token", "token")
    }
    for _ in range(2):
        answer = first_task.request.post(address, form=fields)
        assert answer.ok
        assert "selesai" in answer.text()
    assert completions(server) == 1


def test_a_second_page_of_the_same_task_is_told_who_was_first_and_keeps_its_input(
    first_task: Page, server: Any
) -> None:
    stale = first_task.context.new_page()
    stale.goto(first_task.url)
    stale.fill("[name=catatan_berkas]", "Berkas kurang satu lembar.")
    first_task.click("text=Selesaikan langkah ini")
    first_task.wait_for_selector(".flash.done")
    stale.click("text=Selesaikan langkah ini")
    # On a slow machine the draft's own saving is the first to be told so.
    stale.wait_for_selector("text=Berkas kurang satu lembar.")
    assert "sudah diselesaikan oleh Umar Contoh" in stale.inner_text("main")
    assert completions(server) == 1


def test_two_people_who_want_one_task_get_it_one_after_the_other(
    sign_in: Callable[..., Page], start_case: Callable[[Page], str]
) -> None:
    first, second = sign_in("staff"), sign_in("colleague")
    start_case(first)
    for page in (first, second):
        page.goto("/")
    first.click("button:has-text('Ambil')")
    first.wait_for_url("**/tasks/*")
    second.click("button:has-text('Ambil')")
    second.wait_for_selector(".flash.error")
    assert "sudah diambil oleh Umar Contoh" in second.inner_text(".flash.error")


def test_the_back_button_shows_the_step_as_completed(first_task: Page, server: Any) -> None:
    first_task.click("text=Selesaikan langkah ini")
    first_task.wait_for_selector("h1:has-text('Menyerahkan kepada pejabat penilai')")
    first_task.go_back()
    first_task.wait_for_selector("text=Diselesaikan oleh Umar Contoh")
    assert not first_task.is_visible("text=Selesaikan langkah ini")
    assert completions(server) == 1


def test_a_server_killed_between_two_steps_is_told_and_the_input_stays(
    first_task: Page, server: Any
) -> None:
    first_task.fill("[name=catatan_berkas]", "Lengkap.")
    server.stop(signal.SIGKILL)
    first_task.click("text=Selesaikan langkah ini")
    first_task.wait_for_selector("#connection:not([hidden])")
    assert "Server tidak menjawab" in first_task.inner_text("#connection")
    assert first_task.input_value("[name=catatan_berkas]") == "Lengkap."
    server.start()
    first_task.click("text=Selesaikan langkah ini")
    first_task.wait_for_selector(".flash.done")
    assert "Lengkap." in first_task.inner_text("main")
    assert completions(server) == 1


def test_a_server_killed_after_it_did_the_step_but_before_it_said_so_does_it_once(
    first_task: Page, server: Any
) -> None:
    def do_but_never_answer(route: Route) -> None:
        route.fetch()
        server.stop(signal.SIGKILL)
        route.abort()

    first_task.fill("[name=catatan_berkas]", "Lengkap.")
    first_task.route("**/tasks/*", do_but_never_answer, times=1)
    first_task.click("text=Selesaikan langkah ini")
    first_task.wait_for_selector("#connection:not([hidden])")
    assert completions(server) == 1
    server.start()
    first_task.click("text=Selesaikan langkah ini")
    first_task.wait_for_selector(".flash.done")
    assert completions(server) == 1


def test_a_form_outlives_its_session_and_is_sent_after_signing_in_again(
    first_task: Page, server: Any
) -> None:
    first_task.fill("[name=catatan_berkas]", "Lengkap.")
    other = first_task.context.new_page()
    other.goto("/")
    other.click("text=Keluar")
    other.wait_for_url("**/sign-in")
    first_task.click("text=Selesaikan langkah ini")
    first_task.wait_for_selector("#notice .flash.error")
    assert first_task.input_value("[name=catatan_berkas]") == "Lengkap."
    assert completions(server) == 0
    other.fill("#nip", sample.CAST["staff"][0])
    other.fill("#password", sample.PASSWORD)
    other.click("main button")
    other.wait_for_url("**/")
    first_task.click("text=Selesaikan langkah ini")
    first_task.wait_for_selector(".flash.done")
    assert completions(server) == 1


def test_beginning_keeps_what_was_typed_before(
    sign_in: Callable[..., Page], start_case: Callable[[Page], str]
) -> None:
    staff, assessor = sign_in("staff"), sign_in("assessor")
    start_case(staff)
    staff.goto("/")
    staff.click("button:has-text('Ambil')")
    for step in ("Menyiapkan", "Menyerahkan"):
        staff.wait_for_selector(f"h1:has-text('{step}')")
        staff.click("text=Selesaikan langkah ini")
    staff.wait_for_selector("text=Tidak ada tugas yang menunggu Anda")
    assessor.goto("/")
    assessor.click("a.main")
    assessor.fill("[name=catatan_penilai]", "Target tercapai.")
    assessor.click("button:has-text('Mulai')")
    assessor.wait_for_selector("#facts:has-text('Dikerjakan')")
    assert assessor.input_value("[name=catatan_penilai]") == "Target tercapai."
