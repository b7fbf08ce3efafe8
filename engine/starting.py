"""Starting a case: the roles are filled, the first tasks open, the record begins."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from bpmn.messages import message
from engine import access, calendars, clock, deployments, history, ledger, roles, steps, values
from engine.database import line
from engine.errors import InvalidInput, NotAllowed, NotFound
from engine.history import Fact, Head
from engine.ledger import MAX_TOKEN, Act, Case, Seat, once_more
from engine.models import Definition, Instance, Person, Role, WorkItem
from engine.spiff.execution import Execution
from engine.steps import Situation, Waiting
from engine.timers import Clocks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from bpmn.diagram import Diagram, Node
    from engine.database import Database
    from engine.deployments import Binding
    from engine.people import Actor
    from engine.working_time import WorkingTime


STARTER = "starter"  # the capacity of who starts a case, and the place of what they filled in then
_BEFORE = select(Instance.id, Instance.starter_id).where(Instance.token == bindparam("token"))
# What a start reads at once: whether it was made before, the employee's unit, and the calendars.
_READ = (
    _BEFORE.with_only_columns(Instance.id).scalar_subquery(),
    select(Person.unit_id).where(Person.id == bindparam("subject")).scalar_subquery(),
    calendars.stamp(),
)
_AGAIN = select(*_READ)
_ASKED = deployments.in_force_of(bindparam("key")).add_columns(*_READ)
# Tables, not classes: what is written are rows, and of an insert only the id is asked.
_INSERT = insert(Instance.__table__).returning(Instance.id)
_SEAT = insert(Role.__table__)
_HEAD = (
    update(Instance.__table__)
    .where(Instance.id == bindparam("instance_id"))
    .values(last_seq=bindparam("seq"), last_hash=bindparam("hash"))
)


@dataclass(frozen=True)
class _Plan:
    """A case that may be started: what it runs, about whom, on which clock, and who does what."""

    definition: Definition
    bound: Binding
    subject_id: int
    working: WorkingTime
    seats: dict[str, Seat]
    chosen: Mapping[str, int]


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
        definition, _, *unit = found
        bound = deployments.binding(db, session, definition)
        _require_startable(session, actor, bound.program.diagram, subject_id)
        _require_asked(bound.program.diagram, given or {})
        plan = _planned(session, definition, bound, subject_id, unit, act, chosen or {})
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
        known, *unit = session.execute(_AGAIN, {"subject": subject_id, "token": token}).one()
        if known is not None:
            return None
        bound = deployments.binding(db, session, definition)
        plan = _planned(session, definition, bound, subject_id, unit, act, {})
    return _start(db, plan, act, {}, token)


def _planned(
    session: Session,
    definition: Definition,
    bound: Binding,
    subject_id: int,
    unit: Sequence[Any],
    act: Act,
    chosen: Mapping[str, int],
) -> _Plan:
    """``unit`` is the employee's, None for nobody's, and the stamp of the calendars."""
    unit_id, stamp = unit
    if unit_id is None:
        raise InvalidInput(message("Pegawai tidak dikenal."))
    diagram = bound.program.diagram
    resolved = roles.resolve(session, diagram, subject_id, act.person_id)
    filled = roles.chosen(session, diagram, resolved, chosen)
    seats: dict[str, Seat] = {p: (f.person_id, f.group_id) for p, f in filled.items()}
    working = calendars.of_unit(session, unit_id, stamp)
    return _Plan(definition, bound, subject_id, working, seats, chosen)


def _start(db: Database, plan: _Plan, act: Act, given: Mapping[str, Any], token: str) -> int:
    program = plan.bound.program
    asked, kept = program.diagram.start_form, values.dumps(dict(given))
    execution = Execution.start(program, dict(given))
    begun = _started(plan)
    if asked is not None:
        begun = replace(begun, element=asked.id, payload=history.digest(kept))
    act.facts.append(begun)
    act.facts.extend(Fact("role.chosen", p, {"person": i}) for p, i in sorted(plan.chosen.items()))
    nothing = Situation(execution, Clocks(program.diagram, plan.working), plan.seats, Waiting())
    step = steps.follow(nothing, act)
    with db.write() as session:
        case = _insert(session, nothing, plan, act, token)
        _seat(session, case.id, plan.seats)
        if asked is not None:
            _submit(session, case.id, asked, act, token, kept)
        steps.write(session, case, step, act)
    return case.id


def _known(session: Session, actor: Actor, token: str) -> int:
    """The case that the same request started before, where no other may be started."""
    known = _started_before(session, actor, token)
    if known is None:
        raise NotFound(message("Belum ada versi yang berlaku untuk proses ini."))
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
        raise InvalidInput(message("Formulir awal proses ini berubah; periksa isian Anda lagi."))


def _started(plan: _Plan) -> Fact:
    definition, called = plan.definition, plan.bound.versions
    details: dict[str, Any] = {
        "process": definition.key, "version": definition.version, "digest": definition.digest,
        "subject": plan.subject_id,
        "roles": {p: {"person": who, "group": group} for p, (who, group) in plan.seats.items()},
    }  # fmt: skip
    if called:
        details["called"] = {
            key: {"version": one.version, "digest": one.digest} for key, one in called.items()
        }
    return Fact("instance.started", details=details)


def _insert(session: Session, begun: Situation, plan: _Plan, act: Act, token: str) -> Case:
    """Writes the case and its first entries, whose hashes cover the id that it is given here."""
    row = {
        "definition_id": plan.definition.id, "subject_id": plan.subject_id,
        "starter_id": act.person_id, "token": token, "version": 1, "state": begun.execution.save(),
        "started_at": act.at, "last_seq": 0, "last_hash": history.GENESIS,
        "called": plan.bound.called, "status": "running",
    }  # fmt: skip
    instance_id = line(session).execute(_INSERT, row | steps.ending(begun, act)).scalar_one()
    rows, head = ledger.chained(instance_id, Head(0, history.GENESIS), act)
    line(session).execute(_HEAD, {"instance_id": instance_id, "seq": head.seq, "hash": head.hash})
    ledger.record(session, rows)
    return Case(instance_id, 1, head)


def _submit(
    session: Session, instance_id: int, asked: Node, act: Act, token: str, kept: bytes
) -> None:
    """Keeps what was filled in at the start, as at a step that was done as soon as it opened."""
    item = WorkItem(
        instance_id=instance_id, task=asked.kind, element=asked.id, place=act.capacity,
        status="completed", visit=1, person_id=act.person_id, opened_at=act.at, taken_up_at=act.at,
        closed_at=act.at, closed_by=act.person_id, counted=True,  # no work: for no figure
    )  # fmt: skip
    session.add(item)
    session.flush()
    ledger.submit(session, item, act, token, kept)


def _seat(session: Session, instance_id: int, seats: Mapping[str, Seat]) -> None:
    rows = [
        {"instance_id": instance_id, "place": place, "person_id": person, "group_id": group}
        for place, (person, group) in seats.items()
    ]
    if rows:
        line(session).execute(_SEAT, rows)
