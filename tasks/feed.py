"""The calendar feed of a person: when their open tasks are due, for Google, Outlook and phones.

Each due time is an event (VEVENT), since none of these shows the tasks (VTODO) of a calendar they
subscribe to: the last quarter of an hour before it, so that the end of a day lies on that day.
Whoever has the address can read it, so it says the step and the number of the case, and of nobody.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from icalendar import Calendar, Event, vDuration
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from bpmn.messages import message
from engine import absences, clock, notices
from engine.models import Instance, Person, WorkItem
from tasks.digest import step_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from engine.database import Database
    from engine.settings import Settings

LENGTH = timedelta(minutes=15)
REFRESH = timedelta(hours=1)
MAX_TASKS = 500
TITLES = {
    "due": message("Waktu habis"),
    "deadline": message("Tenggat"),
    "wait": message("Batas mulai"),
}


def open_feed(session: Session, person_id: int) -> str:
    """Makes the secret of a person's feed, in the place of an earlier one; kept as its digest."""
    secret = secrets.token_urlsafe(32)
    session.get_one(Person, person_id).feed = _digest(secret)
    return secret


def close_feed(session: Session, person_id: int) -> None:
    """Removes a person's feed: its address leads nowhere any more."""
    session.get_one(Person, person_id).feed = None


def owner(session: Session, secret: str) -> int | None:
    """Whose feed it is; None for a secret that is nobody's."""
    return session.scalar(select(Person.id).where(Person.feed == _digest(secret)))


def calendar(db: Database, settings: Settings, person_id: int) -> bytes:
    """The due times of a person's open tasks, as iCalendar (RFC 5545)."""
    with db.read() as session:
        items = _items(session, person_id)
    feed = Calendar()
    feed.add("prodid", "-//Alur//Tugas//ID")
    feed.add("version", "2.0")
    feed.add("method", "PUBLISH")
    feed.add("x-wr-calname", str(message("Tugas di Alur")))
    feed.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    feed.add("x-published-ttl", vDuration(REFRESH))  # the same for Outlook
    for item in items:
        step = step_name(db, item, item.instance)
        for kind, due in _due_times(item):
            feed.add_component(_event(settings, item, step, kind, due))
    written: bytes = feed.to_ical()
    return written


def _items(session: Session, person_id: int) -> Sequence[WorkItem]:
    """The open tasks of a person with a due time; the clocks of a suspended case stand still."""
    timed = or_(
        WorkItem.due_at.is_not(None),
        WorkItem.deadline_at.is_not(None),
        WorkItem.wait_due_at.is_not(None),
    )
    case = joinedload(WorkItem.instance).joinedload(Instance.definition)
    running = WorkItem.instance.has(Instance.status == "running")
    theirs = (
        notices.has_task(person_id, absences.today(session)),
        WorkItem.status == "open",
        timed,
        running,
    )
    query = select(WorkItem).where(*theirs).options(case).order_by(WorkItem.id)
    return session.scalars(query.limit(MAX_TASKS)).all()


def _due_times(item: WorkItem) -> Iterator[tuple[str, datetime]]:
    waits = item.wait_due_at if item.taken_up_at is None else None
    for kind, due in (("due", item.due_at), ("deadline", item.deadline_at), ("wait", waits)):
        if due is not None:
            yield kind, due


def _event(settings: Settings, item: WorkItem, step: str, kind: str, due: datetime) -> Event:
    event = Event()
    # The same for the same due time of a task, so that a postponed one moves.
    event.add("uid", f"{kind}-{item.id}@{urlsplit(settings.public_url).hostname}")
    event.add("dtstamp", clock.now())
    event.add("dtstart", due - LENGTH)
    event.add("dtend", due)
    number = item.instance.number
    title = message("{kind}: {step} (kasus {n})", kind=TITLES[kind], step=step, n=number)
    event.add("summary", str(title))
    address = f"{settings.public_url}/tasks/{item.id}"
    event.add("url", address)
    event.add("description", address)  # what Google shows of the two
    event.add("transp", "TRANSPARENT")  # nobody is busy then
    return event


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
