"""A small office whose tasks come due, and a real mail server beside it."""

import email
import email.policy
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select

from engine import clock, instances, jobs, notices, people, sample, starting
from engine.database import Database
from engine.models import Incident, Job, Notice, WorkItem
from engine.people import Actor
from engine.settings import MailServer, Settings
from tasks import mail
from tests import leases

STAFF, EMPLOYEE = sample.CAST["staff"][0], sample.CAST["employee"][0]
MORNING = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # Tuesday 10.00 in Pontianak
PATIENCE = 30.0  # seconds for a process to begin, on a busy machine
_tokens = count()


@pytest.fixture
def set_clock(monkeypatch) -> Callable[[datetime], None]:
    """Sets the server's clock, which stands still."""

    def moved(instant: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: instant)

    moved(MORNING)
    return moved


@pytest.fixture
def mail_server(tmp_path) -> Iterator["MailProcess"]:
    """A mail server that takes what it gets, until told otherwise."""
    server = MailProcess(tmp_path / "mails", _free_port())
    server.start()
    yield server
    server.stop()


@pytest.fixture
def office(office_url, set_clock, tmp_path) -> Iterator["Office"]:
    """The sample office, on each database."""
    db = Database(office_url)
    settings = Settings(tmp_path, db.url, public_url="https://alur.example")
    yield Office(db, settings, set_clock)
    db.close()


class MailProcess:
    """`mail_server.py` as a process, which can be ended and begun again at the same address."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        folder.mkdir()
        self.behave("take")

    def start(self, *security: str) -> None:
        script = Path(__file__).with_name("mail_server.py")
        command = [sys.executable, script, str(self.port), self.folder, *security]
        self.process = subprocess.Popen(command)
        self._wait_for("ready")

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        (self.folder / "ready").unlink(missing_ok=True)

    def behave(self, how: str) -> None:
        (self.folder / "behaviour").write_text(how)

    def wait_for_mail(self) -> None:
        self._wait_for("*.eml")

    def _wait_for(self, files: str) -> None:
        until = time.monotonic() + PATIENCE
        while not any(self.folder.glob(files)):
            assert time.monotonic() < until, "the mail server does nothing"
            time.sleep(0.02)

    @property
    def address(self) -> MailServer:
        return MailServer("Alur Contoh <alur@kantor.example>", "localhost", self.port)

    @property
    def mails(self) -> list[EmailMessage]:
        """What it has got, in order."""
        found = sorted(self.folder.glob("*.eml"), key=lambda path: int(path.stem))
        return [
            email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            for path in found
        ]

    @property
    def envelopes(self) -> list[str]:
        """For each mail its sender, recipients, and whether the line was encrypted."""
        return (self.folder / "envelopes").read_text().splitlines()


@dataclass
class Office:
    """An office whose people are named by their NIPs."""

    db: Database
    settings: Settings
    set_clock: Callable[[datetime], None]

    def use(self, server: MailProcess, **how: str) -> None:
        self.settings = replace(self.settings, mail=replace(server.address, **how))

    def person(self, nip: str) -> Actor:
        with self.db.read() as session:
            return people.actor(session, people.with_nip(session, nip).id)

    def reach(self, nip: str, address: str) -> None:
        """Gives somebody a mail address."""
        with self.db.write() as session:
            notices.set_address(session, people.with_nip(session, nip).id, address)

    def task(self, key: str = "skp_collection") -> WorkItem:
        """The first task of a new case about the employee: the staff's group has it."""
        token = f"office-{next(_tokens)}"
        staff, subject = self.person(STAFF), self.person(EMPLOYEE).id
        case = starting.start(self.db, staff, key, subject, token=token)
        with self.db.read() as session:
            return session.scalars(select(WorkItem).where(WorkItem.instance_id == case)).one()

    def tell(self, item: WorkItem, *nips: str, kind: str = "due") -> None:
        told = [self.person(nip).id for nip in nips or (STAFF,)]
        with self.db.write() as session:
            notices.tell(session, item, kind, f"{kind}.{item.id}", told, clock.now())

    def complete(self, item: WorkItem) -> None:
        instances.complete(self.db, self.person(STAFF), item.id, {}, token=f"done-{item.id}")

    def begin(self) -> Job:
        """The one mail job, at its time, as a worker begins it."""
        (job,) = self.jobs
        if job.ready > clock.now():
            self.set_clock(job.ready)
        (lease,) = jobs.lease(self.db, {"mail"}, timedelta(minutes=5), 1)
        return leases.begin(self.db, lease)

    def mail(self) -> None:
        """Has the due mail sent, as a worker does: a failure puts it off."""
        job = self.begin()
        try:
            mail.run(self.db, job, self.settings)
        except Exception as error:
            jobs.failed(self.db, job, error)
            raise

    @property
    def jobs(self) -> list[Job]:
        with self.db.read() as session:
            return list(session.scalars(select(Job).where(Job.kind == "mail").order_by(Job.id)))

    @property
    def mailed(self) -> list[str | None]:
        """What became of each notice by mail."""
        with self.db.read() as session:
            return list(session.scalars(select(Notice.mail).order_by(Notice.id)))

    @property
    def incidents(self) -> list[str]:
        with self.db.read() as session:
            return list(session.scalars(select(Incident.reason).order_by(Incident.id)))


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
