"""What Prometheus reads, for who knows the token of the installation."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bpmn.messages import message
from engine import measures
from engine.errors import NotFound
from web.visit import settings

if TYPE_CHECKING:
    from flask import Flask

area = Blueprint("metrics", __name__)


def register(app: Flask) -> None:
    """Makes the registry of this process, which asks the database at most every ten seconds."""
    app.extensions["alur-measures"] = measures.registry(app.extensions["alur"])


@area.get("/metrics")
def page() -> Response:
    """The measures; without the token there is no such page."""
    expected, given = settings().metrics_token, request.headers.get("Authorization", "")
    wanted = f"Bearer {expected}".encode()
    if expected is None or not hmac.compare_digest(given.encode(), wanted):
        raise NotFound(message("Halaman ini tidak ada."))
    written = generate_latest(current_app.extensions["alur-measures"])
    return Response(written, content_type=CONTENT_TYPE_LATEST)
