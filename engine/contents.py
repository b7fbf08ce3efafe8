"""Files, kept in the database in pieces: a backup has them, every node of a fleet reads them.

What is the same bytes is kept once. Nothing here knows what a file is for, or who may have it.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from bpmn.messages import message
from engine import clock
from engine.database import one_at_a_time
from engine.errors import NotFound, StateDamaged
from engine.models import Attachment, Content, ContentPart, Document, Signature

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.orm import Session

    from engine.database import Database

PIECE = 256 * 1024  # bytes of a row
USERS = (Attachment, Document, Signature)


def keep(session: Session, data: bytes) -> int:
    """Keeps a file, unless it is kept already; the id of its content."""
    one_at_a_time(session)  # two that bring the same file would both find that it is not there
    digest = hashlib.sha256(data).hexdigest()
    found = session.scalar(select(Content.id).where(Content.digest == digest))
    if found is not None:
        return found
    content = Content(digest=digest, size=len(data), at=clock.now())
    session.add(content)
    session.flush()
    rows = [
        {"content_id": content.id, "number": number, "data": data[start : start + PIECE]}
        for number, start in enumerate(range(0, len(data), PIECE))
    ]
    if rows:
        session.execute(insert(ContentPart), rows)
    return content.id


def digest_of(session: Session, content_id: int) -> str | None:
    """The SHA-256 of a kept file, hexadecimal."""
    return session.scalar(select(Content.digest).where(Content.id == content_id))


def pieces(db: Database, content_id: int) -> Iterator[bytes]:
    """The bytes of a file, piece by piece, each read on its own: a slow reader holds nothing."""
    number = 0
    while True:
        with db.read() as session:
            piece = session.get(ContentPart, (content_id, number))
        if piece is None:
            return
        yield piece.data
        number += 1


def whole(db: Database, content_id: int) -> bytes:
    """A file in memory; raises `NotFound`, and `StateDamaged` when it is not what was kept."""
    with db.read() as session:
        content = session.get(Content, content_id)
    if content is None:
        raise NotFound(message("Berkas itu tidak ada."))
    data = b"".join(pieces(db, content_id))
    if hashlib.sha256(data).hexdigest() != content.digest:
        raise StateDamaged(message("Berkas tersimpan rusak."))
    return data


def drop_unused(session: Session, content_ids: Iterable[int]) -> None:
    """Deletes those of these files that nothing refers to any more."""
    one_at_a_time(session)
    for content_id in sorted(set(content_ids)):
        used = (select(user.id).where(user.content_id == content_id) for user in USERS)
        if all(session.scalar(query.limit(1)) is None for query in used):
            session.execute(delete(ContentPart).where(ContentPart.content_id == content_id))
            session.execute(delete(Content).where(Content.id == content_id))
