"""A trial of a diagram: its analyst plays all roles and moves the clock; nothing is recorded."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, flash, render_template, request, url_for

from bpmn import layout
from bpmn.messages import AlurError, message
from engine import attachments, sketches, trials
from engine.errors import InvalidInput, NoLongerOpen
from tasks import file_fields
from tasks.rehearsal import Rehearsal
from tasks.spelling import show_number
from tasks.surroundings import Surroundings
from tasks.written_forms import Form, drawn_as, form_for, shown
from web import tables, words
from web.errors import status_of
from web.record import name_of
from web.visit import analysts_only, database, go, me
from web.words import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.datastructures import MultiDict

    from bpmn.diagram import Node
    from engine.models import Trial

area = Blueprint("trials", __name__, url_prefix="/trials")
area.before_request(analysts_only)


@area.get("")
def own() -> str:
    """One's own trials."""
    with database().read() as session:
        return render_template("trials.html", trials=trials.own(session, me()))


@area.get("/<int:trial_id>")
def trial(trial_id: int) -> str:
    """What can be done now, when timers ring, and what has happened."""
    return _shown(*_found(trial_id))


@area.get("/<int:trial_id>/tasks/<task>")
def form(trial_id: int, task: str) -> str:
    """The form of an open task, as whoever does it will see it."""
    kept, case = _found(trial_id)
    node = _node(case, task)
    return _form_page(kept, case, task, node, _form(case, task, node))


@area.post("/<int:trial_id>/tasks/<task>")
def complete(trial_id: int, task: str) -> Any:
    """Completes a task with its form, or answers a button of a table."""
    kept, case = _found(trial_id)
    node = _node(case, task)

    def make(typed: MultiDict[str, str]) -> Form:
        return _form(case, task, node, typed)

    try:
        sent = _with_files(drawn_as(node, case.execution.data_of(task)))
    except InvalidInput as error:
        return _form_page(kept, case, task, node, make(request.form), said=error.message), 422
    pressed = tables.answered(sent, make)
    if isinstance(pressed, Response):
        return pressed
    if pressed is not None:
        return _form_page(kept, case, task, node, pressed)
    form = make(sent)
    if not form.validate():
        said = message("Ada isian yang perlu diperbaiki.")
        return _form_page(kept, case, task, node, form, said=said), 422
    return _play(kept, case, lambda: case.complete(task, form.values))


@area.post("/<int:trial_id>/answers/<task>")
def answer(trial_id: int, task: str) -> Any:
    """What a service answers, or a message or signal that arrives, with the names it gives."""
    kept, case = _found(trial_id)
    waiting = case.execution.services | case.execution.events
    if task not in waiting:
        raise NoLongerOpen(message("Tugas ini sudah ditutup."))
    node = case.execution.program.diagram.nodes[waiting[task]]
    given = {name: _read(request.form.get(f"nilai.{name}", "")) for name in node.gives}
    is_event = task in case.execution.events
    return _play(kept, case, lambda: (case.receive if is_event else case.complete)(task, given))


@area.post("/<int:trial_id>/clock")
def move_clock(trial_id: int) -> Any:
    """To the next timer, or to a moment of the office."""
    kept, case = _found(trial_id)
    if request.form.get("to") == "next":
        return _play(kept, case, case.ring)
    try:
        then = words.office_time(request.form.get("date", ""), request.form.get("time", ""))
        if then < case.now:
            raise InvalidInput(message("Jam percobaan hanya dapat maju."))
    except InvalidInput as error:
        return _shown(kept, case, said=error.message), int(status_of(error))
    return _play(kept, case, lambda: case.wait_until(then))


@area.post("/<int:trial_id>/end")
def end(trial_id: int) -> Any:
    """Throws the trial away."""
    trials.end(database(), me(), trial_id)
    flash(say(message("Percobaan diakhiri; tidak ada jejaknya.")), "done")
    return go(url_for("trials.own"))


@area.get("/<int:trial_id>/diagram.bpmn")
def diagram(trial_id: int) -> Response:
    """The file that is tried, with a picture where it has none."""
    with database().read() as session:
        kept, _ = trials.found(session, me(), trial_id)
        return Response(layout.drawn(kept.source), mimetype="application/xml")


def _found(trial_id: int) -> tuple[Trial, Rehearsal]:
    with database().read() as session:
        kept, program = trials.found(session, me(), trial_id)
    return kept, Rehearsal.load(program, kept.state)


def _play(kept: Trial, case: Rehearsal, act: Callable[[], None]) -> Any:
    """Does it and keeps what has become of it; what fails changes nothing."""
    try:
        act()
        trials.keep(database(), kept, case.save())
    except AlurError as error:
        return _shown(*_found(kept.id), said=error.message), int(status_of(error))
    return go(page(kept.id))


def _node(case: Rehearsal, task: str) -> Node:
    element = case.execution.open_tasks.get(task)
    if element is None:
        raise NoLongerOpen(message("Tugas ini sudah ditutup."))
    return case.execution.program.diagram.nodes[element]


def _form(case: Rehearsal, task: str, node: Node, typed: MultiDict[str, str] | None = None) -> Form:
    return form_for(node, case.execution.data_of(task), typed, around=Surroundings(database()))


def _with_files(node: Node) -> MultiDict[str, str]:
    """What was sent; a file is judged, and then only what it is called goes on."""
    sent = request.form.copy()
    for name, field in file_fields.of(node).items():
        brought = request.files.get(f"{name}.berkas")
        if brought is not None and brought.filename:
            file = attachments.File.checked(
                brought.filename, brought.read(), file_fields.groups(field)
            )
            sent[name] = file_fields.as_sent(
                {"name": file.name, "size": len(file.data), "type": file.media_type}
            )
    return sent


def _read(text: str) -> Any:
    """A value as an analyst types it: a number, true, false or a list as in JSON, else a text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def page(trial_id: int) -> str:
    """The address of a trial."""
    return url_for("trials.trial", trial_id=trial_id)


def _form_page(kept: Trial, case: Rehearsal, task: str, node: Node, form: Form, **more: Any) -> str:
    return render_template(
        "trial_task.html", trial=kept, case=case, name=node.name, form=form,
        address=url_for("trials.complete", trial_id=kept.id, task=task),
        lane=case.execution.program.diagram.lane_of(node.id), **more,
    )  # fmt: skip


def _shown(kept: Trial, case: Rehearsal, **more: Any) -> str:
    drawn = case.execution.program.diagram
    with database().read() as session:
        sketch_id = sketches.drawn_as(session, me(), kept.source)
    return render_template(
        "trial.html", trial=kept, case=case, diagram=drawn, states=_states(case),
        plain=_plain, name_of=name_of, sketch_id=sketch_id, late=_late(case),
        answers=[_answers(drawn.nodes[one.element], one.kind, one.given) for one in case.played],
        **more,
    )  # fmt: skip


def _late(case: Rehearsal) -> set[str]:
    """The open steps whose Waktu has rung."""
    drawn, running = case.execution.program.diagram, set(case.execution.timers.values())
    return {
        element
        for element in case.execution.open_tasks.values()
        for timer in drawn.boundary_events(element)
        if timer.is_waktu and timer.id not in running
    }


def _answers(node: Node, kind: str, given: dict[str, Any]) -> list[Any]:
    """(label, value) of what was answered; services and messages name their values themselves."""
    return (
        shown(node, given) if kind in ("start", "task") else [(n, str(v)) for n, v in given.items()]
    )


def _plain(value: Any) -> str:
    """A value of a case without its field, as people read it."""
    if isinstance(value, bool):
        return say(message("Ya") if value else message("Tidak"))
    if value in (None, "", []):
        return "–"
    if isinstance(value, date):
        return value.strftime("%d-%m-%Y")
    return show_number(value) if isinstance(value, Decimal | int) else str(value)


def _states(case: Rehearsal) -> dict[str, dict[str, Any]]:
    """What is done and what is to be done, for the diagram."""
    drawn, run = case.execution.program.diagram, case.execution
    looks = dict.fromkeys(case.trace, ("done", message("Selesai")))
    waiting = (*run.timers.values(), *run.events.values())
    looks |= dict.fromkeys(waiting, ("waiting", message("Menunggu")))
    ready = (*run.open_tasks.values(), *run.services.values())
    looks |= dict.fromkeys(ready, ("current", message("Dapat dikerjakan")))
    return {
        place: {"state": state, "label": say(label), "count": max(1, case.trace.count(element))}
        for element, (state, label) in looks.items()
        for place in drawn.shown_as(element)
    }
