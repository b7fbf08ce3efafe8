"""Anybody may ask whether a PDF is still what was signed.

Nothing is kept of it, and nothing told of a case but whether this office has the very same file.
"""

from __future__ import annotations

import hashlib
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request

from bpmn.messages import message
from engine import signatures, throttling
from engine.errors import InvalidInput, TooManyAttempts
from tasks.signatures import wording
from tasks.signatures.judging import MOST_BYTES, judge_apart
from web import browsers
from web.errors import status_of, waiting
from web.visit import database, settings

area = Blueprint("verification", __name__)


@area.route("/verify", methods=["GET", "POST"])
def page() -> Any:
    """Judges the signatures of a PDF."""
    if request.method == "GET":
        return render_template("verify.html")
    try:
        with database().write() as session:
            throttling.count(session, browsers.verifying_places())
        return _judged(_brought())
    except TooManyAttempts as error:
        return waiting(render_template("verify.html", said=error.message), error)
    except InvalidInput as error:
        return render_template("verify.html", said=error.message), int(status_of(error))


def _brought() -> bytes:
    file = request.files.get("file")
    data = file.stream.read(MOST_BYTES + 1) if file else b""
    if not data:
        raise InvalidInput(message("Pilih berkas PDF."))
    return data


def _judged(data: bytes) -> str:
    verdict = judge_apart(settings(), data)
    digest = hashlib.sha256(data).hexdigest()
    with database().read() as session:
        kept = signatures.is_kept(session, digest)
    zone = ZoneInfo(settings().zone)
    return render_template(
        "verify.html",
        verdict=verdict,
        summary=wording.of_all(verdict),
        signatures=[(one, wording.moment(one, zone), wording.of_one(one))
                    for one in verdict.signatures],
        kept=wording.kept(is_kept=kept),
        is_kept=kept,
        digest=digest,
    )  # fmt: skip
