"""Monitoring sheets: which are due, and making, judging, signing and printing them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_login import login_required

from bpmn.messages import Message, message
from engine import (
    access,
    deployments,
    instruments,
    monitoring,
    monitoring_facts,
    monitoring_lists,
    organisation,
)
from engine.errors import DraftConflict, InvalidInput, TooManyAttempts
from engine.instruments import EVALUATION, MONITORING, Judgement, Mark, Period
from engine.models import Person
from tasks.papers import lembar_monitoring
from tasks.papers.wording import Office
from web import passwords, words
from web.errors import status_of, waiting
from web.people import number
from web.visit import database, go, me, position, settings
from web.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bpmn.messages import AlurError
    from engine.monitoring import Sheet

area = Blueprint("monitoring", __name__, url_prefix="/monitoring")
FEW = 20  # due sheets that are shown
PERIODS = {MONITORING: 4, EVALUATION: 3}  # that can be chosen, the present one first
FITS = {"tight": message("tampak terlalu singkat"), "loose": message("tampak terlalu longgar")}
PARTS = ("answer", "note", "action")  # of a row that is judged


@area.get("")
@login_required
def page() -> str:
    """What is due, and the sheets that there are."""
    return _page()


@area.post("")
@login_required
def make() -> Any:
    """Makes a sheet, or goes to the one there is."""
    key, unit_id = request.form.get("process", ""), number("unit") or 0
    monitoring.require_monitor(me(), unit_id)
    period = Period.parse(request.form.get("period", ""))
    try:
        if period is None:
            raise InvalidInput(message("Pilih masa yang ada."))
        sheet_id = monitoring.make(database(), me(), key, unit_id, period)
    except InvalidInput as error:
        return _page(error.message), status_of(error)
    return go(url_for("monitoring.sheet", sheet_id=sheet_id))


@area.get("/<int:sheet_id>")
@login_required
def sheet(sheet_id: int) -> str:
    """One sheet: to be judged while it is a draft, by who may."""
    found = _sheet(sheet_id)
    return _shown(found, found.judgement)


@area.post("/<int:sheet_id>")
@login_required
def save(sheet_id: int) -> Any:
    """Keeps what was judged as a draft, and goes on to signing when asked to."""
    found = _sheet(sheet_id)
    given = _given(found)
    try:
        monitoring.save(database(), me(), sheet_id, given, _revision())
    except (InvalidInput, DraftConflict) as error:
        return _shown(_sheet(sheet_id), given, error.message), status_of(error)
    flash(say(message("Rancangan disimpan.")), "done")
    onward = "monitoring.signing" if "sign" in request.form else "monitoring.sheet"
    return go(url_for(onward, sheet_id=sheet_id))


@area.post("/<int:sheet_id>/renew")
@login_required
def renew(sheet_id: int) -> Any:
    """Takes the figures of a draft anew."""
    try:
        monitoring.renew(database(), me(), sheet_id, _revision())
        flash(say(message("Angkanya diambil lagi.")), "done")
    except (InvalidInput, DraftConflict) as error:
        flash(say(error.message), "error")
    return go(url_for("monitoring.sheet", sheet_id=sheet_id))


@area.post("/<int:sheet_id>/drop")
@login_required
def drop(sheet_id: int) -> Any:
    """Throws a draft away."""
    monitoring.drop(database(), me(), sheet_id)
    flash(say(message("Rancangan dibuang.")), "done")
    return go(url_for("monitoring.page"))


@area.get("/<int:sheet_id>/sign")
@login_required
def signing(sheet_id: int) -> Any:
    """What is to be signed, as it will stay."""
    with database().read() as session:
        found = monitoring.draft(session, me(), sheet_id)
    return _to_sign(found)


@area.post("/<int:sheet_id>/sign")
@login_required
def sign(sheet_id: int) -> Any:
    """Signs it, confirmed with one's password."""
    with database().read() as session:
        found = monitoring.draft(session, me(), sheet_id)
        person = session.get_one(Person, me().id)
    try:
        passwords.confirm(person, request.form.get("password", ""))
        monitoring.sign(database(), me(), sheet_id, _revision())
    except TooManyAttempts as error:
        return waiting(_to_sign(found, error), error)
    except (InvalidInput, DraftConflict) as error:
        return _to_sign(_sheet(sheet_id), error), status_of(error)
    flash(say(message("Lembar ditandatangani; isinya tidak berubah lagi.")), "done")
    return go(url_for("monitoring.sheet", sheet_id=sheet_id))


@area.get("/<int:sheet_id>/sheet.pdf")
@login_required
def pdf(sheet_id: int) -> Response:
    """The sheet on paper."""
    found = _sheet(sheet_id)
    made = lembar_monitoring.pdf(found, Office(settings().public_url, settings().zone))
    named = f'inline; filename="lembar-{found.row.kind}-{sheet_id}.pdf"'
    return Response(made, mimetype="application/pdf", headers={"Content-Disposition": named})


def _page(said: Message | None = None) -> str:
    monitoring_lists.require_reader(me())
    key = request.args.get("process") or None
    with database().read() as session:
        processes = deployments.all_in_force(session)
        units = organisation.overseen(session, me()) if me().supervises else ()
        due = monitoring_lists.due(session, me())
        sheets = monitoring_lists.page(session, me(), key, position("before"))
    return render_template(
        "monitoring.html",
        processes=processes,
        key=key,
        units=[unit for unit in units if access.may_monitor(me(), unit.id)],
        periods=list(_periods()),
        due=due,
        few=FEW,
        sheets=sheets,
        names={process.key: process.name for process in processes},
        size=monitoring_lists.PAGE,
        supervises=me().supervises,
        kinds=instruments.KINDS,
        period_of=Period,
        said=said,
    )


def _periods() -> Iterator[Period]:
    """Those that a sheet can be made of, the present ones among them."""
    today = words.today()
    for kind, many in PERIODS.items():
        period = Period.holding(kind, today)
        for _ in range(many):
            yield period
            period = period.before


def _sheet(sheet_id: int) -> Sheet:
    with database().read() as session:
        return monitoring.sheet(session, me(), sheet_id)


def _given(found: Sheet) -> Judgement:
    """What was typed, of the rows that the sheet has."""
    rows = [question["id"] for question in found.facts["questions"]]
    marks = {row: Mark(*(_text(f"{part}-{row}") for part in PARTS)) for row in rows}
    return Judgement(marks, _text("decision"), _text("conclusion"))


def _text(name: str) -> str:
    return request.form.get(name, "").replace("\r\n", "\n").strip()


def _revision() -> int:
    text = request.form.get("revision", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else -1


def _shown(found: Sheet, given: Judgement, said: Message | None = None) -> str:
    """A sheet with what is typed; where that is not what is kept, both are shown."""
    draft = found.row.signed_at is None
    return render_template(
        "monitoring_sheet.html",
        given=given,
        edits=draft and access.may_monitor(me(), found.row.unit_id),
        differs=given.packed() != found.judgement.packed(),
        said=said,
        **_about(found),
    )


def _to_sign(found: Sheet, error: AlurError | None = None) -> str:
    holder = me().supervises_for.get(found.row.unit_id)
    with database().read() as session:
        absent = session.get(Person, holder) if holder is not None else None
        hindrance = monitoring.hindrance(session, found)
    return render_template(
        "monitoring_sign.html",
        hindrance=hindrance,
        absent=absent,
        capacity=me().stands_in.get(holder or 0),
        said=error.message if error else None,
        **_about(found),
    )


def _about(found: Sheet) -> dict[str, Any]:
    kind = found.row.kind
    return {
        "sheet": found,
        "facts": found.facts,
        "period": found.period,
        "periods": [Period.parse(one["period"]) for one in found.facts["compared"]],
        "kind": instruments.KINDS[kind],
        "is_whole": monitoring_facts.is_whole(found.facts, words.zone()),
        "evaluates": kind == EVALUATION,
        "answers_of": lambda question: instruments.answers(kind, question),
        "ANSWERS": instruments.ANSWERS[kind],
        "DECISIONS": instruments.DECISIONS,
        "FITS": FITS,
        "longest": instruments.MAX_TEXT,
    }
