"""The analyst's pages: upload a diagram, see what the check says, put a version into force."""

from __future__ import annotations

import gzip
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_login import login_required
from werkzeug.utils import secure_filename

from bpmn import layout
from bpmn.messages import message
from engine import deployments, library, moves, people, publications
from engine.errors import DiagramRefused
from tasks.handlers import HANDLERS
from web.errors import status_of
from web.form_previews import has_form
from web.packing import packed
from web.visit import analysts_only, database, go, me
from web.words import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.models import Definition, Publication

area = Blueprint("deployments", __name__, url_prefix="/processes")
MAX_SEARCH = 200  # letters


@area.before_request
def _only_analysts() -> Any:
    for_everybody = request.endpoint == "deployments.diagram"
    return None if for_everybody else analysts_only()


@area.get("")
@login_required
def versions() -> str:
    """The processes: those in use, or those laid aside; what answers to a search."""
    return _versions()


@area.post("")
@login_required
def upload() -> Any:
    """Checks an uploaded diagram and keeps it as a version; what is refused is not kept."""
    file = request.files.get("file")
    source = file.read() if file else b""
    if not source:
        return _versions(said=message("Pilih berkas .bpmn dahulu.")), 422
    try:
        definition = deployments.deploy(database(), source, me().id)
    except DiagramRefused as error:
        said = message("Diagram ini tidak dapat dijalankan dan tidak disimpan.")
        names = deployments.names(source)
        return _versions(said=said, findings=error.findings, names=names), int(status_of(error))
    return go(url_for("deployments.version", definition_id=definition.id))


@area.get("/<int:definition_id>")
@login_required
def version(definition_id: int) -> str:
    """One version: its findings, its diagram, its steps."""
    with database().read() as session:
        found = deployments.definition(session, definition_id)
        report = deployments.full_report(session, found.source, HANDLERS)
        current = deployments.in_force(session, found.key)
        published = publications.of_process(session, found.key)
        names = people.names(session, _people_of(found, published))
        followed = moves.followed(session, found.key)
    return render_template(
        "version.html",
        publications=published,
        names=names,
        me=me(),
        may_decide=publications.may_decide,
        followed=followed,
        version=found,
        report=report,
        diagram=deployments.drawn(found.source),
        in_force=current is not None and current.id == found.id,
        is_old=current is not None and found.version < current.version,
        has_form=has_form,
    )


@area.post("/<int:definition_id>/revert")
@login_required
def revert(definition_id: int) -> Any:
    """An old version as a new one, to be looked through before it comes into force."""
    made = deployments.revert(database(), definition_id, me().id)
    flash(say(message("Tersimpan sebagai versi {n}.", n=made.version)), "done")
    return go(url_for("publications.review", definition_id=made.id))


@area.get("/<int:definition_id>/diagram.bpmn")
@login_required
def diagram(definition_id: int) -> Response:
    """The file exactly as it was deployed; procedures are no secret among the staff.

    With `drawn`, for the viewer: with a layout of Alur's where its own is not whole.
    """
    with database().read() as session:
        source = (found := deployments.definition(session, definition_id)).source
    # A version never changes; how Alur draws may, with its next release.
    if "drawn" in request.args:
        headers = {"Cache-Control": "private, max-age=86400"}
        return packed(_drawn(source), "application/xml", headers)
    response = Response(source, mimetype="application/xml")
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    if "download" in request.args:
        name = secure_filename(f"{found.key}-{found.version}.bpmn")
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@lru_cache(maxsize=50)
def _drawn(source: bytes) -> bytes:
    """Laid out once; packed to an eighth by gzip."""
    return gzip.compress(layout.drawn(source), mtime=0)


def _people_of(version: Definition, published: Sequence[Publication]) -> set[int]:
    """Who deployed, published and decided."""
    ids = {version.deployed_by}
    for one in published:
        ids |= {one.person_id, one.decided_by}
    return {found for found in ids if found is not None}


def _versions(**more: Any) -> str:
    search, archived = request.args.get("q", "")[:MAX_SEARCH], "archived" in request.args
    with database().read() as session:
        found = library.entries(session, search, archived=archived)
        failed = publications.failed(session)
    return render_template(
        "processes.html", entries=found, failed=failed, search=search, archived=archived, **more
    )
