"""Starting a case: of which process, for whom, who fills its places, and what it begins with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_login import login_required

from bpmn.diagram import Node
from bpmn.messages import AlurError, Message, message
from engine import access, cases, deployments, people, roles, starting
from engine.errors import DiagramRefused, NotAllowed, NotFound
from engine.models import Person
from tasks.surroundings import Surroundings
from tasks.written_forms import Form, form_for
from web import candidates, tables
from web.errors import status_of
from web.visit import database, go, me, new_token
from web.words import say

if TYPE_CHECKING:
    from sqlalchemy.orm import Session
    from werkzeug.datastructures import MultiDict

    from bpmn.diagram import Diagram
    from engine.models import Definition

area = Blueprint("starts", __name__, url_prefix="/cases/new")
PLACE = "place:"
_NOTHING = Node("", "startEvent", "", 0)  # a start at which nothing is asked


@dataclass(frozen=True)
class _Seat:
    """A place of a case to be started: who would fill it, and whether another may be chosen."""

    key: str
    name: str
    filled_by: str | None
    problem: Message | None
    choosable: bool


@dataclass(frozen=True)
class _Start:
    """A case that may be started: of which version, and for whom."""

    definition: Definition
    diagram: Diagram
    subject: Person

    def form(self, sent: MultiDict[str, str] | None = None) -> Form:
        """What is asked at the start, empty or as it was sent; without a start form, nothing."""
        around = Surroundings(database(), subject_id=self.subject.id)
        return form_for(self.diagram.start_form or _NOTHING, {}, sent, around=around)


@area.get("")
@login_required
def choose_process() -> Any:
    """The processes that a person may start."""
    with database().read() as session:
        found = startable(session)
    if len(found) == 1:
        return go(url_for("starts.choose_subject", key=found[0].key))
    return render_template("choose_process.html", processes=found)


@area.route("/<key>", methods=["GET", "POST"])
@login_required
def choose_subject(key: str) -> str:
    """The employee whom the case is about; the search is a POST, since addresses are logged."""
    text = request.form.get("q", "")
    with database().read() as session:
        definition, _, subjects = _startable(session, key)
        found = people.search(session, text, subjects)
    return render_template(
        "choose_subject.html", process=definition, people=found, q=text, size=people.PAGE
    )


@area.post("/<key>/people")
@login_required
def persons(key: str) -> str:
    """The people who may be meant in a field of the start form, while one types."""
    with database().read() as session:
        _, diagram, _ = _startable(session, key)
        return candidates.offered(session, diagram.start_form)


@area.get("/<key>/<int:subject_id>")
@login_required
def confirm(key: str, subject_id: int) -> str:
    """Who will fill each role and what is asked, before the case starts."""
    asked = _asked(key, subject_id)
    return _page(asked, asked.form(), new_token())


@area.post("/<key>/<int:subject_id>")
@login_required
def start(key: str, subject_id: int) -> Any:
    """Starts the case with what was filled in; a button of a table only changes the form."""
    asked = _asked(key, subject_id)
    token = request.form.get("token", "")[:64] or new_token()
    pressed = tables.answered(request.form, asked.form)
    if isinstance(pressed, Response):
        return pressed
    if pressed is not None:
        return _page(asked, pressed, token)
    form = asked.form(request.form)
    if not form.validate():
        return _page(asked, form, token, message("Ada isian yang perlu diperbaiki.")), 422
    return _started(asked, form, token)


def startable(session: Session) -> list[Definition]:
    """The processes of which the person may start a case."""
    found = deployments.all_in_force(session)
    return [one for one in found if _subjects(session, _diagram(session, one)) != frozenset()]


def _started(asked: _Start, form: Form, token: str) -> Any:
    """Starts the case, or shows the page again with what is wrong."""
    key, subject_id = asked.definition.key, asked.subject.id
    try:
        with database().read() as session:
            chosen = _chosen(session)
        instance_id = starting.start(
            database(), me(), key, subject_id, chosen, token=token, given=form.values
        )
    except (NotFound, NotAllowed):
        raise
    except AlurError as error:
        # Another version may have come into force, with another form.
        now = _asked(key, subject_id)
        return _page(now, now.form(request.form), token, error.message), status_of(error)
    flash(say(message("Kasus dimulai.")), "done")
    return go(url_for("cases.case", instance_id=instance_id))


def _diagram(session: Session, definition: Definition) -> Diagram | None:
    """A version with what it would call now; None where that is not there: nobody can start it."""
    try:
        return deployments.binding(database(), session, definition).program.diagram
    except DiagramRefused:
        return None


def _subjects(session: Session, diagram: Diagram | None) -> frozenset[int] | None:
    return access.startable_subjects(session, me(), diagram) if diagram else frozenset()


def _startable(session: Session, key: str) -> tuple[Definition, Diagram, frozenset[int] | None]:
    definition = deployments.in_force(session, key)
    diagram = _diagram(session, definition) if definition else None
    subjects = _subjects(session, diagram)
    if definition is None or diagram is None or subjects == frozenset():
        raise NotAllowed(message("Anda tidak berwenang memulai kasus ini."))
    return definition, diagram, subjects


def _asked(key: str, subject_id: int) -> _Start:
    with database().read() as session:
        definition, diagram, subjects = _startable(session, key)
        subject = session.get(Person, subject_id)
    if subject is None or (subjects is not None and subject_id not in subjects):
        raise NotFound(message("Pegawai tidak dikenal."))
    return _Start(definition, diagram, subject)


def _page(asked: _Start, form: Form, token: str, said: Message | None = None) -> str:
    with database().read() as session:
        resolved = roles.resolve(session, asked.diagram, asked.subject.id, me().id)
        seats = [_seat(session, asked.diagram, filling) for filling in resolved.values()]
        others = people.search(session, "")
        running = cases.running(session, asked.definition.key, asked.subject.id)
    return render_template(
        "confirm_start.html",
        process=asked.definition,
        subject=asked.subject,
        asked=asked.diagram.start_form,
        form=form,
        seats=seats,
        others=others,
        running=running,
        token=token,
        said=said,
        given=request.form,
    )


def _seat(session: Session, diagram: Diagram, filling: roles.Filling) -> _Seat:
    person = session.get(Person, filling.person_id or 0)
    return _Seat(
        key=PLACE + filling.place,
        name=diagram.names[filling.place],
        filled_by=person.name if person else people.group_name(session, filling.group_id),
        problem=filling.problem,
        choosable=roles.may_choose(diagram, filling.place),
    )


def _chosen(session: Session) -> dict[str, int]:
    """The starter's own choices: place to person, given as a NIP."""
    chosen = {}
    for name, text in request.form.items():
        if name.startswith(PLACE) and text.strip():
            chosen[name.removeprefix(PLACE)] = people.named(session, text).id
    return chosen
