"""What Alur executes, what it refuses, and what it reads over with a warning."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bpmn.diagram import ACTIVITIES, FLOW_NODES
from bpmn.elements import camunda_attributes, kind, owner_id
from bpmn.findings import Finding, Severity
from bpmn.messages import message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bpmn.diagram import Diagram, Node

# The event definitions each kind of node may carry; a kind that is absent is refused.
EXECUTED: dict[str, frozenset[str]] = {
    "startEvent": frozenset({"timer"}),
    "endEvent": frozenset({"message", "signal"}),
    "boundaryEvent": frozenset({"timer"}),
    "intermediateCatchEvent": frozenset({"timer"}),
    "intermediateThrowEvent": frozenset({"message", "signal"}),
    "task": frozenset(),
    "userTask": frozenset(),
    "manualTask": frozenset(),
    "scriptTask": frozenset(),
    "serviceTask": frozenset(),
    "sendTask": frozenset(),
    "exclusiveGateway": frozenset(),
    "parallelGateway": frozenset(),
    "eventBasedGateway": frozenset(),
}
NEEDS_EVENT = frozenset({"boundaryEvent", "intermediateCatchEvent"})
NEEDS_TOPIC = frozenset({"serviceTask", "sendTask"})
MAX_ID, MAX_NAME = 100, 255
_REFUSED_PARTS = frozenset(
    "eventDefinitionRef standardLoopCharacteristics multiInstanceLoopCharacteristics"
    " ioSpecification dataInputAssociation dataOutputAssociation"
    " resourceRole performer humanPerformer potentialOwner".split()
)
_IGNORED_IN_PROCESS = frozenset(
    "dataObject dataObjectReference dataStoreReference property".split()
)
# Camunda attributes that Alur reads, or that only concern Camunda's own cockpit.
_READ_ATTRIBUTES = frozenset(
    "assignee candidateGroups formKey type topic historyTimeToLive versionTag".split()
)
_REFUSED_ATTRIBUTES = frozenset(
    "candidateUsers formRef resource class expression delegateExpression resultVariable".split()
)
_NEED_ID = FLOW_NODES | {"lane", "sequenceFlow"}
# SpiffWorkflow adds nodes of these names to every program and would merge or drop ours.
_RESERVED = re.compile(
    r"Start|End|Root|StartEventSplit|StartEventJoin|.*\.EndJoin|.*\.BoundaryEvent(Split|Join)"
)


def missing_id(diagram: Diagram) -> Iterator[Finding]:
    """Process, lanes, nodes and flows have ids: everything kept about them is kept under these."""
    parts = [e for e in diagram.xml.iterdescendants() if kind(e) in _NEED_ID]
    for element in (diagram.xml, *parts):
        if not element.get("id"):
            said = message(
                "bpmn:{name} tanpa ID (baris {line}).",
                name=kind(element),
                line=element.sourceline,
            )
            yield Finding(Severity.ERROR, "missing-id", owner_id(element), said)


def reserved_id(diagram: Diagram) -> Iterator[Finding]:
    """No element may have an id that the executing library uses itself."""
    for element_id in (diagram.key, *diagram.nodes):
        if _RESERVED.fullmatch(element_id):
            said = message('ID "{id}" dipakai oleh mesin; beri ID lain.', id=element_id)
            yield Finding(Severity.ERROR, "reserved-id", element_id, said)


def too_long(diagram: Diagram) -> Iterator[Finding]:
    """Ids and names have a length that the record can keep."""
    owners = (diagram.key, *diagram.nodes, *(lane.id for lane in diagram.lanes))
    for element_id in owners:
        if len(element_id) > MAX_ID:
            said = message("ID lebih panjang dari {n} huruf.", n=MAX_ID)
            yield Finding(Severity.ERROR, "too-long", element_id, said)
    if len(diagram.name) > MAX_NAME:
        said = message("Nama proses lebih panjang dari {n} huruf.", n=MAX_NAME)
        yield Finding(Severity.ERROR, "too-long", diagram.key, said)


def unsupported(diagram: Diagram) -> Iterator[Finding]:
    """What cannot be executed rightly is refused with the id of the element."""
    for node in diagram.nodes.values():
        for reason in _refusals(node):
            said = message("Belum dapat dijalankan: {reason}.", reason=reason)
            yield Finding(Severity.ERROR, "unsupported", node.id, said)
    yield from _refused_parts(diagram)
    yield from _conditional_splits(diagram)


def ignored(diagram: Diagram) -> Iterator[Finding]:
    """What is drawn but has no effect in Alur is said, never dropped in silence."""
    for element in diagram.xml.iterchildren():
        if kind(element) in _IGNORED_IN_PROCESS:
            yield _ignored(element.get("id"), f"bpmn:{kind(element)}")
    for node in diagram.nodes.values():
        if node.kind == "task":
            said = message(
                "Tugas tanpa jenis dilewati begitu saja; pilih jenisnya (mis. User Task)."
            )
            yield Finding(Severity.WARNING, "ignored", node.id, said)
    for element in (diagram.xml, *diagram.xml.iterdescendants()):
        unread = camunda_attributes(element).keys() - _READ_ATTRIBUTES - _REFUSED_ATTRIBUTES
        for name in sorted(unread):
            yield _ignored(element.get("id") or owner_id(element), f"camunda:{name}")


def _refusals(node: Node) -> Iterator[str]:
    if node.kind not in EXECUTED:
        yield f"bpmn:{node.kind}"
        return
    for event in node.events:
        if event not in EXECUTED[node.kind]:
            yield f"{event}EventDefinition"
    if len(node.events) > 1 or (node.kind in NEEDS_EVENT and not node.events):
        yield f"bpmn:{node.kind} ({len(node.events)} eventDefinition)"
    if node.timer is not None and node.timer.kind == "timeCycle" and not _may_repeat(node):
        yield "timeCycle"
    if ("message" in node.events or node.kind in NEEDS_TOPIC) and not node.topic:
        yield 'camunda:topic=""'
    if node.attributes.get("type", "external") != "external":
        yield f"camunda:type={node.attributes['type']}"
    if node.script_format not in (None, "python"):
        yield f"scriptFormat={node.script_format}"
    for name in sorted(node.attributes.keys() & _REFUSED_ATTRIBUTES):
        yield f"camunda:{name}"
    if "," in node.attributes.get("candidateGroups", ""):
        yield "camunda:candidateGroups (> 1)"


def _may_repeat(node: Node) -> bool:
    """A cycle repeats what does not end its own waiting: a start, or an event that lets work on."""
    return node.kind == "startEvent" or (node.kind == "boundaryEvent" and not node.interrupting)


def _refused_parts(diagram: Diagram) -> Iterator[Finding]:
    for element in diagram.xml.iterchildren():
        if kind(element) not in FLOW_NODES:
            continue
        parts = [
            f"bpmn:{name}" for e in element.iterchildren() if (name := kind(e)) in _REFUSED_PARTS
        ]
        parts += [
            f"{name}={element.get(name)}"
            for name in ("startQuantity", "completionQuantity", "isForCompensation")
            if kind(element) in ACTIVITIES and element.get(name, "1") not in ("1", "false", "0")
        ]
        for part in parts:
            said = message("Belum dapat dijalankan: {reason}.", reason=part)
            yield Finding(Severity.ERROR, "unsupported", element.get("id"), said)


def _conditional_splits(diagram: Diagram) -> Iterator[Finding]:
    """Conditions and splits outside gateways: wrong or refused in the executing library."""
    for node in diagram.nodes.values():
        flows = diagram.outgoing(node.id)
        gateway = node.kind == "exclusiveGateway"
        for flow in flows:
            if flow.language not in (None, "python"):
                said = message(
                    "Belum dapat dijalankan: {reason}.", reason=f"language={flow.language}"
                )
                yield Finding(Severity.ERROR, "unsupported", flow.id, said)
        if not gateway and any(flow.condition is not None for flow in flows):
            said = message("Syarat hanya dijalankan pada cabang dari gerbang eksklusif.")
            yield Finding(Severity.ERROR, "unsupported", node.id, said)
        elif not node.kind.endswith("Gateway") and len(flows) > 1:
            said = message("Lebih dari satu jalan keluar: gambar gerbang (gateway) di belakangnya.")
            yield Finding(Severity.ERROR, "unsupported", node.id, said)


def _ignored(element_id: str | None, name: str) -> Finding:
    said = message("{name} diabaikan oleh Alur.", name=name)
    return Finding(Severity.WARNING, "ignored", element_id, said)
