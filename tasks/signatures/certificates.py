"""Certificates for a try: an authority that the installation makes for itself, and calls so."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

from asn1crypto import keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from bpmn.messages import message
from engine.errors import InvalidInput

if TYPE_CHECKING:
    from engine.settings import Settings
    from tasks.signatures.provider import Signatory

FILE = "signing-test-ca.pem"
NOT_VALID = "SERTIFIKAT UJI – TIDAK SAH"
_SINCE, _UNTIL = datetime(2020, 1, 1, tzinfo=UTC), datetime(2120, 1, 1, tzinfo=UTC)
_MAX_CN = 64  # letters, RFC 5280


@dataclass(frozen=True)
class SampleSigner:
    """Signs for anybody, with a certificate that says that it is worth nothing."""

    pem: bytes

    def sign(self, digest: bytes, person: Signatory, at: datetime, _passphrase: str) -> bytes:
        """A signature by a key that lives as long as this call."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._certificate(person, key.public_key(), at)
        return detached(key, certificate, [self.certificate], digest)

    @property
    def certificate(self) -> x509.Certificate:
        """That of the authority, which signs itself."""
        try:
            return x509.load_pem_x509_certificate(self.pem)
        except ValueError as error:
            raise _unreadable() from error

    @property
    def public_pem(self) -> bytes:
        """That certificate, as PEM."""
        return self.certificate.public_bytes(Encoding.PEM)

    def _certificate(
        self, person: Signatory, key: ec.EllipticCurvePublicKey, at: datetime
    ) -> x509.Certificate:
        subject = name(person.name[:_MAX_CN], NOT_VALID, person.nip)
        lasts = at - timedelta(minutes=5), at + timedelta(days=1)
        return issue(subject, key, self.certificate.subject, self._key, lasts)

    @property
    def _key(self) -> ec.EllipticCurvePrivateKey:
        try:
            return cast("ec.EllipticCurvePrivateKey", load_pem_private_key(self.pem, None))
        except ValueError as error:
            raise _unreadable() from error


def own(settings: Settings) -> SampleSigner:
    """The authority of this installation, which is made when there is none."""
    return SampleSigner(settings.secret(FILE, make))


def make() -> bytes:
    """A new authority: its key and its certificate, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = name(NOT_VALID, "Kantor contoh Alur")
    certificate = issue(subject, key.public_key(), subject, key, (_SINCE, _UNTIL), authority=True)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private + certificate.public_bytes(Encoding.PEM)


def name(common: str, organisation: str, serial: str | None = None) -> x509.Name:
    """A subject; ``serial`` is a person's NIP."""
    parts = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "ID"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
        x509.NameAttribute(NameOID.COMMON_NAME, common),
    ]
    if serial:
        parts.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, serial))
    return x509.Name(parts)


def issue(
    subject: x509.Name, key: ec.EllipticCurvePublicKey, issuer: x509.Name,
    by: ec.EllipticCurvePrivateKey, lasts: tuple[datetime, datetime], *, authority: bool = False,
) -> x509.Certificate:  # fmt: skip
    """A certificate for signing documents, or for signing certificates."""
    uses = {"digital_signature": not authority, "content_commitment": not authority,
            "key_cert_sign": authority, "crl_sign": authority}  # fmt: skip
    others = ("key_encipherment", "data_encipherment", "key_agreement", "encipher_only",
              "decipher_only")  # fmt: skip
    usage = x509.KeyUsage(**uses, **dict.fromkeys(others, False))
    own_key = x509.SubjectKeyIdentifier.from_public_key(key)
    its_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key())
    builder = x509.CertificateBuilder(issuer, subject, key, x509.random_serial_number(), *lasts)
    builder = builder.add_extension(
        x509.BasicConstraints(authority, 0 if authority else None), True
    )
    builder = builder.add_extension(usage, True).add_extension(own_key, False)
    return builder.add_extension(its_key, False).sign(by, SHA256())


def detached(
    key: ec.EllipticCurvePrivateKey,
    certificate: x509.Certificate,
    chain: list[x509.Certificate],
    digest: bytes,
) -> bytes:
    """A CMS signature over a SHA-256 digest as PAdES wants it (ETSI EN 319 142-1), DER."""
    from pyhanko.sign.signers import SimpleSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    known = SimpleCertificateStore.from_certs([_asn1(one) for one in chain])
    signer = SimpleSigner(_asn1(certificate), keys.PrivateKeyInfo.load(private), known)
    made = asyncio.run(signer.async_sign(digest, "sha256", use_pades=True))
    return cast("bytes", made.dump())


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def _unreadable() -> InvalidInput:
    return InvalidInput(message("{file} bukan kunci dan sertifikat dalam bentuk PEM.", file=FILE))
