"""Recording afterwards (*rekam susulan*): when a task was performed, and when that was recorded.

Work on paper goes on where the network does not, and is recorded later. Both times are kept:
whether somebody was late is decided by the first, what was known when by the second.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from bpmn.messages import message
from bpmn.order import comes_before
from engine import clock
from engine.errors import InvalidInput
from engine.models import Instance, WorkItem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session

    from bpmn.diagram import Diagram


def checked(
    session: Session, diagram: Diagram, item: WorkItem, given: datetime, now: datetime
) -> datetime:
    """The time at which a task was performed, as it is kept.

    It lies in no future, and neither before the case began nor before the steps that led to the
    task were performed; people write minutes, so one that has begun by then is not too early.
    Raises `InvalidInput`.
    """
    first = max(_led_to(session, diagram, item))
    if not first.replace(second=0, microsecond=0) <= given <= now:
        zone = ZoneInfo(session.info["zone"])
        raise InvalidInput(
            message(
                "Waktu dikerjakan harus antara {first} dan {last}.",
                first=clock.due_time(first, zone), last=clock.due_time(now, zone),
            )
        )  # fmt: skip
    return max(given.astimezone(UTC), first)


def _led_to(session: Session, diagram: Diagram, item: WorkItem) -> Iterator[datetime]:
    """When the case began, and when the steps before a task were performed."""
    yield session.scalars(select(Instance.started_at).filter_by(id=item.instance_id)).one()
    done = WorkItem.instance_id == item.instance_id, WorkItem.status == "completed"
    performed = func.coalesce(WorkItem.performed_at, WorkItem.closed_at)
    earlier = select(WorkItem.element, performed).where(*done, WorkItem.closed_at <= item.opened_at)
    for element, at in session.execute(earlier):
        # What was done beside it, in another branch, led to something else.
        if comes_before(diagram, element, item.element):
            yield at
