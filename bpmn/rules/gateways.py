"""Rules on gateways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn.diagram import GATEWAYS
from bpmn.elements import kind
from bpmn.findings import Severity
from bpmn.messages import message
from bpmn.rules.clauses import on_scope
from bpmn.rules.scopes import condition, definitions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from bpmn.rules.clauses import Fault
    from bpmn.rules.scopes import Scope

# Whether several flows lead in, and whether several lead out.
_DIRECTIONS = {"Converging": (True, False), "Diverging": (False, True), "Mixed": (True, True)}
_AWAITED = frozenset({"message", "signal", "timer", "conditional"})


@on_scope("10.5.1")
def gateway_direction(scope: Scope) -> Iterator[Fault]:
    """A gateway that says its direction has as many flows in and out as that means (10.5.1)."""
    for node_id, node in _gateways(scope):
        said = node.get("gatewayDirection", "Unspecified")
        drawn = (len(scope.into(node_id)) > 1, len(scope.out_of(node_id)) > 1)
        if _DIRECTIONS.get(said, drawn) != drawn:
            yield (
                node_id,
                message('Panahnya tidak sesuai gatewayDirection="{direction}".', direction=said),
            )


@on_scope("10.5.1", Severity.WARNING)
def idle_gateway(scope: Scope) -> Iterator[Fault]:
    """A gateway merges or splits; one flow in and one out is a habit that does no harm (10.5.1)."""
    for node_id, _ in _gateways(scope):
        if len(scope.into(node_id)) < 2 and len(scope.out_of(node_id)) < 2:
            yield node_id, message("Gerbang tidak menggabungkan atau membagi apa pun.")


@on_scope("10.5.6")
def event_gateway(scope: Scope) -> Iterator[Fault]:
    """An event-based gateway leads, without conditions, to two or more events (10.5.6)."""
    for node in scope.of_kind("eventBasedGateway"):
        flows = scope.out_of(node.get("id", ""))
        if len(flows) < 2:
            said = message("Gerbang kejadian memerlukan sedikitnya dua kejadian di belakangnya.")
            yield node.get("id"), said
        for flow in flows:
            if condition(flow) is not None:
                said = message("Panah dari bpmn:{kind} tidak boleh bersyarat.", kind=kind(node))
                yield flow.get("id"), said


@on_scope("10.5.6")
def awaited(scope: Scope) -> Iterator[Fault]:
    """What an event-based gateway waits for: catching events or receive tasks (10.5.6)."""
    for flow, target in _awaited(scope):
        if not _may_be_awaited(target):
            said = message("Di belakang gerbang kejadian hanya kejadian tangkap atau Receive Task.")
            yield flow.get("id"), said


@on_scope("10.5.6")
def awaited_alone(scope: Scope) -> Iterator[Fault]:
    """No other flow leads to what an event-based gateway waits for (10.5.6)."""
    for flow, target in _awaited(scope):
        if len(scope.into(target.get("id", ""))) > 1:
            said = message("Yang ditunggu gerbang kejadian tidak boleh punya jalan masuk lain.")
            yield flow.get("id"), said


@on_scope("10.5.6")
def awaited_edge(scope: Scope) -> Iterator[Fault]:
    """A receive task behind an event-based gateway has no boundary events (10.5.6)."""
    for _, target in _awaited(scope):
        if kind(target) == "receiveTask":
            for event in scope.at_edge(target.get("id", "")):
                said = message("Receive Task di belakang gerbang kejadian tanpa kejadian tepi.")
                yield event.get("id"), said


@on_scope("10.5.6")
def awaited_messages(scope: Scope) -> Iterator[Fault]:
    """An event-based gateway waits for message events or receive tasks, not for both (10.5.6)."""
    for node_id, node in _gateways(scope):
        targets = [target for _, target in _behind(scope, node)]
        tasks = any(kind(target) == "receiveTask" for target in targets)
        if tasks and any("message" in definitions(target) for target in targets):
            yield node_id, message("Gerbang kejadian menunggu kejadian pesan dan Receive Task.")


def _gateways(scope: Scope) -> Iterator[tuple[str, _Element]]:
    return ((node_id, node) for node_id, node in scope.nodes.items() if kind(node) in GATEWAYS)


def _awaited(scope: Scope) -> Iterator[tuple[_Element, _Element]]:
    """The flows out of event-based gateways with the nodes that they lead to."""
    for node in scope.of_kind("eventBasedGateway"):
        yield from _behind(scope, node)


def _behind(scope: Scope, node: _Element) -> Iterator[tuple[_Element, _Element]]:
    if kind(node) == "eventBasedGateway":
        for flow in scope.out_of(node.get("id", "")):
            if (target := scope.nodes.get(flow.get("targetRef", ""))) is not None:
                yield flow, target


def _may_be_awaited(node: _Element) -> bool:
    if kind(node) == "intermediateCatchEvent":
        return _AWAITED.issuperset(definitions(node))
    return kind(node) == "receiveTask"
