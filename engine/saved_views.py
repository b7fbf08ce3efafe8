"""Views of the register that somebody comes back to: what is sought, under a name of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from bpmn.messages import message
from engine import access
from engine.errors import InvalidInput, NotFound
from engine.models import SavedView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from engine.database import Database
    from engine.people import Actor

MOST = 30  # of a person
MAX_NAME = 60


def of(session: Session, actor: Actor) -> Sequence[SavedView]:
    """A person's views, by name."""
    mine = select(SavedView).where(SavedView.person_id == actor.id)
    return session.scalars(mine.order_by(SavedView.name)).all()


def view(session: Session, actor: Actor, view_id: int) -> SavedView:
    """One of a person's own views; raises `NotFound`."""
    found = session.get(SavedView, view_id)
    if found is None or found.person_id != actor.id:
        raise NotFound(message("Tampilan itu tidak ada."))
    return found


def keep(db: Database, actor: Actor, name: str, query: str) -> int:
    """Keeps what is sought under a name, in the place of what had it; its number.

    Raises `InvalidInput`, and `NotAllowed` for who looks over nobody.
    """
    access.require_overseer(actor)
    name = " ".join(name.split())
    if not 0 < len(name) <= MAX_NAME:
        raise InvalidInput(message("Nama tampilan: 1 sampai {n} huruf.", n=MAX_NAME))
    mine = SavedView.person_id == actor.id
    with db.write() as session:
        found = session.scalar(select(SavedView).where(mine, SavedView.name == name))
        if found is None:
            if session.scalar(select(func.count(SavedView.id)).where(mine)) == MOST:
                raise InvalidInput(message("Paling banyak {n} tampilan.", n=MOST))
            found = SavedView(person_id=actor.id, name=name)
            session.add(found)
        found.query = query
        session.flush()
        return found.id


def drop(db: Database, actor: Actor, view_id: int) -> None:
    """Forgets a view of one's own; raises `NotFound`."""
    with db.write() as session:
        session.delete(view(session, actor, view_id))
