"""Comments on cases and files attached to them, from the page of the case or of a task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, request, url_for
from flask_login import login_required

from bpmn.messages import message
from engine import attachments, comments, remarks
from engine.errors import InvalidInput
from web import files
from web.cases import page_of_case
from web.errors import status_of
from web.visit import database, go, me
from web.words import say

if TYPE_CHECKING:
    from bpmn.messages import Message

area = Blueprint("remarks", __name__, url_prefix="/cases/<int:instance_id>")


@area.post("/comments")
@login_required
def comment(instance_id: int) -> Any:
    """Adds a comment."""
    text = request.form.get("comment", "").replace("\r\n", "\n")
    try:
        comments.add(database(), me(), instance_id, text)
    except InvalidInput as error:
        return page_of_case(instance_id, error.message), status_of(error)
    return _back(instance_id, message("Komentar ditambahkan."))


@area.post("/files")
@login_required
def attach(instance_id: int) -> Any:
    """Attaches a file to the case."""
    try:
        _require_open(instance_id)
        file = files.read(request.files.get("attachment"))
        attachments.attach(database(), me(), instance_id, file)
    except InvalidInput as error:
        return page_of_case(instance_id, error.message), status_of(error)
    return _back(instance_id, message("Lampiran ditambahkan."))


@area.post("/files/<int:attachment_id>/remove")
@login_required
def remove(instance_id: int, attachment_id: int) -> Any:
    """Takes one's own attachment off the case, with a reason."""
    _require_open(instance_id)
    reason = request.form.get("reason", "")
    try:
        attachments.remove(database(), me(), instance_id, attachment_id, reason)
    except InvalidInput as error:
        return page_of_case(instance_id, error.message), status_of(error)
    return _back(instance_id, message("Lampiran dihapus."))


def _require_open(instance_id: int) -> None:
    """Before a file is looked at: whether the case is seen, has not ended, and takes one."""
    with database().read() as session:
        remarks.read(session, me(), instance_id)


def _back(instance_id: int, said: Message) -> Any:
    """To where it was done: the case, or one's task of it."""
    flash(say(said), "done")
    item_id = request.form.get("task", type=int)
    if item_id is not None:
        return go(url_for("worklist.task", item_id=item_id) + "#lampiran")
    return go(url_for("cases.case", instance_id=instance_id) + "#lampiran")
