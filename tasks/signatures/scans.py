"""A document that was printed, signed by hand and scanned: told by its bytes, not by its name."""

from __future__ import annotations

import re

from bpmn.messages import message
from engine.errors import InvalidInput
from engine.history import digest

MOST_BYTES = 5_000_000
_BEGINNINGS = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
}
# Where a PDF says that it is encrypted is never compressed (ISO 32000-1, 7.5.5 and 7.5.8).
_ENCRYPTED = re.compile(rb"/Encrypt\s*(\d+\s+\d+\s+R|<<)")
_END, _LAST_BYTES = b"%%EOF", 1024


def media_type(data: bytes) -> str | None:
    """What a scan is; None for what is none."""
    return next((kind for head, kind in _BEGINNINGS.items() if data.startswith(head)), None)


def require_scan(data: bytes, document: str | None) -> None:
    """Raises `InvalidInput` for what is no scan, cannot be read by others, or is too large.

    ``document`` is the digest of what was to be printed: that itself bears nobody's signature.
    """
    if not data:
        raise InvalidInput(message("Pilih berkas pindaian dokumen yang sudah ditandatangani."))
    if len(data) > MOST_BYTES:
        raise InvalidInput(message("Pindaian paling besar {n} MB.", n=MOST_BYTES // 1_000_000))
    if media_type(data) is None:
        raise InvalidInput(message("Pindaian harus berupa PDF, JPEG atau PNG."))
    if digest(data) == document:
        said = message("Ini dokumen yang belum ditandatangani. Unggah pindaian yang sudah.")
        raise InvalidInput(said)
    if media_type(data) == "application/pdf":
        _require_legible(data)


def _require_legible(data: bytes) -> None:
    if _END not in data[-_LAST_BYTES:]:
        raise InvalidInput(message("PDF itu tidak utuh. Pindai lagi, lalu unggah."))
    if _ENCRYPTED.search(data):
        raise InvalidInput(message("PDF itu terkunci. Unggah pindaian tanpa kata sandi."))
