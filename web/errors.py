"""The one place where errors become answers: a status, a page, a sentence."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Response, current_app, render_template
from flask_login import AnonymousUserMixin
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from bpmn.messages import AlurError, Message, message
from engine import errors
from web import logs
from web.visit import by_script

if TYPE_CHECKING:
    from flask import Flask

STATUS: dict[type[AlurError], HTTPStatus] = {
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.NotAllowed: HTTPStatus.FORBIDDEN,
    errors.NoLongerOpen: HTTPStatus.CONFLICT,
    errors.DraftConflict: HTTPStatus.CONFLICT,
    errors.StaleInstance: HTTPStatus.CONFLICT,
    errors.Suspended: HTTPStatus.CONFLICT,
    errors.JobGone: HTTPStatus.CONFLICT,
    errors.StaleCalendar: HTTPStatus.CONFLICT,
    errors.StaleDirectory: HTTPStatus.CONFLICT,
    errors.Unsignable: HTTPStatus.CONFLICT,
    errors.StateDamaged: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.TooManyAttempts: HTTPStatus.TOO_MANY_REQUESTS,
    errors.DatabaseLost: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.WrongRelease: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.SignerUnreachable: HTTPStatus.SERVICE_UNAVAILABLE,
}
SENTENCES = {
    400: message("Permintaan tidak dapat dibaca."),
    404: message("Halaman ini tidak ada."),
    405: message("Cara itu tidak berlaku di sini."),
    413: message("Kiriman terlalu besar."),
    500: message("Terjadi kesalahan pada server. Tidak ada yang tersimpan setengah jalan."),
}


SOON = 5  # seconds; most lost connections are there again by then


def register(app: Flask) -> None:
    """Installs the handlers."""
    app.register_error_handler(AlurError, _told)
    app.register_error_handler(errors.DatabaseLost, _lost)
    app.register_error_handler(errors.TooManyAttempts, _too_often)
    app.register_error_handler(CSRFError, _expired_page)
    app.register_error_handler(HTTPException, _http)


def status_of(error: AlurError) -> HTTPStatus:
    """The HTTP status of an error; what has none of its own is wrong input."""
    return STATUS.get(type(error), HTTPStatus.UNPROCESSABLE_ENTITY)


def waiting(page: Any, error: errors.TooManyAttempts) -> Response:
    """A page that says how long to wait, in its header too."""
    answer = current_app.make_response((page, int(status_of(error))))
    answer.headers["Retry-After"] = str(error.seconds)
    return answer


def _told(error: AlurError) -> Any:
    return _page(error.message, status_of(error))


def _lost(error: errors.DatabaseLost) -> Any:
    answer = current_app.make_response(_page(error.message, status_of(error)))
    answer.headers["Retry-After"] = str(SOON)
    return answer


def _too_often(error: errors.TooManyAttempts) -> Any:
    return waiting(_shown("error.html", said=error.message), error)


def _expired_page(_error: CSRFError) -> Any:
    return _page(message("Halaman ini sudah kedaluwarsa. Muat ulang, lalu kirim lagi."), 400)


def _http(error: HTTPException) -> Any:
    code = error.code or 500
    return _page(SENTENCES.get(code, SENTENCES[400 if code < 500 else 500]), code)


def notice(
    said: Message, status: int, link: str | None = None, number: str | None = None
) -> Response:
    """A sentence above the page, which keeps what was typed; for requests of its own scripts."""
    above = {"HX-Retarget": "#notice", "HX-Reselect": ".flash", "HX-Reswap": "innerHTML"}
    written = _shown("_notice.html", said=said, link=link, number=number)
    return Response(written, status, headers=above)


def _page(said: Message, status: int) -> Any:
    number = logs.number() if status == HTTPStatus.INTERNAL_SERVER_ERROR else None
    if by_script():
        return notice(said, status, number=number)
    return _shown("error.html", said=said, number=number), int(status)


def _shown(template: str, **context: Any) -> str:
    """The template; as for a stranger when who is at the browser stands in a lost database."""
    try:
        return render_template(template, **context)
    except errors.DatabaseLost:
        # Not through Flask, which would ask Flask-Login, which would ask the database again.
        stranger = AnonymousUserMixin()
        return current_app.jinja_env.get_template(template).render(context, current_user=stranger)
