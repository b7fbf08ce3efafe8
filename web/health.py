"""For whoever watches over the server: whether it lives, and whether it can work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, current_app, jsonify
from sqlalchemy.exc import SQLAlchemyError

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
    """The database is of this release and the worker looks for jobs; 503 says what is not."""
    worker: Worker | None = current_app.extensions["alur-worker"]
    checks = {"database": _database_is_ready(), "worker": worker is None or worker.is_alive}
    ready = all(checks.values())
    return jsonify(status="ok" if ready else "unavailable", **checks), 200 if ready else 503


def _database_is_ready() -> bool:
    try:
        return database().is_current
    except SQLAlchemyError:
        return False
