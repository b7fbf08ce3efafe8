"""The register as a page: seeking, views, and files of what was found."""

import csv
import io
from urllib.parse import parse_qsl, urlsplit

import pytest
from openpyxl import load_workbook

from engine import journal, people, register, starting, supervision

PAGE = "/cases/supervised"


def numbers(page):
    """The cases in the list, in order."""
    return page.tree.xpath("//td[1]/a/text()")


def following(page):
    """What the button for the next page would send."""
    (button,) = page.tree.xpath("//button[@name = 'before']")
    hidden = button.xpath("ancestor::form//input[@type = 'hidden']")
    return {one.get("name"): one.get("value") for one in [*hidden, button]}


def _text(page):
    return page.response.data.decode("utf-8-sig")


@pytest.fixture
def three(site):
    """Budi's case at its third step, one that is cancelled, and one of the analyst's."""
    first, second = site.start(), site.start()
    with site.db.read() as session:
        staff, head = (people.actor(session, site.ids[who]) for who in ("staff", "supervisor"))
    other = starting.start(site.db, staff, "skp_collection", site.ids["analyst"], token="analis")
    site.until(first, "Langkah_3")
    supervision.cancel(site.db, head, second, "Salah pegawai")
    return [f"{case:05d}" for case in (first, second, other)]


def test_a_name_is_sought_without_standing_in_the_address(site, three):
    page = site.visitor("supervisor").post(PAGE, {"text": "budi contoh"})
    assert (page.status, page.location) == (200, None)
    assert numbers(page) == [three[1], three[0]]


def test_what_names_nobody_gets_an_address_to_keep(site, three):
    visitor = site.visitor("supervisor")
    sent_to = visitor.post(PAGE, {"state": "cancelled", "process": "skp_collection"}).location
    assert dict(parse_qsl(urlsplit(sent_to).query)) == {
        "state": "cancelled",
        "process": "skp_collection",
    }
    assert numbers(visitor.get(sent_to)) == [three[1]]


def test_a_step_can_be_chosen_once_a_process_is(site, three):
    page = site.visitor("supervisor").get(f"{PAGE}?process=skp_collection&step=Langkah_3")
    assert numbers(page) == [three[0]]
    assert len(page.tree.xpath("//select[@name = 'step']/option")) == 9


def test_a_day_that_is_none_is_said_so(site, three):
    page = site.visitor("supervisor").get(f"{PAGE}?first=31-02-2026")
    assert page.status == 422
    assert "Tulis tanggal sebagai hh-bb-tttt." in page.text


@pytest.mark.parametrize(
    "query", ["state=x", "order=x", "version=x&unit=-1", "before=x", "unit=99999999999", "step=x"]
)
def test_nonsense_finds_something_or_nothing_but_fails_in_no_way(site, three, query):
    assert site.visitor("supervisor").get(f"{PAGE}?{query}").status == 200


def test_a_list_that_names_somebody_goes_on_by_its_form(site, three, monkeypatch):
    monkeypatch.setattr("engine.cases.PAGE", 1)
    visitor = site.visitor("supervisor")
    first = visitor.post(PAGE, {"text": "Budi"})
    assert numbers(first) == [three[1]]
    assert numbers(visitor.post(PAGE, following(first))) == [three[0]]


def test_a_view_is_kept_under_its_name_and_forgotten(site, three):
    visitor = site.visitor("supervisor")
    kept = visitor.post(f"{PAGE}/views", {"name": "Budi saya", "text": "budi", "state": "open"})
    page = visitor.get(kept.location)
    assert "budi" not in kept.location
    assert numbers(page) == [three[0]]
    assert "Budi saya" in site.visitor("supervisor").get(PAGE).text
    visitor.post(f"{kept.location}/drop")
    assert visitor.get(kept.location).status == 404


def test_a_view_without_a_name_is_refused(site, three):
    page = site.visitor("supervisor").post(f"{PAGE}/views", {"name": " ", "state": "open"})
    assert (page.status, "Nama tampilan" in page.text) == (422, True)


def test_another_ones_view_is_not_there(site, three):
    kept = site.visitor("supervisor").post(f"{PAGE}/views", {"name": "Saya", "state": "open"})
    assert site.visitor("neighbour").get(kept.location).status == 404


def test_the_file_has_what_was_sought(site, three):
    asked = {"style": "csv", "state": "open", "text": "Budi"}
    page = site.visitor("supervisor").post(f"{PAGE}/export", asked)
    heading, *rows = csv.reader(io.StringIO(_text(page)), delimiter=";")
    assert heading[:4] == ["Kasus", "Proses", "Versi", "Pegawai"]
    (row,) = rows
    assert [row[0], row[3], row[6], row[7], row[8]] == [
        three[0], "Budi Contoh", "Berjalan",
        "Memberikan penilaian, diserahkan kepada pegawai", "Kasi Contoh Satu",
    ]  # fmt: skip
    assert "attachment" in page.headers["Content-Disposition"]


def test_the_workbook_has_the_same(site, three):
    page = site.visitor("supervisor").post(f"{PAGE}/export", {"style": "xlsx"})
    sheet = load_workbook(io.BytesIO(page.response.data)).active
    assert [row[0].value for row in sheet.rows] == ["Kasus", *reversed(three)]


def test_a_file_is_on_the_record(site, three):
    site.visitor("supervisor").post(f"{PAGE}/export", {"style": "csv"})
    with site.db.read() as session:
        newest = journal.page(session)[0]
    assert (newest.kind, newest.person_id) == ("register.exported", site.ids["supervisor"])


def test_more_cases_than_a_sheet_holds_are_not_cut_off(site, three, monkeypatch):
    monkeypatch.setattr("engine.spreadsheets.MAX_SHEET_ROWS", 3)
    visitor = site.visitor("supervisor")
    assert visitor.post(f"{PAGE}/export", {"style": "xlsx"}).status == 422
    assert visitor.post(f"{PAGE}/export", {"style": "csv"}).status == 200


def test_many_are_said_to_be_more_than_are_counted(site, three, monkeypatch):
    monkeypatch.setattr(register, "MOST", 2)
    monkeypatch.setattr(register.count, "__defaults__", (2,))
    assert "Lebih dari 2 kasus." in site.visitor("supervisor").get(PAGE).text
