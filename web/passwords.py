"""Changing one's password, and setting it with a code when it is lost."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import login_required

from bpmn.messages import message
from engine import civil_service, clock, jobs, passwords, resets, sign_ins, throttling, values
from engine.database import one_at_a_time
from engine.errors import InvalidInput, NotFound, TooManyAttempts
from engine.models import Person
from web import browsers, sign_in
from web.errors import status_of, waiting
from web.visit import database, go, me, settings
from web.words import say

area = Blueprint("passwords", __name__)
MAX_NIP = 18  # digits


@area.route("/profile/password", methods=["GET", "POST"])
@login_required
def change() -> Any:
    """Changes one's password; ends all other sign-ins, and makes this one new."""
    if request.method == "GET":
        return render_template("password.html")
    try:
        _change(request.form.get("password", ""), request.form.get("new_password", ""))
    except (InvalidInput, TooManyAttempts) as error:
        return _refused("password.html", error)
    flash(say(message("Kata sandi diganti. Di perangkat lain Anda sudah dikeluarkan.")), "done")
    return go(url_for("profile.page"))


@area.route("/reset", methods=["GET", "POST"])
def reset() -> Any:
    """Sets a password with a code."""
    if request.method == "GET":
        return render_template("reset.html")
    try:
        _reset(request.form.get("code", ""), request.form.get("new_password", ""))
    except InvalidInput as error:
        return _refused("reset.html", error)
    flash(say(message("Kata sandi disimpan. Masuklah dengan kata sandi yang baru.")), "done")
    return redirect(url_for("sign_in.page"), code=303)


@area.route("/reset/request", methods=["GET", "POST"])
def request_code() -> Any:
    """Asks for a code by mail; the answer is the same whether anybody has that NIP or not."""
    by_mail = settings().mail is not None
    if request.method == "GET":
        return render_template("request_code.html", by_mail=by_mail)
    if not by_mail:
        raise NotFound(message("Halaman ini tidak ada."))
    nip = civil_service.digits(request.form.get("nip", ""))[:MAX_NIP]
    with database().write() as session:
        throttling.count(session, browsers.request_places(nip))
        # Who it is, and whether they have an address, is found out by the job: not in this time.
        now, details = clock.now(), values.dumps({"nip": nip})
        jobs.arm(session, [{"kind": "code", "due": now, "ready": now, "details": details}])
    said = message("Bila NIP itu terdaftar dengan alamat surel, kode segera tiba di sana.")
    flash(say(said), "done")
    return redirect(url_for("passwords.reset"), code=303)


def confirm(person: Person, password: str) -> None:
    """Makes sure who is at the browser; raises `InvalidInput` and `TooManyAttempts`."""
    tried = browsers.places(person.nip)
    with database().write() as session:
        throttling.count(session, tried)
    if not passwords.is_password(person.password_hash, password):
        raise _wrong()
    with database().write() as session:
        throttling.succeeded(session, tried)


def _change(old: str, new: str) -> None:
    """Raises `InvalidInput` and `TooManyAttempts`."""
    with database().read() as session:
        person = session.get_one(Person, me().id)
    passwords.require_good(person, new, request.form.get("again_password", ""))
    confirm(person, old)
    hashed = passwords.hash_password(new)
    with database().write() as session:
        one_at_a_time(session)
        if not passwords.keep(session, person.id, person.password_hash, hashed):
            raise _wrong()
        passwords.replaced(session, person.id)
        secret = sign_ins.begin(session, person.id, browsers.name())
    sign_in.keep(secret)
    sign_in.remember_browser(person.nip)


def _wrong() -> InvalidInput:
    return InvalidInput(message("Kata sandi sekarang tidak cocok."))


def _reset(code: str, new: str) -> None:
    """Raises `InvalidInput`.

    Tries are not counted: nobody guesses 100 bits, and so nothing that strangers do keeps out who
    has a code.
    """
    with database().read() as session:
        person = resets.whose(session, code)
    passwords.require_good(person, new, request.form.get("again_password", ""))
    hashed = passwords.hash_password(new)
    with database().write() as session:
        one_at_a_time(session)
        resets.use(session, code)
        if not passwords.keep(session, person.id, person.password_hash, hashed):
            raise InvalidInput(message("Kata sandi ini baru saja diganti."))
        passwords.replaced(session, person.id)
    # Whoever guesses at this account from elsewhere does not hinder its owner here.
    sign_in.remember_browser(person.nip)


def _refused(template: str, error: InvalidInput | TooManyAttempts) -> Any:
    page = render_template(template, said=error.message)
    if isinstance(error, TooManyAttempts):
        return waiting(page, error)
    return page, int(status_of(error))
