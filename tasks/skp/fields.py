"""The fields of the SKP's forms, as if they had been drawn: what both rule sets ask.

Their words are those of the regulations' own forms, in every language of the interface.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn.diagram import Field
from tasks.skp import permenpanrb6, pp46

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_ROWS = "150"
_TARGETS = (
    'kegiatan:text* "Kegiatan tugas jabatan", ak:decimal(0..) "AK",'
    ' kuantitas:decimal(0.01..)* "Target kuantitas", satuan:string* "Output",'
    ' kualitas:decimal(0.01..100)* "Target kualitas (%)", waktu:decimal(0.01..)* "Target waktu",'
    ' satuan_waktu:string "Satuan waktu", biaya:money(0.01..) "Target biaya"'
)
_REACHED = (
    ', r_kuantitas:decimal(0..) "Realisasi kuantitas", r_kualitas:decimal(0..100) "Realisasi'
    ' kualitas (%)", r_waktu:decimal(0..) "Realisasi waktu", r_biaya:money(0..) "Realisasi biaya"'
)
_WORK = (
    'kegiatan:text* "Rencana hasil kerja", indikator:text "Indikator", target:string "Target",'
    ' realisasi:text "Realisasi", umpan_balik:text "Umpan balik"'
)
_LEVELS = "unit=Unit kerja|instansi=Instansi|negara=Negara"
_MARK = {"min": "0", "max": "100"}


def _field(
    name: str, kind: str, label: str, *, required: bool = False, **more: Mapping[str, str]
) -> Field:
    limits = dict(more.get("limits", {})) | ({"required": "true"} if required else {})
    choices = tuple(more.get("choices", {}).items())
    properties = dict(more.get("properties", {}))
    return Field(name, kind, label, None, choices, limits, properties)


def _table(name: str, label: str, columns: str, **more: str) -> Field:
    return _field(name, "table", label, properties={"columns": columns, "maxRows": MAX_ROWS} | more)


TARGETS = _table("sasaran", "Sasaran kerja", _TARGETS, total="ak")
PREPARATION = (
    _field(
        "periode", "long", "Tahun penilaian", required=True,
        limits={"min": "2000", "max": "2100"},
    ),
    _field("dari", "date", "Awal periode", required=True),
    _field("sampai", "date", "Akhir periode", required=True),
    _field(
        "skp_sebelumnya", "enum", "SKP tahun sebelumnya",
        choices={"ada": "Ada", "tidak_ada": "Tidak ada"},
    ),
    TARGETS,
    _field("catatan_berkas", "text", "Catatan kelengkapan berkas"),
)  # fmt: skip
_REMARK = _field(
    "catatan_penilai", "text", "Catatan penilaian", required=True,
    limits={"maxlength": "2000"},
)  # fmt: skip
_STRUCTURAL = _field("struktural", "boolean", "Pegawai ini pejabat struktural")
ASSESSMENT = {
    pp46.ID: (
        _table(
            "kegiatan", "Kegiatan tugas jabatan", _TARGETS + _REACHED,
            minRows="1", total="ak",
        ),
        _table("tugas_tambahan", "Tugas tambahan", 'uraian:text* "Tugas tambahan"'),
        _table(
            "kreativitas", "Kreativitas",
            f'uraian:text* "Kreativitas", tingkat:enum({_LEVELS})* "Bermanfaat bagi"',
        ),
        _STRUCTURAL,
        *(
            _field(
                name, "decimal", label, required=name != pp46.OF_STRUCTURAL_POSTS, limits=_MARK,
                properties={}
                if name != pp46.OF_STRUCTURAL_POSTS
                else {"visibleIf": "struktural", "requiredIf": "struktural"},
            )
            for name, label in pp46.BEHAVIOUR.items()
        ),
        _REMARK,
    ),
    permenpanrb6.ID: (
        _table("kegiatan", "Hasil kerja", _WORK),
        _field(
            "hasil_kerja", "enum", "Rating hasil kerja", required=True,
            choices=permenpanrb6.RATINGS,
        ),
        *(
            _field(name, "enum", label, choices=permenpanrb6.RATINGS)
            for name, label in permenpanrb6.BEHAVIOUR.items()
        ),
        _field(
            "perilaku_kerja", "enum", "Rating perilaku kerja", required=True,
            choices=permenpanrb6.RATINGS,
        ),
        _REMARK,
    ),
}  # fmt: skip
_DISAGREES = 'keputusan == "tidak_setuju"'
REVIEW = (
    _field(
        "keputusan", "enum", "Keputusan", required=True,
        choices={
            "setuju": "Setuju dan membubuhkan tanda tangan",
            "tidak_setuju": "Tidak setuju, konfirmasi kepada pejabat penilai",
        },
    ),
    _field(
        "alasan", "text", "Alasan tidak setuju", limits={"maxlength": "2000"},
        properties={"requiredIf": _DISAGREES, "visibleIf": _DISAGREES},
    ),
)  # fmt: skip
