"""The register: the cases that somebody looks over, as they are sought, page by page.

Pages go on behind a case (its number), whatever was started or has ended since.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, or_, select

from engine import access, cases, people, punctuality
from engine.models import GOING_ON, Definition, Instance, Person, WorkItem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from engine.people import Actor

MOST = 10_000  # cases that are counted; beyond it there are "more than"
BATCH = 200  # cases of a file that are in memory at once
OPEN, OVERDUE = "open", "overdue"
STATES = (OPEN, OVERDUE, "running", "suspended", "completed", "cancelled")
NEWEST, OLDEST, ENDED = "newest", "oldest", "ended"
ORDERS = (NEWEST, OLDEST, ENDED, OVERDUE)


@dataclass(frozen=True)
class Sought:
    """What cases somebody looks for; None and "" ask for nothing.

    ``process`` is a key, ``version`` a definition's id, ``variant`` the way that completed cases
    took (`engine.variants`), ``unit`` stands for those below it too,
    ``step`` is the element of an open task, ``first`` and ``last`` are days on which cases were
    started. ``text`` is a case's number, or part of its employee's name or NIP, ``holder`` the
    same of who has an open task. In the ``order`` of lateness there are late ones only.
    """

    process: str | None = None
    version: int | None = None
    variant: int | None = None
    unit: int | None = None
    step: str | None = None
    state: str | None = None
    first: date | None = None
    last: date | None = None
    text: str = ""
    holder: str = ""
    order: str = NEWEST


def page(
    session: Session, actor: Actor, sought: Sought, behind: int | None = None
) -> Sequence[Instance]:
    """A page of cases of employees in the supervisor's units and below; an auditor's: of all.

    Raises `NotAllowed` for who looks over nobody.
    """
    return _page(session, actor, sought, behind, cases.PAGE)


def everything(session: Session, actor: Actor, sought: Sought) -> Iterator[Sequence[Instance]]:
    """All of them in the same order, some at a time."""
    behind = None
    while found := _page(session, actor, sought, behind, BATCH):
        yield found
        session.expunge_all()  # what a file has is not to be kept
        behind = found[-1].id


def numbers(session: Session, actor: Actor, sought: Sought, most: int) -> Sequence[int]:
    """The numbers of them all; one more than ``most`` where there are more than that."""
    found = select(Instance.id).where(*_conditions(session, actor, sought))
    return session.scalars(found.order_by(Instance.id).limit(most + 1)).all()


def count(session: Session, actor: Actor, sought: Sought, most: int = MOST) -> int:
    """How many there are; one more than ``most`` where there are more than that."""
    some = select(Instance.id).where(*_conditions(session, actor, sought)).limit(most + 1)
    return session.scalar(select(func.count()).select_from(some.subquery())) or 0


def _page(
    session: Session, actor: Actor, sought: Sought, behind: int | None, size: int
) -> Sequence[Instance]:
    query = cases.with_people(select(Instance)).where(*_conditions(session, actor, sought))
    return session.scalars(_ordered(query, sought.order, behind).limit(size)).all()


def _conditions(session: Session, actor: Actor, sought: Sought) -> Iterator[ColumnElement[bool]]:
    access.require_overseer(actor)
    yield from _of_units(session, actor, sought.unit)
    if sought.version is not None:
        yield Instance.definition_id == sought.version
    elif sought.process is not None:
        of_process = select(Definition.id).where(Definition.key == sought.process)
        yield Instance.definition_id.in_(of_process)
    if sought.variant is not None:
        yield Instance.variant_id == sought.variant
    yield from _in_state(sought)
    zone = ZoneInfo(session.info["zone"])
    if sought.first is not None:
        yield Instance.started_at >= datetime.combine(sought.first, time(), zone)
    if sought.last is not None:
        yield Instance.started_at < datetime.combine(sought.last + timedelta(days=1), time(), zone)
    if sought.text:
        yield _is_about(sought.text)
    if sought.holder:
        holders = select(Person.id).where(people.is_called(sought.holder))
        yield from _is_at(WorkItem.person_id.in_(holders))


def _of_units(session: Session, actor: Actor, unit: int | None) -> Iterator[ColumnElement[bool]]:
    units: list[ColumnElement[bool]] = []
    if not access.may_audit(actor):
        units.append(access.in_view(actor, Person.unit_id))
    if unit is not None:
        units.append(Person.unit_id.in_(people.units_below(session, [unit])))
    if units:  # of all people it would only slow the question down
        yield Instance.subject_id.in_(select(Person.id).where(*units))


def _in_state(sought: Sought) -> Iterator[ColumnElement[bool]]:
    if sought.state == OPEN:
        yield Instance.status.in_(GOING_ON)
    elif sought.state not in (None, OVERDUE):
        yield Instance.status == sought.state
    if OVERDUE in (sought.state, sought.order):
        yield Instance.status == "running"
        yield _has_open(punctuality.is_overdue())
    if sought.step is not None:
        yield from _is_at(WorkItem.element == sought.step)
    if sought.order == ENDED:
        yield Instance.ended_at.is_not(None)


def _is_at(condition: ColumnElement[bool]) -> Iterator[ColumnElement[bool]]:
    """Has such an open task; that it goes on follows, and is what an index can be read by."""
    yield Instance.status.in_(GOING_ON)
    yield _has_open(condition)


def _has_open(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    open_ones = select(WorkItem.instance_id).where(WorkItem.status == "open", condition)
    return Instance.id.in_(open_ones)


def _is_about(text: str) -> ColumnElement[bool]:
    of_person = Instance.subject_id.in_(select(Person.id).where(people.is_called(text)))
    number = text.strip()
    is_number = number.isdecimal() and len(number) < 10  # an employee's has 18 digits
    return or_(of_person, Instance.id == int(number)) if is_number else of_person


def _ordered(query: Select[Instance], order: str, behind: int | None) -> Select[Instance]:
    if order == OVERDUE:
        return _longest_overdue(query, behind)
    if order == OLDEST:
        query = query.order_by(Instance.id)
        return query if behind is None else query.where(Instance.id > behind)
    if order == ENDED:
        query = query.order_by(Instance.ended_at.desc(), Instance.id.desc())
        return query if behind is None else query.where(_ended_before(behind))
    query = query.order_by(Instance.id.desc())
    return query if behind is None else query.where(Instance.id < behind)


def _ended_before(behind: int) -> ColumnElement[bool]:
    at = select(Instance.ended_at).where(Instance.id == behind).scalar_subquery()
    # The first condition follows from the second, and is one that an index can be read by.
    return (Instance.ended_at <= at) & or_(Instance.ended_at < at, Instance.id < behind)


def _longest_overdue(query: Select[Instance], behind: int | None) -> Select[Instance]:
    """Goes on behind a case; from the start when that has caught up."""
    since = func.min(punctuality.overdue_since()).label("since")
    overdue: Any = select(WorkItem.instance_id, since).where(punctuality.is_overdue())
    late = overdue.group_by(WorkItem.instance_id).subquery()
    query = query.join(late, late.c.instance_id == Instance.id)
    query = query.order_by(late.c.since, Instance.id)
    if behind is not None:
        last = overdue.where(WorkItem.instance_id == behind).group_by(WorkItem.instance_id)
        at = select(last.subquery().c.since).scalar_subquery()
        further = (late.c.since == at) & (Instance.id > behind)
        query = query.where(or_(late.c.since > at, further, ~exists(last)))
    return query
