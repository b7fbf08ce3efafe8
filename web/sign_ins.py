"""Where one is signed in, and signing out there from here."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, url_for
from flask_login import current_user, login_required

from bpmn.messages import message
from engine import sign_ins
from engine.errors import NotFound
from web import sign_in
from web.visit import database, go, me
from web.words import say

area = Blueprint("sign_ins", __name__, url_prefix="/profile/sign-ins")


@area.post("/<int:sign_in_id>/end")
@login_required
def end(sign_in_id: int) -> Any:
    """Signs out at one browser; at this one it is signing out."""
    with database().write() as session:
        if not sign_ins.end_one(session, me().id, sign_in_id):
            raise NotFound(message("Perangkat itu sudah tidak masuk."))
    if sign_in_id == current_user.sign_in.id:
        return _gone()
    flash(say(message("Perangkat itu sudah dikeluarkan.")), "done")
    return go(url_for("profile.page"))


@area.post("/end")
@login_required
def end_all() -> Any:
    """Signs out everywhere, here too."""
    with database().write() as session:
        sign_ins.end_all(session, me().id)
    return _gone()


def _gone() -> Any:
    sign_in.forget()
    flash(say(message("Anda sudah keluar.")), "done")
    return go(url_for("sign_in.page"))
