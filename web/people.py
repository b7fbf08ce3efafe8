"""The directory's people, for administrators: finding one, and all that is done about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, render_template, request, url_for
from sqlalchemy.orm import joinedload

from bpmn.messages import Message, message
from engine import directory, journal, keeping, organisation, people, processing
from engine.errors import InvalidInput, StaleDirectory
from engine.models import Person
from web.errors import status_of
from web.journal import lines
from web.visit import MAX_NUMBER, administrators_only, database, go, me, position
from web.words import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from engine.directory import Particulars

area = Blueprint("people", __name__, url_prefix="/people")
area.before_request(administrators_only)


@area.route("", methods=["GET", "POST"])
def listing() -> str:
    """People by name; the search is a POST, since addresses are logged."""
    text, left = request.form.get("q", ""), request.form.get("left") == "1"
    unit_id, after = number("unit"), number("after")
    with database().read() as session:
        unit = organisation.unit_of(session, unit_id) if unit_id is not None else None
        units = people.units_below(session, [unit.id]) if unit else None
        found = people.search(session, text, units=units, left=left, after=after)
    return render_template(
        "people.html", people=found, q=text, left=left, unit=unit, size=people.PAGE, after=after
    )


@area.get("/new")
def new() -> str:
    """The form of a person to be added."""
    return _new()


@area.post("/new")
def add() -> Any:
    """Adds a person."""
    try:
        with database().read() as session:
            given = _particulars(session)
        person_id = directory.add(database(), me(), given)
    except (InvalidInput, StaleDirectory) as error:
        return _new(said=error.message), int(status_of(error))
    flash(say(message("Pegawai ditambahkan.")), "done")
    return go(url_for("people.page", person_id=person_id))


@area.get("/<int:person_id>")
def page(person_id: int) -> str:
    """A person: what the directory says, duties, groups, and what was done about them."""
    with database().read() as session:
        directory.of_id(session, person_id)
    processing.note(database(), me(), person_id, processing.NO_CASE, processing.VIEWED)
    return _page(person_id)


@area.post("/<int:person_id>")
def change(person_id: int) -> Any:
    """Changes what the directory says."""

    def act() -> None:
        with database().read() as session:
            given = _particulars(session)
        directory.change(database(), me(), person_id, given, request.form.get("shown", ""))

    return _act(act, person_id, message("Data pegawai disimpan."))


@area.post("/<int:person_id>/leave")
def leave(person_id: int) -> Any:
    """The person no longer serves."""
    done = message("Dicatat: tidak bertugas lagi.")
    return _act(lambda: directory.leave(database(), me(), person_id), person_id, done)


@area.post("/<int:person_id>/return")
def come_back(person_id: int) -> Any:
    """The person serves again."""
    done = message("Dicatat: bertugas kembali.")
    return _act(lambda: directory.come_back(database(), me(), person_id), person_id, done)


@area.post("/<int:person_id>/duties")
def give_duty(person_id: int) -> Any:
    """Gives a duty."""

    def act() -> None:
        duty = request.form.get("duty", "")
        directory.give_duty(database(), me(), person_id, duty, number("duty-unit"))

    return _act(act, person_id, message("Peran diberikan."))


@area.post("/<int:person_id>/duties/<int:duty_id>/take")
def take_duty(person_id: int, duty_id: int) -> Any:
    """Takes a duty back."""
    done = message("Peran dicabut.")
    return _act(lambda: directory.take_duty(database(), me(), person_id, duty_id), person_id, done)


@area.post("/<int:person_id>/groups")
def join(person_id: int) -> Any:
    """Makes the person a member of a group."""

    def act() -> None:
        organisation.join(database(), me(), number("group") or 0, person_id)

    return _act(act, person_id, message("Keanggotaan ditambahkan."))


def number(name: str) -> int | None:
    """A number that a form or an address gives; None for anything else."""
    found = request.values.get(name, type=int)
    return found if found is not None and 0 < found <= MAX_NUMBER else None


def _act(act: Callable[[], None], person_id: int, done: Message) -> Any:
    """An act about a person; what was typed stays when it is refused."""
    try:
        act()
    except (InvalidInput, StaleDirectory) as error:
        return _page(person_id, said=error.message, given=request.form), int(status_of(error))
    processing.note(database(), me(), person_id, processing.NO_CASE, processing.CHANGED)
    flash(say(done), "done")
    return go(url_for("people.page", person_id=person_id))


def _particulars(session: Session) -> Particulars:
    given = request.form
    superior = given.get("superior", "").strip()
    return directory.Particulars(
        nip=given.get("nip", ""),
        name=given.get("name", ""),
        rank=given.get("rank", ""),
        position=given.get("position", ""),
        unit_id=number("unit") or 0,
        superior_id=people.anybody(session, superior).id if superior else None,
        is_agency_head=given.get("head") == "1",
        email=given.get("email", ""),
    )


def _new(**more: Any) -> str:
    with database().read() as session:
        units = organisation.units(session)
    return render_template("person_new.html", units=units, given=request.form, person=None, **more)


def _page(person_id: int, given: Any = None, said: Message | None = None) -> str:
    with database().read() as session:
        directory.of_id(session, person_id)
        person = session.get_one(Person, person_id, options=[joinedload(Person.unit)])
        groups = organisation.groups_of(session, person_id)
        return render_template(
            "person.html",
            person=person,
            superior=session.get(Person, person.superior_id or 0),
            shown=keeping.seen(directory.particulars(person)),
            units=organisation.units(session),
            duties=directory.duties(session, person_id),
            groups=groups,
            other_groups=[g for g, _ in organisation.groups(session) if g not in groups],
            running=directory.count_running(session, person_id),
            below=directory.count_subordinates(session, person_id),
            lines=lines(session, journal.about(session, person_id, position("before"))),
            size=journal.PAGE,
            given=given,
            said=said,
        )
