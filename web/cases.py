"""Cases: starting one, the lists of staff and supervisors, and the page of one case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, render_template, request, url_for
from flask_login import login_required

from bpmn.messages import Message, message
from engine import (
    absences,
    access,
    attachments,
    cases,
    comments,
    corrections,
    courses,
    deployments,
    disputes,
    history,
    nudges,
    people,
    postponement,
    processing,
    reassignment,
    roles,
    signature_places,
    subscriptions,
    supervision,
)
from engine.errors import InvalidInput
from web import documents, record, words
from web.errors import status_of
from web.starts import startable
from web.visit import database, go, me, position
from web.words import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.database import Database
    from engine.models import Instance, WorkItem
    from engine.people import Actor

area = Blueprint("cases", __name__, url_prefix="/cases")


@area.get("")
@login_required
def mine() -> str:
    """The cases a person takes part in."""
    with database().read() as session:
        found = cases.mine(session, me(), position("before"))
        work = cases.open_work(session, found)
        may_start = bool(startable(session))
    drawn = {one.id: deployments.program_of(database(), one).diagram for one in found}
    return render_template(
        "cases.html", cases=found, work=work, drawn=drawn, may_start=may_start, size=cases.PAGE
    )


@area.get("/<int:instance_id>")
@login_required
def case(instance_id: int) -> str:
    """One case: where it stands, its people, its timeline and what was submitted."""
    return page_of_case(instance_id)


@area.post("/<int:instance_id>/cancel")
@login_required
def cancel(instance_id: int) -> Any:
    """Ends a case unfinished."""
    return _act(supervision.cancel, instance_id, message("Kasus dibatalkan."))


@area.post("/<int:instance_id>/suspend")
@login_required
def suspend(instance_id: int) -> Any:
    """Stops the clocks of a case."""
    return _act(supervision.suspend, instance_id, message("Kasus ditangguhkan."))


@area.post("/<int:instance_id>/resume")
@login_required
def resume(instance_id: int) -> Any:
    """Lets a suspended case go on."""
    return _act(supervision.resume, instance_id, message("Kasus dilanjutkan."))


@area.post("/<int:instance_id>/timers/<int:job_id>/postpone")
@login_required
def postpone(instance_id: int, job_id: int) -> Any:
    """Gives a timer a later instant, said as a date and a time of the office."""

    def act(db: Database, actor: Actor, case: int, reason: str) -> None:
        until = words.office_time(request.form.get("date", ""), request.form.get("time", ""))
        postponement.postpone(db, actor, case, job_id, until, reason)

    return _act(act, instance_id, message("Batas waktu ditunda."))


@area.post("/<int:instance_id>/tasks/<int:item_id>/nudge")
@login_required
def nudge(instance_id: int, item_id: int) -> Any:
    """Reminds whoever has an open task."""

    def act(db: Database, actor: Actor, case: int, reason: str) -> None:
        nudges.nudge(db, actor, case, item_id, reason)

    return _act(act, instance_id, message("Pelaksana diingatkan."))


@area.post("/<int:instance_id>/reassign")
@login_required
def reassign(instance_id: int) -> Any:
    """Gives a place of a case to another person, said by NIP or name."""

    def act(db: Database, actor: Actor, case: int, reason: str) -> None:
        with db.read() as session:
            person = people.named(session, request.form.get("person", ""))
        place = request.form.get("place", "")
        reassignment.reassign(db, actor, case, place, person.id, reason)

    return _act(act, instance_id, message("Peran dialihkan."))


def _act(act: Callable[[Database, Actor, int, str], None], instance_id: int, done: Message) -> Any:
    """An act on a case with its reason; whoever may not see the case is not told that it is."""
    with database().read() as session:
        cases.case(session, me(), instance_id)
    try:
        act(database(), me(), instance_id, request.form.get("reason", ""))
    except InvalidInput as error:
        return page_of_case(instance_id, error.message), status_of(error)
    flash(say(done), "done")
    return go(url_for("cases.case", instance_id=instance_id))


def page_of_case(instance_id: int, said: Message | None = None) -> str:
    """The page of a case, for who may see it."""
    with database().read() as session:
        found = cases.case(session, me(), instance_id)
        seats = cases.roles(session, instance_id)
        work = cases.work(session, instance_id)
        entries = history.of_instance(session, instance_id)
        submitted = corrections.answers(session, instance_id)
        corrected = corrections.of_case(session, instance_id)
        failures = cases.incidents(session, instance_id)
        timers = cases.timers(session, instance_id)
        awaited = subscriptions.of_instance(session, instance_id)
        diagram = deployments.program_of(database(), found).diagram
        course = courses.of_case(session, instance_id, diagram)
        open_items = [item for item in work if item.status == "open"]
        spent = cases.spent(session, found, diagram, open_items)
        going = found.ended_at is None
        dispute = disputes.to_be_decided(me(), found, diagram, work, submitted)
        moved_on = roles.moved_on(session, diagram, found, seats) if going else {}
        named = people.names(session, record.mentioned(entries, moved_on))
        holders = [seat.person_id for seat in seats if seat.person_id and going]
        away = {one.absent_id: one for one in absences.present(session, holders)}
        may_reassign = going and access.may_reassign(me(), found)
        others = people.search(session, "") if may_reassign else []
        sheets = signature_places.of_case(database(), session, found)
        remarks = comments.of_case(session, instance_id)
        attached = attachments.attached(session, instance_id)
        may_comment = cases.may_comment(session, me(), found)
        papers = documents.context(session, found)
    processing.note(database(), me(), found.subject_id, instance_id, processing.VIEWED)
    return render_template(
        "case.html",
        case=found,
        seats=sorted(seats, key=lambda seat: list(diagram.places).index(seat.place)),
        open_items=open_items,
        spent=spent,
        timeline=entries,
        rounds=record.rounds(entries),
        steps=record.steps(course, work, submitted, corrected),
        states=record.states(diagram, work, found.status),
        incidents=failures,
        diagram=diagram,
        course=course,
        names=course.names,
        timers=timers,
        awaited=awaited,
        named=named,
        moved_on=moved_on,
        away=away,
        movable={p for p in diagram.places if may_reassign and roles.may_choose(diagram, p)},
        others=others,
        workable={item.id for item in open_items if _workable(item, found)},
        dispute=dispute,
        may_cancel=access.may_cancel(me(), found) and going,
        supervises=access.may_supervise(me(), found),
        comments=remarks,
        attached=attached,
        may_comment=may_comment,
        me=me(),
        said=said,
        sheets=sheets,
        **papers,
    )


def _workable(item: WorkItem, case: Instance) -> bool:
    return access.may_work(me(), item.person_id, item.group_id, case.subject_id)
