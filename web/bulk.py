"""The same act on many cases: one page, one press, each completed and recorded by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, render_template, request, url_for
from flask_login import login_required
from werkzeug.datastructures import MultiDict

from bpmn.messages import AlurError, Message, message
from engine import instances, worklist
from engine.errors import InvalidInput
from engine.worklist import Part
from web import open_forms, performed
from web.visit import MAX_NUMBER, database, go, me, new_token
from web.words import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bpmn.diagram import Field, Node
    from engine.models import WorkItem
    from web.open_forms import OpenForm

area = Blueprint("bulk", __name__)
SIZE = 100
SHARED = "all"  # whose fields are for every chosen row that leaves its own empty
REMAINS = 422


@dataclass
class Row:
    """One task of the list: what is asked, what was typed, and what became of it."""

    one: OpenForm
    token: str
    chosen: bool = False
    said: Message | None = None
    done: bool = False

    @property
    def item(self) -> WorkItem:
        """The task."""
        return self.one.item

    @property
    def faults(self) -> dict[str, Message]:
        """The first fault of each field, once it was checked."""
        return dict(self.one.form.faults) if self.chosen and not self.done else {}

    def name(self, field: Field) -> str:
        """What a field of this row is called in the page's one form."""
        return f"{self.item.id}:{field.id}"

    def text(self, field: Field) -> str:
        """What stands in a field: as it was typed, else as the case or a draft has it."""
        if f"{self.item.id}:token" in request.form:
            return request.form.get(self.name(field), "")
        return _as_typed(self.one.form, field)


@area.get("/bulk/<key>/<element>")
@login_required
def page(key: str, element: str) -> Any:
    """The open tasks of a step that the person can do, to be chosen from."""
    rows = _waiting(Part(key, element))
    if not rows:
        flash(say(message("Tidak ada tugas lain di daftar ini.")), "done")
        return go(url_for("worklist.inbox"))
    for row in rows:
        row.chosen = request.args.get("chosen") == SHARED
    return render_template("bulk.html", rows=rows, node=rows[0].one.node, size=SIZE)


@area.post("/bulk/<key>/<element>")
@login_required
def complete(key: str, element: str) -> Any:
    """Completes the chosen tasks one by one; what fails stays, with its reason."""
    part, ids = Part(key, element), _chosen()
    said = None if ids else message("Pilih sekurang-kurangnya satu tugas.")
    try:
        at = performed.sent()
    except InvalidInput as error:
        said, at = error.message, None
    with database().read() as session:
        tasks = worklist.of_step(session, me(), part, ids)
        rows = [_row(one) for one in open_forms.load(session, tasks, _sent) if one.node.is_bulk]
    for row in rows:
        row.chosen = True
        if said is None:
            _complete(row, at)
    done = sum(row.done for row in rows)
    if said is None and done == len(ids):
        flash(say(message("{n} tugas selesai.", n=done)), "done")
        return go(url_for("bulk.page", key=key, element=element))
    return _again(part, rows, said or _outcome(done, len(ids) - done))


def _complete(row: Row, at: datetime | None) -> None:
    if row.item.status == "open" and not row.one.form.validate():
        row.said = message("Ada isian yang perlu diperbaiki.")
        return
    given = row.one.form.values
    try:
        instances.complete(database(), me(), row.item.id, given, token=row.token, performed_at=at)
    except AlurError as error:
        row.said = error.message
    else:
        row.done = True


def _again(part: Part, tried: Sequence[Row], said: Message) -> Any:
    """The page once more: first what failed, then what was not chosen, both as typed."""
    failed = [row for row in tried if not row.done]
    known = {row.item.id for row in tried}
    rows = [*failed, *(row for row in _waiting(part) if row.item.id not in known)]
    if not rows:
        flash(say(said), "error")
        return go(url_for("worklist.inbox"))
    shown = render_template("bulk.html", rows=rows, node=rows[0].one.node, size=SIZE, said=said)
    return shown, REMAINS


def _outcome(done: int, failed: int) -> Message:
    return message(
        "{done} tugas selesai, {failed} belum: lihat sebabnya.", done=done, failed=failed
    )


def _waiting(part: Part) -> list[Row]:
    """What waits at a step for the person, own tasks first; only where it may be done so."""
    with database().read() as session:
        ids = worklist.queue(session, me(), part)[:SIZE]
        tasks = worklist.of_step(session, me(), part, ids)
        return [_row(one) for one in open_forms.load(session, tasks) if one.node.is_bulk]


def _row(one: OpenForm) -> Row:
    return Row(one, request.form.get(f"{one.item.id}:token", "")[:64] or new_token())


def _chosen() -> list[int]:
    given = [text for text in request.form.getlist("chosen") if text.isascii() and text.isdigit()]
    numbers = [int(text) for text in given if len(text) <= len(str(MAX_NUMBER))]
    return [number for number in dict.fromkeys(numbers) if number <= MAX_NUMBER][:SIZE]


def _sent(item: WorkItem, node: Node) -> MultiDict[str, str]:
    """What was typed for a task, in its row or for all."""
    sent: MultiDict[str, str] = MultiDict()
    for field in node.form:
        own = request.form.getlist(f"{item.id}:{field.id}")
        shared = request.form.getlist(f"{SHARED}:{field.id}")
        sent.setlist(field.id, own if any(text.strip() for text in own) else shared)
    return sent


def _as_typed(form: Any, drawn: Field) -> str:
    """A field's value as one would type it."""
    field = form.form[drawn.id]
    if isinstance(field.data, bool):
        return "y" if field.data else ""
    if drawn.choices:
        return field.data or ""
    return str(field._value())
