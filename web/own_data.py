"""One's own data: what Alur holds of who is at the browser, who processed it, and both as files."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template
from flask_login import login_required

from engine import instruments, own_data, people
from engine.instruments import Period
from web import own_file
from web.visit import database, me, position

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.models import Instance
    from web.record import Step

area = Blueprint("own_data", __name__, url_prefix="/profile/data")
DAY = "%d-%m-%Y"


@dataclass(frozen=True)
class _Case:
    """A case with what was submitted in it."""

    case: Instance
    steps: Sequence[Step]


@area.get("")
@login_required
def page() -> str:
    """What is held: the directory, sign-ins, cases, and who processed it."""
    db = database()
    with db.read() as session:
        held = own_data.held(session, me().id)
        about = own_data.cases_about(session, me().id, position("before"))
        shown = [_Case(case, own_file.steps_of(db, session, case)) for case in about]
        parts = own_data.parts_taken(session, me().id, position("part-before"))
        above = people.superiors(session, me().id)
        comments = own_data.comments(session, me().id)
        files = own_data.files(session, me().id)
        sheets = own_data.sheets(session, me().id)
        looks = own_data.looks(session, me().id, above, position("look-before"))
    taken = [(case, own_file.place_names(db, case, places)) for case, places in parts]
    processed = [(look, own_file.capacity(db, look)) for look in looks]
    return render_template(
        "own_data.html",
        held=held,
        cases=shown,
        taken=taken,
        comments=comments,
        files=files,
        sheets=[(one, Period(one.kind, one.first).name) for one in sheets],
        kinds=instruments.KINDS,
        looks=processed,
        acts=own_file.ACTS,
        size=own_data.PAGE,
        DAY=DAY,
    )


@area.get("/download")
@login_required
def download() -> Response:
    """Everything as one JSON file."""
    written = own_file.as_json(database(), me().id)
    return _file(written, "data-saya.json", "application/json")


@area.get("/processing.csv")
@login_required
def processing() -> Response:
    """Who processed it, as a table."""
    return _file(own_file.as_csv(database(), me().id), "pemrosesan.csv", "text/csv")


def _file(written: own_file.Pieces, name: str, kind: str) -> Response:
    # No personal data in the name: it stays in lists of downloads.
    named = {"Content-Disposition": f'attachment; filename="{name}"'}
    first = next(written)  # while a lost database can still be told of
    return Response(chain((first,), written), mimetype=kind, headers=named)
