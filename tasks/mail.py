"""Mails that are due: sent at most once, and tried until the mail server takes them.

The server is spoken to outside all transactions. What it did not take is due again. When it or we
are lost before its answer nobody knows: the notices are ``unsure``, never mailed again, still in
the application, and an incident says so.
"""

from __future__ import annotations

import smtplib
import ssl
from contextlib import contextmanager, suppress
from email.policy import SMTP
from email.utils import parseaddr
from typing import TYPE_CHECKING

from sqlalchemy import select

from bpmn.messages import message
from engine import calendars, clock, jobs, notices
from engine.errors import JobGone, StaleInstance, Unanswered, Undelivered
from engine.models import Incident, Job, Person
from tasks import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from email.message import EmailMessage

    from sqlalchemy.orm import Session

    from engine.database import Database
    from engine.settings import MailServer, Settings
    from tasks.digest import Told

TIMEOUT = 20.0  # seconds for each answer of the mail server


def run(db: Database, job: Job, settings: Settings) -> None:
    """Mails a person what is due; raises `Undelivered` when it is to be tried again."""
    server = settings.mail
    with db.write() as session:
        person = session.get_one(Person, job.person_id)
        told = _begin(session, job, person, server)
    if not told or server is None:
        return
    ids = [row.Notice.id for row in told]
    mail = digest.compose(db, settings, server, person.email or "", told)
    try:
        hand_in(server, mail, lambda: _mark(db, ids))
    except Unanswered:
        raise  # it may have been taken: nothing is due again
    except Exception:  # whatever it was, nothing has been handed in
        with db.write() as session:
            notices.settle(session, ids, "due")
        raise
    with db.write() as session:
        notices.settle(session, ids, "sent")
        _finish(session, job)


def _mark(db: Database, ids: list[int]) -> None:
    """Marks what is handed in next; raises `StaleInstance` when a task has moved on meanwhile."""
    with db.write() as session:
        if not notices.mark_sending(session, ids):
            raise StaleInstance(message("Kasus ini baru saja berubah. Muat ulang halaman."))


def _begin(session: Session, job: Job, person: Person, server: MailServer | None) -> Told:
    """What is to be sent now; where nothing is, the job is done or put off."""
    lost = notices.give_up_lost(session, person.id)
    _require_newest(session, job)
    if lost:
        session.add(_incident(lost))
    if server is None or person.email is None:
        notices.not_by_mail(session, person.id)
        jobs.finish(session, job)
        return []
    opens = _next_opening(session, person)
    if opens is not None:
        # Put off, not tried: a server that is away for days still becomes an incident.
        jobs.move(session, job, due=opens, ready=opens, attempts=job.attempts - 1)
        return []
    told = notices.to_mail(session, person.id)
    if not told:
        _finish(session, job)
    return told


def _require_newest(session: Session, job: Job) -> None:
    """Raises `JobGone` for a job whose lease has ended: whoever began it last sends the mail."""
    attempts = select(Job.attempts).where(Job.id == job.id, Job.due == job.due).with_for_update()
    if session.scalar(attempts) != job.attempts:
        raise JobGone(message("Pekerjaan ini sudah dikerjakan atau dihentikan."))


def _next_opening(session: Session, person: Person) -> datetime | None:
    """When the office works again, None while it does: a server may come back in the night."""
    now = clock.now()
    opens = calendars.of_unit(session, person.unit_id).next_instant(now)
    return opens if opens > now else None


def _finish(session: Session, job: Job) -> None:
    """Ends a job, and arms the next for what has become due since it was begun."""
    jobs.finish(session, job)
    if job.person_id is not None and notices.is_mail_due(session, job.person_id):
        notices.arm_mail(session, job.person_id, clock.now())


def _incident(lost: int) -> Incident:
    said = message("Jawaban server surel hilang: {n} pemberitahuan mungkin tidak sampai.", n=lost)
    return Incident(at=clock.now(), reason=str(said))


def hand_in(server: MailServer, mail: EmailMessage, mark: Callable[[], None]) -> None:
    """Gives a mail to the server; raises `Undelivered`, or `Unanswered` when it may have it.

    ``mark`` is called when the server has agreed to take it: until then nothing can be in doubt.
    """
    try:
        with _connected(server) as smtp:
            _require(smtp.mail(parseaddr(server.sender)[1])[0])
            _require(smtp.rcpt(str(mail["To"]))[0])
            mark()
            _require(_data(smtp, mail.as_bytes(policy=SMTP)))
    except smtplib.SMTPResponseException as refusal:
        raise _refused(refusal.smtp_code) from refusal
    except OSError as error:
        raise Undelivered(message("Server surel tidak dapat dihubungi.")) from error


@contextmanager
def _connected(server: MailServer) -> Iterator[smtplib.SMTP]:
    # The name we say at the door: looking up our own may take minutes in an office network.
    name = parseaddr(server.sender)[1].partition("@")[2]
    trust = ssl.create_default_context()
    if server.security == "tls":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, name, timeout=TIMEOUT, context=trust
        )
    else:
        smtp = smtplib.SMTP(server.host, server.port, name, timeout=TIMEOUT)
    try:
        if server.security == "starttls":
            smtp.starttls(context=trust)
        if server.user:
            smtp.login(server.user, server.password or "")
        smtp.ehlo_or_helo_if_needed()
        yield smtp
    finally:
        with suppress(OSError):  # what has been taken stays taken, however the server parts
            smtp.quit()


def _data(smtp: smtplib.SMTP, mail: bytes) -> int:
    try:
        return smtp.data(mail)[0]
    except smtplib.SMTPDataError:  # it does not even begin to take it
        raise
    except OSError as error:
        raise Unanswered(message("Jawaban server surel hilang.")) from error


def _require(code: int) -> None:
    if not 200 <= code <= 299:
        raise _refused(code)


def _refused(code: int) -> Undelivered:
    # Its words stay out: servers quote addresses and people in them.
    return Undelivered(message("Server surel menolak ({code}).", code=code))
