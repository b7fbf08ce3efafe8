"""Checking the documents of a case against its chain: what they show, and their bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bpmn.messages import AlurError, message
from engine import documents, values
from engine.history import digest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bpmn.messages import Message
    from engine.stored import Row


def faults(entries: list[Row], kept: list[Row]) -> Iterator[tuple[int, Message]]:
    """What is wrong, with the number of the entry that tells otherwise.

    One that is ordered and not made yet has nothing to be measured by. That a PDF is what its
    digest says is asked of all kept files together.
    """
    left = {(row["kind"], row["revision"]): row for row in kept}
    last = 0
    for entry in entries:
        last = entry["seq"]
        if entry["kind"] == documents.MADE:
            told = _told(entry)
            row = left.pop((told.get("kind"), told.get("revision")), None)
            if row is None or _digests(row) != (told.get("data"), told.get("digest")):
                yield last, message("dokumennya hilang atau bukan yang dibuat waktu itu")
    if any(row["digest"] is not None for row in left.values()):
        yield last, message("ada dokumen yang pembuatannya tidak tercatat")


def _told(entry: Row) -> dict[str, Any]:
    try:
        told = values.loads(entry["details"])
    except (AlurError, TypeError):  # damaged, which its hash tells
        return {}
    return told if isinstance(told, dict) else {}


def _digests(row: Row) -> tuple[str | None, Any]:
    data = row["data"]
    return (digest(data) if isinstance(data, bytes) else None), row["digest"]
