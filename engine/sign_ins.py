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

from sqlalchemy import bindparam, delete, or_, select, update
from sqlalchemy.exc import OperationalError

from engine import clock
from engine.errors import DatabaseLost
from engine.models import Person, SignIn

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import BindParameter, ColumnElement
    from sqlalchemy.orm import Session

    from engine.database import Database

    Instant = datetime | BindParameter[datetime]

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=31)
EXACTNESS = timedelta(minutes=5)  # of when a browser was last seen: not every page is a write
MAX_AGENT = 100  # characters


def _lasts(longest: Instant, idle: Instant) -> ColumnElement[bool]:
    return ~or_(SignIn.at <= longest, SignIn.seen_at <= idle)


_OF_SECRET = (
    select(SignIn)
    .join(Person, Person.id == SignIn.person_id)
    .where(
        SignIn.secret == bindparam("secret"),
        Person.left_at.is_(None),
        _lasts(bindparam("longest"), bindparam("idle")),
    )
)


def begin(session: Session, person_id: int, agent: str) -> str:
    """Signs a person in at a browser called ``agent``; gives the secret for its cookie."""
    now, secret = clock.now(), secrets.token_urlsafe(32)
    session.execute(delete(SignIn).where(SignIn.person_id == person_id, ~_lasts(*_ends())))
    row = SignIn(
        person_id=person_id, secret=_digest(secret), at=now, seen_at=now, agent=agent[:MAX_AGENT]
    )
    session.add(row)
    session.flush()
    return secret


def of_secret(session: Session, secret: str) -> SignIn | None:
    """The sign-in of a cookie; None for one that has ended, and of who no longer serves."""
    longest, idle = _ends()
    asked = {"secret": _digest(secret), "longest": longest, "idle": idle}
    return session.scalar(_OF_SECRET, asked)


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
    mine = select(SignIn).where(SignIn.person_id == person_id, _lasts(*_ends()))
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


def _ends() -> tuple[datetime, datetime]:
    """What began, or was last seen, by then is over."""
    now = clock.now()
    return now - LONGEST, now - IDLE


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
