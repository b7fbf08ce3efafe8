"""Sending a case back to a step or past one: the effect is shown first, then confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, render_template, request, url_for
from flask_login import login_required

from bpmn.messages import AlurError, message
from engine import cases, jumps, people, processing
from engine.errors import Immovable, InvalidInput, StepFailed
from engine.models import Group
from web.errors import status_of
from web.visit import database, go, me
from web.words import say

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from bpmn.messages import Message
    from engine.jumps import Jump
    from engine.timers import Row

area = Blueprint("jumps", __name__, url_prefix="/cases/<int:instance_id>/tasks/<int:item_id>")


@area.get("/jump")
@login_required
def page(instance_id: int, item_id: int) -> Any:
    """Where the case may be sent and, once that is chosen, what would become of it."""
    return _page(instance_id, item_id, request.args.get("to", ""))


@area.post("/jump")
@login_required
def jump(instance_id: int, item_id: int) -> Any:
    """Sends the case there."""
    to, reason = request.form.get("to", ""), request.form.get("reason", "")
    with database().read() as session:
        cases.case(session, me(), instance_id)
    try:
        jumps.jump(database(), me(), instance_id, item_id, to, reason)
    except (Immovable, InvalidInput, StepFailed) as error:
        return _page(instance_id, item_id, to, error.message), int(status_of(error))
    flash(say(message("Kasus dipindahkan ke langkah itu.")), "done")
    return go(url_for("cases.case", instance_id=instance_id))


def _page(instance_id: int, item_id: int, to: str, said: Message | None = None) -> str:
    """The page; why the case cannot be sent there stands in the place of the effect."""
    plan: Jump | None = None
    with database().read() as session:
        cases.case(session, me(), instance_id)
        here = jumps.start(database(), session, me(), instance_id, item_id)
        targets = here.targets
        if to:
            try:
                plan = jumps.plan(session, me(), here, to)
            except AlurError as error:
                said = said or error.message
        opened = whose(session, plan) if plan else []
    processing.note(database(), me(), here.instance.subject_id, instance_id, processing.VIEWED)
    return render_template(
        "jump.html",
        case=here.instance,
        step=here.item,
        diagram=here.before.diagram,
        targets=targets,
        to=to,
        plan=plan,
        opened=opened,
        said=said,
    )


def whose(session: Session, plan: Jump) -> list[tuple[Row, str]]:
    """The tasks that would open, each with the name of its person or group."""
    return [(row, _whose(session, row)) for row in plan.step.items]


def _whose(session: Session, row: Row) -> str:
    if row["person_id"] is not None:
        return people.names(session, {row["person_id"]})[row["person_id"]]
    return session.get_one(Group, row["group_id"]).name
