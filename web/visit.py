"""What a request knows: the database, the person at the browser, and how to send them on."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import Response, current_app, redirect, request
from flask_login import current_user, login_required

from bpmn.messages import message
from engine import access
from engine.errors import NotAllowed

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from engine.database import Database
    from engine.people import Actor
    from engine.settings import Settings


MAX_NUMBER = 2**31 - 1  # of the ids in the database


def database() -> Database:
    """The database of this installation."""
    db: Database = current_app.extensions["alur"]
    return db


def settings() -> Settings:
    """The settings of this installation."""
    found: Settings = current_app.extensions["alur-settings"]
    return found


def me() -> Actor:
    """The signed-in person."""
    actor: Actor = current_user.actor
    return actor


@login_required
def administrators_only() -> None:
    """Raises `NotAllowed` for others: to be asked before each request of a blueprint."""
    if not access.may_administer(me()):
        raise NotAllowed(message("Halaman ini untuk administrator."))


def by_script() -> bool:
    """Whether the page's own script asks, which puts the answer into the page."""
    return request.headers.get("HX-Request") == "true"


def go(address: str) -> AnyResponse:
    """Sends the browser on after a deed; a script is told to, so that the address changes too."""
    if by_script():
        return Response(status=200, headers={"HX-Redirect": address})
    return redirect(address, code=303)


def position(name: str) -> int | None:
    """Where a page of a list goes on; None for the first page, and for what is no number."""
    found = request.args.get(name, type=int)
    return found if found is not None and 0 <= found <= MAX_NUMBER else None


def new_token() -> str:
    """A name for one deed, so that sending it twice does it once."""
    return uuid.uuid4().hex
