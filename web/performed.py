"""When the work was done, where a form says that this was before it is recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from web.words import office_time

if TYPE_CHECKING:
    from datetime import datetime


def sent() -> datetime | None:
    """The time that was sent with a form, None where none was; raises `InvalidInput`."""
    day, time = (request.form.get(f"performed:{part}", "").strip() for part in ("day", "time"))
    return office_time(day, time) if day or time else None
