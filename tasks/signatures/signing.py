"""Signing a document as its office does: with a certificate, or by hand with a scan brought back.

Read, then sign without any lock, however long a provider takes; then one short transaction, which
finds out whether the document is still what was signed. A signature that comes too late is dropped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.general import SigningError

from bpmn.messages import message
from engine import civil_service, clock, contents, signature_places, signatures
from engine.errors import InvalidInput, NoLongerOpen, SignatureRefused, SignerUnreachable
from engine.signature_settings import PROVIDER, TEST, WET
from engine.signatures import Signed
from tasks.signatures import certificates, pades, scans
from tasks.signatures.provider import MAX_PASSPHRASE, HttpSigner, Signatory
from tasks.signatures.verification import Judged, judge

if TYPE_CHECKING:
    from datetime import datetime

    from engine.database import Database
    from engine.people import Actor
    from engine.settings import Settings
    from engine.signature_places import Place, Sheet
    from tasks.signatures.provider import Signer

_SAMPLE, _REAL = "#a61e1e", "#1f3d6d"
# What stands on a document is in its language, whoever reads the page around it.
_IN_PLACE_OF = {"plh": "Plh. {position}", "plt": "Plt. {position}", "leave": "a.n. {position}"}


def sign(
    db: Database, settings: Settings, actor: Actor, document_id: int, passphrase: str = ""
) -> None:
    """Signs a document electronically in one's own name.

    Raises `NotFound`, `NotAllowed`, `NoLongerOpen` when it is not one's turn, `InvalidInput`
    without a passphrase where one is needed, `SignatureRefused` and `SignerUnreachable`. Whatever
    is raised, nothing is kept.
    """
    mode = settings.signatures.mode
    if mode == WET:
        raise InvalidInput(message("Di kantor ini dokumen ditandatangani di atas kertas."))
    if mode == PROVIDER and not 0 < len(passphrase) <= MAX_PASSPHRASE:
        raise InvalidInput(message("Tulis frasa sandi tanda tangan Anda."))
    on, place = _turn(db, actor, document_id)
    person, at = Signatory(actor.name, actor.nip), clock.now().astimezone(ZoneInfo(db.zone))
    over = on.content_id or 0
    look = _look(settings, actor, place, at)
    made = pades.signed(
        contents.whole(db, over), place.row.number, look, actor.name, at,
        lambda digest: _signer(settings).sign(digest, person, at, passphrase),
    )  # fmt: skip
    judged = _checked(settings, made, person)
    kept = Signed(made, mode, judged.holder[:255])
    signatures.record(db, actor, document_id, place.row.number, over, kept)


def bring_scan(
    db: Database, settings: Settings, actor: Actor, document_id: int, data: bytes
) -> None:
    """Keeps the scan of a document that was signed by hand; raises as `sign` does."""
    if settings.signatures.mode != WET:
        raise InvalidInput(message("Di kantor ini dokumen ditandatangani secara elektronik."))
    on, place = _turn(db, actor, document_id)
    over = on.content_id or 0
    with db.read() as session:
        scans.require_scan(data, contents.digest_of(session, over))
    signatures.record(db, actor, document_id, place.row.number, over, Signed(data, WET))


def _turn(db: Database, actor: Actor, document_id: int) -> tuple[Sheet, Place]:
    """The document and the actor's place on it; raises `NoLongerOpen` when it is not their turn."""
    with db.read() as session:
        on = signature_places.sheet(db, session, actor, document_id)
        said = signature_places.hindrance(db, session, actor, on)
    if said is not None or on.next_place is None:
        raise NoLongerOpen(said or message("Dokumen ini sudah lengkap ditandatangani."))
    return on, on.next_place


def _signer(settings: Settings) -> Signer:
    if settings.signatures.mode == TEST:
        return certificates.own(settings)
    return HttpSigner(settings.signatures.url or "", settings.signatures.token)


def _look(settings: Settings, actor: Actor, place: Place, at: datetime) -> pades.Look:
    is_test = settings.signatures.mode == TEST
    head = certificates.NOT_VALID if is_test else "Ditandatangani secara elektronik"
    lines = [actor.name, f"NIP {civil_service.spaced(actor.nip)}"]
    how = signature_places.capacity(actor, place)
    if how is not None:
        lines.insert(0, _IN_PLACE_OF[how].format(position=place.row.person.position))
    if is_test:
        lines.insert(0, "Ditandatangani untuk percobaan oleh")
    lines += [f"{at:%d-%m-%Y %H.%M %Z}", f"Periksa: {settings.public_url}/verify"]
    return pades.Look(head, lines, _SAMPLE if is_test else _REAL)


def _checked(settings: Settings, made: bytes, person: Signatory) -> Judged:
    """The new signature as anybody would judge it; raises `SignerUnreachable` for a bad one."""
    test_root = b""
    if settings.signatures.mode == TEST:
        test_root = certificates.own(settings).public_pem
    try:
        judged = judge(made, settings.signatures.roots, test_root).signatures[-1]
    except (PdfError, SigningError, ValueError, KeyError, TypeError, AttributeError, IndexError):
        raise _not_a_signature() from None
    if not (judged.is_good and judged.covers and judged.holder):
        raise _not_a_signature()
    serial = civil_service.digits(judged.serial)
    if len(serial) == len(person.nip) and serial.isdecimal() and serial != person.nip:
        raise SignatureRefused(message("Sertifikat dari penyedia milik orang lain."))
    return judged


def _not_a_signature() -> SignerUnreachable:
    return SignerUnreachable(
        message(
            "Penyedia tanda tangan tidak memberi tanda tangan yang sah. Dokumen belum"
            " ditandatangani; hubungi administrator."
        )
    )
