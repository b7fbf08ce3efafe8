"""The campaigns there are: how far each is, what became of each person; paused, cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, render_template, request, url_for
from flask_login import login_required

from bpmn.messages import Message, message
from engine import access, campaigns, processing
from engine.campaigns import PEOPLE
from engine.errors import InvalidInput
from engine.fates import PAGE
from web import fresh
from web.errors import status_of
from web.people import number
from web.visit import database, go, me, position

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.database import Database
    from engine.people import Actor

area = Blueprint("campaigns", __name__, url_prefix="/campaigns")
OUTCOMES = {
    campaigns.STARTED: message("Dimulai"),
    "refused": message("Tidak dapat"),
    "waiting": message("Menunggu giliran"),
    campaigns.CANCELLED: message("Dibatalkan"),
}
STATES = {
    campaigns.RUNNING: message("Berjalan"),
    campaigns.PAUSED: message("Dijeda"),
    campaigns.CANCELLED: message("Dibatalkan"),
    campaigns.ENDED: message("Selesai"),
}


@area.get("")
@login_required
def listing() -> str:
    """The campaigns that one may read, newest first."""
    if not access.may_audit(me()):
        access.require_campaigns(me())
    with database().read() as session:
        found = campaigns.listed(session, me(), position("before"))
        counts = PEOPLE.counts(session, [one.id for one in found])
    return render_template(
        "campaigns.html", campaigns=found, counts=counts, states=STATES, size=PAGE,
        may_order=access.may_order_campaigns(me()),
    )  # fmt: skip


@area.get("/<int:campaign_id>")
@login_required
def one(campaign_id: int) -> Any:
    """How far a campaign is, and what became of each person."""
    return _one(campaign_id)


@area.post("/<int:campaign_id>/pause")
@login_required
def pause(campaign_id: int) -> Any:
    """Starts nobody more until it is told to go on."""
    return _directed(campaigns.pause, campaign_id)


@area.post("/<int:campaign_id>/resume")
@login_required
def resume(campaign_id: int) -> Any:
    """Goes on."""
    return _directed(campaigns.resume, campaign_id)


@area.post("/<int:campaign_id>/cancel")
@login_required
def cancel(campaign_id: int) -> Any:
    """Ends it; what was started stays."""
    return _directed(campaigns.cancel, campaign_id)


@area.post("/<int:campaign_id>/retry")
@login_required
def retry(campaign_id: int) -> Any:
    """Gives who was refused another turn: one person, or all."""
    try:
        campaigns.retry(database(), me(), campaign_id, number("person"))
    except InvalidInput as error:
        return _one(campaign_id, error.message), int(status_of(error))
    return go(url_for("campaigns.one", campaign_id=campaign_id))


def _directed(act: Callable[[Database, Actor, int], None], campaign_id: int) -> Any:
    act(database(), me(), campaign_id)
    return go(url_for("campaigns.one", campaign_id=campaign_id))


def _one(campaign_id: int, said: Message | None = None) -> Any:
    outcome, after = request.args.get("outcome"), position("after") or 0
    outcome = outcome if outcome in OUTCOMES else None
    with database().read() as session:
        found = campaigns.found(session, me(), campaign_id)
        counts = PEOPLE.counts(session, [campaign_id])[campaign_id]
        stopped = campaigns.has_stopped(session, found)
        seen = fresh.mark(found.status, sorted(counts.items(), key=repr), stopped, me().id)
        if said is None and fresh.is_seen(seen):
            return fresh.UNCHANGED
        rows = campaigns.members(session, campaign_id, outcome, after)
    linked = {
        row.instance_id
        for row in rows
        if row.instance and access.is_above(me(), row.instance, row.person.unit_id)
    }
    looked_at = [(row.person_id, row.instance_id or processing.NO_CASE) for row in rows]
    processing.note_all(database(), me(), looked_at, processing.VIEWED)
    return render_template(
        "campaign.html", campaign=found, counts=counts, stopped=stopped, members=rows,
        linked=linked, outcome=outcome, after=after, size=PAGE, states=STATES, outcomes=OUTCOMES,
        directs=access.may_direct_campaign(me(), found), seen=seen, said=said,
    )  # fmt: skip
