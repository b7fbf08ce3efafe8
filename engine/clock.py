"""The server's time, in one place, so that it can be moved."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_held: list[datetime] = []  # the instant at which somebody holds the clock


def now() -> datetime:
    """The present instant in UTC."""
    return _held[0] if _held else datetime.now(UTC)


@contextmanager
def held() -> Iterator[Callable[[datetime], None]]:
    """The clock of this process stands where it is set, until the block ends.

    For an invented past, in an office that nobody uses yet.
    """

    def put(instant: datetime) -> None:
        _held[:] = [instant.astimezone(UTC)]

    before = list(_held)
    try:
        yield put
    finally:
        _held[:] = before


def due_time(instant: datetime, zone: tzinfo) -> str:
    """A due time as an office writes it: the end of a day is its 24.00."""
    local = instant.astimezone(zone)
    if (local.hour, local.minute) != (0, 0):
        return local.strftime("%d-%m-%Y %H.%M %Z")
    return (local - timedelta(days=1)).strftime("%d-%m-%Y 24.00 %Z")
