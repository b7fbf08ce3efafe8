"""The SKP of a unit in one year: a page for supervisors and auditors, and a workbook of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template, request
from flask_login import login_required

from bpmn.messages import message
from engine import processing, spreadsheets
from tasks.skp import overview
from tasks.skp.preparation import year_of
from web import words
from web.people import number
from web.visit import database, me, position
from web.words import STATUSES, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasks.skp.overview import Line, Overview

area = Blueprint("skp_overview", __name__, url_prefix="/skp")
PAGE = 50
FIRST_YEAR, LAST_YEAR = 2000, 2100  # what step 1 takes
NOT_BEGUN = message("Belum dimulai")


@area.get("/overview")
@login_required
def page() -> str:
    """A page of people with what their assessments came to, and the counts of all."""
    found, start = _found(), position("from") or 0
    lines = found.lines[start : start + PAGE]
    _note(lines)
    return render_template(
        "skp_overview.html", found=found, lines=lines, start=start, size=PAGE,
        unit_id=number("unit"), not_begun=NOT_BEGUN,
    )  # fmt: skip


@area.get("/overview.xlsx")
@login_required
def workbook() -> Response:
    """All of it as a workbook; no name of anybody in the name of the file."""
    found = _found()
    _note(found.lines)
    states = {status: say(said) for status, said in STATUSES.items()} | {"": say(NOT_BEGUN)}
    heading = [say(title) for title in overview.HEADINGS]
    written = spreadsheets.as_xlsx([heading, *overview.table(found.lines, states)])
    response = Response(written, mimetype=spreadsheets.XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="skp-{found.year}.xlsx"'
    return response


def _found() -> Overview:
    with database().read() as session:
        return overview.of_year(database(), session, me(), _year(), number("unit"))


def _year() -> int:
    """The year asked for; that whose SKP is collected now, when none or nonsense was."""
    asked = request.args.get("year", type=int)
    if asked is not None and FIRST_YEAR <= asked <= LAST_YEAR:
        return asked
    return year_of(words.today())


def _note(lines: Sequence[Line]) -> None:
    looked_at = [(line.person.id, line.case.id) for line in lines if line.case]
    processing.note_all(database(), me(), looked_at, processing.VIEWED)
