"""The modeler: an analyst draws in the browser, is told what is wrong, and deploys."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import (
    Blueprint,
    Response,
    flash,
    jsonify,
    make_response,
    render_template,
    request,
)
from flask import url_for as address
from werkzeug.utils import secure_filename

import bpmn
from bpmn import layout
from bpmn.elements import diagrams
from bpmn.findings import Severity
from bpmn.messages import message
from bpmn.reading import UnreadableDiagram, read
from engine import checking, deployments, organisation, sketches
from engine.errors import DiagramRefused, InvalidInput
from tasks.handlers import HANDLERS
from tasks.surroundings import Surroundings
from tasks.written_forms import form_for
from web.errors import status_of
from web.form_previews import has_form
from web.record import name_of
from web.visit import MAX_NUMBER, analysts_only, database, go, me
from web.words import SEVERITIES, say

if TYPE_CHECKING:
    from bpmn.findings import Finding
    from bpmn.messages import AlurError
    from engine.checking import Report

area = Blueprint("modeler", __name__, url_prefix="/modeler")
area.before_request(analysts_only)
TEMPLATES = Path(bpmn.__file__).with_name("alur.element-templates.json")
# What a form cannot be built over; a way that leads nowhere yet hides none.
OF_FORMS = frozenset(
    {
        "form-fields",
        "form-key",
        "start-form",
        "table-columns",
        "table-rows",
        "table-total",
        "expression",
    }
)
# diagram-js sets sizes and places of what it draws in style attributes; nothing else is let in.
POLICY = (
    "default-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; object-src 'none';"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


@area.get("")
def own() -> str:
    """The analyst's sketches, and how to begin one."""
    return _listing()


@area.post("")
def begin() -> Any:
    """Begins a sketch: from a version (``base``), a file, or from nothing but a ``name``."""
    base = request.form.get("base", type=int)
    file = request.files.get("file")
    try:
        if base is not None:
            number = sketches.of_version(database(), me(), min(base, MAX_NUMBER))
        elif file is not None and file.filename:
            number = sketches.of_file(database(), me(), file.read())
        else:
            number = sketches.empty(database(), me(), request.form.get("name", ""))
    except (InvalidInput, UnreadableDiagram) as error:
        return _listing(said=error.message), int(status_of(error))
    return go(address("modeler.page", sketch_id=number))


@area.get("/alur.element-templates.json")
def element_templates() -> Response:
    """The facts of an SOP for the desktop's Camunda Modeler, as a file for its folder."""
    response = Response(TEMPLATES.read_bytes(), mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{TEMPLATES.name}"'
    return response


@area.get("/<int:sketch_id>")
def page(sketch_id: int) -> Response:
    """The modeler with a sketch in it."""
    return _page(sketch_id)


@area.get("/<int:sketch_id>/diagram.bpmn")
def diagram(sketch_id: int) -> Response:
    """What is kept, as a file; for the canvas with a layout of Alur's where its own lacks."""
    with database().read() as session:
        sketch = sketches.one(session, me(), sketch_id)
    to_keep = "download" in request.args
    source = sketch.source if to_keep else layout.drawn(sketch.source)
    encoding = read(source).getroottree().docinfo.encoding or "utf-8"
    response = Response(source, content_type=f"application/xml; charset={encoding}")
    if to_keep:
        name = secure_filename(f"{sketch.name}.bpmn")
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@area.post("/<int:sketch_id>")
def keep(sketch_id: int) -> Response:
    """Keeps the drawing in the body, which is based on ``revision``; says what others did."""
    revision = request.args.get("revision", 0, type=int)
    kept = sketches.keep(database(), me(), sketch_id, _drawing(), revision)
    with database().read() as session:
        others = sketches.meanwhile(session, sketches.one(session, me(), sketch_id))
    return jsonify(revision=kept, meanwhile=render_template("_meanwhile.html", meanwhile=others))


@area.post("/<int:sketch_id>/check")
def check(sketch_id: int) -> Response:
    """The findings on the drawing in the body, kept or not."""
    source = _drawing()
    with database().read() as session:
        sketches.one(session, me(), sketch_id)
        report = deployments.full_report(session, source, HANDLERS)
    names = report.names
    found = [_told(finding, names) for finding in report.findings]
    return jsonify(findings=found, verdict=say(_verdict(report)))


@area.post("/<int:sketch_id>/form")
def form(sketch_id: int) -> str:
    """The form of one step of the drawing in the body, as staff will see it."""
    with database().read() as session:
        sketches.one(session, me(), sketch_id)
    source, element = _drawing(), request.args.get("element", "")
    for finding in checking.check(source).worst(Severity.ERROR):
        if finding.element is None or (finding.element == element and finding.rule in OF_FORMS):
            raise InvalidInput(finding.message)
    drawn = [one.nodes.get(element) for one in diagrams(read(source))]
    node = next(filter(None, drawn), None)
    if node is None or not has_form(node):
        raise InvalidInput(message("Langkah ini belum mempunyai formulir."))
    made = form_for(node, {}, None, around=Surroundings(database()))
    return render_template("_sketch_form.html", form=made, name=name_of(node))


@area.post("/<int:sketch_id>/deploy")
def deploy(sketch_id: int) -> Any:
    """Keeps what was drawn as a version and goes to its page; what is refused stays a sketch."""
    revision = request.form.get("revision", 0, type=int)
    try:
        version = sketches.deploy(database(), me(), sketch_id, revision)
    except DiagramRefused as error:
        said = message("Diagram ini tidak dapat dijalankan dan belum menjadi versi.")
        return _refused(sketch_id, said, error)
    said = message("Tersimpan sebagai versi {n}.", n=version.version)
    flash(say(said), "done")
    return go(address("deployments.version", definition_id=version.id))


@area.post("/<int:sketch_id>/discard")
def discard(sketch_id: int) -> Any:
    """Throws a sketch away."""
    sketches.discard(database(), me(), sketch_id)
    flash(say(message("Rancangan dibuang.")), "done")
    return go(address("modeler.own"))


def _refused(sketch_id: int, said: Any, error: AlurError) -> Response:
    response = _page(sketch_id, said=said)
    response.status_code = int(status_of(error))
    return response


def _page(sketch_id: int, **more: Any) -> Response:
    with database().read() as session:
        sketch = sketches.one(session, me(), sketch_id)
        meanwhile = sketches.meanwhile(session, sketch)
        groups = [[group.code, group.name] for group, _members in organisation.groups(session)]
    shown = render_template(
        "modeler.html", sketch=sketch, meanwhile=meanwhile, office={"groups": groups}, **more
    )
    response = make_response(shown)
    response.headers["Content-Security-Policy"] = POLICY
    return response


def _listing(**more: Any) -> str:
    with database().read() as session:
        found = sketches.own(session, me())
    return render_template("sketches.html", sketches=found, **more)


def _drawing() -> bytes:
    source = request.get_data()
    if not source:
        raise InvalidInput(message("Tidak ada gambar yang dikirim."))
    return source


def _verdict(report: Report) -> Any:
    if not report.may_run:
        return message("Belum dapat disimpan sebagai versi.")
    if report.worst(Severity.BLOCKING):
        return message("Dapat disimpan sebagai versi, tetapi belum dapat diberlakukan.")
    return message("Dapat disimpan sebagai versi dan diberlakukan.")


def _told(finding: Finding, names: dict[str, str]) -> dict[str, Any]:
    return {
        "severity": finding.severity.value,
        "label": say(SEVERITIES[finding.severity.value]),
        "rule": finding.rule,
        "explained": address("rules.one", name=finding.rule),
        "element": finding.element,
        "name": names.get(finding.element or "", "") or finding.element,
        "message": say(finding.message),
        "path": list(finding.path),
    }
