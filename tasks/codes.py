"""Codes by mail, for who has lost a password: sent at once, and nobody's data in the mail."""

from __future__ import annotations

from datetime import timedelta
from email.utils import make_msgid
from typing import TYPE_CHECKING

from sqlalchemy import select

from bpmn.messages import message
from engine import clock, jobs, people, resets, values
from engine.errors import Unanswered
from engine.models import Reset
from tasks import letters
from tasks.mail import hand_in

if TYPE_CHECKING:
    from email.message import EmailMessage

    from sqlalchemy.orm import Session

    from bpmn.messages import Message
    from engine.database import Database
    from engine.models import Job, Person
    from engine.settings import MailServer, Settings

# Whoever asks in another's name fills nobody's letter box.
PAUSE = timedelta(minutes=15)


def send(db: Database, job: Job, settings: Settings) -> None:
    """Mails a code to who has that NIP and an address; raises `Undelivered` to be tried again."""
    server = settings.mail
    with db.read() as session:
        person = _asking(session, job)
    if server is not None and person is not None and person.email is not None:
        _send(db, server, settings, person.id, person.email)
    with db.write() as session:
        jobs.finish(session, job)


def _asking(session: Session, job: Job) -> Person | None:
    """Who is to be sent a code; None for nobody, and for what was asked too long ago."""
    person = people.with_nip(session, values.loads(job.details or b"{}").get("nip", ""))
    if person is None or person.left_at is not None or job.due < clock.now() - resets.MAILED:
        return None
    lately = Reset.person_id == person.id, Reset.given_by.is_(None)
    mailed = Reset.at > clock.now() - PAUSE, Reset.expires_at <= clock.now() + resets.MAILED
    waits = session.scalar(select(Reset.id).where(*lately, *mailed))
    return person if waits is None else None


def _send(
    db: Database, server: MailServer, settings: Settings, person_id: int, address: str
) -> None:
    code = resets.new_code()

    def keep() -> None:
        with db.write() as session:
            resets.keep(session, person_id, code, resets.MAILED)

    try:
        hand_in(server, compose(server, settings, address, code), keep)
    except Unanswered:
        raise  # it may have been taken: the code is good
    except Exception:
        with db.write() as session:
            resets.take_back(session, code)
        raise


def compose(server: MailServer, settings: Settings, to: str, code: str) -> EmailMessage:
    """The mail: the code, and where it is used."""
    subject = message("Alur: kode untuk kata sandi baru")
    number = make_msgid(domain=letters.domain(server))
    return letters.compose(server, to, subject, number, _said(settings, code))


def _said(settings: Settings, code: str) -> tuple[Message, ...]:
    where = message(
        "Buka {url} dan tulis kode itu beserta kata sandi baru. Kode berlaku satu jam dan hanya"
        " satu kali.",
        url=f"{settings.public_url}/reset",
    )
    return (
        message("Kode Anda: {code}", code=code),
        where,
        message("Bukan Anda yang meminta? Abaikan surel ini; tidak ada yang berubah."),
    )
