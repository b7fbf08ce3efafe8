"""The port to who signs: ours for a try, or a provider's over HTTP (`docs/signatures.md`).

Only a digest goes out, never the document. A passphrase lives in the memory of one request: it is
in no object that has a printed form, and errors here carry no cause that could hold it.
"""

from __future__ import annotations

import base64
import binascii
import http.client
import json
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from bpmn.messages import message
from engine.errors import SignatureRefused, SignerUnreachable

if TYPE_CHECKING:
    from datetime import datetime

TIMEOUT = 20  # seconds, of each reading; a person waits before the page
MOST_BYTES = 100_000  # of an answer
MAX_PASSPHRASE = 256
REFUSALS = {
    "passphrase": message("Frasa sandi tanda tangan tidak cocok. Dokumen belum ditandatangani."),
    "certificate": message("Penyedia menyatakan sertifikat Anda tidak berlaku lagi."),
    "unknown": message("Anda belum terdaftar pada penyedia tanda tangan."),
}


@dataclass(frozen=True)
class Signatory:
    """Who signs, as the certificate is to name them; ``nip`` is 18 digits."""

    name: str
    nip: str


class Signer(Protocol):
    """Who makes a CMS signature (RFC 5652, detached, as PAdES wants it) over a SHA-256 digest."""

    def sign(self, digest: bytes, person: Signatory, at: datetime, passphrase: str) -> bytes:
        """The signature, DER, with its certificates; ``at`` is when the document says it was made.

        Raises `SignatureRefused` and `SignerUnreachable`.
        """
        ...


@dataclass(frozen=True)
class HttpSigner:
    """A provider, or a bridge to one, that speaks our JSON; see `docs/signatures.md`."""

    url: str
    token: str | None = None

    def sign(self, digest: bytes, person: Signatory, at: datetime, passphrase: str) -> bytes:
        """Asks once: a signature is a deed, and is never asked for again by itself."""
        asked = {
            "digest": digest.hex(), "algorithm": "sha256", "nip": person.nip, "name": person.name,
            "at": at.isoformat(), "passphrase": passphrase,
        }  # fmt: skip
        status, answer = self._ask(json.dumps(asked).encode())
        if status == http.client.FORBIDDEN:
            raise SignatureRefused(REFUSALS.get(str(answer.get("error")), REFUSALS["passphrase"]))
        try:
            cms = base64.b64decode(answer["cms"], validate=True)
        except (KeyError, TypeError, ValueError, binascii.Error):
            cms = b""
        if status != http.client.OK or not cms:
            raise _unreachable()
        return cms

    def _ask(self, body: bytes) -> tuple[int, dict[str, Any]]:
        connection = self._connection()
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        try:
            connection.request("POST", urlsplit(self.url).path or "/", body, headers)
            answered = connection.getresponse()
            said = answered.read(MOST_BYTES)
            answer = json.loads(said)
        except (OSError, http.client.HTTPException, ValueError, RecursionError):
            raise _unreachable() from None  # whose cause may hold what was sent
        finally:
            connection.close()
        return answered.status, answer if isinstance(answer, dict) else {}

    def _connection(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.url)
        where = parts.hostname or "", parts.port
        if parts.scheme == "https":
            trusted = ssl.create_default_context()
            return http.client.HTTPSConnection(*where, timeout=TIMEOUT, context=trusted)
        return http.client.HTTPConnection(*where, timeout=TIMEOUT)


def _unreachable() -> SignerUnreachable:
    return SignerUnreachable(
        message(
            "Penyedia tanda tangan tidak menjawab sebagaimana mestinya. Dokumen belum"
            " ditandatangani; coba lagi sebentar lagi."
        )
    )
