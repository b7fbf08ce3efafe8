"""Rules on events: what each may be about, and where it may stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn.diagram import ACTIVITIES
from bpmn.elements import kind, local
from bpmn.messages import message
from bpmn.rules.clauses import on_scope
from bpmn.rules.scopes import (
    definitions,
    is_event_subprocess,
    is_true,
    named,
    parts,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from bpmn.rules.clauses import Fault
    from bpmn.rules.scopes import Scope

_STARTS = frozenset("message timer conditional signal".split())
_HANDLED = _STARTS | {"error", "escalation", "compensate"}
_ENDS = frozenset("message error escalation cancel compensate signal terminate".split())
_CAUGHT = _STARTS | {"link"}
_THROWN = frozenset("message escalation compensate link signal".split())
_AT_EDGE = _HANDLED | {"cancel"}
_REFERENCES = {
    "messageRef": "message",
    "signalRef": "signal",
    "errorRef": "error",
    "escalationRef": "escalation",
}


@on_scope("10.4.2")
def start_kind(scope: Scope) -> Iterator[Fault]:
    """A process begins plainly or by a message, timer, condition or signal (10.4.2)."""
    if kind(scope.element) == "process":
        yield from _others(scope, "startEvent", _STARTS)


@on_scope("10.4.2")
def subprocess_start(scope: Scope) -> Iterator[Fault]:
    """A subprocess that a flow leads to begins plainly, without an event of its own (10.4.2)."""
    if kind(scope.element) != "process" and not is_event_subprocess(scope.element):
        yield from _others(scope, "startEvent", frozenset())


@on_scope("10.2.5")
def event_start(scope: Scope) -> Iterator[Fault]:
    """An event subprocess has exactly one start event, which says what sets it off (10.2.5)."""
    if not is_event_subprocess(scope.element):
        return
    starts = [*scope.of_kind("startEvent")]
    if len(starts) != 1:
        said = message("Subproses kejadian harus punya tepat satu kejadian awal.")
        yield scope.id, said
    for start in starts:
        if not _is_defined(start):
            said = message("Kejadian awal subproses kejadian harus berjenis (mis. timer).")
            yield start.get("id"), said
    yield from _others(scope, "startEvent", _HANDLED)


@on_scope("10.4.2")
def error_start(scope: Scope) -> Iterator[Fault]:
    """What an error or compensation sets off always interrupts (10.4.2)."""
    for start in scope.of_kind("startEvent"):
        always = {"error", "compensate"}.intersection(definitions(start))
        if always and not is_true(start, "isInterrupting", "true"):
            yield start.get("id"), message("Kejadian ini selalu menyela.")


@on_scope("10.4.3")
def end_kind(scope: Scope) -> Iterator[Fault]:
    """An end event throws; it waits for no time or condition and links nowhere (10.4.3)."""
    yield from _others(scope, "endEvent", _ENDS)


@on_scope("10.4.3")
def cancel_end(scope: Scope) -> Iterator[Fault]:
    """Only a transaction ends by cancelling (10.4.3)."""
    for end in scope.of_kind("endEvent"):
        if "cancel" in definitions(end) and kind(scope.element) != "transaction":
            yield end.get("id"), message("Pembatalan (cancel) hanya ada pada transaksi.")


@on_scope("10.4.4")
def catch_kind(scope: Scope) -> Iterator[Fault]:
    """A catching event waits for a message, time, condition, link or signal (10.4.4)."""
    yield from _undefined(scope, "intermediateCatchEvent")
    yield from _others(scope, "intermediateCatchEvent", _CAUGHT)


@on_scope("10.4.4")
def throw_kind(scope: Scope) -> Iterator[Fault]:
    """A throwing event is plain or sends a message, signal, escalation … (10.4.4)."""
    yield from _others(scope, "intermediateThrowEvent", _THROWN)


@on_scope("10.4.4")
def boundary_kind(scope: Scope) -> Iterator[Fault]:
    """A boundary event says what it catches (10.4.4)."""
    yield from _undefined(scope, "boundaryEvent")
    yield from _others(scope, "boundaryEvent", _AT_EDGE)


@on_scope("10.4.4")
def boundary_host(scope: Scope) -> Iterator[Fault]:
    """A boundary event is attached to an activity of its level that a flow leads to (10.4.4)."""
    for event in scope.of_kind("boundaryEvent"):
        host = scope.nodes.get(local(event.get("attachedToRef")))
        if host is None or kind(host) not in ACTIVITIES or is_event_subprocess(host):
            yield event.get("id"), message("Kejadian tepi harus menempel pada kegiatan.")


@on_scope("10.4.4")
def error_boundary(scope: Scope) -> Iterator[Fault]:
    """An error or a cancellation caught at an activity's edge always interrupts it (10.4.4)."""
    for event in scope.of_kind("boundaryEvent"):
        always = {"error", "cancel"}.intersection(definitions(event))
        if always and not is_true(event, "cancelActivity", "true"):
            yield event.get("id"), message("Kejadian ini selalu menyela.")


@on_scope("10.4.4")
def cancel_boundary(scope: Scope) -> Iterator[Fault]:
    """Only a transaction can be cancelled (10.4.4)."""
    for event in scope.of_kind("boundaryEvent"):
        host = scope.nodes.get(local(event.get("attachedToRef")))
        if "cancel" in definitions(event) and (host is None or kind(host) != "transaction"):
            yield event.get("id"), message("Pembatalan (cancel) hanya ada pada transaksi.")


@on_scope("10.4.5")
def event_reference(scope: Scope) -> Iterator[Fault]:
    """The message, signal, error or escalation of an event is one of the file (10.4.5)."""
    for node_id, node in scope.nodes.items():
        for part in node.iterchildren():
            if kind(part).endswith("EventDefinition"):
                yield from _dangling(node_id, part)


@on_scope("10.2.3")
def task_message(scope: Scope) -> Iterator[Fault]:
    """The message that a task sends or receives is one of the file (10.2.3)."""
    for task in scope.of_kind("sendTask", "receiveTask"):
        yield from _dangling(task.get("id"), task)


def _others(scope: Scope, place: str, allowed: frozenset[str]) -> Iterator[Fault]:
    for node in scope.of_kind(place):
        for name in definitions(node):
            if name not in allowed:
                said = message(
                    "Kejadian di sini tidak boleh memakai {kind}.", kind=f"{name}EventDefinition"
                )
                yield node.get("id"), said


def _undefined(scope: Scope, place: str) -> Iterator[Fault]:
    for node in scope.of_kind(place):
        if not _is_defined(node):
            yield node.get("id"), message("Kejadian ini harus berjenis (mis. timer atau pesan).")


def _is_defined(event: _Element) -> bool:
    return bool(definitions(event) or parts(event, "eventDefinitionRef"))


def _dangling(owner: str | None, part: _Element) -> Iterator[Fault]:
    for attribute, wanted in _REFERENCES.items():
        found = named(part, part.get(attribute))
        if part.get(attribute) and (found is None or kind(found) != wanted):
            reference = part.get(attribute)
            yield (
                owner,
                message('{name} menunjuk "{id}", yang tidak ada.', name=attribute, id=reference),
            )
