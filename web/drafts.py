"""Drafts of tasks: kept as one types, from any device, and thrown away when asked to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, render_template, request, url_for
from flask_login import login_required

from bpmn.messages import message
from engine import drafts
from engine.drafts import Sheet
from engine.errors import DraftConflict
from web import browsers, files, task_page
from web.errors import status_of
from web.visit import by_script, database, go, me, new_token
from web.words import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.datastructures import MultiDict

    from engine.drafts import Draft
    from web.task_page import Task

area = Blueprint("drafts", __name__)
# What the page sends beside the answers.
OWN = frozenset({"csrf_token", "token", "draft_revision", "draft_number"})
_TOKEN = re.compile(r"[0-9A-Za-z-]{1,64}")
_MOST = 2**53


@area.post("/tasks/<int:item_id>/draft")
@login_required
def save(item_id: int) -> Any:
    """Keeps the form as it was typed; a script gets the fragments that change on the page."""
    task = task_page.task(item_id)
    brought, refused = files.brought(task, request)
    pairs = [(name, text) for name, text in brought.items(multi=True) if name not in OWN]
    revision = _number(request.form.get("draft_revision", ""))
    try:
        kept = drafts.save(database(), me(), item_id, pairs, revision, _sheet())
    except DraftConflict as error:
        return _conflict(item_id, brought, error)
    if by_script():
        return _saved(task, kept)
    for said in refused.values():
        flash(say(said), "error")
    flash(say(message("Konsep tersimpan.")), "done")
    return go(url_for("worklist.task", item_id=item_id))


@area.post("/tasks/<int:item_id>/draft/discard")
@login_required
def discard(item_id: int) -> Any:
    """Throws the draft away; the form is empty again."""
    revision = _number(request.form.get("draft_revision", ""))
    try:
        drafts.discard(database(), me(), item_id, revision)
        flash(say(message("Konsep dibuang.")), "done")
    except DraftConflict as error:
        flash(say(error.message), "error")
    return go(url_for("worklist.task", item_id=item_id))


def _saved(task: Task, kept: Draft) -> str:
    computed: Mapping[str, str] = getattr(task.form(request.form), "computed", dict)()
    taken_up = None if task.item.taken_up_at else task_page.task(task.item.id).item
    return render_template(
        "draft_saved.html", task=task, draft=kept, computed=computed, taken_up=taken_up
    )


def _conflict(item_id: int, sent: MultiDict[str, str], error: DraftConflict) -> Any:
    if not by_script():
        page = task_page.page(item_id, sent)
        token = request.form.get("token", "")[:64] or new_token()
        shown = render_template("task.html", page=page, token=token, conflict=True)
        return shown, status_of(error)
    task = task_page.task(item_id)
    with database().read() as session:
        saver = drafts.saver(session, task.draft)
    return render_template(
        "_draft.html", task=task, draft=task.draft, conflict=True,
        saver=saver,
    ), status_of(error)  # fmt: skip


def _sheet() -> Sheet:
    token = request.form.get("token", "")
    number = _number(request.form.get("draft_number", ""))
    return Sheet(token if _TOKEN.fullmatch(token) else new_token(), browsers.name(), number)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and int(text[:20]) < _MOST else 0
