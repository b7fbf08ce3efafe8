"""Forty cases over a night: a dead mail server, a killed server, and a clock that is moved on.

The server is `alur demo` with a clock that stands still until the test moves it (`moved_alur.py`),
so that nothing becomes due, and no mail is tried again, by chance.
"""

from __future__ import annotations

import email
import email.policy
import re
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from engine import clock, instances, people, sample, starting
from engine.database import Database
from engine.errors import StaleInstance
from engine.models import HistoryEntry, Instance, Job, Notice, Person, WorkItem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from email.message import EmailMessage

    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
HERE = Path(__file__).parent
PATIENCE = 240.0  # seconds for what other processes do: some eighty documents are made
A_LOOK = 0.7  # seconds, in which a worker looks more than once for what is due
CASES = 40
STEP_1 = "Menyiapkan blanko dan SKP tahun sebelumnya"
ROUNDS = 3  # of the office itself: sealing, deleting what is kept no longer, and counting
TAKERS = ("staff", "colleague")
SUBJECTS = sample.PEOPLE[11:15]


def at(day: int, hour: int, minute: int) -> datetime:
    """An instant of November 2026 in the office; the 26th is a Thursday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo("Asia/Pontianak"))


@dataclass(frozen=True)
class Clock:
    """The clock of the server and of this process, which stands at the instant in a file."""

    file: Path

    def now(self) -> datetime:
        return datetime.fromisoformat(self.file.read_text())

    def set(self, instant: datetime) -> None:
        new = self.file.with_suffix(".new")
        new.write_text(instant.astimezone(UTC).isoformat())
        new.replace(self.file)  # at once: others read it


class MailServer:
    """A real SMTP server as a process of its own, dead until it is started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        (folder / "behaviour").write_text("take")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        script = HERE.parent / "tasks" / "mail_server.py"
        self.process = subprocess.Popen([sys.executable, script, str(self.port), self.folder])
        wait_until((self.folder / "ready").exists)

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)

    @property
    def mails(self) -> list[EmailMessage]:
        return [
            email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            for file in self.folder.glob("*.eml")
        ]


@pytest.fixture
def moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock, at Thursday 15.50."""
    moved = Clock(tmp_path / "instant")
    moved.set(at(26, 15, 50))
    monkeypatch.setattr(clock, "now", moved.now)
    return moved


@pytest.fixture
def mail_server(tmp_path: Path) -> Iterator[MailServer]:
    server = MailServer(tmp_path / "mails")
    yield server
    server.stop()


@pytest.fixture
def command(moved: Clock) -> list[str | Path]:
    return [HERE / "moved_alur.py", moved.file, "demo"]


@pytest.fixture
def environment(mail_server: MailServer) -> dict[str, str]:
    return {
        "ALUR_SMTP_URL": f"smtp://127.0.0.1:{mail_server.port}",
        "ALUR_MAIL_FROM": "Alur <alur@kantor.example>",
        "ALUR_PUBLIC_URL": "https://alur.example",
    }


@pytest.fixture
def office(server: Any) -> Iterator[Office]:
    office = Office(Database(server.database_url))
    yield office
    office.db.close()


class Office:
    """What is done beside the browsers, and what the database says; everybody gets mail."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.tokens = count()
        with db.write() as session:
            for person in session.scalars(select(Person)):
                person.email = address(person.nip)
        with db.read() as session:
            found = session.execute(select(Person.nip, Person.id)).all()
            self.ids = {nip: person_id for nip, person_id in found}  # noqa: C416
            self.actors = {i: people.actor(session, i) for i in self.ids.values()}

    def person(self, role: str) -> Any:
        return self.actors[self.ids[sample.CAST[role][0]]]

    def start(self, number: int) -> int:
        subject = self.ids[SUBJECTS[number % len(SUBJECTS)][0]]
        token = f"start-{next(self.tokens)}"
        return starting.start(self.db, self.person("staff"), "skp_collection", subject, token=token)

    def take_up(self, case: int, role: str) -> None:
        (item,) = self.open_items(case)
        instances.claim(self.db, self.person(role), item.id)

    def finish(self, case: int) -> None:
        while items := self.open_items(case):
            (item,) = items
            actor = self.actors.get(item.person_id) or self.person("staff")
            given = {"keputusan": "setuju"} if item.element == "Langkah_4" else {}
            token = f"step-{next(self.tokens)}"
            with suppress(StaleInstance):  # its documents are being made meanwhile: pressed again
                instances.complete(self.db, actor, item.id, given, token=token)

    def open_items(self, case: int) -> list[WorkItem]:
        mine = WorkItem.instance_id == case, WorkItem.status == "open"
        with self.db.read() as session:
            return list(session.scalars(select(WorkItem).where(*mine)))

    def cases(self, status: str = "running") -> list[int]:
        with self.db.read() as session:
            found = select(Instance.id).where(Instance.status == status)
            return list(session.scalars(found.order_by(Instance.id)))

    def count(self, table: Any, *which: Any) -> int:
        with self.db.read() as session:
            return session.scalar(select(func.count()).select_from(table).where(*which)) or 0

    def reminders(self) -> Counter[tuple[int, int, str]]:
        """How often each person was told of each task."""
        with self.db.read() as session:
            query = select(Notice.person_id, Notice.instance_id, Notice.kind)
            return Counter((person, case, kind) for person, case, kind in session.execute(query))

    def mailed(self) -> Counter[str | None]:
        with self.db.read() as session:
            return Counter(session.scalars(select(Notice.mail)))

    def failed_mails(self) -> int:
        """How many mails were tried in vain and wait for another try."""
        tried = Job.kind == "mail", Job.error.is_not(None), Job.ready > clock.now()
        return self.count(Job, *tried)


def address(nip: str) -> str:
    return f"{nip}@kantor.example"


def wait_until(reached: Callable[[], Any]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < deadline, "in vain"
        time.sleep(0.05)


def start_and_take_up(page: Page) -> int:
    """A case is started and its first step taken up in a browser."""
    page.goto("/cases/new")
    page.click("text=Budi Contoh")
    page.click("main button:has-text('Mulai kasus')")
    page.wait_for_url(re.compile(r"/cases/\d+$"))
    case = int(page.url.rpartition("/")[2])
    page.goto("/")
    page.click(f"li:has-text('{case:05d}') button:has-text('Ambil')")
    page.wait_for_url("**/tasks/*")
    return case


def begin_forty(office: Office, pages: dict[str, Page]) -> dict[int, str]:
    """Forty cases whose first step is taken up, two of them in browsers: who has which."""
    taken = {start_and_take_up(pages[role]): role for role in TAKERS}
    for number in range(CASES - len(taken)):
        role = TAKERS[number % len(TAKERS)]
        case = office.start(number)
        office.take_up(case, role)
        taken[case] = role
    return taken


def late_rows(supervisor: Page) -> list[str]:
    supervisor.goto("/cases/supervised?only=overdue")
    return [row.inner_text() for row in supervisor.query_selector_all("tbody tr")]


def look_at_the_late_list(supervisor: Page, taken: dict[int, str]) -> None:
    """Forty cases at their first step, each with who took it up, and no other."""
    rows = late_rows(supervisor)
    listed = {int(re.findall(r"\b\d{5}\b", row)[0]): row for row in rows}
    assert sorted(listed) == sorted(taken)
    for case, role in taken.items():
        for shown in (STEP_1, "Terlambat", sample.CAST[role][1], "26-11-2026"):
            assert shown in listed[case]


def look_at_the_inbox(page: Page, own: int, others: int) -> None:
    """One's own late tasks say so, with when they were due; what nobody has taken up waits."""
    page.goto("/")
    tasks = [card.inner_text() for card in page.query_selector_all("ul.cards > li")]
    late = [card for card in tasks if "Terlambat" in card]
    assert (len(late), len(tasks) - len(late)) == (own, others)
    assert all("26-11-2026 16.00" in card for card in late)


def look_at_the_mails(mails: list[EmailMessage], taken: dict[int, str]) -> None:
    """One mail for each person, of all their cases and nobody else's; nobody is named."""
    by_address = {mail["To"]: mail.get_content() for mail in mails}
    assert sorted(by_address) == sorted(address(sample.CAST[role][0]) for role in TAKERS)
    assert len(mails) == len(TAKERS)
    for role in TAKERS:
        said = by_address[address(sample.CAST[role][0])]
        theirs = sorted(case for case, taker in taken.items() if taker == role)
        assert sorted(map(int, re.findall(r"\b\d{5}\b", said))) == theirs
    for mail in mails:
        assert [p[1] for p in sample.PEOPLE if p[1] in mail.get_content()] == []


def test_forty_cases_outlive_a_night_and_two_kills_and_nobody_is_reminded_twice(
    server: Any, office: Office, moved: Clock, mail_server: MailServer, sign_in: Callable[..., Page]
) -> None:
    roles = (*TAKERS, "supervisor")
    pages = {role: sign_in(role) for role in roles}
    taken = begin_forty(office, pages)
    untouched = office.start(0)
    reminded = Counter((office.person(role).id, case, "due") for case, role in taken.items())

    # A minute before the first ten minutes are over nothing is late.
    moved.set(at(26, 15, 59))
    time.sleep(A_LOOK)
    assert late_rows(pages["supervisor"]) == []
    assert office.count(HistoryEntry, HistoryEntry.kind == "timer.fired") == 0

    # Over the night the server is gone, and the mail server is dead still.
    server.stop(signal.SIGKILL)
    moved.set(at(27, 13, 10))
    server.start()
    pages = {role: sign_in(role) for role in roles}  # nobody stays signed in for a night
    look_at_the_late_list(pages["supervisor"], taken)
    for role in TAKERS:
        look_at_the_inbox(pages[role], own=CASES // 2, others=1)
    wait_until(lambda: office.reminders() == reminded)
    moved.set(at(27, 13, 20))
    wait_until(lambda: office.failed_mails() == len(TAKERS))
    server.stop(signal.SIGKILL)

    # Mail works again: one mail for each, once.
    mail_server.start()
    moved.set(at(27, 14, 30))
    server.start()
    wait_until(lambda: office.mailed() == {"sent": CASES})
    server.stop(signal.SIGKILL)
    moved.set(at(27, 15, 30))
    server.start()
    time.sleep(A_LOOK)  # in which a mail could go out again

    # A dead mail server and three kills have held no case.
    for case in (*taken, untouched):
        office.finish(case)

    def nothing_is_left() -> bool:
        # A second passes, after which a job that met a changing case is tried again.
        moved.set(moved.now() + timedelta(seconds=1))
        return office.count(Job) == ROUNDS

    wait_until(nothing_is_left)
    assert office.cases("completed") == sorted((*taken, untouched))
    assert late_rows(pages["supervisor"]) == []
    assert office.reminders() == reminded
    look_at_the_mails(mail_server.mails, taken)
