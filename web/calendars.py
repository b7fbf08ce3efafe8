"""Calendars of units: a year at a glance, and changing them with the effect shown first."""

from __future__ import annotations

from calendar import Calendar as Dates
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, flash, render_template, request, url_for
from flask_babel import format_date
from flask_login import login_required

from bpmn.messages import AlurError, Message, message
from engine import calendar_rules, calendars, clock, deployments, recalculation
from engine.calendar_rules import YEARS, ZONES, spoken
from engine.errors import InvalidInput, NotAllowed, NoWorkingTime, StaleCalendar
from engine.models import Person
from engine.office_hours import RAMADAN_WEEK, Rules
from web import calendar_changes
from web.errors import status_of
from web.visit import database, go, me
from web.words import say, span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session

    from engine.models import Calendar
    from engine.office_hours import Office, Plan

area = Blueprint("calendars", __name__, url_prefix="/calendars")
SHOWN = 20  # of the changes
MOVED = message("Unit ini dipindahkan ke bawah unit lain.")
NOTABLE = ("holiday", "off", "extra")


@dataclass(frozen=True)
class _Month:
    """A month as shown: ``weeks`` of (date, plan), None outside it, and ``notes`` below them."""

    name: str
    weeks: list[list[tuple[date, Plan] | None]]
    notes: list[tuple[str, Plan]]


@dataclass(frozen=True)
class _Change:
    """A change that was made: by whom, when, and what it was."""

    calendar: Calendar
    by: str
    what: list[Message]


@area.get("")
@login_required
def units() -> str:
    """The units whose calendars a person keeps."""
    with database().read() as session:
        kept = calendars.kept_by(session, me())
    if not kept:
        raise NotAllowed(message("Halaman ini untuk pengawas unit."))
    return render_template("calendars.html", units=kept, summary=_summary, words=calendar_changes)


@area.get("/<int:unit_id>")
@login_required
def year(unit_id: int) -> str:
    """A unit's year, and the forms to change it."""
    return _year(unit_id)


@area.post("/<int:unit_id>/preview")
@login_required
def preview(unit_id: int) -> Any:
    """What a change would do to running cases; nothing is saved."""
    with database().read() as session:
        unit = calendars.require_editor(session, me(), unit_id)
        before, base = calendars.own_rules(session, unit_id)
        try:
            after = calendar_changes.changed(before, request.form)
            effect = recalculation.preview(session, me(), unit_id, after)
        except (InvalidInput, NoWorkingTime) as error:
            return _refused(unit_id, error)
    return render_template(
        "calendar_change.html",
        unit=unit,
        base=base,
        what=calendar_changes.differences(before, after),
        effect=effect,
        given=_given(),
        name_of=_name_of,
        shifted=_shifted,
    )


@area.post("/<int:unit_id>")
@login_required
def save(unit_id: int) -> Any:
    """Puts a change into force."""
    base = request.form.get("base", 0, type=int)
    with database().read() as session:
        calendars.require_editor(session, me(), unit_id)
        before, _ = calendars.own_rules(session, unit_id)
    try:
        after = calendar_changes.changed(before, request.form)
        calendars.save(database(), me(), unit_id, after, base)
    except (InvalidInput, NoWorkingTime, StaleCalendar) as error:
        return _refused(unit_id, error)
    flash(say(message("Kalender disimpan. Batas waktu kasus berjalan dihitung ulang.")), "done")
    return go(url_for("calendars.year", unit_id=unit_id, year=_chosen_year()))


def _refused(unit_id: int, error: AlurError) -> Any:
    return _year(unit_id, said=error.message, given=_given()), int(status_of(error))


def _given() -> dict[str, str]:
    """The form of a change as it was sent, to be sent again."""
    return {name: what for name, what in request.form.items() if name not in ("csrf_token", "base")}


def _year(unit_id: int, **more: Any) -> str:
    chosen = _chosen_year()
    with database().read() as session:
        unit = calendars.require_editor(session, me(), unit_id)
        own, _ = calendars.own_rules(session, unit_id)
        office = calendars.office(session, unit_id)
        changes = list(_changes(session, unit_id))
    return render_template(
        "calendar.html",
        **{"given": {}} | more,
        unit=unit,
        own=own,
        office=office,
        year=chosen,
        years=YEARS,
        months=[_month(office, chosen, month) for month in range(1, 13)],
        today=clock.now().astimezone(office.zone).date(),
        changes=changes[:SHOWN],
        words=calendar_changes,
        zones=ZONES,
        spoken=spoken,
        ramadan=RAMADAN_WEEK,
    )


def _chosen_year() -> int:
    zone = ZoneInfo(current_app.config["ALUR_ZONE"])
    chosen = request.values.get("year", 0, type=int)
    return chosen if chosen in YEARS else clock.now().astimezone(zone).year


def _month(office: Office, year: int, month: int) -> _Month:
    weeks = [
        [(day, office.plan(day)) if day.month == month else None for day in week]
        for week in Dates().monthdatescalendar(year, month)
    ]
    days = [day for week in weeks for day in week if day is not None]
    return _Month(format_date(date(year, month, 1), "LLLL"), weeks, _notes(days))


def _notes(days: Sequence[tuple[date, Plan]]) -> list[tuple[str, Plan]]:
    """The days that are not as usual, neighbours of one name together."""
    found = []
    for plan, group in groupby(days, key=lambda day: day[1]):
        numbers = [on.day for on, _ in group]
        if plan.kind in NOTABLE:
            when = "–".join(map(str, sorted({numbers[0], numbers[-1]})))
            found.append((when, plan))
    return found


def _changes(session: Session, unit_id: int) -> Iterator[_Change]:
    """What was changed, the newest first."""
    versions = calendars.versions(session, unit_id, SHOWN + 1)
    said = [calendar_rules.loads(version.rules) for version in versions]
    for version, (after, before) in zip(versions, pairwise((*said, Rules())), strict=True):
        person = session.get(Person, version.person_id or 0)
        what = calendar_changes.differences(before, after) or [MOVED]
        yield _Change(version, person.name if person else "–", what)


def _summary(rules: Rules) -> list[Message]:
    """What a unit says of its own, briefly."""
    said = []
    if rules.week:
        said.append(message("jam kerja sendiri"))
    if rules.zone:
        said.append(ZONES[rules.zone])
    if rules.days:
        said.append(message("{n} tanggal", n=len(rules.days)))
    if rules.periods:
        said.append(message("{n} periode", n=len(rules.periods)))
    if rules.holidays is not None:
        said.append(message("libur nasional: {how}", how=calendar_changes.HOLIDAYS[rules.holidays]))
    return said


def _name_of(shift: recalculation.Shift) -> str:
    """What a moved timer is called: its step, and itself where it stands at the step's edge."""
    diagram = deployments.program(database(), shift.digest, shift.called).diagram
    host = diagram.nodes[shift.element].attached_to
    names = (diagram.names.get(element) for element in (host, shift.element) if element)
    return " · ".join(filter(None, names)) or shift.element


def _shifted(seconds: float) -> Message:
    """By how much something moves, in words."""
    far = span(round(abs(seconds)))
    later, earlier = message("{far} lebih lambat", far=far), message("{far} lebih awal", far=far)
    return later if seconds > 0 else earlier
