"""Files of cases: brought to a field of a form or to the case itself, and handed out again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, abort, render_template, request
from flask_login import login_required

from bpmn.messages import Message, message
from engine import attachments, cases, contents, file_types, processing
from engine.attachments import File
from engine.errors import InvalidInput
from tasks import file_fields
from web import task_page
from web.visit import by_script, database, me, new_token, settings

if TYPE_CHECKING:
    from collections.abc import Collection

    from flask import Request
    from werkzeug.datastructures import FileStorage, MultiDict

    from web.task_page import Task

area = Blueprint("files", __name__)
# An image is shown by itself; nothing in it may run, and nothing be fetched for it.
_SHOWN = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox"


@area.get("/cases/<int:instance_id>/files/<int:attachment_id>")
@login_required
def download(instance_id: int, attachment_id: int) -> Response:
    """A file of a case, piece by piece, for who may see the case."""
    with database().read() as session:
        case = cases.case(session, me(), instance_id)
        kept = attachments.of_case(session, instance_id, attachment_id)
    processing.note(database(), me(), case.subject_id, instance_id, processing.VIEWED)
    pieces = contents.pieces(database(), kept.content_id)
    answer = Response(pieces, mimetype=kept.media_type)
    answer.content_length = kept.content.size
    shown = kept.media_type in file_types.IMAGES
    answer.headers.set(
        "Content-Disposition", "inline" if shown else "attachment", filename=kept.name
    )
    answer.headers["Content-Security-Policy"] = _SHOWN
    return answer


@area.post("/tasks/<int:item_id>/files/<field>")
@login_required
def answer(item_id: int, field: str) -> Any:
    """Brings the file of a field as soon as it was chosen; the answer is the field anew."""
    task = _with_field(item_id, field)
    sent, refused = brought(task, request, only=field)
    return _field(item_id, field, sent, refused)


@area.post("/tasks/<int:item_id>/files/<field>/remove")
@login_required
def take_out(item_id: int, field: str) -> Any:
    """Takes the file of a field out again, as long as it has not been submitted."""
    _with_field(item_id, field)
    attachments.take_out(database(), me(), item_id, field)
    sent = request.form.copy()
    sent[field] = ""
    return _field(item_id, field, sent, {})


def brought(
    task: Task, given: Request, only: str | None = None
) -> tuple[MultiDict[str, str], dict[str, Message]]:
    """The fields of a form with the numbers of the files that came along; and what was refused."""
    sent: MultiDict[str, str] = given.form.copy()
    refused = {}
    for name, drawn in file_fields.of(task.node).items():
        file = given.files.get(name)
        if file is None or not file.filename or only not in (None, name):
            continue
        try:
            checked = read(file, file_fields.groups(drawn))
            value = attachments.answer(database(), me(), task.item.id, name, checked)
        except InvalidInput as error:
            refused[name] = error.message
        else:
            sent[name] = str(value["file"])
    return sent, refused


def read(file: FileStorage | None, groups: Collection[str] = file_types.GROUPS) -> File:
    """A file of this request; raises `InvalidInput` for none, a large one and a wrong one."""
    if file is None or not file.filename:
        raise InvalidInput(message("Pilih berkas dahulu."))
    most = settings().max_file_mb
    data = file.read(most * 1_000_000 + 1)
    if len(data) > most * 1_000_000:
        raise InvalidInput(message("Berkas terlalu besar: paling banyak {n} MB.", n=most))
    return File.checked(file.filename, data, groups)


def accepted(drawn: Any) -> str:
    """What a file dialog offers for a field."""
    return ",".join(file_types.endings(file_fields.groups(drawn)))


def _with_field(item_id: int, field: str) -> Task:
    task = task_page.task(item_id)
    if field not in file_fields.of(task.node):
        abort(404)
    return task


def _field(item_id: int, field: str, sent: MultiDict[str, str], refused: dict[str, Message]) -> Any:
    status = 422 if refused else 200
    if not by_script():
        shown = task_page.page(item_id, sent, refused)
        return render_template("task.html", page=shown, token=new_token()), status
    task = task_page.task(item_id)
    form: Any = task.form(sent)
    return render_template(
        "_file_field.html", item=task.item, drawn=form.drawn[field], field=form.form[field],
        said=refused.get(field),
    ), status  # fmt: skip
