"""What an administrator does about a person's signing in: a code for it, and ending it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, render_template

from bpmn.messages import message
from engine import journal, resets, sign_ins
from engine.errors import InvalidInput, NotFound
from engine.models import Person
from web.visit import administrators_only, database, go, me
from web.words import say

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

area = Blueprint("person_access", __name__, url_prefix="/people/<int:person_id>")
area.before_request(administrators_only)


@area.post("/code")
def code(person_id: int) -> Any:
    """Makes a code for a person, and shows it this once: only its digest is kept."""
    with database().write() as session:
        person = _serving(session, person_id)
        journal.record(session, "password.reset-given", {"person": person_id}, person_id=me().id)
        made = resets.give(session, person_id, me().id)
    return render_template("person_code.html", person=person, code=made)


@area.post("/sign-out")
def sign_out(person_id: int) -> Any:
    """Signs a person out everywhere."""
    with database().write() as session:
        _serving(session, person_id)
        journal.record(session, "sign-ins.ended", {"person": person_id}, person_id=me().id)
        sign_ins.end_all(session, person_id)
    flash(say(message("Pegawai ini sudah dikeluarkan dari semua perangkat.")), "done")
    return go(f"/people/{person_id}")


def _serving(session: Session, person_id: int) -> Person:
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound(message("Pegawai itu tidak ada."))
    if person.left_at is not None:
        raise InvalidInput(message("Pegawai ini tidak bertugas lagi, dan tidak dapat masuk."))
    return person
