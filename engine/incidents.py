"""Incidents: what failed and stands still, and how people overcome it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from bpmn.messages import message
from engine import access, clock, firing, history, jobs, ledger, steps, supervision, values
from engine.errors import InvalidInput, NoLongerOpen, NotAllowed, NotFound
from engine.history import Fact
from engine.ledger import Act, once_more
from engine.models import Incident, Instance, Job, Person
from engine.supervision import require_reason

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.orm import Session

    from engine.database import Database
    from engine.ledger import Case, Write
    from engine.people import Actor
    from engine.steps import Step
    from engine.timers import Row

PAGE = 50


def unresolved(session: Session, actor: Actor, before: int | None = None) -> Sequence[Incident]:
    """What stands still in the cases a person supervises, newest first; for administrators all."""
    query = select(Incident).where(Incident.resolved_at.is_(None)).order_by(Incident.id.desc())
    if not actor.is_administrator:
        theirs = Person.unit_id.in_(actor.supervises)
        query = query.join(Instance).join(Person, Instance.subject_id == Person.id).where(theirs)
    if before is not None:
        query = query.where(Incident.id < before)
    case = joinedload(Incident.instance)
    options = case.joinedload(Instance.definition), case.joinedload(Instance.subject)
    return session.scalars(query.options(*options).limit(PAGE)).all()


@once_more
def retry(db: Database, actor: Actor, incident_id: int) -> None:
    """Has the failed job tried again at once, on the record of its case if it has one."""

    def read(session: Session) -> Write:
        incident, job = _open(session, actor, incident_id)
        if job is None:
            said = message("Langkah ini dicoba lagi dengan menyelesaikan tugasnya.")
            raise InvalidInput(said)
        if incident.instance is not None:
            _require_clock(incident.instance, job)
        return _retrying(session, actor, [(incident, job)])

    ledger.carry_out(db, read)


def retrying(session: Session, actor: Actor, instance_id: int, reason: str) -> Write:
    """What trying all again writes that has failed in a case, with the reason why.

    Raises as `require_retriable` does, and `NotFound`.
    """
    said = require_reason(reason)
    instance, _ = supervision.read(session, instance_id)
    found = failed(session, [instance_id])[instance_id]
    require_retriable(actor, instance, found)
    return _retrying(session, actor, found, said)


def failed(
    session: Session, instance_ids: Collection[int]
) -> defaultdict[int, list[tuple[Incident, Job]]]:
    """The open incidents of cases whose jobs may be tried again, by case."""
    query = select(Incident, Job).join(Job, Incident.job_id == Job.id).where(
        Incident.instance_id.in_(instance_ids), Incident.resolved_at.is_(None),
        Job.state == "failed",
    )  # fmt: skip
    found: defaultdict[int, list[tuple[Incident, Job]]] = defaultdict(list)
    for incident, job in session.execute(query.order_by(Incident.id)):
        found[incident.instance_id or 0].append((incident, job))
    return found


def require_retriable(
    actor: Actor, instance: Instance, found: Sequence[tuple[Incident, Job]]
) -> None:
    """Raises `NotAllowed`, `NoLongerOpen` where nothing has failed, or `Suspended`."""
    if not access.may_mend(actor, instance):
        raise NotAllowed(message("Ini untuk pengawas unit pegawai yang bersangkutan."))
    if not found:
        raise NoLongerOpen(message("Tidak ada insiden yang dapat dicoba lagi."))
    for _, job in found:
        _require_clock(instance, job)


def _retrying(
    session: Session,
    actor: Actor,
    found: Sequence[tuple[Incident, Job]],
    note: str | None = None,
) -> Write:
    """What trying again writes that has failed in one case, or in none."""
    now, of_case = clock.now(), found[0][1].instance_id
    case = steps.read_case(session, of_case) if of_case is not None else None
    why = {"reason": note} if note else {}
    facts = [Fact("incident.retried", one.element, {"job": one.kind} | why) for _, one in found]
    act = Act.overseeing(actor, case.unit_id if case else 0, now, *facts)

    def write(session: Session) -> None:
        if case is not None:
            ledger.append(session, case, act)
        for incident, job in found:
            jobs.move(session, job, state="armed", ready=now)
            _resolve(session, incident, actor, "retried", note)

    return write


def _require_clock(instance: Instance, job: Job) -> None:
    if job.task is not None:  # what is sent off has no clock
        steps.require_going(instance.status)


@once_more
def resolve(db: Database, actor: Actor, incident_id: int, reason: str) -> None:
    """Overcomes an incident by hand: the job is dropped; a service task counts as done.

    On the record of the case, with the reason. Raises `StepFailed` when the case needs what the
    service task should have given.
    """
    said = require_reason(reason)
    with db.read() as session:
        incident, job = _open(session, actor, incident_id)
    if job is None or job.instance_id is None:
        _leave(db, actor, incident, job, said)
        return
    with db.read() as session:
        case = steps.read_case(session, job.instance_id)
    fact = Fact("incident.resolved", job.element, {"reason": said, "job": job.kind})
    act = _act(actor, incident, fact)
    changes, step = _without(db, case, job, act)
    with db.write() as session:
        ledger.append(session, case, act, **changes)
        jobs.finish(session, job)
        if step is not None:
            steps.write(session, case, step, act)
        _resolve(session, incident, actor, "dropped", said)


def _act(actor: Actor, incident: Incident, fact: Fact) -> Act:
    unit_id = incident.instance.subject.unit_id if incident.instance else 0
    return Act.overseeing(actor, unit_id, clock.now(), fact)


def _leave(db: Database, actor: Actor, incident: Incident, job: Job | None, said: str) -> None:
    """Leaves alone what belongs to no case, or is a task that its person completes."""
    if job is not None and job.kind == "start":
        firing.go_on(db, job)
    with db.write() as session:
        if job is not None and job.kind != "start":
            jobs.finish(session, job)
        _resolve(session, incident, actor, "dropped", said)


def _without(db: Database, case: Case, job: Job, act: Act) -> tuple[Row, Step | None]:
    """What changes of the instance, and what follows, when a job of its state is left out."""
    if job.task is None:  # what was sent off is no part of the state any more
        return {}, None
    with db.read() as session:
        before = steps.situation(db, session, case)
    if job.task in before.waiting.timers and before.execution.host(job.task) is None:
        said_so = message("Batas ini menentukan arah kasus: perbaiki sebabnya, lalu coba lagi.")
        raise InvalidInput(said_so)
    if job.task in before.waiting.services:
        given = dict.fromkeys(before.diagram.nodes[job.element or ""].gives)
        before.execution.complete(job.task, given)
        digest = history.digest(values.dumps(given))
        act.facts.append(Fact("service.completed", job.element, payload=digest))
    step = steps.follow(before, act, idle=frozenset({job.task}))
    return {"state": before.execution.save()} | steps.ending(before, act), step


def _open(session: Session, actor: Actor, incident_id: int) -> tuple[Incident, Job | None]:
    of_case = joinedload(Incident.instance).joinedload(Instance.subject)
    incident = session.get(Incident, incident_id, options=[of_case])
    if incident is None:
        raise NotFound(message("Insiden itu tidak ada."))
    if not access.may_mend(actor, incident.instance):
        raise NotAllowed(message("Ini untuk pengawas unit pegawai yang bersangkutan."))
    if incident.resolved_at is not None:
        raise NoLongerOpen(message("Insiden ini sudah diatasi."))
    mine = Job.id == incident.job_id, Job.state == "failed"
    return incident, session.scalar(select(Job).where(*mine))


def _resolve(
    session: Session, incident: Incident, actor: Actor, outcome: str, note: str | None = None
) -> None:
    now = clock.now()
    overcome = {"resolved_at": now, "resolved_by": actor.id, "outcome": outcome, "note": note}
    open_one = Incident.id == incident.id, Incident.resolved_at.is_(None)
    session.execute(update(Incident).where(*open_one).values(**overcome))
