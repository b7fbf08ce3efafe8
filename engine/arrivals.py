"""What reaches cases from outside: a message goes to the one that waits for it, a signal to all.

Both are jobs: the step that throws one arms it, and each arrival is a step of the case that it
reaches, done once however often the job is handed out.
"""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bpmn.messages import message
from engine import clock, history, jobs, ledger, steps, subscriptions, values
from engine.errors import InvalidInput, JobGone, StepFailed, Suspended, Unawaited
from engine.history import Fact
from engine.ledger import Act, once_more

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine.database import Database
    from engine.models import Job, Subscription

SUSPENDED_PAUSE = timedelta(minutes=1)  # until a signal looks again whether its case goes on


def send(session: Session, name: str, key: str | None, data: dict[str, Any]) -> None:
    """Sends a message that comes from outside the office, to be delivered by the worker."""
    if not 0 < len(name) <= subscriptions.MAX_KEY:
        raise InvalidInput(message("Pesan memerlukan nama."))
    details = {"key": uuid.uuid4().hex, "name": name, "correlation": key, "data": data}
    now = clock.now()
    jobs.arm(session, [
        {"kind": "message", "due": now, "ready": now, "details": values.dumps(details)}
    ])  # fmt: skip


def deliver(db: Database, job: Job) -> None:
    """Brings a message to the one case that waits for its name and key.

    Raises `Unawaited` when none does yet, and `StepFailed` when it is not clear which.
    """
    details = values.loads(job.details or b"{}")
    with db.read() as session:
        found = subscriptions.awaiting(
            session, "message", details["name"], details.get("correlation")
        )
    if not found:
        raise Unawaited(
            message('Tidak ada kasus yang menunggu pesan "{name}".', name=details["name"])
        )
    if len(found) > 1:
        said = message(
            'Lebih dari satu kasus menunggu pesan "{name}": beri alur:correlation.',
            name=details["name"],
        )
        raise StepFailed(said)
    try:
        arrived = _arrive(db, job, found[0], details.get("data", {}))
    except Suspended as error:
        raise Unawaited(error.message) from error
    if not arrived:
        raise Unawaited(
            message('Tidak ada kasus yang menunggu pesan "{name}".', name=details["name"])
        )


def broadcast(db: Database, job: Job) -> None:
    """Tells every other case that waits for a signal; the one that threw it knows already."""
    name = values.loads(job.details or b"{}")["name"]
    now = clock.now()
    with db.write() as session:
        jobs.finish(session, job)
        jobs.arm(session, [
            {
                "kind": "event", "instance_id": one.instance_id, "task": one.task,
                "element": one.element, "due": now, "ready": now,
            }
            for one in subscriptions.awaiting(session, "signal", name)
            if one.instance_id != job.instance_id
        ])  # fmt: skip


def signal(db: Database, job: Job) -> None:
    """Lets a signal reach one case, unless that has moved on; it waits while that is suspended."""
    with db.read() as session:
        waiting = [
            one
            for one in subscriptions.of_instance(session, job.instance_id or 0)
            if one.task == job.task
        ]
    try:
        arrived = bool(waiting) and _arrive(db, job, waiting[0], {})
    except Suspended:  # a signal that was thrown before is held, and this one looks again
        with suppress(JobGone), db.write() as session:
            jobs.move(session, job, ready=clock.now() + SUSPENDED_PAUSE)
        raise
    if not arrived:
        with db.write() as session:
            jobs.finish(session, job)


@once_more
def _arrive(db: Database, job: Job, awaited: Subscription, data: dict[str, Any]) -> bool:
    """Lets a message or signal arrive in a case; whether that was still waiting for it."""
    with db.read() as session:
        case = steps.read_case(session, awaited.instance_id)
        before = steps.situation(db, session, case)
        if case.status == "cancelled" or awaited.task not in before.waiting.events:
            return False  # a cancelled case's state stays as it was
        node = before.diagram.nodes[awaited.element]
        missing = [name for name in node.gives if name not in data]
        if missing:
            said = message(
                'Pesan "{name}" tidak membawa "{what}".', name=awaited.name, what=missing[0]
            )
            raise StepFailed(said)
        given = {name: data[name] for name in node.gives}
        digest = history.digest(values.dumps(given))
        fact = Fact(f"{awaited.kind}.received", node.id, {"name": awaited.name}, payload=digest)
        act = Act(None, awaited.kind, clock.now(), [fact])
        before.execution.receive(awaited.task, given)
        step = steps.follow(before, act)
        state = before.execution.save()
        with db.write(session):
            ledger.append(session, case, act, state=state, **steps.ending(before, act))
            jobs.finish(session, job)
            steps.write(session, case, step, act)
    return True
