"""What people say about a case, beside its forms; the chain has the digest of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select
from sqlalchemy.orm import joinedload

from bpmn.messages import message
from engine import history, ledger, remarks
from engine.errors import InvalidInput
from engine.history import Fact
from engine.ledger import once_more
from engine.models import Comment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from engine.database import Database
    from engine.people import Actor

MAX_LETTERS = 2000
ADDED = "comment.added"


@once_more
def add(db: Database, actor: Actor, instance_id: int, text: str) -> None:
    """Adds a comment to a case that has not ended; raises what `remarks.read` does."""
    said = "\n".join(line.rstrip() for line in text.strip().splitlines()).replace("\x00", "")
    if not 0 < len(said) <= MAX_LETTERS:
        raise InvalidInput(message("Komentar: 1 sampai {n} huruf.", n=MAX_LETTERS))
    fact = Fact(ADDED, payload=history.digest(said.encode()))
    with db.read() as session:
        instance, case = remarks.read(session, actor, instance_id)
        act = remarks.act(session, actor, instance, fact)
    row = {"instance_id": instance_id, "person_id": actor.id, "at": act.at, "text": said}
    with db.write() as session:
        ledger.append(session, case, act)
        session.execute(insert(Comment).values(**row))


def of_case(session: Session, instance_id: int) -> Sequence[Comment]:
    """The comments on a case, oldest first."""
    query = select(Comment).where(Comment.instance_id == instance_id)
    return session.scalars(query.options(joinedload(Comment.person)).order_by(Comment.id)).all()
