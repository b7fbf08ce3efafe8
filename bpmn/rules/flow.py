"""Rules on how the nodes of a process or subprocess hang together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn.diagram import ACTIVITIES, GATEWAYS
from bpmn.elements import kind
from bpmn.findings import Severity
from bpmn.messages import message
from bpmn.rules.clauses import on_scope
from bpmn.rules.scopes import begins, condition, ends, is_event_subprocess, named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from bpmn.messages import Message
    from bpmn.rules.clauses import Fault
    from bpmn.rules.scopes import Scope

DECISIONS = ("exclusiveGateway", "inclusiveGateway")


@on_scope("8.3.13")
def references(scope: Scope) -> Iterator[Fault]:
    """A sequence flow begins and ends at something that is drawn (8.3.13)."""
    for flow in scope.flows:
        for end in (flow.get("sourceRef"), flow.get("targetRef")):
            if named(flow, end) is None:
                said = message('Panah menunjuk "{id}", yang tidak ada dalam proses ini.', id=end)
                yield flow.get("id"), said


@on_scope(None)
def one_start(scope: Scope) -> Iterator[Fault]:
    """A process and a subprocess have one start event; BPMN would allow none, and several."""
    if not scope.is_flow or is_event_subprocess(scope.element):
        return
    starts = [*scope.of_kind("startEvent")]
    if not starts:
        yield scope.id, _without_start(scope)
    for extra in starts[1:]:
        yield extra.get("id"), message("Lebih dari satu kejadian awal belum didukung.")


@on_scope("10.4.3")
def an_end(scope: Scope) -> Iterator[Fault]:
    """Where there is a start event, there is an end event (10.4.3)."""
    if scope.has("startEvent") and not scope.has("endEvent"):
        yield scope.id, message("Ada kejadian awal, tetapi tidak ada kejadian akhir (end).")


@on_scope(None)
def way_out(scope: Scope) -> Iterator[Fault]:
    """Every activity and gateway leads on, and a decision says when it takes which way."""
    for node in scope.nodes.values():
        if kind(node) in ACTIVITIES | GATEWAYS and scope.is_flow and _is_blind(scope, node):
            yield node.get("id"), message("Tidak ada jalan keluar dari sini.")
    for node in scope.of_kind(*DECISIONS):
        flows = scope.out_of(node.get("id", ""))
        for flow in flows if len(flows) > 1 else ():
            if not condition(flow) and flow.get("id") != node.get("default"):
                said = message("Cabang keputusan tanpa syarat: kapan jalan ini diambil?")
                yield flow.get("id"), said


@on_scope("10.4.2")
def start_way_out(scope: Scope) -> Iterator[Fault]:
    """A start event leads on (10.4.2)."""
    for node in scope.of_kind("startEvent"):
        if _is_blind(scope, node):
            yield node.get("id"), message("Tidak ada jalan keluar dari sini.")


@on_scope("10.4.4")
def event_way_out(scope: Scope) -> Iterator[Fault]:
    """An intermediate event leads on, unless it is a thrown link or about compensation (10.4.4)."""
    for node in scope.of_kind("intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"):
        if _is_blind(scope, node):
            yield node.get("id"), message("Tidak ada jalan keluar dari sini.")


@on_scope("10.4.2")
def way_in(scope: Scope) -> Iterator[Fault]:
    """Where there is a start event, everything behind it has a flow into it (10.4.2)."""
    if scope.is_flow and scope.has("startEvent"):
        for node_id, node in scope.nodes.items():
            if not scope.into(node_id) and not begins(node):
                yield node_id, message("Tidak ada jalan masuk ke sini.")


@on_scope(None, Severity.WARNING)
def default_way(scope: Scope) -> Iterator[Fault]:
    """A default way is taken without an answer, too."""
    for node_id, node in scope.nodes.items():
        for flow in scope.out_of(node_id):
            usual = flow.get("id") == node.get("default") and condition(flow) is None
            if usual and len(scope.out_of(node_id)) > 1:
                said = message("Jalan bawaan diambil juga tanpa jawaban; jangan berarti setuju.")
                yield flow.get("id"), said


def _without_start(scope: Scope) -> Message:
    if kind(scope.element) == "process":
        return message("Proses tidak memiliki kejadian awal (start).")
    return message("Subproses tidak memiliki kejadian awal (start).")


def _is_blind(scope: Scope, node: _Element) -> bool:
    return not scope.out_of(node.get("id", "")) and not ends(node)
