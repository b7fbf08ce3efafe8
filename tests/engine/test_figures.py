"""Figures of finished work: what they say is what the tasks say, and of one's own units alone."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from engine import figures, instances, punctuality, tallies
from engine.errors import NotAllowed, NotFound
from engine.figures import Chosen
from engine.models import Unit, WorkItem

YEAR = Chosen(None, None, date(2025, 12, 1), date(2026, 11, 30))
KEY = "skp_collection"
AGAIN = {"keputusan": "tidak_setuju", "alasan": "Target kurang tepat"}


@pytest.fixture
def november(office, at):
    """Two cases finished, one after a disagreement and late; one cancelled; one going on."""
    at("2026-11-02T08:00")
    disputed = office.start()
    office.until(disputed, "Langkah_4")
    instances.take_up(office.db, office.employee, office.item(disputed).id)
    at("2026-11-03T13:30")
    office.step(disputed, **AGAIN)
    office.finish(disputed)
    at("2026-11-04T09:00")
    office.finish(office.start())
    office.cancel(office.start())
    at("2026-11-26T09:00")
    office.until(office.start(), "Langkah_3")
    tallies.count(office.db)


@pytest.fixture
def asked(office):
    """``asked(actor, …)``: the scope that somebody gets, over all of the year unless said."""

    def ask(actor=None, **chosen):
        with office.db.read() as session:
            return figures.asked(session, actor or office.head, KEY, replace(YEAR, **chosen))[0]

    return ask


def of(office, read, scope, *more):
    with office.db.read() as session:
        return read(session, scope, *more)


def test_each_step_has_the_figures_of_its_tasks(office, november, asked):
    found = of(office, figures.steps, asked())
    with office.db.read() as session:
        done = list(session.scalars(select(WorkItem).where(WorkItem.status == "completed")))
    assert found.keys() == {item.element for item in done}
    for element, step in found.items():
        items = [item for item in done if item.element == element]
        assert (step.done, step.late, step.worked, step.waited) == (
            len(items),
            sum(map(punctuality.was_late, items)),
            sum(item.worked for item in items),
            sum(item.waited for item in items),
        )
        longest = max(item.worked for item in items)
        assert longest <= step.working.quantile(1.0) <= 1.04 * longest
    assert (found["Langkah_4"].late, found["Langkah_4"].again) == (1, 1)
    assert found["Langkah_4"].on_time == pytest.approx(2 / 3)


def test_shares_by_unit_month_and_person_add_up_to_the_same(office, november, asked):
    scope = asked(office.auditor)
    total = sum(step.done for step in of(office, figures.steps, scope).values())
    for read in (figures.units, figures.months):
        assert sum(share.done for share in of(office, read, scope).values()) == total
    persons = of(office, figures.persons, scope)
    assert sum(share.done for _, share in persons) == total
    assert [share.done for _, share in persons] == sorted(
        (share.done for _, share in persons), reverse=True
    )
    ((first, share),) = of(office, figures.persons, scope, 1)
    assert (first.id, share.done) == (persons[0][0].id, persons[0][1].done)


def test_ended_cases_are_counted_by_their_end_and_rounds(office, november, asked):
    ended = of(office, figures.cases, asked())
    assert (ended.completed, ended.cancelled) == (2, 1)
    assert ended.rounds == {1: 1, 2: 1}
    assert ended.working.total() == 2


def test_the_cases_in_progress_are_those_at_the_end_of_each_day(office, november, asked):
    course = dict(of(office, figures.in_progress, asked(first=date(2026, 11, 1))))
    days = (1, 2, 3, 4, 25, 26, 30)
    assert [course[date(2026, 11, day)] for day in days] == [0, 1, 0, 0, 0, 1, 1]


def test_a_case_that_has_ended_but_is_not_counted_is_not_in_progress(office, november, asked):
    office.finish(office.start())
    course = of(office, figures.in_progress, asked(first=date(2026, 11, 1)))
    assert course[-1][1] == 1


def test_what_was_in_progress_before_the_first_day_is_known(office, november, asked):
    course = of(office, figures.in_progress, asked(first=date(2026, 11, 3)))
    assert course[0] == (date(2026, 11, 3), 0)
    assert of(office, figures.in_progress, asked(first=date(2026, 11, 27)))[0][1] == 1


def test_other_months_have_nothing(office, november, asked):
    scope = asked(first=date(2026, 9, 1), last=date(2026, 10, 31))
    assert of(office, figures.steps, scope) == {}
    assert of(office, figures.persons, scope) == []


def test_a_supervisor_gets_their_units_alone(office, november, asked):
    assert of(office, figures.steps, asked(office.head)) != {}
    assert of(office, figures.steps, asked(office.neighbour)) == {}


def test_a_unit_is_looked_at_with_those_below_it(office, november, asked):
    with office.db.read() as session:
        units = dict(session.execute(select(Unit.code, Unit.id)).all())
    assert of(office, figures.steps, asked(unit=units["dinas"])) != {}
    assert of(office, figures.steps, asked(unit=units["umum"])) == {}


def test_another_units_figures_are_not_there(office, november, asked):
    with office.db.read() as session:
        layanan = session.scalar(select(Unit.id).where(Unit.code == "layanan"))
    with pytest.raises(NotFound):
        asked(office.neighbour, unit=layanan)


def test_who_looks_over_nobody_gets_nothing(office, november, asked):
    for actor in (office.employee, office.analyst, office.staff):
        with pytest.raises(NotAllowed):
            asked(actor)


@pytest.mark.parametrize("version", [0, 999])
def test_a_version_that_is_not_there_is_said_so(office, november, asked, version):
    with pytest.raises(NotFound):
        asked(version=version)


def test_no_figure_takes_more_statements_with_more_work(office, november, asked, statements):
    scope = asked(office.auditor)
    statements.clear()
    with office.db.read() as session:
        for read in (figures.steps, figures.units, figures.months, figures.cases, figures.persons):
            read(session, scope)
        figures.in_progress(session, scope)
    assert len(statements.sent) == 8
