"""Mails that Alur writes: plain text, sent by no person, with nothing that asks for an answer."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import TYPE_CHECKING

from engine import clock

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bpmn.messages import Message
    from engine.settings import MailServer


def compose(
    server: MailServer, to: str, subject: Message, message_id: str, said: Iterable[str | Message]
) -> EmailMessage:
    """A mail of these paragraphs."""
    mail = EmailMessage()
    mail["From"] = server.sender
    mail["To"] = to
    mail["Subject"] = str(subject)
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content("\n\n".join(map(str, said)) + "\n", cte="quoted-printable")
    return mail


def domain(server: MailServer) -> str:
    """The domain of the sender, in which mails get their ids."""
    return parseaddr(server.sender)[1].partition("@")[2]
