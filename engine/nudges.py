"""A supervisor's nudge: whoever has an open task is told at once that it is asked for."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from bpmn.messages import message
from engine import access, clock, ledger, notices, reminders, steps
from engine.errors import InvalidInput, NoLongerOpen, NotAllowed, NotFound
from engine.history import Fact
from engine.ledger import Act, once_more
from engine.models import Instance, Notice, WorkItem
from engine.supervision import require_reason

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from engine.database import Database
    from engine.people import Actor

AGAIN = timedelta(hours=1)  # between two nudges about one task
KIND = "nudged"


@once_more
def nudge(db: Database, actor: Actor, instance_id: int, item_id: int, reason: str) -> None:
    """Tells whoever has an open task of a running case that a supervisor asks for it.

    The reason stands in the record of the case alone, never in a mail.
    """
    said = require_reason(reason)
    with db.read() as session:
        case, item = _open(session, actor, instance_id, item_id)
        told = sorted(set(reminders.performers(session, item)))
        last = _last(session, item)
    now = clock.now()
    _require_time(last, now)
    if not told:
        raise InvalidInput(message("Tugas ini belum ada pelaksananya: alihkan dahulu perannya."))
    fact = Fact("task.nudged", item.element, {"told": told, "reason": said})
    act = Act.overseeing(actor, case.unit_id, now, fact)
    with db.write() as session:
        ledger.append(session, case, act)
        token = f"{KIND}.{int(now.timestamp())}.{item.task}"
        notices.tell(session, item, KIND, token, told, now)


def _open(
    session: Session, actor: Actor, instance_id: int, item_id: int
) -> tuple[ledger.Case, WorkItem]:
    instance = session.get(Instance, instance_id, options=[joinedload(Instance.subject)])
    if instance is None:
        raise NotFound(message("Kasus itu tidak ada."))
    if not access.may_supervise(actor, instance):
        raise NotAllowed(message("Ini untuk pengawas unit pegawai yang bersangkutan."))
    steps.require_going(instance.status)
    item = session.get(WorkItem, item_id)
    if item is None or item.instance_id != instance_id or item.status != "open":
        raise NoLongerOpen(message("Tugas ini tidak terbuka lagi."))
    return steps.read_case(session, instance_id), item


def _last(session: Session, item: WorkItem) -> datetime | None:
    mine = Notice.instance_id == item.instance_id, Notice.work_item_id == item.id
    return session.scalar(select(func.max(Notice.at)).where(*mine, Notice.kind == KIND))


def _require_time(last: datetime | None, now: datetime) -> None:
    if last is not None and now < last + AGAIN:
        minutes = -((now - last - AGAIN) // timedelta(minutes=1))
        said = message("Tugas ini baru saja diingatkan; lagi dalam {n} menit.", n=minutes)
        raise InvalidInput(said)
