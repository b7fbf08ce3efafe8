"""Who fills the places of a case: actor rules resolved from the directory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, literal, or_, select

from bpmn.actors import parse_actor
from bpmn.findings import Finding, Severity
from bpmn.messages import Message, message
from engine import absences, people
from engine.errors import InvalidInput, NotAllowed, Unfillable
from engine.models import Group, Membership, Person, WorkItem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from bpmn.actors import ActorRule
    from bpmn.diagram import Diagram, Place
    from engine.models import Instance, Role
    from engine.people import Actor


@dataclass(frozen=True)
class Filling:
    """Who fills one place; ``problem`` says why nobody does."""

    place: str
    person_id: int | None = None
    group_id: int | None = None
    problem: Message | None = None


class _Somebody(NamedTuple):
    """Of a person what a rule asks."""

    id: int
    nip: str
    name: str
    superior_id: int | None
    left_at: datetime | None


@dataclass(frozen=True)
class _Directory:
    """All that the rules of some places ask of the directory, read at once.

    ``people`` by id, ``groups`` with people in them by code, ``known`` the case's subject and
    starter.
    """

    people: Mapping[int, _Somebody]
    groups: Mapping[str, int]
    known: Mapping[str, int] = field(default_factory=dict)


def _superiors() -> Select[*tuple[Any, ...]]:
    """People by id and by NIP, each with those above them up to a level."""
    first = or_(
        Person.id.in_(bindparam("ids", expanding=True)),
        Person.nip.in_(bindparam("nips", expanding=True)),
    )
    start = select(Person.id, Person.superior_id, literal(0).label("level")).where(first)
    below = start.cte(recursive=True)
    above = select(Person.id, Person.superior_id, below.c.level + 1).join(
        below, Person.id == below.c.superior_id
    )
    found = below.union(above.where(below.c.level < bindparam("level")))
    return select(
        Person.id, Person.nip, Person.name, Person.superior_id, Person.left_at
    ).where(Person.id.in_(select(found.c.id)))  # fmt: skip


_SUPERIORS = _superiors()
_PEOPLED = select(Group.code, Group.id).where(
    Group.code.in_(bindparam("codes", expanding=True)),
    select(Membership.person_id)
    .join(Person)
    .where(Membership.group_id == Group.id, Person.left_at.is_(None))
    .exists(),
)


def resolve(
    session: Session, diagram: Diagram, subject_id: int, starter_id: int | None
) -> dict[str, Filling]:
    """The filling of every place of the diagram by its rule; a timer is no starter."""
    return resolve_all(session, diagram, [subject_id], starter_id)[subject_id]


def resolve_all(
    session: Session, diagram: Diagram, subject_ids: Collection[int], starter_id: int | None
) -> dict[int, dict[str, Filling]]:
    """The same of cases about several employees, by employee; the directory is asked once."""
    starter = {} if starter_id is None else {"starter": starter_id}
    directory = _look_up(session, _rules(diagram), {*subject_ids, *starter.values()})
    found = {}
    for subject in subject_ids:
        case = replace(directory, known={"subject": subject} | starter)
        found[subject] = {p.key: _fill(session, p, case) for p in diagram.places.values()}
    return found


def chosen(
    session: Session, diagram: Diagram, fillings: Mapping[str, Filling], chosen: Mapping[str, int]
) -> dict[str, Filling]:
    """The fillings with the starter's choices, checked; raises `Unfillable` or `InvalidInput`."""
    final = dict(fillings)
    directory = _read(session, chosen.values(), (), 0) if chosen else {}
    for place, person_id in chosen.items():
        if place not in fillings or not may_choose(diagram, place):
            raise InvalidInput(message("Pelaksana itu tidak dapat diganti."))
        person = directory.get(person_id)
        if person is None:
            raise InvalidInput(message("Pelaksana yang dipilih tidak dikenal."))
        final[place] = _person(session, place, person)
    for filling in final.values():
        if filling.problem is not None:
            raise Unfillable(filling.problem)
    require_distinct(session, diagram, final)
    return final


def may_choose(diagram: Diagram, place: str) -> bool:
    """Whether the starter may put somebody else there: never in the place of the subject."""
    actor = parse_actor(diagram.places[place].actor)
    return actor is None or actor.origin not in ("subject", "starter") or actor.level > 0


@dataclass(frozen=True)
class Held:
    """The places of a running case and who fills them, each a person and a group.

    ``acted`` are the places in which the person who is asked about has done a task, where that is
    known already.
    """

    instance_id: int
    diagram: Diagram
    seats: Mapping[str, tuple[int | None, int | None]]
    acted: frozenset[str] | None = None


def require_apart(
    session: Session, held: Held, place: str, actor: Actor, *, for_holder: int | None
) -> None:
    """Raises `NotAllowed` where `kept_apart` says that a person may not act in this place."""
    said = kept_apart(session, held, place, actor, for_holder=for_holder)
    if said is not None:
        raise NotAllowed(said)


def kept_apart(
    session: Session, held: Held, place: str, person: Actor | Person, *, for_holder: int | None
) -> Message | None:
    """Why `alur:distinct` keeps a person from acting in this place; None where it does not.

    Whoever fills another of those places may not, nor who has done a task there. What else its
    holder fills, for whom they act (None: for themselves), is rightly in the same hands.
    """
    apart = {other for group in held.diagram.apart if place in group for other in group}
    filled = {p: held.seats[p][0] for p in sorted(apart - {place}) if p in held.seats}
    others = {p: who for p, who in filled.items() if for_holder is None or who != for_holder}
    if not others:
        return None
    holds = next((other for other, who in others.items() if who == person.id), None)
    other = holds or _has_acted(session, held, person.id, others)
    return None if other is None else _both(held.diagram, person.name, other, place)


def _has_acted(session: Session, held: Held, person_id: int, places: Iterable[str]) -> str | None:
    if held.acted is not None:
        return next((place for place in places if place in held.acted), None)
    done = WorkItem.instance_id == held.instance_id, WorkItem.status == "completed"
    by_them = WorkItem.closed_by == person_id, WorkItem.place.in_(list(places))
    return session.scalar(select(WorkItem.place).where(*done, *by_them).limit(1))


def _both(diagram: Diagram, name: str, one: str, other: str) -> Message:
    return message(
        "{name} tidak boleh sekaligus {one} dan {other}.",
        name=name,
        one=diagram.names[one],
        other=diagram.names[other],
    )


def moved_on(
    session: Session, diagram: Diagram, case: Instance, seats: Iterable[Role]
) -> dict[str, Filling]:
    """Where the directory of today fills a place of a case otherwise than it is filled.

    Also where it fills it with nobody, since who does has left: the filling's problem says so.
    """
    now = resolve(session, diagram, case.subject_id, case.starter_id)
    held = [seat for seat in seats if seat.person_id is not None and seat.place in now]
    return {s.place: now[s.place] for s in held if not _still(session, s, now[s.place])}


def _still(session: Session, seat: Role, filling: Filling) -> bool:
    if filling.group_id is None:
        return filling.person_id == seat.person_id
    return seat.person_id in people.group_members(session, filling.group_id)


def staffing(session: Session, diagram: Diagram) -> Iterator[Finding]:
    """Groups, persons and units that the diagram names must be in the directory, and not empty."""
    for task in diagram.asking:
        for code in {one.properties["unit"] for one in task.form if "unit" in one.properties}:
            if not people.units_of(session, code):
                said = message('Unit "{code}" tidak ada.', code=code)
                yield Finding(Severity.BLOCKING, "staffing", task.id, said)
    rules = {p: rule for p, rule in _rules(diagram).items() if rule.origin in ("group", "person")}
    directory = _look_up(session, rules, ())
    for key in rules:
        problem = _fill(session, diagram.places[key], directory).problem
        if problem is not None:
            yield Finding(Severity.BLOCKING, "staffing", key, problem)


def _rules(diagram: Diagram) -> dict[str, ActorRule]:
    """The rule of every place that has one which can be read."""
    read = {place.key: parse_actor(place.actor) for place in diagram.places.values()}
    return {place: rule for place, rule in read.items() if rule is not None}


def _look_up(session: Session, rules: Mapping[str, ActorRule], ids: Iterable[int]) -> _Directory:
    codes = {rule.code for rule in rules.values() if rule.origin == "group"}
    nips = {rule.code for rule in rules.values() if rule.origin == "person"}
    level = max((rule.level for rule in rules.values()), default=0)
    groups = dict(session.execute(_PEOPLED, {"codes": sorted(codes)}).all()) if codes else {}
    return _Directory(_read(session, ids, nips, level), groups)


def _read(
    session: Session, ids: Iterable[int], nips: Iterable[str], level: int
) -> dict[int, _Somebody]:
    """These people with their superiors up to a level, by id."""
    asked = {"ids": sorted(set(ids)), "nips": sorted(nips), "level": level}
    return {row.id: _Somebody(*row) for row in session.execute(_SUPERIORS, asked)}


def _fill(session: Session, place: Place, directory: _Directory) -> Filling:
    actor = parse_actor(place.actor)
    if actor is None:
        said = message('Aturan pelaksana "{rule}" tidak dikenal.', rule=place.actor)
        return Filling(place.key, problem=said)
    if actor.origin == "group":
        return _group(directory, place.key, actor.code)
    if actor.origin == "person":
        person = next((one for one in directory.people.values() if one.nip == actor.code), None)
        if person is None:
            said = message("Tidak ada pegawai dengan NIP {nip}.", nip=actor.code)
            return Filling(place.key, problem=said)
        return _person(session, place.key, person)
    return _superior(session, directory, place.key, actor)


def _group(directory: _Directory, place: str, code: str) -> Filling:
    if code not in directory.groups:
        said = message('Kelompok "{code}" tidak ada atau belum beranggota.', code=code)
        return Filling(place, problem=said)
    return Filling(place, group_id=directory.groups[code])


def _superior(session: Session, directory: _Directory, place: str, actor: ActorRule) -> Filling:
    person = directory.people.get(directory.known[actor.origin])
    for _ in range(actor.level):
        above = directory.people.get(person.superior_id or 0) if person else None
        if person is not None and above is None:
            said = message("{name} belum memiliki atasan dalam direktori.", name=person.name)
            return Filling(place, problem=said)
        person = above
    if person is None:
        return Filling(place, problem=message("Pegawai tidak dikenal."))
    return _person(session, place, person)


def _person(session: Session, place: str, person: _Somebody) -> Filling:
    """Somebody who has left fills a place only while a Plt. holds their post."""
    if person.left_at is not None and not absences.is_filled(session, person.id):
        return Filling(place, problem=message("{name} sudah tidak bertugas.", name=person.name))
    return Filling(place, person_id=person.id)


def require_distinct(session: Session, diagram: Diagram, fillings: Mapping[str, Filling]) -> None:
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
        person_id = fillings[place].person_id if place in fillings else None
        if person_id is None:
            continue
        if person_id in seen:
            person, other = session.get_one(Person, person_id), seen[person_id]
            if not _may_be_both(diagram, person, place, other):
                raise InvalidInput(_both(diagram, person.name, other, place))
        seen.setdefault(person_id, place)


def _may_be_both(diagram: Diagram, person: Person, *places: str) -> bool:
    rules = (parse_actor(diagram.places[place].actor) for place in places)
    return person.is_agency_head and all(rule is not None and rule.level > 0 for rule in rules)
