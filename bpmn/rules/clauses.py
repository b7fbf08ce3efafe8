"""Rules with the clause of the specification (OMG formal/2011-01-03) that they hold to.

A rule says what is wrong where; its name, severity and clause come from here, so that no finding
goes without them. A rule that is Alur's own says so by the clause None.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING

from bpmn.findings import Finding, Severity
from bpmn.rules.scopes import Scope, scopes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from bpmn.diagram import Diagram
    from bpmn.elements import File
    from bpmn.messages import Message

    # The id of an element (None: the file), what is to be said of it, and perhaps the way there.
    Fault = tuple[str | None, Message] | tuple[str | None, Message, tuple[str, ...]]
    Rule = Callable[[Diagram], Iterator[Finding]]
    FileRule = Callable[[File], Iterator[Finding]]


def cited(clause: str | None) -> str | None:
    """How a clause is shown."""
    return clause and f"BPMN 2.0, {clause}"


def on_scope(
    clause: str | None, severity: Severity = Severity.ERROR
) -> Callable[[Callable[[Scope], Iterable[Fault]]], Rule]:
    """Makes a rule on a drawing of one on each process and subprocess in it."""

    def rule_of(judge: Callable[[Scope], Iterable[Fault]]) -> Rule:
        @wraps(judge)
        def rule(diagram: Diagram) -> Iterator[Finding]:
            for scope in scopes(diagram.xml):
                yield from _findings(judge.__name__, judge(scope), clause, severity)

        return rule

    return rule_of


def on_drawing(
    clause: str | None, severity: Severity = Severity.ERROR
) -> Callable[[Callable[[Diagram], Iterable[Fault]]], Rule]:
    """Makes a rule on a drawing of one that looks at it as a whole."""

    def rule_of(judge: Callable[[Diagram], Iterable[Fault]]) -> Rule:
        @wraps(judge)
        def rule(diagram: Diagram) -> Iterator[Finding]:
            yield from _findings(judge.__name__, judge(diagram), clause, severity)

        return rule

    return rule_of


def on_file(
    clause: str | None, severity: Severity = Severity.ERROR
) -> Callable[[Callable[[File], Iterable[Fault]]], FileRule]:
    """Makes a rule on a whole file."""

    def rule_of(judge: Callable[[File], Iterable[Fault]]) -> FileRule:
        @wraps(judge)
        def rule(file: File) -> Iterator[Finding]:
            yield from _findings(judge.__name__, judge(file), clause, severity)

        return rule

    return rule_of


def _findings(
    name: str, faults: Iterable[Fault], clause: str | None, severity: Severity
) -> Iterator[Finding]:
    for element, said, *path in faults:
        yield Finding(severity, name.replace("_", "-"), element, said, cited(clause), *path)
