"""Rules on what a sequence flow may connect, and on what stands on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn.diagram import ACTIVITIES, EVENTS, FLOW_NODES
from bpmn.elements import kind
from bpmn.messages import message
from bpmn.rules.clauses import on_scope
from bpmn.rules.scopes import condition, is_event_subprocess, is_handler, named, process_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml.etree import _Element

    from bpmn.rules.clauses import Fault
    from bpmn.rules.scopes import Scope

CONDITION_SOURCES = ACTIVITIES | {"exclusiveGateway", "inclusiveGateway", "complexGateway"}


@on_scope("7.5.1")
def not_a_node(scope: Scope) -> Iterator[Fault]:
    """A sequence flow connects activities, events and gateways only, no data or notes (7.5.1)."""
    for flow, end in _far_ends(scope):
        if kind(end) not in FLOW_NODES:
            said = message("Panah tidak boleh menghubungkan bpmn:{kind}.", kind=kind(end))
            yield flow.get("id"), said


@on_scope("7.5.1")
def across_pools(scope: Scope) -> Iterator[Fault]:
    """A sequence flow does not leave its pool (7.5.1)."""
    for flow, end in _far_ends(scope):
        if kind(end) in FLOW_NODES and process_of(end) is not process_of(flow):
            yield flow.get("id"), message("Panah tidak boleh melintasi batas pool.")


@on_scope("7.5.1")
def across_border(scope: Scope) -> Iterator[Fault]:
    """A sequence flow does not cross the border of a subprocess (7.5.1)."""
    for flow, end in _far_ends(scope):
        if kind(end) in FLOW_NODES and process_of(end) is process_of(flow):
            yield flow.get("id"), message("Panah tidak boleh melintasi batas subproses.")


@on_scope("10.4.2")
def into_start(scope: Scope) -> Iterator[Fault]:
    """A start event has no incoming flow (10.4.2)."""
    for node in scope.of_kind("startEvent"):
        for flow in scope.into(node.get("id", "")):
            yield flow.get("id"), message("Panah tidak boleh masuk ke kejadian awal.")


@on_scope("10.4.4")
def into_boundary(scope: Scope) -> Iterator[Fault]:
    """A boundary event has no incoming flow (10.4.4)."""
    for node in scope.of_kind("boundaryEvent"):
        for flow in scope.into(node.get("id", "")):
            yield flow.get("id"), message("Panah tidak boleh masuk ke kejadian tepi.")


@on_scope("10.4.3")
def out_of_end(scope: Scope) -> Iterator[Fault]:
    """An end event has no outgoing flow (10.4.3)."""
    for node in scope.of_kind("endEvent"):
        for flow in scope.out_of(node.get("id", "")):
            yield flow.get("id"), message("Kejadian akhir tidak boleh punya jalan keluar.")


@on_scope("10.2.5")
def event_subprocess_flow(scope: Scope) -> Iterator[Fault]:
    """An event sets an event subprocess off: no flow leads into it or out of it (10.2.5)."""
    for flow in _flows_at(scope, is_event_subprocess):
        said = message("Panah tidak boleh masuk ke atau keluar dari subproses kejadian.")
        yield flow.get("id"), said


@on_scope("10.6.1")
def handler_flow(scope: Scope) -> Iterator[Fault]:
    """A compensation activity stands outside the flow (10.6.1)."""
    for flow in _flows_at(scope, is_handler):
        said = message("Panah tidak boleh masuk ke atau keluar dari kegiatan kompensasi.")
        yield flow.get("id"), said


@on_scope(None)
def self_flow(scope: Scope) -> Iterator[Fault]:
    """No event leads to itself: the case would go round without anybody doing anything."""
    for flow in scope.flows:
        node = scope.nodes.get(flow.get("sourceRef", ""))
        if node is not None and flow.get("targetRef") == node.get("id") and kind(node) in EVENTS:
            yield flow.get("id"), message("Panah kembali ke kejadian yang sama.")


@on_scope(None)
def doubled_flow(scope: Scope) -> Iterator[Fault]:
    """Two nodes are connected by one flow: BPMN allows two, which Alur would take for one."""
    seen: set[tuple[str | None, str | None]] = set()
    for flow in scope.flows:
        ends = flow.get("sourceRef"), flow.get("targetRef")
        if ends in seen:
            yield flow.get("id"), message("Sudah ada panah lain di antara kedua bagian ini.")
        seen.add(ends)


@on_scope("8.3.13")
def condition_source(scope: Scope) -> Iterator[Fault]:
    """Activities and exclusive, inclusive, complex gateways alone choose by condition (8.3.13)."""
    for flow in scope.flows:
        node = scope.nodes.get(flow.get("sourceRef", ""))
        if node is None or condition(flow) is None:
            continue
        if kind(node) not in CONDITION_SOURCES:
            said = message("Panah dari bpmn:{kind} tidak boleh bersyarat.", kind=kind(node))
            yield flow.get("id"), said


@on_scope("8.3.13")
def lone_condition(scope: Scope) -> Iterator[Fault]:
    """An activity with a conditional flow has another way out as well (8.3.13)."""
    for node in scope.of_kind(*ACTIVITIES):
        flows = scope.out_of(node.get("id", ""))
        if len(flows) == 1 and condition(flows[0]) is not None:
            said = message("Satu-satunya jalan keluar dari kegiatan tidak boleh bersyarat.")
            yield flows[0].get("id"), said


@on_scope("8.3.13")
def default_owner(scope: Scope) -> Iterator[Fault]:
    """The default flow of a node is one of those out of it (8.3.13)."""
    for node_id, node in scope.nodes.items():
        own = {flow.get("id") for flow in scope.out_of(node_id)}
        if node.get("default") and node.get("default") not in own:
            yield node_id, message("Jalan bawaan (default) bukan miliknya.")


@on_scope("8.3.13")
def default_condition(scope: Scope) -> Iterator[Fault]:
    """A default flow has no condition (8.3.13)."""
    for node_id, node in scope.nodes.items():
        for flow in scope.out_of(node_id):
            if flow.get("id") == node.get("default") and condition(flow):
                yield flow.get("id"), message("Jalan bawaan (default) tidak boleh bersyarat.")


@on_scope(None)
def idle_default(scope: Scope) -> Iterator[Fault]:
    """An activity has a default flow only beside conditional ones, else it is never taken."""
    for node in scope.of_kind(*ACTIVITIES):
        flows = scope.out_of(node.get("id", ""))
        ids = {flow.get("id") for flow in flows}
        if node.get("default") in ids and all(condition(flow) is None for flow in flows):
            said = message("Jalan bawaan tanpa jalan bersyarat di sampingnya.")
            yield node.get("default"), said


def _far_ends(scope: Scope) -> Iterator[tuple[_Element, _Element]]:
    """Flows with an end that is drawn elsewhere than on their own level, and that end."""
    for flow in scope.flows:
        ids = (flow.get("sourceRef", ""), flow.get("targetRef", ""))
        far = (named(flow, end_id) for end_id in ids if end_id not in scope.nodes)
        end = next((found for found in far if found is not None), None)
        if end is not None:
            yield flow, end


def _flows_at(scope: Scope, is_such: Callable[[_Element], bool]) -> Iterator[_Element]:
    for node_id, node in scope.nodes.items():
        if is_such(node):
            yield from (*scope.into(node_id), *scope.out_of(node_id))
