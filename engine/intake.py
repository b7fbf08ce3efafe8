"""Imports of files of people: checked by a worker, shown, and then applied by it.

A job of the kind ``people`` does what the state of its import asks for, and does nothing twice:
it may be stopped at any moment.
"""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update
from sqlalchemy.orm import undefer

from bpmn.messages import message
from engine import (
    access,
    clock,
    directory_change,
    directory_files,
    directory_import,
    intake_record,
    jobs,
    spreadsheets,
    values,
)
from engine.database import Database
from engine.errors import InvalidInput, NoLongerOpen, NotAllowed, NotFound, StaleDirectory
from engine.models import DirectoryImport

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from engine.directory_import import Plan
    from engine.models import Job
    from engine.people import Actor

PAGE = 20
PAUSE = 1.0  # seconds between two notes of how far it has come
RESTING = ("refused", "ready", "failed")  # nobody works on it, and its file is there
STOPPED = message("Impor ini sedang dikerjakan, sudah diterapkan, atau sudah dibuang.")
_WHOLE = select(DirectoryImport).options(
    undefer(DirectoryImport.file), undefer(DirectoryImport.plan)
)


def submit(db: Database, actor: Actor, name: str, data: bytes, *, retire_others: bool) -> int:
    """Keeps a file and has it checked; the id of the import.

    Raises `NotAllowed`, and `InvalidInput` for what is plainly no file of people.
    """
    _require_administrator(actor)
    spreadsheets.rows_of(data)
    with db.write() as session:
        made = DirectoryImport(
            at=clock.now(), person_id=actor.id, name=name, file=data, retire_others=retire_others,
            state="checking",
        )  # fmt: skip
        session.add(made)
        session.flush()
        _arm(session, made.id)
        return made.id


def apply(db: Database, actor: Actor, import_id: int) -> None:
    """Has a checked import applied; raises `NoLongerOpen` when it is not to be."""
    _move(db, actor, import_id, ("ready",), "applying")


def check_again(db: Database, actor: Actor, import_id: int) -> None:
    """Has an import compared with the directory as it is now."""
    _move(db, actor, import_id, RESTING, "checking")


def drop(db: Database, actor: Actor, import_id: int) -> None:
    """Drops an import that was not applied, with its file."""
    _require_administrator(actor)
    with db.write() as session:
        _change(session, import_id, RESTING, state="dropped", file=b"", plan=None)


def found(session: Session, actor: Actor, import_id: int) -> DirectoryImport:
    """An import with its plan; raises `NotFound`."""
    _require_administrator(actor)
    one = select(DirectoryImport).options(undefer(DirectoryImport.plan))
    read = session.scalars(one.where(DirectoryImport.id == import_id)).one_or_none()
    if read is None:
        raise NotFound(message("Impor ini tidak ada."))
    return read


def page(session: Session, actor: Actor, before: int | None) -> Sequence[DirectoryImport]:
    """The newest imports, or those before one."""
    _require_administrator(actor)
    query = select(DirectoryImport).order_by(DirectoryImport.id.desc()).limit(PAGE)
    if before is not None:
        query = query.where(DirectoryImport.id < before)
    return session.scalars(query).all()


def run(db: Database, job: Job) -> None:
    """Does the next part of an import: checks it, or applies it."""
    import_id = values.loads(job.details or b"")["import"]
    with db.read() as session:
        read = session.scalars(_WHOLE.where(DirectoryImport.id == import_id)).one()
    if read.state == "checking":
        _check(db, job, read)
    elif read.state == "applying":
        _apply(db, job, read)
    else:
        with db.write() as session:
            jobs.finish(session, job)


def _check(db: Database, job: Job, read: DirectoryImport) -> None:
    sent = intake_record.loads(read.plan).file or hashlib.sha256(read.file).hexdigest()
    try:
        read.file = spreadsheets.quicker(read.file)  # it is read once more to be applied
        plan = _plan(db, read)
    except InvalidInput as error:
        _end(db, job, read, state="refused", plan=intake_record.of_reason(error.message, sent))
        return
    state, record = "refused" if plan.faults else "ready", intake_record.of_plan(plan, sent)
    _end(db, job, read, state=state, file=read.file, plan=record, done=plan.rows)


def _apply(db: Database, job: Job, read: DirectoryImport) -> None:
    shown = intake_record.loads(read.plan)
    try:
        plan = _plan(db, read)
        if plan.faults or plan.digest != shown.digest:
            raise directory_change.stale()
        with db.write() as session:
            directory_change.write(session, plan, shown.file, read.person_id)
            over = {"state": "applied", "applied_at": clock.now(), "file": b""}
            _change(session, read.id, ("applying",), **over, plan=intake_record.of_counts(plan))
            jobs.finish(session, job)
    except StaleDirectory as error:
        record = intake_record.of_reason(error.message, shown.file)
        _end(db, job, read, state="failed", plan=record)


def _plan(db: Database, read: DirectoryImport) -> Plan:
    table = directory_files.read(read.file)
    progress = _Progress(db, read)
    with db.read() as session:
        return directory_import.plan(
            session, table, retire_others=read.retire_others, tick=progress
        )


def _end(db: Database, job: Job, read: DirectoryImport, **changes: Any) -> None:
    with db.write() as session:
        _change(session, read.id, (read.state,), **changes)
        jobs.finish(session, job)


def _move(db: Database, actor: Actor, import_id: int, states: tuple[str, ...], to: str) -> None:
    _require_administrator(actor)
    with db.write() as session:
        _change(session, import_id, states, state=to, done=0, total=0)
        _arm(session, import_id)


def _change(session: Session, import_id: int, states: tuple[str, ...], **changes: Any) -> None:
    """Changes an import that is in one of these states; raises `NoLongerOpen` otherwise."""
    mine = DirectoryImport.id == import_id, DirectoryImport.state.in_(states)
    changed = update(DirectoryImport).where(*mine).values(**changes)
    if session.execute(changed.returning(DirectoryImport.id)).one_or_none() is None:
        raise NoLongerOpen(STOPPED)


def _arm(session: Session, import_id: int) -> None:
    now = clock.now()
    details = values.dumps({"import": import_id})
    jobs.arm(session, [{"kind": "people", "due": now, "ready": now, "details": details}])


def _require_administrator(actor: Actor) -> None:
    if not access.may_administer(actor):
        raise NotAllowed(message("Halaman ini untuk administrator."))


class _Progress:
    """Notes now and then how many rows are through, in transactions of their own."""

    def __init__(self, db: Database, read: DirectoryImport) -> None:
        self._db, self._id = db, read.id
        self._said = time.monotonic()
        # Of a workbook nobody knows it before its end.
        is_workbook = read.file.startswith(spreadsheets.WORKBOOK)
        self._total = 0 if is_workbook else read.file.rstrip().count(b"\n")

    def __call__(self, done: int) -> None:
        if time.monotonic() - self._said < PAUSE:
            return
        self._said = time.monotonic()
        with self._db.write() as session:
            through = {"done": done, "total": max(self._total, done) if self._total else 0}
            of_this = DirectoryImport.id == self._id
            session.execute(update(DirectoryImport).where(of_this).values(through))
