"""The directory as values: what files are compared with and made of."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import orjson
from sqlalchemy import select

from engine.models import Group, Membership, Person, Unit

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Entry:
    """A person: ``unit`` and ``groups`` are codes, ``superior`` is a NIP."""

    nip: str
    name: str
    kind: str
    rank: str
    position: str
    unit: str
    superior: str | None
    groups: tuple[str, ...]
    email: str | None
    is_agency_head: bool
    has_left: bool


class UnitEntry(NamedTuple):
    """A unit; ``parent`` is the code of the unit above."""

    name: str
    parent: str | None


@dataclass(frozen=True)
class Roster:
    """Everybody by NIP, the units by code, and the codes of the groups."""

    people: dict[str, Entry]
    units: dict[str, UnitEntry]
    groups: frozenset[str]

    @cached_property
    def digest(self) -> str:
        """Equal for equal directories alone."""
        units = [(code, *unit) for code, unit in self.units.items()]
        whole = [list(self.people.values()), units, sorted(self.groups)]
        return hashlib.sha256(orjson.dumps(whole)).hexdigest()


def read(session: Session) -> Roster:
    """The whole directory, people and units in order of NIP and code."""
    units = {row.id: row for row in session.execute(_UNITS)}
    groups = {row.id: row.code for row in session.execute(select(Group.id, Group.code))}
    member_of = defaultdict(list)
    for group_id, person_id in session.execute(_MEMBERSHIPS):
        member_of[person_id].append(groups[group_id])
    people = session.execute(_PEOPLE).all()
    nips = {row.id: row.nip for row in people}
    return Roster(
        {
            row.nip: Entry(
                nip=row.nip, name=row.name, kind=row.kind, rank=row.rank, position=row.position,
                unit=units[row.unit_id].code, superior=nips.get(row.superior_id),
                groups=tuple(sorted(member_of[row.id])), email=row.email,
                is_agency_head=row.is_agency_head, has_left=row.left_at is not None,
            )
            for row in people
        },
        {
            row.code: UnitEntry(row.name, units[row.parent_id].code if row.parent_id else None)
            for row in units.values()
        },
        frozenset(groups.values()),
    )  # fmt: skip


_UNITS = select(Unit.id, Unit.code, Unit.name, Unit.parent_id).order_by(Unit.code)
_MEMBERSHIPS = select(Membership.group_id, Membership.person_id)
_PEOPLE = select(
    Person.id, Person.nip, Person.name, Person.kind, Person.rank, Person.position, Person.unit_id,
    Person.superior_id, Person.email, Person.is_agency_head, Person.left_at,
).order_by(Person.nip)  # fmt: skip
