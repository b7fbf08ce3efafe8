"""What invented people fill in: the answers that the SKP's forms are given when a past is played.

They go through the forms themselves, so that what is kept is what people would have sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tasks.forms import as_sent
from tasks.skp import permenpanrb6
from tasks.skp.preparation import year_of
from tasks.written_forms import drawn_as, form_for

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from random import Random

    from bpmn.diagram import Node

_WORK = (
    ("Menyusun laporan bulanan", "dokumen", 12), ("Mengelola arsip kepegawaian", "berkas", 240),
    ("Melayani permohonan masyarakat", "layanan", 600), ("Memutakhirkan data", "kegiatan", 24),
    ("Menyiapkan bahan rapat", "dokumen", 36), ("Memeriksa kelengkapan berkas", "berkas", 180),
)  # fmt: skip
_REMARKS = ("Baik, pertahankan.", "Sesuai target.", "Tingkatkan ketepatan waktu.", "Kerja rapi.")
_REASONS = (
    "Realisasi triwulan keempat belum dihitung.",
    "Target kegiatan berubah di tengah tahun.",
    "Rating perilaku belum sesuai dengan bukti dukung.",
)
_RATINGS = list(permenpanrb6.RATINGS)


def answers(
    drawn: Random, step: Node, case: Mapping[str, Any], today: date, *, agrees: bool
) -> dict[str, Any]:
    """The values of a step's form, as it keeps them; ``case`` is what earlier steps gave."""
    filled = as_sent(drawn_as(step, case), _typed(drawn, today, agrees))
    form = form_for(step, case, filled)
    if not form.validate():
        raise AssertionError(form.faults)  # of this module, whatever forms ask for
    given: dict[str, Any] = form.values
    return given


def _typed(drawn: Random, today: date, agrees: bool) -> dict[str, Any]:
    """All that any of the forms asks for; each takes what is its own."""
    year, work = year_of(today), drawn.sample(_WORK, drawn.randint(2, 4))
    return {
        "periode": year, "dari": f"01-01-{year}", "sampai": f"31-12-{year}",
        "skp_sebelumnya": drawn.choice(("ada", "tidak_ada")),
        "sasaran": [
            {"kegiatan": what, "ak": drawn.randint(1, 8), "kuantitas": number, "satuan": unit,
             "kualitas": 100, "waktu": 12, "satuan_waktu": "bulan"}
            for what, unit, number in work
        ],
        "kegiatan": [
            {"kegiatan": what, "target": f"{number} {unit}", "realisasi": f"{done} {unit}"}
            for what, unit, number in work
            for done in [round(number * drawn.uniform(0.8, 1.1))]
        ],
        "hasil_kerja": drawn.choices(_RATINGS, (1, 14, 5))[0],
        "perilaku_kerja": drawn.choices(_RATINGS, (1, 14, 5))[0],
        "catatan_penilai": drawn.choice(_REMARKS),
        "keputusan": "setuju" if agrees else "tidak_setuju",
        "alasan": "" if agrees else drawn.choice(_REASONS),
        "tanggal_diterima": f"{today:%d-%m-%Y}",
    }  # fmt: skip
