"""Trying a diagram from its beginning, with the form that its start event asks to be filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, render_template, request

from bpmn.messages import message
from engine import clock, deployments, sketches, trials
from tasks.rehearsal import Rehearsal
from tasks.surroundings import Surroundings
from tasks.written_forms import Form, form_for
from web import tables
from web.record import name_of
from web.trials import page
from web.visit import analysts_only, database, go, me
from web.words import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.datastructures import MultiDict

    from bpmn.diagram import Node
    from engine.spiff.programs import Program
    from engine.trials import Trying

    Keep = Callable[[bytes], int]

area = Blueprint("trial_starts", __name__, url_prefix="/trials")
area.before_request(analysts_only)


@area.post("/of/<int:definition_id>")
def begin(definition_id: int) -> Any:
    """A new trial of a version, at the present time."""
    with database().read() as session:
        version = deployments.definition(session, definition_id)
        what = trials.trying(session, version.source)
    return _new(say(message("{name}, versi {n}", name=version.name, n=version.version)), what)


@area.post("/of-sketch/<int:sketch_id>")
def begin_sketch(sketch_id: int) -> Any:
    """A new trial of what one is drawing, as it was kept last."""
    with database().read() as session:
        sketch = sketches.one(session, me(), sketch_id)
        what = trials.trying(session, sketch.source)
    return _new(say(message("{name}, rancangan", name=sketch.name)), what)


@area.post("/<int:trial_id>/again")
def again(trial_id: int) -> Any:
    """From the beginning."""
    with database().read() as session:
        kept, program = trials.found(session, me(), trial_id)

    def keep(state: bytes) -> int:
        trials.keep(database(), kept, state)
        return trial_id

    return _begun(kept.name, program, keep)


def _new(name: str, what: Trying) -> Any:
    return _begun(name, what.program, lambda s: trials.begin(database(), me(), name, what, s))


def _begun(name: str, program: Program, keep: Keep) -> Any:
    """A case from its beginning; first its start form, until that is filled in."""
    given: dict[str, Any] = {}
    if (asked := program.diagram.start_form) is not None:
        form = _filled(name, asked)
        if not isinstance(form, dict):
            return form
        given = form
    return go(page(keep(Rehearsal.start(program, given, clock.now()).save())))


def _filled(name: str, asked: Node) -> Any:
    """The values of the start form; or what is shown as long as it is not filled in."""

    def make(typed: MultiDict[str, str] | None) -> Form:
        return form_for(asked, {}, typed, around=Surroundings(database()))

    if "start" not in request.form:
        return _form_page(name, asked, make(None))
    pressed = tables.answered(request.form, make)
    if isinstance(pressed, Response):
        return pressed
    if pressed is not None:
        return _form_page(name, asked, pressed)
    form = make(request.form)
    if form.validate():
        return form.values
    said = message("Ada isian yang perlu diperbaiki.")
    return _form_page(name, asked, form, said=said), 422


def _form_page(trying: str, asked: Node, form: Form, **more: Any) -> str:
    return render_template(
        "trial_start.html", trying=trying, name=name_of(asked), form=form, **more
    )
