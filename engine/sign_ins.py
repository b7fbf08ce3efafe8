"""Sign-ins: who is signed in at which browser, until they leave it or it is ended from elsewhere.

The browser's cookie holds a secret and the database its digest: a sign-in that has ended is over,
whoever has a copy of the cookie.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import OperationalError

from engine import clock
from engine.errors import DatabaseLost
from engine.models import Person, SignIn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from engine.database import Database

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=31)
EXACTNESS = timedelta(minutes=5)  # of when a browser was last seen: not every page is a write
MAX_AGENT = 100  # characters


def begin(session: Session, person_id: int, agent: str) -> str:
    """Signs a person in at a browser called ``agent``; gives the secret for its cookie."""
    now, secret = clock.now(), secrets.token_urlsafe(32)
    session.execute(delete(SignIn).where(SignIn.person_id == person_id, ~_lasts()))
    row = SignIn(
        person_id=person_id, secret=_digest(secret), at=now, seen_at=now, agent=agent[:MAX_AGENT]
    )
    session.add(row)
    session.flush()
    return secret


def of_secret(session: Session, secret: str) -> SignIn | None:
    """The sign-in of a cookie; None for one that has ended, and of who no longer serves."""
    serving = select(SignIn).join(Person, Person.id == SignIn.person_id)
    mine = SignIn.secret == _digest(secret), Person.left_at.is_(None)
    return session.scalar(serving.where(*mine, _lasts()))


def see(db: Database, sign_in: SignIn) -> None:
    """Notes that a browser was there, unless that is known or would have to wait for others."""
    now = clock.now()
    if now - sign_in.seen_at < EXACTNESS:
        return
    # A page that only reads does so too while others write or the disk is full.
    with suppress(OperationalError, DatabaseLost), db.write_at_once() as session:
        session.execute(update(SignIn).where(SignIn.id == sign_in.id).values(seen_at=now))


def of_person(session: Session, person_id: int) -> Sequence[SignIn]:
    """Where a person is signed in, the latest seen first."""
    mine = select(SignIn).where(SignIn.person_id == person_id, _lasts())
    return session.scalars(mine.order_by(SignIn.seen_at.desc(), SignIn.id.desc())).all()


def owner(session: Session, secret: str) -> int | None:
    """Whose a cookie is or was, as long as that is remembered."""
    return session.scalar(select(SignIn.person_id).where(SignIn.secret == _digest(secret)))


def end(session: Session, secret: str) -> None:
    """Ends the sign-in of a cookie."""
    session.execute(delete(SignIn).where(SignIn.secret == _digest(secret)))


def end_one(session: Session, person_id: int, sign_in_id: int) -> bool:
    """Ends one of a person's sign-ins; False when it is none of theirs."""
    one = delete(SignIn).where(SignIn.id == sign_in_id, SignIn.person_id == person_id)
    return session.scalar(one.returning(SignIn.id)) is not None


def end_all(session: Session, person_id: int) -> None:
    """Ends all sign-ins of a person."""
    session.execute(delete(SignIn).where(SignIn.person_id == person_id))


def _lasts() -> ColumnElement[bool]:
    now = clock.now()
    return ~or_(SignIn.at <= now - LONGEST, SignIn.seen_at <= now - IDLE)


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
