"""Starting a case: the roles are filled, the first tasks open, the record begins."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from bpmn.messages import message
from engine import access, calendars, clock, deployments, history, ledger, roles, steps, values
from engine.errors import InvalidInput, NotAllowed, NotFound
from engine.history import Fact, Head
from engine.ledger import MAX_TOKEN, Act, Case, Seat, once_more
from engine.models import Definition, Instance, Person, Role, WorkItem
from engine.spiff.execution import Execution
from engine.steps import Situation, Waiting
from engine.timers import Clocks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from bpmn.diagram import Diagram, Node
    from engine.database import Database
    from engine.people import Actor


STARTER = "starter"  # the capacity of who starts a case, and the place of what they filled in then


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
    with db.read() as session:
        known = _started_before(session, actor, token)
        if known is not None:
            return known
        definition = deployments.in_force(session, key)
        if definition is None:
            raise NotFound(message("Belum ada versi yang berlaku untuk proses ini."))
        diagram = deployments.binding(db, session, definition).program.diagram
        _require_startable(session, actor, diagram, subject_id)
    _require_asked(diagram, given or {})
    act = Act(actor, STARTER, clock.now())
    try:
        return _start(db, definition, subject_id, act, chosen or {}, given or {}, token)
    except IntegrityError:  # the same request came twice at once: the other one has started it
        with db.read() as session:
            known = _started_before(session, actor, token)
        if known is None:
            raise
        return known


def start_by_timer(db: Database, definition: Definition, subject_id: int, token: str) -> int | None:
    """Starts a case that no person has asked for; None when the token has started one before."""
    with db.read() as session:
        if session.scalar(select(Instance.id).where(Instance.token == token)) is not None:
            return None
    return _start(db, definition, subject_id, Act(None, "timer", clock.now()), {}, {}, token)


def _start(
    db: Database,
    definition: Definition,
    subject_id: int,
    act: Act,
    chosen: Mapping[str, int],
    given: Mapping[str, Any],
    token: str,
) -> int:
    starter_id = act.person_id
    with db.read() as session:
        bound = deployments.binding(db, session, definition)
        program = bound.program
        subject = session.get(Person, subject_id)
        if subject is None:
            raise InvalidInput(message("Pegawai tidak dikenal."))
        resolved = roles.resolve(session, program.diagram, subject_id, starter_id)
        filled = roles.chosen(session, program.diagram, resolved, chosen)
        working = calendars.of_unit(session, subject.unit_id)
    asked, kept = program.diagram.start_form, values.dumps(dict(given))
    execution = Execution.start(program, dict(given))
    seats: dict[str, Seat] = {p: (f.person_id, f.group_id) for p, f in filled.items()}
    begun = _started(definition, subject_id, seats, bound.versions)
    if asked is not None:
        begun = replace(begun, element=asked.id, payload=history.digest(kept))
    act.facts.append(begun)
    act.facts.extend(Fact("role.chosen", p, {"person": i}) for p, i in sorted(chosen.items()))
    nothing = Situation(execution, Clocks(program.diagram, working), seats, Waiting())
    step = steps.follow(nothing, act)
    with db.write() as session:
        instance, head = _insert(session, nothing, definition, subject_id, act, token, bound.called)
        _seat(session, instance.id, seats)
        if asked is not None:
            _submit(session, instance.id, asked, act, token, kept)
        case = Case(instance.id, instance.version, head)
        steps.write(session, case, step, act)
    return instance.id


def _started_before(session: Session, actor: Actor, token: str) -> int | None:
    """The case that the same request started before."""
    query = select(Instance.id, Instance.starter_id).where(Instance.token == token)
    row = session.execute(query).one_or_none()
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


def _started(
    definition: Definition,
    subject_id: int,
    seats: Mapping[str, Seat],
    called: Mapping[str, Definition],
) -> Fact:
    details: dict[str, Any] = {
        "process": definition.key, "version": definition.version, "digest": definition.digest,
        "subject": subject_id,
        "roles": {p: {"person": person, "group": group} for p, (person, group) in seats.items()},
    }  # fmt: skip
    if called:
        details["called"] = {
            key: {"version": one.version, "digest": one.digest} for key, one in called.items()
        }
    return Fact("instance.started", details=details)


def _insert(
    session: Session,
    begun: Situation,
    definition: Definition,
    subject_id: int,
    act: Act,
    token: str,
    called: bytes | None,
) -> tuple[Instance, Head]:
    instance = Instance(
        definition_id=definition.id, subject_id=subject_id, starter_id=act.person_id, token=token,
        version=1, state=begun.execution.save(), started_at=act.at, last_seq=0,
        last_hash=history.GENESIS, called=called,
        **({"status": "running"} | steps.ending(begun, act)),
    )  # fmt: skip
    session.add(instance)
    session.flush()
    rows, head = ledger.chained(instance.id, Head(0, history.GENESIS), act)
    instance.last_seq, instance.last_hash = head.seq, head.hash
    ledger.record(session, rows)
    return instance, head


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
        session.execute(insert(Role), rows)
