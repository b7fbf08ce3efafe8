"""Cases: starting one, the lists of staff and supervisors, and the page of one case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, render_template, request, url_for
from flask_login import login_required

from bpmn.messages import Message, message
from engine import (
    access,
    cases,
    deployments,
    disputes,
    nudges,
    people,
    postponement,
    processing,
    reassignment,
    roles,
    supervision,
)
from engine.errors import InvalidInput, NotAllowed
from web import candidates, case_file, fresh, marks, words
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
def case(instance_id: int) -> Any:
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


@area.post("/<int:instance_id>/timers/<task>/postpone")
@login_required
def postpone(instance_id: int, task: str) -> Any:
    """Gives a timer a later instant, said as a date and a time of the office."""

    def act(db: Database, actor: Actor, case: int, reason: str) -> None:
        until = words.office_time(request.form.get("date", ""), request.form.get("time", ""))
        postponement.postpone(db, actor, case, task, until, reason)

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


@area.post("/<int:instance_id>/people")
@login_required
def found_people(instance_id: int) -> str:
    """Whom a place may be given to, while one types; for who may give it."""
    with database().read() as session:
        found = cases.case(session, me(), instance_id)
        if not access.may_reassign(me(), found):
            raise NotAllowed(message("Ini untuk pengawas unit pegawai yang bersangkutan."))
        return candidates.named(session, request.form.get("text", ""))


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


def page_of_case(instance_id: int, said: Message | None = None) -> Any:
    """The page of a case, for who may see it; nothing when it is asked whether it has changed."""
    with database().read() as session:
        found = cases.case(session, me(), instance_id)
        seen = fresh.mark(cases.mark(session, found))
        if said is None and fresh.is_seen(seen):
            return fresh.UNCHANGED
        shown = case_file.read(session, found)
        may_comment = cases.may_comment(session, me(), found)
        work = shown["work"], shown["answers"]
        dispute = disputes.to_be_decided(me(), found, shown["diagram"], *work)
    processing.note(database(), me(), found.subject_id, instance_id, processing.VIEWED)
    return render_template(
        "case.html",
        **shown,
        **_rights(found, shown),
        dispute=dispute,
        legend=marks.legend(shown["states"]),
        may_comment=may_comment,
        me=me(),
        said=said,
        seen=seen,
    )


def _rights(case: Instance, shown: dict[str, Any]) -> dict[str, Any]:
    """What of the page's buttons the person at the browser has."""
    going, diagram = case.ended_at is None, shown["diagram"]
    may_reassign = going and access.may_reassign(me(), case)
    return {
        "movable": {p for p in diagram.places if may_reassign and roles.may_choose(diagram, p)},
        "workable": {visit.item.id for visit in shown["open"] if _workable(visit.item, case)},
        "may_cancel": access.may_cancel(me(), case) and going,
        "supervises": access.may_supervise(me(), case),
    }


def _workable(item: WorkItem, case: Instance) -> bool:
    return access.may_work(me(), item.person_id, item.group_id, case.subject_id)
