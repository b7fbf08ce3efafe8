"""Who of many people can get a case of a process now, and why the others cannot.

The preview of a campaign and each of its turns ask the same, and as a start of one case does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import func, select

from bpmn.messages import AlurError, message
from engine import access, people, roles, starting
from engine.models import CampaignMember, Definition, Group, Instance, Person

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from bpmn.diagram import Diagram
    from bpmn.messages import Message
    from engine.openings import Plan
    from engine.people import Actor
    from engine.roles import Filling
    from engine.starting import Basis

LEFT, FOREIGN, RUNNING = "left", "foreign", "running"
WAITING, FORM, ROLES = "waiting", "form", "roles"
# What may be in the way, as it is counted.
OBSTACLES = {
    LEFT: message("sudah tidak bertugas"),
    FOREIGN: message("bukan pegawai unit Anda"),
    RUNNING: message("sudah memiliki kasus proses ini yang berjalan"),
    WAITING: message("sedang menunggu giliran dalam kampanye lain"),
    FORM: message("isian formulir awal belum lengkap"),
    ROLES: message("pelaksana belum dapat ditentukan"),
}


class Employee(NamedTuple):
    """Of a person what is asked."""

    id: int
    nip: str
    name: str
    unit_id: int
    left_at: datetime | None


@dataclass(frozen=True)
class Terms:
    """On which terms cases are started: ``given`` in each start form (None: not filled in yet).

    Running cases numbered up to ``beside`` keep nobody out.
    """

    given: Mapping[str, Any] | None
    beside: int = 0


@dataclass(frozen=True)
class Judged:
    """Somebody, and the case that they can get; else what is in the way, and the reason."""

    person: Employee
    fillings: Mapping[str, Filling]
    plan: Plan | None = None
    obstacle: str | None = None
    reason: Message | None = None


@dataclass
class _Circumstances:
    """What is read of all people at once."""

    basis: Basis
    actor: Actor
    unfilled: Message | None
    running: Mapping[int, int]
    waiting: Collection[int]
    starter_id: int | None
    resolved: Mapping[int, Mapping[str, Filling]] = field(default_factory=dict)


def judge(
    session: Session,
    basis: Basis,
    actor: Actor,
    terms: Terms,
    person_ids: Collection[int],
    waiting: Collection[int] = (),
) -> list[Judged]:
    """What each of the people can get now, by number; some are ``waiting`` for a case already."""
    columns = (Person.id, Person.nip, Person.name, Person.unit_id, Person.left_at)
    query = select(*columns).where(Person.id.in_(person_ids)).order_by(Person.id)
    diagram = basis.bound.program.diagram
    starter = actor.id if access.is_starter(actor, diagram) else None
    seen = _Circumstances(
        basis, actor, _unfilled(diagram, terms.given),
        running(session, basis.definition.key, person_ids, terms.beside), waiting, starter,
        roles.resolve_all(session, diagram, person_ids, starter),
    )  # fmt: skip
    employees = [Employee(*row) for row in session.execute(query)]
    return [_judged(session, seen, employee) for employee in employees]


def running(
    session: Session, key: str, person_ids: Collection[int], beside: int = 0
) -> dict[int, int]:
    """The newest running case of a process about each of the people, of those behind a number."""
    of_process = Definition.key == key, Instance.ended_at.is_(None), Instance.id > beside
    query = select(Instance.subject_id, func.max(Instance.id)).join(Definition)
    found = query.where(*of_process, Instance.subject_id.in_(person_ids))
    return dict(session.execute(found.group_by(Instance.subject_id)).all())


def waiting(session: Session, key: str, person_ids: Collection[int]) -> frozenset[int]:
    """Those of the people who wait for their turn in a campaign of the process."""
    ahead = CampaignMember.key == key, CampaignMember.outcome.is_(None)
    query = select(CampaignMember.person_id).where(*ahead)
    return frozenset(session.scalars(query.where(CampaignMember.person_id.in_(person_ids))))


def seats(
    session: Session, diagram: Diagram, judged: Sequence[Judged]
) -> dict[int, list[tuple[str, str | Message]]]:
    """Who would fill each place of people's cases, by person: (place, name or why nobody)."""
    fillings = [filling for one in judged for filling in one.fillings.values()]
    named = people.names(session, {f.person_id for f in fillings if f.person_id})
    query = select(Group.id, Group.name).where(Group.id.in_({f.group_id for f in fillings}))
    groups = dict(session.execute(query).all())

    def said(filling: Filling) -> str | Message:
        found = named.get(filling.person_id or 0) or groups.get(filling.group_id or 0)
        return filling.problem or found or "–"

    return {
        one.person.id: [(diagram.names[p], said(f)) for p, f in one.fillings.items()]
        for one in judged
    }


def newest_case(session: Session) -> int:
    """The number of the newest case there is; 0 where there is none."""
    return session.scalar(select(func.max(Instance.id))) or 0


def _judged(session: Session, seen: _Circumstances, person: Employee) -> Judged:
    fillings = seen.resolved[person.id]
    obstacle, reason = _obstacle(seen, person)
    if obstacle is not None:
        return Judged(person, fillings, None, obstacle, reason)
    try:
        plan = starting.planned(
            session, seen.basis, person.id, person.unit_id, fillings, {}, seen.starter_id
        )
    except AlurError as error:
        return Judged(person, fillings, None, ROLES, error.message)
    return Judged(person, fillings, plan)


def _obstacle(seen: _Circumstances, person: Employee) -> tuple[str | None, Message | None]:
    name = person.name
    if not access.may_start_for(seen.actor, person.unit_id):
        return FOREIGN, message("{name} bukan pegawai unit Anda.", name=name)
    if person.left_at is not None:
        return LEFT, message("{name} sudah tidak bertugas.", name=name)
    if person.id in seen.running:
        number = f"{seen.running[person.id]:05d}"
        return RUNNING, message("{name} sudah memiliki kasus {case}.", name=name, case=number)
    if person.id in seen.waiting:
        said = message("{name} sedang menunggu giliran dalam kampanye lain.", name=name)
        return WAITING, said
    return (FORM, seen.unfilled) if seen.unfilled is not None else (None, None)


def _unfilled(diagram: Diagram, given: Mapping[str, Any] | None) -> Message | None:
    """Why what was given does not fill in the start form; None where it does."""
    asked = {one.id: one for one in diagram.start_form.form} if diagram.start_form else {}
    if given is None and asked:
        labels = ", ".join(str(one.label) for one in asked.values() if one.required)
        return message("Isian formulir awal belum lengkap: {fields}.", fields=labels or "–")
    if (given or {}).keys() != asked.keys():
        return starting.FORM_CHANGED
    return None
