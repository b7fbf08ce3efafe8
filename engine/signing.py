"""The key of an installation that signs its seals: Ed25519, its private half in one file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from bpmn.messages import message
from engine.errors import InvalidInput
from engine.history import digest

if TYPE_CHECKING:
    from pathlib import Path

    from engine.settings import Settings

FILE = "seal.key"


@dataclass(frozen=True)
class PublicKey:
    """What checks signatures: ``raw`` are the 32 bytes of RFC 8032."""

    raw: bytes

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the key in hexadecimal, by which people name it."""
        return digest(self.raw)

    @property
    def pem(self) -> str:
        """The key as other programs read it."""
        key = Ed25519PublicKey.from_public_bytes(self.raw)
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def has_signed(self, signature: bytes, content: bytes) -> bool:
        """Whether a signature over these bytes is this key's."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, content)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True)
class SigningKey:
    """A key with its private half, as PEM."""

    pem: bytes

    @property
    def public(self) -> PublicKey:
        """The half that everybody may know."""
        return PublicKey(self._key.public_key().public_bytes_raw())

    def sign(self, content: bytes) -> bytes:
        """The signature over these bytes."""
        return self._key.sign(content)

    @property
    def _key(self) -> Ed25519PrivateKey:
        try:
            key = load_pem_private_key(self.pem, None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise _unreadable(FILE) from error
        if not isinstance(key, Ed25519PrivateKey):
            raise _unreadable(FILE)
        return key


def make() -> bytes:
    """A new private key, as PEM."""
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def own(settings: Settings) -> SigningKey:
    """The key of this installation, which is made when there is none; raises `InvalidInput`."""
    return SigningKey(settings.secret(FILE, make))


def existing(settings: Settings) -> SigningKey | None:
    """The same, and None when there is none."""
    path = settings.home / FILE
    return SigningKey(path.read_bytes()) if path.exists() else None


def public_key(file: Path) -> PublicKey:
    """The public key in a PEM file; raises `InvalidInput`."""
    try:
        key = load_pem_public_key(file.read_bytes())
    except OSError as error:
        said = message("{file} tidak dapat dibaca: {reason}", file=file, reason=error.strerror)
        raise InvalidInput(said) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _unreadable(file.name) from error
    if not isinstance(key, Ed25519PublicKey):
        raise _unreadable(file.name)
    return PublicKey(key.public_bytes_raw())


def _unreadable(file: str) -> InvalidInput:
    return InvalidInput(message("{file} bukan kunci Ed25519 dalam bentuk PEM.", file=file))
