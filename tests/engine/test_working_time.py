"""Working time: the examples of the office, and what must hold on any calendar."""

import random
import re
import time as stopwatch
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bpmn.durations import Duration
from engine import calendars
from engine.calendar_rules import ZONES, require_sound
from engine.errors import NoWorkingTime
from engine.office_hours import RAMADAN_WEEK, Day, Period, Rules, office, working_time
from engine.working_time import WorkingTime

PONTIANAK = ZoneInfo("Asia/Pontianak")
USUAL = calendars.usual()
bounded = settings(max_examples=60, deadline=None, derandomize=True)


def at(text: str, zone: ZoneInfo = PONTIANAK) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def due(since: str, duration: str, **how) -> str:
    """The due time on the usual calendar in the office's time, as text."""
    clock, end = how.get("clock", "working"), how.get("end_of_day", False)
    found = how.get("working", USUAL).due(at(since), duration, clock, end_of_day=end)
    assert found.tzinfo is UTC
    return f"{found.astimezone(PONTIANAK):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("since", "duration", "expected"),
    [
        ("2026-11-27 11:25", "PT10M", "2026-11-27 13:05"),  # over the Friday break
        ("2026-11-26 15:55", "PT10M", "2026-11-27 07:35"),  # over a night
        ("2026-12-23 15:55", "PT10M", "2026-12-28 07:35"),  # over cuti bersama and Christmas
        ("2026-11-26 15:50", "PT10M", "2026-11-26 16:00"),  # the last minute belongs to the day
        ("2026-11-26 11:50", "PT10M", "2026-11-26 12:00"),
        ("2026-11-26 05:00", "PT10M", "2026-11-26 07:40"),  # before opening
        ("2026-11-26 16:00", "PT10M", "2026-11-27 07:40"),
        ("2026-11-26 20:00", "PT10M", "2026-11-27 07:40"),  # after closing
        ("2026-11-26 12:20", "PT10M", "2026-11-26 13:10"),  # inside the break
        ("2026-12-25 09:00", "PT10M", "2026-12-28 07:40"),  # on a holiday
        ("2026-11-28 23:00", "PT0S", "2026-11-28 23:00"),  # zero is due at once, day off or not
        ("2026-11-28 23:00", "P0D", "2026-11-28 23:00"),
        ("2026-11-24 10:00", "PT24H", "2026-11-27 11:30"),  # 24 working hours
        ("2026-11-24 10:00", "P1D", "2026-11-25 10:00"),  # and not one day
        ("2026-11-27 15:00", "P1D", "2026-11-30 15:00"),
        ("2026-11-28 10:00", "P1D", "2026-12-01 07:30"),  # not before what began on Friday
        ("2026-11-27 16:20", "P1D", "2026-12-01 07:30"),  # Monday closes at 16:00
        ("2026-11-27 16:00", "P1D", "2026-11-30 16:00"),
        ("2026-11-26 11:45", "P1D", "2026-11-27 13:00"),  # in the Friday break
        ("2026-11-26 10:00", "P14D", "2026-12-16 10:00"),
        ("2026-12-16 10:00", "P1W", "2026-12-23 10:00"),
        ("2026-12-17 10:00", "P1W", "2026-12-28 07:30"),  # a calendar week later is cuti bersama
        ("2026-12-31 10:00", "P2M", "2027-03-01 07:30"),  # 28 February is a Sunday
        ("2026-11-26 10:00", "P1DT2H", "2026-11-27 13:30"),
    ],
)
def test_a_duration_is_over_when_the_office_says_so(since, duration, expected):
    assert due(since, duration) == expected


def test_elapsed_time_counts_the_calendar_and_not_the_office():
    assert due("2026-12-24 22:00", "PT10M", clock="elapsed") == "2026-12-24 22:10"
    assert due("2026-12-24 22:00", "P1D", clock="elapsed") == "2026-12-25 22:00"
    assert due("2027-01-31 01:00", "P1M", clock="elapsed") == "2027-02-28 01:00"


def test_a_legal_period_ends_at_24_00_of_its_last_day():
    assert due("2026-11-26 15:00", "P1D", end_of_day=True) == "2026-11-28 00:00"
    assert due("2026-11-26 15:00", "P1D", clock="elapsed", end_of_day=True) == "2026-11-28 00:00"
    assert due("2026-11-26 00:00", "P1D", clock="elapsed", end_of_day=True) == "2026-11-27 00:00"


def test_the_end_of_a_day_is_that_of_the_zone_of_the_office():
    jayapura = working_time((Rules(zone="Asia/Jayapura"),), "Asia/Pontianak")
    evening = datetime(2026, 11, 26, 16, tzinfo=UTC)  # one o'clock of the 27th in Jayapura
    assert jayapura.end_of_day(evening) == datetime(2026, 11, 27, 15, tzinfo=UTC)
    assert USUAL.end_of_day(evening) == datetime(2026, 11, 26, 17, tzinfo=UTC)


def test_the_zone_of_the_office_says_when_it_opens():
    jayapura = working_time((Rules(zone="Asia/Jayapura"),), "Asia/Pontianak")
    assert due("2026-11-26 04:00", "PT30M", working=jayapura) == "2026-11-26 06:00"


def test_ramadan_has_hours_of_its_own():
    ramadan = Period("Ramadan 1448 H", date(2027, 2, 8), date(2027, 2, 26), RAMADAN_WEEK)
    office = working_time((Rules(periods=(ramadan,)),), "Asia/Pontianak")
    assert due("2027-02-09 14:55", "PT10M", working=office) == "2027-02-10 08:05"
    assert due("2027-02-26 15:25", "PT10M", working=office) == "2027-03-01 07:35"


def test_an_instant_in_working_time_or_at_its_end_is_the_next_itself():
    for since, then in [
        ("10:00", "2026-11-26 10:00"),
        ("07:30", "2026-11-26 07:30"),
        ("12:00", "2026-11-26 12:00"),
        ("12:01", "2026-11-26 13:00"),
        ("16:00", "2026-11-26 16:00"),
        ("16:01", "2026-11-27 07:30"),
    ]:
        assert USUAL.next_instant(at(f"2026-11-26 {since}")) == at(then)


def test_going_back_stops_at_the_opening_and_not_at_the_closing_before():
    assert USUAL.back(at("2026-11-26 10:30"), 3 * 3600) == at("2026-11-26 07:30")
    assert USUAL.back(at("2026-11-26 13:30"), 3600) == at("2026-11-26 11:30")
    assert USUAL.back(at("2026-11-28 12:00"), 60) == at("2026-11-27 16:29")
    assert USUAL.back(at("2026-11-28 12:00"), 0) == at("2026-11-28 12:00")


@pytest.mark.parametrize("text", ["P", "10 menit", "PT-5M", "P1,5D", "PT1.5H", "R3/PT1H"])
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(ValueError, match=re.escape(text)):
        USUAL.due(at("2026-11-26 10:00"), text, "working", end_of_day=False)


def test_an_unknown_clock_is_refused():
    with pytest.raises(ValueError, match="PT1H"):
        USUAL.due(at("2026-11-26 10:00"), "PT1H", "lunar", end_of_day=False)


@pytest.mark.parametrize("text", ["P999999D", "PT999999H", "P999999W", "P999999Y", "P9000Y"])
def test_what_never_comes_is_refused_soon(text):
    began = stopwatch.process_time()
    with pytest.raises(OverflowError):
        USUAL.due(at("2026-11-26 10:00"), text, "working", end_of_day=True)
    assert stopwatch.process_time() - began < 5


def test_a_calendar_without_working_time_is_named_and_does_not_loop():
    idle = WorkingTime(PONTIANAK, lambda _day: ())
    now = at("2026-11-26 10:00")
    for ask in (
        lambda: idle.due(now, "PT1S", "working", end_of_day=False),
        lambda: idle.due(now, "P1D", "working", end_of_day=False),
        lambda: idle.between(now, now + timedelta(days=9999)),
        lambda: idle.back(now, 1),
        lambda: idle.next_instant(now),
    ):
        with pytest.raises(NoWorkingTime):
            ask()


def test_long_spans_are_counted_quickly():
    start = at("2026-01-02 08:00")
    USUAL.between(start, start + timedelta(days=1000))  # the days are known from here on
    began = stopwatch.process_time()
    for _ in range(20):
        USUAL.add(start, Duration(hours=5000))
        USUAL.between(start, start + timedelta(days=365))
    assert stopwatch.process_time() - began < 1


# From here on: any calendar.

times = st.integers(0, 23 * 60 + 59).map(lambda minute: time(minute // 60, minute % 60))
hours_of_a_day = st.lists(times, min_size=0, max_size=3, unique=True).map(
    lambda found: tuple(zip(*[iter(sorted(found))] * 2, strict=False))
)
weeks = st.tuples(*[hours_of_a_day] * 7).filter(any)
dates = st.dates(date(2026, 1, 1), date(2026, 12, 31))
days = st.builds(Day, dates, st.just("Hari"), st.booleans(), hours_of_a_day)
names = st.sampled_from(["Ramadan", "Musim"])
periods = st.builds(
    lambda name, first, length, week: Period(name, first, first + timedelta(length), week),
    names,
    dates,
    st.integers(0, 60),
    weeks,
)
some_rules = st.builds(
    Rules,
    zone=st.none() | st.sampled_from(sorted(ZONES)),
    week=st.none() | weeks,
    holidays=st.none() | st.booleans(),
    days=st.lists(days, max_size=6, unique_by=lambda day: day.on).map(tuple),
    periods=st.lists(periods, max_size=1).map(tuple),
)
said = st.lists(some_rules, max_size=3).map(tuple)
calendars_of_any_kind = said.map(lambda rules: working_time(rules, "Asia/Pontianak"))
instants = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)).map(
    lambda found: found.replace(microsecond=0, tzinfo=UTC)
)
seconds = st.integers(0, 400_000)


def whole(second: int) -> Duration:
    return Duration(seconds=second)


def is_working(calendar: WorkingTime, instant: datetime) -> bool:
    """Asked of the hours themselves, with none of the code under test but `hours`."""
    local = instant.astimezone(calendar.zone)
    naive = local.time()
    return any(opens <= naive <= closes for opens, closes in calendar.hours(local.date()))


def minutes_worked(calendar: WorkingTime, start: datetime, end: datetime) -> int:
    """The slow way: every minute by itself."""
    found, step = 0, timedelta(minutes=1)
    while start < end:
        local = start.astimezone(calendar.zone)
        spans = calendar.hours(local.date())
        found += any(opens <= local.time() < closes for opens, closes in spans)
        start += step
    return found


@bounded
@given(said)
def test_any_calendar_here_is_one_that_may_be_saved(rules):
    for one in rules:
        require_sound(one)


@bounded
@given(calendars_of_any_kind, instants, st.integers(0, 5 * 24 * 60))
def test_measuring_counts_every_minute_of_work_once(calendar, start, minutes):
    start = start.replace(second=0)
    end = start + timedelta(minutes=minutes)
    assert calendar.between(start, end) == 60 * minutes_worked(calendar, start, end)


@bounded
@given(calendars_of_any_kind, instants, seconds)
def test_measuring_gives_back_what_was_added(calendar, start, added):
    assert calendar.between(start, calendar.add(start, whole(added))) == added


@bounded
@given(calendars_of_any_kind, instants, seconds, seconds)
def test_adding_in_two_parts_is_adding_at_once(calendar, start, first, second):
    halfway = calendar.add(start, whole(first))
    assert calendar.add(halfway, whole(second)) == calendar.add(start, whole(first + second))


@bounded
@given(calendars_of_any_kind, instants, instants, seconds, seconds)
def test_adding_keeps_the_order_of_starts_and_of_lengths(calendar, one, other, short, more):
    early, late = sorted((one, other))
    assert calendar.add(early, whole(short)) <= calendar.add(late, whole(short))
    assert calendar.add(early, whole(short)) <= calendar.add(early, whole(short + more))


@bounded
@given(calendars_of_any_kind, instants, instants, instants)
def test_measuring_is_the_sum_of_its_parts(calendar, one, two, three):
    start, middle, end = sorted((one, two, three))
    parts = calendar.between(start, middle) + calendar.between(middle, end)
    assert calendar.between(start, end) == parts
    assert calendar.between(end, start) == 0


@bounded
@given(calendars_of_any_kind, instants, seconds)
def test_going_back_leaves_just_that_much_working_time(calendar, end, left):
    start = calendar.back(end, left)
    assert start <= end
    assert calendar.between(start, end) == left
    assert left == 0 or calendar.between(start + timedelta(seconds=1), end) == left - 1


@bounded
@given(calendars_of_any_kind, instants, st.integers(1, 400_000))
def test_going_back_and_adding_again_ends_in_the_same_working_instant(calendar, end, left):
    end = calendar.add(end, whole(1))  # a second of work has just been done
    assert calendar.add(calendar.back(end, left), whole(left)) == end


@bounded
@given(calendars_of_any_kind, instants, instants, st.integers(0, 20), st.integers(0, 3))
def test_days_and_weeks_keep_the_order_of_starts(calendar, one, other, days, weeks):
    early, late = sorted((one, other))
    length = Duration(weeks=weeks, days=days)
    assert calendar.add(early, length) <= calendar.add(late, length)


@bounded
@given(calendars_of_any_kind, instants, st.integers(1, 20))
def test_more_days_are_never_sooner(calendar, start, days):
    sooner, later = Duration(days=days), Duration(days=days + 1)
    assert start < calendar.add(start, sooner) <= calendar.add(start, later)


@bounded
@given(
    calendars_of_any_kind,
    instants,
    st.integers(0, 2),
    st.integers(0, 3),
    st.integers(0, 9),
    seconds,
)
def test_work_can_be_done_when_a_duration_is_over(calendar, start, months, weeks, days, second):
    assume(months or weeks or days or second)
    length = Duration(months=months, weeks=weeks, days=days, seconds=second)
    assert is_working(calendar, calendar.add(start, length))


@bounded
@given(calendars_of_any_kind, instants)
def test_the_next_instant_is_the_first_with_no_work_before_it(calendar, start):
    found = calendar.next_instant(start)
    assert found >= start
    assert is_working(calendar, found)
    assert calendar.between(start, found) == 0
    assert found == start or not is_working(calendar, start)


@bounded
@given(said, dates)
def test_each_day_of_an_office_is_planned_as_it_is_worked(rules, day):
    plan = office(rules, "Asia/Pontianak").plan(day)
    assert plan.hours == working_time(rules, "Asia/Pontianak").hours(day)
    assert (plan.hours == ()) == (plan.kind in ("weekend", "holiday", "off"))
    nearest = next((own for one in rules for own in one.days if own.on == day), None)
    assert nearest is None or (plan.kind, plan.name) == ("off" if nearest.off else "extra", "Hari")


def test_the_random_calendars_are_no_harder_for_the_clock_of_a_real_office():
    """Forty cases taken up within one working day: their deadlines keep the order they came in."""
    chance = random.Random(3)  # noqa: S311  (an order, not a secret)
    opened = sorted(
        at("2026-11-26 07:30") + timedelta(minutes=chance.randrange(510)) for _ in "x" * 40
    )
    for length in ("PT10M", "PT3H", "P1D", "P2DT30M", "P1W"):
        dues = [USUAL.due(since, length, "working", end_of_day=False) for since in opened]
        assert dues == sorted(dues)
