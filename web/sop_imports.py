"""From tables of SOPs to diagrams: brought as files, put right beside the picture, drawn on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_login import current_user

from bpmn.messages import message
from bpmn.sop import unfolding
from bpmn.sop.document import ACTIVITY, DECISION, END, LISTS, START
from bpmn.sop.table import NoTable
from bpmn.sop.table.remarks import GUESS, LEFT, MISSING
from engine import access, sop_imports
from engine.errors import DraftConflict, InvalidInput, NotFound
from web import sop_answers
from web.errors import status_of
from web.visit import MAX_NUMBER, analysts_only, by_script, database, go, me, position
from web.words import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bpmn.messages import AlurError, Message
    from bpmn.sop.table import Answers, Remark
    from engine.sop_imports import Opened

area = Blueprint("sop_imports", __name__, url_prefix="/modeler/imports")
area.before_request(analysts_only)
MAX_UPLOAD = 60_000_000  # bytes of all files that come at once
SHOWN = 50  # remarks at a time
KINDS = {
    ACTIVITY: message("Kegiatan"),
    DECISION: message("Keputusan"),
    START: message("Mulai"),
    END: message("Selesai"),
}
SORTS = {
    GUESS: ("waiting", message("Diduga")),
    MISSING: ("late", message("Belum ada")),
    LEFT: ("cancelled", message("Tidak dipakai")),
}


@area.url_value_preprocessor
def _room(endpoint: str | None, _values: Any) -> None:
    """Before the form is read for the first time: more than elsewhere, for analysts."""
    brings = endpoint == "sop_imports.bring"
    if brings and current_user.is_authenticated and access.may_deploy(me()):
        request.max_content_length = MAX_UPLOAD


@area.get("")
def own() -> str:
    """One's own imports that are not drawn yet, and how to begin some."""
    return _listing()


@area.post("")
def bring() -> Any:
    """Reads files, or a text, each for itself; what cannot be read is named with its reason."""
    made, refused = [], []
    for name, data in _brought():
        try:
            made.append(sop_imports.begin(database(), me(), name, data))
        except (InvalidInput, NoTable) as error:
            refused.append((name, error.message))
    if not made and not refused:
        return _listing(said=message("Pilih berkas atau tempelkan teksnya dahulu.")), 422
    if refused:
        return _listing(refused=refused, made=len(made)), 422
    if len(made) == 1:
        return go(_address(made[0]))
    flash(say(message("{n} tabel dibaca.", n=len(made))), "done")
    return go(url_for("sop_imports.own"))


@area.get("/<int:sop_id>")
def one(sop_id: int) -> str:
    """The table as it is understood, the diagram it makes, and the report; a row open to change."""
    return _page(_opened(sop_id), position("row"))


@area.get("/<int:sop_id>/diagram.bpmn")
def diagram(sop_id: int) -> Response:
    """The diagram that the table makes, as it is understood now."""
    return Response(_opened(sop_id).diagram, mimetype="application/xml")


@area.post("/<int:sop_id>/rows/<int:place>")
def correct(sop_id: int, place: int) -> Any:
    """Keeps what the analyst says of a row, or takes it back (``forget``)."""

    def told(opened: Opened) -> Answers:
        _require_row(opened, place)
        if "forget" in request.form:
            return sop_answers.forgotten(opened.answers, place)
        return sop_answers.of_row(opened, place, sop_answers.typed(request.form))

    typed = {"entry": sop_answers.typed(request.form)} if "kind" in request.form else {}
    return _answered(sop_id, told, place, **typed)


@area.post("/<int:sop_id>/accept")
def accept(sop_id: int) -> Any:
    """Takes the guesses for right that remain, of one row (``only``) or of all."""
    only = request.form.get("only", type=int)

    def told(opened: Opened) -> Answers:
        if only is not None:
            _require_row(opened, only)
        return sop_answers.accepted(opened, request.form, only)

    return _answered(sop_id, told, only)


@area.post("/<int:sop_id>/actors")
def actors(sop_id: int) -> Any:
    """Keeps the names and the order of those who act."""

    def told(opened: Opened) -> Answers:
        return sop_answers.of_actors(opened, request.form)

    lines = sop_answers.typed_lines(request.form)
    return _answered(sop_id, told, shown="pelaksana", lines=lines)


@area.post("/<int:sop_id>/identity")
def identity(sop_id: int) -> Any:
    """Keeps facts of the identity page."""

    def told(opened: Opened) -> Answers:
        return sop_answers.of_identity(opened, request.form)

    facts = sop_answers.typed_facts(request.form)
    return _answered(sop_id, told, shown="identitas", facts=facts)


@area.post("/<int:sop_id>/draw")
def draw(sop_id: int) -> Any:
    """Makes a sketch of the diagram and opens it in the modeler."""
    try:
        sketch = sop_imports.take_over(database(), me(), sop_id, _revision())
    except (DraftConflict, InvalidInput) as error:
        return _page(_opened(sop_id), said=error.message), int(status_of(error))
    return go(url_for("modeler.page", sketch_id=sketch))


@area.post("/<int:sop_id>/discard")
def discard(sop_id: int) -> Any:
    """Deletes an import."""
    sop_imports.discard(database(), me(), sop_id)
    flash(say(message("Impor dihapus.")), "done")
    return go(url_for("sop_imports.own"))


def _brought() -> Iterator[tuple[str, bytes]]:
    for file in request.files.getlist("file"):
        name = (file.filename or "").replace("\\", "/").rpartition("/")[2]
        if name:
            yield name, file.read()
    text = request.form.get("text", "")
    if text.strip():
        yield say(message("Teks yang ditempel")), text.encode()


def _answered(
    sop_id: int, told: Callable[[Opened], Answers], place: int | None = None, **typed: Any
) -> Any:
    """Keeps answers and shows what follows from them; what is refused stays in its form."""
    opened = _opened(sop_id)
    try:
        sop_imports.answer(database(), me(), sop_id, told(opened), _revision())
    except (DraftConflict, InvalidInput) as error:
        return _refused(_opened(sop_id), place, error, typed), int(status_of(error))
    if not by_script():
        return go(_address(sop_id) + ("" if place is None else f"#baris-{place}"))
    return _page(_opened(sop_id), done=place)


def _refused(opened: Opened, place: int | None, error: AlurError, typed: dict[str, Any]) -> str:
    """The page as it is now; a form that something was typed in is open, and says what is wrong."""
    if typed:
        return _page(opened, place, wrong=error.message, **typed)
    return _page(opened, said=error.message)


def _revision() -> int:
    return min(request.form.get("revision", 0, type=int), MAX_NUMBER)


def _opened(sop_id: int) -> Opened:
    with database().read() as session:
        return sop_imports.opened(session, me(), sop_id)


def _require_row(opened: Opened, place: int) -> None:
    """An end that the table has no row for is none that anything can be said of."""
    if not 0 <= place < len(opened.found.rows) or opened.found.rows[place] is None:
        raise NotFound(message("Baris itu tidak ada."))


def _address(sop_id: int) -> str:
    return url_for("sop_imports.one", sop_id=sop_id)


def _page(opened: Opened, place: int | None = None, **typed: Any) -> str:
    """The page; what is ``typed`` in a form goes over what is understood."""
    if place is not None:
        _require_row(opened, place)
    sop, start = opened.found.sop, position("from") or 0
    beside = [remark for remark in opened.remarks if remark.place is None]
    forms = {
        "entry": None if place is None else sop_answers.entry(sop, place),
        "lines": sop_answers.lines(opened),
        "facts": sop_answers.facts(sop.identity),
        "shown": request.args.get("part"),
    }
    return render_template(
        "sop_import.html",
        kept=opened.kept, sop=sop, rows=opened.found.rows, answers=opened.answers,
        place=place, remarks=opened.remarks, by_row=_by_row(opened),
        report=beside[start : start + SHOWN], beside=len(beside), start=start, size=SHOWN,
        in_rows=_in_rows(opened), states=_states(opened), kinds=KINDS, sorts=SORTS,
        to_settle=sop_answers.can_settle(opened), lists=LISTS,
        ways_of=sop_answers.ways_of, here=_address(opened.kept.id), **(forms | typed),
    )  # fmt: skip


def _by_row(opened: Opened) -> dict[int, list[Remark]]:
    rows: dict[int, list[Remark]] = {}
    for remark in opened.remarks:
        if remark.place is not None:
            rows.setdefault(remark.place, []).append(remark)
    return rows


def _in_rows(opened: Opened) -> dict[str, list[int]]:
    """The rows that there are remarks on, by their sort."""
    places = [(one.sort, one.place) for one in opened.remarks if one.place is not None]
    return {sort: sorted({place for other, place in places if other == sort}) for sort in SORTS}


def _states(opened: Opened) -> dict[str, dict[str, Any]]:
    """The rows with guesses or gaps, for the diagram."""
    names = unfolding.ids(opened.found.sop)
    open_ = {one.place: one.sort for one in reversed(opened.remarks) if one.sort != LEFT}
    return {
        names[place]: {"state": SORTS[sort][0], "label": say(SORTS[sort][1]), "count": 1}
        for place, sort in open_.items()
        if place is not None
    }


def _listing(said: Message | None = None, **more: Any) -> str:
    with database().read() as session:
        found = sop_imports.own(session, me(), position("before"))
        summary = sop_imports.summary(session, me())
    return render_template(
        "sop_imports.html", imports=found, all=summary, size=sop_imports.PAGE,
        days=sop_imports.FORGOTTEN.days, said=said, **more,
    )  # fmt: skip
