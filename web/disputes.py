"""Deciding a disagreement: both sides as they were submitted, what would follow, and the act."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, render_template, request, url_for
from flask_login import login_required

from bpmn.messages import message
from engine import corrections, courses, disputes, processing
from engine.errors import Immovable, InvalidInput, StepFailed
from web import documents, jumps, record
from web.errors import status_of
from web.visit import database, go, me
from web.words import say

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from bpmn.messages import Message
    from engine.disputes import Hearing
    from engine.jumps import Jump

area = Blueprint("disputes", __name__, url_prefix="/cases/<int:instance_id>/dispute")


@area.get("")
@login_required
def page(instance_id: int) -> str:
    """Both sides, and what would become of the case by the decision."""
    return _page(instance_id, request.args.get("way", ""))


@area.post("")
@login_required
def decide(instance_id: int) -> Any:
    """Decides it."""
    way, reason = request.form.get("way", ""), request.form.get("reason", "")
    item = request.form.get("item", 0, type=int)
    try:
        disputes.decide(database(), me(), instance_id, item, way, reason)
    except (Immovable, InvalidInput, StepFailed) as error:
        return _page(instance_id, way, error.message), int(status_of(error))
    flash(say(message("Keberatan diputus. Kedua pihak mendapat pemberitahuan.")), "done")
    return go(url_for("cases.case", instance_id=instance_id))


def _page(instance_id: int, way: str, said: Message | None = None) -> str:
    plan: Jump | None = None
    with database().read() as session:
        heard = disputes.hearing(database(), session, me(), instance_id)
        ways = heard.dispute.at.ways
        way = way or (ways[0].id if len(ways) == 1 else "")
        rounds = _rounds(session, heard)
        papers = documents.context(session, heard.here.instance)
        if way:
            try:
                plan = disputes.plan(me(), session, heard, way)
            except (Immovable, InvalidInput, StepFailed) as error:
                said = said or error.message
        opened = jumps.whose(session, plan) if plan else []
    subject = heard.here.instance.subject_id
    processing.note(database(), me(), subject, instance_id, processing.VIEWED)
    return render_template(
        "dispute.html",
        case=heard.here.instance,
        step=heard.here.item,
        diagram=heard.here.before.diagram,
        dispute=heard.dispute,
        rounds=rounds,
        way=way,
        plan=plan,
        opened=opened,
        said=said,
        **papers,
    )


def _rounds(session: Session, heard: Hearing) -> list[tuple[int, list[record.Step]]]:
    """What both sides have submitted, by round."""
    instance_id = heard.here.case.id
    steps = record.steps(
        courses.of_case(session, instance_id, heard.here.before.diagram),
        heard.dispute.tasks,
        corrections.answers(session, instance_id),
        corrections.of_case(session, instance_id),
    )
    by_round = sorted(steps, key=lambda step: (step.item.visit, step.item.id))
    return [(n, list(some)) for n, some in groupby(by_round, lambda step: step.item.visit)]
