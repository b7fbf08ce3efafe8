"""A browser of somebody at work: cookies, CSRF, forms, and what an answer means."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode

from tests.chaos.record import ACCEPTED, CLOSED, REFUSED, UNKNOWN

PATIENCE = 8  # seconds until an answer counts as lost
_CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_SAID = re.compile(r'class="flash error"[^>]*>([^<]*)<')
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
# What a refusal says, and what is meant.
REASONS = {
    "sudah diselesaikan": CLOSED, "sudah ditutup": CLOSED, "sudah diambil": "held",
    "bukan milik": "foreign", "baru saja berubah": "stale", "terputus": "lost",
}  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """What came back: a status, where it leads, and the page."""

    status: int
    location: str
    page: str

    @property
    def said(self) -> str:
        """What is meant by what the page says is wrong."""
        told = html.unescape(" ".join(_SAID.findall(self.page)))
        return next((meant for part, meant in REASONS.items() if part in told), told[:80])


class Browser:
    """A browser with its cookies, which reaches any of the servers."""

    def __init__(self, ports: list[int]) -> None:
        self._ports = ports
        self._lines: dict[int, HTTPConnection] = {}
        self.cookies: dict[str, str] = {}
        self.csrf = ""

    def ask(
        self, method: str, path: str, port: int, fields: dict[str, str] | None = None
    ) -> Answer:
        """Sends a request; raises `OSError` or `HTTPException` where no answer comes."""
        line = self._lines.pop(port, None) or HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = urlencode(fields | {"csrf_token": self.csrf}) if fields is not None else None
        headers = {"Cookie": cookie} | (_FORM if body else {})
        try:
            line.request(method, path, body, headers)
            answer = line.getresponse()
            page = answer.read().decode()
        except (OSError, HTTPException):
            line.close()
            raise
        self._lines[port] = line
        for told in answer.headers.get_all("Set-Cookie", []):
            name, _, value = told.partition(";")[0].partition("=")
            self.cookies[name] = value
        if found := _CSRF.search(page):
            self.csrf = found[1]
        return Answer(answer.status, answer.headers.get("Location", ""), page)


def judged(answer: Answer) -> tuple[str, str]:
    """The outcome that an answer tells of, and its reason."""
    if answer.status in (302, 303):
        if answer.location.startswith("/sign-in"):
            return REFUSED, "signed-out"
        return ACCEPTED, ""
    if answer.status >= 500:
        return UNKNOWN, str(answer.status)
    named = {400: "expired", 401: "signed-out", 422: "input", 429: "too often"}
    return REFUSED, named.get(answer.status) or answer.said


def flashed(told: Answer, act: str) -> tuple[str, str]:
    """What the next page says of a claim or a release."""
    if told.status != 200:
        return UNKNOWN, "no answer"
    said = told.said
    if said == "lost":
        return UNKNOWN, said
    if said:
        return REFUSED, said
    return (ACCEPTED, "") if act == "release" else (UNKNOWN, "said nothing")
