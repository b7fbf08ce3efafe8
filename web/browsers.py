"""The browser at the other end: whether a person has signed in at it before, and what it is."""

from __future__ import annotations

import hmac
import secrets
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, Any

from flask import current_app, request
from itsdangerous import BadData, URLSafeSerializer

from engine import civil_service, throttling
from web.visit import settings

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from engine.throttling import Places

KEPT = 365 * 24 * 3600  # seconds
MOST_PEOPLE = 20  # of one browser: a counter in an office may serve many
# The first that is found counts: others call themselves Chrome and Safari too.
BROWSERS = {
    "Edg": "Edge", "OPR": "Opera", "SamsungBrowser": "Samsung Internet", "Firefox": "Firefox",
    "FxiOS": "Firefox", "CriOS": "Chrome", "Chrome": "Chrome", "Safari": "Safari",
}  # fmt: skip
SYSTEMS = {
    "Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows",
    "Mac OS X": "macOS", "CrOS": "ChromeOS", "Linux": "Linux",
}  # fmt: skip


def name() -> str:
    """What the browser calls itself, ``Firefox · Windows``; empty when it says nothing."""
    said = request.headers.get("User-Agent", "")
    found = (_first(table, said) for table in (BROWSERS, SYSTEMS))
    return " · ".join(filter(None, found))


def places(nip: str) -> Places:
    """What a try to sign in with a NIP counts for, see `engine.throttling`."""
    account = civil_service.digits(nip)
    device = _device()
    if _mark(account) in device["people"]:
        return throttling.places(_key(), device=f"{device['id']}:{account}")
    return throttling.places(_key(), account=account, address=address())


def request_places(nip: str) -> Places:
    """What asking for a code by mail counts for."""
    return throttling.places(_key(), request=civil_service.digits(nip), address=address())


def signing_places(nip: str) -> Places:
    """What a try to sign a document with a passphrase counts for."""
    return throttling.places(_key(), account=f"signing:{civil_service.digits(nip)}")


def verifying_places() -> Places:
    """What having a file judged counts for."""
    return throttling.places(_key(), address=f"verify:{address()}")


def address() -> str:
    """Where the request comes from; of IPv6 the network, since a host has 2^64 addresses there."""
    given = request.remote_addr or ""
    try:
        found = ip_address(given)
    except ValueError:
        return given
    if isinstance(found, IPv6Address):
        return str(ip_network((found, 64), strict=False))
    return given


def remember(response: Response, nip: str) -> None:
    """Lets the browser prove from now on that this person has signed in at it."""
    device, mark = _device(), _mark(civil_service.digits(nip))
    others = [one for one in device["people"] if one != mark]
    device["people"] = [mark, *others][:MOST_PEOPLE]
    response.set_cookie(
        _cookie(), _signer().dumps(device), max_age=KEPT, httponly=True, samesite="Lax",
        secure=settings().secure_cookies,
    )  # fmt: skip


def _device() -> dict[str, Any]:
    try:
        known: dict[str, Any] = _signer().loads(request.cookies.get(_cookie(), ""))
    except BadData:
        return {"id": secrets.token_urlsafe(16), "people": []}
    return known


def _mark(account: str) -> str:
    """What stands for a person in the cookie: whoever reads it learns of nobody."""
    return hmac.digest(_key(), f"known:{account}".encode(), "sha256").hex()[:16]


def _cookie() -> str:
    return "__Host-alur-device" if settings().secure_cookies else "alur-device"


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(_key(), salt="alur-device")


def _key() -> bytes:
    key = current_app.secret_key
    return key if isinstance(key, bytes) else str(key).encode()


def _first(table: dict[str, str], said: str) -> str | None:
    return next((shown for token, shown in table.items() if token in said), None)
