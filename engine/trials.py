"""Diagrams that an analyst tries: each seen by its analyst alone, and gone when it is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import undefer

from bpmn.calls import with_called
from bpmn.messages import message
from engine import access, clock, values
from engine.checking import check
from engine.deployments import Binding, bound, drawn
from engine.errors import DiagramRefused, InvalidInput, NoLongerOpen, NotFound
from engine.models import Definition, Trial
from engine.spiff.programs import Program, compile_diagram

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import CursorResult
    from sqlalchemy.orm import Session

    from engine.database import Database
    from engine.people import Actor

MAX_OWN = 10
FORGOTTEN = timedelta(days=30)


@dataclass(frozen=True)
class Trying:
    """What is to be tried: a diagram, and the versions of what it calls as `Instance.called`."""

    source: bytes
    called: bytes | None
    program: Program


def trying(session: Session, source: bytes) -> Trying:
    """A diagram with what it would call now; raises `DiagramRefused` where it cannot be executed.

    A blocking finding is no hindrance: nobody has to be there to fill a lane.
    """
    report = check(source)
    if not report.may_run or len(report.programs) != 1:
        said = message("Diagram ini belum dapat dijalankan.")
        raise DiagramRefused(said, report.findings)
    (alone,) = report.programs
    called = Binding(alone, bound(session, alone.diagram)).called
    return Trying(source, called, _program(session, source, called))


def begin(db: Database, actor: Actor, name: str, what: Trying, state: bytes) -> int:
    """Keeps a new trial and returns its number; forgotten ones of the same analyst go."""
    now = clock.now()
    access.require_analyst(actor)
    with db.write() as session:
        own = Trial.person_id == actor.id
        session.execute(delete(Trial).where(own, Trial.changed_at < now - FORGOTTEN))
        if (session.scalar(select(func.count()).where(own)) or 0) >= MAX_OWN:
            said = message(
                "Anda sudah punya {n} percobaan. Akhiri salah satunya dahulu.", n=MAX_OWN
            )
            raise InvalidInput(said)
        trial = Trial(
            person_id=actor.id, name=name, source=what.source, called=what.called,
            state=state, changed_at=now,
        )  # fmt: skip
        session.add(trial)
        session.flush()
        return trial.id


def own(session: Session, actor: Actor) -> Sequence[Trial]:
    """An analyst's trials, the newest first."""
    access.require_analyst(actor)
    query = select(Trial).where(Trial.person_id == actor.id).order_by(Trial.id.desc())
    return session.scalars(query).all()


def found(session: Session, actor: Actor, trial_id: int) -> tuple[Trial, Program]:
    """A trial of one's own, with its program; raises `NotFound` for anybody else."""
    access.require_analyst(actor)
    mine = select(Trial).where(Trial.id == trial_id, Trial.person_id == actor.id)
    trial = session.scalar(mine.options(undefer(Trial.source)))
    if trial is None:
        raise NotFound(message("Percobaan itu tidak ada, atau sudah diakhiri."))
    return trial, _program(session, trial.source, trial.called)


def keep(db: Database, trial: Trial, state: bytes) -> None:
    """Keeps what has become of a trial; raises `NoLongerOpen` when another page was faster."""
    unchanged = update(Trial).where(Trial.id == trial.id, Trial.state == trial.state)
    with db.write() as session:
        kept: CursorResult[None] = session.execute(  # type: ignore[assignment]  # an UPDATE's
            unchanged.values(state=state, changed_at=clock.now())
        )
        if kept.rowcount != 1:
            raise NoLongerOpen(message("Percobaan ini berubah di halaman lain. Muat ulang."))


def end(db: Database, actor: Actor, trial_id: int) -> None:
    """Throws a trial away; nothing of it is left."""
    access.require_analyst(actor)
    mine = Trial.id == trial_id, Trial.person_id == actor.id
    with db.write() as session:
        session.execute(delete(Trial).where(*mine))


def _program(session: Session, source: bytes, called: bytes | None) -> Program:
    digests = sorted(values.loads(called).values()) if called else []
    query = select(Definition.source).where(Definition.digest.in_(digests))
    return _compiled(source, tuple(session.scalars(query.order_by(Definition.digest))))


@lru_cache(maxsize=16)  # an analyst presses on within seconds
def _compiled(source: bytes, called: tuple[bytes, ...]) -> Program:
    return compile_diagram(with_called(drawn(source), [drawn(one) for one in called]))
