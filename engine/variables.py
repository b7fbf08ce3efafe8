"""The names of a process's data: what gives them, and the expressions that read them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bpmn.diagram import COUNTERS, listed
from bpmn.rules.forms import WRITTEN_FORMS
from bpmn.rules.timing import is_literal
from engine.errors import ExpressionFailed
from engine.expressions import names, parse_script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bpmn.diagram import Diagram, Node

FIELD_RULES = ("requiredIf", "visibleIf", "prefill")


def given(diagram: Diagram) -> frozenset[str]:
    """The names that forms, scripts, answers, messages, calls and loops give.

    `alur:receives` of the process lists those that a calling process brings along.
    """
    found = {field.id for node in diagram.human_tasks for field in node.form}
    for node in diagram.human_tasks:
        found |= set(WRITTEN_FORMS.get(node.attributes.get("formKey", ""), ()))
    found |= set(listed(diagram.properties.get("alur:receives", "")))
    for node in diagram.nodes.values():
        found |= {*assigned(node.script or ""), *node.gives, *_loop_names(node)}
        found |= {passing.target for passing in node.gives_back if passing.target}
    return frozenset(found)


def lacking(diagram: Diagram, ahead: frozenset[str], known: frozenset[str]) -> list[str]:
    """The names that expressions ahead read and that neither are known nor given there.

    ``ahead`` are ids of nodes; a flow is ahead when its source is.
    """
    if may_be_given(diagram):
        return []
    some = replace(
        diagram,
        nodes={name: node for name, node in diagram.nodes.items() if name in ahead},
        flows=tuple(flow for flow in diagram.flows if flow.source in ahead),
    )
    read = {n for _, text, script in expressions(some) for n in named(text, script)}
    return sorted(read - given(some) - known)


def may_be_given(diagram: Diagram) -> bool:
    """Whether calls bring back all that the called processes know, whatever that is."""
    calls = (node for node in diagram.nodes.values() if node.called)
    return any(all(passing.target is None for passing in call.gives_back) for call in calls)


def expressions(diagram: Diagram) -> Iterator[tuple[str, str, bool]]:
    """(element id, text, whether it is a script) of every expression drawn."""
    for flow in diagram.flows:
        if flow.condition is not None:
            yield flow.id, flow.condition, False
    for node in diagram.nodes.values():
        if node.script is not None:
            yield node.id, node.script, True
        for text in _texts(node):
            yield node.id, text, False


def assigned(script: str) -> set[str]:
    """The names that a script gives; none when it cannot be read."""
    try:
        return {name for name, _ in parse_script(script)}
    except ExpressionFailed:  # said by the check of expressions
        return set()


def named(text: str, script: bool) -> set[str]:
    """The names that an expression or script reads; none when it cannot be read."""
    try:
        parts = [part for _, part in parse_script(text)] if script else [text]
        return {name for part in parts for name in names(part)}
    except ExpressionFailed:  # said by the check of expressions
        return set()


def _loop_names(node: Node) -> set[str]:
    if node.loop is None:
        return set()
    own = (node.loop.item, node.loop.output, node.loop.output_item)
    return {*COUNTERS, *filter(None, own)}


def _texts(node: Node) -> Iterator[str]:
    if node.timer is not None and node.timer.text and not is_literal(node.timer):
        yield node.timer.text
    if node.loop is not None:
        said = (node.loop.condition, node.loop.cardinality, node.loop.collection)
        yield from filter(None, said)
    if node.correlation:
        yield node.correlation
    yield from (passing.source for passing in node.takes if passing.source)
    for field in node.form:
        yield from (field.properties[rule] for rule in FIELD_RULES if rule in field.properties)
