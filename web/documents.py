"""The documents of a case: their list, each as PDF, and the record sheet that one may ask for."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, flash, render_template, url_for
from flask_login import login_required

from bpmn.messages import message
from engine import cases, contents, documents, processing
from web.visit import by_script, database, go, me
from web.words import say

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine.models import Instance

area = Blueprint("documents", __name__, url_prefix="/cases/<int:instance_id>/documents")
# A browser shows it in a reader of its own, in which nothing of our pages has a place.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'"


@area.get("")
@login_required
def listed(instance_id: int) -> Any:
    """The list alone, for the page of the case, which asks while one is being made."""
    with database().read() as session:
        case = cases.case(session, me(), instance_id)
        shown = context(session, case)
    if not by_script():
        return go(url_for("cases.case", instance_id=instance_id, _anchor="documents"))
    return render_template("_documents.html", case=case, **shown)


@area.post("")
@login_required
def request_record(instance_id: int) -> Any:
    """Has a record sheet made of the case as it is now."""
    documents.request(database(), me(), instance_id)
    flash(say(message("Lembar rekaman sedang dibuat.")), "done")
    return go(url_for("cases.case", instance_id=instance_id, _anchor="documents"))


@area.get("/<int:document_id>")
@login_required
def one(instance_id: int, document_id: int) -> Response:
    """A document as it was made, piece by piece."""
    with database().read() as session:
        case = cases.case(session, me(), instance_id)
        found = documents.found(session, instance_id, document_id)
    processing.note(database(), me(), case.subject_id, instance_id, processing.VIEWED)
    pieces = contents.pieces(database(), found.content_id or 0)
    first = next(pieces, b"")  # while a lost database can still be told of
    # No personal data in the name: it stays in lists of downloads.
    name = f"{found.kind}-{case.number}-{found.revision}.pdf"
    headers = {
        "Content-Disposition": f'inline; filename="{name}"',
        "Content-Length": str(found.content.size if found.content else 0),
        "Content-Security-Policy": POLICY,
    }
    return Response(chain((first,), pieces), mimetype="application/pdf", headers=headers)


def context(session: Session, case: Instance) -> dict[str, Any]:
    """What the list shows: the documents, how each stands, and whether one may ask for another."""
    found = documents.of_case(session, case.id)
    return {
        "documents": found,
        "document_states": documents.states(session, case.id, found),
        "may_request": cases.is_concerned(session, me(), case),
    }
