"""Tables of SOPs on their way to a diagram, each seen by its analyst alone until it is drawn.

What stood in the file and what the analyst says of it are kept apart: what is understood follows
from both, so that an answer never changes what was read, and all answers are looked at again with
each new one. Two pages of one analyst do not write over each other: each answer names the revision
that its page was based on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import undefer

from bpmn.messages import message
from bpmn.sop.grids import Cell, Grid, Row
from bpmn.sop.table import NO_ANSWERS, Answers, understood
from bpmn.sop.table.remarks import COLUMNS, GUESS, IDENTITY, KIND, MISSING
from bpmn.sop.table.words import writable
from bpmn.sop.unfolding import unfolded
from engine import access, clock, sketches, sop_tables
from engine.errors import DraftConflict, InvalidInput, NotFound
from engine.models import SopImport

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import CursorResult, Delete, Update
    from sqlalchemy.orm import Session

    from bpmn.sop.table import Remark, Understood
    from engine.database import Database
    from engine.people import Actor

    Grids = tuple[Grid, ...]

MAX_IMPORTS = 300  # of one analyst at a time
MAX_BYTES = 1_000_000  # of what stood in a file, and of what is said of it
MAX_NAME = 255  # letters
PAGE = 20
FORGOTTEN = timedelta(days=90)


@dataclass(frozen=True)
class Opened:
    """An import with what the analyst says, and what is understood with that."""

    kept: SopImport
    answers: Answers
    found: Understood

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What is to be said of the table, but for guesses that the analyst has settled."""
        return _unsettled(self.found, self.answers)

    @property
    def diagram(self) -> bytes:
        """The file of the diagram that the table makes as it is understood."""
        return unfolded(self.found.sop)


@dataclass(frozen=True)
class Summary:
    """How many imports there are, and how much in them is guessed or missing."""

    imports: int
    guesses: int
    missing: int


def begin(db: Database, actor: Actor, file: str, data: bytes) -> int:
    """Reads a file, keeps what stood in it and gives the import's number.

    Raises `InvalidInput` where it is none that can be read, and `NoTable`.
    """
    access.require_analyst(actor)
    grids = sop_tables.grids_of(data)
    found, now = understood(grids), clock.now()
    made = SopImport(
        person_id=actor.id, file=writable(file)[-MAX_NAME:], grids=_bounded(to_bytes(grids)),
        answers=orjson.dumps(NO_ANSWERS.as_json()), at=now, changed_at=now,
        **_told(found, NO_ANSWERS),
    )  # fmt: skip
    with db.write() as session:
        if summary(session, actor).imports >= MAX_IMPORTS:
            said = message("Impor Anda sudah {n}; lanjutkan atau hapus dahulu.", n=MAX_IMPORTS)
            raise InvalidInput(said)
        session.add(made)
        session.flush()
        return made.id


def own(session: Session, actor: Actor, before: int | None = None) -> Sequence[SopImport]:
    """An analyst's imports, the last brought first: a page of them, and one more if there is."""
    query = select(SopImport).where(SopImport.person_id == actor.id)
    if before is not None:
        query = query.where(SopImport.id < before)
    return session.scalars(query.order_by(SopImport.id.desc()).limit(PAGE + 1)).all()


def summary(session: Session, actor: Actor) -> Summary:
    """What is open in all of an analyst's imports."""
    sums = func.sum(SopImport.guesses), func.sum(SopImport.missing)
    mine = select(func.count(), *sums).where(SopImport.person_id == actor.id)
    return Summary(*(value or 0 for value in session.execute(mine).one()))


def opened(session: Session, actor: Actor, import_id: int) -> Opened:
    """An import as it is understood; raises `NotFound` where it is not the analyst's own."""
    kept = _one(session, actor, import_id)
    answers = Answers.from_json(orjson.loads(kept.answers))
    return Opened(kept, answers, understood(from_bytes(kept.grids), answers))


def answer(db: Database, actor: Actor, import_id: int, answers: Answers, revision: int) -> int:
    """Keeps what the analyst says of a table, all of it, and gives the new revision.

    The same again changes nothing. Raises `DraftConflict` when another page has kept something
    else meanwhile, `InvalidInput` and `NotFound`.
    """
    with db.read() as session:
        kept = _one(session, actor, import_id)
    written = _bounded(orjson.dumps(answers.as_json()))
    if kept.answers == written:  # sent again, for the answer was lost
        return kept.revision
    found = understood(from_bytes(kept.grids), answers)
    new = {"answers": written, "revision": revision + 1, "changed_at": clock.now()}
    new |= _told(found, answers)
    with db.write() as session:
        _guarded(session, update(SopImport).values(**new), actor, import_id, revision)
    return revision + 1


def take_over(db: Database, actor: Actor, import_id: int, revision: int) -> int:
    """Makes a sketch of the diagram and is done with the import; gives the sketch's number.

    Raises what `answer` does.
    """
    with db.read() as session:
        source = opened(session, actor, import_id).diagram
    with db.write() as session:
        _guarded(session, delete(SopImport), actor, import_id, revision)
        return sketches.add(session, actor, sketches.named(source), source)


def discard(db: Database, actor: Actor, import_id: int) -> None:
    """Deletes an import with all that was said of it; raises `NotFound`."""
    with db.write() as session:
        session.delete(_one(session, actor, import_id))


def forget(db: Database) -> None:
    """Deletes the imports that nobody has answered for long: a file may hold what is nobody's."""
    with db.write() as session:
        session.execute(delete(SopImport).where(SopImport.changed_at < clock.now() - FORGOTTEN))


def _one(session: Session, actor: Actor, import_id: int) -> SopImport:
    whole = undefer(SopImport.grids), undefer(SopImport.answers)
    found = session.get(SopImport, import_id, options=whole)
    if found is None or not access.may_import(actor, found):
        raise NotFound(message("Impor itu tidak ada."))
    return found


def _guarded(
    session: Session, change: Update | Delete, actor: Actor, import_id: int, revision: int
) -> None:
    """Changes an import that is still what a page was based on, else raises `DraftConflict`."""
    mine = SopImport.id == import_id, SopImport.person_id == actor.id
    done: CursorResult[Any] = session.execute(  # type: ignore[assignment]  # it is no SELECT
        change.where(*mine, SopImport.revision == revision)
    )
    if done.rowcount != 1:
        raise DraftConflict(
            message("Impor ini sudah diubah di jendela lain; yang baru Anda isi belum tersimpan.")
        )


def to_bytes(grids: Grids) -> bytes:
    """Grids as an import keeps them: JSON."""
    return orjson.dumps(
        [
            [grid.lines, [[row.number, [_cell(cell) for cell in row.cells]] for row in grid.rows]]
            for grid in grids
        ]
    )


def _cell(cell: Cell) -> Any:
    """Most cells are a text and nothing else."""
    if cell == Cell(cell.text):
        return cell.text
    return [cell.text, cell.across, cell.down, cell.shape]


def from_bytes(kept: bytes) -> Grids:
    """The grids that `to_bytes` wrote."""
    return tuple(
        Grid(tuple(Row(number, tuple(map(_as_cell, cells))) for number, cells in rows), lines)
        for lines, rows in orjson.loads(kept)
    )


def _as_cell(kept: Any) -> Cell:
    return Cell(kept) if isinstance(kept, str) else Cell(*kept)


def _bounded(written: bytes) -> bytes:
    if len(written) > MAX_BYTES:
        raise InvalidInput(message("Isi tabel ini terlalu banyak: paling banyak 1 MB teks."))
    return written


def _told(found: Understood, answers: Answers) -> dict[str, Any]:
    """What lists say of an import."""
    sorts = [remark.sort for remark in _unsettled(found, answers)]
    return {
        "name": found.sop.identity.nama[:MAX_NAME],
        "guesses": sorts.count(GUESS),
        "missing": sorts.count(MISSING),
    }


def _unsettled(found: Understood, answers: Answers) -> tuple[Remark, ...]:
    """Guesses on the identity page, the columns and the end are settled by any answer to these."""
    to_end = any(target is None for ways in answers.ways.values() for _, target in ways)
    settled = {COLUMNS: answers.columns is not None, IDENTITY: bool(answers.identity)}

    def is_settled(one: Remark) -> bool:
        if one.place is None:
            return settled.get(one.part, False)
        return to_end and one.part == KIND and found.rows[one.place] is None

    return tuple(one for one in found.remarks if one.sort != GUESS or not is_settled(one))
