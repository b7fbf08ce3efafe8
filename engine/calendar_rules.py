"""The rules of calendars: what is wrong with them, and how they are kept."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, time
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from bpmn.messages import Message, message
from engine import values
from engine.errors import InvalidInput
from engine.office_hours import Day, Period, Rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.office_hours import Week
    from engine.working_time import Hours

ZONES = {
    "Asia/Jakarta": message("WIB (Jakarta)"),
    "Asia/Pontianak": message("WIB (Pontianak)"),
    "Asia/Makassar": message("WITA (Makassar)"),
    "Asia/Jayapura": message("WIT (Jayapura)"),
}
YEARS = range(2000, 2101)
MAX_NAME = 100
MAX_DAYS = 366
MAX_PERIODS = 20
MAX_PARTS = 6  # of a day


def require_sound(rules: Rules) -> None:
    """Raises `InvalidInput` with the first thing that is wrong with the rules."""
    if fault := next(_faults(rules), None):
        raise InvalidInput(fault)


def _faults(rules: Rules) -> Iterator[Message]:
    if rules.zone is not None and rules.zone not in ZONES:
        yield message('Zona waktu "{zone}" tidak dikenal.', zone=rules.zone)
    if rules.week is not None:
        yield from _faults_of_week(rules.week)
    yield from _faults_of_days(rules.days)
    yield from _faults_of_periods(rules.periods)


def _faults_of_week(week: Week) -> Iterator[Message]:
    for hours in week:
        yield from _faults_of_hours(hours)
    if len(week) != 7 or not any(week):
        yield message("Dalam seminggu harus ada jam kerja.")


def _faults_of_hours(hours: Hours) -> Iterator[Message]:
    if len(hours) > MAX_PARTS:
        yield message("Jam kerja sehari paling banyak {n} bagian.", n=MAX_PARTS)
    for opens, closes in hours:
        if opens >= closes:
            yield message(
                "Jam {opens} harus sebelum {closes}.", opens=_at(opens), closes=_at(closes)
            )
    for (_, closes), (opens, _) in pairwise(hours):
        if opens < closes:
            said = message(
                "Jam kerja tumpang tindih atau tidak urut: {hours}.", hours=spoken(hours)
            )
            yield said


def _faults_of_days(days: Sequence[Day]) -> Iterator[Message]:
    if len(days) > MAX_DAYS:
        yield message("Paling banyak {n} tanggal tersendiri.", n=MAX_DAYS)
    for day in days:
        yield from _faults_of_name(day.name)
        yield from _faults_of_date(day.on)
        yield from _faults_of_hours(day.hours)
    for before, after in pairwise(sorted(day.on for day in days)):
        if before == after:
            yield message("Tanggal {day} sudah ada.", day=f"{after:%d-%m-%Y}")


def _faults_of_periods(periods: Sequence[Period]) -> Iterator[Message]:
    if len(periods) > MAX_PERIODS:
        yield message("Paling banyak {n} periode.", n=MAX_PERIODS)
    for period in periods:
        yield from _faults_of_name(period.name)
        yield from (*_faults_of_date(period.first), *_faults_of_date(period.last))
        yield from _faults_of_week(period.week)
        if period.first > period.last:
            yield message("Hari pertama periode tidak boleh sesudah hari terakhirnya.")
        if (period.last - period.first).days >= MAX_DAYS:
            yield message("Periode paling lama {n} hari.", n=MAX_DAYS)
    for before, after in pairwise(sorted(periods, key=lambda period: period.first)):
        if after.first <= before.last:
            yield message('Periode "{a}" dan "{b}" bertumpuk.', a=before.name, b=after.name)


def _faults_of_name(name: str) -> Iterator[Message]:
    if not 0 < len(name.strip()) <= MAX_NAME:
        yield message("Keterangan: 1 sampai {n} huruf.", n=MAX_NAME)


def _faults_of_date(day: date) -> Iterator[Message]:
    if day.year not in YEARS:
        yield message("Tahun harus antara {a} dan {b}.", a=YEARS[0], b=YEARS[-1])


def dumps(rules: Rules) -> bytes:
    """The rules as JSON; what a unit does not say is left out."""
    said: dict[str, Any] = {
        name: what for name, what in asdict(rules).items() if what not in (None, ())
    }
    if rules.week:
        said["week"] = _week_as_text(rules.week)
    if rules.days:
        said["days"] = {day.on.isoformat(): _day_as_text(day) for day in rules.days}
    if rules.periods:
        said["periods"] = [_period_as_text(period) for period in rules.periods]
    return values.dumps(said)


def loads(packed: bytes) -> Rules:
    """The rules that `dumps` wrote."""
    said = values.loads(packed)
    return Rules(
        zone=said.get("zone"),
        week=_week(said["week"]) if "week" in said else None,
        holidays=said.get("holidays"),
        days=tuple(_day(on, day) for on, day in said.get("days", {}).items()),
        periods=tuple(_period(period) for period in said.get("periods", ())),
    )


def _day_as_text(day: Day) -> dict[str, Any]:
    what = {"off": True} if day.off else {"hours": _hours_as_text(day.hours)}
    return what | {"name": day.name}


def _period_as_text(period: Period) -> dict[str, Any]:
    first, last = period.first.isoformat(), period.last.isoformat()
    return {"name": period.name, "first": first, "last": last, "week": _week_as_text(period.week)}


def _week_as_text(week: Week) -> list[list[list[str]]]:
    return [_hours_as_text(hours) for hours in week]


def _hours_as_text(hours: Hours) -> list[list[str]]:
    return [[f"{opens:%H:%M}", f"{closes:%H:%M}"] for opens, closes in hours]


def _day(on: str, said: dict[str, Any]) -> Day:
    off = said.get("off", False)
    return Day(date.fromisoformat(on), said["name"], off, _hours(said.get("hours", ())))


def _period(said: dict[str, Any]) -> Period:
    first, last = date.fromisoformat(said["first"]), date.fromisoformat(said["last"])
    return Period(said["name"], first, last, _week(said["week"]))


def _week(said: Sequence[Any]) -> Week:
    return tuple(_hours(hours) for hours in said)


def _hours(said: Sequence[Sequence[str]]) -> Hours:
    return tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in said)


def spoken(hours: Hours) -> str:
    """Hours as an office writes them: ``07.30–12.00, 13.00–16.00``; a dash for none."""
    return ", ".join(f"{_at(opens)}–{_at(closes)}" for opens, closes in hours) or "–"


def _at(clock_time: time) -> str:
    return f"{clock_time:%H.%M}"
