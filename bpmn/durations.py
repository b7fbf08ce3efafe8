"""Durations as ISO 8601 writes them and as an SOP's Waktu column says them.

Kept apart from `datetime.timedelta` because ``P1D`` and ``PT24H`` differ in working time.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from typing import TYPE_CHECKING

from bpmn.messages import message

if TYPE_CHECKING:
    from bpmn.messages import Message

_ISO = re.compile(
    r"P(?=.)(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=.)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?",
    re.ASCII,
)
_CYCLE = re.compile(r"R(?P<count>[1-9]\d*)?/(?:(?P<start>[^/]+)/)?(?P<duration>P[^/]+)", re.ASCII)
_UNITS = {
    "tahun": "years",
    "bulan": "months",
    "minggu": "weeks",
    "hari": "days",
    "jam": "hours",
    "menit": "minutes",
    "detik": "seconds",
}
_WORDS = re.compile(
    rf"(?:(\d+)\s*(?:-|–|s\.?d\.?|sampai)\s*)?(\d+)\s*({'|'.join(_UNITS)})(?:\s+(?:kerja|kalender))?",
    re.IGNORECASE | re.ASCII,
)
MAX_DIGITS = 6
SHORTEST_CYCLE = 60  # seconds; a timer that comes again at once would never let its case rest
MAX_WORDS = 100


@dataclass(frozen=True)
class Duration:
    """Counts of calendar and clock units, as written; not normalised to each other."""

    years: int = 0
    months: int = 0
    weeks: int = 0
    days: int = 0
    hours: int = 0
    minutes: int = 0
    seconds: int = 0

    def after(self, start: datetime) -> datetime:
        """The instant this much elapsed time after ``start`` (months by the calendar).

        Raises `OverflowError` beyond the year 9999.
        """
        month = start.month - 1 + self.months + 12 * self.years
        year, month = start.year + month // 12, month % 12 + 1
        if year > 9999:
            raise OverflowError("past the year 9999")
        day = min(start.day, monthrange(year, month)[1])
        return start.replace(year=year, month=month, day=day) + timedelta(
            weeks=self.weeks,
            days=self.days,
            hours=self.hours,
            minutes=self.minutes,
            seconds=self.seconds,
        )

    def same_as(self, other: Duration) -> bool:
        """Whether both mean the same length: 60 minutes are an hour, but 24 hours no day."""
        return self._normal() == other._normal()

    def is_longer_than(self, other: Duration) -> bool:
        """Whether it surely is, on any clock: hours and days are not weighed against each other."""
        mine, theirs = self._normal(), other._normal()
        return mine != theirs and all(a >= b for a, b in zip(mine, theirs, strict=True))

    def _normal(self) -> tuple[int, int, int]:
        return (self.years * 12 + self.months, self.weeks * 7 + self.days, self.clock_seconds)

    @property
    def in_words(self) -> Message:
        """What is there of each unit, the longest first: "1 jam 30 menit"."""
        units = (
            (self.years, message("{n} tahun", n=self.years)),
            (self.months, message("{n} bulan", n=self.months)),
            (self.weeks, message("{n} minggu", n=self.weeks)),
            (self.days, message("{n} hari", n=self.days)),
            (self.hours, message("{n} jam", n=self.hours)),
            (self.minutes, message("{n} menit", n=self.minutes)),
            (self.seconds, message("{n} detik", n=self.seconds)),
        )
        said = [words for count, words in units if count] or [message("{n} menit", n=0)]
        return reduce(lambda long, short: message("{long} {short}", long=long, short=short), said)

    @property
    def iso(self) -> str:
        """As `parse_iso` reads it: ``"P1DT2H"``; of no length ``"PT0S"``."""
        days = zip("YMWD", (self.years, self.months, self.weeks, self.days), strict=True)
        clock = zip("HMS", (self.hours, self.minutes, self.seconds), strict=True)
        long, short = ("".join(f"{n}{unit}" for unit, n in part if n) for part in (days, clock))
        return f"P{long}" + (f"T{short}" if short else "") if long or short else "PT0S"

    @property
    def clock_seconds(self) -> int:
        """The hours, minutes and seconds together."""
        return (self.hours * 60 + self.minutes) * 60 + self.seconds

    @property
    def whole_days(self) -> bool:
        """Whether a unit of a day or longer is in it."""
        return any((self.years, self.months, self.weeks, self.days))


@dataclass(frozen=True)
class Cycle:
    """A repeating interval: ``count`` times in all (None: without end), from ``start`` if given."""

    count: int | None
    start: datetime | None
    duration: str


def parse_iso(text: str) -> Duration | None:
    """``"PT1H30M"`` as a `Duration`; None when it is not an ISO 8601 duration in whole units."""
    match = _ISO.fullmatch(text.strip())
    if match is None or any(len(digits or "") > MAX_DIGITS for digits in match.groups()):
        return None
    return Duration(**{unit: int(count) for unit, count in match.groupdict().items() if count})


def clock_iso(seconds: int) -> str:
    """``"PT26H5M0S"``: a length of clock time as `parse_iso` reads it, however many hours."""
    minutes, rest = divmod(seconds, 60)
    return f"PT{minutes // 60}H{minutes % 60}M{rest}S"


def parse_cycle(text: str) -> Cycle | None:
    """``"R3/PT1H"`` or ``"R/2026-12-01T08:00+07:00/P1M"``; None when it is no such interval."""
    match = _CYCLE.fullmatch(text.strip())
    if match is None or len(match["count"] or "") > MAX_DIGITS:
        return None
    start = parse_instant(match["start"]) if match["start"] else None
    duration = parse_iso(match["duration"])
    if duration is None or (match["start"] and start is None):
        return None
    if not duration.whole_days and duration.clock_seconds < SHORTEST_CYCLE:
        return None
    return Cycle(int(match["count"]) if match["count"] else None, start, match["duration"])


def parse_words(text: str) -> Duration | None:
    """``"1 jam 30 menit"`` or ``"1-2 hari"`` (the upper bound counts); None if not understood."""
    if len(text) > MAX_WORDS:
        return None
    found = list(_WORDS.finditer(text))
    units = [_UNITS[match[3].lower()] for match in found]
    if not found or _WORDS.sub("", text).strip(" .,") or len(set(units)) < len(units):
        return None
    counts = [max(int(match[1] or 0), int(match[2])) for match in found]
    return Duration(**dict(zip(units, counts, strict=True)))


def parse_instant(text: str) -> datetime | None:
    """An ISO 8601 date-time with its zone; None when it is not one."""
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return instant if instant.tzinfo is not None and "T" in text else None
