"""Starting a case: the roles are filled, the first tasks open, the record begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError

from bpmn.messages import message
from engine import access, calendars, clock, deployments, openings, roles
from engine.errors import InvalidInput, NotAllowed, NotFound
from engine.ledger import MAX_TOKEN, Act, Seat, once_more
from engine.models import Definition, Instance, Person
from engine.openings import Plan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from bpmn.diagram import Diagram
    from engine.database import Database
    from engine.deployments import Binding
    from engine.people import Actor
    from engine.roles import Filling


STARTER = "starter"  # the capacity of who starts a case, and the place of what they filled in then
_BEFORE = select(Instance.id, Instance.starter_id).where(Instance.token == bindparam("token"))
# What a start reads at once: whether it was made before, the employee's unit, and the calendars.
_READ = (
    _BEFORE.with_only_columns(Instance.id).scalar_subquery(),
    select(Person.unit_id).where(Person.id == bindparam("subject")).scalar_subquery(),
    calendars.stamp(),
)
_AGAIN = select(*_READ)
_IN_FORCE = deployments.in_force_of(bindparam("key")).add_columns(calendars.stamp())
_ASKED = deployments.in_force_of(bindparam("key")).add_columns(*_READ)
FORM_CHANGED = message("Formulir awal proses ini berubah; periksa isian Anda lagi.")
NOT_IN_FORCE = message("Belum ada versi yang berlaku untuk proses ini.")


@once_more
def start(
    db: Database,
    actor: Actor,
    key: str,
    subject_id: int,
    chosen: Mapping[str, int] | None = None,
    *,
    token: str,
    given: Mapping[str, Any] | None = None,
) -> int:
    """Starts a case of the version in force; the same ``token`` again gives the same case.

    ``chosen`` are the starter's own choices, place to person; ``given`` the validated values of the
    start form, a value or None for each of its fields. Returns the instance's id. Raises
    `NotFound`, `NotAllowed`, `Unfillable`, `InvalidInput`, `StepFailed`.
    """
    if not 0 < len(token) <= MAX_TOKEN:
        raise InvalidInput(message("Permintaan tidak dapat dibaca."))
    asked = {"key": key, "subject": subject_id, "token": token}
    act = Act(actor, STARTER, clock.now())
    with db.read() as session:
        found = session.execute(_ASKED, asked).one_or_none()
        if found is None or found[1] is not None:
            return _known(session, actor, token)
        definition, _, unit_id, stamp = found
        common = Basis(definition, deployments.binding(db, session, definition), stamp)
        diagram = common.bound.program.diagram
        _require_startable(session, actor, diagram, subject_id)
        _require_asked(diagram, given or {})
        plan = _planned(session, common, subject_id, unit_id, act, chosen or {})
    try:
        return _start(db, plan, act, given or {}, token)
    except IntegrityError:  # the same request came twice at once: the other one has started it
        with db.read() as session:
            known = _started_before(session, actor, token)
        if known is None:
            raise
        return known


def start_by_timer(db: Database, definition: Definition, subject_id: int, token: str) -> int | None:
    """Starts a case that no person has asked for; None when the token has started one before."""
    act = Act(None, "timer", clock.now())
    with db.read() as session:
        asked = {"subject": subject_id, "token": token}
        known, unit_id, stamp = session.execute(_AGAIN, asked).one()
        if known is not None:
            return None
        common = Basis(definition, deployments.binding(db, session, definition), stamp)
        plan = _planned(session, common, subject_id, unit_id, act, {})
    return _start(db, plan, act, {}, token)


@dataclass(frozen=True)
class Basis:
    """What cases of a process that start now have in common: ``calendar`` is the stamp of all."""

    definition: Definition
    bound: Binding
    calendar: str


def basis(db: Database, session: Session, key: str) -> Basis:
    """The version in force and what it calls; raises `NotFound` and `DiagramRefused`."""
    found = session.execute(_IN_FORCE, {"key": key}).one_or_none()
    if found is None:
        raise NotFound(NOT_IN_FORCE)
    definition, stamp = found
    return Basis(definition, deployments.binding(db, session, definition), stamp)


def planned(
    session: Session,
    basis: Basis,
    subject_id: int,
    unit_id: int | None,
    resolved: Mapping[str, Filling],
    chosen: Mapping[str, int],
    starter_id: int | None,
) -> Plan:
    """The case about an employee of a unit (None: there is none), whose places are ``resolved``.

    Raises `Unfillable` and `InvalidInput`.
    """
    if unit_id is None:
        raise InvalidInput(message("Pegawai tidak dikenal."))
    filled = roles.chosen(session, basis.bound.program.diagram, resolved, chosen)
    seats: dict[str, Seat] = {p: (f.person_id, f.group_id) for p, f in filled.items()}
    working = calendars.of_unit(session, unit_id, basis.calendar)
    return Plan(basis.definition, basis.bound, subject_id, working, seats, chosen, starter_id)


def _planned(
    session: Session,
    basis: Basis,
    subject_id: int,
    unit_id: int | None,
    act: Act,
    chosen: Mapping[str, int],
) -> Plan:
    diagram = basis.bound.program.diagram
    resolved = roles.resolve(session, diagram, subject_id, act.person_id) if unit_id else {}
    return planned(session, basis, subject_id, unit_id, resolved, chosen, act.person_id)


def _start(db: Database, plan: Plan, act: Act, given: Mapping[str, Any], token: str) -> int:
    begun = openings.opening(plan, act, given, token)
    with db.write() as session:
        (instance_id,) = openings.write(session, [begun])
    return instance_id


def _known(session: Session, actor: Actor, token: str) -> int:
    """The case that the same request started before, where no other may be started."""
    known = _started_before(session, actor, token)
    if known is None:
        raise NotFound(NOT_IN_FORCE)
    return known


def _started_before(session: Session, actor: Actor, token: str) -> int | None:
    """The case that the same request started before."""
    row = session.execute(_BEFORE, {"token": token}).one_or_none()
    if row is None:
        return None
    instance_id, starter_id = row
    if starter_id != actor.id:
        raise NotAllowed(message("Anda tidak berwenang memulai kasus ini."))
    return instance_id


def _require_startable(session: Session, actor: Actor, diagram: Diagram, subject_id: int) -> None:
    subjects = access.startable_subjects(session, actor, diagram)
    if subjects is not access.EVERYBODY and subject_id not in subjects:
        raise NotAllowed(message("Anda tidak berwenang memulai kasus ini."))


def _require_asked(diagram: Diagram, given: Mapping[str, Any]) -> None:
    """What was given is the start form's, which may have changed since it was shown."""
    asked = diagram.start_form
    if given.keys() != {field.id for field in (asked.form if asked else ())}:
        raise InvalidInput(FORM_CHANGED)
