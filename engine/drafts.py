"""Drafts of tasks that save themselves: what was typed, as it was typed, before it is sent.

The column holds either a dict of typed values (a step that failed, see `engine.instances`) or a
list of the raw fields, the first pair of which, of no name, says who saved it, from which page and
browser. Several devices of one task do not write over each other: each save names the revision
that its page was based on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import select, update

from bpmn.messages import message
from engine import clock, instances, roles, steps, values
from engine.database import prove
from engine.errors import DraftConflict, InvalidInput, NotAllowed, StaleInstance
from engine.ledger import once_more
from engine.models import Person, WorkItem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import CursorResult
    from sqlalchemy.orm import Session

    from engine.database import Database
    from engine.ledger import Case
    from engine.people import Actor

    Fields = Sequence[tuple[str, str]]

MAX_BYTES = 500_000
MAX_FIELDS = 5_000
_EMPTY = b"[]"


@dataclass(frozen=True)
class Sheet:
    """A page that a form stands on: its token, its browser, and the how manieth save this is."""

    token: str
    browser: str
    number: int


@dataclass(frozen=True)
class Draft:
    """A kept draft: raw ``fields`` as typed, or typed ``given`` values; by whom and from where."""

    revision: int
    at: datetime | None = None
    fields: list[tuple[str, str]] | None = None
    given: dict[str, Any] | None = None
    person_id: int | None = None
    sheet: Sheet | None = None

    @property
    def content(self) -> Any:
        """What `tasks.written_forms.form_for` takes as a draft; None where there is none."""
        return self.fields if self.fields is not None else self.given


def of(item: WorkItem) -> Draft:
    """The draft of a task, perhaps of nothing."""
    kept = values.loads(item.draft) if item.draft not in (None, _EMPTY) else None
    if not isinstance(kept, list):
        return Draft(item.draft_revision, item.draft_at, given=kept)
    (_, who), *pairs = kept
    person_id, token, number, browser = who.split(" ", 3)
    sheet = Sheet(token, browser, int(number))
    fields = [(name, value) for name, value in pairs]
    return Draft(item.draft_revision, item.draft_at, fields, None, int(person_id), sheet)


def saver(session: Session, draft: Draft) -> str | None:
    """The name of who saved a draft; None where it is not told."""
    query = select(Person.name).where(Person.id == draft.person_id)
    return session.scalar(query) if draft.person_id is not None else None


@once_more
def save(
    db: Database, actor: Actor, item_id: int, fields: Fields, revision: int, sheet: Sheet
) -> Draft:
    """Keeps what has been typed so far; the first time counts as taking the task up.

    ``revision`` is what the page began with, or was told since. Raises `DraftConflict` when another
    page has saved after that, `NoLongerOpen`, `NotAllowed`, `NotFound` and `InvalidInput`.
    """
    data = _packed(actor, fields, sheet)
    with db.read() as session:
        item, case = instances.open_item(session, actor, item_id)
        require_own(session, db, actor, item, case)
    kept = of(item)
    if _is_same_page(kept, actor, sheet):
        if kept.sheet is not None and sheet.number <= kept.sheet.number:
            return kept  # sent later and come sooner: what is kept is newer
    elif kept.revision != revision:
        raise DraftConflict(message("Konsep ini sudah disimpan dari tempat lain."))
    if item.taken_up_at is None and case.status == "running":
        instances.take_up(db, actor, item_id)
    return _written(db, item, kept, data)


@once_more
def discard(db: Database, actor: Actor, item_id: int, revision: int) -> Draft:
    """Throws a draft away; raises what `save` raises."""
    with db.read() as session:
        item, case = instances.open_item(session, actor, item_id)
        require_own(session, db, actor, item, case)
    kept = of(item)
    if kept.revision != revision:
        raise DraftConflict(message("Konsep ini sudah disimpan dari tempat lain."))
    # Not None: a step that failed is overcome by completing it, whatever became of its draft.
    return _written(db, item, kept, _EMPTY)


def _written(db: Database, item: WorkItem, kept: Draft, data: bytes) -> Draft:
    revision, at = kept.revision + 1, clock.now()
    of_item = WorkItem.id == item.id, WorkItem.person_id == item.person_id
    guarded = update(WorkItem).where(
        *of_item, WorkItem.status == "open", WorkItem.draft_revision == kept.revision
    )
    with db.write() as session:
        same = WorkItem.draft_revision == revision, WorkItem.draft == data
        prove(session, select(WorkItem.id).where(*of_item, *same))
        done: CursorResult[Any] = session.execute(  # type: ignore[assignment]  # an UPDATE's
            guarded.values(draft=data, draft_at=at, draft_revision=revision)
        )
        if done.rowcount != 1:
            # Looked at once more, which tells what came between.
            raise StaleInstance(message("Tugas ini baru saja berubah. Muat ulang halaman."))
    return Draft(revision, at)


def _is_same_page(kept: Draft, actor: Actor, sheet: Sheet) -> bool:
    """Whether the kept draft is of the same page, which then need not know the answer to it."""
    return kept.sheet is not None and kept.person_id == actor.id and kept.sheet.token == sheet.token


def require_own(session: Session, db: Database, actor: Actor, item: WorkItem, case: Case) -> None:
    """A draft is kept of one's own task, or of whom one stands in for; not of a group's."""
    if item.person_id is None or not instances.may_work(actor, item, case):
        raise NotAllowed(message("Ambil tugas ini dahulu."))
    if item.person_id != actor.id:
        held = roles.Held(case.id, steps.drawn(db, case), case.seats)
        roles.require_apart(session, held, item.place, actor, for_holder=item.person_id)


def _packed(actor: Actor, fields: Fields, sheet: Sheet) -> bytes:
    who = f"{actor.id} {sheet.token} {sheet.number} {sheet.browser}"
    # Raw text, which may look like a tag of `engine.values`; only dicts are read as such.
    data = orjson.dumps([("", who), *fields])
    if len(fields) > MAX_FIELDS or len(data) > MAX_BYTES:
        said = message("Isian ini terlalu besar untuk disimpan sebagai konsep.")
        raise InvalidInput(said)
    return data
