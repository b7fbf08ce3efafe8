"""Who processed whose personal data, on which day (PP 71/2019; UU 27/2022, art. 31).

What somebody does in a case stands in its history; this record adds who has looked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from engine import clock
from engine.database import inserting
from engine.models import Processing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from engine.database import Database
    from engine.people import Actor

VIEWED, WORKED, CHANGED = ACTS = ("viewed", "worked", "changed")
NO_CASE = 0


def note(db: Database, actor: Actor, subject_id: int, instance_id: int, act: str) -> None:
    """Notes that a person processes another's data, once a day (of the office) for the same act.

    To be called before anything is shown: what cannot be noted is not shown. ``instance_id`` is
    `NO_CASE` for the record of the directory. One's own data is one's own business.
    """
    if actor.id == subject_id:
        return
    now = clock.now()
    row = _row(db, actor, subject_id, instance_id, act, now)
    with db.read() as session:  # asking takes no lock, and most views are not the day's first
        if session.scalar(select(Processing.id).filter_by(**row)) is not None:
            return
    with db.write() as session:
        once = inserting(session, Processing).values(**row, at=now)
        session.execute(once.on_conflict_do_nothing(index_elements=list(row)))


def note_all(db: Database, actor: Actor, looked_at: Iterable[tuple[int, int]], act: str) -> None:
    """As `note`, for a list: ``looked_at`` are pairs of a person and their case."""
    now = clock.now()
    rows = [_row(db, actor, *pair, act, now) for pair in looked_at if pair[0] != actor.id]
    if not rows:
        return
    with db.read() as session:
        own = select(Processing.subject_id, Processing.instance_id).filter_by(
            person_id=actor.id, act=act, day=rows[0]["day"]
        )
        noted = {tuple(row) for row in session.execute(own)}
    new = [r | {"at": now} for r in rows if (r["subject_id"], r["instance_id"]) not in noted]
    if new:
        with db.write() as session:
            once = inserting(session, Processing)
            session.execute(once.on_conflict_do_nothing(index_elements=list(rows[0])), new)


def _row(
    db: Database, actor: Actor, subject_id: int, instance_id: int, act: str, now: datetime
) -> dict[str, Any]:
    return {
        "subject_id": subject_id, "person_id": actor.id, "instance_id": instance_id, "act": act,
        "day": now.astimezone(ZoneInfo(db.zone)).date(),
    }  # fmt: skip
