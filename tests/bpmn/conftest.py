"""The view of small diagrams, what the rules say of them, and the shipped diagram."""

from collections.abc import Callable

import pytest

from bpmn.diagram import Diagram
from bpmn.elements import diagrams
from bpmn.reading import read


@pytest.fixture
def view(draw) -> Callable[[str], Diagram]:
    """``view(text)``: the one process of a description (see `draw`), as drawn."""

    def _view(text: str) -> Diagram:
        (diagram,) = diagrams(read(draw(text)))
        return diagram

    return _view


@pytest.fixture
def judge(view) -> Callable[..., list[tuple[str, str | None, str]]]:
    """``judge(rule, text)``: what one rule finds, as (rule, element, severity)."""

    def _judge(rule, text: str) -> list[tuple[str, str | None, str]]:
        found = list(rule(view(text)))
        assert all(str(finding.message) for finding in found)
        return [(finding.rule, finding.element, finding.severity.value) for finding in found]

    return _judge
