"""Giving the places of running cases to other people."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby, islice
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from bpmn.messages import AlurError, message
from engine import access, clock, deployments, journal, ledger, people, roles, signatures, steps
from engine.errors import DatabaseLost, InvalidInput, NoLongerOpen, NotAllowed, NotFound
from engine.history import Fact
from engine.ledger import Act, Case, Write, once_more
from engine.models import Instance, Person, Role
from engine.supervision import require_reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

    from bpmn.diagram import Diagram
    from bpmn.messages import Message
    from engine.database import Database
    from engine.people import Actor

MOST = 500  # cases at a time


@dataclass(frozen=True)
class Holding:
    """The places that somebody fills in a running case, by name."""

    case: Instance
    places: list[str]


@dataclass(frozen=True)
class Outcome:
    """A case that was to be handed over; ``refused`` says why it was not."""

    instance_id: int
    refused: Message | None = None


@once_more
def reassign(
    db: Database, actor: Actor, instance_id: int, place: str, person_id: int, reason: str
) -> None:
    """Gives a place of a running or suspended case, with its open tasks, to another person.

    Raises `NotFound`, `NotAllowed`, `NoLongerOpen` and `InvalidInput`.
    """
    which = instance_id, place, person_id, reason
    ledger.carry_out(db, lambda session: reassigning(db, session, actor, *which))


def reassigning(
    db: Database, session: Session, actor: Actor, instance_id: int, place: str, person_id: int,
    reason: str,
) -> Write:  # fmt: skip
    """What giving a place of a case to another person writes; raises as `reassign` does."""
    said = require_reason(reason)
    case, held = _read(db, session, actor, instance_id)
    require_movable(held, place)
    person = serving(session, person_id)
    require_fit(session, held, [place], person, people.groups_of(session, person.id))
    return _moving(actor, case, held, [place], person, said)


def require_movable(held: roles.Held, place: str) -> None:
    """Raises `NotFound` for a place that a case has not, `InvalidInput` for a person's own."""
    if place not in held.seats:
        raise NotFound(message("Peran itu tidak ada dalam kasus ini."))
    if not _movable(held.diagram, [place]):
        raise InvalidInput(message("Peran itu melekat pada orangnya dan tidak dialihkan."))


@once_more
def hand_over(
    db: Database, actor: Actor, instance_id: int, holder_id: int, person_id: int, reason: str
) -> None:
    """Gives all that somebody fills in a case, but for what is their own, to another person.

    Raises as `reassign` does; `NoLongerOpen` too when there is nothing of theirs any more.
    """
    said = require_reason(reason)

    def read(session: Session) -> Write:
        case, held = _read(db, session, actor, instance_id)
        theirs = (place for place, (who, _) in held.seats.items() if who == holder_id)
        places = _movable(held.diagram, theirs)
        if not places:
            raise NoLongerOpen(message("Tidak ada lagi yang dapat dialihkan dalam kasus ini."))
        person = serving(session, person_id)
        require_fit(session, held, places, person, people.groups_of(session, person.id))
        return _moving(actor, case, held, places, person, said)

    ledger.carry_out(db, read)


def hand_over_all(
    db: Database,
    actor: Actor,
    holder_id: int,
    person_id: int,
    instance_ids: Sequence[int],
    reason: str,
) -> list[Outcome]:
    """Hands over several cases, each in a transaction of its own; what is refused stays as it was.

    Done again after an end halfway, it goes on with the rest.
    """
    said = require_reason(reason)
    if not 0 < len(instance_ids) <= MOST:
        raise InvalidInput(message("Pilih 1 sampai {n} kasus.", n=MOST))
    with db.read() as session:
        serving(session, person_id)
    outcomes = [
        _tried(db, actor, instance_id, holder_id, person_id, said) for instance_id in instance_ids
    ]
    moved = sum(outcome.refused is None for outcome in outcomes)
    details = {
        "person": holder_id, "to": person_id, "moved": moved, "refused": len(outcomes) - moved,
    }  # fmt: skip
    with db.write() as session:
        journal.record(session, "cases.reassigned", details, person_id=actor.id)
    return outcomes


def held_by(
    db: Database, session: Session, actor: Actor, holder_id: int, after: int = 0
) -> list[Holding]:
    """The running cases in which somebody fills a place that the actor may give to another.

    The oldest behind the case ``after`` first, at most `MOST`.
    """
    held = Role.person_id == holder_id, Instance.ended_at.is_(None), Instance.id > after
    query = select(Instance, Role.place).join(Role, Role.instance_id == Instance.id).where(*held)
    kept = select(Person.id).where(access.in_keeping(actor, Person.unit_id))
    query = query.where(Instance.subject_id.in_(kept))
    rows = session.execute(
        query.options(joinedload(Instance.definition)).order_by(Instance.id, Role.place)
    )
    cases = groupby(rows, key=lambda row: row[0])
    found = (_holding(db, case, [place for _, place in theirs]) for case, theirs in cases)
    return list(islice((one for one in found if one.places), MOST))


def _holding(db: Database, case: Instance, places: Sequence[str]) -> Holding:
    diagram = deployments.program_of(db, case).diagram
    return Holding(case, [diagram.names[place] for place in _movable(diagram, places)])


def _tried(
    db: Database, actor: Actor, instance_id: int, holder_id: int, person_id: int, reason: str
) -> Outcome:
    try:
        hand_over(db, actor, instance_id, holder_id, person_id, reason)
    except DatabaseLost:
        raise
    except (NotFound, NotAllowed):  # which of the two is not for who may not know of it
        return Outcome(instance_id, message("Kasus itu tidak ada, atau bukan untuk Anda."))
    except AlurError as error:
        return Outcome(instance_id, error.message)
    return Outcome(instance_id)


def _read(
    db: Database, session: Session, actor: Actor, instance_id: int
) -> tuple[Case, roles.Held]:
    case = steps.read_case(session, instance_id)
    instance = session.get_one(Instance, instance_id, options=[joinedload(Instance.subject)])
    require_reassignable(actor, instance)
    return case, roles.Held(instance_id, steps.drawn(db, case), case.seats)


def require_reassignable(actor: Actor, instance: Instance) -> None:
    """Raises `NotAllowed` or `NoLongerOpen` where a person cannot give away places of a case."""
    if not access.may_reassign(actor, instance):
        raise NotAllowed(message("Ini untuk pengawas unit pegawai yang bersangkutan."))
    if instance.ended_at is not None:
        raise NoLongerOpen(message("Kasus ini sudah berakhir."))


def _movable(diagram: Diagram, places: Iterable[str]) -> list[str]:
    """Those of the places that another may fill."""
    return [p for p in places if p in diagram.places and roles.may_choose(diagram, p)]


def serving(session: Session, person_id: int) -> Person:
    """Who is to fill a place; raises `InvalidInput` for nobody, and for who has left."""
    person = session.get(Person, person_id)
    if person is None:
        raise InvalidInput(message("Pegawai tidak dikenal."))
    people.require_serving(person)
    return person


def require_fit(
    session: Session,
    held: roles.Held,
    places: Sequence[str],
    person: Person,
    groups: frozenset[int],
) -> None:
    """Who is to fill these places may: a group's are its members', and distinct ones stay so.

    ``groups`` are those that the person belongs to. Raises `InvalidInput`.
    """
    for place in places:
        holder, group_id = held.seats[place]
        if holder == person.id:
            raise InvalidInput(message("{name} sudah memegang peran itu.", name=person.name))
        if group_id and group_id not in groups:
            group = people.group_name(session, group_id)
            said = message("{name} bukan anggota {group}.", name=person.name, group=group)
            raise InvalidInput(said)
    given = {place: (person.id, held.seats[place][1]) for place in places}
    seats = {**held.seats, **given}
    after = replace(held, seats=seats)
    fillings = {place: roles.Filling(place, *seat) for place, seat in seats.items()}
    roles.require_distinct(session, held.diagram, fillings)
    for place in places:
        kept_apart = roles.kept_apart(session, after, place, person, for_holder=person.id)
        if kept_apart is not None:
            raise InvalidInput(kept_apart)


def _moving(
    actor: Actor, case: Case, held: roles.Held, places: Sequence[str], person: Person, reason: str
) -> Write:
    facts = [
        Fact("role.reassigned", p, {"from": held.seats[p][0], "to": person.id, "reason": reason})
        for p in places
    ]
    act = Act.overseeing(actor, case.unit_id, clock.now(), *facts)

    def write(session: Session) -> None:
        ledger.append(session, case, act)
        for place in places:
            ledger.seat(session, case.id, place, person.id)
            ledger.seat_open_items(session, case.id, place, person.id)
            signatures.reseat(session, case.id, place, person.id)

    return write
