"""Rules on timers, durations and the SOP's Waktu."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from bpmn.diagram import HUMAN_TASKS
from bpmn.durations import Duration, parse_cycle, parse_instant, parse_iso, parse_words
from bpmn.findings import Finding, Severity
from bpmn.messages import message
from bpmn.rules.clauses import on_drawing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bpmn.diagram import Diagram, Node, Timer
    from bpmn.messages import Message
    from bpmn.rules.clauses import Fault

_LITERAL = {"timeDuration": r"P(T?\d|T?$)", "timeDate": r"\d", "timeCycle": r"R\d*/"}
_PARSE: dict[str, Callable[[str], object]] = {
    "timeDuration": parse_iso,
    "timeDate": parse_instant,
    "timeCycle": parse_cycle,
}
_LIMITS = ("alur:waitLimit", "alur:remindBefore", "alur:escalateAfter")
_SUBJECT = re.compile(r"(person:\d{18}|group:\S+)", re.ASCII)
_VALUES = {
    "alur:calendar": ("working", "elapsed"),
    "alur:clock": ("arrival",),
    "alur:due": ("endOfDay",),
    "alur:timer": ("waktu",),
}


def is_literal(timer: Timer) -> bool:
    """Whether the text is meant as an ISO 8601 literal; everything else is an expression."""
    return re.match(_LITERAL[timer.kind], timer.text) is not None


@on_drawing("10.4.5")
def duration(diagram: Diagram) -> Iterator[Fault]:
    """Literal durations and instants of timers are ISO 8601 (10.4.5, table 10.101)."""
    for node in diagram.nodes.values():
        timer = node.timer
        if timer is None or not timer.text:
            if "timer" in node.events:
                yield node.id, _unsaid(node)
        elif is_literal(timer) and _PARSE[timer.kind](timer.text) is None:
            yield node.id, message('Waktu "{text}" bukan ISO 8601 (mis. PT10M).', text=timer.text)


def _unsaid(node: Node) -> Message:
    if node.is_waktu and node.name:
        return message(
            'Lamanya Waktu "{name}" belum jelas: tulis seperti "10 menit" atau isi durasi bakunya.',
            name=node.name,
        )
    return message("Timer tanpa waktu.")


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


@on_drawing(None, Severity.WARNING)
def late_deadline(diagram: Diagram) -> Iterator[Fault]:
    """A deadline at the edge of a task leaves it the standard duration that the SOP gives it."""
    for node in diagram.nodes.values():
        timers = [event for event in diagram.boundary_events(node.id) if event.timer]
        standard = next((_length(event) for event in timers if event.is_waktu), None)
        for event in timers if standard else ():
            length = None if event.is_waktu else _length(event)
            if standard and length and standard.is_longer_than(length):
                said = message(
                    "Tenggat ini lebih pendek daripada Waktu kegiatannya ({waktu}): perpanjang"
                    " tenggat atau perpendek Waktu.",
                    waktu=diagram.waktu(node.id) or "",
                )
                yield event.id, said


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


def limits(diagram: Diagram) -> Iterator[Finding]:
    """Waiting limits, early reminders and escalations are durations longer than nothing."""
    owners = {diagram.key: diagram.properties}
    owners |= {node.id: node.properties for node in diagram.nodes.values()}
    for owner, properties in owners.items():
        for name in _LIMITS:
            length = parse_iso(properties[name]) if name in properties else Duration(hours=1)
            if length is None or not (length.whole_days or length.clock_seconds):
                said = message(
                    '{name} "{text}" bukan lama waktu ISO 8601 (mis. P1D).',
                    name=name,
                    text=properties[name],
                )
                yield Finding(Severity.ERROR, "limits", owner, said)


def timer_start(diagram: Diagram) -> Iterator[Finding]:
    """A timer that starts cases says about whom they are, since nobody is there to be asked."""
    start = diagram.timer_start
    if start is None:
        return
    if not _SUBJECT.fullmatch(start.properties.get("alur:subject", "")):
        said = message("Timer awal perlu alur:subject: person:<NIP> atau group:<kode>.")
        yield _error("timer-start", start, said)
    for place in diagram.places.values():
        if "starter" in place.actor:
            said = message("Kasus yang dimulai oleh timer tidak memiliki pemulai (starter).")
            yield Finding(Severity.ERROR, "timer-start", place.key, said)


def _length(event: Node) -> Duration | None:
    timer = event.timer
    return parse_iso(timer.text) if timer and timer.kind == "timeDuration" else None


def _wording(node: Node) -> Iterator[Finding]:
    drawn = parse_iso(node.timer.text) if node.timer else None
    said = parse_words(node.name)
    if drawn is not None and (said is None or not drawn.same_as(said)):
        told = message('Nama "{name}" tidak sama dengan waktunya.', name=node.name)
        yield Finding(Severity.WARNING, "waktu", node.id, told)


def _error(rule: str, node: Node, said: Message) -> Finding:
    return Finding(Severity.ERROR, rule, node.id, said)
