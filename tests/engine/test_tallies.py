"""Tallies: what is finished is counted once, and says what the tasks themselves say."""

from collections import Counter
from datetime import date

import pytest
from sqlalchemy import func, select

from engine import case_tallies, clock, instances, jobs, punctuality, tallies
from engine.models import (
    CaseTally,
    DayTally,
    Instance,
    PersonTally,
    StepTally,
    WorkItem,
)
from engine.spreads import Spread

NOVEMBER = date(2026, 11, 1)
AGAIN = {"keputusan": "tidak_setuju", "alasan": "Target kurang tepat"}


def rows(office, kind):
    with office.db.read() as session:
        return list(session.scalars(select(kind)))


def totals(office, kind, column):
    return sum(getattr(row, column) for row in rows(office, kind))


@pytest.fixture
def finished(office, at):
    """A case with a disagreement, one cancelled, one under way; steps take up to three hours."""
    disputed = office.start()
    office.until(disputed, "Langkah_4")
    at("2026-11-26T10:00")
    instances.take_up(office.db, office.employee, office.item(disputed).id)
    at("2026-11-26T13:30")
    office.step(disputed, **AGAIN)
    office.finish(disputed)
    office.cancel(office.start())
    office.until(office.start(), "Langkah_3")
    return disputed


def test_the_tallies_say_what_the_tasks_say(office, finished):
    tallies.count(office.db)
    with office.db.read() as session:
        done = list(session.scalars(select(WorkItem).where(WorkItem.status == "completed")))
    counted = {row.element: row for row in rows(office, StepTally)}
    assert {row.element: row.done for row in counted.values()} == Counter(i.element for i in done)
    for element, row in counted.items():
        of_step = [item for item in done if item.element == element]
        assert row.late == sum(map(punctuality.was_late, of_step)), element
        assert row.again == sum(item.visit > 1 for item in of_step)
        assert (row.worked, row.waited) == (
            sum(item.worked for item in of_step),
            sum(item.waited for item in of_step),
        )
        assert Spread.loads(row.worked_spread) == Spread.of(item.worked for item in of_step)
        assert Spread.loads(row.waited_spread) == Spread.of(item.waited for item in of_step)
        assert row.month == NOVEMBER
    assert (counted["Langkah_4"].late, counted["Langkah_4"].again) == (1, 1)


def test_persons_are_counted_with_what_they_did(office, finished):
    tallies.count(office.db)
    with office.db.read() as session:
        done = session.execute(
            select(WorkItem.closed_by, func.count()).where(WorkItem.status == "completed")
            .group_by(WorkItem.closed_by)
        )  # fmt: skip
        expected = dict(done.all())
    counted = Counter()
    for row in rows(office, PersonTally):
        counted[row.person_id] += row.done
    assert counted == expected


def test_cases_are_counted_when_they_have_ended(office, finished):
    tallies.count(office.db)
    (ended,) = rows(office, CaseTally)
    assert (ended.completed, ended.cancelled) == (1, 1)
    assert case_tallies.rounds_of(ended.rounds) == {2: 1}
    assert Spread.loads(ended.spread).total() == 1
    (day,) = rows(office, DayTally)
    assert (day.day, day.started, day.ended) == (date(2026, 11, 26), 2, 2)


def test_nothing_is_counted_twice_and_what_comes_later_is_added(office, finished):
    first = tallies.count(office.db)
    assert (first > 0, tallies.count(office.db)) == (True, 0)
    before = totals(office, StepTally, "done")
    office.finish(office.start())
    assert tallies.count(office.db) == 9
    assert totals(office, StepTally, "done") == before + 8


def test_two_workers_at_once_count_everything_once(office, finished, at_once):
    at_once(*[tallies.count] * 2)
    with office.db.read() as session:
        done = session.scalar(
            select(func.count()).select_from(WorkItem).where(WorkItem.status == "completed")
        )
        assert tallies.uncounted(session) == 0
    assert totals(office, StepTally, "done") == done
    assert totals(office, CaseTally, "completed") == 1


def test_a_count_that_fails_has_counted_nothing(office, finished, monkeypatch):
    def broken(*_):
        raise OSError("no more room")

    monkeypatch.setattr(tallies, "joined", broken)
    with pytest.raises(OSError, match="room"):
        tallies.count(office.db)
    assert rows(office, StepTally) == []
    monkeypatch.undo()
    tallies.count(office.db)
    assert totals(office, StepTally, "done") > 0


def test_a_few_at_a_time_give_the_same(office, finished, monkeypatch):
    monkeypatch.setattr(tallies, "CHUNK", 3)
    monkeypatch.setattr(tallies, "CASES", 1)
    tallies.count(office.db)
    with office.db.read() as session:
        done = select(func.sum(WorkItem.worked)).where(WorkItem.status == "completed")
        worked = session.scalar(done)
    assert totals(office, StepTally, "worked") == worked


def test_the_month_is_that_of_the_office(office, at):
    case = office.start()
    at("2026-12-01T06:00")  # in UTC it is still November
    office.step(case)
    tallies.count(office.db)
    assert [row.month for row in rows(office, StepTally)] == [date(2026, 12, 1)]


def test_the_round_comes_again(office, finished):
    with office.db.write() as session:
        jobs.ensure_round(session, tallies.KIND, clock.now())
    office.due()
    (job,) = office.jobs(None, tallies.KIND)
    assert job.due == clock.now() + tallies.EVERY
    assert totals(office, StepTally, "done") > 0


def test_counting_a_chunk_takes_eight_statements(office, finished, statements):
    statements.clear()
    with office.db.write() as session:
        tallies._count_tasks(session)
    assert len(statements.sent) <= 8, [sent for sent, _ in statements.sent]
    with office.db.read() as session:
        assert session.scalar(select(func.count(Instance.id)).where(Instance.counted)) == 0
