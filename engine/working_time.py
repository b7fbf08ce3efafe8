"""Working time: when an office works, and how durations run on its clock.

Perpres 21/2023 and the calendars of units say when work is done; how durations count stands in
``docs/decisions/0006-working-time.md``. All instants given back are in UTC.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate, islice
from typing import TYPE_CHECKING

from bpmn.durations import Duration, parse_iso
from bpmn.messages import message
from engine.errors import NoWorkingTime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from zoneinfo import ZoneInfo

Hours = tuple[tuple[time, time], ...]  # of a day: from, to; in order, apart from each other
Span = tuple[datetime, datetime]
MAX_IDLE_DAYS = 400  # without an hour of work: no office has that
MAX_DAYS = 36_525  # that are looked through; what takes a hundred years never comes
CLOCKS = ("working", "elapsed")
_DAY = timedelta(days=1)


class Meter:
    """The working seconds that have passed at an instant, of spans in their order."""

    def __init__(self, spans: Sequence[Span]) -> None:
        lengths = ((closes - opens).total_seconds() for opens, closes in spans)
        self._spans, self._before = spans, [0.0, *accumulate(lengths)]
        self._opens = [opens for opens, _ in spans]

    def read(self, at: datetime) -> float:
        """The seconds until then."""
        last = bisect_right(self._opens, at) - 1
        if last < 0:
            return 0.0
        opens, closes = self._spans[last]
        return self._before[last] + (min(at, closes) - opens).total_seconds()


class WorkingTime:
    """The working time of an office in its ``zone``; ``hours`` gives the `Hours` of a date."""

    def __init__(self, zone: ZoneInfo, hours: Callable[[date], Hours]) -> None:
        self.zone = zone
        self.hours = lru_cache(maxsize=4096)(hours)
        self._spans = lru_cache(maxsize=4096)(self._spans_of)

    def due(self, since: datetime, duration: str, clock: str, *, end_of_day: bool) -> datetime:
        """When an ISO 8601 duration that began at ``since`` is over on one of the `CLOCKS`.

        Raises `ValueError` for what is no duration, `OverflowError` for what never comes.
        """
        length = parse_iso(duration)
        if length is None or clock not in CLOCKS:
            raise ValueError(duration)
        if clock == "working":
            due = self.add(since, length)
        else:
            due = length.after(since.astimezone(self.zone)).astimezone(UTC)
        return self.end_of_day(due) if end_of_day else due

    def add(self, start: datetime, duration: Duration) -> datetime:
        """The instant a duration of working time after ``start``; zero is due at once.

        Raises `OverflowError`, and `NoWorkingTime` where no work is done any more.
        """
        at = start.astimezone(UTC)
        if duration.whole_days:
            at = self._add_days(at, duration)
        return self._add_seconds(at, duration.clock_seconds)

    def between(self, start: datetime, end: datetime) -> int:
        """The seconds of working time from ``start`` to ``end``; none when it comes before."""
        worked = timedelta()
        for opens, closes in self._from(start):
            if opens >= end:
                break
            worked += max(timedelta(), min(closes, end) - max(opens, start))
        return round(worked.total_seconds())

    def meter(self, start: datetime, end: datetime) -> Meter:
        """The working time from ``start`` on, to be read off often until ``end``."""
        spans = []
        for opens, closes in self._from(start):
            if opens >= end:
                break
            if closes > start:
                spans.append((max(opens, start), closes))
        return Meter(spans)

    def back(self, end: datetime, seconds: int) -> datetime:
        """The latest instant from which this much working time is left until ``end``."""
        left = timedelta(seconds=seconds)
        at = end.astimezone(UTC)
        for opens, closes in self._until(at) if left else ():
            last = min(closes, at)
            if left <= last - opens:
                return last - left
            left -= last - opens
        return at

    def next_instant(self, at: datetime) -> datetime:
        """The instant itself when work is done then or has just ended, else the next opening."""
        opens = next(opens for opens, closes in self._from(at) if closes >= at)
        return max(opens, at.astimezone(UTC))

    def end_of_day(self, at: datetime) -> datetime:
        """24:00 of that day in the office; an exact midnight is the end of the day before."""
        local = at.astimezone(self.zone)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        return (midnight if midnight == local else midnight + _DAY).astimezone(UTC)

    def _add_days(self, at: datetime, duration: Duration) -> datetime:
        """Months and weeks by the calendar, then working days; all at the same clock time."""
        if duration.days:
            # From outside working time the days begin with the next opening: Saturday noon plus a
            # day would otherwise end before Friday afternoon plus a day.
            at = self.next_instant(at)
        local = at.astimezone(self.zone)
        moved = Duration(duration.years, duration.months, duration.weeks).after(local)
        day = self._working_day(moved.date(), duration.days)
        return self.next_instant(datetime.combine(day, moved.time(), self.zone))

    def _working_day(self, day: date, count: int) -> date:
        """The nth working day after a day; the day itself for none."""
        later = self._working_days(day + _DAY, _DAY)
        return next(islice(later, count - 1, None)) if count else day

    def _add_seconds(self, at: datetime, seconds: int) -> datetime:
        left = timedelta(seconds=seconds)
        for opens, closes in self._from(at) if left else ():
            begins = max(opens, at)
            if closes - begins >= left:
                return begins + left
            left -= max(closes - begins, timedelta())
        return at

    def _from(self, at: datetime) -> Iterator[Span]:
        """The spans of work of an instant's day and the days after it, in order."""
        for day in self._working_days(at.astimezone(self.zone).date(), _DAY):
            yield from self._spans(day)

    def _until(self, at: datetime) -> Iterator[Span]:
        """The spans of work that begin before an instant, the latest first."""
        for day in self._working_days(at.astimezone(self.zone).date(), -_DAY):
            yield from (span for span in reversed(self._spans(day)) if span[0] < at)

    def _working_days(self, day: date, step: timedelta) -> Iterator[date]:
        """The days on which work is done, from ``day`` on; raises rather than end."""
        idle = 0
        for _ in range(MAX_DAYS):
            idle = 0 if self.hours(day) else idle + 1
            if idle > MAX_IDLE_DAYS:
                said = message("Kalender tanpa jam kerja sekitar {day}.", day=f"{day:%d-%m-%Y}")
                raise NoWorkingTime(said)
            if not idle:
                yield day
            day += step
        raise OverflowError("more than a hundred years")

    def _spans_of(self, day: date) -> tuple[Span, ...]:
        def instant(at: time) -> datetime:
            return datetime.combine(day, at, self.zone).astimezone(UTC)

        return tuple((instant(opens), instant(closes)) for opens, closes in self.hours(day))
