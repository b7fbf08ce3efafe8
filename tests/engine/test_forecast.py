"""What will be late within a week, by how long such tasks have taken before."""

import random
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from engine import clock, forecasts, instances, supervision
from engine.errors import NotAllowed
from engine.models import StepTally, WorkItem
from engine.spreads import Spread
from engine.tails import ENOUGH, Chance, Tail

HOUR = 3600


def history(office, element, worked=(), waited=(), month=date(2026, 10, 1)):
    """That tasks at a step have taken so long, in seconds."""
    with office.db.write() as session:
        session.add(
            StepTally(
                definition_id=1, element=element, unit_id=1, month=month,
                done=len(worked), late=0, again=0, worked=sum(worked), waited=sum(waited),
                worked_spread=Spread.of(worked).packed(), waited_spread=Spread.of(waited).packed(),
            )
        )  # fmt: skip


def of_week(office, who="superior"):
    with office.db.read() as session:
        return forecasts.of_week(session, getattr(office, who))


def due(office, item, **times):
    with office.db.write() as session:
        session.execute(update(WorkItem).where(WorkItem.id == item.id).values(**times))


@pytest.fixture
def taken_up(office, at):
    """The assessor's task, taken up at nine; its Waktu is over at 09.15."""
    at("2026-11-26T09:00")
    case = office.start()
    item = office.until(case, "Langkah_3")
    instances.take_up(office.db, office.assessor, item.id)
    return office.item(case)


def test_a_task_in_work_is_measured_by_how_long_such_work_took(office, taken_up, at):
    history(office, "Langkah_3", worked=[60] * 30 + [20 * 60] * 10)
    found = of_week(office)
    (row,) = found.rows
    assert (row.item_id, row.kind, row.due) == (taken_up.id, "due", taken_up.due_at)
    assert row.chance == Chance(0.25, 40)
    # The longer it takes, the more it is like those that took long.
    at("2026-11-26T09:10")
    found = of_week(office)
    assert [one.chance for one in found.rows] == [Chance(None, 10)]
    history(office, "Langkah_3", worked=[11 * 60] * 20, month=date(2026, 9, 1))
    found = of_week(office)
    assert [one.chance for one in found.rows] == [Chance(10 / 30, 30)]
    assert (found.known, found.unknown, found.late) == (1, 0, 0)
    assert found.expected == pytest.approx(1 / 3)


def test_a_night_is_no_time(office, taken_up, at):
    at("2026-11-26T15:59")
    item = taken_up
    due(office, item, due_at=at("2026-11-27T07:31"), since=at("2026-11-26T15:50"), worked=0)
    at("2026-11-26T15:59")  # nine minutes of work so far, and two more till then
    history(office, "Langkah_3", worked=[10 * 60] * 30 + [12 * 60] * 30)
    (row,) = of_week(office).rows
    assert row.chance == Chance(0.5, 60)


def test_a_task_in_the_tray_by_how_long_such_ones_lay(office, at):
    at("2026-11-26T09:00")
    case = office.start()
    item = office.until(case, "Langkah_3")
    until = at("2026-11-26T11:00")
    due(office, item, wait_due_at=until)
    at("2026-11-26T09:00")
    history(office, "Langkah_3", worked=[60] * 30, waited=[HOUR] * 15 + [3 * HOUR] * 15)
    (row,) = of_week(office).rows
    assert (row.kind, row.due, row.chance) == ("wait", until, Chance(0.5, 30))


def test_what_counts_from_the_opening_is_waited_and_worked(office, at):
    at("2026-11-26T07:30")
    case = office.start()
    item = office.until(case, "Langkah_3")
    due(office, item, deadline_at=at("2026-11-26T10:00"), wait_due_at=None)
    at("2026-11-26T07:30")
    # Two hours and a half: an hour and two are too long together, and half an hour and two are not.
    history(office, "Langkah_3", worked=[2 * HOUR] * 20, waited=[HOUR] * 10 + [HOUR // 4] * 10)
    (row,) = of_week(office).rows
    assert (row.kind, row.chance) == ("deadline", Chance(0.5, 20))


def test_of_too_few_earlier_tasks_nothing_is_said(office, taken_up):
    history(office, "Langkah_3", worked=[60] * (ENOUGH - 1))
    found = of_week(office)
    assert [row.chance for row in found.rows] == [Chance(None, ENOUGH - 1)]
    assert (found.known, found.unknown, found.expected) == (0, 1, 0)
    assert found.items[taken_up.id].instance.subject.name == "Budi Contoh"


@pytest.mark.usefixtures("taken_up")
def test_history_of_more_than_a_year_ago_is_past(office):
    history(office, "Langkah_3", worked=[60] * 40, month=date(2025, 10, 1))
    assert of_week(office).rows[0].chance.among == 0


def test_what_is_late_is_counted_and_what_is_due_later_is_not_there(office, taken_up, at):
    history(office, "Langkah_3", worked=[60] * 40)
    at("2026-11-26T09:20")
    found = of_week(office)
    assert (found.rows, found.late) == ([], 1)
    due(office, taken_up, due_at=at("2026-12-10T09:00"))
    at("2026-11-26T09:20")
    found = of_week(office)
    assert (found.rows, found.late, found.known, found.unknown) == ([], 0, 0, 0)


def test_what_stands_still_is_not_there(office, taken_up):
    supervision.suspend(office.db, office.superior, taken_up.instance_id, "Menunggu")
    assert of_week(office).rows == []


def test_the_likeliest_come_first_and_unknown_ones_last(office, at):
    at("2026-11-26T09:00")
    history(office, "Langkah_3", worked=[60 * n for n in range(1, 101)])
    items = []
    for minutes in (30, 10, 50):
        case = office.start()
        item = office.until(case, "Langkah_3")
        instances.take_up(office.db, office.assessor, item.id)
        due(office, item, due_at=clock.now() + timedelta(minutes=minutes))
        items.append(item.id)
    unknown = office.start()
    instances.claim(office.db, office.staff, office.item(unknown).id)
    found = of_week(office)
    assert [row.item_id for row in found.rows[:3]] == [items[1], items[0], items[2]]
    assert found.rows[3].chance.share is None
    assert found.expected == pytest.approx(sum(row.chance.share for row in found.rows[:3]))


@pytest.mark.usefixtures("taken_up")
def test_one_sees_the_cases_that_one_looks_over(office):
    history(office, "Langkah_3", worked=[60] * 40)
    for who, number in (("head", 1), ("auditor", 1), ("neighbour", 0)):
        assert len(of_week(office, who).rows) == number, who
    for who in ("employee", "assessor", "analyst", "administrator", "outsider"):
        with pytest.raises(NotAllowed):
            of_week(office, who)


@pytest.mark.usefixtures("taken_up")
def test_it_takes_as_many_statements_for_many_tasks(office, statements):
    history(office, "Langkah_3", worked=[60] * 40)
    of_week(office)
    statements.clear()
    of_week(office)
    few = len(statements.sent)
    for _ in range(5):
        case = office.start()
        instances.take_up(office.db, office.assessor, office.until(case, "Langkah_3").id)
    statements.clear()
    assert len(of_week(office).rows) == 6
    assert len(statements.sent) == few <= 7


@pytest.mark.parametrize("draw", ["even", "long"])
def test_what_is_foretold_comes_as_often_as_it_is_foretold(draw):
    """Of many tasks, each at a moment of its own, as many are late as the chances add up to."""
    dice = random.Random(20261126)  # noqa: S311  (a test's)
    past = [_length(dice, draw) for _ in range(4_000)]
    waited, tail = (
        Tail(Spread.of(_length(dice, "long") for _ in range(4_000))),
        Tail(Spread.of(past)),
    )
    bins = [[0.0, 0, 0] for _ in range(5)]
    for _ in range(6_000):
        so_far, left = dice.uniform(0, HOUR), dice.uniform(60, 2 * HOUR)
        long, lay = _length(dice, draw), _length(dice, "long")
        for chance, began, late in (
            (tail.chance(so_far, so_far + left), long > so_far, long > so_far + left),
            (
                waited.chance_with(tail, so_far, so_far + left),
                lay > so_far,
                lay + long > so_far + left,
            ),
        ):
            if began and chance.share is not None:
                one = bins[min(4, int(chance.share * 5))]
                one[0] += chance.share
                one[1] += late
                one[2] += 1
    many = [one for one in bins if one[2] > 100]
    assert len(many) >= 4
    for foretold, came, number in many:
        assert abs(foretold - came) / number < 0.05
    foretold, came, number = (sum(column) for column in zip(*bins, strict=True))
    assert abs(foretold - came) / number < 0.02


def _length(dice, draw):
    return round(dice.uniform(0, 2 * HOUR) if draw == "even" else dice.lognormvariate(8, 1))
