"""Importing and exporting the directory, for administrators: check, look at it, apply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_login import current_user

from bpmn.messages import message
from engine import access, directory_export, directory_files, intake, intake_record, spreadsheets
from engine.errors import InvalidInput, NotFound
from web import directory_words
from web.errors import status_of
from web.visit import administrators_only, database, go, me, position

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.database import Database
    from engine.people import Actor

area = Blueprint("directory_imports", __name__, url_prefix="/people")
area.before_request(administrators_only)
SHOWN = 50
FORM_BYTES = 100_000  # of the upload's form around its file
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": spreadsheets.XLSX,
}


@area.url_value_preprocessor
def _room(endpoint: str | None, _values: Any) -> None:
    """Before the form is read for the first time: more than elsewhere, for administrators."""
    uploads = endpoint == "directory_imports.upload"
    if uploads and current_user.is_authenticated and access.may_administer(me()):
        request.max_content_length = spreadsheets.MAX_FILE + FORM_BYTES


@area.get("/import")
def imports() -> str:
    """The form for a file, and what was imported before."""
    return _imports()


@area.post("/import")
def upload() -> Any:
    """Keeps a file and has it checked."""
    file = request.files.get("file")
    name = (file.filename or "").replace("\\", "/").rpartition("/")[2] if file else ""
    try:
        if file is None or not name:
            raise InvalidInput(message("Pilih berkas CSV atau XLSX dahulu."))
        others = "retire_others" in request.form
        made = intake.submit(database(), me(), name[-255:], file.read(), retire_others=others)
    except InvalidInput as error:
        return _imports(said=error.message), int(status_of(error))
    return go(url_for("directory_imports.one", import_id=made))


@area.get("/import/template.csv")
def template() -> Response:
    """A file with the headings and an example."""
    rows = [list(directory_files.COLUMNS.values()), *directory_files.TEMPLATE]
    return _file(spreadsheets.as_csv(rows), "csv", "contoh-pegawai")


@area.get("/import/<int:import_id>")
def one(import_id: int) -> str:
    """How far an import is, what it would change or is wrong with it, and what came of it."""
    with database().read() as session:
        found = intake.found(session, me(), import_id)
    record = intake_record.loads(found.plan)
    start = position("from") or 0
    return render_template(
        "people_import.html",
        found=found,
        record=record,
        faults=record.faults[start : start + SHOWN],
        changes=record.changes[start : start + SHOWN],
        start=start,
        size=SHOWN,
        words=directory_words,
    )


@area.post("/import/<int:import_id>/apply")
def apply(import_id: int) -> Any:
    """Has a checked import applied."""
    return _done(intake.apply, import_id)


@area.post("/import/<int:import_id>/check")
def check_again(import_id: int) -> Any:
    """Has an import compared with the directory as it is now."""
    return _done(intake.check_again, import_id)


@area.post("/import/<int:import_id>/drop")
def drop(import_id: int) -> Any:
    """Drops an import with its file."""
    return _done(intake.drop, import_id)


@area.get("/export.<style>")
def export(style: str) -> Response:
    """Everybody who serves, as a file; that it was handed out is on record."""
    if style not in directory_export.STYLES:
        raise NotFound(message("Halaman ini tidak ada."))
    return _file(directory_export.export(database(), style, me().id), style, "pegawai")


def _done(deed: Callable[[Database, Actor, int], None], import_id: int) -> Any:
    with database().read() as session:
        intake.found(session, me(), import_id)
    deed(database(), me(), import_id)
    return go(url_for("directory_imports.one", import_id=import_id))


def _imports(**more: Any) -> str:
    with database().read() as session:
        past = intake.page(session, me(), position("before"))
    return render_template(
        "people_imports.html",
        imports=past,
        size=intake.PAGE,
        columns=directory_files.COLUMNS,
        words=directory_words,
        **more,
    )


def _file(data: bytes, style: str, name: str) -> Response:
    answer = Response(data, content_type=TYPES[style])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{style}"'
    return answer
