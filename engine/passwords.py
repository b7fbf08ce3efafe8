"""Passwords: what a good one is, and how it is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from bpmn.messages import message
from engine import journal, people, resets, sign_ins
from engine.errors import InvalidInput
from engine.models import Person

if TYPE_CHECKING:
    from sqlalchemy import CursorResult
    from sqlalchemy.orm import Session

SHORTEST, LONGEST = 10, 256  # characters
FEWEST_DIFFERENT = 5


def require_good(person: Person, password: str, again: str) -> None:
    """Raises `InvalidInput` with the first rule that a new password of a person breaks."""
    plain = password.casefold()
    if len(password) < SHORTEST:
        raise InvalidInput(message("Kata sandi sekurang-kurangnya {n} karakter.", n=SHORTEST))
    if len(password) > LONGEST:
        raise InvalidInput(message("Kata sandi paling banyak {n} karakter.", n=LONGEST))
    if person.nip in people.digits(plain):
        raise InvalidInput(message("Kata sandi tidak boleh memuat NIP Anda."))
    if _letters(plain) == _letters(person.name.casefold()):
        raise InvalidInput(message("Kata sandi tidak boleh sama dengan nama Anda."))
    if len(set(plain)) < FEWEST_DIFFERENT:
        said = message("Kata sandi memakai sekurang-kurangnya {n} karakter yang berbeda.",
                       n=FEWEST_DIFFERENT)  # fmt: skip
        raise InvalidInput(said)
    if password != again:
        raise InvalidInput(message("Kedua isian kata sandi baru tidak sama."))


def keep(session: Session, person_id: int, before: str | None, hashed: str) -> bool:
    """Keeps a hash in the place of the one that was looked at; False when that is no longer so.

    It is also how a sign-in makes sure that the password was not changed while it was looked at.
    """
    mine = Person.id == person_id, Person.left_at.is_(None), Person.password_hash == before
    kept: CursorResult[Any] = session.execute(  # type: ignore[assignment]  # an UPDATE's
        update(Person).where(*mine).values(password_hash=hashed)
    )
    return kept.rowcount == 1


def replaced(session: Session, person_id: int) -> None:
    """What follows when a person has a new password: their sign-ins and codes are over."""
    sign_ins.end_all(session, person_id)
    resets.end_all(session, person_id)
    journal.record(session, "password.set", {"person": person_id}, person_id=person_id)


def _letters(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum())
