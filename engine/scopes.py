"""The people whom a campaign is for: of a unit with those below, of the office, or of a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from bpmn.messages import message
from engine import access, civil_service, directory_files, people
from engine.errors import InvalidInput, NotAllowed
from engine.models import Person, Unit

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy.orm import Session

    from engine.people import Actor

UNIT, ALL, FILE = KINDS = ("unit", "all", "file")
MOST = 50_000  # people of one campaign
_AT_ONCE = 500  # NIPs in one statement
_LONGEST = 40  # letters of a NIP that is quoted as it was written


@dataclass(frozen=True)
class Scope:
    """The ``people`` by id, and what they are ``about``: a unit's name, or a file's.

    ``unknown`` are the NIPs of a file that are nobody's whom the person may know of, by row.
    """

    kind: str
    about: str
    people: Collection[int]
    unknown: Sequence[tuple[int, str]] = ()


def of_unit(session: Session, actor: Actor, code: str) -> Scope:
    """Who serves in a unit and those below; raises `InvalidInput` and `NotAllowed`."""
    access.require_campaigns(actor)
    unit = session.scalar(select(Unit).where(Unit.code == code))
    if unit is None:
        raise InvalidInput(message('Unit "{code}" tidak ada.', code=code[:_LONGEST]))
    if not access.may_start_for(actor, unit.id):
        raise NotAllowed(message("Kampanye unit ini untuk pengawasnya atau administrator."))
    below = people.units_below(session, [unit.id])
    serving = select(Person.id).where(Person.unit_id.in_(below), Person.left_at.is_(None))
    return _bounded(Scope(UNIT, unit.name, session.scalars(serving.order_by(Person.id)).all()))


def of_all(session: Session, actor: Actor) -> Scope:
    """Everybody who serves; raises `NotAllowed` and `InvalidInput`."""
    if not access.may_administer(actor):
        raise NotAllowed(message("Kampanye seluruh direktori untuk administrator."))
    serving = select(Person.id).where(Person.left_at.is_(None)).order_by(Person.id)
    return _bounded(Scope(ALL, "", session.scalars(serving).all()))


def of_file(session: Session, actor: Actor, name: str, data: bytes) -> Scope:
    """The people of a CSV or XLSX file with a column of NIPs; raises `InvalidInput`."""
    access.require_campaigns(actor)
    table = directory_files.read(data, required=("nip",))
    rows = [(row.number, row.cells["nip"]) for row in table.rows]
    known = _known(session, actor, {civil_service.digits(text) for _, text in rows})
    found = {known[nip] for _, text in rows if (nip := civil_service.digits(text)) in known}
    unknown = [
        (number, text[:_LONGEST])
        for number, text in rows
        if civil_service.digits(text) not in known
    ]
    return _bounded(Scope(FILE, name[-people.MAX_NAME :], sorted(found), unknown))


def of_people(
    session: Session, actor: Actor, kind: str, about: str, person_ids: Sequence[int]
) -> Scope:
    """A scope as it was shown before, of whom the person may start cases for.

    Raises `NotAllowed`, and `InvalidInput` for what is none.
    """
    access.require_campaigns(actor)
    if kind not in KINDS or not person_ids:
        raise InvalidInput(message("Pilih untuk siapa kampanye ini."))
    _bounded(Scope(kind, "", person_ids))
    found: list[int] = []
    for start in range(0, len(person_ids), _AT_ONCE):
        some = Person.id.in_(person_ids[start : start + _AT_ONCE])
        query = select(Person.id).where(some, access.in_keeping(actor, Person.unit_id))
        found += session.scalars(query.order_by(Person.id))
    return Scope(kind, about[: people.MAX_NAME], found)


def units(session: Session, actor: Actor) -> Sequence[Unit]:
    """The units for which a person may order campaigns, by name."""
    query = select(Unit).where(access.in_keeping(actor, Unit.id))
    return session.scalars(query.order_by(Unit.name, Unit.id)).all()


def _known(session: Session, actor: Actor, nips: Collection[str]) -> Mapping[str, int]:
    """The people of these NIPs whom the person may start cases for, who have left too."""
    found: dict[str, int] = {}
    asked = sorted(nip for nip in nips if nip.isascii() and nip.isdecimal() and len(nip) == 18)
    for start in range(0, len(asked), _AT_ONCE):
        query = select(Person.nip, Person.id).where(
            Person.nip.in_(asked[start : start + _AT_ONCE]),
            access.in_keeping(actor, Person.unit_id),
        )
        found |= dict(session.execute(query).all())
    return found


def _bounded(scope: Scope) -> Scope:
    if len(scope.people) > MOST:
        said = message("Paling banyak {n} pegawai sekali kampanye.", n=MOST)
        raise InvalidInput(said)
    return scope
