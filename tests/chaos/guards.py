"""Guards of the engine that can be taken out of a process, to see that the checker notices.

Never of the product: what is changed here is changed in a process that the harness has begun.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, select, update

from bpmn.messages import message
from engine import history, instances, jobs, ledger
from engine.database import Database, line
from engine.errors import NoLongerOpen
from engine.history import Head
from engine.models import Instance, Job

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.orm import Session


def _version() -> None:
    """A step is written whatever came between its reading and its writing: the last one wins."""
    table = Instance.__table__
    blind = update(table).where(table.c.id == bindparam("case"))

    def append(session: Session, case: ledger.Case, act: ledger.Act, **changes: Any) -> None:
        head = select(Instance.version, Instance.last_seq, Instance.last_hash)
        read = head.where(Instance.id == case.id).with_for_update()
        version, *end = session.execute(read).one()
        rows, new = history.chain(
            case.id, Head(*end), act.recorded,
            at=act.at, person_id=act.person_id, capacity=act.capacity,
        )  # fmt: skip
        advanced = {"version": version + 1, "last_seq": new.seq, "last_hash": new.hash}
        line(session).execute(blind, {"case": case.id} | advanced | changes)
        ledger.record(session, rows)

    def append_all(session: Session, acts: Sequence[tuple[ledger.Case, ledger.Act, Any]]) -> None:
        for case, act, changes in acts:
            append(session, case, act, **changes)

    ledger.append, ledger.append_all = append, append_all


def _job() -> None:
    """A job is deleted when it is begun, and not in the write of its effect."""
    begin, known = jobs.begin, ("seal", "retain", "count")

    def begun(db: Database, held: Sequence[jobs.Lease]) -> list[Job]:
        found = begin(db, held)
        gone = [job.id for job in found if job.kind not in known]
        with db.write() as session:
            session.execute(delete(Job).where(Job.id.in_(gone)))
        return found

    jobs.begin = begun
    jobs._require = lambda *_: None


def _token() -> None:
    """A request that comes again is not known again."""

    def refused(_session: Session, *_: Any) -> instances.Completion:
        raise NoLongerOpen(message("Tugas ini sudah ditutup."))

    instances._completed_before = refused


def _claim() -> None:
    """A task that somebody has taken can be taken."""
    instances._require_unclaimed = lambda *_: None
    instances._require_workable = lambda *_: None


def _proof() -> None:
    """A commit whose answer is lost counts as done, without a look."""
    Database._stands = lambda *_: True


WITHOUT: dict[str, Callable[[], None]] = {
    "version": _version, "job": _job, "token": _token, "claim": _claim, "proof": _proof,
}  # fmt: skip


def take_out(name: str) -> None:
    """Takes a guard out of this process; nothing without a name."""
    if name:
        WITHOUT[name]()
