"""A number for every request, and one line of each: how it went, and of nobody."""

from __future__ import annotations

import logging
import re
import time
import uuid
from typing import TYPE_CHECKING, Any

from flask import Flask, request

from engine import logs, measures
from web import fresh

if TYPE_CHECKING:
    from types import TracebackType

    from flask import Response

PLAIN = re.compile(r"[A-Za-z0-9-]{8,64}", re.ASCII)
# Watchers ask every few seconds, as open pages do; their answers are no news while they are good.
WATCHED = frozenset({"health.healthz", "health.readyz", "metrics.page"})
log = logging.getLogger("alur.requests")


class LoggedFlask(Flask):
    """Flask, which would write the address of a failed request into its log."""

    def log_exception(
        self,
        exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None],
    ) -> None:
        """The places of the error alone; see `engine.logs`."""
        log.error("request failed", exc_info=exc_info)


def register(app: Flask, *, proxied: bool) -> None:
    """Numbers requests, a trusted proxy's way if there is one, and writes their lines."""
    serve = app.wsgi_app

    def answer(environ: Any, start_response: Any) -> Any:
        number = _given(environ) if proxied else None
        environ["alur.request"] = number = number or uuid.uuid4().hex
        environ["alur.begun"] = time.perf_counter()
        with logs.about(request=number):
            return serve(environ, start_response)

    app.wsgi_app = answer  # type: ignore[method-assign]  # Flask's documented way
    app.before_request(_learn)
    app.after_request(_write)


def number() -> str:
    """What to call the present request when somebody asks about it."""
    given: str = request.environ["alur.request"]
    return given


def _given(environ: Any) -> str | None:
    given = environ.get("HTTP_X_REQUEST_ID", "")
    return given if PLAIN.fullmatch(given) else None


def _learn() -> None:
    logs.learn(instance=(request.view_args or {}).get("instance_id"))


def _write(response: Response) -> Response:
    seconds = time.perf_counter() - request.environ["alur.begun"]
    rule = request.url_rule.rule if request.url_rule is not None else "-"
    is_watched = request.endpoint in WATCHED and response.status_code < 400
    if not is_watched and not (fresh.is_asked() and response.status_code == 204):
        told = logs.facts(
            method=request.method, route=rule, status=response.status_code,
            ms=round(seconds * 1000),
        )  # fmt: skip
        log.info("request", extra=told)
    measures.REQUESTS.labels(rule, str(response.status_code)).observe(seconds)
    response.headers["X-Request-ID"] = number()
    return response
