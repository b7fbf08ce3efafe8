"""Forms that come in parts, with files among their fields (`multipart/form-data`).

Werkzeug 3.1.9 reads such a form in pieces of 64 KB; where one ends within the line that parts two
fields and the field is empty, the field gets that line as its value and the next field is lost
(pallets/werkzeug#3285). Pieces that end with a line never end there.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any, cast

from flask import Request
from werkzeug.formparser import FormDataParser

if TYPE_CHECKING:
    from werkzeug.datastructures import FileStorage, MultiDict

    Parsed = tuple[IO[bytes], MultiDict[str, str], MultiDict[str, FileStorage]]

LONGEST = 512  # letters; the line between two parts has at most 76 (RFC 2046, 5.1.1)


class _Lines:
    """A stream whose pieces end with a line, or within one longer than any between two parts."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        """A piece of about that size."""
        piece = self._stream.read(size) + self._stream.readline(LONGEST)
        # Nor after an empty line, which may be all that an empty field consists of.
        return piece + self._stream.readline(LONGEST) if piece.endswith(b"\r\n\r\n") else piece


class _Parser(FormDataParser):
    def parse(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: Any = None
    ) -> Parsed:
        pieces = cast("IO[bytes]", _Lines(stream)) if mimetype == "multipart/form-data" else stream
        return super().parse(pieces, mimetype, content_length, options)


class PartedRequest(Request):
    """A request whose form is read so."""

    form_data_parser_class = _Parser
