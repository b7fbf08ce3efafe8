"""The buttons of a form's tables: they answer with the form again, or with a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, abort, request

from bpmn.messages import message
from engine.errors import InvalidInput
from tasks import table_edits, table_files

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.datastructures import MultiDict

    from tasks.tables import Table
    from tasks.written_forms import Form

    Make = Callable[[MultiDict[str, str]], Form]


def answered(sent: MultiDict[str, str], make: Make) -> Form | Response | None:
    """What a table's button asks for: the form anew, or a file; None when none was pressed.

    ``sent`` are the fields of the request; ``make`` builds the form of the page from such.
    """
    pressed = table_edits.pressed(sent)
    if pressed is None:
        return None
    button, target = pressed
    name, _, style = target.partition(".")
    form = make(table_edits.edited(sent))
    if name not in form.tables:
        abort(400)
    if button == table_edits.DOWNLOAD:
        return _file(form.tables[name], style)
    return _filled(sent, make, form.tables[name]) if button == table_edits.IMPORT else form


def _filled(sent: MultiDict[str, str], make: Make, table: Table) -> Form:
    """The form with the rows of the file that was sent along, judged; or with what is wrong."""
    file = request.files.get(f"{table.name}.berkas")
    try:
        if file is None or not file.filename:
            raise InvalidInput(message("Pilih berkas CSV atau XLSX dahulu."))
        rows = table_files.rows(table, file.read())
    except InvalidInput as error:
        form = make(table_edits.edited(sent))
        form.tables[table.name].fault = error.message
        return form
    form = make(table_edits.replaced(sent, table, rows))
    form.tables[table.name].judge()
    return form


def _file(table: Table, style: str) -> Response:
    if style not in table_files.TYPES:
        abort(400)
    response = Response(table_files.written(table, style), mimetype=table_files.TYPES[style])
    response.headers["Content-Disposition"] = f'attachment; filename="{table.name}.{style}"'
    return response
