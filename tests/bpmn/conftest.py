"""Small diagrams drawn in a few lines, what the rules say of them, and the shipped diagram."""

import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest

from bpmn.diagram import Diagram
from bpmn.elements import diagrams
from bpmn.reading import read

SKP = Path(__file__).parents[2] / "bpmn" / "skp_collection.bpmn"
HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="contoh">'
)


@pytest.fixture
def skp() -> bytes:
    """The shipped procedure as a file."""
    return SKP.read_bytes()


@pytest.fixture
def draw() -> Callable[[str], bytes]:
    """``draw(text)``: the BPMN file of a description like this one, of the process ``p``::

        property alur:calendar=working
        lane Staf subject: s a e
        startEvent s
        userTask a name="Memeriksa berkas"
            property sop:output=Berkas
            <documentation>Memeriksa berkas.</documentation>
        boundaryEvent w attachedToRef=a
            timer timeDuration PT10M
        endEvent e
        s -> a -> e if setuju

    ``process`` gives the process attributes, ``property`` and ``<…`` go into the element above
    (``<camunda:…`` among its extensions), and a flow's id is ``s_a``.
    """
    return _draw


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


@dataclass
class _Element:
    tag: str
    attributes: dict[str, str]
    properties: list[str] = field(default_factory=list)
    inner: list[str] = field(default_factory=list)

    def xml(self, *more: str) -> str:
        texts = [line for line in self.inner if line.startswith("<documentation")]
        extensions = [line for line in self.inner if line.startswith("<camunda:")]
        others = [line for line in self.inner if line not in texts + extensions]
        if self.properties:
            extensions.append(
                f"<camunda:properties>{''.join(self.properties)}</camunda:properties>"
            )
        if extensions:
            texts.append(f"<extensionElements>{''.join(extensions)}</extensionElements>")
        attributes = "".join(f" {n}={quoteattr(v)}" for n, v in self.attributes.items())
        return f"<{self.tag}{attributes}>{''.join([*texts, *others, *more])}</{self.tag}>"


def _draw(text: str) -> bytes:
    process = here = _Element("process", {"id": "p", "isExecutable": "true"})
    lanes: list[_Element] = []
    nodes: list[_Element] = []
    flows: list[str] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        word, _, rest = line.partition(" ")
        if line.startswith("<"):
            here.inner.append(line)
        elif word == "property":
            here.properties.append(_property(rest))
        elif word == "timer":
            kind, _, value = rest.partition(" ")
            timer = f"<{kind}>{escape(value)}</{kind}>"
            here.inner.append(f"<timerEventDefinition>{timer}</timerEventDefinition>")
        elif word == "process":
            process.attributes |= _attributes(rest)
        elif word == "lane":
            here = _lane(rest)
            lanes.append(here)
        elif " -> " in line:
            flows += _flows(line)
        else:
            name, _, attributes = rest.partition(" ")
            here = _Element(word, {"id": name} | _attributes(attributes))
            nodes.append(here)
    lane_set = [f"<laneSet>{''.join(lane.xml() for lane in lanes)}</laneSet>"] if lanes else []
    drawn = process.xml(*lane_set, *(node.xml() for node in nodes), *flows)
    return f"{HEAD}{drawn}</definitions>".encode()


def _attributes(text: str) -> dict[str, str]:
    return {name: value for name, _, value in (part.partition("=") for part in shlex.split(text))}


def _property(text: str) -> str:
    name, _, value = text.partition("=")
    return f"<camunda:property name={quoteattr(name)} value={quoteattr(value)} />"


def _lane(text: str) -> _Element:
    """``Staf subject: s a e``, or ``Staf: s a e`` when nobody acts there yet."""
    said, _, nodes = text.rpartition(":")
    name, _, actor = said.partition(" ")
    lane = _Element("lane", {"id": name})
    if actor:
        lane.properties.append(_property(f"alur:actor={actor}"))
    lane.inner += [f"<flowNodeRef>{node}</flowNodeRef>" for node in nodes.split()]
    return lane


def _flows(line: str) -> list[str]:
    way, asked, condition = f"{line} ".partition(" if ")
    said = (
        f'<conditionExpression xsi:type="tFormalExpression">{escape(condition.strip())}'
        "</conditionExpression>"
    )
    return [
        f'<sequenceFlow id="{a}_{b}" sourceRef="{a}" targetRef="{b}">'
        f"{said if asked else ''}</sequenceFlow>"
        for a, b in pairwise(way.strip().split(" -> "))
    ]
