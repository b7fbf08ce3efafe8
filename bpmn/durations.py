"""Durations as ISO 8601 writes them and as an SOP's Waktu column says them.

Kept apart from `datetime.timedelta` because ``P1D`` and ``PT24H`` differ in working time.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING

from bpmn.messages import message
from bpmn.number_words import MAX_DIGITS, NUMBER, number

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
_UNIT = "|".join(_UNITS)
_WORDS = re.compile(
    rf"(?:(?:(?P<low>{NUMBER})\s*(?:-|–|s\.?[d/]\.?d?\.?|sampai(?:\s+dengan)?|hingga)\s*)?"
    rf"(?P<high>{NUMBER})\s*(?:\([^\W\d_]+(?:\s[^\W\d_]+)*\)\s*)?|\b(?P<one>se))"
    rf"(?P<unit>{_UNIT})(?:\s+(?:kerja|kalender))?",
    re.IGNORECASE,
)
# What says that a time is an upper bound or about right, which a standard always is.
_ABOUT = re.compile(
    r"(?:±|\+/-|<|≤|maks(?:imal|imum)?\b\.?|max\b\.?|paling\s+(?:lama|lambat)|"
    r"selambat(?:-|\s)lambat(?:nya)?|kurang\s+lebih|sekitar|kira-kira)[\s:]*",
    re.IGNORECASE,
)
# Of "120 Menit / 3 Hari" and "30 menit s.d. 1 jam" each part is a time of its own.
_EITHER = re.compile(
    rf"(?<=\w)\s*(?:/|-|–|\batau\b|\bs\.?[d/]\.?d?\.?|\bsampai(?:\s+dengan)?\b|\bhingga\b)\s*"
    rf"(?=(?:{NUMBER})\s*(?:\([\w\s]+\)\s*)?(?:{_UNIT})|se(?:{_UNIT}))",
    re.IGNORECASE,
)
# A part of a unit in whole smaller ones. A working day is 7.5 hours (Perpres 21/2023: 37.5 in
# five days); no part of a week or a month is surely a number of days.
_SMALLER = {"years": ("months", 12), "days": ("minutes", 450), "hours": ("minutes", 60),
            "minutes": ("seconds", 60)}  # fmt: skip
# What each counts for where two are weighed that no clock makes the same.
_NOMINAL = (31_536_000, 2_592_000, 604_800, 86_400, 1)
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
    """``"1 jam 30 menit"``, ``"± 1/2 hari"`` or ``"120 menit / 3 hari"``; None if not understood.

    Of a range, and of two times, the upper bound counts.
    """
    if len(text) > MAX_WORDS:
        return None
    told = _ABOUT.sub("", text.strip(), count=1) if _ABOUT.match(text.strip()) else text
    return _together(told) or _longest([_together(part) for part in _EITHER.split(told)])


def _longest(lengths: list[Duration | None]) -> Duration | None:
    """The longest, where each is known."""
    known = [length for length in lengths if length is not None]
    return max(known, key=_nominal) if len(known) == len(lengths) else None


def _together(text: str) -> Duration | None:
    """The counts of a text as one length; a unit that comes twice is not understood."""
    found = list(_WORDS.finditer(text))
    units = [_UNITS[match["unit"].lower()] for match in found]
    if not found or _WORDS.sub("", text).strip(" .,") or len(set(units)) < len(units):
        return None
    whole: dict[str, int] = {}
    for unit, match in zip(units, found, strict=True):
        for name, count in _whole(unit, _count(match)):
            whole[name] = whole.get(name, 0) + count
    return None if "" in whole else Duration(**whole)


def _count(match: re.Match[str]) -> Fraction | None:
    if match["one"]:
        return Fraction(1)
    bounds = [number(bound) for bound in (match["low"], match["high"]) if bound]
    return None if None in bounds else max(bound for bound in bounds if bound is not None)


def _whole(unit: str, count: Fraction | None) -> list[tuple[str, int]]:
    """A count in whole units; one without a name where there is none."""
    if count is None:
        return [("", 0)]
    units, rest = divmod(count, 1)
    if not rest:
        return [(unit, int(units))]
    smaller, many = _SMALLER.get(unit, ("", 1))
    return [
        (unit, int(units)),
        (smaller if (rest * many).denominator == 1 else "", int(rest * many)),
    ]


def _nominal(length: Duration) -> int:
    counts = (length.years, length.months, length.weeks, length.days)
    return sum(
        count * weight
        for count, weight in zip((*counts, length.clock_seconds), _NOMINAL, strict=True)
    )


def parse_instant(text: str) -> datetime | None:
    """An ISO 8601 date-time with its zone; None when it is not one."""
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return instant if instant.tzinfo is not None and "T" in text else None
