"""What a case was at a moment: all that a document may show of it, as plain values.

``{"at", "case", "data", "subject", "people", "steps", "rulings", "chain", "seal"}``: ``people`` are
the places in the diagram's order, each with its rule, ``steps`` the completed tasks in order,
``rulings`` the tasks that a superior has ended by a decision which stands, ``chain`` the end of the
history, ``seal`` the newest that covers some of it (None where there is none).
`engine.documents` adds the ``revision``. Instants are instants and numbers exact: who shows them
says how.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from engine import courses, seals, values
from engine.history import DECIDED
from engine.models import HistoryEntry, Instance, Person, Role, Seal, WorkItem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from bpmn.diagram import Diagram
    from engine.courses import Course

Plain = dict[str, Any]
Behalves = dict[tuple[Any, ...], Plain]
SEALS_LOOKED_AT = 3  # of up to 4.4 MB each; what is older covers less


def take(session: Session, instance_id: int, diagram: Diagram, data: Plain, at: datetime) -> Plain:
    """The snapshot of a case as it is written in this session; ``data`` are its values."""
    options = joinedload(Instance.definition), joinedload(Instance.subject)
    case = session.get_one(Instance, instance_id, options=options, populate_existing=True)
    seats, course = _seats(session, instance_id), courses.of_case(session, instance_id, diagram)
    done, told = _done(session, instance_id), _told(session, instance_id)
    behalves, rulings = _behalves(told), _rulings(course, told)
    ids = {case.subject_id, *(item.closed_by for item in done), *(s.person_id for s in seats)}
    ids |= {entry.person_id for entry in rulings.values()}
    people = _people(session, ids | {behalf["person"] for behalf in behalves.values()})
    return {
        "at": at,
        "case": _case(case),
        "data": data,
        "subject": people[case.subject_id],
        "people": _seated(diagram, seats, people),
        "steps": [_step(course.diagram(item), item, people, behalves) for item in done],
        "rulings": [_ruling(course, *one, people, behalves) for one in rulings.items()],
        "chain": {"seq": case.last_seq, "hash": case.last_hash},
        "seal": _seal(session, instance_id),
    }


def _seats(session: Session, instance_id: int) -> Sequence[Role]:
    query = select(Role).where(Role.instance_id == instance_id).options(joinedload(Role.group))
    return session.scalars(query.order_by(Role.place)).all()


def _done(session: Session, instance_id: int) -> Sequence[WorkItem]:
    of_case = WorkItem.instance_id == instance_id, WorkItem.status == "completed"
    query = select(WorkItem).where(*of_case).order_by(WorkItem.closed_at, WorkItem.id)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def _told(session: Session, instance_id: int) -> Sequence[HistoryEntry]:
    """What the history has of tasks that opened, were completed, or ended by a decision."""
    of_tasks = HistoryEntry.kind.in_(("task.opened", "task.completed", DECIDED))
    query = select(HistoryEntry).where(HistoryEntry.instance_id == instance_id, of_tasks)
    return session.scalars(query.order_by(HistoryEntry.seq)).all()


def _behalves(told: Iterable[HistoryEntry]) -> Behalves:
    """In whose place steps were completed or decided, by element, person and instant."""
    known = {
        (entry.element, entry.person_id, entry.at): values.loads(entry.details).get("behalf")
        for entry in told
        if entry.kind != "task.opened"
    }
    return {deed: behalf for deed, behalf in known.items() if behalf is not None}


def _rulings(course: Course, told: Iterable[HistoryEntry]) -> dict[str, HistoryEntry]:
    """The decisions of superiors that stand, by the step that they are of in the present version.

    One stands while the task that it ended has not opened again.
    """
    ends = (entry for entry in told if entry.kind != "task.completed")
    last = {course.today(entry.element or "", entry.at): entry for entry in ends}
    return {element: entry for element, entry in last.items() if entry.kind == DECIDED}


def _ruling(
    course: Course,
    element: str,
    entry: HistoryEntry,
    people: Mapping[int | None, Plain],
    behalves: Behalves,
) -> Plain:
    told = values.loads(entry.details)
    return {
        "element": element,
        "name": course.names[element],
        "person": people.get(entry.person_id),
        "behalf": _behalf(behalves.get((entry.element, entry.person_id, entry.at)), people),
        "at": entry.at,
        "rounds": told["rounds"],
        "reason": told["reason"],
    }


def _behalf(behalf: Plain | None, people: Mapping[int | None, Plain]) -> Plain | None:
    return {"person": people.get(behalf["person"]), "as": behalf["as"]} if behalf else None


def _people(session: Session, ids: set[Any]) -> dict[int | None, Plain]:
    query = select(Person).where(Person.id.in_(ids - {None})).options(joinedload(Person.unit))
    return {person.id: described(person) for person in session.scalars(query)}


def described(person: Person) -> Plain:
    """A person, read with their unit, as they are called now."""
    told = {name: getattr(person, name) for name in ("name", "nip", "kind", "rank", "position")}
    return told | {"unit": person.unit.name}


def _case(case: Instance) -> Plain:
    return {
        "id": case.id,
        "number": case.number,
        "process": case.definition.name,
        "key": case.definition.key,
        "version": case.definition.version,
        "digest": case.definition.digest,
        "status": case.status,
        "started": case.started_at,
        "ended": case.ended_at,
    }


def _seated(
    diagram: Diagram, seats: Sequence[Role], people: Mapping[int | None, Plain]
) -> list[Plain]:
    by_place = {seat.place: _seat(diagram, seat, people) for seat in seats}
    return [by_place[place] for place in diagram.places if place in by_place]


def _seat(diagram: Diagram, seat: Role, people: Mapping[int | None, Plain]) -> Plain:
    return {
        "place": seat.place,
        "lane": diagram.names.get(seat.place, seat.place),
        "actor": diagram.places[seat.place].actor if seat.place in diagram.places else None,
        "person": people.get(seat.person_id),
        "group": seat.group.name if seat.group else None,
    }


def _step(
    diagram: Diagram, item: WorkItem, people: Mapping[int | None, Plain], behalves: Behalves
) -> Plain:
    return {
        "element": item.element,
        "name": diagram.names[item.element],
        "place": item.place,
        "lane": diagram.names.get(item.place, item.place),
        "visit": item.visit,
        "waktu": diagram.waktu(item.element),
        "person": people.get(item.closed_by),
        "behalf": _behalf(behalves.get((item.element, item.closed_by, item.closed_at)), people),
        "opened": item.opened_at,
        "taken_up": item.taken_up_at,
        "performed": item.performed_at,
        "closed": item.closed_at,
        "waited": item.waited,
        "worked": item.worked,
    }


def _seal(session: Session, instance_id: int) -> Plain | None:
    """The newest seal that covers entries of a case: its number, instant, and up to which."""
    query = select(Seal.number, Seal.at, Seal.heads).order_by(Seal.number.desc())
    for number, at, heads in session.execute(query.limit(SEALS_LOOKED_AT)):
        ends = (seals.HEAD.unpack(packed) for packed in seals.unpacked(heads))
        seq = next((seq for case, seq, _ in ends if case == instance_id), None)
        if seq is not None:
            return {"number": number, "at": at, "seq": seq}
    return None
