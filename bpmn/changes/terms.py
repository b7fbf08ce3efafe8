"""What people call the kinds, events, actor rules and fields that a change list names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn.actors import parse_actor
from bpmn.messages import message

if TYPE_CHECKING:
    from bpmn.messages import Message

KINDS = {
    "task": message("langkah tanpa jenis"),
    "userTask": message("langkah orang"),
    "manualTask": message("langkah di luar sistem"),
    "serviceTask": message("langkah layanan"),
    "sendTask": message("langkah kirim"),
    "receiveTask": message("langkah terima"),
    "scriptTask": message("langkah skrip"),
    "businessRuleTask": message("langkah aturan keputusan"),
    "callActivity": message("panggilan proses lain"),
    "subProcess": message("subproses"),
    "exclusiveGateway": message("gerbang pilihan"),
    "parallelGateway": message("gerbang serentak"),
    "inclusiveGateway": message("gerbang inklusif"),
    "eventBasedGateway": message("gerbang peristiwa"),
    "startEvent": message("mulai"),
    "endEvent": message("selesai"),
    "boundaryEvent": message("peristiwa tepi"),
    "intermediateCatchEvent": message("peristiwa yang ditunggu"),
    "intermediateThrowEvent": message("peristiwa yang dikirim"),
}
EVENTS = {
    "message": message("pesan"),
    "timer": message("waktu"),
    "signal": message("sinyal"),
    "error": message("galat"),
    "escalation": message("eskalasi"),
    "conditional": message("bersyarat"),
    "terminate": message("penghenti"),
}
FIELDS = {
    "string": message("sebaris teks"),
    "text": message("paragraf"),
    "long": message("bilangan bulat"),
    "decimal": message("bilangan desimal"),
    "money": message("rupiah"),
    "date": message("tanggal"),
    "boolean": message("centang"),
    "enum": message("pilihan"),
    "table": message("tabel"),
    "file": message("berkas"),
    "person": message("pegawai"),
}
_ORIGINS = {
    ("subject", 0): message("pegawai yang bersangkutan"),
    ("subject", 1): message("atasan pegawai"),
    ("subject", 2): message("atasan dari atasan pegawai"),
    ("starter", 0): message("pemulai kasus"),
}
# Of what is new its name and place have been said with it.
_RESTATED = frozenset(
    {"name", "host", "ends", "stops", "parent", "property:alur:timer", "attribute:type"}
)
_PLAIN = frozenset({"userTask", "boundaryEvent", "endEvent", "startEvent"})


def actor(rule: str | None) -> str | Message:
    """Who acts by a rule of a lane; the rule itself where it has no words."""
    parsed = parse_actor(rule or "")
    if parsed is None:
        return rule or ""
    if parsed.origin == "group":
        return message("kelompok {code}", code=parsed.code)
    return _ORIGINS.get((parsed.origin, parsed.level), rule or "")


def events(names: tuple[str, ...]) -> str | Message:
    """What an event catches or throws; nearly always it is one thing."""
    if len(names) == 1:
        return EVENTS.get(names[0], names[0])
    return ", ".join(names)


def is_restated(name: str, value: object) -> bool:
    """Whether a fact of what is new goes without saying."""
    plain = name == "kind" and value in _PLAIN
    return name in _RESTATED or plain or (name, value) == ("events", ("timer",))
