"""Who stands in for whom today, by the days of the office's zone."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import Date, and_, bindparam, or_, select
from sqlalchemy.orm import joinedload

from engine import clock
from engine.models import Instance, Person, Substitution, WorkItem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from sqlalchemy import BindParameter, ColumnElement, Select
    from sqlalchemy.orm import InstrumentedAttribute, Session

PLH = "plh"
PLT = "plt"
LEAVE = "leave"
# Who holds the post for the time being, and with it the duty over units; on leave, tasks only.
ACTING = frozenset({PLH, PLT})


def today(session: Session) -> date:
    """The day in the office's zone."""
    return clock.now().astimezone(ZoneInfo(session.info["zone"])).date()


def lasts(day: date | BindParameter[date]) -> ColumnElement[bool]:
    """That a substitution holds on a day."""
    days = Substitution.first_day <= day, Substitution.last_day >= day
    return and_(*days, Substitution.ended_at.is_(None))


def present(session: Session, person_ids: Iterable[int]) -> Sequence[Substitution]:
    """What holds today of these people, away or standing in, with both people's names."""
    ids = list(person_ids)
    concerned = or_(Substitution.absent_id.in_(ids), Substitution.substitute_id.in_(ids))
    both = joinedload(Substitution.absent), joinedload(Substitution.substitute)
    query = select(Substitution).where(concerned, lasts(today(session))).options(*both)
    return session.scalars(query.order_by(Substitution.id)).all()


def is_filled(session: Session, person_id: int) -> bool:
    """Whether the post of somebody who has left is held by a Plt. today."""
    held = Substitution.absent_id == person_id, Substitution.capacity == PLT
    query = select(Substitution.id).join(Substitution.substitute)
    serving = query.where(*held, lasts(today(session)), Person.left_at.is_(None))
    return session.scalar(serving.limit(1)) is not None


def covers(
    person_id: int | InstrumentedAttribute[int] | BindParameter[int],
    day: date | BindParameter[date],
) -> ColumnElement[bool]:
    """That a task is one that a person may do for somebody they stand in for on a day.

    What a case asks of its own employee is theirs alone.
    """
    absent = select(Substitution.absent_id).where(
        Substitution.substitute_id == person_id, lasts(day)
    )
    own = select(Instance.id).where(
        Instance.id == WorkItem.instance_id, Instance.subject_id == WorkItem.person_id
    )
    return and_(
        WorkItem.person_id.in_(absent.correlate_except(Substitution)),
        ~own.correlate_except(Instance).exists(),
    )


def _substitutes() -> Select[int]:
    case = Instance.id == bindparam("case"), Instance.subject_id != bindparam("person")
    return select(Substitution.substitute_id).where(
        Substitution.absent_id == bindparam("person"),
        lasts(bindparam("day", type_=Date)),
        select(Instance.id).where(*case).exists(),
    )


_SUBSTITUTES = _substitutes()  # one statement, since every reminder asks


def substitutes(session: Session, item: WorkItem) -> Sequence[int]:
    """Who may do a task today for the person who has it."""
    asked = {"person": item.person_id, "case": item.instance_id, "day": today(session)}
    return session.scalars(_SUBSTITUTES, asked).all()
