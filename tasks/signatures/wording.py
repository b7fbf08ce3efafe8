"""What a verdict on a PDF says to people: of each signature, and of all together."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from bpmn.messages import Message, message

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from tasks.signatures.verification import Judged, Trust, Verdict

PROBLEMS = {
    "encrypted": message("PDF ini dienkripsi, sehingga tanda tangannya tidak dapat diperiksa."),
    "unreadable": message("Berkas ini tidak dapat dibaca sebagai PDF."),
}
_TRUST = {
    "trusted": message("Sertifikatnya dipercaya oleh kantor ini."),
    "test": message("Sertifikatnya SERTIFIKAT UJI: tidak sah untuk apa pun."),
    "unknown": message("Sertifikatnya tidak dikenal: siapa saja dapat membuat nama seperti itu."),
}


def of_all(verdict: Verdict) -> Message:
    """The verdict in one sentence."""
    if verdict.problem is not None:
        return PROBLEMS[verdict.problem]
    if not verdict.signatures:
        return message("PDF ini tidak memuat tanda tangan elektronik.")
    if not all(one.intact and one.unchanged for one in verdict.signatures):
        return message("Tidak utuh: berkas ini diubah sesudah ditandatangani.")
    return _of_intact(verdict, {one.trust for one in verdict.signatures})


def _of_intact(verdict: Verdict, trusts: set[Trust]) -> Message:
    if "unknown" in trusts:
        return message("Utuh, tetapi tidak semua sertifikatnya dipercaya.")
    if verdict.empty:
        return message("Utuh, tetapi belum lengkap: {n} tempat masih kosong.", n=verdict.empty)
    if "test" in trusts:
        return message("Utuh dan lengkap, tetapi hanya dengan sertifikat uji.")
    return message("Sah: utuh, lengkap, dan semua sertifikatnya dipercaya.")


def of_one(one: Judged) -> list[Message]:
    """What is to be said of one signature."""
    if not one.intact:
        return [message("Isinya bukan lagi yang ditandatangani, atau tanda tangannya rusak.")]
    if not one.unchanged:
        return [message("Sesudahnya berkas ini diubah."), _TRUST[one.trust]]
    if one.covers:
        return [message("Mencakup seluruh berkas; tidak berubah sejak itu."), _TRUST[one.trust]]
    said = message(
        "Mencakup berkas sampai keadaan ke-{n}; sesudahnya hanya ditambah tanda tangan.",
        n=one.revision,
    )
    return [said, _TRUST[one.trust]]


def kept(*, is_kept: bool) -> Message:
    """Whether the office has this very file."""
    if is_kept:
        return message("Berkas ini sama persis dengan yang disimpan kantor ini.")
    return message("Kantor ini tidak menyimpan berkas yang sama persis dengan ini.")


def moment(one: Judged, zone: ZoneInfo) -> str:
    """When it claims to have been made, as an office writes it."""
    if one.at is None:
        return "–"
    return datetime.fromisoformat(one.at).astimezone(zone).strftime("%d-%m-%Y %H.%M %Z")
