"""Procedures that a timer starts: when the next cases begin, and about whom they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from engine import calendars, clock, jobs, people, values
from engine.models import Job, Person
from engine.timers import Clocks

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from bpmn.diagram import Diagram
    from engine.models import Definition
    from engine.timers import Row


def arm(session: Session, definition: Definition, diagram: Diagram) -> None:
    """Arms the start timer of the version put into force, in the place of the one before."""
    disarm(session, diagram.key)
    start = diagram.timer_start
    if start is not None:
        row = _clocks(session, diagram).timer(start, {}, clock.now())
        details = values.dumps({"definition": definition.id})
        jobs.arm(session, [row | {"kind": "start", "element": diagram.key, "details": details}])


def disarm(session: Session, key: str) -> None:
    """Lets a process start by itself no more."""
    jobs.drop(session, Job.kind == "start", Job.element == key)


def following(session: Session, diagram: Diagram, fired: Job) -> Row | None:
    """The due time after one of a cycle has come; None after the last."""
    start = diagram.timer_start
    if start is None or fired.repeats == 0:
        return None
    row = _clocks(session, diagram).next_repeat(start, {}, fired, clock.now())
    return row | {"kind": "start"}


def subjects(session: Session, diagram: Diagram) -> frozenset[int]:
    """The people whom the cases are about: one person, or everybody of a group (`alur:subject`)."""
    start = diagram.timer_start
    rule = start.properties.get("alur:subject", "") if start else ""
    origin, _, code = rule.partition(":")
    if origin == "group":
        group = people.group_named(session, code)
        return people.group_members(session, group.id) if group else frozenset()
    return frozenset(session.scalars(select(Person.id).where(Person.nip == code)))


def _clocks(session: Session, diagram: Diagram) -> Clocks:
    # Nobody has been chosen yet: the working time is that of the whole agency.
    return Clocks(diagram, calendars.of_unit(session, people.highest_unit(session)))
