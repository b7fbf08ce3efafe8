"""Formulir Sasaran Kerja Pegawai, as Perka BKN 1/2013 (annex I.a) draws it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tasks.papers import typesetting, wording

if TYPE_CHECKING:
    from engine.snapshots import Plain
    from tasks.papers.wording import Office

NAME = "Formulir Sasaran Kerja Pegawai"


def pdf(snapshot: Plain, office: Office) -> bytes:
    """The targets of one employee for a year, to be signed by them and their assessor."""
    data = snapshot["data"]
    period = wording.period(data.get("dari"), data.get("sampai"), data.get("periode"))
    return typesetting.pdf(
        "formulir_skp",
        wording.base(snapshot, office, NAME)
        | {
            "period": period,
            "assessor": wording.holder(snapshot, wording.ASSESSOR),
            "signer": wording.signer(snapshot, wording.ASSESSOR),
            "employee": wording.subject(snapshot),
            "targets": [target(row) for row in data.get("sasaran") or ()],
        },
    )


def target(row: Plain, prefix: str = "") -> dict[str, Any]:
    """A kegiatan with its target, or with ``r_`` its realisation, as shown."""
    return {
        "kegiatan": wording.text(row.get("kegiatan")),
        "ak": wording.number(row.get("ak")),
        "kuantitas": _with(row.get(f"{prefix}kuantitas"), row.get("satuan")),
        "kualitas": wording.number(row.get(f"{prefix}kualitas")),
        "waktu": _with(row.get(f"{prefix}waktu"), row.get("satuan_waktu")),
        "biaya": wording.rupiah(row.get(f"{prefix}biaya")),
    }


def _with(value: Any, unit: Any) -> str:
    shown = wording.number(value)
    return shown if value is None or not unit else f"{shown} {unit}"
