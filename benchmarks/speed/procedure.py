"""The workload that everyone runs: eight user tasks in four lanes, a decision, a timer for each.

What is filled in at a task is ten variables of about 1 KB together. The file is plain BPMN 2.0, so
that other engines can read it too.
"""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

KEY = "ukur"
TASKS = 8
DECIDED_AT = 5  # what is filled in there decides: on to the next task, or back to `BACK_TO`
BACK_TO = 3
VARIABLES = 10
LETTERS = 90  # of each variable
WORDS = (
    "target kinerja pegawai penilai atasan berkas blanko tahun kegiatan jabatan pelaksana dinas"
    " bidang laporan kuantitas kualitas waktu biaya persen dokumen disetujui diperiksa ditolak"
    " diajukan diteruskan ditandatangani sesuai dengan ketentuan yang berlaku pada untuk dan atau"
).split()
LANES = {
    "Staf": ("starter", (1, 2)),
    "Pegawai": ("subject", (3, 8)),
    "Penilai": ("superior(subject)", (4, 5, 7)),
    "Atasan": ("superior(superior(subject))", (6,)),
}
NODES = ("Task", "Timer", "Late")  # of each task; the others are in the first lane


def source() -> bytes:
    """The BPMN file."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 id="Definitions_1" targetNamespace="http://bpmn.io/schema/bpmn">
<bpmn:collaboration id="Collaboration_1">
<bpmn:participant id="Pool" processRef="{KEY}"/></bpmn:collaboration>
<bpmn:process id="{KEY}" name="Ukur" isExecutable="true" camunda:historyTimeToLive="P1825D">
<bpmn:laneSet id="Lanes">{"".join(map(_lane, LANES))}</bpmn:laneSet>
<bpmn:startEvent id="Begin"/>
{"".join(map(_step, range(1, TASKS + 1)))}
<bpmn:exclusiveGateway id="Decision" default="On"/>
<bpmn:endEvent id="Finish"/>
{"".join(_flow(*flow) for flow in _flows())}
<bpmn:sequenceFlow id="Back" sourceRef="Decision" targetRef="Task_{BACK_TO}">
<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">decision == "reject"\
</bpmn:conditionExpression></bpmn:sequenceFlow>
</bpmn:process></bpmn:definitions>
""".encode()


def filled_in(step: int, decision: str = "approve") -> dict[str, Any]:
    """What is filled in at a task; the same every time."""
    letters = random.Random(step)
    made = {
        f"v{step}_{place}": " ".join(letters.choices(WORDS, k=LETTERS))[:LETTERS]
        for place in range(VARIABLES)
    }
    return made | ({"decision": decision} if step == DECIDED_AT else {})


def way(rejections: int = 0) -> list[tuple[int, dict[str, Any]]]:
    """The tasks of a case in order, each with what is filled in."""
    loop = range(BACK_TO, DECIDED_AT + 1)
    back = [(step, filled_in(step, "reject")) for step in loop] * rejections
    ahead = [(step, filled_in(step)) for step in range(1, TASKS + 1)]
    return [*ahead[: BACK_TO - 1], *back, *ahead[BACK_TO - 1 :]]


def _lane(name: str) -> str:
    actor, steps = LANES[name]
    inside = [f"{kind}_{step}" for step in steps for kind in NODES]
    inside += ["Begin", "Decision", "Finish"] if name == "Staf" else []
    references = "".join(f"<bpmn:flowNodeRef>{node}</bpmn:flowNodeRef>" for node in inside)
    return f"""<bpmn:lane id="Lane_{name}" name="{name}"><bpmn:extensionElements>
<camunda:properties><camunda:property name="alur:actor" value="{actor}"/></camunda:properties>
</bpmn:extensionElements>{references}</bpmn:lane>
"""


def _step(step: int) -> str:
    asked = "".join(f'<camunda:formField id="{name}" type="string"/>' for name in filled_in(step))
    return f"""<bpmn:userTask id="Task_{step}" name="Langkah {step}"><bpmn:extensionElements>
<camunda:formData>{asked}</camunda:formData></bpmn:extensionElements></bpmn:userTask>
<bpmn:boundaryEvent id="Timer_{step}" attachedToRef="Task_{step}" cancelActivity="false">
<bpmn:timerEventDefinition><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">P1D\
</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>
<bpmn:endEvent id="Late_{step}"/>
"""


def _flows() -> list[tuple[str, str, str]]:
    steps = [f"Task_{step}" for step in range(1, TASKS + 1)]
    chain = ["Begin", *steps[:DECIDED_AT], "Decision", *steps[DECIDED_AT:], "Finish"]
    ahead = [
        ("On" if here == "Decision" else f"Flow_{here}", here, there)
        for here, there in pairwise(chain)
    ]
    late = [(f"Flow_Late_{n}", f"Timer_{n}", f"Late_{n}") for n in range(1, TASKS + 1)]
    return ahead + late


def _flow(name: str, here: str, there: str) -> str:
    return f'<bpmn:sequenceFlow id="{name}" sourceRef="{here}" targetRef="{there}"/>\n'
