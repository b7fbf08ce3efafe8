"""Working time: when an office works, and how durations run on its clock.

Perpres 21/2023 and the calendars of units say when work is done; how durations count stands in
``docs/decisions/0006-working-time.md``. All instants given back are in UTC.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from bpmn.durations import Duration, parse_iso
from bpmn.messages import message
from engine.errors import NoWorkingTime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from zoneinfo import ZoneInfo

Hours = tuple[tuple[time, time], ...]
Span = tuple[datetime, datetime]
MAX_IDLE_DAYS = 400  # without an hour of work: no office has that
CLOCKS = ("working", "elapsed")


class WorkingTime:
    """The working hours of an office by day; ``hours_of`` says those of a date."""

    def __init__(self, zone: ZoneInfo, hours_of: Callable[[date], Hours]) -> None:
        self.zone = zone
        self.hours = lru_cache(maxsize=4096)(hours_of)
        self._spans = lru_cache(maxsize=4096)(self._spans_of)

    def due(self, since: datetime, duration: str, clock: str, *, end_of_day: bool) -> datetime:
        """When a duration that began at ``since`` is over on one of the `CLOCKS`.

        Raises `ValueError` for what is no duration, `OverflowError` beyond the year 9999.
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
        """The instant a duration of working time after ``start``; nothing is due at once."""
        at = start.astimezone(UTC)
        if duration.whole_days:
            at = self._calendar_part(at, duration)
        return self._forward(at, duration.clock_seconds)

    def between(self, start: datetime, end: datetime) -> int:
        """The seconds of working time from ``start`` to ``end``; none when it comes before."""
        seconds = 0.0
        for opens, closes in self._from(start):
            if opens >= end:
                break
            seconds += max(0.0, (min(closes, end) - max(opens, start)).total_seconds())
        return round(seconds)

    def back(self, end: datetime, seconds: int) -> datetime:
        """The latest instant from which this much working time is left until ``end``."""
        left = timedelta(seconds=seconds)
        if not left:
            return end.astimezone(UTC)
        for opens, closes in self._until(end):
            length = min(closes, end) - opens
            if left <= length:
                return min(closes, end) - left
            left -= length
        raise AssertionError("the days never end")

    def next_instant(self, at: datetime) -> datetime:
        """The instant itself when work is done then or has just ended, else the next opening."""
        at = at.astimezone(UTC)
        for opens, closes in self._from(at):
            if closes >= at:
                return max(opens, at)
        raise AssertionError("the days never end")

    def end_of_day(self, at: datetime) -> datetime:
        """24:00 of that day in the office; an exact midnight is the end of the day before."""
        local = at.astimezone(self.zone)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        end = midnight if midnight == local else midnight + timedelta(days=1)
        return end.astimezone(UTC)

    def _calendar_part(self, at: datetime, duration: Duration) -> datetime:
        """Months and weeks by the calendar, then working days at the same clock time."""
        if duration.days:
            # From outside working time the days begin with the next opening: Saturday noon plus a
            # day would otherwise end before Friday afternoon plus a day.
            at = self.next_instant(at)
        local = at.astimezone(self.zone)
        dated = Duration(duration.years, duration.months, duration.weeks).after(local)
        day = self._working_days_on(dated.date(), duration.days)
        moved = datetime.combine(day, dated.timetz().replace(tzinfo=None), self.zone)
        return self.next_instant(moved)

    def _working_days_on(self, day: date, count: int) -> date:
        idle = 0
        while count:
            day += timedelta(days=1)
            idle = 0 if self.hours(day) else idle + 1
            count -= 1 if self.hours(day) else 0
            self._require_work(idle, day)
        return day

    def _forward(self, at: datetime, seconds: int) -> datetime:
        if not seconds:
            return at
        left = timedelta(seconds=seconds)
        for opens, closes in self._from(at):
            begins = max(opens, at)
            if closes - begins >= left:
                return begins + left
            left -= max(closes - begins, timedelta())
        raise AssertionError("the days never end")

    def _from(self, at: datetime) -> Iterator[Span]:
        """The spans of work that have not ended before the day of an instant, in order."""
        return self._walk(at.astimezone(self.zone).date(), 1)

    def _until(self, at: datetime) -> Iterator[Span]:
        """The spans of work that begin before an instant, the latest first."""
        return (s for s in self._walk(at.astimezone(self.zone).date(), -1) if s[0] < at)

    def _walk(self, day: date, step: int) -> Iterator[Span]:
        idle = 0
        while True:
            spans = self._spans(day)
            idle = 0 if spans else idle + 1
            self._require_work(idle, day)
            yield from spans if step > 0 else reversed(spans)
            day += timedelta(days=step)

    def _spans_of(self, day: date) -> tuple[Span, ...]:
        def instant(at: time) -> datetime:
            return datetime.combine(day, at, self.zone).astimezone(UTC)

        return tuple((instant(opens), instant(closes)) for opens, closes in self.hours(day))

    def _require_work(self, idle: int, day: date) -> None:
        if idle > MAX_IDLE_DAYS:
            raise NoWorkingTime(message("Kalender tanpa jam kerja sekitar {day}.", day=day))
