"""What a request knows: the database, the person at the browser, and how to send them on."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Response, current_app, redirect, request, url_for
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
MAX_ADDRESS = 2000  # characters
_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*")  # visible ASCII, without backslashes


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


@login_required
def analysts_only() -> None:
    """Raises `NotAllowed` for others: to be asked before each request of a blueprint."""
    access.require_analyst(me())


def by_script() -> bool:
    """Whether the page's own script asks, which puts the answer into the page."""
    return request.headers.get("HX-Request") == "true"


def go(address: str) -> AnyResponse:
    """Sends the browser on after a deed; a script is told to, so that the address changes too."""
    if by_script():
        return Response(status=200, headers={"HX-Redirect": address})
    return redirect(address, code=303)


def inside(target: str) -> str:
    """The address when it is one of this site; anything else leads to the worklist."""
    return target if is_inside(target) else url_for("worklist.inbox")


def is_inside(target: str) -> bool:
    """Whether it is a path of this site, however a browser or a proxy may read it."""
    if len(target) > MAX_ADDRESS or not _PATH.fullmatch(target):
        return False
    path = urlsplit(target).path
    return "//" not in path and not {"..", "."} & set(path.lower().replace("%2e", ".").split("/"))


def position(name: str) -> int | None:
    """Where a page of a list goes on; None for the first page, and for what is no number."""
    found = request.args.get(name, type=int)
    return found if found is not None and 0 <= found <= MAX_NUMBER else None


def new_token() -> str:
    """A name for one deed, so that sending it twice does it once."""
    return uuid.uuid4().hex
