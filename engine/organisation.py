"""Keeping the office's units and groups; every act stands in its journal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import joinedload

from bpmn.actors import parse_actor
from bpmn.messages import message
from engine import access, calendars, directory, journal, people
from engine.errors import InvalidInput, NotFound
from engine.keeping import differences, keeping, named, require_as_shown
from engine.models import Group, Membership, Person, Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from engine.database import Database
    from engine.people import Actor

MAX_CODE = 100
PAGE = 50


@dataclass(frozen=True)
class UnitFacts:
    """What can be changed of a unit."""

    name: str
    parent_id: int | None = None


@dataclass(frozen=True)
class GroupFacts:
    """What can be changed of a group: diagrams name its code."""

    name: str


def add_unit(db: Database, actor: Actor, code: str, given: UnitFacts) -> int:
    """Adds a unit; raises `InvalidInput`."""
    with keeping(db, actor) as session:
        checked = _checked(session, given, None)
        unit = Unit(code=_code(session, code, Unit), name=checked.name, parent_id=checked.parent_id)
        session.add(unit)
        session.flush()
        journal.record(session, "unit.added", {"unit": unit.id}, person_id=actor.id)
        return unit.id


def change_unit(db: Database, actor: Actor, unit_id: int, given: UnitFacts, shown: str) -> None:
    """Renames a unit or moves it; raises `NotFound`, `StaleDirectory` and `InvalidInput`."""
    with keeping(db, actor) as session:
        unit = unit_of(session, unit_id)
        before = unit_facts(unit)
        require_as_shown(before, shown)
        after = _checked(session, given, unit)
        details = {"unit": unit_id, "changed": differences(before, after)}
        unit.name, unit.parent_id = after.name, after.parent_id
        journal.record(session, "unit.changed", details, person_id=actor.id)
        if before.parent_id != after.parent_id:
            session.flush()
            calendars.follow_move(session, actor.id, unit_id)


def add_group(db: Database, actor: Actor, code: str, given: GroupFacts) -> int:
    """Adds a group; raises `InvalidInput`."""
    with keeping(db, actor) as session:
        group = Group(code=_group_code(session, code), name=named(given.name, message("Nama")))
        session.add(group)
        session.flush()
        journal.record(session, "group.added", {"group": group.id}, person_id=actor.id)
        return group.id


def change_group(db: Database, actor: Actor, group_id: int, given: GroupFacts, shown: str) -> None:
    """Renames a group; raises `NotFound`, `StaleDirectory` and `InvalidInput`."""
    with keeping(db, actor) as session:
        group = group_of(session, group_id)
        before = group_facts(group)
        require_as_shown(before, shown)
        after = GroupFacts(named(given.name, message("Nama")))
        details = {"group": group_id, "changed": differences(before, after)}
        group.name = after.name
        journal.record(session, "group.changed", details, person_id=actor.id)


def join(db: Database, actor: Actor, group_id: int, person_id: int) -> None:
    """Makes a person a member of a group; raises `NotFound` and `InvalidInput`."""
    with keeping(db, actor) as session:
        group, person = group_of(session, group_id), directory.of_id(session, person_id)
        people.require_serving(person)
        if session.get(Membership, (group_id, person_id)) is not None:
            said = message("{name} sudah anggota {group}.", name=person.name, group=group.name)
            raise InvalidInput(said)
        session.add(Membership(group_id=group_id, person_id=person_id))
        details = {"group": group_id, "person": person_id}
        journal.record(session, "group.joined", details, person_id=actor.id)


def part(db: Database, actor: Actor, group_id: int, person_id: int) -> None:
    """Ends a membership; raises `NotFound`."""
    with keeping(db, actor) as session:
        membership = session.get(Membership, (group_id, person_id))
        if membership is None:
            raise NotFound(message("Keanggotaan itu sudah tidak ada."))
        session.delete(membership)
        details = {"group": group_id, "person": person_id}
        journal.record(session, "group.left", details, person_id=actor.id)


def units(session: Session) -> Sequence[Unit]:
    """Every unit, by name."""
    return session.scalars(select(Unit).order_by(Unit.name, Unit.id)).all()


def overseen(session: Session, actor: Actor) -> Sequence[Unit]:
    """The units whose cases a person may look over, by name."""
    query = select(Unit).where(access.in_view(actor, Unit.id))
    return session.scalars(query.order_by(Unit.name, Unit.id)).all()


def headcounts(session: Session) -> dict[int, int]:
    """How many people serve in each unit itself; units without any are left out."""
    count = select(Person.unit_id, func.count()).where(Person.left_at.is_(None))
    return dict(session.execute(count.group_by(Person.unit_id)).all())


def groups(session: Session) -> Sequence[tuple[Group, int]]:
    """Every group by name, with how many of its members serve."""
    serving = Person.id == Membership.person_id, Person.left_at.is_(None)
    of_group = select(func.count()).select_from(Membership).join(Person, serving[0])
    count = of_group.where(Membership.group_id == Group.id, serving[1]).scalar_subquery()
    found = session.execute(select(Group, count).order_by(Group.name, Group.id))
    return [(group, n) for group, n in found]


def groups_of(session: Session, person_id: int) -> Sequence[Group]:
    """The groups of a person, by name."""
    query = select(Group).join(Membership).where(Membership.person_id == person_id)
    return session.scalars(query.order_by(Group.name, Group.id)).all()


def members(session: Session, group_id: int, after: int | None = None) -> Sequence[Person]:
    """A page of a group's people by name, those who have left too; the one after a person."""
    query = select(Person).join(Membership).where(Membership.group_id == group_id)
    if last := session.get(Person, after or 0):
        query = query.where(tuple_(Person.name, Person.id) > (last.name, last.id))
    query = query.options(joinedload(Person.unit)).order_by(Person.name, Person.id)
    return session.scalars(query.limit(PAGE)).all()


def unit_of(session: Session, unit_id: int) -> Unit:
    """The unit of that number; raises `NotFound`."""
    unit = session.get(Unit, unit_id)
    if unit is None:
        raise NotFound(message("Unit itu tidak ada."))
    return unit


def group_of(session: Session, group_id: int) -> Group:
    """The group of that number; raises `NotFound`."""
    group = session.get(Group, group_id)
    if group is None:
        raise NotFound(message("Kelompok itu tidak ada."))
    return group


def unit_facts(unit: Unit) -> UnitFacts:
    """What can be changed of a unit, as it is."""
    return UnitFacts(unit.name, unit.parent_id)


def group_facts(group: Group) -> GroupFacts:
    """What can be changed of a group, as it is."""
    return GroupFacts(group.name)


def _checked(session: Session, given: UnitFacts, unit: Unit | None) -> UnitFacts:
    if given.parent_id is not None:
        above = unit_of(session, given.parent_id)
        if unit is not None and above.id in people.units_below(session, [unit.id]):
            said = message(
                "{above} adalah {unit} sendiri atau di bawahnya: unit tidak boleh melingkar.",
                above=above.name,
                unit=unit.name,
            )
            raise InvalidInput(said)
    return replace(given, name=named(given.name, message("Nama")))


def _code(session: Session, text: str, table: type[Unit | Group]) -> str:
    code = named(text, message("Kode"), MAX_CODE)
    if session.scalar(select(table.id).where(table.code == code)) is not None:
        raise InvalidInput(message('Kode "{code}" sudah dipakai.', code=code))
    return code


def _group_code(session: Session, text: str) -> str:
    code = _code(session, text, Group)
    rule = parse_actor(f"group:{code}")
    if rule is None or rule.code != code:
        said = message("Kode kelompok terdiri dari huruf, angka, titik, garis bawah dan strip.")
        raise InvalidInput(said)
    return code
