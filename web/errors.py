"""The one place where errors become answers: a status, a page, a sentence."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Response, render_template
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from bpmn.messages import AlurError, Message, message
from engine import errors
from web.visit import by_script

if TYPE_CHECKING:
    from flask import Flask

STATUS: dict[type[AlurError], HTTPStatus] = {
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.NotAllowed: HTTPStatus.FORBIDDEN,
    errors.NoLongerOpen: HTTPStatus.CONFLICT,
    errors.StaleInstance: HTTPStatus.CONFLICT,
    errors.Suspended: HTTPStatus.CONFLICT,
    errors.JobGone: HTTPStatus.CONFLICT,
    errors.StaleCalendar: HTTPStatus.CONFLICT,
    errors.StateDamaged: HTTPStatus.INTERNAL_SERVER_ERROR,
}
SENTENCES = {
    400: message("Permintaan tidak dapat dibaca."),
    404: message("Halaman ini tidak ada."),
    405: message("Cara itu tidak berlaku di sini."),
    413: message("Kiriman terlalu besar."),
    500: message("Terjadi kesalahan pada server. Tidak ada yang tersimpan setengah jalan."),
}


def register(app: Flask) -> None:
    """Installs the handlers."""
    app.register_error_handler(AlurError, _told)
    app.register_error_handler(CSRFError, _expired_page)
    app.register_error_handler(HTTPException, _http)


def status_of(error: AlurError) -> HTTPStatus:
    """The HTTP status of an error; what has none of its own is wrong input."""
    return STATUS.get(type(error), HTTPStatus.UNPROCESSABLE_ENTITY)


def _told(error: AlurError) -> Any:
    return _page(error.message, status_of(error))


def _expired_page(_error: CSRFError) -> Any:
    return _page(message("Halaman ini sudah kedaluwarsa. Muat ulang, lalu kirim lagi."), 400)


def _http(error: HTTPException) -> Any:
    code = error.code or 500
    return _page(SENTENCES.get(code, SENTENCES[400 if code < 500 else 500]), code)


def notice(said: Message, status: int, link: str | None = None) -> Response:
    """A sentence above the page, which keeps what was typed; for requests of its own scripts."""
    above = {"HX-Retarget": "#notice", "HX-Reswap": "innerHTML"}
    return Response(render_template("_notice.html", said=said, link=link), status, headers=above)


def _page(said: Message, status: int) -> Any:
    if by_script():
        return notice(said, status)
    return render_template("error.html", said=said), int(status)
