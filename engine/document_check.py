"""Checking the documents of a case against its chain: what they show, their bytes, who signed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bpmn.messages import AlurError, message
from engine import documents, signatures, values
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


def faults_of_signatures(entries: list[Row], kept: list[Row]) -> Iterator[tuple[int, Message]]:
    """What is wrong with the signatures on a case's documents, as above."""
    left = {_place(row): row for row in kept if row["mode"] is not None}
    last = 0
    for entry in entries:
        last = entry["seq"]
        if entry["kind"] == signatures.SIGNED:
            told = _told(entry)
            row = left.pop(_place(told), None)
            deed = told.get("mode"), told.get("digest"), entry["person_id"], entry["at"]
            if row is None or deed != _deed(row):
                yield last, message("tanda tangannya hilang atau bukan yang dibubuhkan waktu itu")
    if left:
        yield last, message("ada tanda tangan yang tidak tercatat")


def _place(signed: Row) -> tuple[Any, ...]:
    return signed.get("kind"), signed.get("revision"), signed.get("number")


def _deed(row: Row) -> tuple[Any, ...]:
    return row["mode"], row["digest"], row["signed_by"], row["at"]


def _told(entry: Row) -> dict[str, Any]:
    try:
        told = values.loads(entry["details"])
    except (AlurError, TypeError):  # damaged, which its hash tells
        return {}
    return told if isinstance(told, dict) else {}


def _digests(row: Row) -> tuple[str | None, Any]:
    data = row["data"]
    return (digest(data) if isinstance(data, bytes) else None), row["digest"]
