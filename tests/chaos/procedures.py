"""The procedures that the office under chaos runs, and what is filled in at their steps."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from bpmn import elements, reading
from bpmn.notation import file_of
from tasks.forms import as_sent
from tasks.written_forms import drawn_as

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bpmn.diagram import Diagram

SKP = (Path(__file__).parents[2] / "bpmn" / "skp_collection.bpmn").read_bytes()
NOTE = '<camunda:formData><camunda:formField id="catatan" type="string" /></camunda:formData>'
NUMBER = '<camunda:formData><camunda:formField id="nomor" type="string" /></camunda:formData>'
SURAT = '<message id="surat" name="surat" />'

WAITED = [f"tunggu{number}" for number in range(1, 11)]
_WAITS = "".join(
    f"""
    intermediateCatchEvent {name}
        timer timeDuration PT20S"""
    for name in WAITED
)
# Timers that interrupt, that do not and that are waited for one after the other, a service,
# messages to a handler and to people, and a group whose members take tasks from each other.
TIMED = file_of(f"""
    process id=jangka name="Berjangka waktu"
    property alur:calendar=elapsed
    lane Staf group:umum-aparatur: s g tinjau ulang ingat biarkan lewat temu jeda catat kirim {" ".join(WAITED)} j arsip e
    startEvent s
    parallelGateway g
    userTask tinjau name="Meninjau berkas"
        {NOTE}
    boundaryEvent ulang attachedToRef=tinjau cancelActivity=false
        timer timeCycle R12/PT1M
    endEvent ingat
        <messageEventDefinition camunda:type="external" camunda:topic="remind" />
    userTask biarkan name="Membiarkan berkas"
        {NOTE}
    boundaryEvent lewat attachedToRef=biarkan
        timer timeDuration PT80S
    exclusiveGateway temu
    intermediateCatchEvent jeda
        timer timeDuration PT40S
    serviceTask catat name="Mencatat berkas" camunda:type=external camunda:topic=catat
        property alur:gives=nomor
    intermediateThrowEvent kirim
        <messageEventDefinition camunda:type="external" camunda:topic="kirim" />
{_WAITS}
    parallelGateway j
    userTask arsip name="Mengarsipkan berkas"
        {NOTE}
    endEvent e
    s -> g -> tinjau -> j -> arsip -> e
    ulang -> ingat
    g -> biarkan -> temu -> j
    lewat -> temu
    g -> jeda -> catat -> kirim -> j
    g -> {" -> ".join(WAITED)} -> j
""")  # noqa: E501  (a lane is a line)
# A case that waits for a letter of the number it was given, and the case that sends it.
RECEIVER = file_of(f"""
    process id=penerima name="Menunggu surat"
    property alur:calendar=elapsed
    lane Staf group:umum-aparatur: s a r b e
    startEvent s
    userTask a name="Menomori surat"
        {NUMBER}
    receiveTask r name="Menunggu surat" messageRef=surat
        property alur:correlation=nomor
    userTask b name="Menerima surat"
        {NOTE}
    endEvent e
    s -> a -> r -> b -> e
    beside {SURAT}
""")
SENDER = file_of(f"""
    process id=pengirim name="Mengirim surat"
    property alur:calendar=elapsed
    lane Staf group:umum-aparatur: s t c e
    startEvent s
        {NUMBER}
    sendTask t name="Mengirim surat" messageRef=surat
        property alur:correlation=nomor
    userTask c name="Mencatat pengiriman"
        {NOTE}
    endEvent e
    s -> t -> c -> e
    beside {SURAT}
""")
TOPICS = ("catat", "kirim", "remind")
SOURCES = {
    "jangka": TIMED, "penerima": RECEIVER, "pengirim": SENDER, "skp_collection": SKP,
}  # fmt: skip
# What the record of a finished case tells, whatever happened meanwhile: (least, most) of a fact.
STORIES = {
    "jangka": {
        **{("timer.fired", name): (1, 1) for name in ("jeda", *WAITED)},
        ("service.called", "catat"): (1, 1),
        ("service.completed", "catat"): (1, 1), ("message.thrown", "kirim"): (1, 1),
        ("timer.fired", "ulang"): (0, 12), ("timer.fired", "lewat"): (0, 1),
        ("task.completed", "tinjau"): (1, 1), ("task.completed", "biarkan"): (0, 1),
        ("task.completed", "arsip"): (1, 1),
    },
    "penerima": {
        ("task.completed", "a"): (1, 1), ("message.received", "r"): (1, 1),
        ("task.completed", "b"): (1, 1),
    },
    "pengirim": {("message.thrown", "t"): (1, 1), ("task.completed", "c"): (1, 1)},
    "skp_collection": {("task.completed", f"Langkah_{n}"): (1, 9) for n in range(1, 9)},
}  # fmt: skip


def diagrams() -> dict[str, Diagram]:
    """The diagram of each procedure, by its key."""
    found = {}
    for key, source in SOURCES.items():
        (found[key],) = elements.diagrams(reading.read(source))
    return found


def answers(diagram: Diagram) -> dict[str, dict[str, str]]:
    """What a browser sends for each step of the SKP, by the step's name."""
    year = date(2026, 1, 1).year
    period = {"dari": date(year, 1, 1), "sampai": date(year, 12, 31)}
    typed = {
        "periode": year, "dari": f"01-01-{year}", "sampai": f"31-12-{year}",
        "skp_sebelumnya": "tidak_ada",
        "sasaran": [
            {"kegiatan": "Menyusun laporan", "ak": 1, "kuantitas": 12, "satuan": "dokumen",
             "kualitas": 100, "waktu": 12, "satuan_waktu": "bulan"},
        ],
        "hasil_kerja": "sesuai", "perilaku_kerja": "sesuai", "catatan_penilai": "Baik",
        "keputusan": "setuju", "alasan": "", "tanggal_diterima": "26-11-2026",
    }  # fmt: skip
    return {
        node.name: _sent(drawn_as(node, period), typed)
        for node in diagram.nodes.values()
        if node.kind == "userTask"
    }


def _sent(task: object, typed: Mapping[str, object]) -> dict[str, str]:
    return dict(as_sent(task, typed).items())
