"""Sketches: diagrams that analysts draw in the browser, kept as they draw, each seen by one alone.

Two pages of one analyst do not write over each other: each keeping names the revision that its
page was based on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import aliased, joinedload, undefer

from bpmn.blank import blank
from bpmn.elements import diagrams
from bpmn.messages import message
from bpmn.reading import read
from engine import access, clock, deployments
from engine.errors import DraftConflict, InvalidInput, NotFound
from engine.models import Definition, Person, Sketch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import CursorResult
    from sqlalchemy.orm import Session

    from engine.database import Database
    from engine.people import Actor

MAX_NAME = 200  # letters
MAX_SKETCHES = 100  # of one analyst; each may have megabytes


@dataclass(frozen=True)
class Meanwhile:
    """What others did with the process of a sketch since it was begun.

    ``newest`` is a version deployed after its base, None where there is none, and ``by`` who did
    that; ``drawn_by`` are the names of other analysts with a sketch of the same process.
    """

    newest: Definition | None
    by: str | None
    drawn_by: tuple[str, ...]


def of_version(db: Database, actor: Actor, definition_id: int) -> int:
    """Begins a sketch from a deployed version, and gives its number; raises `NotFound`."""
    with db.read() as session:
        base = deployments.definition(session, definition_id)
    return _begin(db, actor, base.name or base.key, base.source, base.id)


def empty(db: Database, actor: Actor, name: str) -> int:
    """Begins a sketch of a new process; raises `InvalidInput` where it has no name."""
    named = " ".join(name.split())
    if not 0 < len(named) <= MAX_NAME or not named.isprintable():
        raise InvalidInput(message("Nama proses: 1 sampai {n} huruf.", n=MAX_NAME))
    return _begin(db, actor, named, blank(named))


def of_file(db: Database, actor: Actor, source: bytes) -> int:
    """Begins a sketch from a file of any tool; raises `UnreadableDiagram`."""
    return _begin(db, actor, named(source), source)


def _begin(db: Database, actor: Actor, name: str, source: bytes, base_id: int | None = None) -> int:
    access.require_analyst(actor)
    with db.write() as session:
        return add(session, actor, name, source, base_id)


def add(
    session: Session, actor: Actor, name: str, source: bytes, base_id: int | None = None
) -> int:
    """Keeps a sketch of an analyst in the transaction of what it comes from.

    Raises `InvalidInput` where there are too many.
    """
    if len(own(session, actor)) >= MAX_SKETCHES:
        said = message("Rancangan Anda sudah {n}; buang yang tidak terpakai.", n=MAX_SKETCHES)
        raise InvalidInput(said)
    sketch = Sketch(
        person_id=actor.id, base_id=base_id, name=name, source=source, changed_at=clock.now()
    )
    session.add(sketch)
    session.flush()
    return sketch.id


def own(session: Session, actor: Actor) -> Sequence[Sketch]:
    """The sketches of an analyst, the last changed first, with their bases."""
    query = select(Sketch).where(Sketch.person_id == actor.id).options(joinedload(Sketch.base))
    return session.scalars(query.order_by(Sketch.changed_at.desc(), Sketch.id.desc())).all()


def drawn_as(session: Session, actor: Actor, source: bytes) -> int | None:
    """The newest sketch of an analyst that is this file, to the byte."""
    same = Sketch.person_id == actor.id, Sketch.source == source
    return session.scalar(select(Sketch.id).where(*same).order_by(Sketch.id.desc()).limit(1))


def one(session: Session, actor: Actor, sketch_id: int) -> Sketch:
    """A sketch with its file and its base; raises `NotFound` where it is not the analyst's own."""
    found = session.get(
        Sketch, sketch_id, options=[undefer(Sketch.source), joinedload(Sketch.base)]
    )
    if found is None or not access.may_draw(actor, found):
        raise NotFound(message("Rancangan itu tidak ada."))
    return found


def keep(db: Database, actor: Actor, sketch_id: int, source: bytes, revision: int) -> int:
    """Keeps what was drawn and gives the new revision; the same file again changes nothing.

    Raises `DraftConflict` when another page has kept something else meanwhile, `UnreadableDiagram`
    and `NotFound`.
    """
    name = named(source)
    with db.read() as session:
        kept = one(session, actor, sketch_id)
    if kept.source == source:  # sent again, for the answer was lost
        return kept.revision
    guarded = update(Sketch).where(
        Sketch.id == sketch_id, Sketch.person_id == actor.id, Sketch.revision == revision
    )
    new = {"source": source, "name": name, "revision": revision + 1, "changed_at": clock.now()}
    with db.write() as session:
        done: CursorResult[Any] = session.execute(  # type: ignore[assignment]  # an UPDATE's
            guarded.values(**new)
        )
        if done.rowcount != 1:
            raise _kept_elsewhere()
    return revision + 1


def deploy(db: Database, actor: Actor, sketch_id: int, revision: int) -> Definition:
    """Keeps a sketch as a version of its process, and is done with it.

    Raises `DiagramRefused` and what `keep` does.
    """
    with db.read() as session:
        sketch = one(session, actor, sketch_id)
    if sketch.revision != revision:
        raise _kept_elsewhere()
    version = deployments.deploy(db, sketch.source, actor.id)
    with db.write() as session:
        # What another page has kept in this very moment is not thrown away unseen.
        of_this = Sketch.id == sketch_id, Sketch.revision == revision
        session.execute(delete(Sketch).where(*of_this))
    return version


def discard(db: Database, actor: Actor, sketch_id: int) -> None:
    """Throws a sketch away; raises `NotFound`."""
    with db.write() as session:
        session.delete(one(session, actor, sketch_id))


def meanwhile(session: Session, sketch: Sketch) -> Meanwhile:
    """What others did with the process of a sketch, which was read with its base."""
    base = sketch.base
    if base is None:
        return Meanwhile(None, None, ())
    later = Definition.key == base.key, Definition.version > base.version
    newest = session.scalar(
        select(Definition).where(*later).order_by(Definition.version.desc()).limit(1)
    )
    by = None
    if newest is not None:
        by = session.scalar(select(Person.name).where(Person.id == newest.deployed_by))
    return Meanwhile(newest, by, _others(session, sketch, base.key))


def _others(session: Session, sketch: Sketch, key: str) -> tuple[str, ...]:
    began = aliased(Definition)
    query = (
        select(Person.name)
        .join(Sketch, Sketch.person_id == Person.id)
        .join(began, Sketch.base_id == began.id)
        .where(began.key == key, Sketch.person_id != sketch.person_id)
        .distinct()
        .order_by(Person.name)
    )
    return tuple(session.scalars(query))


def named(source: bytes) -> str:
    """What the process of a file is called; raises `UnreadableDiagram`."""
    found = diagrams(read(source))
    first = next((one for one in found if one.executable), found[0] if found else None)
    name = first.name or first.key if first is not None else ""
    return name[:MAX_NAME] or "–"


def _kept_elsewhere() -> DraftConflict:
    return DraftConflict(
        message(
            "Rancangan ini sudah diubah di tab atau perangkat lain. Muat ulang halaman untuk"
            " melihatnya; gambar di halaman ini masih dapat diunduh."
        )
    )
