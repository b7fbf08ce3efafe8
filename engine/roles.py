"""Who fills the places of a case: actor rules resolved from the directory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from bpmn.actors import parse_actor
from bpmn.findings import Finding, Severity
from bpmn.messages import Message, message
from engine import people
from engine.errors import InvalidInput, NotAllowed, Unfillable
from engine.models import Person

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy.orm import Session

    from bpmn.diagram import Diagram, Place
    from engine.people import Actor


@dataclass(frozen=True)
class Filling:
    """Who fills one place; ``problem`` says why nobody does."""

    place: str
    person_id: int | None = None
    group_id: int | None = None
    problem: Message | None = None


def resolve(
    session: Session, diagram: Diagram, subject_id: int, starter_id: int | None
) -> dict[str, Filling]:
    """The filling of every place of the diagram by its rule; a timer is no starter."""
    known = {"subject": subject_id} | ({} if starter_id is None else {"starter": starter_id})
    return {place.key: _fill(session, place, known) for place in diagram.places.values()}


def chosen(
    session: Session, diagram: Diagram, fillings: Mapping[str, Filling], chosen: Mapping[str, int]
) -> dict[str, Filling]:
    """The fillings with the starter's choices, checked; raises `Unfillable` or `InvalidInput`."""
    final = dict(fillings)
    for place, person_id in chosen.items():
        if place not in fillings or not may_choose(diagram, place):
            raise InvalidInput(message("Pelaksana itu tidak dapat diganti."))
        person = session.get(Person, person_id)
        if person is None:
            raise InvalidInput(message("Pelaksana yang dipilih tidak dikenal."))
        final[place] = _person(place, person)
    for filling in final.values():
        if filling.problem is not None:
            raise Unfillable(filling.problem)
    _require_distinct(session, diagram, final)
    return final


def may_choose(diagram: Diagram, place: str) -> bool:
    """Whether the starter may put somebody else there: never in the place of the subject."""
    actor = parse_actor(diagram.places[place].actor)
    return actor is None or actor.origin not in ("subject", "starter") or actor.level > 0


def require_apart(
    diagram: Diagram, taken: Mapping[str, int | None], place: str, actor: Actor
) -> None:
    """Raises `NotAllowed` when `alur:distinct` keeps a person from also filling this place."""
    others = (other for group in diagram.apart if place in group for other in group)
    for other in others:
        if other != place and taken.get(other) == actor.id:
            said = message(
                "{name} tidak boleh sekaligus {one} dan {other}.",
                name=actor.name,
                one=diagram.names[other],
                other=diagram.names[place],
            )
            raise NotAllowed(said)


def staffing(session: Session, diagram: Diagram) -> Iterator[Finding]:
    """Groups and persons that the diagram names must be in the directory, and not empty."""
    for place in diagram.places.values():
        actor = parse_actor(place.actor)
        if actor is not None and actor.origin in ("group", "person"):
            problem = _fill(session, place, {}).problem
            if problem is not None:
                yield Finding(Severity.BLOCKING, "staffing", place.key, problem)


def _fill(session: Session, place: Place, known: dict[str, int]) -> Filling:
    actor = parse_actor(place.actor)
    if actor is None:
        said = message('Aturan pelaksana "{rule}" tidak dikenal.', rule=place.actor)
        return Filling(place.key, problem=said)
    if actor.origin == "group":
        return _group(session, place.key, actor.code)
    if actor.origin == "person":
        person = session.scalar(select(Person).where(Person.nip == actor.code))
        if person is None:
            said = message("Tidak ada pegawai dengan NIP {nip}.", nip=actor.code)
            return Filling(place.key, problem=said)
        return _person(place.key, person)
    return _superior(session, place.key, known[actor.origin], actor.level)


def _group(session: Session, place: str, code: str) -> Filling:
    group = people.group_named(session, code)
    if group is None or not people.group_members(session, group.id):
        said = message('Kelompok "{code}" tidak ada atau belum beranggota.', code=code)
        return Filling(place, problem=said)
    return Filling(place, group_id=group.id)


def _superior(session: Session, place: str, person_id: int, level: int) -> Filling:
    person = session.get(Person, person_id)
    for _ in range(level):
        above = session.get(Person, person.superior_id or 0) if person else None
        if person is not None and above is None:
            said = message("{name} belum memiliki atasan dalam direktori.", name=person.name)
            return Filling(place, problem=said)
        person = above
    if person is None:
        return Filling(place, problem=message("Pegawai tidak dikenal."))
    return _person(place, person)


def _person(place: str, person: Person) -> Filling:
    if person.left_at is not None:
        return Filling(place, problem=message("{name} sudah tidak bertugas.", name=person.name))
    return Filling(place, person_id=person.id)


def _require_distinct(session: Session, diagram: Diagram, fillings: Mapping[str, Filling]) -> None:
    """`alur:distinct`: different persons, but an agency head may be assessor and superior.

    Nobody in the agency stands above its head, who may be both; never the subject.
    """
    for group in diagram.apart:
        _require_apart(session, diagram, group, fillings)


def _require_apart(
    session: Session, diagram: Diagram, group: tuple[str, ...], fillings: Mapping[str, Filling]
) -> None:
    seen: dict[int, str] = {}
    for place in group:
        filling = fillings.get(place)
        person = session.get(Person, filling.person_id or 0) if filling else None
        if person is None:
            continue
        if person.id in seen and not _may_be_both(diagram, person, place, seen[person.id]):
            said = message(
                "{name} tidak boleh sekaligus {one} dan {other}.",
                name=person.name,
                one=diagram.names[seen[person.id]],
                other=diagram.names[place],
            )
            raise InvalidInput(said)
        seen.setdefault(person.id, place)


def _may_be_both(diagram: Diagram, person: Person, *places: str) -> bool:
    rules = (parse_actor(diagram.places[place].actor) for place in places)
    return person.is_agency_head and all(rule is not None and rule.level > 0 for rule in rules)
