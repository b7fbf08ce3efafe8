"""The digest: one mail of all that a person is to be told, with nobody's data in it.

It says the step, the number of the case, when and where; who is concerned stands in the pages.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from hashlib import sha256
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bpmn.messages import message
from engine import clock, deployments, notices
from tasks import letters

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from email.message import EmailMessage

    from sqlalchemy import Row

    from engine.database import Database
    from engine.models import Instance, Notice, WorkItem
    from engine.settings import MailServer, Settings

    Told = Sequence[Row[Notice, WorkItem]]

MAX_NAME = 150  # characters of a step's name
REASONS = {
    "due": message("Waktu langkah ini habis"),
    "deadline": message("Tenggat terlewati"),
    "wait": message("Terlalu lama belum mulai dikerjakan"),
    "before": message("Waktu langkah ini segera habis"),
    "escalated": message("Tugas bawahan terlambat"),
    "asked": message("Anda diminta mengerjakan langkah ini"),
    "nudged": message("Pengawas mengingatkan langkah ini"),
    "decided": message("Keberatan atas langkah ini diputus oleh atasan"),
}


def compose(
    db: Database, settings: Settings, server: MailServer, to: str, told: Told
) -> EmailMessage:
    """The mail that tells the notices, the tasks in their order; the same each time."""
    tasks = _by_task(told)
    said = [_task(db, settings, of_task) for of_task in tasks]
    profile = f"{settings.public_url}/profile"
    said.append(str(message("Surel otomatis dari Alur. Alamat Anda diatur di {url}", url=profile)))
    subject = message("Alur: {n} tugas perlu perhatian", n=len(tasks))
    return letters.compose(server, to, subject, _message_id(server, told), said)


def one_line(name: str) -> str:
    """A name as a channel can show it: no breaks, no control or invisible signs, not too long."""
    shown = (" " if sign.isspace() else sign for sign in name)
    clean = "".join(sign for sign in shown if unicodedata.category(sign)[0] != "C")
    line = " ".join(clean.split())
    return line if len(line) <= MAX_NAME else line[: MAX_NAME - 1] + "…"


def step_name(db: Database, item: WorkItem, case: Instance) -> str:
    """What the step of a task is called in its version of the diagram."""
    return one_line(deployments.program_of(db, case).diagram.nodes[item.element].name)


def _by_task(told: Told) -> list[Told]:
    tasks = defaultdict(list)
    for row in told:
        tasks[row.WorkItem.id].append(row)
    return list(tasks.values())


def _task(db: Database, settings: Settings, told: Told) -> str:
    notice, item = told[0]
    case = notice.instance
    step = step_name(db, item, case)
    title = message("{step} (kasus {number})", step=step, number=case.number)
    return "\n".join([str(title), *_reasons(settings, told), _address(settings, notice, item)])


def _reasons(settings: Settings, told: Told) -> Iterable[str]:
    zone = ZoneInfo(settings.zone)
    for notice, item in told:
        when = clock.due_time(_over_at(notice, item), zone)
        yield str(message("{why}: {when}", why=REASONS[notice.kind], when=when))


def _over_at(notice: Notice, item: WorkItem) -> datetime:
    """Which time it is about."""
    kept = {
        "due": item.due_at,
        "before": item.due_at,
        "escalated": item.due_at,
        "wait": item.wait_due_at,
        "deadline": item.deadline_at,
    }
    return kept.get(notice.kind) or notice.at


def _address(settings: Settings, notice: Notice, item: WorkItem) -> str:
    if notice.kind in notices.NEWS:  # the task itself is open to its performer alone
        return f"{settings.public_url}/cases/{notice.instance_id}"
    return f"{settings.public_url}/tasks/{item.id}"


def _message_id(server: MailServer, told: Told) -> str:
    """The same for the same notices, so that a mail that came twice would show as one."""
    ids = ",".join(str(row.Notice.id) for row in told)
    digest = sha256(ids.encode()).hexdigest()[:32]
    return f"<alur.{digest}@{letters.domain(server)}>"
