"""A document that was printed, signed by hand and scanned: told by its bytes, not by its name."""

from __future__ import annotations

from bpmn.messages import message
from engine.errors import InvalidInput

MOST_BYTES = 5_000_000
_BEGINNINGS = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
}


def media_type(data: bytes) -> str | None:
    """What a scan is; None for what is none."""
    return next((kind for head, kind in _BEGINNINGS.items() if data.startswith(head)), None)


def require_scan(data: bytes) -> None:
    """Raises `InvalidInput` for what is no scan, or too large."""
    if not data:
        raise InvalidInput(message("Pilih berkas pindaian dokumen yang sudah ditandatangani."))
    if len(data) > MOST_BYTES:
        raise InvalidInput(message("Pindaian paling besar {n} MB.", n=MOST_BYTES // 1_000_000))
    if media_type(data) is None:
        raise InvalidInput(message("Pindaian harus berupa PDF, JPEG atau PNG."))
