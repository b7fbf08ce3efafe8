"""One's own profile: where mail goes to, and the calendar feed of one's tasks."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_login import login_required
from sqlalchemy.orm import joinedload

from bpmn.messages import message
from engine import notices, sign_ins
from engine.errors import InvalidInput, NotFound, TooManyAttempts
from engine.models import Person
from tasks import feed
from web.errors import status_of, waiting
from web.passwords import confirm
from web.visit import database, go, me, settings
from web.words import say

area = Blueprint("profile", __name__)


@area.get("/profile")
@login_required
def page() -> str:
    """Who one is in the directory, and how one is reached."""
    return _page()


@area.post("/profile/address")
@login_required
def address() -> Any:
    """Keeps the mail address, or forgets it; asks for the password, since codes go there."""
    given = request.form.get("email", "")
    try:
        with database().read() as session:
            person = session.get_one(Person, me().id)
        confirm(person, request.form.get("password", ""))
        with database().write() as session:
            notices.set_address(session, me().id, given)
    except InvalidInput as error:
        return _page(said=error.message, given=given), int(status_of(error))
    except TooManyAttempts as error:
        return waiting(_page(said=error.message, given=given), error)
    said = message("Alamat surel disimpan.") if given.strip() else message("Alamat surel dihapus.")
    flash(say(said), "done")
    return go(url_for("profile.page"))


@area.post("/profile/feed")
@login_required
def open_feed() -> str:
    """Makes the address of the feed, and shows it this once: only its digest is kept."""
    with database().write() as session:
        secret = feed.open_feed(session, me().id)
    path = url_for("profile.calendar", secret=secret)
    return _page(feed_address=settings().public_url + path)


@area.post("/profile/feed/remove")
@login_required
def close_feed() -> Any:
    """Removes the feed."""
    with database().write() as session:
        feed.close_feed(session, me().id)
    flash(say(message("Kalender tugas dihapus; alamatnya tidak berlaku lagi.")), "done")
    return go(url_for("profile.page"))


@area.get("/feed/<secret>.ics")
def calendar(secret: str) -> Response:
    """The calendar feed, for programs that do not sign in: the address itself is the secret."""
    with database().read() as session:
        person_id = feed.owner(session, secret)
    if person_id is None:
        raise NotFound(message("Halaman ini tidak ada."))
    written = feed.calendar(database(), settings(), person_id)
    return Response(written, mimetype="text/calendar", headers={"Cache-Control": "private"})


def _page(**more: Any) -> str:
    with database().read() as session:
        person = session.get_one(Person, me().id, options=[joinedload(Person.unit)])
        more["sign_ins"] = sign_ins.of_person(session, person.id)
    return render_template("profile.html", person=person, **more)
