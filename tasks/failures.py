"""A mail to who planned a version that did not come into force on its day.

Where the server's answer is lost it is sent again, under the same number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.orm import joinedload

from bpmn.messages import message
from engine import jobs, values
from engine.models import Person, Publication
from tasks import letters
from tasks.digest import one_line
from tasks.mail import hand_in

if TYPE_CHECKING:
    from email.message import EmailMessage

    from engine.database import Database
    from engine.models import Job
    from engine.settings import MailServer, Settings


def tell(db: Database, job: Job, settings: Settings) -> None:
    """Mails who has an address; raises `Undelivered` to be tried again."""
    number = values.loads(job.details or b"")["publication"]
    with db.read() as session:
        whole = [joinedload(Publication.definition)]
        publication = session.get_one(Publication, number, options=whole)
        person = session.get(Person, publication.person_id or 0)
    server = settings.mail
    if server is not None and person is not None and person.email and person.left_at is None:
        mail = _compose(server, settings, person.email, publication)
        hand_in(server, mail, lambda: None)
    with db.write() as session:
        jobs.finish(session, job)


def _compose(
    server: MailServer, settings: Settings, to: str, publication: Publication
) -> EmailMessage:
    version = publication.definition
    where = f"{settings.public_url}/processes/{version.id}"
    said = (
        message(
            'Versi {n} dari "{name}" tidak jadi berlaku: pada harinya pemeriksaan tidak lulus.',
            n=version.version, name=one_line(version.name),
        ),
        message("Sebabnya tertulis di {url}", url=where),
    )  # fmt: skip
    subject = message("Alur: sebuah versi tidak jadi berlaku")
    message_id = f"<publication-{publication.id}@{letters.domain(server)}>"
    return letters.compose(server, to, subject, message_id, said)
