"""Judging the signatures of a PDF, whoever's it is: unchanged since, complete, and trusted or not.

Runs where hostile files may do no harm, see `judging`. A signature is judged by the certificates
that were valid at the time it claims; nothing is fetched, so that revocation is not asked after.
"""

from __future__ import annotations

import io
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from asn1crypto import pem
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.errors import ValidationInfoReadingError
from pyhanko_certvalidator import ValidationContext

from engine import clock

if TYPE_CHECKING:
    from datetime import datetime

    from pyhanko.sign.validation import PdfSignatureStatus
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

Trust = Literal["trusted", "test", "unknown"]
_SIGNED_ONLY = {
    ModificationLevel.NONE,
    ModificationLevel.LTA_UPDATES,
    ModificationLevel.FORM_FILLING,
}
_NOTHING = {ModificationLevel.NONE, ModificationLevel.LTA_UPDATES}


@dataclass(frozen=True)
class Judged:
    """One signature. ``at`` is the claimed time (ISO 8601), ``covers`` whether it spans the file.

    ``intact`` says that what it spans is as it was, ``unchanged`` that nothing but signatures came
    after it; ``revision`` is how often the file had been written when it was made.
    """

    field: str
    holder: str
    serial: str
    issuer: str
    at: str | None
    covers: bool
    revision: int
    intact: bool
    unchanged: bool
    trust: Trust

    @property
    def is_good(self) -> bool:
        """Whether nothing speaks against it."""
        return self.intact and self.unchanged and self.trust != "unknown"


@dataclass(frozen=True)
class Verdict:
    """All signatures in the order of signing, and the places that are ``empty``.

    ``problem`` says why nothing could be judged: ``encrypted`` or ``unreadable``.
    """

    signatures: list[Judged]
    empty: int = 0
    problem: str | None = None

    @property
    def is_good(self) -> bool:
        """Signed at every place, unchanged, by trusted certificates."""
        complete = bool(self.signatures) and not self.empty and self.problem is None
        return complete and all(one.is_good for one in self.signatures)

    def as_dict(self) -> dict[str, Any]:
        """The verdict as JSON has it."""
        return asdict(self)

    @classmethod
    def of(cls, given: dict[str, Any]) -> Verdict:
        """The verdict that `as_dict` gave."""
        judged = [Judged(**one) for one in given["signatures"]]
        return cls(judged, given["empty"], given["problem"])


def judge(pdf: bytes, roots: bytes, test_root: bytes = b"") -> Verdict:
    """Judges a PDF by trusted certificates (PEM); ``test_root`` is trusted for a try.

    Raises what pyHanko raises for what is no PDF.
    """
    reader = PdfFileReader(io.BytesIO(pdf))
    if reader.encrypted:
        return Verdict([], problem="encrypted")
    signatures = reader.embedded_regular_signatures
    known = _certificates(roots), _certificates(test_root)
    judged = [_judged(one, signatures, *known) for one in signatures]
    empty = sum(1 for _ in enumerate_sig_fields(reader, filled_status=False))
    return Verdict(judged, empty)


def _judged(
    one: EmbeddedPdfSignature,
    among: list[EmbeddedPdfSignature],
    roots: list[asn1_x509.Certificate],
    tests: list[asn1_x509.Certificate],
) -> Judged:
    subject = one.signer_cert.subject.native
    at = one.self_reported_timestamp
    status = _status(one, [*roots, *tests], at)
    intact = status is not None and bool(status.intact and status.valid)
    return Judged(
        field=str(one.field_name),  # pyHanko's own text drags the whole document along
        holder=str(subject.get("common_name", "")),
        serial=str(subject.get("serial_number", "")),
        issuer=str(one.signer_cert.issuer.native.get("common_name", "")),
        at=at.isoformat() if at else None,
        covers=status is not None and status.coverage is SignatureCoverageLevel.ENTIRE_FILE,
        revision=one.signed_revision + 1,
        intact=intact,
        unchanged=intact and _is_unchanged(status, one, is_last=one is among[-1]),
        trust=_trust(status, tests),
    )


def _status(
    one: EmbeddedPdfSignature, roots: list[asn1_x509.Certificate], at: datetime | None
) -> PdfSignatureStatus | None:
    """What pyHanko says; None for what it cannot make sense of."""
    moment = at or clock.now()
    trusted = ValidationContext(
        trust_roots=roots, moment=moment, best_signature_time=moment, allow_fetching=False
    )
    try:
        return validate_pdf_signature(one, trusted)
    except (PdfError, SigningError, ValidationInfoReadingError, ValueError, KeyError, TypeError):
        return None


def _is_unchanged(
    status: PdfSignatureStatus | None, one: EmbeddedPdfSignature, *, is_last: bool
) -> bool:
    """Whether only signatures came after it, and after the last one only what proves it later.

    pyHanko would let somebody add an empty field, with any look, behind the last signature, and
    bytes that belong to no revision.
    """
    if status is None or status.coverage is None:
        return False
    if status.coverage is SignatureCoverageLevel.ENTIRE_FILE:
        return True
    went_on = one.reader.xrefs.total_revisions > one.signed_revision + 1
    whole = went_on and status.coverage is SignatureCoverageLevel.ENTIRE_REVISION
    allowed = _NOTHING if is_last else _SIGNED_ONLY
    return whole and bool(status.docmdp_ok) and status.modification_level in allowed


def _trust(status: PdfSignatureStatus | None, tests: list[asn1_x509.Certificate]) -> Trust:
    if status is None or not status.trusted or status.validation_path is None:
        return "unknown"
    root = status.validation_path.first
    return "test" if any(root.sha256 == one.sha256 for one in tests) else "trusted"


def _certificates(text: bytes) -> list[asn1_x509.Certificate]:
    """The certificates of a PEM file, whatever else it holds."""
    if b"-----BEGIN" not in text:
        return []
    blocks = pem.unarmor(text, multiple=True)
    return [asn1_x509.Certificate.load(der) for kind, _, der in blocks if kind == "CERTIFICATE"]
