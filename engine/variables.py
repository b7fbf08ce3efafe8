"""The names of a process's data: what gives them, and the expressions that read them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from bpmn.diagram import COUNTERS, HUMAN_TASKS, listed
from bpmn.rules.forms import WRITTEN_FORMS
from bpmn.rules.timing import is_literal
from engine.errors import ExpressionFailed
from engine.expressions import names, parse_script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bpmn.diagram import Diagram, Node

FIELD_RULES = ("requiredIf", "visibleIf", "prefill")


class Expression(NamedTuple):
    """An expression or script as it is drawn, and when it is asked.

    ``when`` is ``before`` its node is done, ``form`` while its form is shown (where what names data
    that is not there does not hold), ``after`` a round of its node, or on a ``flow``.
    """

    element: str
    text: str
    is_script: bool
    when: str


def given(diagram: Diagram) -> frozenset[str]:
    """The names that forms, scripts, answers, messages, calls and loops give.

    `alur:receives` of the process lists those that a calling process brings along.
    """
    found = received(diagram)
    for node in diagram.nodes.values():
        found |= {*given_by(node), *of_loop(node)}
    return frozenset(found)


def received(diagram: Diagram) -> set[str]:
    """The names that a calling process brings along."""
    return set(listed(diagram.properties.get("alur:receives", "")))


def given_by(node: Node) -> set[str]:
    """The names that are there once a node is done."""
    found = {*assigned(node.script or ""), *node.gives}
    if node.kind in HUMAN_TASKS or node.asks_starter:
        found |= {field.id for field in node.form}
        found |= set(WRITTEN_FORMS.get(node.attributes.get("formKey", ""), ()))
    if node.loop is not None and node.loop.output:
        found.add(node.loop.output)
    return found | {passing.target for passing in node.gives_back if passing.target}


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
    read = {n for one in expressions(some) for n in named(one.text, one.is_script)}
    return sorted(read - given(some) - known)


def unanswered(diagram: Diagram, start: str, known: frozenset[str]) -> list[str]:
    """The names that are read on some way from a node before anything on it has given them.

    What a form asks for only while it is shown may be missing.
    """
    if may_be_given(diagram):
        return []
    asked = [one for one in expressions(diagram) if one.when != "form"]
    read = {one: named(one.text, one.is_script) - known for one in asked}
    at = {flow.id: flow.source for flow in diagram.flows}
    return sorted(
        name
        for name in frozenset[str]().union(*read.values())
        if any(at.get(one.element, one.element) in _before(diagram, start, name)
               for one in asked if name in read[one])
    )  # fmt: skip


def _before(diagram: Diagram, start: str, name: str) -> frozenset[str]:
    """The nodes that a case may come to from one with a name not given yet."""
    givers = {node.id for node in diagram.nodes.values() if name in given_by(node)}
    flows = tuple(flow for flow in diagram.flows if flow.source not in givers)
    cut = replace(diagram, flows=flows)
    return cut.ahead_of(start) - givers


def may_be_given(diagram: Diagram) -> bool:
    """Whether calls bring back all that the called processes know, whatever that is."""
    calls = (node for node in diagram.nodes.values() if node.called)
    return any(all(passing.target is None for passing in call.gives_back) for call in calls)


def expressions(diagram: Diagram) -> Iterator[Expression]:
    """Every expression drawn."""
    for flow in diagram.flows:
        if flow.condition is not None:
            yield Expression(flow.id, flow.condition, False, "flow")
    for node in diagram.nodes.values():
        if node.script is not None:
            yield Expression(node.id, node.script, True, "before")
        for text, when in _texts(node):
            yield Expression(node.id, text, False, when)


def assigned(script: str) -> set[str]:
    """The names that a script gives; none when it cannot be read."""
    try:
        return {name for name, _ in parse_script(script)}
    except ExpressionFailed:  # said by the check of expressions
        return set()


def named(text: str, script: bool) -> set[str]:
    """The names that an expression or script reads; none when it cannot be read.

    A line of a script may read what those above it have written.
    """
    try:
        if not script:
            return set(names(text))
        read: set[str] = set()
        written: set[str] = set()
        for name, part in parse_script(text):
            read |= names(part) - written
            written.add(name)
    except ExpressionFailed:  # said by the check of expressions
        return set()
    return read


def of_loop(node: Node) -> set[str]:
    """The names that are there only while a node is repeated, and in it."""
    if node.loop is None:
        return set()
    own = (node.loop.item, node.loop.output, node.loop.output_item)
    return {*COUNTERS, *filter(None, own)}


def _texts(node: Node) -> Iterator[tuple[str, str]]:
    """The texts of a node, and when they are asked."""
    if node.timer is not None and node.timer.text and not is_literal(node.timer):
        yield node.timer.text, "before"
    if node.loop is not None:
        tested = "before" if node.loop.test_before else "after"
        said = (node.loop.cardinality, node.loop.collection)
        yield from ((text, "before") for text in said if text)
        yield from ((text, tested) for text in (node.loop.condition,) if text)
    if node.correlation:
        yield node.correlation, "before"
    yield from ((passing.source, "before") for passing in node.takes if passing.source)
    for field in node.form:
        rules = (rule for rule in FIELD_RULES if rule in field.properties)
        yield from ((field.properties[rule], "form") for rule in rules)
