"""The handlers of this installation, one entry a topic; a new one is written here.

A handler gets an `engine.topics.Order` and may be called twice with the same ``key``: what it does
outside must be the same deed then. For a service task it returns the values of `alur:gives`, or
raises `engine.errors.BusinessError` with a code that an error event of the diagram catches; any
other error is tried again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import reminders

if TYPE_CHECKING:
    from engine.topics import Handlers

HANDLERS: Handlers = {
    "remind": reminders.remind,
}
