"""Checking what was added to a case beside its forms: comments and files, against its chain."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from bpmn.messages import AlurError, message
from engine import attachments, comments, file_values, values
from engine.history import digest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bpmn.messages import Message
    from engine.stored import Row

Deed = tuple[Any, Any, Any]  # who, when, and the digest of what


def faults(entries: list[Row], said: list[Row], files: list[Row]) -> Iterator[tuple[int, Message]]:
    """What is wrong, with the number of the entry that tells of it; 0 for what none tells of."""
    of_case = [file for file in files if file["field"] is None]
    removed = {
        (entry["person_id"], entry["at"]): entry["payload"]
        for entry in entries
        if entry["kind"] == attachments.REMOVED
    }
    yield from _unlike(
        _of_kind(entries, comments.ADDED),
        Counter(_deed(row, _digest(row["text"])) for row in said),
        message("komentarnya hilang atau bukan yang dicatat"),
        message("ada komentar yang tidak tercatat"),
    )
    yield from _unlike(
        _of_kind(entries, attachments.ADDED),
        Counter(_deed(row, _content(row, removed)) for row in of_case),
        message("lampirannya hilang atau bukan yang dicatat"),
        message("ada lampiran yang tidak tercatat"),
    )


def faults_of_answers(submissions: list[Row], files: list[Row]) -> Iterator[Message]:
    """Every file that was submitted is there, with the digest that was submitted."""
    kept = {file["id"]: file["digest"] for file in files}
    for row in submissions:
        for value in _submitted(row):
            if kept.get(value["file"]) != value["digest"]:
                yield message("berkas yang diserahkan hilang atau bukan yang diserahkan")


def _unlike(
    told: list[Row], kept: Counter[Deed], wrong: Message, untold: Message
) -> Iterator[tuple[int, Message]]:
    for entry in told:
        deed = _deed(entry, entry["payload"])
        if not kept[deed]:
            yield entry["seq"], wrong
        kept[deed] -= 1
    if any(number > 0 for number in kept.values()):
        yield 0, untold


def _of_kind(entries: list[Row], kind: str) -> list[Row]:
    return [entry for entry in entries if entry["kind"] == kind]


def _deed(row: Row, payload: Any) -> Deed:
    return row["person_id"], row["at"], payload


def _content(row: Row, removed: dict[Any, Any]) -> Any:
    if row["removed_at"] is None:
        return row["digest"]
    return removed.get((row["person_id"], row["removed_at"]))


def _digest(text: Any) -> str:
    return digest(str(text).encode())


def _submitted(row: Row) -> list[dict[str, Any]]:
    if not isinstance(row["data"], bytes) or b'"file"' not in row["data"]:
        return []
    try:
        return list(file_values.among(values.loads(row["data"])))
    except AlurError:  # damaged, which its digest tells
        return []
