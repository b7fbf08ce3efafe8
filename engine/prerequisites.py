"""What must hold for a case to be taken over to another version, and who fills its places then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from bpmn.messages import message
from engine import roles, variables
from engine.errors import Immovable
from engine.models import GOING_ON, Document, Person, Signature
from engine.signature_places import signing_steps
from engine.steps import Waiting

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine.ledger import Case, Seat
    from engine.models import Job
    from engine.spiff.execution import Execution
    from engine.spiff.routes import Route
    from engine.transfers import Situation, Versions


def require_there(versions: Versions, case: Case) -> None:
    if case.status not in GOING_ON:
        raise Immovable(message("Kasus ini sudah berakhir."))
    if case.digest == versions.new.digest and case.called == versions.bound.called:
        raise Immovable(message("Kasus ini sudah mengikuti versi itu."))
    if case.digest != versions.old.digest:
        raise Immovable(message("Kasus ini mengikuti versi lain."))


def require_settled(session: Session, route: Route, before: Situation) -> None:
    """Nothing is under way that the version it was begun on is needed for."""
    for job in before.jobs:
        if job.kind == "document":
            raise Immovable(message("Sebuah dokumen kasus ini sedang dibuat."))
        if job.kind in ("message", "signal") and not _is_sent_alike(route, job):
            raise Immovable(message("Sebuah pesan kasus ini belum terkirim."))
    of_case = Document.instance_id == before.case.id, Document.superseded_at.is_(None)
    unsigned = Signature.document_id == Document.id, Signature.mode.is_(None)
    query = select(Document.kind).join(Signature, Signature.document_id == Document.id)
    for kind in session.scalars(query.where(*of_case, *unsigned).distinct()):
        old, new = (signing_steps(one.diagram, kind) for one in (route.old, route.new))
        if [(route.mapping.get(step), place) for step, place in old] != new:
            raise Immovable(message("Sebuah dokumen kasus ini belum lengkap ditandatangani."))


def _is_sent_alike(route: Route, job: Job) -> bool:
    """Whether the new version sends the same at that element."""
    old, new = (one.diagram.nodes.get(job.element or "") for one in (route.old, route.new))
    if old is None or new is None:
        return False
    return (old.kind, old.topic, old.reference) == (new.kind, new.topic, new.reference)


def require_data(route: Route, execution: Execution) -> None:
    """What lies ahead in the new version asks for nothing that only earlier steps of it give."""
    now, old = Waiting.of(execution), route.old.diagram
    here = {*now.tasks.values(), *now.timers.values(), *now.services.values(), *now.events.values()}
    ahead = route.new.diagram.ahead_of(*here)
    known = frozenset(execution.data) | variables.given(old)
    lacking = variables.lacking(route.new.diagram, ahead, known)
    if lacking:
        raise Immovable(
            message(
                "Langkah berikutnya memerlukan data yang tidak dimiliki kasus ini: {names}.",
                names=", ".join(lacking),
            )
        )


def seats(session: Session, route: Route, before: Situation) -> dict[str, Seat]:
    """Who fills the places of the new version: as before where its rule is the same."""
    diagram = route.new.diagram
    kept: dict[str, Seat] = {}
    for key in diagram.places:
        if key in before.seats and same_rule(route, key, key):
            kept[key] = before.seats[key]
    if kept.keys() != diagram.places.keys():
        case = before.case
        found = roles.resolve(session, diagram, case.subject_id, before.starter_id)
        fillings = {place: roles.Filling(place, *seat) for place, seat in kept.items()}
        filled = roles.chosen(session, diagram, found | fillings, {})
        kept = {place: (one.person_id, one.group_id) for place, one in filled.items()}
    _require_apart(session, route, before, kept)
    return kept


def _require_apart(
    session: Session, route: Route, before: Situation, seats: dict[str, Seat]
) -> None:
    """Whom the new version keeps apart, and who gets a place in it, is and does nothing else."""
    diagram = route.new.diagram
    if diagram.apart != route.old.diagram.apart:
        fillings = {place: roles.Filling(place, *seat) for place, seat in seats.items()}
        roles.require_distinct(session, diagram, fillings)
    held = roles.Held(before.case.id, diagram, seats)
    for place, (who, group) in seats.items():
        if who is not None and before.seats.get(place) != (who, group):
            person = session.get_one(Person, who)
            said = roles.kept_apart(session, held, place, person, for_holder=who)
            if said is not None:
                raise Immovable(said)


def same_rule(route: Route, old: str, new: str) -> bool:
    places = route.old.diagram.places
    return old in places and places[old].actor == route.new.diagram.places[new].actor
