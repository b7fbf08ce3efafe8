"""A diagram of nothing yet: one pool, one lane and a start, prepared for Alur and Camunda."""

from __future__ import annotations

import re
from html import escape
from string import Template

MAX_KEY = 60
_SHEET = Template(
    """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" \
xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" \
xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" \
xmlns:di="http://www.omg.org/spec/DD/20100524/DI" \
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xmlns:camunda="http://camunda.org/schema/1.0/bpmn" \
xmlns:modeler="http://camunda.org/schema/modeler/1.0" id="Definitions_1" \
targetNamespace="http://bpmn.io/schema/bpmn" modeler:executionPlatform="Camunda Platform" \
modeler:executionPlatformVersion="7.24.0">
  <bpmn:collaboration id="Collaboration_1">
    <bpmn:participant id="Participant_1" name="$name" processRef="$key" />
  </bpmn:collaboration>
  <bpmn:process id="$key" name="$name" isExecutable="true" camunda:historyTimeToLive="P1825D">
    <bpmn:extensionElements>
      <camunda:properties>
        <camunda:property name="alur:calendar" value="working" />
      </camunda:properties>
    </bpmn:extensionElements>
    <bpmn:laneSet id="LaneSet_1">
      <bpmn:lane id="Lane_1">
        <bpmn:flowNodeRef>Mulai</bpmn:flowNodeRef>
      </bpmn:lane>
    </bpmn:laneSet>
    <bpmn:startEvent id="Mulai" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="BPMNDiagram_1">
    <bpmndi:BPMNPlane id="BPMNPlane_1" bpmnElement="Collaboration_1">
      <bpmndi:BPMNShape id="Participant_1_di" bpmnElement="Participant_1" isHorizontal="true">
        <dc:Bounds x="160" y="80" width="900" height="220" />
        <bpmndi:BPMNLabel />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="Lane_1_di" bpmnElement="Lane_1" isHorizontal="true">
        <dc:Bounds x="190" y="80" width="870" height="220" />
        <bpmndi:BPMNLabel />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="Mulai_di" bpmnElement="Mulai">
        <dc:Bounds x="252" y="172" width="36" height="36" />
      </bpmndi:BPMNShape>
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
"""
)


def blank(name: str) -> bytes:
    """The file of a new process of that name; its key is made of the name."""
    return _SHEET.substitute(name=escape(name), key=key_for(name)).encode()


def key_for(name: str) -> str:
    """``"Cuti Tahunan (PNS)"`` → ``"cuti_tahunan_pns"``: an id that XML and addresses take."""
    words = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:MAX_KEY].rstrip("_")
    return words if words[:1].isalpha() else f"proses_{words}".rstrip("_")
