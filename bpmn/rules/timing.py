"""Rules on timers, durations and the SOP's Waktu."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bpmn.diagram import HUMAN_TASKS
from bpmn.durations import parse_instant, parse_iso, parse_words
from bpmn.findings import Finding, Severity
from bpmn.messages import message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bpmn.diagram import Diagram, Node, Timer
    from bpmn.messages import Message

_VALUES = {
    "alur:calendar": ("working", "elapsed"),
    "alur:clock": ("arrival",),
    "alur:due": ("endOfDay",),
    "alur:timer": ("waktu",),
}


def is_literal(timer: Timer) -> bool:
    """Whether the text is meant as an ISO 8601 literal; everything else is an expression."""
    pattern = r"P(T?\d|T?$)" if timer.kind == "timeDuration" else r"\d"
    return re.match(pattern, timer.text) is not None


def duration(diagram: Diagram) -> Iterator[Finding]:
    """Literal durations and instants of timers are ISO 8601 (BPMN 2.0, table 10.101)."""
    for node in diagram.nodes.values():
        timer = node.timer
        if timer is None or timer.kind == "timeCycle":
            if "timer" in node.events and timer is None:
                yield _error("duration", node, message("Timer tanpa waktu."))
        elif not timer.text:
            yield _error("duration", node, message("Timer tanpa waktu."))
        elif is_literal(timer):
            parse = parse_iso if timer.kind == "timeDuration" else parse_instant
            if parse(timer.text) is None:
                said = message('Waktu "{text}" bukan ISO 8601 (mis. PT10M).', text=timer.text)
                yield _error("duration", node, said)


def waktu(diagram: Diagram) -> Iterator[Finding]:
    """The marked Waktu timer is one non-interrupting duration per task, and its name says it."""
    seen: set[str | None] = set()
    for node in (node for node in diagram.nodes.values() if node.is_waktu):
        if node.kind != "boundaryEvent" or node.interrupting or node.attached_to in seen:
            said = message("Timer Waktu harus satu per kegiatan, di tepinya, dan tidak menyela.")
            yield _error("waktu", node, said)
        seen.add(node.attached_to)
        host = diagram.nodes.get(node.attached_to or "")
        if host is not None and host.kind not in HUMAN_TASKS:
            said = message("Timer Waktu hanya untuk kegiatan yang dikerjakan orang.")
            yield _error("waktu", node, said)
        yield from _wording(node)


def timer_properties(diagram: Diagram) -> Iterator[Finding]:
    """`alur:` properties of the process and its timers have values Alur knows."""
    owners = {diagram.key: diagram.properties}
    owners |= {node.id: node.properties for node in diagram.nodes.values()}
    for owner, properties in owners.items():
        for name, allowed in _VALUES.items():
            if name in properties and properties[name] not in allowed:
                said = message(
                    '{name} tidak mengenal nilai "{value}".', name=name, value=properties[name]
                )
                yield Finding(Severity.ERROR, "timer-properties", owner, said)


def _wording(node: Node) -> Iterator[Finding]:
    drawn = parse_iso(node.timer.text) if node.timer else None
    said = parse_words(node.name)
    if drawn is not None and (said is None or not drawn.same_as(said)):
        told = message('Nama "{name}" tidak sama dengan waktunya.', name=node.name)
        yield Finding(Severity.WARNING, "waktu", node.id, told)


def _error(rule: str, node: Node, said: Message) -> Finding:
    return Finding(Severity.ERROR, rule, node.id, said)
