"""Putting right what was submitted at a step: its own form, with the answers as they are by now."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_login import login_required

from bpmn.messages import Message, message
from engine import cases, corrections, processing
from engine.errors import InvalidInput, StaleInstance, StepFailed
from tasks import file_fields
from tasks.surroundings import Surroundings
from tasks.written_forms import Form, form_for
from web import tables
from web.errors import status_of
from web.record import name_of
from web.visit import database, go, me
from web.words import say

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from engine.corrections import Correctable

REASON = "correction-reason"  # no field of a form is called so
area = Blueprint("corrections", __name__, url_prefix="/cases/<int:instance_id>/steps/<int:item_id>")


@area.get("/correct")
@login_required
def page(instance_id: int, item_id: int) -> str:
    """The form of a completed step, to be put right."""
    found = _found(instance_id, item_id)
    processing.note(database(), me(), found.instance.subject_id, instance_id, processing.VIEWED)
    return _shown(found, _form(found))


@area.post("/correct")
@login_required
def correct(instance_id: int, item_id: int) -> Any:
    """Puts right what was submitted; a button of a table only changes the form."""
    found = _found(instance_id, item_id)
    sent = _with_files(found, request.form)
    pressed = tables.answered(sent, partial(_form, found))
    if isinstance(pressed, Response):
        return pressed
    if pressed is not None:
        return _shown(found, pressed)
    form = _form(found, sent)
    if not form.validate():
        return _shown(found, form, message("Ada isian yang perlu diperbaiki.")), 422
    reason = request.form.get(REASON, "")
    try:
        corrections.correct(database(), me(), instance_id, item_id, form.values, reason)
    except (InvalidInput, StaleInstance, StepFailed) as error:
        return _shown(found, form, error.message), int(status_of(error))
    flash(say(message("Isian dikoreksi; yang semula tetap tersimpan.")), "done")
    return go(url_for("cases.case", instance_id=instance_id))


def _found(instance_id: int, item_id: int) -> Correctable:
    """The step; whoever may not see the case is not told that it is."""
    with database().read() as session:
        cases.case(session, me(), instance_id)
    return corrections.correctable(database(), me(), instance_id, item_id)


def _form(found: Correctable, sent: MultiDict[str, str] | None = None) -> Form:
    """The form of the step over the data of its case, as sent or as it is by now."""
    about = found.instance.id, found.item.id, found.instance.subject_id
    data = {**found.execution.data, **found.answers}
    return form_for(found.node, data, sent, found.answers, Surroundings(database(), *about))


def _with_files(found: Correctable, sent: MultiDict[str, str]) -> MultiDict[str, str]:
    """What was sent, with the files that were submitted, which stay."""
    whole = sent.copy()
    for name in file_fields.of(found.node):
        kept = found.answers.get(name)
        whole[name] = file_fields.as_sent(kept) if kept else ""
    return whole


def _shown(found: Correctable, form: Form, said: Message | None = None) -> str:
    return render_template(
        "correction.html",
        case=found.instance,
        step=found.item,
        name=name_of(found.node),
        has_files=bool(file_fields.of(found.node)),
        form=form,
        said=said,
    )
