"""The server's time, in one place, so that tests can move it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo


def now() -> datetime:
    """The present instant in UTC."""
    return datetime.now(UTC)


def due_time(instant: datetime, zone: tzinfo) -> str:
    """A due time as an office writes it: the end of a day is its 24.00."""
    local = instant.astimezone(zone)
    if (local.hour, local.minute) != (0, 0):
        return local.strftime("%d-%m-%Y %H.%M %Z")
    return (local - timedelta(days=1)).strftime("%d-%m-%Y 24.00 %Z")
