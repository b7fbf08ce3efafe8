"""Notices: what people are told about tasks whose time runs out, in the application and by mail.

A notice matters while its task is open and still its person's. One told before its task moved on
is shown as overtaken, and never mailed.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Date, and_, bindparam, func, or_, select, text, update
from sqlalchemy.orm import joinedload

from bpmn.messages import message
from engine import absences, calendars, clock
from engine.addresses import mail_address
from engine.database import dialect, inserting
from engine.errors import NotFound
from engine.models import Instance, Job, Membership, Notice, Person, WorkItem
from engine.statements import send_together

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from sqlalchemy import BindParameter, ColumnElement, Row
    from sqlalchemy.orm import InstrumentedAttribute, Session

PAGE = 25
DECIDED = "decided"
NEWS = ("escalated", DECIDED)  # of a case, to people who do not do the task itself
# What comes due within it goes out in one mail: forty cases taken up together, one mail.
GATHERING = timedelta(minutes=2)
_MAILED = select(Person.id).where(
    Person.id.in_(bindparam("people", expanding=True)), Person.email.is_not(None)
)


def tell(
    session: Session, item: WorkItem, kind: str, token: str, people: Iterable[int], at: datetime
) -> None:
    """Tells people of a task, each once for a ``token``; by mail too who has an address.

    ``kind``: ``due`` (the Waktu is over), ``deadline`` (another limit), ``wait`` (it lies too
    long), ``before`` (the Waktu is soon over), ``asked`` (a message of the diagram reminds of it),
    ``nudged`` (a supervisor does), ``escalated`` (the late task of another) or ``decided`` (a
    superior has put an end to the disagreement, and closed it).
    """
    told = sorted(set(people))
    if not told:
        return
    mailed = frozenset(session.scalars(_MAILED, {"people": told}))
    about = {"instance_id": item.instance_id, "work_item_id": item.id, "kind": kind}
    rows = [
        {**about, "person_id": person, "token": token, "at": at, "mail": _due(person in mailed)}
        for person in told
    ]
    new = {row.person_id for row in send_together(session, _once(dialect(session)), *rows)}
    for person in sorted(mailed & new):
        arm_mail(session, person, at)


@cache
def _once(dialect: str) -> Any:
    """A notice, unless it has been told; what is new is returned."""
    new = inserting(dialect, Notice.__table__)
    once = new.on_conflict_do_nothing(index_elements=["person_id", "token"])
    return once.returning(Notice.__table__.c.person_id)


def arm_mail(session: Session, person_id: int, at: datetime) -> None:
    """Arms the one mail that gathers all a person is to be told, for the next working time."""
    unit_id = session.scalar(select(Person.unit_id).where(Person.id == person_id))
    due = calendars.of_unit(session, unit_id or 0).next_instant(at + GATHERING)
    row = {"kind": "mail", "person_id": person_id, "due": due, "ready": due}
    # Doing nothing at a conflict would not lock the row: the mail that is going out right now could
    # then be finished without seeing this notice, which nothing would send any more.
    upsert = (
        inserting(dialect(session), Job)
        .values(**row, attempts=0, state="armed", end_of_day=False, repeats=0)
        .on_conflict_do_update(
            index_elements=["person_id"],
            index_where=text("kind = 'mail'"),
            set_={"person_id": person_id},
        )
    )
    session.execute(upsert)


def to_mail(session: Session, person_id: int) -> Sequence[Row[Notice, WorkItem]]:
    """The notices that are to be mailed to a person, with their tasks.

    Those that no longer matter, or whose case is suspended, are not to be mailed any more.
    """
    due = Notice.person_id == person_id, Notice.mail == "due"
    going = (
        select(Instance.id)
        .where(Instance.id == Notice.instance_id, Instance.status == "running")
        .exists()
    )
    session.execute(
        update(Notice).where(*due, ~_matters(absences.today(session), going)).values(mail=None)
    )
    case = joinedload(Notice.instance).joinedload(Instance.definition)
    query = select(Notice, WorkItem).join(WorkItem, Notice.work_item_id == WorkItem.id)
    return session.execute(query.where(*due).options(case).order_by(Notice.id)).all()


def mark_sending(session: Session, notice_ids: Sequence[int]) -> bool:
    """Marks notices as being sent from now on; False when one of them is not due any more."""
    due = Notice.id.in_(notice_ids), Notice.mail == "due", _matters(absences.today(session))
    sending = update(Notice).where(*due).values(mail="sending").returning(Notice.id)
    return len(session.scalars(sending).all()) == len(notice_ids)


def settle(session: Session, notice_ids: Iterable[int], mail: str) -> None:
    """Notes what became of the notices of one mail: ``sent``, or ``due`` again."""
    # Also those that another took for lost meanwhile: who sent them knows better.
    pending = Notice.id.in_(list(notice_ids)), Notice.mail.in_(("sending", "unsure"))
    session.execute(update(Notice).where(*pending).values(mail=mail))


def give_up_lost(session: Session, person_id: int) -> int:
    """Makes ``unsure`` what was being sent when its sender was lost; gives how many."""
    lost = Notice.person_id == person_id, Notice.mail == "sending"
    unsure = update(Notice).where(*lost).values(mail="unsure").returning(Notice.id)
    return len(session.scalars(unsure).all())


def not_by_mail(session: Session, person_id: int) -> None:
    """Leaves what is due to a person to the application alone."""
    due = Notice.person_id == person_id, Notice.mail == "due"
    session.execute(update(Notice).where(*due).values(mail=None))


def is_mail_due(session: Session, person_id: int) -> bool:
    """Whether anything is to be mailed to a person."""
    due = select(Notice.id).where(Notice.person_id == person_id, Notice.mail == "due")
    return session.scalar(due.limit(1)) is not None


def unread(session: Session, person_id: int) -> int:
    """How many notices that matter a person has not read."""
    asked = {"person": person_id, "day": absences.today(session)}
    return session.scalar(_UNREAD, asked) or 0


def page(
    session: Session, person_id: int, before: int | None = None
) -> Sequence[Row[Notice, bool]]:
    """A person's notices, newest first, each with whether it matters; those older than one."""
    matters = _matters(absences.today(session))
    query = select(Notice, matters).where(Notice.person_id == person_id)
    if before is not None:
        query = query.where(Notice.id < before)
    case = joinedload(Notice.instance).joinedload(Instance.definition)
    query = query.options(case, joinedload(Notice.work_item)).order_by(Notice.id.desc())
    return session.execute(query.limit(PAGE)).all()


def read(session: Session, person_id: int, notice_id: int) -> Notice:
    """Marks one of a person's notices as read and gives it; raises `NotFound`."""
    found = session.get(Notice, notice_id)
    if found is None or found.person_id != person_id:
        raise NotFound(message("Pemberitahuan itu tidak ada."))
    if found.read_at is None:
        found.read_at = clock.now()
    return found


def read_all(session: Session, person_id: int) -> None:
    """Marks all of a person's notices as read."""
    mine = Notice.person_id == person_id, Notice.read_at.is_(None)
    session.execute(update(Notice).where(*mine).values(read_at=clock.now()))


def set_address(session: Session, person_id: int, address: str) -> None:
    """Keeps where a person gets mail (nowhere: empty); raises `InvalidInput`."""
    session.get_one(Person, person_id).email = mail_address(address) if address.strip() else None


def has_task(
    person_id: int | InstrumentedAttribute[int], day: date | BindParameter[date]
) -> ColumnElement[bool]:
    """That a person has a task: it is theirs, or their group's while nobody's.

    Theirs too on a ``day`` on which they stand in for its person.
    """
    theirs = select(Membership.group_id).where(Membership.person_id == person_id)
    groups = theirs.correlate_except(Membership)
    of_group = and_(WorkItem.person_id.is_(None), WorkItem.group_id.in_(groups))
    return or_(WorkItem.person_id == person_id, of_group, absences.covers(person_id, day))


def _matters(day: date | BindParameter[date], *also: ColumnElement[bool]) -> ColumnElement[bool]:
    """That the task is open, and its person's or reported to them; a tray that is empty is past.

    What has been decided is news for ever, whatever else is asked.
    """
    concerned = or_(Notice.kind == "escalated", has_task(Notice.person_id, day))
    lies = or_(Notice.kind != "wait", WorkItem.taken_up_at.is_(None))
    task = WorkItem.id == Notice.work_item_id, WorkItem.status == "open"
    going = select(WorkItem.id).where(*task, concerned, lies).correlate_except(WorkItem).exists()
    return or_(Notice.kind == DECIDED, and_(going, *also))


# One statement, since every page says it.
_UNREAD = (
    select(func.count())
    .select_from(Notice)
    .where(
        Notice.person_id == bindparam("person"),
        Notice.read_at.is_(None),
        _matters(bindparam("day", type_=Date)),
    )
)


def _due(by_mail: bool) -> str | None:
    return "due" if by_mail else None
