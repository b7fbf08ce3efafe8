"""Signing one document: its page, the deed, and the files with the signatures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_login import login_required

from bpmn.messages import message
from engine import contents, documents, logs, processing, signature_places, throttling
from engine.errors import (
    InvalidInput,
    NotFound,
    SignatureRefused,
    SignerUnreachable,
    StaleInstance,
    TooManyAttempts,
    Unsignable,
)
from engine.signature_settings import PROVIDER, WET
from tasks.signatures import scans
from web import browsers, walks
from web.errors import status_of, waiting
from web.visit import database, go, me, settings
from web.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bpmn.messages import AlurError, Message
    from engine.signature_places import Sheet

area = Blueprint("signatures", __name__, url_prefix="/documents")
# "signing_password" is no field that is ever carried, kept or shown again.
PASSPHRASE, SCAN = "signing_password", "scan"
NOT_MADE = message("Dokumen ini gagal dibuat; pengawas melihat sebabnya di halaman insiden.")


@area.get("/<int:document_id>/sign")
@login_required
def page(document_id: int) -> Any:
    """A document for who is to sign it: what it is, who has signed, and whose turn it is."""
    return _page(document_id)


@area.post("/<int:document_id>/sign")
@login_required
def sign(document_id: int) -> Any:
    """Signs it, or takes the scan of what was signed by hand."""
    try:
        _sign(document_id)
    except TooManyAttempts as error:
        return waiting(_page(document_id, error.message), error)
    except (InvalidInput, SignatureRefused, SignerUnreachable, StaleInstance, Unsignable) as error:
        return _again(document_id, error)
    flash(say(message("Dokumen ditandatangani.")), "done")
    if (onward := walks.onward()) is not None:
        return go(onward)
    return go(url_for("signatures.page", document_id=document_id))


@area.get("/<int:document_id>/signed.pdf")
@login_required
def signed(document_id: int) -> Response:
    """The document with the electronic signatures that it has so far."""
    on = _sheet(document_id)
    if on.content_id is None:
        raise NotFound(message("Dokumen ini sedang dibuat."))
    return _file(on.content_id, f"{_name(on)}.pdf")


@area.get("/<int:document_id>/signatures/<int:number>")
@login_required
def one(document_id: int, number: int) -> Response:
    """What was kept at one signature: the scan, or the document as it was then."""
    on = _sheet(document_id)
    found = next((p for p in on.places if p.row.number == number and p.is_filled), None)
    if found is None or found.row.content_id is None:
        raise NotFound(message("Tanda tangan itu tidak ada."))
    return _file(found.row.content_id, f"{_name(on)}-{number}")


def _sign(document_id: int) -> None:
    from tasks.signatures import signing

    mode = settings().signatures.mode
    if mode == WET:
        brought = request.files.get(SCAN)
        data = brought.stream.read(scans.MOST_BYTES + 1) if brought else b""
        signing.bring_scan(database(), settings(), me(), document_id, data)
        return
    tried = browsers.signing_places(me().nip) if mode == PROVIDER else {}
    if tried:
        with database().write() as session:
            throttling.count(session, tried)
    signing.sign(database(), settings(), me(), document_id, request.form.get(PASSPHRASE, ""))
    if tried:
        with database().write() as session:
            throttling.succeeded(session, tried)


def _page(document_id: int, said: Message | None = None) -> str:
    with database().read() as session:
        on = signature_places.sheet(database(), session, me(), document_id)
        hindrance = signature_places.hindrance(database(), session, me(), on)
        state = documents.states(session, on.case.id, [on.document])[document_id]
    _note(on)
    first = on.next_place
    return render_template(
        "sign.html",
        on=on,
        hindrance=NOT_MADE if state in ("failed", "dropped") else hindrance,
        being_made=state == "making",
        walk=walks.behind(),
        onward=walks.onward(),
        capacity=signature_places.capacity(me(), first) if first and not hindrance else None,
        mode=settings().signatures.mode,
        said=said,
        most=scans.MOST_BYTES // 1_000_000,
        fields={"passphrase": PASSPHRASE, "scan": SCAN},
    )


def _again(document_id: int, error: AlurError) -> tuple[str, int]:
    return _page(document_id, error.message), int(status_of(error))


def _sheet(document_id: int) -> Sheet:
    """The document, for who may see its case."""
    with database().read() as session:
        on = signature_places.sheet(database(), session, me(), document_id)
    _note(on)
    return on


def _note(on: Sheet) -> None:
    logs.learn(instance=on.case.id)
    processing.note(database(), me(), on.case.subject_id, on.case.id, processing.VIEWED)


def _name(on: Sheet) -> str:
    """What a saved file is called: numbers, and nobody's name."""
    return f"{on.document.kind}-{on.case.number}-{on.document.revision}"


def _file(content_id: int, name: str) -> Response:
    pieces = contents.pieces(database(), content_id)
    first = next(pieces, b"")
    kind = scans.media_type(first) or "application/octet-stream"
    ending = "" if "." in name else "." + kind.rpartition("/")[2].replace("jpeg", "jpg")

    def body() -> Iterator[bytes]:
        yield first
        yield from pieces

    answer = Response(body(), mimetype=kind)
    answer.headers["Content-Disposition"] = f'inline; filename="{name}{ending}"'
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
