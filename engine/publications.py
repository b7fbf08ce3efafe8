"""Putting versions into force: with a note, from now or from a day, agreed by a second person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, undefer

from bpmn.messages import message
from engine import access, clock, deployments, jobs, journal, values
from engine.database import one_at_a_time
from engine.errors import (
    DiagramRefused,
    InvalidInput,
    NoLongerOpen,
    NotAllowed,
    NotFound,
    StaleDirectory,
)
from engine.models import Definition, Job, Publication

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from engine.database import Database
    from engine.people import Actor

KIND = "publish"
FAILURE = "failure"  # of the job that tells who planned it
MAX_NOTE = 2000
OPEN = ("asked", "planned")


@dataclass(frozen=True)
class Proposal:
    """What is asked: the note, and from when (None: now).

    ``over`` is the id of the version in force that the author has compared it with (0: none).
    """

    note: str
    over: int
    effective_at: datetime | None = None


def publish(
    db: Database,
    actor: Actor,
    definition_id: int,
    asked: Proposal,
    *,
    topics: Collection[str],
    second: bool = False,
) -> Publication:
    """Puts a version into force, now or at an instant, or asks a ``second`` person to agree.

    Raises `NotAllowed`, `NotFound`, `InvalidInput`, `DiagramRefused`, and `NoLongerOpen` or
    `StaleDirectory` when it is in force already, or another came between.
    """
    access.require_analyst(actor)
    said = _text(asked.note)
    _require_activatable(db, definition_id, topics)
    now = clock.now()
    with db.write() as session:
        one_at_a_time(session)
        definition = deployments.definition(session, definition_id)
        _require_next(session, definition, asked.over)
        publication = Publication(
            definition=definition, note=said, person_id=actor.id, at=now,
            effective_at=max(asked.effective_at or now, now),
            state="asked" if second else "planned",
        )  # fmt: skip
        session.add(publication)
        session.flush()
        if second:
            _note(session, publication, actor.id)
        else:
            _carry_out(session, publication, actor.id)
    return publication


def approve(
    db: Database, actor: Actor, publication_id: int, *, topics: Collection[str]
) -> Publication:
    """A second analyst agrees: the version comes into force, or waits for its day."""
    with db.read() as session:
        definition_id = _asked(session, actor, publication_id).definition_id
    _require_activatable(db, definition_id, topics)
    with db.write() as session:
        one_at_a_time(session)
        publication = _asked(session, actor, publication_id)
        _decide(publication, actor, "planned")
        _carry_out(session, publication, actor.id)
    return publication


def refuse(db: Database, actor: Actor, publication_id: int, reason: str) -> Publication:
    """A second analyst does not agree, and says why."""
    said = _text(reason)
    with db.write() as session:
        one_at_a_time(session)
        publication = _asked(session, actor, publication_id)
        _decide(publication, actor, "refused")
        publication.reason = said
        _note(session, publication, actor.id)
    return publication


def withdraw(db: Database, actor: Actor, publication_id: int) -> Publication:
    """Takes back what waits for a second person or for its day."""
    access.require_analyst(actor)
    with db.write() as session:
        one_at_a_time(session)
        publication = _open(session, publication_id)
        _decide(publication, actor, "withdrawn")
        jobs.drop(session, Job.kind == KIND, Job.element == publication.definition.key)
        _note(session, publication, actor.id)
    return publication


def come_due(db: Database, job: Job, topics: Collection[str]) -> None:
    """The day of a planned publication: checked once more, in force or failed with the reason."""
    number = values.loads(job.details or b"")["publication"]
    with db.read() as session:
        definition_id = _open(session, number).definition_id
    failure = None
    try:
        _require_activatable(db, definition_id, topics)
    except DiagramRefused as error:
        failure = str(error)
    with db.write() as session:
        one_at_a_time(session)
        jobs.finish(session, job)
        publication = _open(session, number)
        if failure is None:
            _carry_out(session, publication, publication.person_id)
            return
        publication.state, publication.reason = "failed", failure[:MAX_NOTE]
        _note(session, publication, None)
        row = {"kind": FAILURE, "person_id": publication.person_id, "details": job.details}
        jobs.arm(session, [row | {"due": job.due, "ready": clock.now()}])


def note_done(db: Database, definition: Definition, note: str) -> None:
    """Keeps the note of a version that a command has put into force."""
    said, now = _text(note), clock.now()
    with db.write() as session:
        one_at_a_time(session)
        publication = Publication(
            definition=deployments.definition(session, definition.id), note=said,
            effective_at=now, at=now, state="done",
        )  # fmt: skip
        session.add(publication)
        session.flush()
        _note(session, publication, None)


def of_process(session: Session, key: str) -> Sequence[Publication]:
    """Every publication of a process, newest first."""
    query = select(Publication).join(Publication.definition).where(Definition.key == key)
    with_definition = query.options(joinedload(Publication.definition))
    return session.scalars(with_definition.order_by(Publication.id.desc())).all()


def failed(session: Session) -> Sequence[Publication]:
    """What failed on its day, as long as nothing newer was published of its process."""
    newest = select(func.max(Publication.id)).join(Publication.definition).group_by(Definition.key)
    query = select(Publication).where(Publication.id.in_(newest), Publication.state == "failed")
    return session.scalars(query.options(joinedload(Publication.definition))).all()


def require_none_waiting(session: Session, key: str) -> None:
    """Raises `NoLongerOpen` while a version of a process waits to come into force."""
    waiting = select(Publication.id).join(Publication.definition)
    waiting = waiting.where(Definition.key == key, Publication.state.in_(OPEN))
    if session.scalar(waiting.limit(1)) is not None:
        said = message("Pemberlakuan lain dari proses ini masih menunggu; tarik dahulu.")
        raise NoLongerOpen(said)


def may_decide(actor: Actor, publication: Publication) -> bool:
    """Whether somebody is another analyst than who asked and who deployed."""
    theirs = publication.person_id, publication.definition.deployed_by
    return access.may_deploy(actor) and actor.id not in theirs


def _text(text: str) -> str:
    said = text.strip()
    if not said:
        raise InvalidInput(message("Catatan wajib diisi."))
    if len(said) > MAX_NOTE:
        raise InvalidInput(message("Catatan paling banyak {n} huruf.", n=MAX_NOTE))
    return said


def _require_activatable(db: Database, definition_id: int, topics: Collection[str]) -> None:
    """Checked before the write, which is not to hold anybody up."""
    with db.read() as session:
        source = deployments.definition(session, definition_id).source
        report = deployments.full_report(session, source, topics)
    deployments.require_activatable(report)


def _require_next(session: Session, definition: Definition, over: int) -> None:
    deployments.require_in_use(session, definition.key)
    current = deployments.in_force(session, definition.key)
    if current is not None and current.id == definition.id:
        raise NoLongerOpen(message("Versi ini sudah berlaku."))
    if (current.id if current else 0) != over:
        said = message("Versi yang berlaku sudah berganti. Periksa lagi perubahannya.")
        raise StaleDirectory(said)
    require_none_waiting(session, definition.key)


def _open(session: Session, publication_id: int) -> Publication:
    whole = joinedload(Publication.definition).options(undefer(Definition.source))
    query = select(Publication).where(Publication.id == publication_id).options(whole)
    publication = session.scalar(query)
    if publication is None:
        raise NotFound(message("Pemberlakuan itu tidak ada."))
    if publication.state not in OPEN:
        raise NoLongerOpen(message("Pemberlakuan ini sudah diputuskan."))
    return publication


def _asked(session: Session, actor: Actor, publication_id: int) -> Publication:
    access.require_analyst(actor)
    publication = _open(session, publication_id)
    if publication.state != "asked":
        raise NoLongerOpen(message("Pemberlakuan ini sudah diputuskan."))
    if not may_decide(actor, publication):
        said = message("Yang menyetujui harus analis lain: bukan pengusul, bukan pengunggah.")
        raise NotAllowed(said)
    return publication


def _decide(publication: Publication, actor: Actor, state: str) -> None:
    publication.state = state
    publication.decided_by, publication.decided_at = actor.id, clock.now()


def _carry_out(session: Session, publication: Publication, person_id: int | None) -> None:
    """Into force now, or a job for its day."""
    at = publication.effective_at
    if at > clock.now():
        publication.state = "planned"
        details = values.dumps({"publication": publication.id})
        row = {"kind": KIND, "element": publication.definition.key, "details": details}
        jobs.arm(session, [row | {"due": at, "ready": at}])
    else:
        publication.state = "done"
        deployments.put_into_force(session, publication.definition, person_id)
    _note(session, publication, person_id)


def _note(session: Session, publication: Publication, person_id: int | None) -> None:
    definition = publication.definition
    details = {
        "process": definition.key, "version": definition.version, "publication": publication.id,
    }  # fmt: skip
    journal.record(session, f"publication.{publication.state}", details, person_id=person_id)
