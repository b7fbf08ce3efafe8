"""All that there is of a case, read once: for its page, its times, and its record to print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine import (
    absences,
    attachments,
    cases,
    comments,
    corrections,
    courses,
    deployments,
    history,
    people,
    roles,
    signature_places,
    subscriptions,
    visits,
)
from web import documents, marks, record, timeline
from web.visit import database

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from bpmn.diagram import Diagram
    from engine.courses import Course
    from engine.models import Instance
    from engine.visits import Times


def times(session: Session, case: Instance) -> Times:
    """The visits of a case to its steps."""
    return visits.of_case(session, case, _course(session, case), cases.work(session, case.id))


def read(session: Session, case: Instance) -> dict[str, Any]:
    """What the page of a case shows to all who may see it."""
    course, work = _course(session, case), cases.work(session, case.id)
    spent = visits.of_case(session, case, course, work)
    entries = history.of_instance(session, case.id)
    jobs, failures = cases.timers(session, case.id), cases.incidents(session, case.id)
    awaited, diagram = subscriptions.of_instance(session, case.id), course.present
    seats = _seats(session, case, diagram)
    going = case.ended_at is None
    moved_on = roles.moved_on(session, diagram, case, seats) if going else {}
    named = people.names(session, timeline.mentioned(entries, moved_on))
    holders = [seat.person_id for seat in seats if seat.person_id and going]
    answers = corrections.answers(session, case.id)
    corrected = corrections.of_case(session, case.id)
    is_paused = case.status == "suspended"
    return {
        "case": case,
        "diagram": diagram,
        "names": course.names,
        "seats": seats,
        "work": work,
        "answers": answers,
        "moved_on": moved_on,
        "named": named,
        "away": {one.absent_id: one for one in absences.present(session, holders)},
        "times": spent,
        "open": [visit for visit in spent.visits if visit.item.status == "open"],
        "timeline": timeline.told(entries, course, spent, named),
        "paused": timeline.suspended(entries) if is_paused else None,
        "head": (case.last_seq, case.last_hash),
        "steps": record.steps(course, work, answers, corrected),
        "states": marks.of_case(diagram, work, case.status, entries, [*jobs, *awaited], failures),
        "incidents": failures,
        "timers": jobs,
        "awaited": awaited,
        "sheets": signature_places.of_case(database(), session, case),
        "comments": comments.of_case(session, case.id),
        "attached": attachments.attached(session, case.id),
        **documents.context(session, case),
    }


def _course(session: Session, case: Instance) -> Course:
    diagram = deployments.program_of(database(), case).diagram
    return courses.of_case(session, case.id, diagram)


def _seats(session: Session, case: Instance, diagram: Diagram) -> list[Any]:
    places = list(diagram.places)
    seats = cases.roles(session, case.id)
    return sorted(seats, key=lambda seat: places.index(seat.place))
