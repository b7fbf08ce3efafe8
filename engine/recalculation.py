"""Computing armed timers again after a calendar has changed: shown before, on record after."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import nlargest
from statistics import median
from typing import TYPE_CHECKING

from sqlalchemy import select

from engine import calendars, clock, deployments, jobs, ledger, people, steps, values
from engine.history import Fact
from engine.ledger import Act, once_more
from engine.models import Calendar, Definition, Instance, Job, Person, WorkItem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from bpmn.diagram import Diagram
    from engine.database import Database
    from engine.office_hours import Rules
    from engine.people import Actor
    from engine.timers import Row
    from engine.working_time import WorkingTime

PAGE = 200  # cases that are gone through in one lease
SHOWN = 10


@dataclass(frozen=True)
class Shift:
    """A timer that a change moves: of which case and element, from when to when."""

    instance_id: int
    digest: str
    element: str
    old: datetime
    new: datetime

    @property
    def seconds(self) -> float:
        """By how much it moves; negative when it comes earlier."""
        return (self.new - self.old).total_seconds()


@dataclass(frozen=True)
class Effect:
    """What a change does to running cases: of ``timers`` armed by working time, these move.

    ``median`` and ``largest`` are seconds; ``most`` are those that move the furthest.
    """

    timers: int
    later: int
    earlier: int
    median: float
    largest: float
    most: Sequence[Shift]

    @property
    def moved(self) -> int:
        """How many timers move."""
        return self.later + self.earlier


def preview(session: Session, actor: Actor, unit_id: int, rules: Rules) -> Effect:
    """What would happen if the unit had these rules; raises as `calendars.save` does."""
    calendars.require_change(session, actor, unit_id, rules)
    working: dict[int, WorkingTime] = {}
    timers, shifts = 0, []
    # Columns, not objects: there may be a hundred thousand.
    columns = (Job.instance_id, Definition.digest, Job.element, Person.unit_id, Job)
    for instance_id, digest, element, unit, job in session.execute(
        _counted(session, unit_id).with_only_columns(*columns)
    ):
        timers += 1
        if unit not in working:
            working[unit] = calendars.if_changed(session, unit, unit_id, rules)
        new = _due(working[unit], job)
        if new != job.due:
            shifts.append(Shift(instance_id, digest, element, job.due, new))
    return _effect(timers, shifts)
