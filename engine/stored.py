"""The rows of the record as they are stored, in order, however many; also those tampered with.

What a column cannot hold stays as it was found, so that nothing of it ends the reading.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from engine.history import GENESIS, digest
from engine.models.base import inflated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

Row = dict[str, Any]
AHEAD = 1_000  # rows fetched at once
CASES = """
    SELECT i.id, i.last_seq, i.last_hash, i.subject_id, i.starter_id, i.started_at, i.called,
        d.key, d.version, d.digest
    FROM instance i LEFT JOIN definition d ON d.id = i.definition_id
    {of} ORDER BY i.id
"""
# An entry connects to the one before it, whose hash older releases wrote in both.
ENTRIES = """
    SELECT instance_id, seq, at, person_id, capacity, kind, element, details, payload,
        COALESCE(
            previous, LAG(hash, 1, '{genesis}') OVER (PARTITION BY instance_id ORDER BY seq)
        ) AS previous,
        hash
    FROM history {of} ORDER BY instance_id, seq
"""
SUBMISSIONS = """
    SELECT s.instance_id, s.work_item_id, w.element, s.person_id, s.at, s.data, s.digest
    FROM submission s
    LEFT JOIN work_item w ON w.id = s.work_item_id AND w.instance_id = s.instance_id
    {of} ORDER BY s.instance_id, s.id
"""
CORRECTIONS = """
    SELECT c.instance_id, c.work_item_id, w.element, c.person_id, c.at, c.data, c.digest
    FROM correction c
    LEFT JOIN work_item w ON w.id = c.work_item_id AND w.instance_id = c.instance_id
    {of} ORDER BY c.instance_id, c.id
"""
COMMENTS = """
    SELECT instance_id, person_id, at, text FROM comment {of} ORDER BY instance_id, id
"""
ATTACHMENTS = """
    SELECT a.instance_id, a.id, a.work_item_id, a.field, a.person_id, a.at, a.name, a.media_type,
        a.removed_at, c.digest, c.size
    FROM attachment a LEFT JOIN content c ON c.id = a.content_id
    {of} ORDER BY a.instance_id, a.id
"""
DOCUMENTS = """
    SELECT d.instance_id, d.kind, d.revision, d.data, c.digest
    FROM document d LEFT JOIN content c ON c.id = d.content_id
    {of} ORDER BY d.instance_id, d.id
"""
SIGNATURES = """
    SELECT s.instance_id, d.kind, d.revision, s.number, s.mode, s.signed_by, s.signed_at AS at,
        c.digest
    FROM signature s JOIN document d ON d.id = s.document_id
    LEFT JOIN content c ON c.id = s.content_id
    {of} ORDER BY s.instance_id, s.id
"""
# Each row is a piece of a file; a file without pieces has one row.
CONTENTS = """
    SELECT c.id, c.digest, c.size, p.number, p.data
    FROM content c LEFT JOIN content_part p ON p.content_id = c.id ORDER BY c.id, p.number
"""
JOURNAL = "SELECT seq, at, person_id, kind, details, previous, hash FROM journal ORDER BY seq"
SEALS = "SELECT number, at, body, heads, key, signature FROM seal ORDER BY number"
DEFINITIONS = "SELECT key, version, digest, source FROM definition ORDER BY id"
MONITORING = """
    SELECT id, kind, key, unit_id, first, facts, judgement, signed_at, signed_by, signature, digest
    FROM monitoring_sheet ORDER BY id
"""
_OF = {
    CASES: "i.id", ENTRIES: "instance_id", SUBMISSIONS: "s.instance_id",
    CORRECTIONS: "c.instance_id", COMMENTS: "instance_id", ATTACHMENTS: "a.instance_id",
    DOCUMENTS: "d.instance_id", SIGNATURES: "s.instance_id",
}  # fmt: skip
_INSTANTS = ("at", "started_at", "removed_at", "signed_at")


def rows(
    connection: Connection,
    query: str,
    case: int | None = None,
    *,
    ahead: int = AHEAD,
    progress: Callable[[int], None] = lambda _: None,
) -> Iterator[Row]:
    """The rows of one of the queries above, of a case or of all; says how many are read."""
    one = "" if case is None else f"WHERE {_OF[query]} = :case"
    statement = text(query.format(of=one, genesis=GENESIS))
    given = {} if case is None else {"case": case}
    options = {"yield_per": ahead}
    with connection.execute(statement, given, execution_options=options) as found:
        names, done = list(found.keys()), 0
        instants = [name for name in names if name in _INSTANTS]
        for some in found.partitions(ahead):
            for row in some:
                read = dict(zip(names, row, strict=True))
                for name in instants:
                    read[name] = _instant(read[name])
                if query is SUBMISSIONS:
                    read |= _unpacked(read)
                yield read
            done += len(some)
            progress(done)


def hash_of_journal(connection: Connection, seq: int) -> str | None:
    """The stored hash of an entry of the journal."""
    query = text("SELECT hash FROM journal WHERE seq = :seq")
    found: str | None = connection.scalar(query, {"seq": seq})
    return found


def _unpacked(row: Row) -> Row:
    """What was submitted, and its digest, which only older releases wrote beside it."""
    data, told = inflated(row["data"]), row["digest"]
    if told is None and isinstance(data, bytes):
        told = digest(data)
    return {"data": data, "digest": told}


def _instant(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    try:
        return datetime.fromisoformat(value).replace(tzinfo=UTC)  # SQLite's text
    except (TypeError, ValueError):
        return value
