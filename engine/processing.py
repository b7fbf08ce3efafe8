"""Who processed whose personal data, on which day (PP 71/2019; UU 27/2022, art. 31).

What somebody does in a case stands in its history; this record adds who has looked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import select

from engine import clock
from engine.database import dialect, inserting
from engine.models import Processing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.database import Database
    from engine.people import Actor

VIEWED, WORKED, CHANGED = ACTS = ("viewed", "worked", "changed")
NO_CASE = 0
FEW = 500  # of more people all that one has looked at today is read


def note(db: Database, actor: Actor, subject_id: int, instance_id: int, act: str) -> None:
    """Notes that a person processes another's data, once a day (of the office) for the same act.

    To be called before anything is shown: what cannot be noted is not shown. ``instance_id`` is
    `NO_CASE` for the record of the directory. One's own data is one's own business.
    """
    note_all(db, actor, [(subject_id, instance_id)], act)


def note_all(db: Database, actor: Actor, looked_at: Iterable[tuple[int, int]], act: str) -> None:
    """The same of many people and their cases (employee, case) at once."""
    now = clock.now()
    same = {"person_id": actor.id, "act": act, "day": now.astimezone(ZoneInfo(db.zone)).date()}
    others = {pair for pair in looked_at if pair[0] != actor.id}
    known = select(Processing.subject_id, Processing.instance_id).filter_by(**same)
    if len({subject for subject, _ in others}) <= FEW:
        known = known.where(Processing.subject_id.in_(sorted({subject for subject, _ in others})))
    if others:  # asking takes no lock, and most views are not the day's first
        with db.read() as session:
            others -= {tuple(row) for row in session.execute(known)}
    if not others:
        return
    rows = [{"subject_id": s, "instance_id": i, "at": now, **same} for s, i in sorted(others)]
    with db.write() as session:
        once = inserting(dialect(session), Processing)
        unique = ["subject_id", "person_id", "instance_id", "act", "day"]
        session.execute(once.on_conflict_do_nothing(index_elements=unique), rows)
