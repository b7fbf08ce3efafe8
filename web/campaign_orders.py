"""Ordering a campaign: of which process, for whom, previewed with every reason.

Who was shown is kept in the page by number, so that what is ordered is what was shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_login import current_user, login_required

from bpmn.diagram import Node
from bpmn.messages import AlurError, Message, message
from engine import (
    access,
    campaigns,
    deployments,
    eligibility,
    processing,
    scopes,
    spreadsheets,
)
from engine.eligibility import OBSTACLES, Terms
from engine.errors import InvalidInput, NotFound
from engine.fates import PAGE
from tasks.surroundings import Surroundings
from tasks.written_forms import form_for
from web import candidates, tables
from web.chosen_cases import frozen, thawed
from web.errors import status_of
from web.visit import MAX_NUMBER, database, go, me, new_token

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.orm import Session
    from werkzeug.datastructures import MultiDict

    from engine.eligibility import Judged
    from engine.models import Definition
    from engine.scopes import Scope
    from engine.starting import Basis
    from tasks.written_forms import Form

area = Blueprint("campaign_orders", __name__, url_prefix="/campaigns")
FORM_BYTES = 2_000_000  # of the form around a file
LONGEST = 1_000_000  # characters of the numbers of people that a page keeps
UNKNOWN_SHOWN = 50
_NOTHING = Node("", "startEvent", "", 0)  # a start at which nothing is asked


@dataclass(frozen=True)
class _Wanted:
    """What a form asks for: of which process, for whom, and on which terms."""

    basis: Basis
    scope: Scope
    filled: Callable[[MultiDict[str, str] | None], Form]
    terms: Terms
    unknown: Sequence[str]


@area.url_value_preprocessor
def _room(endpoint: str | None, _values: Any) -> None:
    """Before the form is read for the first time: more than elsewhere, for who may bring a file."""
    if (
        endpoint == "campaign_orders.preview"
        and current_user.is_authenticated
        and access.may_order_campaigns(me())
    ):
        request.max_content_length = spreadsheets.MAX_FILE + FORM_BYTES


@area.get("/new")
@login_required
def choose() -> str:
    """Of which process, and for whom."""
    access.require_campaigns(me())
    return _choose()


@area.post("/preview")
@login_required
def preview() -> Any:
    """What would become of each person; nothing is written."""
    access.require_campaigns(me())
    try:
        with database().read() as session:
            wanted = _wanted(session)
    except InvalidInput as error:
        return _choose(said=error.message), int(status_of(error))
    pressed = tables.answered(request.form, wanted.filled)
    if isinstance(pressed, Response):
        return pressed
    return _preview(wanted, form=pressed)


@area.post("")
@login_required
def order() -> Any:
    """Has the cases started, of those who were shown."""
    access.require_campaigns(me())
    token = request.form.get("token", "")
    try:
        with database().read() as session:
            wanted = _wanted(session)
    except InvalidInput as error:
        return _choose(said=error.message), int(status_of(error))
    if wanted.terms.given is None:
        return _preview(wanted, message("Ada isian yang perlu diperbaiki.")), 422
    try:
        if not 0 < len(token) <= len(new_token()):
            raise InvalidInput(message("Lihat dahulu apa yang akan terjadi."))
        key = wanted.basis.definition.key
        made = campaigns.order(database(), me(), key, wanted.scope, wanted.terms, token=token)
    except InvalidInput as error:
        return _preview(wanted, error.message), int(status_of(error))
    return go(url_for("campaigns.one", campaign_id=made))


@area.post("/<key>/people")
@login_required
def persons(key: str) -> str:
    """The people who may be meant in a field of the start form, while one types."""
    access.require_campaigns(me())
    with database().read() as session:
        diagram = campaigns.process(database(), session, key).bound.program.diagram
        return candidates.offered(session, diagram.start_form)


def _choose(**more: Any) -> str:
    with database().read() as session:
        return render_template(
            "campaign_new.html",
            processes=_processes(session),
            units=scopes.units(session, me()),
            all_of=access.may_administer(me()),
            given=request.form,
            **more,
        )


def _processes(session: Session) -> list[Definition]:
    """The processes in force of which cases are started by people."""
    found = []
    for definition in deployments.all_in_force(session):
        try:
            campaigns.process(database(), session, definition.key)
        except AlurError:
            continue
        found.append(definition)
    return found


def _wanted(session: Session) -> _Wanted:
    """What the form says; raises `InvalidInput` where that cannot be, and `NotAllowed`."""
    key = request.form.get("key", "")
    try:
        basis = campaigns.process(database(), session, key)
    except NotFound as error:
        raise InvalidInput(message("Pilih prosesnya.")) from error
    scope = _scope(session)
    asked = basis.bound.program.diagram.start_form
    sent = request.form if "asked" in request.form else None
    filled = partial(form_for, asked or _NOTHING, {}, around=Surroundings(database()))
    form = filled(sent)
    is_filled_in = asked is None or (sent is not None and form.validate())
    given = (form.values if asked else {}) if is_filled_in else None
    unknown = [f"{row}: {text}" for row, text in scope.unknown]
    kept = request.form.get("unknown", "").splitlines()[: UNKNOWN_SHOWN + 1]
    return _Wanted(basis, scope, filled, Terms(given, _beside(session)), unknown or kept)


def _scope(session: Session) -> Scope:
    kind = request.form.get("scope", "")
    if request.form.get("chosen"):
        people = thawed(request.form["chosen"], LONGEST)
        return scopes.of_people(session, me(), kind, request.form.get("about", ""), people)
    if kind == scopes.UNIT:
        return scopes.of_unit(session, me(), request.form.get("unit", ""))
    if kind == scopes.ALL:
        return scopes.of_all(session, me())
    file = request.files.get("file")
    name = (file.filename or "").replace("\\", "/").rpartition("/")[2] if file else ""
    if kind != scopes.FILE or file is None or not name:
        raise InvalidInput(message("Pilih unit, seluruh direktori, atau sebuah berkas."))
    return scopes.of_file(session, me(), name, file.read())


def _beside(session: Session) -> int:
    """Up to which number running cases keep nobody out: as it was when they were shown."""
    kept = request.form.get("beside", type=int)
    if kept is not None:
        return min(max(kept, 0), MAX_NUMBER)
    return eligibility.newest_case(session) if "again" in request.form else 0


def _preview(wanted: _Wanted, said: Message | None = None, form: Form | None = None) -> str:
    basis, scope = wanted.basis, wanted.scope
    start = min(max(request.form.get("from", 0, type=int), 0), scopes.MOST)
    with database().read() as session:
        found = campaigns.preview(
            database(), session, me(), basis.definition.key, scope, wanted.terms
        )
        page = found.of(None)[start : start + PAGE]
        seats = eligibility.seats(session, basis.bound.program.diagram, page)
    _note(page)
    return render_template(
        "campaign_preview.html",
        process=basis.definition,
        asked=basis.bound.program.diagram.start_form,
        form=form or _shown(wanted),
        scope=scope,
        chosen=frozen(scope.people),
        beside=wanted.terms.beside,
        preview=found,
        people=page,
        seats=seats,
        start=start,
        size=PAGE,
        obstacles=OBSTACLES,
        unknown=wanted.unknown,
        unknown_shown=UNKNOWN_SHOWN,
        token=request.form.get("token", "")[:64] or new_token(),
        said=said,
    )


def _shown(wanted: _Wanted) -> Form:
    """The start form: empty, or as it was sent with what is wrong in it."""
    if "asked" not in request.form:
        return wanted.filled(None)
    form = wanted.filled(request.form)
    form.validate()
    return form


def _note(page: Sequence[Judged]) -> None:
    looked_at = [(one.person.id, processing.NO_CASE) for one in page]
    processing.note_all(database(), me(), looked_at, processing.VIEWED)
