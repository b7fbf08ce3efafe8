"""Passwords: what a good one is, how it is kept, and whether one is right."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import update

from bpmn.messages import message
from engine import civil_service, journal, people, resets, sign_ins
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
    if person.nip in civil_service.digits(plain):
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


def hash_password(password: str) -> str:
    """An Argon2id hash to keep."""
    return _hasher().hash(password)


def is_password(stored: str | None, password: str) -> bool:
    """Whether that is the password of a kept hash; takes the same time when there is none."""
    try:
        _hasher().verify(stored or _nobody(), password)
    except VerificationError:
        return False
    return stored is not None


def renewed_hash(stored: str, password: str) -> str:
    """The hash to keep from now on: a new one where the library's defaults have moved on."""
    return hash_password(password) if _hasher().check_needs_rehash(stored) else stored


def sign_in(session: Session, nip: str, password: str) -> Person | None:
    """The person of that NIP and password; takes the same time when there is none."""
    person = people.with_nip(session, nip)
    right = is_password(person.password_hash if person is not None else None, password)
    return person if right and person is not None and person.left_at is None else None


def _letters(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum())


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobody() -> str:
    return hash_password("nobody signs in with this")
