"""The office's own record: what was done to the directory, to duties and to records themselves.

Append-only and chained like the history of a case (see `engine.history`). Details name people by
their ids alone, so that nothing of it has to be forgotten when somebody's data is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, literal, or_, select
from sqlalchemy.orm import joinedload

from engine import clock, values
from engine.database import one_at_a_time
from engine.history import GENESIS, Head, entry_hash
from engine.models import JournalEntry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

PAGE = 50
# Under which names the details of an entry speak of people.
ROLES = ("person", "absent", "substitute", "subject")


def record(
    session: Session, kind: str, details: dict[str, Any], *, person_id: int | None = None
) -> None:
    """Appends an entry in the transaction of the deed; ``person_id`` is None for the system."""
    one_at_a_time(session)
    head = head_of(session)
    row: dict[str, Any] = {
        "seq": head.seq + 1, "at": clock.now(), "person_id": person_id, "kind": kind,
        "details": values.dumps(details), "previous": head.hash,
    }  # fmt: skip
    session.execute(insert(JournalEntry).values(**row, hash=entry_hash(row)))


def head_of(session: Session) -> Head:
    """The end of the chain."""
    query = select(JournalEntry.seq, JournalEntry.hash).order_by(JournalEntry.seq.desc()).limit(1)
    last = session.execute(query).one_or_none()
    return Head(0, GENESIS) if last is None else Head(*last)


def page(session: Session, before: int | None = None) -> Sequence[JournalEntry]:
    """The newest entries with their people, or those before one."""
    return _page(session, select(JournalEntry), before)


def about(session: Session, person_id: int, before: int | None = None) -> Sequence[JournalEntry]:
    """The newest entries that name a person in their details, or those before one."""
    named = (f'"{role}":{person_id}{end}'.encode() for role in ROLES for end in ",}")
    query = select(JournalEntry).where(or_(*(_holds(session, text) for text in named)))
    return _page(session, query, before)


def _page(
    session: Session, query: Select[JournalEntry], before: int | None
) -> Sequence[JournalEntry]:
    if before is not None:
        query = query.where(JournalEntry.seq < before)
    query = query.options(joinedload(JournalEntry.person)).order_by(JournalEntry.seq.desc())
    return session.scalars(query.limit(PAGE)).all()


def _holds(session: Session, text: bytes) -> ColumnElement[bool]:
    """That the details hold these bytes, which each database looks for in its own way."""
    if session.get_bind().dialect.name == "sqlite":
        return func.instr(JournalEntry.details, text) > 0
    return func.position(literal(text).op("IN")(JournalEntry.details)) > 0
