"""How long ended cases are kept: for ever, unless an administrator has said otherwise.

What is deleted goes whole, one case in one transaction, and leaves a line in the office's journal
that names nobody (PP 71/2019; UU 27/2022, art. 43 and 44). Imports that their analysts have
forgotten are no records of the office: they go without being said so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, exists, func, select, union

from bpmn.messages import message
from engine import access, clock, contents, jobs, journal, sop_imports
from engine.database import one_at_a_time
from engine.errors import InvalidInput, NotAllowed, NotFound
from engine.models import (
    Attachment,
    Base,
    CampaignMember,
    Comment,
    Correction,
    Definition,
    Document,
    HistoryEntry,
    Incident,
    Instance,
    Job,
    MassActCase,
    MovedCase,
    Notice,
    Processing,
    Retention,
    Role,
    Signature,
    Submission,
    Subscription,
    WorkItem,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from engine.database import Database
    from engine.people import Actor

KIND = "retain"
EVERY = timedelta(days=1)
PAGE = 100
MIN_DAYS, MAX_DAYS = 30, 36_600
# The rows of a case in an order in which none is left that refers to another; a case that has jobs
# to be done is kept.
PARTS: tuple[type[Base], ...] = (
    HistoryEntry, Correction, Submission, Notice, Incident, Subscription, Role, Signature, Document,
    Attachment, Comment, MovedCase, MassActCase, CampaignMember, WorkItem,
)  # fmt: skip


@dataclass(frozen=True)
class Effect:
    """What a limit would delete now: how many ended cases, and when the oldest of them ended."""

    cases: int
    oldest: datetime | None


def limits(session: Session) -> dict[str, int]:
    """The days that ended cases are kept, by process; what is not there is kept for ever."""
    newest = select(func.max(Retention.id)).group_by(Retention.key)
    rows = session.execute(
        select(Retention.key, Retention.days).where(Retention.id.in_(newest))
    ).all()
    return {key: days for key, days in rows if days is not None}


def processes(session: Session) -> Mapping[str, str]:
    """The name of the newest version of every process, by key, in order of their names."""
    newest = select(func.max(Definition.id)).group_by(Definition.key)
    query = select(Definition.key, Definition.name).where(Definition.id.in_(newest))
    return {row.key: row.name for row in session.execute(query.order_by(Definition.name))}


def effect(session: Session, actor: Actor, key: str, days: int | None) -> Effect:
    """What a limit would delete now; raises `NotAllowed`, `NotFound`, `InvalidInput`."""
    _require_settable(session, actor, key, days)
    if days is None:
        return Effect(0, None)
    over = _over(key, days).subquery()
    number, oldest = session.execute(select(func.count(), func.min(over.c.ended_at))).one()
    return Effect(number, oldest)


def set_limit(session: Session, actor: Actor, key: str, days: int | None, number: int) -> None:
    """Keeps ended cases of a process for so many days from now on (None: for ever).

    ``number`` is how many cases the person knows to be deleted at once; raises `InvalidInput` when
    they are others by now, and what `effect` raises.
    """
    one_at_a_time(session)
    if effect(session, actor, key, days).cases != number:
        said = message("Jumlah kasus yang akan dihapus sudah berubah. Periksa lagi.")
        raise InvalidInput(said)
    session.add(Retention(key=key, days=days, at=clock.now(), person_id=actor.id))
    journal.record(session, "retention.set", {"process": key, "days": days}, person_id=actor.id)


def run(db: Database, job: Job) -> None:
    """The daily round: deletes what has been kept long enough, and arms itself for tomorrow.

    So it does with the tables of SOPs that an analyst has left.

    Killed in the middle it has deleted whole cases, and goes on with the rest when tried again.
    """
    with db.read() as session:
        kept = limits(session)
    for key, days in sorted(kept.items()):
        _delete_page_by_page(db, key, days)
    sop_imports.forget(db)
    jobs.come_again(db, job, EVERY)


def _delete_page_by_page(db: Database, key: str, days: int) -> None:
    after = 0
    while True:
        with db.read() as session:
            query = _over(key, days).where(Instance.id > after).order_by(Instance.id).limit(PAGE)
            page: Sequence[int] = [row.id for row in session.execute(query)]
        for instance_id in page:
            with db.write() as session:
                delete_case(session, key, days, instance_id)
        if len(page) < PAGE:
            return
        after = page[-1]


def delete_case(session: Session, key: str, days: int, instance_id: int) -> bool:
    """Deletes a case that has been kept long enough, and says so; False where it has not."""
    one_at_a_time(session)  # before it is asked what is kept: whoever sets that waits for it too
    if limits(session).get(key) != days:  # somebody has set another since
        return False
    columns = (
        Definition.version, Instance.subject_id, Instance.started_at, Instance.ended_at,
        Instance.last_seq, Instance.last_hash,
    )  # fmt: skip
    over = _over(key, days).where(Instance.id == instance_id)
    row = session.execute(over.with_only_columns(*columns)).one_or_none()
    if row is None:
        return False
    of_case = HistoryEntry.instance_id == instance_id
    entries = session.scalar(select(func.count(HistoryEntry.seq)).where(of_case))
    files = _files(session, instance_id)
    for part in PARTS:
        session.execute(delete(part).where(part.__table__.c.instance_id == instance_id))
    looks = Processing.subject_id == row.subject_id, Processing.instance_id == instance_id
    session.execute(delete(Processing).where(*looks))
    session.execute(delete(Instance).where(Instance.id == instance_id))
    contents.drop_unused(session, files)
    details = {
        "instance": instance_id, "process": key, "version": row.version,
        "started": row.started_at, "ended": row.ended_at,
        "seq": row.last_seq, "hash": row.last_hash, "entries": entries,
    }  # fmt: skip
    journal.record(session, "instance.deleted", details)
    return True


def _files(session: Session, instance_id: int) -> list[int]:
    """The contents of a case's files, which other cases may have too."""
    named = (
        select(part.content_id).where(part.instance_id == instance_id) for part in contents.USERS
    )
    found = session.scalars(union(*named)).all()
    return [content_id for content_id in found if content_id is not None]


def _over(key: str, days: int) -> Select[int, datetime | None]:
    """The ended cases of a process past their time, but for those that somebody is to mend."""
    ended = Definition.key == key, Instance.status.in_(("completed", "cancelled"))
    past = Instance.ended_at < clock.now() - timedelta(days=days)
    query = select(Instance.id, Instance.ended_at).join(Definition)
    return query.where(*ended, past, ~_is_open())


def _is_open() -> ColumnElement[bool]:
    failed = Incident.instance_id == Instance.id, Incident.resolved_at.is_(None)
    return exists().where(*failed) | exists().where(Job.instance_id == Instance.id)


def _require_settable(session: Session, actor: Actor, key: str, days: int | None) -> None:
    if not access.may_administer(actor):
        raise NotAllowed(message("Halaman ini untuk administrator."))
    if key not in processes(session):
        raise NotFound(message("Tidak ada proses itu."))
    if days is not None and not MIN_DAYS <= days <= MAX_DAYS:
        said = message(
            "Masa simpan paling sedikit {least} hari dan paling lama {most} tahun.",
            least=MIN_DAYS,
            most=MAX_DAYS // 366,
        )
        raise InvalidInput(said)
