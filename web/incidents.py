"""The supervisor's page of what failed and stands still: try again, or overcome by hand."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask_login import login_required

from bpmn.messages import message
from engine import deployments, incidents
from engine.errors import InvalidInput, NotAllowed, StepFailed, Suspended
from web.errors import status_of
from web.visit import database, go, me, position
from web.words import say

area = Blueprint("incidents", __name__, url_prefix="/incidents")


@area.get("")
@login_required
def unresolved() -> str:
    """What stands still in the cases of a supervisor's units."""
    return _page()


@area.post("/<int:incident_id>/retry")
@login_required
def retry(incident_id: int) -> Any:
    """Has the job tried again."""
    try:
        incidents.retry(database(), me(), incident_id)
    except (InvalidInput, Suspended) as error:
        return _page(said=error.message), int(status_of(error))
    flash(say(message("Dicoba lagi.")), "done")
    return go(url_for("incidents.unresolved"))


@area.post("/<int:incident_id>/resolve")
@login_required
def resolve(incident_id: int) -> Any:
    """Overcomes it by hand, with a reason."""
    try:
        incidents.resolve(database(), me(), incident_id, request.form.get("reason", ""))
    except (InvalidInput, StepFailed, Suspended) as error:
        return _page(said=error.message), int(status_of(error))
    flash(say(message("Insiden diatasi.")), "done")
    return go(url_for("incidents.unresolved"))


def _page(**more: Any) -> str:
    if not (me().supervises or me().is_administrator):
        raise NotAllowed(message("Halaman ini untuk pengawas unit."))
    with database().read() as session:
        found = incidents.unresolved(session, me(), position("before"))
    of_cases = {i.id: i.instance for i in found if i.instance}
    diagrams = {i: deployments.program_of(database(), c).diagram for i, c in of_cases.items()}
    return render_template(
        "incidents.html", incidents=found, diagrams=diagrams, size=incidents.PAGE, **more
    )
