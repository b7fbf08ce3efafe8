"""The page that says where time goes: what it shows, of whom, and of which months."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from engine import clock, journal, sample, tallies, values
from tasks.spelling import percent
from web import charts

PAGE = "/figures/skp_collection"


@pytest.fixture
def counted(site):
    """A finished case, counted."""
    case = site.start()
    while any(item.status == "open" for item in site.work(case)):
        site.step(case)
    tallies.count(site.db)
    return case


def today():
    """The day in the office, as people read it."""
    return f"{clock.now().astimezone(ZoneInfo('Asia/Pontianak')):%d-%m-%Y}"


def rows(page, heading):
    """The rows of the table under a heading, as text by column."""
    found = page.tree.xpath("//h2[. = $heading]/following::table[1]/tbody/tr", heading=heading)
    return [[" ".join(cell.text_content().split()) for cell in row.xpath("td")] for row in found]


def test_the_steps_stand_in_the_order_of_the_diagram(site, counted):
    steps = rows(site.visitor("supervisor").get(PAGE), "Langkah")
    assert [row[0] for row in steps][:2] == [
        "Menyiapkan blanko dan SKP tahun sebelumnya",
        "Menyerahkan kepada pejabat penilai",
    ]
    assert [row[1:3] for row in steps] == [["1", "100 %"]] * 8


def test_who_did_the_work_is_named_to_their_supervisor(site, counted):
    persons = rows(site.visitor("supervisor").get(PAGE), "Per pelaksana")
    assert ["Budi Contoh", "2"] in [row[:2] for row in persons]


def test_the_one_process_is_shown_at_once(site, counted):
    assert site.visitor("supervisor").get("/figures").location == PAGE


def test_the_course_of_cases_shows_no_day_to_come(site, counted):
    site.start()
    before = today()
    page = site.visitor("supervisor").get(PAGE)
    assert page.tree.xpath("//*[@class = 'last']/text()")[0] in (before, today())


def test_a_month_without_work_says_so(site, counted):
    page = site.visitor("supervisor").get(f"{PAGE}?from=01-2020&to=02-2020")
    assert "Belum ada yang selesai dalam waktu ini." in page.text


@pytest.mark.parametrize(
    "asked",
    ["from=x", "to=13-2026", "from=12-9999", "heat=x", "version=&unit=", "from=11-2030&to=01-2026"],
)
def test_nonsense_in_the_address_asks_for_nothing(site, counted, asked):
    assert site.visitor("supervisor").get(f"{PAGE}?{asked}").status == 200


@pytest.mark.parametrize("heat", ["late", "often", "waiting"])
def test_the_diagram_carries_the_numbers(site, counted, heat):
    (drawing,) = site.visitor("supervisor").get(f"{PAGE}?heat={heat}").tree.xpath("//*[@data-heat]")
    assert drawing.get("data-heat").count('"level"') == 8


@pytest.mark.parametrize("address", ["/figures/lain", f"{PAGE}?version=99", f"{PAGE}?unit=99"])
def test_what_is_not_there_is_said_so(site, counted, address):
    assert site.visitor("supervisor").get(address).status == 404


@pytest.mark.parametrize(
    ("share", "shown"), [(None, "–"), (0, "0 %"), (0.001, "1 %"), (0.999, "99 %"), (1, "100 %")]
)
def test_a_share_is_never_rounded_to_all_or_nothing(share, shown):
    assert percent(share) == shown


@pytest.mark.parametrize(
    ("highest", "ticks"),
    [(1, [0, 1, 2, 3, 4]), (5, [0, 2, 4, 6, 8]), (83, [0, 25, 50, 75, 100])],
)
def test_ticks_are_round_numbers_up_to_the_highest(highest, ticks):
    drawn = charts.line([(date(2026, 1, 1), 0), (date(2026, 1, 2), highest)])
    assert [tick for tick, _ in drawn.ticks] == ticks


def test_the_event_log_names_nobody_unless_asked(site, counted):
    visitor = site.visitor("supervisor")
    plain = visitor.post(f"{PAGE}/events", {"style": "csv"}).response.data.decode()
    named = visitor.post(f"{PAGE}/events", {"style": "csv", "names": "on"}).response.data.decode()
    assert plain.count("\n") == named.count("\n") == 1 + 3 * 8
    nip = sample.CAST["employee"][0]
    assert (nip in plain, nip in named) == (False, True)


@pytest.mark.parametrize("style", ["xes", "csv", "jsonl"])
def test_each_form_of_the_event_log_can_be_had(site, counted, style):
    page = site.visitor("supervisor").post(f"{PAGE}/events", {"style": style})
    assert page.status == 200
    assert page.headers["Content-Disposition"].endswith(f'"kejadian.{style}"')
    assert b"Langkah_8" in page.response.data


def test_the_event_log_is_of_the_months_and_units_asked_for(site, counted):
    asked = {"style": "jsonl", "from": "01-2020", "to": "02-2020"}
    assert site.visitor("supervisor").post(f"{PAGE}/events", asked).response.data == b""
    of_others = site.visitor("neighbour").post(f"{PAGE}/events", {"style": "jsonl"})
    assert of_others.response.data == b""


def test_an_unknown_form_is_refused_and_what_was_had_is_on_the_record(site, counted):
    visitor = site.visitor("supervisor")
    assert visitor.post(f"{PAGE}/events", {"style": "pdf"}).status == 422
    visitor.post(f"{PAGE}/events", {"style": "xes", "names": "on"})
    with site.db.read() as session:
        (entry,) = journal.page(session)
    told = values.loads(entry.details)
    assert (entry.kind, told) == ("events.exported", {"process": "skp_collection", "names": True})
