"""The examples of the rulebook, as the checks see them: what is wrong, and what the mended one
does otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bpmn.changes import compare
from bpmn.elements import diagrams
from bpmn.reading import read
from bpmn.rulebook.rule import is_xml, source_of
from engine.checking import check

if TYPE_CHECKING:
    from collections.abc import Callable

    from bpmn.changes import Change
    from bpmn.diagram import Diagram
    from bpmn.findings import Finding
    from bpmn.rulebook.rule import Rule
    from engine.checking import Report

MOST = 8  # changes; nobody reads more of them beside the pictures


@dataclass(frozen=True)
class Lesson:
    """What there is to see in the examples of a rule.

    ``findings`` are the rule's on the wrong example, ``names`` what its elements are called;
    ``changes`` are the differences of the right one, ``marks`` those of its elements
    (`bpmn.changes.Comparison.marks`).
    """

    findings: tuple[Finding, ...]
    names: dict[str, str]
    changes: tuple[Change, ...]
    marks: dict[str, str]


def lesson(rule: Rule, examine: Callable[[bytes], Report] = check) -> Lesson:
    """The examples of a rule, looked at by a check: that of files, or one that knows an office."""
    wrong, right = (_process(example) for example in (rule.wrong, rule.right))
    report = examine(source_of(rule.wrong)).findings if rule.wrong else ()
    found = tuple(finding for finding in report if finding.rule == rule.name)
    names = {**wrong.names, wrong.key: wrong.name} if wrong else {}
    if wrong is None or right is None:
        return Lesson(found, names, (), {})
    compared = compare(wrong, right)
    marks = {element: mark for element, mark in compared.marks.items() if mark != "moved"}
    return Lesson(found, names, _told(compared.changes), marks)


def _process(example: str | None) -> Diagram | None:
    """The process of an example in the notation."""
    return None if example is None or is_xml(example) else diagrams(read(source_of(example)))[0]


def _told(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """What came, went and changed; of what is new as a whole nothing more is said.

    What is another drawing altogether is seen at once: nothing is told of it.
    """
    new = {change.element for change in changes if change.mark == "added"}
    told = [c for c in changes if c.element not in new or (c.old is None and c.new is None)]
    return tuple(told) if len(told) <= MOST else ()
