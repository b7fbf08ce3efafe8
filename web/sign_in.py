"""Signing in and out, the language switch, and who is at the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import (
    Blueprint,
    after_this_request,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_login import LoginManager
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField

from bpmn.messages import message
from engine import passwords, people, sign_ins, throttling
from engine.errors import TooManyAttempts
from web import browsers, carried, fresh
from web.errors import notice, waiting
from web.visit import by_script, database, inside
from web.words import LANGUAGES

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.wrappers import Response

    from bpmn.messages import Message
    from engine.database import Database
    from engine.models import Person, SignIn
    from engine.people import Actor
    from engine.throttling import Places

area = Blueprint("sign_in", __name__)


class Visitor:
    """Flask-Login's view of a signed-in person, at the browser of ``sign_in``."""

    is_authenticated = is_active = True
    is_anonymous = False

    def __init__(self, actor: Actor, sign_in: SignIn) -> None:
        self.actor = actor
        self.sign_in = sign_in


class SignInForm(FlaskForm):
    """NIP and password."""

    nip = StringField()
    password = PasswordField()


def register(app: Flask, db: Database) -> None:
    """Installs Flask-Login, which keeps the secret of a sign-in as its user's id."""
    manager = LoginManager(app)
    manager.session_protection = None  # staff change networks; the cookie is signed and HttpOnly

    @manager.user_loader
    def load(secret: str) -> Visitor | None:
        with db.read() as reading:
            found = sign_ins.of_secret(reading, secret)
            actor = people.actor(reading, found.person_id) if found is not None else None
        if found is None or actor is None:
            return None
        if not fresh.is_asked():  # a page that is left open is nobody's being there
            sign_ins.see(db, found)
        return Visitor(actor, found)

    @manager.unauthorized_handler
    def ask() -> Any:
        if by_script():
            said = message("Sesi Anda berakhir. Masuk lagi di tab baru, lalu kirim ulang.")
            return notice(said, 401, url_for("sign_in.page"))
        if request.method == "POST" and carried.sent():
            return _ask_and_carry()
        back = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("sign_in.page", next=back))


@area.route("/sign-in", methods=["GET", "POST"])
def page() -> Any:
    """The sign-in page."""
    form = SignInForm()
    if not form.validate_on_submit():
        return _page(form)
    nip, password = form.nip.data or "", form.password.data or ""
    tried = browsers.places(nip)
    try:
        with database().write() as writing:
            throttling.count(writing, tried)
    except TooManyAttempts as error:
        return waiting(_page(form, said=error.message), error)
    with database().read() as reading:
        person = passwords.sign_in(reading, nip, password)
        nobody = person is None and people.is_empty(reading)
        was = sign_ins.owner(reading, session.get("_user_id", ""))
    if person is None or not _sign_in(person, password, tried):
        said = message("NIP atau kata sandi tidak cocok.")
        if nobody:
            said = message("Direktori masih kosong: belum ada pegawai yang dapat masuk.")
        return _page(form, said=said), 401
    return _go_on(was, person.id)


@area.post("/sign-out")
def sign_out() -> Response:
    """Ends the session, here and for whoever has a copy of its cookie."""
    with database().write() as writing:
        sign_ins.end(writing, session.get("_user_id", ""))
    forget()
    return redirect(url_for("sign_in.page"))


@area.post("/language/<code>")
def language(code: str) -> Response:
    """Switches the language of the pages."""
    if code in LANGUAGES:
        session["language"] = code
    return redirect(inside(request.form.get("next", "")))


def keep(secret: str) -> None:
    """Keeps the secret of a sign-in in the browser's cookie."""
    forget()
    session.permanent = True
    session["_user_id"] = secret


def forget() -> None:
    """Forgets in the browser's cookie who was signed in."""
    # The CSRF secret stays, so that a form open in another tab can still be sent after signing in.
    kept = {name: session[name] for name in ("language", "csrf_token") if name in session}
    session.clear()
    session.update(kept)


def remember_browser(nip: str) -> None:
    """Marks the browser, with the answer, as one where this person is known."""

    @after_this_request
    def mark(response: Response) -> Response:
        browsers.remember(response, nip)
        return response


def _page(form: SignInForm, said: Message | None = None, packed: str | None = None) -> str:
    held = packed or request.form.get("carried")
    return render_template("sign_in.html", form=form, said=said, carried=held)


def _ask_and_carry() -> Any:
    """The sign-in page in the place of what was sent, which it carries along if it can."""
    packed = carried.pack()
    said = message("Sesi Anda berakhir. Masuklah lagi; isian Anda dibawa serta.")
    if packed is None:
        said = message("Sesi Anda berakhir dan kiriman ini tidak dapat dibawa serta. Ulangi nanti.")
    return _page(SignInForm(formdata=None), said, packed), 401


def _sign_in(person: Person, password: str, tried: Places) -> bool:
    """Signs in who has given their password; False when it was changed meanwhile."""
    stored = person.password_hash or ""
    hashed = passwords.renewed_hash(stored, password)
    with database().write() as writing:
        if not passwords.keep(writing, person.id, stored, hashed):
            return False
        throttling.succeeded(writing, tried)
        sign_ins.end(writing, session.get("_user_id", ""))
        secret = sign_ins.begin(writing, person.id, browsers.name())
    keep(secret)
    remember_browser(person.nip)
    return True


def _go_on(was: int | None, person_id: int) -> Any:
    """Where signing in leads to: what was being sent, the page asked for, or the worklist."""
    held = carried.unpack(request.form.get("carried", ""))
    if held is None or was not in (None, person_id):  # another's input is not this person's
        return redirect(inside(request.args.get("next", "")))
    return render_template("resume.html", held=held)
