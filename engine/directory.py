"""Keeping the directory's people and their duties; every act stands in the office's journal."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select

from bpmn.messages import message
from engine import civil_service, journal, people
from engine.addresses import mail_address
from engine.errors import InvalidInput, NotFound
from engine.keeping import differences, keeping, named, require_as_shown
from engine.models import Duty, Instance, Person, Role, Unit, WorkItem
from engine.people import ADMINISTRATOR, ANALYST, AUDITOR, SUPERVISOR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from engine.database import Database
    from engine.people import Actor

DUTIES = (ANALYST, AUDITOR, ADMINISTRATOR, SUPERVISOR)
# Of these the journal says that they changed, but not from what to what.
PERSONAL = frozenset({"nip", "name", "rank", "position", "email"})


@dataclass(frozen=True)
class Particulars:
    """What the directory says of a person; as typed until it is checked."""

    nip: str
    name: str
    rank: str
    position: str
    unit_id: int
    superior_id: int | None = None
    is_agency_head: bool = False
    email: str | None = None


def add(db: Database, actor: Actor, given: Particulars) -> int:
    """Adds a person, who signs in once they are given a code; raises `InvalidInput`."""
    with keeping(db, actor) as session:
        checked = _checked(session, given, None)
        person = Person(**asdict(checked), kind=civil_service.kind_of(checked.nip))
        session.add(person)
        session.flush()
        details = {"person": person.id, "unit": person.unit_id}
        journal.record(session, "person.added", details, person_id=actor.id)
        return person.id


def change(db: Database, actor: Actor, person_id: int, given: Particulars, shown: str) -> None:
    """Changes what is said of a person; ``shown`` is what `keeping.seen` said to the form.

    Raises `NotFound`, `StaleDirectory` and `InvalidInput`.
    """
    with keeping(db, actor) as session:
        person = of_id(session, person_id)
        before = particulars(person)
        require_as_shown(before, shown)
        after = _checked(session, given, person)
        changed = differences(before, after, PERSONAL)
        for name in changed:
            setattr(person, name, getattr(after, name))
        person.kind = civil_service.kind_of(after.nip)
        details = {"person": person_id, "changed": changed}
        journal.record(session, "person.changed", details, person_id=actor.id)


def leave(db: Database, actor: Actor, person_id: int) -> None:
    """A person no longer serves: they are signed out, and their calendar feed is closed.

    Raises `InvalidInput`, also for the last administrator.
    """
    with keeping(db, actor) as session:
        person = of_id(session, person_id)
        people.require_serving(person)
        _require_other_administrator(session, person_id)
        people.dismiss(session, [person_id])
        journal.record(session, "person.left", {"person": person_id}, person_id=actor.id)


def come_back(db: Database, actor: Actor, person_id: int) -> None:
    """A person who had left serves again, with the duties and groups they had."""
    with keeping(db, actor) as session:
        person = of_id(session, person_id)
        if person.left_at is None:
            raise InvalidInput(message("{name} masih bertugas.", name=person.name))
        person.left_at = None
        journal.record(session, "person.returned", {"person": person_id}, person_id=actor.id)


def give_duty(
    db: Database, actor: Actor, person_id: int, name: str, unit_id: int | None = None
) -> None:
    """Gives a person one of `DUTIES`, that of a supervisor in a unit; raises `InvalidInput`."""
    if name not in DUTIES:
        raise InvalidInput(message("Pilih peran yang diberikan."))
    with keeping(db, actor) as session:
        person = of_id(session, person_id)
        people.require_serving(person)
        unit = _unit(session, unit_id).id if name == SUPERVISOR else None
        held = select(Duty.id).where(
            Duty.person_id == person_id, Duty.name == name, Duty.unit_id.is_not_distinct_from(unit)
        )
        if session.scalar(held) is not None:
            raise InvalidInput(message("{name} sudah memegang peran itu.", name=person.name))
        session.add(Duty(person_id=person_id, name=name, unit_id=unit))
        _record_duty(session, actor, "duty.given", person_id, name, unit)


def take_duty(db: Database, actor: Actor, person_id: int, duty_id: int) -> None:
    """Takes a duty back; raises `NotFound`, and `InvalidInput` for the last administrator's."""
    with keeping(db, actor) as session:
        duty = session.get(Duty, duty_id)
        if duty is None or duty.person_id != person_id:
            raise NotFound(message("Peran itu sudah tidak dipegang."))
        if duty.name == ADMINISTRATOR:
            _require_other_administrator(session, person_id)
        session.delete(duty)
        _record_duty(session, actor, "duty.taken", person_id, duty.name, duty.unit_id)


def duties(session: Session, person_id: int) -> Sequence[tuple[Duty, str | None]]:
    """A person's duties, each with the name of its unit."""
    query = select(Duty, Unit.name).outerjoin(Unit, Duty.unit_id == Unit.id)
    found = session.execute(query.where(Duty.person_id == person_id).order_by(Duty.id))
    return [(duty, unit) for duty, unit in found]


def count_running(session: Session, person_id: int) -> int:
    """How many running cases a person has a place or an open task in."""
    seated = select(Role.instance_id).where(Role.person_id == person_id)
    own = WorkItem.status == "open", WorkItem.person_id == person_id
    busy = or_(Instance.id.in_(seated), Instance.id.in_(select(WorkItem.instance_id).where(*own)))
    query = select(func.count()).select_from(Instance).where(Instance.ended_at.is_(None), busy)
    return session.scalar(query) or 0


def count_subordinates(session: Session, person_id: int) -> int:
    """How many people who serve have this person as their superior."""
    query = select(func.count()).select_from(Person).where(Person.superior_id == person_id)
    return session.scalar(query.where(Person.left_at.is_(None))) or 0


def of_id(session: Session, person_id: int) -> Person:
    """The person of that number; raises `NotFound`."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound(message("Pegawai tidak dikenal."))
    return person


def particulars(person: Person) -> Particulars:
    """What the directory says of a person."""
    return Particulars(**{name: getattr(person, name) for name in Particulars.__annotations__})


def _checked(session: Session, given: Particulars, person: Person | None) -> Particulars:
    nip = civil_service.nip(given.nip)
    holder = people.with_nip(session, nip)
    if holder is not None and holder is not person:
        raise InvalidInput(message("NIP itu sudah milik {name}.", name=holder.name))
    if given.superior_id != (person.superior_id if person else None):
        _require_superior(session, given.superior_id, person)
    return replace(
        given,
        nip=nip,
        name=named(given.name, message("Nama")),
        rank=civil_service.rank(given.rank, civil_service.kind_of(nip)),
        position=named(given.position, message("Jabatan")),
        unit_id=_unit(session, given.unit_id).id,
        email=mail_address(given.email) if given.email and given.email.strip() else None,
    )


def _require_superior(session: Session, superior_id: int | None, person: Person | None) -> None:
    if superior_id is None:
        return
    superior = of_id(session, superior_id)
    people.require_serving(superior)
    if person is not None and person.id in {superior.id, *people.superiors(session, superior.id)}:
        said = message(
            "{superior} berada di bawah {name}: atasan tidak boleh melingkar.",
            superior=superior.name,
            name=person.name,
        )
        raise InvalidInput(said)


def _require_other_administrator(session: Session, person_id: int) -> None:
    """The office keeps an administrator who serves and can sign in."""
    holders = select(Duty.person_id).where(Duty.name == ADMINISTRATOR)
    if person_id not in session.scalars(holders).all():
        return
    able = Person.left_at.is_(None), Person.password_hash.is_not(None)
    others = select(Person.id).where(Person.id.in_(holders), Person.id != person_id, *able)
    if session.scalars(others).first() is None:
        raise InvalidInput(message("Administrator terakhir tidak dapat dilepas; angkat yang lain."))


def _unit(session: Session, unit_id: int | None) -> Unit:
    unit = session.get(Unit, unit_id or 0)
    if unit is None:
        raise InvalidInput(message("Pilih unit kerja."))
    return unit


def _record_duty(
    session: Session, actor: Actor, kind: str, person_id: int, name: str, unit: int | None
) -> None:
    details = {"person": person_id, "duty": name} | ({} if unit is None else {"unit": unit})
    journal.record(session, kind, details, person_id=actor.id)
