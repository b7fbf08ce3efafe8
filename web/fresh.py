"""Pages that keep themselves current: what they show has a mark, and with the same mark no answer.

A page asks for itself every few seconds with the mark it has (``frontend/src/fresh.js``). While
that is still right the answer is empty, and nothing of the page is made.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import request

from engine import clock
from engine.punctuality import standing

if TYPE_CHECKING:
    from engine.models import Instance, WorkItem

HEADER = "Alur-Seen"
UNCHANGED = ("", 204)
# By then "5 minutes ago" is wrong; more often than that nobody needs it right.
EVERY = timedelta(minutes=10)


def is_asked() -> bool:
    """Whether a page asks by itself, and nobody at it."""
    return HEADER in request.headers


def mark(*shown: Any) -> str:
    """The mark of what is shown, for the page to bring along when it asks."""
    told = (*shown, clock.now().timestamp() // EVERY.total_seconds())
    return hashlib.sha256(repr(told).encode()).hexdigest()[:20]


def is_seen(mark: str) -> bool:
    """Whether the page that asks has this already."""
    return request.headers.get(HEADER) == mark


def of_task(item: WorkItem, case: Instance | None = None) -> tuple[Any, ...]:
    """What a list shows of a task, which was read with its case unless that is given."""
    status = (case or item.instance).status
    return item.id, item.person_id, standing(item, status), item.due_at, item.deadline_at
