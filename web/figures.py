"""Where time goes: the figures of a process, on its diagram and as tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, render_template, request, stream_with_context, url_for
from flask_login import login_required

from bpmn.messages import message
from engine import (
    access,
    deployments,
    event_log,
    figures,
    journal,
    register,
    tallies,
)
from engine.errors import InvalidInput
from engine.figures import Chosen
from engine.register import OLDEST, Sought
from tasks.spelling import percent, show_number
from web import charts, words
from web.people import number
from web.visit import database, go, me
from web.words import span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bpmn.diagram import Diagram
    from engine.event_log import Trace
    from engine.figures import StepFigures
    from engine.people import Actor

area = Blueprint("figures", __name__, url_prefix="/figures")
MONTHS = 12  # that are looked at when none are asked for
MOST_MONTHS = 120
FEW = 12  # rows of a table that is open at once
FIRST_YEAR, LAST_YEAR = 2000, 2100
LEVELS = 5
EVENT_TYPES = {
    "xes": "application/xml; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/x-ndjson",
}
# What colours the diagram.
HEATS = {
    "late": message("Ketepatan waktu"),
    "often": message("Frekuensi"),
    "waiting": message("Waktu tunggu"),
}
# A share of late tasks up to this is of the level.
_LATE = (0.0, 0.05, 0.15, 0.30, 1.0)


@dataclass(frozen=True)
class Step:
    """A step's figures as a row: what it is called, and the seconds that most of it took."""

    name: str
    waktu: str | None
    found: StepFigures

    @property
    def working(self) -> tuple[int | None, int | None]:
        """The median and the 90th percentile of the seconds worked."""
        return self.found.working.quantile(0.5), self.found.working.quantile(0.9)

    @property
    def waiting(self) -> tuple[int | None, int | None]:
        """The same of the seconds waited."""
        return self.found.waiting.quantile(0.5), self.found.waiting.quantile(0.9)


@area.get("")
@login_required
def processes() -> Any:
    """The processes that have figures; the page of the only one at once."""
    access.require_overseer(me())
    with database().read() as session:
        found = deployments.all_in_force(session)
    if len(found) == 1:
        return go(url_for("figures.process", key=found[0].key))
    return render_template("figures_processes.html", processes=found)


@area.get("/<key>")
@login_required
def process(key: str) -> str:
    """The figures of one process."""
    chosen, today = chosen_months(), words.today()
    heat = request.args.get("heat", "")
    with database().read() as session:
        scope, versions, units = figures.asked(session, me(), key, chosen)
        shown = next((v for v in versions if v.id == chosen.version), versions[0])
        diagram = deployments.drawn(deployments.definition(session, shown.id).source)
        steps = _rows(diagram, figures.steps(session, scope))
        by_unit, by_month = figures.units(session, scope), figures.months(session, scope)
        ended = figures.cases(session, scope)
        going = [one for one in figures.in_progress(session, scope) if one[0] <= today]
        persons = figures.persons(session, scope)
        uncounted = tallies.uncounted(session)
    return render_template(
        "figures.html",
        key=key,
        chosen=chosen,
        asked=as_asked(chosen),
        versions=versions,
        units=units,
        shown=shown,
        heats=HEATS,
        heat=heat if heat in HEATS else "late",
        hot=_hot(steps, heat),
        steps=steps,
        by_unit=[(unit, by_unit[unit.id]) for unit in units if unit.id in by_unit],
        months=charts.columns([(f"{m:%m-%Y}", s.done, s.late) for m, s in by_month.items()]),
        by_month=by_month,
        persons=persons,
        most=figures.MOST,
        few=FEW,
        ended=ended,
        rounds=sorted(ended.rounds.items()),
        going=charts.line(going),
        uncounted=uncounted,
    )


@area.post("/<key>/events")
@login_required
def events(key: str) -> Response:
    """The event log of the cases that were started in the months asked for."""
    access.require_overseer(me())
    style, real, chosen = request.form.get("style", ""), "names" in request.form, chosen_months()
    if style not in event_log.WRITERS:
        raise InvalidInput(message("Jenis berkas itu tidak dikenal."))
    with database().write() as session:
        figures.asked(session, me(), key, chosen)  # who may not ask is told so before it begins
        details = {"process": key, "names": real}
        journal.record(session, "events.exported", details, person_id=me().id)
    pieces = event_log.WRITERS[style](_traces(me(), key, chosen, event_log.Names(real=real)))
    answer = Response(stream_with_context(pieces), content_type=EVENT_TYPES[style])
    answer.headers["Content-Disposition"] = f'attachment; filename="kejadian.{style}"'
    return answer


def _traces(actor: Actor, key: str, chosen: Chosen, names: event_log.Names) -> Iterator[Trace]:
    sought = Sought(
        process=key,
        version=chosen.version,
        unit=chosen.unit,
        first=chosen.first,
        last=chosen.last,
        order=OLDEST,
    )
    with database().read() as session:
        batches = register.everything(session, actor, sought)
        yield from event_log.traces(database(), session, batches, names)


def _rows(diagram: Diagram, found: Mapping[str, StepFigures]) -> dict[str, Step]:
    """The steps in the order of the diagram; those of older versions that it has not come last."""
    ids = [task.id for task in diagram.human_tasks if task.id in found]
    ids += [element for element in found if element not in ids]
    names = diagram.names
    return {one: Step(names.get(one, one), diagram.waktu(one), found[one]) for one in ids}


def _hot(steps: Mapping[str, Step], heat: str) -> dict[str, dict[str, Any]]:
    """How each step is coloured, as the viewer takes it: a level from 0 to 4, and words."""
    of = {"often": _how_often, "waiting": _how_long}.get(heat, _how_late)
    return of(steps) if steps else {}


def _how_late(steps: Mapping[str, Step]) -> dict[str, dict[str, Any]]:
    return {
        element: {
            "level": next(level for level, most in enumerate(_LATE) if late <= most),
            "text": f"{percent(1 - late)}",
        }
        for element, step in steps.items()
        for late in [step.found.late / step.found.done]
    }


def _how_often(steps: Mapping[str, Step]) -> dict[str, dict[str, Any]]:
    done = {element: step.found.done for element, step in steps.items()}
    return _relative(done, lambda number: f"{show_number(number)}×")


def _how_long(steps: Mapping[str, Step]) -> dict[str, dict[str, Any]]:
    return _relative({element: step.waiting[1] or 0 for element, step in steps.items()}, span)


def _relative(values: Mapping[str, int], text: Callable[[int], str]) -> dict[str, dict[str, Any]]:
    highest = max(values.values()) or 1
    return {
        element: {"level": round((LEVELS - 1) * value / highest), "text": text(value)}
        for element, value in values.items()
    }


def chosen_months() -> Chosen:
    """What the address asks for; nonsense asks for nothing."""
    today = words.today()
    last = _month(request.values.get("to", "")) or today.replace(day=1)
    first = _month(request.values.get("from", "")) or _before(last, MONTHS - 1)
    first = min(max(first, _before(last, MOST_MONTHS - 1)), last)
    return Chosen(number("version"), number("unit"), first, _before(last, -1) - timedelta(days=1))


def as_asked(chosen: Chosen) -> dict[str, Any]:
    """The same as an address or a form has it."""
    months = {"from": f"{chosen.first:%m-%Y}", "to": f"{chosen.last:%m-%Y}"}
    named = {"version": chosen.version, "unit": chosen.unit}
    return months | {name: value for name, value in named.items() if value is not None}


def _month(text: str) -> date | None:
    """The first day of a month as people write it, ``11-2026``; None when it is out of the way."""
    try:
        month = datetime.strptime(text.strip(), "%m-%Y").date()
    except ValueError:
        return None
    return month if FIRST_YEAR <= month.year <= LAST_YEAR else None


def _before(month: date, months: int) -> date:
    """The first day of the month so many months before."""
    years, number = divmod(month.year * 12 + month.month - 1 - months, 12)
    return date(years, number + 1, 1)
