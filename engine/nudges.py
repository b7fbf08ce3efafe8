"""A supervisor's nudge: whoever has an open task is told at once that it is asked for."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from bpmn.messages import message
from engine import clock, ledger, notices, reminders, steps, supervision
from engine.errors import InvalidInput, NoLongerOpen
from engine.history import Fact
from engine.ledger import Act, once_more
from engine.models import Notice, WorkItem

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from engine.database import Database
    from engine.ledger import Write
    from engine.models import Instance
    from engine.people import Actor

AGAIN = timedelta(hours=1)  # between two nudges about one task
KIND = "nudged"


@once_more
def nudge(db: Database, actor: Actor, instance_id: int, item_id: int, reason: str) -> None:
    """Tells whoever has an open task of a running case that a supervisor asks for it.

    The reason stands in the record of the case alone, never in a mail.
    """

    def read(session: Session) -> Write:
        return nudging(session, actor, instance_id, [item_id], reason)

    ledger.carry_out(db, read)


def nudging(
    session: Session, actor: Actor, instance_id: int, item_ids: Sequence[int] | None, reason: str
) -> Write:
    """What nudging about tasks of a case writes; about None: about all that one can now.

    Raises as `require_nudgeable` and `require_time` do, `NotFound`, and `InvalidInput` for a task
    that nobody has.
    """
    said = supervision.require_reason(reason)
    instance, case = supervision.read(session, instance_id)
    require_nudgeable(actor, instance)
    now, last = clock.now(), last_nudges(session, [instance_id])
    if item_ids is None:
        items = ready(supervision.open_items(session, instance_id), last, now)
    else:
        items = [_open(session, instance_id, item_id) for item_id in item_ids]
    told = {item.id: sorted(set(reminders.performers(session, item))) for item in items}
    for item in items:
        require_time(last.get(item.id), now)
        require_performer(told[item.id])
    facts = [
        Fact("task.nudged", item.element, {"told": told[item.id], "reason": said}) for item in items
    ]
    act = Act.overseeing(actor, case.unit_id, now, *facts)

    def write(session: Session) -> None:
        ledger.append(session, case, act)
        for item in items:
            token = f"{KIND}.{int(now.timestamp())}.{item.task}"
            notices.tell(session, item, KIND, token, told[item.id], now)

    return write


def require_nudgeable(actor: Actor, instance: Instance) -> None:
    """Raises `NotAllowed` or `Suspended` where a person cannot nudge about a case."""
    supervision.require_supervisor(actor, instance)
    steps.require_going(instance.status)


def ready(
    items: Sequence[WorkItem], last: Mapping[int, datetime], now: datetime
) -> Sequence[WorkItem]:
    """Those of the open tasks of a case about which one may nudge now.

    Raises `NoLongerOpen` for none open, `InvalidInput` where it is too early for each of them.
    """
    if not items:
        raise NoLongerOpen(message("Tidak ada tugas yang terbuka."))
    found = [item for item in items if not _is_early(last.get(item.id), now)]
    if not found:
        require_time(min(last[item.id] for item in items), now)
    return found


def require_time(last: datetime | None, now: datetime) -> None:
    """Raises `InvalidInput` while the last nudge about a task is not an hour ago."""
    if last is not None and _is_early(last, now):
        minutes = -((now - last - AGAIN) // timedelta(minutes=1))
        said = message("Tugas ini baru saja diingatkan; lagi dalam {n} menit.", n=minutes)
        raise InvalidInput(said)


def require_performer(told: Collection[int]) -> None:
    """Raises `InvalidInput` when there is nobody whom one could tell."""
    if not told:
        raise InvalidInput(message("Tugas ini belum ada pelaksananya: alihkan dahulu perannya."))


def last_nudges(session: Session, instance_ids: Collection[int]) -> dict[int, datetime]:
    """When somebody was last nudged about each task of these cases."""
    of_cases = Notice.instance_id.in_(instance_ids), Notice.kind == KIND
    query = select(Notice.work_item_id, func.max(Notice.at)).where(*of_cases)
    rows = session.execute(query.group_by(Notice.work_item_id))
    return {item_id: at for item_id, at in rows if item_id is not None}


def _open(session: Session, instance_id: int, item_id: int) -> WorkItem:
    item = session.get(WorkItem, item_id)
    if item is None or item.instance_id != instance_id or item.status != "open":
        raise NoLongerOpen(message("Tugas ini tidak terbuka lagi."))
    return item


def _is_early(last: datetime | None, now: datetime) -> bool:
    return last is not None and now < last + AGAIN
