"""The page of what will be late within a week."""

from datetime import timedelta

import pytest

from engine import clock, forecasts
from engine.models import StepTally, WorkItem
from engine.spreads import Spread
from web.forecasts import words

PAGE = "/cases/forecast"


@pytest.fixture
def taken_up(site) -> int:
    """A task of the assessor's that is due in ten minutes."""
    case = site.start()
    site.until(case, "Langkah_3")
    item = site.item(case).id
    with site.db.write() as session:
        now = clock.now()
        task = session.get_one(WorkItem, item)
        task.taken_up_at = task.since = now
        task.due_at = now + timedelta(days=6)
    return case


def history(site, worked):
    with site.db.write() as session:
        packed = Spread.of(worked).packed()
        session.add(
            StepTally(
                definition_id=1, element="Langkah_3", unit_id=1,
                month=clock.now().date().replace(day=1), done=len(worked), late=0, again=0,
                worked=sum(worked), waited=0, worked_spread=packed, waited_spread=Spread().packed(),
            )
        )  # fmt: skip


def test_a_task_stands_there_with_its_chance_in_words_and_what_it_rests_on(site, taken_up):
    history(site, [10_000_000] * 1250)
    page = site.visitor("superior").get(PAGE)
    said = " ".join(page.text.split())
    assert f"/cases/{taken_up}" in page.links
    assert "Budi Contoh" in said
    assert "Memberikan penilaian, diserahkan kepada pegawai" in said
    assert "Kasi Contoh Satu" in said
    assert "100 % hampir pasti terlambat dari 1250 tugas dahulu" in said
    assert "diperkirakan 1,0 dari 1 tugas terbuka akan lewat waktunya" in said


def test_of_too_few_earlier_tasks_it_is_said_that_they_are_too_few(site, taken_up):
    history(site, [60] * 3)
    said = " ".join(site.visitor("superior").get(PAGE).text.split())
    assert "Tentang 1 tugas lain belum cukup data." in said
    assert "belum cukup data: 3 tugas dahulu selama ini" in said
    assert f"{taken_up:05d}" in said


def test_nothing_due_is_said_and_one_comes_there_from_the_list(site):
    supervisor = site.visitor("superior")
    assert PAGE in supervisor.get("/cases/supervised").links
    assert "Tidak ada tugas yang jatuh tempo dalam sepekan ini." in supervisor.get(PAGE).text


def test_of_more_than_are_reckoned_it_is_said(site, taken_up, monkeypatch):
    monkeypatch.setattr(forecasts, "LOOKED_AT", 1)
    again = site.start()
    site.until(again, "Langkah_3")
    site.until(again, "Langkah_3")
    with site.db.write() as session:
        task = session.get_one(WorkItem, site.item(again).id)
        task.deadline_at = clock.now() + timedelta(days=5)
    page = site.visitor("superior").get(PAGE)
    assert "masih ada yang lain" in page.text
    assert f"/cases/{again}" in page.links  # it is due first
    assert f"/cases/{taken_up}" not in page.links


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (1.0, "hampir pasti terlambat"),
        (0.7, "besar kemungkinannya terlambat"),
        (0.5, "mungkin terlambat"),
        (0.2, "kecil kemungkinannya terlambat"),
        (0.0, "hampir pasti tepat waktu"),
    ],
)
def test_a_chance_has_words(share, said):
    assert str(words(share)[0]) == said


@pytest.mark.parametrize("who", ["employee", "assessor", "analyst", "administrator"])
def test_it_is_for_who_looks_over_cases(site, who):
    assert site.visitor(who).get(PAGE).status == 403
