"""Places for signatures on documents: whose they are, whose turn it is, and why not yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import joinedload

from bpmn.diagram import listed
from bpmn.messages import Message, message
from engine import access, cases, deployments
from engine.errors import NotAllowed, NotFound
from engine.models import Document, Instance, Person, Signature, WorkItem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from bpmn.diagram import Diagram
    from engine.database import Database
    from engine.people import Actor


@dataclass(frozen=True)
class Place:
    """A place on a document: whose it is, and, once it is filled, by whom it was."""

    row: Signature
    name: str
    signer: Person | None

    @property
    def is_filled(self) -> bool:
        """Whether somebody has signed there."""
        return self.row.mode is not None


@dataclass(frozen=True)
class Sheet:
    """A document with its case and its places, in order."""

    document: Document
    case: Instance
    places: list[Place]

    @property
    def next_place(self) -> Place | None:
        """Where the next signature belongs; None when all are there."""
        return next((place for place in self.places if not place.is_filled), None)

    @property
    def content_id(self) -> int | None:
        """The document with all signatures so far; scans are beside it, not it."""
        signed = [p.row.content_id for p in self.places if p.row.mode not in (None, "wet")]
        return signed[-1] if signed else self.document.content_id


def sheet(db: Database, session: Session, actor: Actor, document_id: int) -> Sheet:
    """A document for who may see its case; raises `NotFound`."""
    found = session.get(Document, document_id)
    if found is None:
        raise NotFound(message("Dokumen itu tidak ada, atau bukan untuk Anda."))
    case = cases.case(session, actor, found.instance_id)
    return Sheet(found, case, _places(db, session, case, document_id))


def of_case(db: Database, session: Session, case: Instance) -> list[Sheet]:
    """The documents of a case that are to be signed, or were, the newest first."""
    signed = select(Signature.document_id).where(Signature.instance_id == case.id)
    query = select(Document).where(Document.id.in_(signed)).order_by(Document.id.desc())
    found = session.scalars(query).all()
    return [Sheet(one, case, _places(db, session, case, one.id)) for one in found]


def hindrance(db: Database, session: Session, actor: Actor, on: Sheet) -> Message | None:
    """Why the actor cannot sign a document now; None when it is their turn.

    Raises `NotAllowed` for who has no place on it at all.
    """
    own = [p for p in on.places if access.may_sign(actor, p.row.person_id, on.case.subject_id)]
    if not own and not any(place.row.signed_by == actor.id for place in on.places):
        raise NotAllowed(message("Tanda tangan pada dokumen ini bukan milik Anda."))
    mine = next((place for place in own if not place.is_filled), None)
    if mine is None:
        return message("Dokumen ini sudah Anda tanda tangani.")
    return _closed(session, on) or _not_yet(db, session, on, mine)


def awaiting(db: Database, session: Session, actor: Actor) -> list[Sheet]:
    """The documents that wait for the actor's signature, or for that of whom they stand in for."""
    theirs = [actor.id, *actor.stands_in]
    query = select(Document.id).join(Signature, Signature.document_id == Document.id)
    query = query.where(Signature.person_id.in_(theirs), Signature.mode.is_(None))
    query = query.where(Document.superseded_at.is_(None), Document.content_id.is_not(None))
    ids = session.scalars(query.order_by(Document.id).distinct()).all()
    found = []
    for document_id in ids:
        on = _unasked(db, session, document_id)
        if any(access.may_sign(actor, p.row.person_id, on.case.subject_id) for p in on.places):
            found.append(on)
    return [on for on in found if hindrance(db, session, actor, on) is None]


def awaited_after(
    db: Database, session: Session, actor: Actor, instance_id: int, place: str
) -> int | None:
    """A document of a case that the actor is to sign next, for the place whose step they did.

    To be asked when a step has been completed: its id, also while it is still being made.
    """
    open_ones = Signature.instance_id == instance_id, Signature.mode.is_(None)
    query = select(Document.id).join(Signature, Signature.document_id == Document.id)
    query = query.where(*open_ones, Signature.place == place, Document.superseded_at.is_(None))
    for document_id in session.scalars(query.order_by(Document.id.desc())).all():
        on = _unasked(db, session, document_id)
        first = on.next_place
        mine = first is not None and access.may_sign(actor, first.row.person_id, on.case.subject_id)
        if mine and first is not None and first.row.place == place:
            return document_id
    return None


def capacity(actor: Actor, place: Place) -> str | None:
    """As what a substitute signs: ``plh``, ``plt`` or ``leave``; None for one's own place."""
    own = place.row.person_id == actor.id
    return None if own else actor.stands_in.get(place.row.person_id)


def _unasked(db: Database, session: Session, document_id: int) -> Sheet:
    document = session.get_one(Document, document_id)
    people_of = joinedload(Instance.subject).joinedload(Person.unit)
    wanted = select(Instance).where(Instance.id == document.instance_id)
    case = session.scalars(wanted.options(joinedload(Instance.definition), people_of)).one()
    return Sheet(document, case, _places(db, session, case, document_id))


def _places(db: Database, session: Session, case: Instance, document_id: int) -> list[Place]:
    query = select(Signature).where(Signature.document_id == document_id)
    query = query.options(joinedload(Signature.person).joinedload(Person.unit))
    rows = session.scalars(query.order_by(Signature.number)).all()
    signers = _people(session, [row.signed_by for row in rows if row.signed_by])
    names = deployments.program_of(db, case).diagram.names
    return [Place(r, names.get(r.place, r.place), signers.get(r.signed_by or 0)) for r in rows]


def _people(session: Session, ids: Sequence[int]) -> dict[int, Person]:
    return {p.id: p for p in session.scalars(select(Person).where(Person.id.in_(ids)))}


def _closed(session: Session, on: Sheet) -> Message | None:
    if on.document.superseded_at is not None:
        return message("Dokumen ini sudah diganti revisi yang baru.")
    if on.case.status == "cancelled":
        return message("Kasus ini dibatalkan.")
    if on.case.status == "suspended":
        return message("Kasus ini sedang ditangguhkan oleh pengawas.")
    if on.document.content_id is None:
        return message("Dokumen ini sedang dibuat.")
    if _is_redone(session, on.document):
        return message("Dokumen ini sedang diperbaiki: langkah yang membuatnya dibuka lagi.")
    return None


def _not_yet(db: Database, session: Session, on: Sheet, mine: Place) -> Message | None:
    first = on.next_place
    if first is not None and first.row.id != mine.row.id:
        name = first.row.person.name
        return message("Menunggu tanda tangan {name} ({place}).", name=name, place=first.name)
    diagram = deployments.program_of(db, on.case).diagram
    if not _has_done(session, diagram, on, mine.row.place):
        return message("Selesaikan langkah Anda dahulu; sesudah itu dokumen ini ditandatangani.")
    return None


def _is_redone(session: Session, document: Document) -> bool:
    """Whether the task that ordered the document is open again, and will order another one."""
    ordered = session.get(WorkItem, document.work_item_id or 0)
    if ordered is None:
        return False
    again = WorkItem.instance_id == document.instance_id, WorkItem.element == ordered.element
    return bool(session.scalar(select(exists().where(*again, WorkItem.status == "open"))))


def _has_done(session: Session, diagram: Diagram, on: Sheet, place: str) -> bool:
    """Whether the step by which somebody signs has been done since the document was ordered."""
    signing = [element for element, at in signing_steps(diagram, on.document.kind) if at == place]
    if not signing:
        return True
    done = WorkItem.instance_id == on.case.id, WorkItem.element.in_(signing)
    ordered_by = WorkItem.id == on.document.work_item_id
    since = WorkItem.status == "completed", or_(WorkItem.closed_at >= on.document.at, ordered_by)
    return bool(session.scalar(select(exists().where(*done, *since))))


def signing_steps(diagram: Diagram, kind: str) -> list[tuple[str, str]]:
    """The tasks by whose completion a document of this kind is to be signed, with their places."""
    found = []
    for node in diagram.nodes.values():
        place = diagram.place(node.id)
        if place is not None and kind in listed(node.properties.get("alur:signs", "")):
            found.append((node.id, place.key))
    return found
