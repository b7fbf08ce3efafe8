"""The record as JSON lines that an outsider can verify; `docs/evidence.md` describes the format."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson

from bpmn.messages import message
from engine import archives, clock, stored
from engine.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from engine.database import Database
    from engine.signing import PublicKey
    from engine.stored import Row

    Progress = Callable[[str, int], None]  # a table, and how many of its rows are done

FORMAT = 2
_OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_APPEND_NEWLINE


def export(
    db: Database,
    key: PublicKey | None,
    file: Path,
    progress: Progress,
    *,
    case: int | None = None,
    replace: bool = False,
) -> int:
    """Writes the record, or that of one case, to a new file; how many lines it has.

    Raises `NotFound` for a case that is not there, and `BackupRefused`.
    """
    with db.snapshot() as connection, archives.whole(file, replace=replace) as written:
        if case is not None and not list(stored.rows(connection, stored.CASES, case)):
            raise NotFound(message("Kasus itu tidak ada."))
        written.write(_line(_head(key, case)))
        count = 1
        for line in _lines(connection, case, progress):
            written.write(_line(line))
            count += 1
    return count


def _head(key: PublicKey | None, case: int | None) -> Row:
    return {
        "type": "alur-record", "format": FORMAT, "at": clock.now().astimezone(UTC), "case": case,
        "key": key.raw.hex() if key else None,
    }  # fmt: skip


def _lines(connection: Connection, case: int | None, progress: Progress) -> Iterator[Row]:
    for row in stored.rows(connection, stored.DEFINITIONS, ahead=4):
        yield {"type": "process"} | {name: row[name] for name in ("key", "version", "digest")}
    # The office's journal is no part of a case's record.
    journal = stored.rows(connection, stored.JOURNAL) if case is None else iter(())
    for row in journal:
        yield {"type": "journal"} | _as_text(row, "details")
    for row in stored.rows(connection, stored.SEALS, ahead=4):
        yield {"type": "seal"} | _as_text(row, "body")
    for row in stored.rows(connection, stored.CASES, case):
        yield {"type": "case"} | _as_text(row, "called")

    def told(done: int) -> None:
        progress("history", done)

    for row in stored.rows(connection, stored.ENTRIES, case, progress=told):
        yield {"type": "entry"} | _as_text(row, "details")
    for row in stored.rows(connection, stored.SUBMISSIONS, case):
        yield {"type": "submission"} | _as_text(row, "data")
    for row in stored.rows(connection, stored.CORRECTIONS, case):
        yield {"type": "correction"} | _as_text(row, "data")
    for row in stored.rows(connection, stored.COMMENTS, case):
        yield {"type": "comment"} | row
    # Their bytes are not in the file; whoever has one compares its digest.
    for row in stored.rows(connection, stored.ATTACHMENTS, case):
        yield {"type": "attachment"} | row


def _as_text(row: Row, column: str) -> Row:
    """Stored JSON as its text, so that no reader writes it anew before it is digested."""
    content = row[column]
    return row | {
        column: content.decode(errors="replace") if isinstance(content, bytes) else content
    }


def _line(row: Row) -> bytes:
    return orjson.dumps(row, default=_plain, option=_OPTIONS)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return b64encode(value).decode()
    raise TypeError(type(value).__name__)
