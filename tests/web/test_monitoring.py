"""The pages of monitoring sheets: what is due, judging a draft, signing it, and its paper."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pypdfium2
import pytest
from sqlalchemy import select, update

from engine import clock, sample
from engine.instruments import EVALUATION, KINDS, MONITORING, NONE, Period
from engine.models import Activation, MonitoringSheet, Substitution

WIB = ZoneInfo("Asia/Pontianak")


@pytest.fixture
def old(site):
    """The site of an office in which the process has been in force for years."""
    with site.db.write() as session:
        session.execute(update(Activation).values(at=clock.now() - timedelta(days=900)))
    return site


def last(kind=MONITORING):
    """The last half year, or year, that is over."""
    return Period.holding(kind, clock.now().astimezone(WIB).date()).before


def make(visitor, period, unit="2"):
    """A sheet of the agency made by somebody: its address."""
    asked = {"process": "skp_collection", "unit": unit, "period": period.code}
    return visitor.post("/monitoring", asked).location


def rows(page):
    """The rows that are to be judged, by their fields."""
    fields = page.tree.xpath("//input[@type='radio']/@name")
    return list(dict.fromkeys(name.removeprefix("answer-") for name in fields if "-" in name))


def judged(page, **more):
    """Everything judged as without work, as of the page's revision."""
    (revision, *_) = page.tree.xpath("//input[@name='revision']/@value")
    return {f"answer-{row}": NONE for row in rows(page)} | {"revision": revision} | more


def test_what_is_due_is_made_by_a_press(old):
    visitor = old.visitor("supervisor")
    page = visitor.get("/monitoring")
    assert str(last().name) in page.text
    assert str(last(EVALUATION).name) in page.text
    page = visitor.get(make(visitor, last()))
    assert str(KINDS[MONITORING]) in page.text
    assert len(rows(page)) == 9
    assert "Buka rancangannya" in visitor.get("/monitoring").text


def test_nothing_is_due_of_a_process_that_has_just_begun(site):
    page = site.visitor("supervisor").get("/monitoring")
    assert "Belum ditandatangani" not in page.text
    assert page.status == 200


def test_a_sheet_is_judged_signed_and_printed(old):
    visitor = old.visitor("supervisor")
    address = make(visitor, last())
    given = judged(visitor.get(address), sign="1", conclusion="Tidak ada pekerjaan.")
    assert visitor.post(address, given).location == f"{address}/sign"
    page = visitor.get(f"{address}/sign")
    confirmed = {"revision": "1", "password": sample.PASSWORD}
    wrong = visitor.post(f"{address}/sign", confirmed | {"password": "salah"})
    assert (wrong.status, "tidak cocok" in wrong.text) == (422, True)
    assert "Tidak ada pekerjaan." in page.text
    assert visitor.post(f"{address}/sign", confirmed).location == address
    with old.db.read() as session:
        sheet = session.scalars(select(MonitoringSheet)).one()
    page = visitor.get(address)
    assert sheet.digest in page.text
    assert rows(page) == []
    paper = visitor.get(f"{address}/sheet.pdf").response.data
    assert paper == visitor.get(f"{address}/sheet.pdf").response.data
    shown = words(paper)
    assert sample.CAST["supervisor"][1] in shown
    assert sheet.digest in shown.replace(" ", "")
    assert "RANCANGAN" not in shown


def test_who_acts_for_the_supervisor_signs_with_their_own_name(old):
    address, today = make(old.visitor("supervisor"), last()), clock.now().astimezone(WIB).date()
    with old.db.write() as session:
        session.add(
            Substitution(
                absent_id=old.ids["supervisor"], substitute_id=old.ids["outsider"],
                capacity="plt", first_day=today - timedelta(days=1),
                last_day=today + timedelta(days=1), reason="Kosong", at=clock.now(),
                person_id=old.ids["administrator"],
            )
        )  # fmt: skip
    acting = old.visitor("outsider")
    acting.post(address, judged(acting.get(address)))
    name = sample.CAST["supervisor"][1]
    assert f"sebagai Plt. {name}." in acting.get(f"{address}/sign").text
    acting.post(f"{address}/sign", {"revision": "1", "password": sample.PASSWORD})
    assert f"Plt. {name}" in acting.get(address).text
    shown = words(acting.get(f"{address}/sheet.pdf").response.data)
    assert "Plt. Kepala Dinas" in shown
    assert (sample.PEOPLE[12][1] in shown, name in shown) == (True, False)


def test_the_paper_is_tagged_and_titled_and_says_that_it_is_a_draft(old):
    visitor = old.visitor("supervisor")
    paper = visitor.get(f"{make(visitor, last(EVALUATION))}/sheet.pdf").response.data
    read = pypdfium2.PdfDocument(paper)
    assert read.is_tagged()
    assert read.get_metadata_dict()["Title"].startswith("Lembar Evaluasi Penerapan SOP AP, ")
    assert "RANCANGAN" in words(paper)
    assert "Sinergi satu dengan lainnya" in words(paper)


def test_what_was_typed_stays_when_another_was_faster(old):
    first, second = old.visitor("supervisor"), old.visitor("supervisor")
    address = make(first, last())
    page = second.get(address)
    first.post(address, judged(first.get(address), conclusion="Yang pertama"))
    refused = second.post(address, judged(page, conclusion="Yang kedua"))
    assert refused.status == 409
    assert "baru saja disimpan" in refused.text
    (typed,) = refused.tree.xpath("//textarea[@name='conclusion']")
    assert typed.text == "Yang kedua"
    assert "Yang pertama" in refused.text
    assert second.post(address, judged(refused, conclusion="Yang kedua")).location == address
    assert "Yang kedua" in first.get(address).text


def test_what_is_too_long_is_refused_and_stays(old):
    visitor = old.visitor("supervisor")
    address = make(visitor, last())
    page = visitor.post(address, judged(visitor.get(address), conclusion="x" * 1001))
    assert page.status == 422
    assert "x" * 1001 in page.text


def test_a_period_that_is_not_over_says_so_and_is_not_signed(site):
    visitor = site.visitor("supervisor")
    today = clock.now().astimezone(WIB).date()
    address = make(visitor, Period.holding(MONITORING, today))
    page = visitor.get(address)
    assert "belum dapat ditandatangani" in page.text
    assert "lanjut ke tanda tangan" not in page.text
    visitor.post(address, judged(page))
    assert "belum berakhir" in visitor.get(f"{address}/sign").text
    confirmed = {"revision": "1", "password": sample.PASSWORD}
    assert visitor.post(f"{address}/sign", confirmed).status == 422


def test_the_figures_are_taken_again(old):
    visitor = old.visitor("supervisor")
    address = make(visitor, last())
    assert visitor.post(f"{address}/renew", {"revision": "0"}).location == address
    assert "Angkanya diambil lagi." in visitor.get(address).text
    visitor.post(f"{address}/renew", {"revision": "0"})
    assert "baru saja disimpan" in visitor.get(address).text


def test_a_draft_is_thrown_away_and_a_signed_sheet_not(old):
    visitor = old.visitor("supervisor")
    address = make(visitor, last())
    assert visitor.post(f"{address}/drop").location == "/monitoring"
    address = make(visitor, last())
    visitor.post(address, judged(visitor.get(address)))
    visitor.post(f"{address}/sign", {"revision": "1", "password": sample.PASSWORD})
    assert visitor.post(f"{address}/drop").status == 409
    assert visitor.get(f"{address}/sign").status == 409


@pytest.mark.parametrize("who", ["analyst", "auditor"])
def test_analysts_and_auditors_read_and_change_nothing(old, who):
    address, reader = make(old.visitor("supervisor"), last()), old.visitor(who)
    page = reader.get("/monitoring")
    assert page.tree.xpath("//td/a/@href") == [address]
    assert "Buat lembar" not in page.text
    page = reader.get(address)
    assert (page.status, rows(page)) == (200, [])
    assert reader.get(f"{address}/sheet.pdf").status == 200


@pytest.mark.parametrize("asked", [{"period": "2026-3"}, {"period": ""}, {"process": "lain"}])
def test_nonsense_is_refused_in_a_sentence(old, asked):
    given = {"process": "skp_collection", "unit": "2", "period": last().code} | asked
    page = old.visitor("supervisor").post("/monitoring", given)
    assert page.status == 422


def test_who_signed_finds_it_among_their_data(old):
    visitor = old.visitor("supervisor")
    address = make(visitor, last())
    visitor.post(address, judged(visitor.get(address)))
    visitor.post(f"{address}/sign", {"revision": "1", "password": sample.PASSWORD})
    assert "Lembar monitoring yang saya tanda tangani" in visitor.get("/profile/data").text
    told = visitor.get("/profile/data/download").response.get_json()
    assert [one["Masa"] for one in told["Lembar monitoring yang saya tanda tangani"]] == [
        str(last().name)
    ]
    journal = old.visitor("auditor").get("/journal").text
    assert re.search(r"Lembar \d+ \(.+\) ditandatangani: proses skp_collection", journal)


def words(paper):
    """What stands on a paper, in one line."""
    pages = pypdfium2.PdfDocument(paper)
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in pages).split())
