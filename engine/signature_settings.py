"""How an installation has its documents signed: by hand, by a provider, or for a try."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast, get_args
from urllib.parse import urlsplit

from bpmn.messages import message
from engine.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping

Mode = Literal["wet", "provider", "test"]
WET, PROVIDER, TEST = get_args(Mode)
_OWN_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
MOST_BYTES = 100_000  # of a token or of certificates


@dataclass(frozen=True)
class SignatureSettings:
    """``mode`` is ``wet`` (print, sign, bring back), ``provider`` or ``test``.

    The provider is asked at ``url`` with ``token``, see `docs/signatures.md`; ``roots`` are
    certificates (PEM) that signatures are trusted by. Nothing of ``url`` but its host is ever said.
    """

    mode: Mode = "wet"
    url: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    roots: bytes = b""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> SignatureSettings:
        """Reads ``ALUR_SIGNATURES`` and ``ALUR_SIGNING_…``; raises `InvalidInput`."""
        mode = environment.get("ALUR_SIGNATURES") or cls.mode
        if mode not in get_args(Mode):
            raise InvalidInput(message("ALUR_SIGNATURES harus wet, provider atau test."))
        url = environment.get("ALUR_SIGNING_URL") or None
        if mode == PROVIDER or url:
            _require_safe(url or "")
        token = _file(environment, "ALUR_SIGNING_TOKEN_FILE").decode("ascii", "replace").strip()
        if not token.isprintable() or not token.isascii():
            raise InvalidInput(message("ALUR_SIGNING_TOKEN_FILE harus memuat satu baris ASCII."))
        roots = _file(environment, "ALUR_SIGNING_ROOTS")
        if mode == PROVIDER and b"BEGIN CERTIFICATE" not in roots:
            said = message("ALUR_SIGNING_ROOTS harus berkas PEM dengan sertifikat penyedia.")
            raise InvalidInput(said)
        return cls(cast("Mode", mode), url, token or None, roots)


def _require_safe(url: str) -> None:
    """A passphrase goes there: by TLS, unless it stays on this machine."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, 0
    plain = host in _OWN_MACHINE and url.startswith("http://")
    if not host or port == 0 or not url.isprintable() or not (url.startswith("https://") or plain):
        said = message("ALUR_SIGNING_URL harus alamat https://, atau http:// di komputer ini.")
        raise InvalidInput(said)


def _file(environment: Mapping[str, str], name: str) -> bytes:
    path = environment.get(name)
    if not path:
        return b""
    try:
        with Path(path).open("rb") as file:
            return file.read(MOST_BYTES)
    except OSError as error:
        reason = error.strerror
        said = message("{name} tidak dapat dibaca: {reason}", name=name, reason=reason)
        raise InvalidInput(said) from error
