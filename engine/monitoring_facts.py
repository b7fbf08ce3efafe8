"""What is measured of a process for a sheet: finished work of a unit in a period, as counted.

Nobody's name is in it. Shares are not kept but counts, times as seconds of the cases' clocks.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, select

from bpmn.durations import parse_iso
from bpmn.messages import message
from bpmn.order import in_order
from engine import case_tallies, clock, deployments, figures, instruments, people, tallies
from engine.errors import InvalidInput
from engine.figures import Scope
from engine.instruments import EVALUATION
from engine.models import Activation, Definition, Incident, Instance, Person, WorkItem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from bpmn.diagram import Diagram
    from engine.figures import StepFigures
    from engine.instruments import Period
    from engine.models import Unit
    from engine.spreads import Spread

Facts = dict[str, Any]
# Seconds of a working day and week of the office (Perpres 21/2023: 37.5 hours), and of a clock's.
_WORKING, _ELAPSED = (27_000, 135_000), (86_400, 604_800)


def gather(session: Session, key: str, unit: Unit, period: Period) -> Facts:
    """The facts of a sheet, as of now.

    Raises `InvalidInput` where the process was not in force, or where work of the period is not
    counted yet, which is a matter of a minute.
    """
    start, end = _bounds(period, ZoneInfo(session.info["zone"]))
    versions = _in_force(session, key, start, end)
    if not versions:
        raise InvalidInput(message("Proses ini belum berlaku pada masa itu."))
    _require_counted(session, end)
    scope = _scope(session, key, unit, period)
    newest = versions[-1][1]
    diagram = deployments.drawn(deployments.definition(session, newest.id).source)
    steps = _steps(diagram, _names(session, versions), figures.steps(session, scope))
    asked = ((step["element"], step["name"], step["done"]) for step in steps)
    return {
        "taken": clock.now(),
        "process": newest.name,
        "sop": diagram.properties.get("sop:nomor"),
        "unit": unit.name,
        "first": period.first,
        "last": period.last,
        "versions": [{"version": v.version, "digest": v.digest, "at": at} for at, v in versions],
        "steps": steps,
        "cases": _cases(session, scope),
        "incidents": _incidents(session, key, scope),
        "compared": [_compared(session, key, unit, one) for one in _others(period)],
        "questions": instruments.questions(period.kind, newest.name, asked),
    }


def is_whole(facts: Facts, zone: ZoneInfo) -> bool:
    """Whether they were taken when their period had ended."""
    taken: datetime = facts["taken"]
    return bool(taken.astimezone(zone).date() > facts["last"])


def _bounds(period: Period, zone: ZoneInfo) -> tuple[datetime, datetime]:
    days = period.first, period.last + timedelta(days=1)
    start, end = (datetime.combine(day, time(), zone) for day in days)
    return start, end


def _in_force(
    session: Session, key: str, start: datetime, end: datetime
) -> list[tuple[datetime, Definition]]:
    """The versions that were in force between two instants, each with when it began to be."""
    query = select(Activation.at, Definition).join(
        Definition, Activation.definition_id == Definition.id
    )
    begun = session.execute(query.where(Activation.key == key).order_by(Activation.id)).all()
    until = [*(at for at, _ in begun[1:]), end]
    return [
        (at, version)
        for (at, version), over in zip(begun, until, strict=False)
        if at < end and over > start
    ]


def _require_counted(session: Session, end: datetime) -> None:
    task = WorkItem.status == "completed", tallies.UNCOUNTED_TASK, WorkItem.closed_at < end
    case = Instance.ended_at.is_not(None), case_tallies.UNCOUNTED, Instance.ended_at < end
    if end <= clock.now() and session.scalar(select(exists().where(*task) | exists().where(*case))):
        said = message(
            "Ada pekerjaan dari masa itu yang belum dihitung; dihitung tiap menit. Ulangi sebentar"
            " lagi."
        )
        raise InvalidInput(said)


def _scope(session: Session, key: str, unit: Unit, period: Period) -> Scope:
    """The same as that of the figures of a process in all its versions."""
    ids = session.scalars(select(Definition.id).where(Definition.key == key))
    within = people.units_below(session, [unit.id])
    return Scope(frozenset(ids), within, period.first, period.last)


def _names(session: Session, versions: Sequence[tuple[datetime, Definition]]) -> dict[str, str]:
    """What steps are called; a later version has the last word."""
    found: dict[str, str] = {}
    for version_id in dict.fromkeys(version.id for _, version in versions):
        found |= deployments.names(deployments.definition(session, version_id).source)
    return found


def _steps(
    diagram: Diagram, names: Mapping[str, str], found: Mapping[str, StepFigures]
) -> list[Facts]:
    """The steps as a case meets them, also without work; those of older versions come last."""
    ids = [task.id for task in in_order(diagram)]
    ids += sorted(element for element in found if element not in ids)
    return [_step(diagram, i, names, found.get(i) or figures.StepFigures()) for i in ids]


def _step(diagram: Diagram, element: str, names: Mapping[str, str], found: StepFigures) -> Facts:
    standard, working = _standard(diagram, element), _most(found.working)
    return {
        "element": element,
        "name": names.get(element, element),
        "waktu": diagram.waktu(element),
        "done": found.done,
        "late": found.late,
        "again": found.again,
        "working": working,
        "waiting": _most(found.waiting),
        "fit": fit(standard, working[1], found.done),
    }


def _most(spread: Spread) -> list[int | None]:
    """The median and the 90th percentile, in seconds."""
    return [spread.quantile(0.5), spread.quantile(0.9)]


def _standard(diagram: Diagram, element: str) -> int | None:
    """The seconds of a step's Waktu; None where it has none, or one by the calendar."""
    edge = next((node for node in diagram.boundary_events(element) if node.is_waktu), None)
    length = parse_iso(edge.timer.text) if edge is not None and edge.timer is not None else None
    if edge is None or length is None or length.years or length.months:
        return None
    day, week = _WORKING if diagram.clock(edge) == "working" else _ELAPSED
    return length.weeks * week + length.days * day + length.clock_seconds


def fit(standard: int | None, longest: int | None, done: int) -> str | None:
    """Whether a Waktu is too ``tight`` or too ``loose`` for most work; None where it fits."""
    if not standard or longest is None or done < instruments.FEWEST:
        return None
    if longest > instruments.TIGHT * standard:
        return "tight"
    return "loose" if longest < instruments.LOOSE * standard else None


def _cases(session: Session, scope: Scope) -> Facts:
    ended = figures.cases(session, scope)
    rounds = [[number, ended.rounds[number]] for number in sorted(ended.rounds)]
    return {
        "completed": ended.completed,
        "cancelled": ended.cancelled,
        "working": _most(ended.working),
        "rounds": rounds,
    }


def _incidents(session: Session, key: str, scope: Scope) -> int:
    """How many are open now."""
    query = select(func.count(Incident.id)).join(Instance, Incident.instance_id == Instance.id)
    query = query.join(Definition).join(Person, Instance.subject_id == Person.id)
    open_ones = Incident.resolved_at.is_(None), Definition.key == key
    theirs = Person.unit_id.in_(scope.units or ())
    return session.scalar(query.where(*open_ones, theirs)) or 0


def _others(period: Period) -> Iterator[Period]:
    """With what an evaluation is compared: its halves and the year before."""
    if period.kind == EVALUATION:
        yield from period.halves
        yield period.before


def _compared(session: Session, key: str, unit: Unit, period: Period) -> Facts:
    scope = _scope(session, key, unit, period)
    steps = {
        element: {"done": step.done, "late": step.late, "working": _most(step.working)}
        for element, step in figures.steps(session, scope).items()
    }
    told = {"period": period.code, "steps": steps}
    return told | {"cases": _cases(session, scope)}
