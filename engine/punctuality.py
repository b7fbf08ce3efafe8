"""Where a task stands in time: in the tray, in work, too late, or standing still."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import case, or_

from engine import clock
from engine.models import WorkItem

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement


class Standing(StrEnum):
    """How an open task stands; late work and a full tray are different faults."""

    SUSPENDED = "suspended"  # its case's clocks stand still
    LATE = "late"  # past its Waktu, or past a deadline
    NEGLECTED = "neglected"  # nobody has taken it up within the waiting limit
    WAITING = "waiting"
    WORKING = "working"


def standing(item: WorkItem, case_status: str) -> Standing:
    """How an open task stands now."""
    now = clock.now()
    if case_status == "suspended":
        return Standing.SUSPENDED
    if any(due is not None and due < now for due in (item.due_at, item.deadline_at)):
        return Standing.LATE
    if item.taken_up_at is not None:
        return Standing.WORKING
    too_long = item.wait_due_at is not None and item.wait_due_at < now
    return Standing.NEGLECTED if too_long else Standing.WAITING


def done_at(item: WorkItem) -> datetime | None:
    """When a task was done: performed, else recorded; None while it is open."""
    return item.performed_at or item.closed_at


def was_late(item: WorkItem) -> bool:
    """Whether a task was done past its Waktu or a deadline, however late that was recorded."""
    done = done_at(item)
    return done is not None and any(
        due is not None and due < done for due in (item.due_at, item.deadline_at)
    )


def is_overdue() -> ColumnElement[bool]:
    """The condition of an open task that is late or neglected."""
    now = clock.now()
    waits_too_long = WorkItem.taken_up_at.is_(None) & (WorkItem.wait_due_at < now)
    late = or_(WorkItem.due_at < now, WorkItem.deadline_at < now, waits_too_long)
    return (WorkItem.status == "open") & late


def overdue_since() -> ColumnElement[datetime]:
    """From when an overdue task has been so: the first of its times that have passed."""
    now = clock.now()
    tray = case((WorkItem.taken_up_at.is_(None), WorkItem.wait_due_at))
    first, second, third = (
        case((due < now, due), else_=now) for due in (WorkItem.due_at, WorkItem.deadline_at, tray)
    )
    earlier = case((first < second, first), else_=second)
    return case((third < earlier, third), else_=earlier)
