"""The files of a case: those that answer a field of a form, and those attached to the case itself.

A field's file is part of a draft until its step is completed: it may be replaced and taken out
without a trace, and what was submitted names its digest. A file attached to the case is recorded at
once; taken out, it stays on record that it was there, and its bytes go.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import joinedload

from bpmn.messages import message
from engine import clock, contents, drafts, file_types, history, instances, ledger, remarks
from engine.database import one_at_a_time
from engine.errors import InvalidInput, NoLongerOpen, NotAllowed, NotFound
from engine.history import Fact
from engine.ledger import once_more
from engine.models import Attachment, WorkItem
from engine.supervision import require_reason

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.orm import Session

    from engine.database import Database
    from engine.people import Actor

MAX_OF_CASE = 200  # files, each of which is at most as large as the setting says
ADDED, REMOVED = "attachment.added", "attachment.removed"
Value = dict[str, Any]


@dataclass(frozen=True)
class File:
    """A file that somebody brings: its name as it is kept, and what its bytes are."""

    name: str
    media_type: str
    data: bytes

    @classmethod
    def checked(cls, given: str, data: bytes, groups: Collection[str] = file_types.GROUPS) -> File:
        """A file of that name as a browser says it; raises `InvalidInput` where it is not taken."""
        name = file_types.clean_name(given)
        return cls(name, file_types.media_type(name, data, groups), data)

    @property
    def digest(self) -> str:
        """SHA-256 of its bytes."""
        return history.digest(self.data)


@once_more
def answer(db: Database, actor: Actor, item_id: int, field: str, file: File) -> Value:
    """Brings the file that answers a field of one's open task, in place of the one before.

    The value of the field; raises `InvalidInput` where there are too many, `NotAllowed`, `NotFound`
    and `NoLongerOpen`.
    """
    with db.read() as session:
        item = _own_item(session, db, actor, item_id)
    with db.write() as session:
        one_at_a_time(session)
        _require_open(session, item)
        _drop_answer(session, item_id, field)
        kept = _keep(session, actor, item.instance_id, file)
        kept.work_item_id, kept.field = item_id, field
    return _value(kept, len(file.data), file.digest)


def take_out(db: Database, actor: Actor, item_id: int, field: str) -> None:
    """Takes the file that was to answer a field out again; raises what `answer` does."""
    with db.read() as session:
        item = _own_item(session, db, actor, item_id)
    with db.write() as session:
        one_at_a_time(session)
        _require_open(session, item)
        _drop_answer(session, item_id, field)


@once_more
def attach(db: Database, actor: Actor, instance_id: int, file: File) -> None:
    """Attaches a file to a case that has not ended; raises what `remarks.read` does."""
    fact = Fact(ADDED, details={"name": file.name}, payload=file.digest)
    with db.read() as session:
        instance, case = remarks.read(session, actor, instance_id)
        act = remarks.act(session, actor, instance, fact)
    with db.write() as session:
        one_at_a_time(session)
        ledger.append(session, case, act)
        _keep(session, actor, instance_id, file).at = act.at  # by which the entry is found


@once_more
def remove(db: Database, actor: Actor, instance_id: int, attachment_id: int, reason: str) -> None:
    """Takes one's own file off a case that has not ended; that it was there stays on record."""
    said = require_reason(reason)
    with db.read() as session:
        instance, case = remarks.read(session, actor, instance_id)
        kept = of_case(session, instance_id, attachment_id)
        if kept.field is not None or kept.person_id != actor.id:
            raise NotAllowed(message("Hanya lampiran Anda sendiri yang dapat Anda hapus."))
        details = {"name": kept.name, "reason": said}
        fact = Fact(REMOVED, details=details, payload=kept.content.digest)
        act = remarks.act(session, actor, instance, fact)
    with db.write() as session:
        one_at_a_time(session)
        ledger.append(session, case, act)
        emptied = {"removed_at": act.at, "content_id": contents.keep(session, b"")}
        session.execute(update(Attachment).where(Attachment.id == kept.id).values(**emptied))
        contents.drop_unused(session, [kept.content_id])


def of_case(session: Session, instance_id: int, attachment_id: int) -> Attachment:
    """A file of a case with its content; raises `NotFound`, also for one that was taken out."""
    one = Attachment.id == attachment_id, Attachment.instance_id == instance_id
    query = select(Attachment).options(joinedload(Attachment.content)).where(*one)
    found = session.scalar(query.where(Attachment.removed_at.is_(None)))
    if found is None:
        raise NotFound(message("Berkas itu tidak ada."))
    return found


def attached(session: Session, instance_id: int) -> Sequence[Attachment]:
    """What was attached to a case itself, oldest first, with what was taken out again."""
    to_case = Attachment.instance_id == instance_id, Attachment.field.is_(None)
    query = select(Attachment).where(*to_case).order_by(Attachment.id)
    with_them = joinedload(Attachment.person), joinedload(Attachment.content)
    return session.scalars(query.options(*with_them)).all()


def answers(session: Session, instance_id: int) -> dict[int, Value]:
    """The files that answer fields in a case, by their numbers, as the values of these fields."""
    to_field = Attachment.instance_id == instance_id, Attachment.field.is_not(None)
    query = select(Attachment).where(*to_field).options(joinedload(Attachment.content))
    return {
        one.id: _value(one, one.content.size, one.content.digest) for one in session.scalars(query)
    }


def _own_item(session: Session, db: Database, actor: Actor, item_id: int) -> WorkItem:
    item, case = instances.open_item(session, actor, item_id)
    drafts.require_own(session, db, actor, item, case)
    return item


def _require_open(session: Session, item: WorkItem) -> None:
    """As it was when it was read; here, since nobody else writes now."""
    same = WorkItem.id == item.id, WorkItem.person_id == item.person_id
    still = select(WorkItem.id).where(*same, WorkItem.status == "open")
    if session.scalar(still.with_for_update()) is None:  # not closed before the end of this either
        raise NoLongerOpen(message("Tugas ini sudah ditutup."))


def _drop_answer(session: Session, item_id: int, field: str) -> None:
    theirs = Attachment.work_item_id == item_id, Attachment.field == field
    gone = delete(Attachment).where(*theirs).returning(Attachment.content_id)
    contents.drop_unused(session, session.scalars(gone).all())


def _require_room(session: Session, instance_id: int) -> None:
    of_case = Attachment.instance_id == instance_id, Attachment.removed_at.is_(None)
    if (session.scalar(select(func.count()).where(*of_case)) or 0) >= MAX_OF_CASE:
        raise InvalidInput(message("Paling banyak {n} berkas dalam satu kasus.", n=MAX_OF_CASE))


def _keep(session: Session, actor: Actor, instance_id: int, file: File) -> Attachment:
    _require_room(session, instance_id)
    kept = Attachment(
        instance_id=instance_id, name=file.name, content_id=contents.keep(session, file.data),
        media_type=file.media_type, person_id=actor.id, at=clock.now(),
    )  # fmt: skip
    session.add(kept)
    session.flush()
    return kept


def _value(kept: Attachment, size: int, digest: str) -> Value:
    return {
        "file": kept.id, "name": kept.name, "size": size, "type": kept.media_type, "digest": digest,
    }  # fmt: skip
