"""Changes of a calendar: read from a form, and said in words."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, TypeVar

from flask_babel import format_date

from bpmn.messages import Message, message
from engine.calendar_rules import ZONES, spoken
from engine.errors import InvalidInput
from engine.office_hours import Day, Period, Rules
from web import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from engine.office_hours import Week
    from engine.working_time import Hours

    Form = Mapping[str, str]

MAX_SPAN = 31  # days that are entered at once
ABOVE = message("seperti unit di atasnya")
HOLIDAYS = {None: ABOVE, True: message("libur"), False: message("tetap bekerja")}
T = TypeVar("T", Day, Period)
_PART = re.compile(
    r"(\d{1,2})[.:](\d{2})\s*(?:-|–|s\.?d\.?)\s*(\d{1,2})[.:](\d{2})", re.ASCII | re.IGNORECASE
)


def changed(rules: Rules, form: Form) -> Rules:
    """The rules as a form changes them; raises `InvalidInput`."""
    change = _CHANGES.get(form.get("change", ""))
    if change is None:
        raise InvalidInput(message("Perubahan itu tidak dikenal."))
    return change(rules, form)


def _add_days(rules: Rules, form: Form) -> Rules:
    first = _date(form, "first")
    last = _date(form, "last") if form.get("last", "").strip() else first
    if not 0 <= (last - first).days < MAX_SPAN:
        raise InvalidInput(message("Sekaligus 1 sampai {n} hari, berurutan.", n=MAX_SPAN))
    off, name = form.get("kind") != "work", form.get("name", "").strip()
    hours = () if off else _hours(form.get("hours", ""))
    span = (first + timedelta(days=n) for n in range((last - first).days + 1))
    added = (Day(on, name, off, hours) for on in span)
    return replace(rules, days=tuple(sorted((*rules.days, *added), key=lambda day: day.on)))


def _drop_day(rules: Rules, form: Form) -> Rules:
    on = _date(form, "first")
    return replace(rules, days=tuple(day for day in rules.days if day.on != on))


def _add_period(rules: Rules, form: Form) -> Rules:
    name = form.get("name", "").strip()
    added = Period(name, _date(form, "first"), _date(form, "last"), _week(form))
    ordered = sorted((*rules.periods, added), key=lambda period: period.first)
    return replace(rules, periods=tuple(ordered))


def _drop_period(rules: Rules, form: Form) -> Rules:
    first = _date(form, "first")
    return replace(rules, periods=tuple(p for p in rules.periods if p.first != first))


def _change_hours(rules: Rules, form: Form) -> Rules:
    return replace(rules, week=None if form.get("above") else _week(form))


def _change_office(rules: Rules, form: Form) -> Rules:
    counted = {"yes": True, "no": False}.get(form.get("holidays", ""))
    return replace(rules, zone=form.get("zone") or None, holidays=counted)


_CHANGES: dict[str, Callable[[Rules, Form], Rules]] = {
    "add-days": _add_days,
    "drop-day": _drop_day,
    "add-period": _add_period,
    "drop-period": _drop_period,
    "hours": _change_hours,
    "office": _change_office,
}


def _date(form: Form, name: str) -> date:
    return words.day(form.get(name, ""))


def _week(form: Form) -> Week:
    return tuple(_hours(form.get(f"hours-{weekday}", "")) for weekday in range(7))


def _hours(text: str) -> Hours:
    parts = list(_PART.finditer(text))
    try:
        if _PART.sub("", text).strip(" ,;\n–-"):
            raise ValueError(text)
        return tuple(
            (time(a, b), time(c, d)) for a, b, c, d in (map(int, p.groups()) for p in parts)
        )
    except ValueError as error:
        said = message("Tulis jam kerja sebagai 07.30–12.00, 13.00–16.00, atau kosongkan.")
        raise InvalidInput(said) from error


def differences(before: Rules, after: Rules) -> list[Message]:
    """What is different, a sentence each."""
    return [
        *_office_said(before, after),
        *(message("Ditambah: {what}", what=day_said(d)) for d in _only(after.days, before.days)),
        *(message("Dihapus: {what}", what=day_said(d)) for d in _only(before.days, after.days)),
        *(message("Ditambah: {what}", what=w) for w in _periods_said(after, before)),
        *(message("Dihapus: {what}", what=w) for w in _periods_said(before, after)),
    ]


def _office_said(before: Rules, after: Rules) -> Iterator[Message]:
    if before.week != after.week:
        said = "; ".join(f"{days} {hours}" for days, hours in week_said(after.week or ()))
        yield message("Jam kerja: {what}", what=said or ABOVE)
    if before.zone != after.zone:
        yield message("Zona waktu: {what}", what=ZONES.get(after.zone or "", ABOVE))
    if before.holidays != after.holidays:
        yield message("Libur nasional dan cuti bersama: {what}", what=HOLIDAYS[after.holidays])


def day_said(day: Day) -> Message:
    """A date of its own in words."""
    on = f"{day.on:%d-%m-%Y}"
    if day.off:
        return message("{day} libur: {name}", day=on, name=day.name)
    if not day.hours:
        return message("{day} hari kerja: {name}", day=on, name=day.name)
    hours = spoken(day.hours)
    return message("{day} hari kerja {hours}: {name}", day=on, hours=hours, name=day.name)


def period_said(period: Period) -> str:
    """A period in words."""
    return f"{period.name}, {period.first:%d-%m-%Y} – {period.last:%d-%m-%Y}"


def week_said(week: Week) -> list[tuple[str, str]]:
    """(weekdays, hours) of a week, neighbours of the same hours together, days off left out."""
    found: list[tuple[int, int, Hours]] = []
    for weekday, hours in enumerate(week):
        if found and found[-1][2] == hours:
            found[-1] = (found[-1][0], weekday, hours)
        else:
            found.append((weekday, weekday, hours))
    return [(_weekdays(a, b), spoken(hours)) for a, b, hours in found if hours]


def weekday_name(weekday: int, pattern: str = "EEEE") -> str:
    """What a weekday is called; 0 is Monday."""
    name: str = format_date(date(2024, 1, 1 + weekday), pattern)  # that year began on a Monday
    return name


def _weekdays(first: int, last: int) -> str:
    names = weekday_name(first), weekday_name(last)
    return names[0] if first == last else "–".join(names)


def _periods_said(some: Rules, without: Rules) -> Iterator[str]:
    for period in _only(some.periods, without.periods):
        hours = "; ".join(f"{days} {hours}" for days, hours in week_said(period.week))
        yield f"{period_said(period)} ({hours})"


def _only(some: Sequence[T], without: Sequence[T]) -> Iterator[T]:
    return (one for one in some if one not in without)
