"""What was being sent when the session had ended: carried through signing in, then sent again.

The sign-in page holds it, signed, and the page after it sends it when its person says so: nothing
of it is kept on the server, and nobody else can put anything into it.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

from web.visit import is_inside

MAX_FIELDS = 8_000  # a table has at most 6,000 cells, each row a name more
MAX_LETTERS = 200_000
LASTS = 12 * 3600  # seconds; as long as a page may lie open


@dataclass(frozen=True)
class Carried:
    """The fields of a form, in order, and the address that they are for."""

    to: str
    fields: list[tuple[str, str]]


def sent() -> list[tuple[str, str]]:
    """The fields of this request, without its CSRF token."""
    given = request.form.items(multi=True)
    return [(name, value) for name, value in given if name != "csrf_token"]


def pack() -> str | None:
    """This request for the sign-in page; None where that has a password, a file or too much."""
    fields = sent()
    letters = sum(len(name) + len(value) for name, value in fields)
    has_file = any(file.filename for file in request.files.values())
    if has_file or any("password" in name or "passphrase" in name for name, _ in fields):
        return None
    if len(fields) > MAX_FIELDS or letters > MAX_LETTERS:
        return None
    packed: str = _signer().dumps([request.full_path.rstrip("?"), fields])
    return packed


def unpack(packed: str) -> Carried | None:
    """What a sign-in page held; None for nothing, and what was not packed here."""
    try:
        to, fields = _signer().loads(packed, max_age=LASTS)
    except BadData:
        return None
    return Carried(to, [(name, value) for name, value in fields]) if is_inside(to) else None


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="alur-carried")
