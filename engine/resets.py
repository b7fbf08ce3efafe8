"""Codes with which a person sets a password without the old one: used once, and not for long."""

from __future__ import annotations

import secrets
from base64 import b32encode
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from bpmn.messages import message
from engine import clock
from engine.errors import InvalidInput
from engine.models import Person, Reset

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

GIVEN = timedelta(hours=24)  # by an administrator or a command
MAILED = timedelta(hours=1)
LETTERS, GROUP = 20, 5  # 100 bits, in base32
# Digits that base32 does not have are misread letters.
_MISREAD = str.maketrans("018", "OIB", " -.\t\n")


def new_code() -> str:
    """A code that nobody guesses, in groups as people copy them."""
    letters = b32encode(secrets.token_bytes(LETTERS)).decode()[:LETTERS]
    return "-".join(letters[start : start + GROUP] for start in range(0, LETTERS, GROUP))


def keep(
    session: Session, person_id: int, code: str, lasts: timedelta, given_by: int | None = None
) -> None:
    """Lets a person use a code from now on. Of their earlier ones those end that expire sooner.

    So whoever asks for mails in another's name does not end what an administrator has given them.
    """
    now = clock.now()
    sooner = Reset.person_id == person_id, Reset.expires_at <= now + lasts
    session.execute(delete(Reset).where(*sooner))
    session.add(
        Reset(
            person_id=person_id, secret=_digest(code), at=now, expires_at=now + lasts,
            given_by=given_by,
        )
    )  # fmt: skip


def give(session: Session, person_id: int, given_by: int | None = None) -> str:
    """Makes a code to be handed to a person, which is shown this once."""
    code = new_code()
    keep(session, person_id, code, GIVEN, given_by)
    return code


def whose(session: Session, code: str) -> Person:
    """The person who may use a code; raises `InvalidInput` when nobody may."""
    valid = Reset.secret == _digest(code), Reset.expires_at > clock.now()
    mine = select(Person).join(Reset, Reset.person_id == Person.id)
    person = session.scalar(mine.where(*valid, Person.left_at.is_(None)))
    if person is None:
        raise _unknown()
    return person


def use(session: Session, code: str) -> None:
    """Ends a code with its use; raises `InvalidInput` for the second of two who use it at once."""
    valid = Reset.secret == _digest(code), Reset.expires_at > clock.now()
    if session.scalar(delete(Reset).where(*valid).returning(Reset.id)) is None:
        raise _unknown()


def take_back(session: Session, code: str) -> None:
    """Ends a code that did not reach its person."""
    session.execute(delete(Reset).where(Reset.secret == _digest(code)))


def end_all(session: Session, person_id: int) -> None:
    """Ends all codes of a person."""
    session.execute(delete(Reset).where(Reset.person_id == person_id))


def _unknown() -> InvalidInput:
    said = message("Kode ini salah, sudah dipakai, atau sudah tidak berlaku. Mintalah yang baru.")
    return InvalidInput(said)


def _digest(code: str) -> str:
    return sha256(code.upper().translate(_MISREAD).encode()).hexdigest()
