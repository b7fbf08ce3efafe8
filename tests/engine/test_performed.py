"""Recording afterwards: when a task was performed, and when that was recorded."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import instances, values
from engine.errors import InvalidInput
from engine.models import WorkItem
from engine.punctuality import was_late
from engine.timers import Clocks

REMIND = '<messageEventDefinition camunda:type="external" camunda:topic="remind" />'
WORK = f"""
    property alur:calendar=elapsed
    lane Pegawai subject: s a b c w f e
    lane Staf group:umum-aparatur: g
    startEvent s
    userTask g
    userTask a
    boundaryEvent w attachedToRef=a cancelActivity=false name="10 menit"
        property alur:timer=waktu
        timer timeDuration PT10M
    userTask b
    userTask c
    endEvent f
        {REMIND}
    endEvent e
    s -> g -> a -> b -> c -> e
    w -> f
"""


def complete(office, item, performed=None, **given):
    return instances.complete(
        office.db, office.whose_turn(item), item.id, given, token=office.token(),
        performed_at=performed,
    )  # fmt: skip


@pytest.fixture
def case(office, draw, at):
    """A case that began at eight and came to the employee's first task at nine."""
    office.put_into_force(draw(WORK))
    at("2026-11-24T08:00")
    case = office.start(key="p")
    at("2026-11-24T09:00")
    office.step(case)
    return case


def test_both_times_are_kept_and_chained(office, case, at, audit):
    performed = at("2026-11-24T10:15")
    recorded = at("2026-11-26T09:00")
    complete(office, office.item(case), performed)
    done = next(item for item in office.work(case) if item.element == "a")
    assert (done.performed_at, done.closed_at) == (performed, recorded)
    (entry,) = [e for e in office.history(case) if e.element == "a" and e.kind == "task.completed"]
    assert (entry.at, values.loads(entry.details)) == (recorded, {"performed": performed})
    assert audit(office.db) == []


def test_what_is_recorded_at_once_says_no_more_than_before(office, case):
    complete(office, office.item(case))
    done = next(item for item in office.work(case) if item.element == "a")
    assert done.performed_at is None
    (entry,) = [e for e in office.history(case) if e.element == "a" and e.kind == "task.completed"]
    assert values.loads(entry.details) == {}


def test_lateness_goes_by_when_it_was_performed(office, case, at):
    item = office.item(case)
    instances.take_up(office.db, office.employee, item.id)  # due at 9.10
    performed = at("2026-11-24T09:08")
    at("2026-11-24T12:00")
    complete(office, item, performed)
    done = next(one for one in office.work(case) if one.element == "a")
    assert done.due_at < done.closed_at
    assert not was_late(done)
    assert done.worked == 8 * 60


def test_what_was_performed_too_late_is_late_however_it_is_recorded(office, case, at):
    item = office.item(case)
    instances.take_up(office.db, office.employee, item.id)
    performed = at("2026-11-24T09:11")
    at("2026-11-24T12:00")
    complete(office, item, performed)
    assert was_late(next(one for one in office.work(case) if one.element == "a"))


def test_what_was_performed_before_it_was_recorded_as_opened_took_no_time(office, case, at):
    performed = at("2026-11-24T09:30")
    at("2026-11-26T09:00")
    complete(office, office.item(case), performed)  # opens b, two days after it was performed
    later = at("2026-11-24T09:40")
    at("2026-11-26T09:05")
    complete(office, office.item(case), later)
    done = next(one for one in office.work(case) if one.element == "b")
    assert (done.waited, done.worked, done.taken_up_at) == (0, 0, later)
    assert not was_late(done)


@pytest.mark.parametrize(
    "performed",
    ["2026-11-24T07:59", "2026-11-24T08:59", "2026-11-26T09:01"],
    ids=["before the case", "before the step before it", "in the future"],
)
def test_a_time_that_cannot_be_is_refused_and_nothing_written(office, case, at, performed):
    told = at(performed)
    at("2026-11-26T09:00")
    before = office.rows()
    with pytest.raises(InvalidInput, match=r"antara 24-11-2026 09\.00 WIB dan 26-11-2026 09\.00"):
        complete(office, office.item(case), told)
    assert office.rows() == before


def test_the_step_before_counts_by_when_it_was_performed(office, case, at):
    early = at("2026-11-24T09:30")
    at("2026-11-26T09:00")
    complete(office, office.item(case), early)
    complete(office, office.item(case), early + timedelta(minutes=1))  # long before it was opened
    assert office.item(case).element == "c"


def test_people_write_minutes(office, draw, at):
    office.put_into_force(draw(WORK))
    start = at("2026-11-24T08:00:40")
    case = office.start(key="p")
    at("2026-11-24T09:00")
    complete(office, office.item(case), start.replace(second=0))
    (done,) = [one for one in office.work(case) if one.element == "g"]
    assert done.performed_at == start


def test_what_was_done_in_another_branch_does_not_bind(office, side_by_side, at):
    office.put_into_force(side_by_side)
    at("2026-11-24T08:00")
    case = office.start(key="berdampingan")
    early = at("2026-11-24T08:30")
    at("2026-11-24T10:00")
    complete(office, office.open_items(case)["Periksa"])
    complete(office, office.open_items(case)["Isi"], early)
    complete(office, office.open_items(case)["Catat"], early)
    with pytest.raises(InvalidInput):  # behind the join, all three led to it
        complete(office, office.open_items(case)["Arsip"], early)


def test_the_same_request_again_is_the_same_completion(office, case, at):
    performed = at("2026-11-24T10:15")
    at("2026-11-26T09:00")
    item = office.item(case)
    for _ in range(2):
        done = instances.complete(
            office.db, office.employee, item.id, {}, token="sama", performed_at=performed
        )
    assert done.instance_id == case
    assert office.kinds(case).count("task.completed") == 2


class Elapsed:
    """A process whose clock is the wall's."""

    @staticmethod
    def clock() -> str:
        return "elapsed"


START = datetime(2026, 11, 24, 1, tzinfo=UTC)
CLOCKS = Clocks(Elapsed(), None)
MINUTES = st.integers(0, 3000).map(lambda number: timedelta(minutes=number))


@settings(max_examples=300, deadline=None)
@given(opened=MINUTES, lain=st.none() | MINUTES, performed=MINUTES, rest=MINUTES)
def test_nothing_counts_after_the_work_was_performed(opened, lain, performed, rest):
    came = START + opened
    taken = None if lain is None else came + lain
    waited = 0 if lain is None else round(lain.total_seconds())
    item = WorkItem(opened_at=came, taken_up_at=taken, since=taken or came, waited=waited, worked=0)
    recorded = (taken or came) + rest
    at = min(recorded, START + performed)
    by_record = {"waited": waited, "worked": 0} | CLOCKS.counted(item, recorded)
    row = {"worked": 0} | CLOCKS.performed(item, at)
    assert row["waited"] + row["worked"] == max(0, (at - came).total_seconds())
    assert row["waited"] <= by_record["waited"]
    assert row["worked"] <= by_record["worked"]
    if at == recorded:
        assert {name: row[name] for name in by_record} == by_record
