"""What is sent packed by gzip to browsers that take it so: large pages, and what is kept packed."""

from __future__ import annotations

import gzip
import io
import secrets
from typing import TYPE_CHECKING

from flask import Response, request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask

LARGE = 1400  # bytes: what is smaller goes in one packet anyhow
LEVEL = 5  # a third of the time of the best, for a twentieth more
NOISE = 100  # bytes at most


def register(app: Flask) -> None:
    """Packs pages on their way out."""
    app.after_request(_pack)


def packed(content: bytes, mimetype: str, headers: Mapping[str, str]) -> Response:
    """What is kept packed, unpacked for who does not take it so."""
    said = {**headers, "Vary": "Accept-Encoding"}
    if _is_taken():
        said["Content-Encoding"] = "gzip"
    else:
        content = gzip.decompress(content)
    return Response(content, mimetype=mimetype, headers=said)


def _pack(response: Response) -> Response:
    """Packs a page that somebody opens.

    Who may choose a part of a page could learn from its length what else stands in it (BREACH). So
    what answers to words of the request is sent as it is, and the length of all others varies.
    """
    is_page = response.mimetype == "text/html" and not response.is_streamed
    if not is_page or request.method != "GET" or request.query_string:
        return response
    page = response.get_data()
    if len(page) > LARGE:
        response.vary.add("Accept-Encoding")
        if _is_taken():
            response.set_data(_packed(page))
            response.headers["Content-Encoding"] = "gzip"
    return response


def _packed(page: bytes) -> bytes:
    noise = "a" * (1 + secrets.randbelow(NOISE))  # gzip has room for the name of a file
    made = io.BytesIO()
    with gzip.GzipFile(noise, "wb", LEVEL, made, mtime=0) as file:
        file.write(page)
    return made.getvalue()


def _is_taken() -> bool:
    return request.accept_encodings.quality("gzip") > 0
