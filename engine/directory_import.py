"""Bringing a file of people into the directory: planned and shown first, then all or nothing.

Running cases keep their people, whoever moves or leaves; the plan says how many that concerns.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import orjson
from sqlalchemy import select

from engine import directory_checks, directory_rows, roster
from engine.models import GOING_ON, Instance, Person, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from sqlalchemy.orm import Session

    from engine.directory_files import Table
    from engine.directory_rows import Fault
    from engine.roster import Entry, UnitEntry

SLICE = 1_000  # ids that are asked for at once


@dataclass(frozen=True)
class Plan:
    """What a file does to the directory of that digest, ``before``: what changes, old and new.

    With ``faults`` nothing can be done. Of the cases that go on, ``moved_cases`` keep people whose
    superior or unit changes, ``left_cases`` such as leave.
    """

    before: str
    rows: int
    ignored: tuple[str, ...]
    faults: tuple[Fault, ...]
    people: tuple[tuple[Entry | None, Entry], ...]
    units: tuple[tuple[str, UnitEntry | None, UnitEntry], ...]
    moved_cases: int
    left_cases: int

    @cached_property
    def digest(self) -> str:
        """Equal for plans that do the same."""
        units = [(code, old and tuple(old), tuple(new)) for code, old, new in self.units]
        return hashlib.sha256(orjson.dumps([self.people, units])).hexdigest()

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many of what: the kinds of people's changes, and what else there is to say."""
        kinds = [kind(old, new) for old, new in self.people]
        told = {name: kinds.count(name) for name in ("new", "changed", "returned", "retired")}
        groups = [(set(old.groups if old else ()), set(new.groups)) for old, new in self.people]
        return told | {
            "unchanged": self.rows - sum(told.values()) + told["retired"],
            "units_new": sum(old is None for _, old, _ in self.units),
            "units_changed": sum(old is not None for _, old, _ in self.units),
            "memberships_added": sum(len(new - old) for old, new in groups),
            "memberships_removed": sum(len(old - new) for old, new in groups),
            "moved_cases": self.moved_cases,
            "left_cases": self.left_cases,
            "faults": len(self.faults),
        }


def plan(
    session: Session, table: Table, *, retire_others: bool, tick: Callable[[int], None]
) -> Plan:
    """Compares a file with the directory; ``tick`` is called with how many rows are read.

    Raises `InvalidInput` when it cannot be read to its end.
    """
    present = roster.read(session)
    draft = directory_rows.read(table, present, tick)
    after = present.people | draft.people
    if retire_others:
        after |= {
            nip: replace(entry, has_left=True)
            for nip, entry in present.people.items()
            if nip not in draft.people
        }
    directory_checks.check(session, draft, after)
    changes = [
        (present.people.get(nip), entry)
        for nip, entry in after.items()
        if present.people.get(nip) != entry
    ]
    moved = {new.nip for old, new in changes if old is not None and _moves(old, new)}
    left = {new.nip for old, new in changes if new.has_left}
    return Plan(
        before=present.digest,
        rows=len(draft.rows),
        ignored=table.ignored,
        faults=tuple(sorted(draft.faults, key=lambda fault: fault.row)),
        people=tuple(changes),
        units=tuple(
            (code, present.units.get(code), unit)
            for code, unit in draft.units.items()
            if present.units.get(code) != unit
        ),
        moved_cases=_cases_of(session, moved),
        left_cases=_cases_of(session, left),
    )


def kind(old: Entry | None, new: Entry) -> str:
    """What a change is: ``new``, ``changed``, ``returned`` or ``retired``."""
    if old is None:
        return "new"
    if old.has_left == new.has_left:
        return "changed"
    return "retired" if new.has_left else "returned"


def _moves(old: Entry, new: Entry) -> bool:
    return not new.has_left and (old.superior, old.unit) != (new.superior, new.unit)


def _cases_of(session: Session, nips: Collection[str]) -> int:
    """How many cases that go on have one of these as their employee or in a role."""
    cases: set[int] = set()
    for some in _slices(sorted(nips)):
        ids = select(Person.id).where(Person.nip.in_(some))
        going_on = select(Instance.id).where(Instance.status.in_(GOING_ON))
        cases.update(session.scalars(going_on.where(Instance.subject_id.in_(ids))))
        in_role = going_on.join(Role, Role.instance_id == Instance.id)
        cases.update(session.scalars(in_role.where(Role.person_id.in_(ids))))
    return len(cases)


def _slices(nips: Sequence[str]) -> Iterator[Sequence[str]]:
    return (nips[start : start + SLICE] for start in range(0, len(nips), SLICE))
