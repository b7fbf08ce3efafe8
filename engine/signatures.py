"""Signing documents: the one way in which a place for a signature is filled.

It is filled once, in order, under the version of its case; who comes second is told. What a
signature is made of (a PDF's, or a scan) is the business of `tasks.signatures`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import exists, or_, select, update

from bpmn.messages import message
from engine import clock, contents, deployments, ledger, roles, signature_places, steps
from engine.database import one_at_a_time
from engine.errors import NoLongerOpen
from engine.history import Fact, digest
from engine.ledger import Act, once_more
from engine.models import Content, Document, Signature

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import CursorResult
    from sqlalchemy.orm import Session

    from engine.database import Database
    from engine.people import Actor
    from engine.signature_places import Place, Sheet


SIGNED = "document.signed"


@dataclass(frozen=True)
class Signed:
    """A signature that has been made: the file with it, how, and whom its certificate names."""

    data: bytes
    mode: str
    certificate: str | None = None


def prepare(
    session: Session, document: Document, signers: Iterable[tuple[str, int | None]]
) -> list[Signature]:
    """Makes a new document's places: (place of the case, person), in the order of signing.

    A place that stays empty (None) keeps its number, which the document has it by.
    """
    rows = [
        Signature(
            instance_id=document.instance_id, document_id=document.id, number=number,
            place=place, person_id=person_id,
        )
        for number, (place, person_id) in enumerate(signers, start=1)
        if person_id is not None
    ]  # fmt: skip
    session.add_all(rows)
    session.flush()
    return rows


def reseat(session: Session, instance_id: int, place: str, person_id: int) -> None:
    """Whoever is given a place of a case signs what has not been signed there."""
    unsigned = Signature.instance_id == instance_id, Signature.place == place
    mine = update(Signature).where(*unsigned, Signature.mode.is_(None))
    session.execute(mine.values(person_id=person_id))


@once_more
def record(
    db: Database, actor: Actor, document_id: int, number: int, over: int, made: Signed
) -> datetime:
    """Keeps a signature at the place of that number, made over the content ``over``.

    Raises `NoLongerOpen` when somebody was faster, or the document is no longer what was signed;
    nothing is kept then. The digest of what is kept stands in the case's chain.
    """
    with db.read() as session:
        document = session.get(Document, document_id)
        case = steps.read_case(session, document.instance_id if document else 0)
        on = signature_places.sheet(db, session, actor, document_id)
        said = signature_places.hindrance(db, session, actor, on)
        place = on.next_place
        if said is not None or place is None or place.row.number != number:
            raise NoLongerOpen(said or message("Dokumen ini sudah lengkap ditandatangani."))
        if on.content_id != over:
            raise NoLongerOpen(message("Dokumen ini berubah. Muat ulang halaman."))
        before = contents.digest_of(session, over)
        _require_apart(db, session, actor, on, place)
    fact = Fact(SIGNED, None, _details(on.document, place, made, before))
    behalf = place.row.person_id if place.row.person_id in actor.stands_in else None
    act = Act(actor, place.row.place, clock.now(), [fact], behalf)
    with db.write() as session:
        one_at_a_time(session)
        ledger.append(session, case, act)
        _fill(session, place.row.id, actor, act.at, made)
    return act.at


def is_kept(session: Session, sha256: str) -> bool:
    """Whether a file is a document of this office, with or without signatures."""
    content = select(Content.id).where(Content.digest == sha256).scalar_subquery()
    users = (
        exists().where(Document.content_id == content),
        exists().where(Signature.content_id == content),
    )
    return bool(session.scalar(select(or_(*users))))


def _details(
    document: Document, place: Place, made: Signed, before: str | None
) -> dict[str, str | int | None]:
    return {
        "kind": document.kind, "revision": document.revision, "number": place.row.number,
        "person": place.row.person_id, "mode": made.mode, "over": before,
        "digest": digest(made.data),
    }  # fmt: skip


def _fill(session: Session, place_id: int, actor: Actor, at: datetime, made: Signed) -> None:
    still_empty = update(Signature).where(Signature.id == place_id, Signature.mode.is_(None))
    filled: CursorResult[None] = session.execute(  # type: ignore[assignment]  # an UPDATE's
        still_empty.values(
            mode=made.mode, signed_by=actor.id, signed_at=at,
            content_id=contents.keep(session, made.data), certificate=made.certificate,
        )
    )  # fmt: skip
    if filled.rowcount != 1:
        raise NoLongerOpen(message("Dokumen ini baru saja ditandatangani."))


def _require_apart(db: Database, session: Session, actor: Actor, on: Sheet, place: Place) -> None:
    """What `alur:distinct` keeps a substitute from doing they do not sign either."""
    if place.row.person_id != actor.id and place.row.person_id in actor.stands_in:
        diagram = deployments.program_of(db, on.case).diagram
        held = roles.Held(on.case.id, diagram, steps.seats(session, on.case.id))
        roles.require_apart(session, held, place.row.place, actor, for_holder=place.row.person_id)
