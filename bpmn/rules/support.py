"""What Alur executes, what it refuses, and what it reads over with a warning."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bpmn.diagram import EVENTS, FLOW_NODES
from bpmn.elements import camunda_attributes, kind, local, owner_id, within
from bpmn.findings import Finding, Severity
from bpmn.judgement import Judgement
from bpmn.messages import message
from bpmn.reading import BPMN
from bpmn.remarks import findable_id, remarks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from bpmn.diagram import Diagram
    from bpmn.messages import Message
    from bpmn.remarks import Remark

    # What stands at the root, by kind and id, and the name or code by which it is known.
    Known = dict[tuple[str, str], str | None]

# The event definitions each kind of event may carry; a start event at the level of a process.
CARRIED = {
    "startEvent": frozenset({"timer"}),
    "endEvent": frozenset({"message", "signal", "error", "escalation", "terminate"}),
    "boundaryEvent": frozenset({"timer", "message", "signal", "error", "escalation"}),
    "intermediateCatchEvent": frozenset({"timer", "message", "signal"}),
    "intermediateThrowEvent": frozenset({"message", "signal", "escalation"}),
}
_STARTS_EVENT_SUBPROCESS = CARRIED["boundaryEvent"]
_EVENTS = frozenset().union(*CARRIED.values())  # all others are refused wherever they stand
# What an event refers to, and the attribute by which that is known at run time.
REFERENCES = {
    "message": ("messageRef", "name"),
    "signal": ("signalRef", "name"),
    "error": ("errorRef", "errorCode"),
    "escalation": ("escalationRef", "escalationCode"),
}
_THROWING = frozenset({"endEvent", "intermediateThrowEvent"})
_NEEDS_EVENT = frozenset({"boundaryEvent", "intermediateCatchEvent"})
_DATA = frozenset({"dataObject", "dataObjectReference"})
# The end of an association that is drawn at data.
_DATA_END = {"dataInputAssociation": "sourceRef", "dataOutputAssociation": "targetRef"}
_SAID_BY_FILES = "bpmn:messageFlow"
MAX_ID, MAX_NAME = 100, 255
_NEED_ID = FLOW_NODES | {"lane", "sequenceFlow"}
# SpiffWorkflow adds nodes of these names to every program and would merge or drop ours.
_RESERVED = re.compile(
    r"Start|End|Root|StartEventSplit|StartEventJoin|.*\.EndJoin|.*\.BoundaryEvent(Split|Join)"
)


def missing_id(diagram: Diagram) -> Iterator[Finding]:
    """Process, lanes, nodes and flows have ids: everything kept about them is kept under these."""
    for element in (diagram.xml, *within(diagram.xml, _NEED_ID)):
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
    for part in remarks(diagram.xml):
        if not part.is_extension and part.name != _SAID_BY_FILES:
            yield from refusal(part, "unsupported")
    known = _known(diagram.xml.getroottree().getroot())
    for element in within(diagram.xml, FLOW_NODES):
        for reason in _refusals(element, known):
            said = message("Belum dapat dijalankan: {reason}.", reason=reason)
            yield Finding(Severity.ERROR, "unsupported", findable_id(element), said)


def ignored(diagram: Diagram) -> Iterator[Finding]:
    """What is drawn but has no effect in Alur is said, never dropped in silence."""
    for part in remarks(diagram.xml):
        if not part.is_extension:
            yield from warning(part, "ignored")
    for element in within(diagram.xml, ["task"]):
        said = message("Tugas tanpa jenis dilewati begitu saja; pilih jenisnya (mis. User Task).")
        yield Finding(Severity.WARNING, "ignored", findable_id(element), said)
    for element in _without_data(diagram.xml):
        yield Finding(Severity.WARNING, "ignored", findable_id(element), _ignored(element))


def refusal(part: Remark, rule: str) -> Iterator[Finding]:
    """The error on what is refused, or stands in no vocabulary."""
    if part.judgement is Judgement.REFUSED:
        said = message("Belum dapat dijalankan: {reason}.", reason=part.name)
    elif part.judgement is Judgement.UNKNOWN:
        said = message("{name} tidak dikenal di sini.", name=part.name)
    else:
        return
    yield Finding(Severity.ERROR, rule, findable_id(part.element), said)


def warning(part: Remark, rule: str) -> Iterator[Finding]:
    """The warning on what is ignored."""
    if part.judgement is Judgement.IGNORED:
        said = message("{name} diabaikan oleh Alur.", name=part.name)
        yield Finding(Severity.WARNING, rule, findable_id(part.element), said)


def _refusals(element: _Element, known: Known) -> Iterator[str]:
    """What a node lacks, or carries in the wrong place."""
    name, attributes = kind(element), camunda_attributes(element)
    if name in EVENTS:
        yield from _event_refusals(element, known)
    if name == "serviceTask" and not attributes.get("topic"):
        yield 'camunda:topic=""'
    if name == "receiveTask" or (name == "sendTask" and not attributes.get("topic")):
        yield from _reference_refusals("message", element, known)
    if "," in attributes.get("candidateGroups", ""):
        yield "camunda:candidateGroups (> 1)"


def _event_refusals(element: _Element, known: Known) -> Iterator[str]:
    found = [e for e in element.iterchildren() if kind(e).endswith("EventDefinition")]
    needed = kind(element) in _NEEDS_EVENT or _starts_by_event(element)
    if len(found) > 1 or (needed and not found):
        yield f"bpmn:{kind(element)} ({len(found)} eventDefinition)"
    for definition in found:
        event = kind(definition).removesuffix("EventDefinition")
        if event in _carried(element):
            yield from _definition_refusals(event, definition, element, known)
        elif event in _EVENTS:
            yield f"bpmn:{kind(element)} ({event}EventDefinition)"


def _definition_refusals(
    event: str, definition: _Element, element: _Element, known: Known
) -> Iterator[str]:
    if definition.find(_tag("timeCycle")) is not None and not _may_repeat(element):
        yield "timeCycle"
    if event == "error" and _lets_go_on(element):
        yield "errorEventDefinition (cancelActivity=false)"
    if event in REFERENCES and _must_refer(event, definition, element):
        yield from _reference_refusals(event, definition, known)


def _must_refer(event: str, definition: _Element, element: _Element) -> bool:
    """Whether it goes by a name: but a topic sends a message, and any error may be caught."""
    if kind(element) in _THROWING:
        topics = (camunda_attributes(part).get("topic") for part in (definition, element))
        return event != "message" or not any(topics)
    return event in ("message", "signal") or REFERENCES[event][0] in definition.attrib


def _reference_refusals(event: str, element: _Element, known: Known) -> Iterator[str]:
    """Whoever sends or awaits it must name it: by this alone the two find each other."""
    reference, known_by = REFERENCES[event]
    wanted = local(element.get(reference))
    if (event, wanted) not in known:
        yield f'{reference}="{wanted}"'
    elif not known[event, wanted]:
        yield f'bpmn:{event} {known_by}=""'


def _known(root: _Element) -> Known:
    parts = [e for e in root.iterchildren() if kind(e) in REFERENCES and e.get("id")]
    return {(kind(e), e.get("id", "")): e.get(REFERENCES[kind(e)][1]) for e in parts}


def _carried(element: _Element) -> frozenset[str]:
    if kind(element) != "startEvent":
        return CARRIED[kind(element)]
    if _starts_by_event(element):
        return _STARTS_EVENT_SUBPROCESS
    return CARRIED["startEvent"] if _level(element) == "process" else frozenset()


def _starts_by_event(element: _Element) -> bool:
    around = element.getparent()
    by_event = around is not None and around.get("triggeredByEvent") in ("true", "1")
    return by_event and kind(element) == "startEvent"


def _may_repeat(element: _Element) -> bool:
    """A cycle repeats what does not end its own waiting: a start, or an event that lets work on."""
    return _lets_go_on(element) or (kind(element) == "startEvent" and _level(element) == "process")


def _level(element: _Element) -> str:
    around = element.getparent()
    return "" if around is None else kind(around)


def _lets_go_on(element: _Element) -> bool:
    """Whether work goes on beside the event: a boundary event, or the start of a subprocess."""
    said = element.get("cancelActivity"), element.get("isInterrupting")
    return kind(element) in ("boundaryEvent", "startEvent") and bool({"false", "0"} & {*said})


def _without_data(process: _Element) -> Iterator[_Element]:
    """The associations that lead from or to something else than a data object."""
    data = {element.get("id") for element in within(process, _DATA)}
    for element in within(process, _DATA_END):
        ends = element.iterfind(_tag(_DATA_END[kind(element)]))
        if not {(end.text or "").strip() for end in ends} & data:
            yield element


def _ignored(element: _Element) -> Message:
    return message("{name} diabaikan oleh Alur.", name=f"bpmn:{kind(element)}")


def _tag(name: str) -> str:
    return f"{{{BPMN}}}{name}"
