"""What units say of their hours, and the days of an office that follow from it.

What nobody has said is Perpres 21/2023 (37.5 hours, Monday to Friday) as offices of the provinces
divide it, and the national holidays with their cuti bersama.
"""

from __future__ import annotations

from collections import ChainMap
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from engine.working_time import Hours, WorkingTime

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Week = tuple[Hours, ...]  # of the seven weekdays, Monday first


@dataclass(frozen=True)
class Day:
    """A date of its own: off, or worked on; without ``hours`` as usual on that weekday."""

    on: date
    name: str
    off: bool = True
    hours: Hours = ()


@dataclass(frozen=True)
class Period:
    """A season with a week of its own, such as Ramadan; both ends belong to it."""

    name: str
    first: date
    last: date
    week: Week


@dataclass(frozen=True)
class Rules:
    """What one unit says of its hours; None and empty: as the units above have it.

    ``zone`` is one of IANA's names, ``holidays`` whether the national ones are days off.
    """

    zone: str | None = None
    week: Week | None = None
    holidays: bool | None = None
    days: tuple[Day, ...] = ()
    periods: tuple[Period, ...] = ()


@dataclass(frozen=True)
class Plan:
    """A day of an office: ``work``, ``weekend``, ``holiday``, ``off``, ``extra`` or ``period``."""

    kind: str
    hours: Hours
    name: str = ""


@dataclass(frozen=True)
class Office:
    """The hours of a unit with what the units above it say; of two, the nearer one is right."""

    zone: ZoneInfo
    week: Week
    holidays: bool
    days: Mapping[date, Day]
    periods: Sequence[Period]

    def plan(self, on: date) -> Plan:
        """How a day is worked on."""
        period = next((p for p in self.periods if p.first <= on <= p.last), None)
        week = period.week if period else self.week
        if own := self.days.get(on):
            hours = () if own.off else own.hours or _usual_hours(week, on)
            return Plan("off" if own.off else "extra", hours, own.name)
        if self.holidays and (name := national_holidays(on.year).get(on)):
            return Plan("holiday", (), name)
        if not (hours := week[on.weekday()]):
            return Plan("weekend", ())
        return Plan("period", hours, period.name) if period else Plan("work", hours)


def _until(*pairs: str) -> Hours:
    read = time.fromisoformat
    return tuple((read(opens), read(closes)) for opens, closes in (p.split("-") for p in pairs))


def _five_days(first_four: Hours, friday: Hours) -> Week:
    return (first_four,) * 4 + (friday, (), ())


USUAL_WEEK = _five_days(_until("07:30-12:00", "13:00-16:00"), _until("07:30-11:30", "13:00-16:30"))
RAMADAN_WEEK = _five_days(
    _until("08:00-12:00", "12:30-15:00"), _until("08:00-11:30", "12:30-15:30")
)


@lru_cache(maxsize=256)
def office(said: tuple[Rules, ...], zone: str) -> Office:
    """The hours that follow from the rules of a unit and the units above it, the nearest first.

    ``zone`` holds where none of them names one.
    """
    return Office(
        zone=ZoneInfo(next((rules.zone for rules in said if rules.zone), zone)),
        week=next((rules.week for rules in said if rules.week), USUAL_WEEK),
        holidays=next((r.holidays for r in said if r.holidays is not None), True),
        days=ChainMap(*({day.on: day for day in rules.days} for rules in said)),
        periods=tuple(chain.from_iterable(rules.periods for rules in said)),
    )


@lru_cache(maxsize=256)
def working_time(said: tuple[Rules, ...], zone: str) -> WorkingTime:
    """The working time of the same."""
    of = office(said, zone)
    return WorkingTime(of.zone, lambda on: of.plan(on).hours)


@lru_cache(maxsize=512)
def national_holidays(year: int) -> Mapping[date, str]:
    """The holidays and cuti bersama of a year with their Indonesian names."""
    import holidays

    categories = ("public", "government")  # cuti bersama stands in the second only
    return dict(holidays.country_holidays("ID", categories=categories, years=year, language="id"))


def _usual_hours(week: Week, on: date) -> Hours:
    """The hours of a weekday; of the first working one where it has none."""
    return week[on.weekday()] or next(hours for hours in week if hours)
