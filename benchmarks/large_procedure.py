"""A procedure of any size, as offices draw them: lanes, forms, Waktu, decisions, ways side by side.

It may be put into force, and has no picture; `bpmn.layout.drawn` makes one.
"""

from __future__ import annotations

from itertools import cycle
from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LANES = 10
_SHEET = Template(
    """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" \
xmlns:camunda="http://camunda.org/schema/1.0/bpmn" \
xmlns:modeler="http://camunda.org/schema/modeler/1.0" id="Definitions_1" \
targetNamespace="http://bpmn.io/schema/bpmn" modeler:executionPlatform="Camunda Platform" \
modeler:executionPlatformVersion="7.24.0">
<bpmn:collaboration id="Collaboration_1">
<bpmn:participant id="Pool" name="Prosedur besar" processRef="prosedur_besar"/></bpmn:collaboration>
<bpmn:process id="prosedur_besar" name="Prosedur besar" isExecutable="true" \
camunda:historyTimeToLive="P1825D">
<bpmn:extensionElements><camunda:properties>
<camunda:property name="alur:calendar" value="working"/>
<camunda:property name="sop:nomor" value="1"/>
<camunda:property name="sop:unit" value="Sekretariat"/>
<camunda:property name="sop:tanggalPembuatan" value="2026-01-05"/>
<camunda:property name="sop:tanggalEfektif" value="2026-01-05"/>
<camunda:property name="sop:disahkanOleh" value="Kepala Dinas"/>
<camunda:property name="sop:dasarHukum.1" value="Peraturan Daerah"/>
</camunda:properties></bpmn:extensionElements>
<bpmn:laneSet id="LaneSet_1">$lanes</bpmn:laneSet>
$nodes
$flows
</bpmn:process></bpmn:definitions>
"""
)
_LANE = Template(
    """<bpmn:lane id="Lane_$n" name="Pelaksana $n"><bpmn:extensionElements><camunda:properties>
<camunda:property name="alur:actor" value="group:umum-aparatur"/>
</camunda:properties></bpmn:extensionElements>$nodes</bpmn:lane>"""
)
_STEP = Template(
    """<bpmn:userTask id="Langkah_$n" name="Memeriksa dan meneruskan berkas $n">
<bpmn:extensionElements><camunda:formData>
<camunda:formField id="putusan_$n" label="Putusan" type="enum">
<camunda:validation><camunda:constraint name="required"/></camunda:validation>
<camunda:value id="ya" name="Setuju"/><camunda:value id="tidak" name="Tidak setuju"/>
</camunda:formField>
<camunda:formField id="nomor_$n" label="Nomor berkas" type="string"/>
<camunda:formField id="jumlah_$n" label="Jumlah lembar" type="long"/>
<camunda:formField id="catatan_$n" label="Catatan" type="text"/>
</camunda:formData><camunda:properties>
<camunda:property name="sop:kelengkapan" value="Berkas"/>
<camunda:property name="sop:output" value="Berkas terperiksa"/>
</camunda:properties></bpmn:extensionElements></bpmn:userTask>
<bpmn:boundaryEvent id="Waktu_$n" name="30 menit" cancelActivity="false" \
attachedToRef="Langkah_$n"><bpmn:extensionElements><camunda:properties>
<camunda:property name="alur:timer" value="waktu"/>
</camunda:properties></bpmn:extensionElements><bpmn:timerEventDefinition id="Timer_$n">
<bpmn:timeDuration>PT30M</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>
<bpmn:endEvent id="Pengingat_$n" name="Pengingat"><bpmn:messageEventDefinition id="Pesan_$n" \
camunda:type="external" camunda:topic="remind"/></bpmn:endEvent>"""
)


class _Pen:
    """What has been drawn so far; each method gives the id of the node that is to be left next."""

    def __init__(self) -> None:
        self.nodes: list[str] = []
        self.flows: list[str] = []
        self.lanes: list[list[str]] = [[] for _ in range(LANES)]
        self.steps = 0

    @property
    def count(self) -> int:
        return sum(map(len, self.lanes))

    def node(self, kind: str, name: str, lane: int, said: str = "") -> str:
        self.nodes.append(f'<bpmn:{kind} id="{name}" name="{said}"/>')
        self.lanes[lane % LANES].append(name)
        return name

    def flow(self, source: str, target: str, condition: str = "") -> str:
        inside = condition and f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>"
        self.flows.append(
            f'<bpmn:sequenceFlow id="Alur_{len(self.flows)}" sourceRef="{source}"'
            f' targetRef="{target}">{inside}</bpmn:sequenceFlow>'
        )
        return target

    def step(self, before: str, lane: int, condition: str = "") -> str:
        self.steps += 1
        n = self.steps
        self.nodes.append(_STEP.substitute(n=n))
        self.lanes[lane % LANES] += [f"Langkah_{n}", f"Waktu_{n}", f"Pengingat_{n}"]
        self.flow(f"Waktu_{n}", f"Pengingat_{n}")
        return self.flow(before, f"Langkah_{n}", condition)

    def answer(self, said: str) -> str:
        """The condition that the last step was answered so."""
        return f'${{putusan_{self.steps} == "{said}"}}'

    def decision(self, before: str, lane: int) -> str:
        asked = self.step(before, lane)
        yes, no = self.answer("ya"), self.answer("tidak")
        split = self.flow(asked, self.node("exclusiveGateway", f"Pilih_{self.steps}", lane, "Ya?"))
        join = self.node("exclusiveGateway", f"Temu_{self.steps}", lane)
        for place, condition in enumerate((yes, no)):
            self.flow(self.step(split, lane + place, condition), join)
        return join

    def side_by_side(self, before: str, lane: int) -> str:
        split = self.flow(before, self.node("parallelGateway", f"Bagi_{self.steps}", lane))
        join = self.node("parallelGateway", f"Satu_{self.steps}", lane)
        for place in range(2):
            self.flow(self.step(split, lane + place), join)
        return join

    def again(self, before: str, lane: int) -> str:
        """A step that is done until it is agreed to."""
        entry = self.flow(before, self.node("exclusiveGateway", f"Ulang_{self.steps}", lane))
        asked = self.step(entry, lane)
        yes, no = self.answer("ya"), self.answer("tidak")
        split = self.flow(asked, self.node("exclusiveGateway", f"Cukup_{self.steps}", lane, "Ya?"))
        self.flow(split, entry, no)
        return self.step(split, lane + 1, yes)


def procedure(size: int) -> bytes:
    """The file of a procedure of about so many flow nodes (some ten more at most)."""
    pen = _Pen()
    here = pen.node("startEvent", "Mulai", 0, "Berkas diterima")
    blocks = cycle((pen.step, pen.decision, pen.step, pen.side_by_side, pen.step, pen.again))
    for lane, block in enumerate(blocks):
        if pen.count >= size - 1:
            break
        here = block(here, lane)
    pen.flow(here, pen.node("endEvent", "Selesai", LANES - 1, "Berkas selesai"))
    lanes = (_LANE.substitute(n=n + 1, nodes=_inside(lane)) for n, lane in enumerate(pen.lanes))
    return _SHEET.substitute(
        lanes="".join(lanes), nodes="\n".join(pen.nodes), flows="\n".join(pen.flows)
    ).encode()


def _inside(lane: list[str]) -> str:
    references: Iterator[str] = (f"<bpmn:flowNodeRef>{name}</bpmn:flowNodeRef>" for name in lane)
    return "".join(references)
