"""Disagreements that a diagram draws: an answer that sends the case back to another's step.

A person's task, straight behind it an exclusive gateway, whose conditions read one name that the
task gives: some ways lead back to an earlier task, in somebody else's place, the others do not.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine import variables
from engine.expressions import parse, truth

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bpmn.diagram import Diagram, Flow, Node


@dataclass(frozen=True)
class Disagreement:
    """``step`` asks for the answer ``name``; its ``ways`` lead on, others back to ``head``."""

    step: Node
    head: Node
    gateway: Node
    ways: tuple[Flow, ...]
    name: str


def drawn(diagram: Diagram) -> list[Disagreement]:
    """The disagreements that a case of the diagram may come to, in the order of the file."""
    steps = (node for node in diagram.human_tasks if node.loop is None)
    return [found for step in steps for found in _at(diagram, step)]


def answer(diagram: Diagram, at: Disagreement, way: Flow, data: Mapping[str, Any]) -> Any:
    """The answer by which the gateway takes a way; None where none is known."""
    for candidate in _candidates(diagram, at):
        if taken(diagram, at, {**data, at.name: candidate}) == way:
            return candidate
    return None


def taken(diagram: Diagram, at: Disagreement, data: Mapping[str, Any]) -> Flow | None:
    """The way that the gateway takes with this data: the first that is true, or the default."""
    default = None
    for flow in diagram.outgoing(at.gateway.id):
        if flow.id == at.gateway.default or flow.condition is None:
            default = flow
        elif truth(flow.condition, data):
            return flow
    return default


def _at(diagram: Diagram, step: Node) -> Iterator[Disagreement]:
    flows = diagram.outgoing(step.id)
    gateway = diagram.nodes[flows[0].target] if len(flows) == 1 else None
    if gateway is None or gateway.kind != "exclusiveGateway" or not _only(diagram, step, gateway):
        return
    ways = diagram.outgoing(gateway.id)
    read = {name for way in ways if way.condition for name in variables.named(way.condition, False)}
    names = read & variables.given_by(step)
    back = [way for way in ways if step.id in diagram.ahead_of(way.target)]
    heads = diagram.met_first(*(way.target for way in back))
    if len(names) != 1 or len(heads) != 1 or len(back) == len(ways):
        return
    head = diagram.nodes[heads[0]]
    if _is_anothers(diagram, head, step):
        on = tuple(way for way in ways if way not in back)
        yield Disagreement(step, head, gateway, on, names.pop())


def _only(diagram: Diagram, step: Node, gateway: Node) -> bool:
    """Whether nothing else comes to the gateway."""
    return [flow.source for flow in diagram.flows if flow.target == gateway.id] == [step.id]


def _is_anothers(diagram: Diagram, head: Node, step: Node) -> bool:
    if head.loop is not None or head.scope != step.scope:
        return False
    theirs, own = diagram.place(head.id), diagram.place(step.id)
    return theirs is not None and own is not None and theirs.actor != own.actor


def _candidates(diagram: Diagram, at: Disagreement) -> list[Any]:
    """What may be answered: what conditions compare with, the form's choices, yes and no."""
    conditions = [way.condition for way in diagram.outgoing(at.gateway.id) if way.condition]
    nodes = (node for text in conditions for node in ast.walk(parse(text)))
    compared = [node.value for node in nodes if isinstance(node, ast.Constant)]
    field = next((field for field in at.step.form if field.id == at.name), None)
    choices = [value for value, _ in field.choices] if field else []
    return [*compared, *choices, True, False]
