"""What the office holds of a person, and who has looked at it (UU 27/2022, art. 7 and 31)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import or_, select, tuple_, union
from sqlalchemy.orm import aliased, joinedload

from engine.models import (
    Attachment,
    Comment,
    Duty,
    Group,
    Instance,
    Membership,
    MonitoringSheet,
    Notice,
    Person,
    Processing,
    Role,
    SignIn,
    Substitution,
    Unit,
    WorkItem,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

PAGE = 20


@dataclass(frozen=True)
class Held:
    """What the directory and the sign-ins say of a person; duties with the name of their unit."""

    person: Person
    superior: Person | None
    groups: Sequence[str]
    duties: Sequence[tuple[str, str | None]]
    substitutions: Sequence[Substitution]
    sign_ins: Sequence[SignIn]


@dataclass(frozen=True)
class Look:
    """That somebody processed a person's data; ``places`` are theirs in the case, by key."""

    noted: Processing
    by: Person
    case: Instance | None
    places: Sequence[str]
    duties: Sequence[str]
    is_superior: bool


def held(session: Session, person_id: int) -> Held:
    """What is held of a person outside of cases."""
    person = session.get_one(Person, person_id, options=[joinedload(Person.unit)])
    groups = select(Group.name).join(Membership).where(Membership.person_id == person_id)
    duties = select(Duty.name, Unit.name).outerjoin(Unit, Duty.unit_id == Unit.id)
    theirs = or_(Substitution.absent_id == person_id, Substitution.substitute_id == person_id)
    people = joinedload(Substitution.absent), joinedload(Substitution.substitute)
    stood_in = select(Substitution).where(theirs).options(*people)
    signed_in = select(SignIn).where(SignIn.person_id == person_id)
    return Held(
        person=person,
        superior=session.get(Person, person.superior_id) if person.superior_id else None,
        groups=session.scalars(groups.order_by(Group.name)).all(),
        duties=[
            (name, unit)
            for name, unit in session.execute(
                duties.where(Duty.person_id == person_id).order_by(Duty.id)
            )
        ],
        substitutions=session.scalars(stood_in.order_by(Substitution.id.desc())).all(),
        sign_ins=session.scalars(signed_in.order_by(SignIn.id.desc())).all(),
    )


def cases_about(session: Session, person_id: int, before: int | None = None) -> Sequence[Instance]:
    """The cases about a person, newest first."""
    query = select(Instance).where(Instance.subject_id == person_id)
    if before is not None:
        query = query.where(Instance.id < before)
    query = query.options(joinedload(Instance.definition)).order_by(Instance.id.desc())
    return session.scalars(query.limit(PAGE)).all()


def parts_taken(
    session: Session, person_id: int, before: int | None = None
) -> Sequence[tuple[Instance, list[str]]]:
    """The cases of others that a person took part in, newest first, with their places (keys)."""
    seats = select(Role.instance_id, Role.place).where(Role.person_id == person_id)
    worked = select(WorkItem.instance_id, WorkItem.place).where(WorkItem.closed_by == person_id)
    parts = union(seats, worked).subquery()
    involved = or_(Instance.id.in_(select(parts.c.instance_id)), Instance.starter_id == person_id)
    query = select(Instance).where(involved, Instance.subject_id != person_id)
    if before is not None:
        query = query.where(Instance.id < before)
    query = query.options(joinedload(Instance.definition)).order_by(Instance.id.desc())
    found = session.scalars(query.limit(PAGE)).all()
    places: defaultdict[int, list[str]] = defaultdict(list)
    of_page = select(parts).where(parts.c.instance_id.in_([case.id for case in found]))
    for case_id, place in session.execute(of_page.order_by(parts.c.place)):
        places[case_id].append(place)
    return [(case, places[case.id]) for case in found]


def notices(session: Session, person_id: int, before: int | None = None) -> Sequence[Notice]:
    """What a person was told, newest first."""
    query = select(Notice).where(Notice.person_id == person_id)
    if before is not None:
        query = query.where(Notice.id < before)
    case = joinedload(Notice.instance).joinedload(Instance.definition)
    query = query.options(case, joinedload(Notice.work_item)).order_by(Notice.id.desc())
    return session.scalars(query.limit(PAGE)).all()


def comments(session: Session, person_id: int, before: int | None = None) -> Sequence[Comment]:
    """What a person has said about cases, newest first."""
    query = select(Comment).where(Comment.person_id == person_id)
    if before is not None:
        query = query.where(Comment.id < before)
    return session.scalars(query.order_by(Comment.id.desc()).limit(PAGE)).all()


def files(session: Session, person_id: int, before: int | None = None) -> Sequence[Attachment]:
    """What files a person has brought to cases, newest first, without what was taken off."""
    query = select(Attachment).where(
        Attachment.person_id == person_id, Attachment.removed_at.is_(None)
    )
    if before is not None:
        query = query.where(Attachment.id < before)
    query = query.options(joinedload(Attachment.content)).order_by(Attachment.id.desc())
    return session.scalars(query.limit(PAGE)).all()


def sheets(
    session: Session, person_id: int, before: int | None = None
) -> Sequence[MonitoringSheet]:
    """The monitoring sheets that a person has signed, newest first."""
    query = select(MonitoringSheet).where(MonitoringSheet.signed_by == person_id)
    if before is not None:
        query = query.where(MonitoringSheet.id < before)
    query = query.options(joinedload(MonitoringSheet.unit)).order_by(MonitoringSheet.id.desc())
    return session.scalars(query.limit(PAGE)).all()


def looks(
    session: Session, person_id: int, superiors: frozenset[int], before: int | None = None
) -> list[Look]:
    """Who processed a person's data, newest first, and as what they do so at present."""
    by = aliased(Person)
    query = select(Processing, by, Instance).join(by, Processing.person_id == by.id)
    query = query.outerjoin(Instance, Processing.instance_id == Instance.id)
    query = query.where(Processing.subject_id == person_id)
    if before is not None:
        query = query.where(Processing.id < before)
    query = query.options(joinedload(Instance.definition)).order_by(Processing.id.desc())
    rows = session.execute(query.limit(PAGE)).all()
    places = _places(session, {(one.instance_id, one.person_id) for one, _, _ in rows})
    duties = _duties(session, {one.person_id for one, _, _ in rows})
    return [
        Look(
            one, person, case, places[one.instance_id, person.id], duties[person.id],
            person.id in superiors,
        )
        for one, person, case in rows
    ]  # fmt: skip


def _places(
    session: Session, pairs: Iterable[tuple[int, int]]
) -> defaultdict[tuple[int, int | None], list[str]]:
    pairs = list(pairs)
    seats = select(Role.instance_id, Role.person_id, Role.place)
    worked = select(WorkItem.instance_id, WorkItem.closed_by, WorkItem.place)
    both = union(
        seats.where(tuple_(Role.instance_id, Role.person_id).in_(pairs)),
        worked.where(tuple_(WorkItem.instance_id, WorkItem.closed_by).in_(pairs)),
    )
    found: defaultdict[tuple[int, int | None], list[str]] = defaultdict(list)
    for case_id, person_id, place in session.execute(both):
        found[case_id, person_id].append(place)
    return found


def _duties(session: Session, people: Iterable[int]) -> defaultdict[int, list[str]]:
    query = select(Duty.person_id, Duty.name).where(Duty.person_id.in_(list(people))).distinct()
    found: defaultdict[int, list[str]] = defaultdict(list)
    for person_id, name in session.execute(query.order_by(Duty.name)):
        found[person_id].append(name)
    return found
