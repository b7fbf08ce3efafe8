"""The fields of the SKP's forms, as if they had been drawn: what both rule sets ask."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from bpmn.columns import Column
from bpmn.diagram import Field
from bpmn.messages import message
from tasks.skp import permenpanrb6, pp46

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bpmn.messages import Message

MAX_ROWS = "150"
_SMALL, _HUNDRED = Decimal("0.01"), Decimal(100)
TARGETS = (
    Column("kegiatan", "text", message("Kegiatan tugas jabatan"), required=True),
    Column("ak", "decimal", message("AK"), minimum=Decimal(0)),
    Column("kuantitas", "decimal", message("Target kuantitas"), required=True, minimum=_SMALL),
    Column("satuan", "string", message("Output"), required=True),
    Column(
        "kualitas", "decimal", message("Target kualitas (%)"), required=True,
        minimum=_SMALL, maximum=_HUNDRED,
    ),
    Column("waktu", "decimal", message("Target waktu"), required=True, minimum=_SMALL),
    Column("satuan_waktu", "string", message("Satuan waktu")),
    Column("biaya", "money", message("Target biaya"), minimum=_SMALL),
)  # fmt: skip
REACHED = (
    Column("r_kuantitas", "decimal", message("Realisasi kuantitas"), minimum=Decimal(0)),
    Column(
        "r_kualitas", "decimal", message("Realisasi kualitas (%)"),
        minimum=Decimal(0), maximum=_HUNDRED,
    ),
    Column("r_waktu", "decimal", message("Realisasi waktu"), minimum=Decimal(0)),
    Column("r_biaya", "money", message("Realisasi biaya"), minimum=Decimal(0)),
)  # fmt: skip
WORK = (
    Column("kegiatan", "text", message("Rencana hasil kerja"), required=True),
    Column("indikator", "text", message("Indikator")),
    Column("target", "string", message("Target")),
    Column("realisasi", "text", message("Realisasi")),
    Column("umpan_balik", "text", message("Umpan balik")),
)
_ADDITIONAL = (Column("uraian", "text", message("Tugas tambahan"), required=True),)
_CREATIVE = (
    Column("uraian", "text", message("Kreativitas"), required=True),
    Column(
        "tingkat", "enum", message("Bermanfaat bagi"), required=True,
        choices=(
            ("unit", message("Unit kerja")),
            ("instansi", message("Instansi")),
            ("negara", message("Negara")),
        ),
    ),
)  # fmt: skip


def _field(name: str, kind: str, label: Message, *, required: bool = False, **limits: str) -> Field:
    constraints = limits | ({"required": "true"} if required else {})
    return Field(name, kind, label, constraints=constraints)


def _table(name: str, label: Message, columns: tuple[Column, ...], **more: str) -> Field:
    return Field(name, "table", label, columns=columns, properties={"maxRows": MAX_ROWS} | more)


def _choice(
    name: str, label: Message, choices: Mapping[str, Message], *, required: bool = False
) -> Field:
    return replace(_field(name, "enum", label, required=required), choices=tuple(choices.items()))


def _asked_if(field: Field, rule: str) -> Field:
    return replace(field, properties={"visibleIf": rule, "requiredIf": rule})


def _mark(name: str, label: Message) -> Field:
    if name == pp46.OF_STRUCTURAL_POSTS:
        return _asked_if(_field(name, "decimal", label, min="0", max="100"), "struktural")
    return _field(name, "decimal", label, required=True, min="0", max="100")


PREPARATION = (
    _field("periode", "long", message("Tahun penilaian"), required=True, min="2000", max="2100"),
    _field("dari", "date", message("Awal periode"), required=True),
    _field("sampai", "date", message("Akhir periode"), required=True),
    _choice(
        "skp_sebelumnya",
        message("SKP tahun sebelumnya"),
        {"ada": message("Ada"), "tidak_ada": message("Tidak ada")},
    ),
    _table("sasaran", message("Sasaran kerja"), TARGETS, total="ak"),
    _field("catatan_berkas", "text", message("Catatan kelengkapan berkas")),
)
_REMARK = _field(
    "catatan_penilai", "text", message("Catatan penilaian"), required=True, maxlength="2000"
)
ASSESSMENT = {
    pp46.ID: (
        _table(
            "kegiatan", message("Kegiatan tugas jabatan"), TARGETS + REACHED,
            minRows="1", total="ak",
        ),
        _table("tugas_tambahan", message("Tugas tambahan"), _ADDITIONAL),
        _table("kreativitas", message("Kreativitas"), _CREATIVE),
        _field("struktural", "boolean", message("Pegawai ini pejabat struktural")),
        *(_mark(name, label) for name, label in pp46.BEHAVIOUR.items()),
        _REMARK,
    ),
    permenpanrb6.ID: (
        _table("kegiatan", message("Hasil kerja"), WORK),
        _choice(
            "hasil_kerja", message("Rating hasil kerja"), permenpanrb6.RATINGS, required=True
        ),
        *(
            _choice(name, label, permenpanrb6.RATINGS)
            for name, label in permenpanrb6.BEHAVIOUR.items()
        ),
        _choice(
            "perilaku_kerja", message("Rating perilaku kerja"), permenpanrb6.RATINGS,
            required=True,
        ),
        _REMARK,
    ),
}  # fmt: skip
REVIEW = (
    _choice(
        "keputusan",
        message("Keputusan"),
        {
            "setuju": message("Setuju dan membubuhkan tanda tangan"),
            "tidak_setuju": message("Tidak setuju, konfirmasi kepada pejabat penilai"),
        },
        required=True,
    ),
    _asked_if(
        _field("alasan", "text", message("Alasan tidak setuju"), maxlength="2000"),
        'keputusan == "tidak_setuju"',
    ),
)
