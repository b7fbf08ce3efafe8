"""Signing in and out, the language switch, and who is at the browser."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_login import LoginManager, logout_user
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField

from bpmn.messages import message
from engine import clock, people
from web.errors import notice
from web.visit import by_script, database
from web.words import LANGUAGES, say

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.wrappers import Response

    from engine.database import Database
    from engine.people import Actor

area = Blueprint("sign_in", __name__)
IDLE = timedelta(hours=12)


class Visitor:
    """Flask-Login's view of a signed-in person."""

    is_authenticated = is_active = True
    is_anonymous = False

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    def get_id(self) -> str:
        return str(self.actor.id)


class SignInForm(FlaskForm):
    """NIP and password."""

    nip = StringField()
    password = PasswordField()


def register(app: Flask, db: Database) -> None:
    """Installs Flask-Login."""
    manager = LoginManager(app)
    manager.session_protection = None  # staff change networks; the cookie is signed and HttpOnly

    @manager.user_loader
    def load(person_id: str) -> Visitor | None:
        if session.get("seen", 0) < (clock.now() - IDLE).timestamp():
            return None
        session["seen"] = int(clock.now().timestamp())
        with db.read() as reading:
            found = people.actor(reading, int(person_id))
        return Visitor(found) if found is not None else None

    @manager.unauthorized_handler
    def ask() -> Any:
        if by_script():
            said = message("Sesi Anda berakhir. Masuk lagi di tab baru, lalu kirim ulang.")
            return notice(said, 401, url_for("sign_in.page"))
        back = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("sign_in.page", next=back))


@area.route("/sign-in", methods=["GET", "POST"])
def page() -> Any:
    """The sign-in page."""
    form = SignInForm()
    if not form.validate_on_submit():
        return render_template("sign_in.html", form=form)
    with database().read() as reading:
        person = people.sign_in(reading, form.nip.data or "", form.password.data or "")
        nobody = person is None and people.is_empty(reading)
    if person is None:
        said = message("NIP atau kata sandi tidak cocok.")
        if nobody:
            said = message("Direktori masih kosong: belum ada pegawai yang dapat masuk.")
        flash(say(said), "error")
        return render_template("sign_in.html", form=form), 401
    _begin(person.id)
    return redirect(_inside(request.args.get("next", "")))


@area.post("/sign-out")
def sign_out() -> Response:
    """Ends the session."""
    logout_user()
    _forget()
    return redirect(url_for("sign_in.page"))


@area.post("/language/<code>")
def language(code: str) -> Response:
    """Switches the language of the pages."""
    if code in LANGUAGES:
        session["language"] = code
    return redirect(_inside(request.form.get("next", "")))


def _begin(person_id: int) -> None:
    _forget()
    session.permanent = True
    session["seen"] = int(clock.now().timestamp())
    session["_user_id"] = str(person_id)


def _forget() -> None:
    # The CSRF secret stays, so that a form open in another tab can still be sent after signing in.
    kept = {name: session[name] for name in ("language", "csrf_token") if name in session}
    session.clear()
    session.update(kept)


def _inside(target: str) -> str:
    """A path of this site; anything else leads to the worklist."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return url_for("worklist.inbox")
    safe = target.startswith("/") and not parts.scheme and not parts.netloc and "\\" not in target
    return target if safe and not target.startswith("//") else url_for("worklist.inbox")
