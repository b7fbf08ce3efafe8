"""For whoever watches over the server: whether it lives, and whether it can work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, current_app, jsonify
from sqlalchemy.exc import SQLAlchemyError

from bpmn.messages import AlurError
from engine import installation
from web.visit import database

if TYPE_CHECKING:
    from engine.worker import Worker

area = Blueprint("health", __name__)


@area.get("/healthz")
def healthz() -> Any:
    """The process answers."""
    return jsonify(status="ok")


@area.get("/readyz")
def readyz() -> Any:
    """The database fits this release and the worker looks for jobs; 503 says what is not.

    Whether it is ``draining`` counts first: then it is asked for nothing more.
    """
    worker: Worker | None = current_app.extensions["alur-worker"]
    checks = {"database": _database_is_ready(), "worker": worker is None or worker.is_alive}
    status = "ok" if all(checks.values()) else "unavailable"
    if current_app.extensions["alur-going"].is_set():
        status = "draining"
    return jsonify(status=status, **checks), 200 if status == "ok" else 503


def _database_is_ready() -> bool:
    try:
        return installation.fits(database())
    except (SQLAlchemyError, AlurError):
        return False
