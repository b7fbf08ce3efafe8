"""Who stands in for whom, and handing over all that somebody does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, render_template, request, url_for
from flask_login import login_required

from bpmn.messages import AlurError, Message, message
from engine import access, directory, people, reassignment, substitutions
from engine.errors import InvalidInput, NotAllowed, NotFound
from engine.models import Person
from engine.substitutions import Term
from web import words
from web.errors import status_of
from web.visit import MAX_NUMBER, database, go, me, position
from web.words import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.models import Substitution
    from engine.reassignment import Outcome

area = Blueprint("substitutions", __name__)
CAPACITIES = {
    "plh": message("Plh. (pelaksana harian): pejabatnya berhalangan"),
    "plt": message("Plt. (pelaksana tugas): jabatannya lowong"),
    "leave": message("Pengganti cuti atau izin: tugasnya saja"),
}
TIMES = ("present", "coming", "past")


@area.before_request
@login_required
def _arrangers_only() -> None:
    if not access.may_arrange(me()):
        raise NotAllowed(message("Halaman ini untuk pengawas unit dan administrator."))


@area.get("/substitutions")
def page() -> str:
    """The substitutions that the person keeps, and the form for a new one."""
    return _page()


@area.post("/substitutions")
def appoint() -> Any:
    """Sets one; the people are said by NIP or name."""
    given = request.form
    try:
        term = Term(
            given.get("capacity", ""),
            words.day(given.get("first", "")),
            words.day(given.get("last", "")),
            given.get("reason", ""),
        )
        with database().read() as session:
            absent = people.anybody(session, given.get("absent", ""))  # a Plt. holds their post
            substitute = people.named(session, given.get("name", ""))
        substitutions.appoint(database(), me(), absent.id, substitute.id, term)
    except (InvalidInput, NotAllowed) as error:
        return _page(error.message), status_of(error)
    flash(say(message("Pengganti ditetapkan.")), "done")
    return go(url_for("substitutions.page"))


@area.post("/substitutions/<int:substitution_id>/end")
def end(substitution_id: int) -> Any:
    """Ends one early, or takes back one to come."""
    try:
        substitutions.end(database(), me(), substitution_id)
    except NotFound:
        raise
    except AlurError as error:
        flash(say(error.message), "error")
    else:
        flash(say(message("Penggantian diakhiri.")), "done")
    return go(url_for("substitutions.page"))


@area.get("/people/<int:person_id>/reassign")
def holdings(person_id: int) -> str:
    """The running cases in which somebody fills a place, to be handed over."""
    return _holdings(person_id)


@area.post("/people/<int:person_id>/reassign")
def hand_over(person_id: int) -> Any:
    """Hands over the cases that were chosen, and says what became of each."""
    chosen = _chosen()
    try:
        with database().read() as session:
            directory.of_id(session, person_id)
            to = people.named(session, request.form.get("person", ""))
        reason = request.form.get("reason", "")
        outcomes = reassignment.hand_over_all(database(), me(), person_id, to.id, chosen, reason)
    except InvalidInput as error:
        return _holdings(person_id, error.message), status_of(error)
    return _handed_over(person_id, to, outcomes)


def ahead(person_id: int) -> Sequence[Substitution]:
    """What holds or is to come of a person, for their page."""
    with database().read() as session:
        return substitutions.ahead(session, person_id)


def _page(said: Message | None = None) -> str:
    with database().read() as session:
        found = {
            when: substitutions.page(session, me(), when, position(f"{when}-before"))
            for when in TIMES
        }
        others = people.search(session, "")
        absent = session.get(Person, position("for") or 0)
        known = absent is not None and access.may_substitute(me(), absent)
    return render_template(
        "substitutions.html",
        found=found,
        others=others,
        given=request.form,
        absent=absent.nip if absent is not None and known else "",
        capacities=CAPACITIES,
        size=substitutions.PAGE,
        said=said,
    )


def _holdings(person_id: int, said: Message | None = None) -> str:
    with database().read() as session:
        person = directory.of_id(session, person_id)
        found = reassignment.held_by(database(), session, me(), person_id, position("after") or 0)
        others = people.search(session, "")
    return render_template(
        "reassign.html",
        person=person,
        holdings=found,
        others=others,
        given=request.form,
        chosen=_chosen() if said else [one.case.id for one in found],
        most=reassignment.MOST,
        said=said,
    )


def _chosen() -> list[int]:
    """The cases that were ticked, each once."""
    given = request.form.getlist("case", type=int)
    return list(dict.fromkeys(one for one in given if 0 < one <= MAX_NUMBER))


def _handed_over(person_id: int, to: Person, outcomes: list[Outcome]) -> str:
    with database().read() as session:
        person = directory.of_id(session, person_id)
    return render_template("reassigned.html", person=person, to=to, outcomes=outcomes)
