"""One process of the library: its versions, who looks after it, and laying it aside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, render_template, request, url_for

from bpmn.calls import called_keys
from bpmn.messages import message
from engine import deployments, library
from engine.errors import InvalidInput, NoLongerOpen
from web.errors import status_of
from web.visit import analysts_only, database, go, me
from web.words import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from bpmn.messages import Message

area = Blueprint("library", __name__, url_prefix="/processes/of")
area.before_request(analysts_only)


@area.get("/<key>")
def process(key: str) -> str:
    """Its versions, its owner, and what it calls."""
    return _page(key)


@area.post("/<key>/owner")
def assign(key: str) -> Any:
    """Says who looks after it, by NIP or name."""
    owner = request.form.get("owner", "")
    return _act(key, lambda: library.assign(database(), me(), key, owner), message("Disimpan."))


@area.post("/<key>/archive")
def archive(key: str) -> Any:
    """Lays it aside."""
    done = message("Proses diarsipkan: tidak ada kasus baru; yang berjalan diteruskan.")
    return _act(key, lambda: library.archive(database(), me(), key), done)


@area.post("/<key>/restore")
def restore(key: str) -> Any:
    """Takes it up again."""
    done = message("Proses dipakai lagi.")
    return _act(key, lambda: library.restore(database(), me(), key), done)


def _act(key: str, act: Callable[[], None], done: Message) -> Any:
    try:
        act()
    except (InvalidInput, NoLongerOpen) as error:
        return _page(key, said=error.message), int(status_of(error))
    flash(say(done), "done")
    return go(url_for("library.process", key=key))


def _page(key: str, **more: Any) -> str:
    with database().read() as session:
        entry = library.entry(session, key)
        versions = deployments.versions(session, key)
        source = deployments.definition(session, entry.definition.id).source
    calls = called_keys(deployments.drawn(source))
    return render_template("process.html", entry=entry, versions=versions, calls=calls, **more)
