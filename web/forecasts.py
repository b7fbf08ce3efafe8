"""What will be late within a week: where a supervisor may still help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template
from flask_login import login_required

from bpmn.messages import message
from engine import deployments, forecasts
from engine.tails import ENOUGH
from web.visit import database, me

if TYPE_CHECKING:
    from bpmn.messages import Message

area = Blueprint("forecasts", __name__, url_prefix="/cases/forecast")
KINDS = {
    forecasts.DUE: message("Waktu"),
    forecasts.DEADLINE: message("tenggat"),
    forecasts.WAIT: message("batas menunggu"),
}
# What a chance of so much, or more, is called, and how it looks.
WORDS = (
    (0.9, message("hampir pasti terlambat"), "late"),
    (0.65, message("besar kemungkinannya terlambat"), "late"),
    (0.35, message("mungkin terlambat"), "waiting"),
    (0.1, message("kecil kemungkinannya terlambat"), "current"),
    (0.0, message("hampir pasti tepat waktu"), "done"),
)


@area.get("")
@login_required
def page() -> str:
    """The forecast for the coming week."""
    with database().read() as session:
        found = forecasts.of_week(session, me())
    cases = {item.id: item.instance for item in found.items.values()}
    drawn = {one: deployments.program_of(database(), case).diagram for one, case in cases.items()}
    return render_template(
        "forecast.html", found=found, drawn=drawn, kinds=KINDS, words=words, enough=ENOUGH
    )


def words(share: float) -> tuple[Message, str]:
    """What a chance is called, and how it looks."""
    return next((said, look) for least, said, look in WORDS if share >= least)
