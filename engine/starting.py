"""Starting a case: the roles are filled, the first tasks open, the record begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from bpmn.messages import message
from engine import access, clock, deployments, history, ledger, roles
from engine.errors import InvalidInput, NotAllowed, NotFound
from engine.execution import Execution
from engine.history import Fact, Head
from engine.ledger import MAX_TOKEN, Act, Seat
from engine.models import Definition, Instance, Person, Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from bpmn.diagram import Diagram
    from engine.database import Database
    from engine.people import Actor


def start(
    db: Database,
    actor: Actor,
    key: str,
    subject_id: int,
    chosen: Mapping[str, int] | None = None,
    *,
    token: str,
) -> int:
    """Starts a case of the version in force; the same ``token`` again gives the same case.

    ``chosen`` are the starter's own choices, place to person. Returns the instance's id. Raises
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
        program = deployments.program(db, definition.digest)
        _require_startable(session, actor, program.diagram, subject_id)
        resolved = roles.resolve(session, program.diagram, subject_id, actor.id)
        filled = roles.chosen(session, program.diagram, resolved, chosen or {})
    execution = Execution.start(program, {})
    ledger.require_alive(execution)
    seats: dict[str, Seat] = {p: (f.person_id, f.group_id) for p, f in filled.items()}
    facts = [_started(definition, subject_id, seats)]
    facts += [Fact("role.chosen", p, {"person": i}) for p, i in sorted((chosen or {}).items())]
    act = Act(actor, "starter", clock.now(), facts)
    items = ledger.opened(execution, {}, seats, act)
    act.facts.extend(ledger.consequences(execution, items))
    try:
        with db.write() as session:
            instance = _insert(session, execution, definition, subject_id, act, token)
            _seat(session, instance.id, seats)
            ledger.insert_items(session, instance.id, items, actor.id)
    except IntegrityError:  # the same request came twice at once: the other one has started it
        with db.read() as session:
            known = _started_before(session, actor, token)
        if known is None:
            raise
        return known
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
    if session.get(Person, subject_id) is None:
        raise InvalidInput(message("Pegawai tidak dikenal."))


def _started(definition: Definition, subject_id: int, seats: Mapping[str, Seat]) -> Fact:
    details = {
        "process": definition.key, "version": definition.version, "digest": definition.digest,
        "subject": subject_id,
        "roles": {p: {"person": person, "group": group} for p, (person, group) in seats.items()},
    }  # fmt: skip
    return Fact("instance.started", details=details)


def _insert(
    session: Session,
    execution: Execution,
    definition: Definition,
    subject_id: int,
    act: Act,
    token: str,
) -> Instance:
    instance = Instance(
        definition_id=definition.id, subject_id=subject_id, starter_id=act.actor.id, token=token,
        status="completed" if execution.ended else "running", version=1, state=execution.save(),
        started_at=act.at, ended_at=act.at if execution.ended else None,
        last_seq=0, last_hash=history.GENESIS,
    )  # fmt: skip
    session.add(instance)
    session.flush()
    rows, head = ledger.chained(instance.id, Head(0, history.GENESIS), act)
    instance.last_seq, instance.last_hash = head.seq, head.hash
    ledger.record(session, rows)
    return instance


def _seat(session: Session, instance_id: int, seats: Mapping[str, Seat]) -> None:
    rows = [
        {"instance_id": instance_id, "place": place, "person_id": person, "group_id": group}
        for place, (person, group) in seats.items()
    ]
    if rows:
        session.execute(insert(Role), rows)
