"""Setting who stands in for whom: Plh., Plt. and on leave, each from a day to a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased, joinedload

from bpmn.messages import message
from engine import absences, access, clock, journal, people
from engine.absences import ACTING, LEAVE, PLH, PLT
from engine.database import one_at_a_time
from engine.errors import InvalidInput, NoLongerOpen, NotAllowed, NotFound
from engine.models import Duty, Person, Substitution
from engine.supervision import require_reason

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from engine.database import Database
    from engine.people import Actor

CAPACITIES = (PLH, PLT, LEAVE)
LONGEST = timedelta(days=366)
PAGE = 50


@dataclass(frozen=True)
class Term:
    """In which capacity somebody stands in, from the first day to the last, and why."""

    capacity: str
    first: date
    last: date
    reason: str


def appoint(db: Database, actor: Actor, absent_id: int, substitute_id: int, term: Term) -> int:
    """Sets who stands in for somebody; gives the substitution's id.

    Raises `NotAllowed`, and `InvalidInput` also where another stands in on one of the days.
    """
    with db.write() as session:
        one_at_a_time(session)  # two at once would each find the days free
        absent, substitute = (_known(session, i) for i in (absent_id, substitute_id))
        _require_allowed(session, actor, absent, term)
        _require_sound(absent, substitute, term, absences.today(session))
        _require_free(session, absent_id, term)
        made = Substitution(
            absent_id=absent_id, substitute_id=substitute_id, capacity=term.capacity,
            first_day=term.first, last_day=term.last, reason=require_reason(term.reason),
            at=clock.now(), person_id=actor.id,
        )  # fmt: skip
        session.add(made)
        session.flush()
        _record(session, "substitution.set", made, actor)
    return made.id


def end(db: Database, actor: Actor, substitution_id: int) -> None:
    """Ends a substitution before its last day, or takes back one to come.

    Raises `NotFound` also for one that is not theirs to end, and `NoLongerOpen`.
    """
    with db.write() as session:
        one_at_a_time(session)
        found = session.get(
            Substitution, substitution_id, options=[joinedload(Substitution.absent)]
        )
        if found is None or not access.may_substitute(actor, found.absent):
            raise NotFound(message("Penggantian itu tidak ada."))
        if found.ended_at is not None or found.last_day < absences.today(session):
            raise NoLongerOpen(message("Penggantian ini sudah berakhir."))
        found.ended_at, found.ended_by = clock.now(), actor.id
        _record(session, "substitution.ended", found, actor)


def page(
    session: Session, actor: Actor, when: str, before: int | None = None
) -> Sequence[Substitution]:
    """The ``present``, ``coming`` or ``past`` ones that a person may keep, the newest first."""
    query = _with_people(select(Substitution)).where(_when(when, absences.today(session)))
    absent = aliased(Person)
    query = query.join(absent, Substitution.absent_id == absent.id)
    query = query.where(access.in_keeping(actor, absent.unit_id))
    if before is not None:
        query = query.where(Substitution.id < before)
    return session.scalars(query.order_by(Substitution.id.desc()).limit(PAGE)).all()


def ahead(session: Session, person_id: int) -> Sequence[Substitution]:
    """What holds, or will, of a person, away or standing in; what comes first is first."""
    concerned = or_(Substitution.absent_id == person_id, Substitution.substitute_id == person_id)
    day = absences.today(session)
    going_on = Substitution.last_day >= day, Substitution.ended_at.is_(None)
    query = _with_people(select(Substitution)).where(concerned, *going_on)
    return session.scalars(
        query.order_by(Substitution.first_day, Substitution.id).limit(PAGE)
    ).all()


def _known(session: Session, person_id: int) -> Person:
    person = session.get(Person, person_id)
    if person is None:
        raise InvalidInput(message("Pegawai tidak dikenal."))
    return person


def _require_allowed(session: Session, actor: Actor, absent: Person, term: Term) -> None:
    if not access.may_substitute(actor, absent):
        raise NotAllowed(message("Pengganti ditetapkan oleh pengawas unit atau administrator."))
    duties = select(Duty.unit_id).where(
        Duty.person_id == absent.id, Duty.name == people.SUPERVISOR, Duty.unit_id.is_not(None)
    )
    units = [unit for unit in session.scalars(duties) if unit is not None]
    if term.capacity in ACTING and not access.may_pass_on(actor, units):
        said = message(
            "{name} mengawasi unit di luar unit Anda: Plh. dan Plt.-nya ditetapkan administrator.",
            name=absent.name,
        )
        raise NotAllowed(said)


def _require_sound(absent: Person, substitute: Person, term: Term, today: date) -> None:
    if term.capacity not in CAPACITIES:
        raise InvalidInput(message("Pilih Plh., Plt. atau pengganti cuti/izin."))
    if absent.id == substitute.id:
        raise InvalidInput(message("Pengganti harus orang lain."))
    people.require_serving(substitute)
    if absent.left_at is not None and term.capacity != PLT:
        said = message("{name} sudah tidak bertugas: penggantinya Plt.", name=absent.name)
        raise InvalidInput(said)
    if term.first < today:
        raise InvalidInput(message("Hari pertama tidak boleh sebelum hari ini."))
    if term.last < term.first:
        raise InvalidInput(message("Hari terakhir tidak boleh sebelum hari pertama."))
    if term.last - term.first >= LONGEST:
        raise InvalidInput(message("Paling lama {n} hari.", n=LONGEST.days))


def _require_free(session: Session, absent_id: int, term: Term) -> None:
    same_days = Substitution.first_day <= term.last, Substitution.last_day >= term.first
    query = _with_people(select(Substitution)).where(
        Substitution.absent_id == absent_id, Substitution.ended_at.is_(None), *same_days
    )
    other = session.scalar(query.order_by(Substitution.first_day).limit(1))
    if other is not None:
        said = message(
            "{absent} sudah digantikan oleh {name} dari {first} sampai {last}.",
            absent=other.absent.name,
            name=other.substitute.name,
            first=f"{other.first_day:%d-%m-%Y}",
            last=f"{other.last_day:%d-%m-%Y}",
        )
        raise InvalidInput(said)


def _record(session: Session, kind: str, of: Substitution, actor: Actor) -> None:
    details = {
        "substitution": of.id, "absent": of.absent_id, "substitute": of.substitute_id,
        "capacity": of.capacity, "first": of.first_day, "last": of.last_day,
    }  # fmt: skip
    journal.record(session, kind, details, person_id=actor.id)


def _when(when: str, today: date) -> ColumnElement[bool]:
    going_on = Substitution.ended_at.is_(None)
    if when == "present":
        return absences.lasts(today)
    if when == "coming":
        return and_(Substitution.first_day > today, going_on)
    return or_(Substitution.last_day < today, Substitution.ended_at.is_not(None))


def _with_people(query: Select[Substitution]) -> Select[Substitution]:
    return query.options(
        joinedload(Substitution.absent).joinedload(Person.unit),
        joinedload(Substitution.substitute),
    )
