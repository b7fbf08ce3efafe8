"""Whatever is drawn, a check answers, and what passes it runs or fails with a sentence.

The diagrams of the repository are changed at random: parts dropped, copied, moved and renamed, and
anything connected with anything. `ALUR_MUTATIONS=10000 pytest tests/engine/test_mutations.py`
tries more of them, `ALUR_MUTATIONS_FROM=400` others.
"""

from __future__ import annotations

import os
import random
from contextlib import suppress
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import drawings
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from lxml import etree
from pen import MODEL

from bpmn.calls import called_among, with_called
from bpmn.elements import diagrams
from engine.checking import Report, check
from engine.errors import ExpressionFailed, StepFailed
from engine.execution import Execution
from engine.expressions import names
from engine.programs import compile_diagram
from tasks import dry_run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml.etree import _Element

    from engine.programs import Program

ROOT = Path(__file__).parents[2]
FILES = sorted(
    file
    for folder in ("bpmn", "engine", "tasks", "tests")
    for file in ROOT.glob(f"{folder}/**/*.bpmn")
)
MUTATIONS = int(os.environ.get("ALUR_MUTATIONS", "400"))
FIRST = int(os.environ.get("ALUR_MUTATIONS_FROM", "0"))
BATCHES = 20
STEPS = 12
SMALL, LARGE = 900, 6000  # bytes
BEGAN = datetime(2026, 1, 5, 1, tzinfo=UTC)

TASKS = "task userTask manualTask scriptTask serviceTask sendTask receiveTask callActivity".split()
GATEWAYS = "exclusiveGateway parallelGateway inclusiveGateway eventBasedGateway".split()
EVENTS = "startEvent endEvent intermediateCatchEvent intermediateThrowEvent boundaryEvent".split()
CONTAINERS = "process subProcess".split()
NODES = [*TASKS, "subProcess", *GATEWAYS, *EVENTS]
PARTS = [*NODES, "sequenceFlow"]
DEFINITIONS = [
    f"{name}EventDefinition" for name in "timer message signal error escalation terminate".split()
]
FAMILIES = (TASKS, GATEWAYS, EVENTS, DEFINITIONS, [*TASKS, *GATEWAYS, *EVENTS, "subProcess"])
TRUTHS = "cancelActivity isInterrupting triggeredByEvent isSequential testBefore".split()
OWNERS = {
    "cancelActivity": ["boundaryEvent"],
    "isInterrupting": ["startEvent"],
    "triggeredByEvent": ["subProcess"],
    "isSequential": ["multiInstanceLoopCharacteristics"],
    "testBefore": ["standardLoopCharacteristics"],
}
LOOPS = (
    '<standardLoopCharacteristics xmlns="{ns}" loopMaximum="2"/>',
    '<standardLoopCharacteristics xmlns="{ns}"><loopCondition>{e}</loopCondition>'
    "</standardLoopCharacteristics>",
    '<multiInstanceLoopCharacteristics xmlns="{ns}"><loopCardinality>{e}</loopCardinality>'
    "</multiInstanceLoopCharacteristics>",
    '<multiInstanceLoopCharacteristics xmlns="{ns}" isSequential="true"><loopDataInputRef>daftar'
    '</loopDataInputRef><inputDataItem id="{id}"/></multiInstanceLoopCharacteristics>',
)
EXPRESSIONS = ["x == 1", "${x > 0}", "2", "0", "x", "daftar", "true", "1 / 0", "-1", "x.y", ""]
TIMES = ["PT1H", "P1D", "R2/PT1H", "2026-02-01T08:00:00", "x", "P", "PT0S", "R/PT0S"]
LAST = {"conditionExpression", "script", "standardLoopCharacteristics"}


class Mutator:
    """Changes one document at random."""

    def __init__(self, root: _Element, chance: random.Random) -> None:
        self.root, self.chance = root, chance

    def change(self) -> None:
        act = self.chance.choice(ACTS)
        # Nothing there to be changed so, or a part would be moved into itself.
        with suppress(IndexError, ValueError):
            act(self)

    def any(self, *kinds: str) -> _Element:
        return self.chance.choice([*self.root.iter(*(f"{{{MODEL}}}{kind}" for kind in kinds))])

    def word(self, words: list[str]) -> str:
        return self.chance.choice(words)

    def id(self) -> str:
        return f"m{self.chance.randrange(10**6)}"

    def drop(self) -> None:
        part = self.any(*PARTS, "laneSet", "incoming", "conditionExpression", *DEFINITIONS)
        part.getparent().remove(part)

    def drop_with_flows(self) -> None:
        """Takes a node out, and leads what came to it to what came after it."""
        node = self.any(*NODES)
        flows = [*self.root.iter(f"{{{MODEL}}}sequenceFlow")]
        onward = [f.get("targetRef", "") for f in flows if f.get("sourceRef") == node.get("id")]
        for flow in flows:
            if flow.get("targetRef") == node.get("id") and onward:
                flow.set("targetRef", onward[0])
            elif flow.get("sourceRef") == node.get("id"):
                flow.getparent().remove(flow)
        node.getparent().remove(node)

    def copy(self) -> None:
        """Draws a part twice, with what stands in it, under other ids."""
        part = self.any(*PARTS)
        twin = deepcopy(part)
        _rename(twin, f"{self.id()}_")
        part.addnext(twin)
        if part.get("attachedToRef") is None and self.chance.random() < 0.7:
            self._insert(twin, part)

    def _insert(self, twin: _Element, beside: _Element) -> None:
        for flow in [*beside.getparent().iterfind(f"{{{MODEL}}}sequenceFlow")]:
            if flow.get("targetRef") == beside.get("id"):
                flow.addnext(self._flow(flow.get("sourceRef", ""), twin.get("id", "")))
            if flow.get("sourceRef") == beside.get("id"):
                flow.addnext(self._flow(twin.get("id", ""), flow.get("targetRef", "")))

    def _flow(self, source: str, target: str) -> _Element:
        said = {"id": self.id(), "sourceRef": source, "targetRef": target}
        return etree.Element(f"{{{MODEL}}}sequenceFlow", said)

    def move(self) -> None:
        self.any(*NODES).addnext(self.any(*PARTS))

    def swap(self) -> None:
        """Makes an element one of another kind."""
        kinds = self.chance.choice(FAMILIES)
        element = self.any(*kinds)
        element.tag = f"{{{MODEL}}}{self.word(kinds)}"
        if etree.QName(element).localname == "boundaryEvent":
            element.set("attachedToRef", self.any(*TASKS, "subProcess").get("id", ""))
        else:
            element.attrib.pop("attachedToRef", None)
            element.attrib.pop("cancelActivity", None)

    def connect(self) -> None:
        """A flow from anything to anything, mostly on one level."""
        source = self.any(*NODES)
        around = source.getparent()
        beside = [e for e in around.iterchildren() if etree.QName(e).localname in NODES]
        target = self.chance.choice(beside) if self.chance.random() < 0.9 else self.any(*NODES)
        flow = self._flow(source.get("id", ""), target.get("id", ""))
        if self.chance.random() < 0.3:
            condition = etree.SubElement(flow, f"{{{MODEL}}}conditionExpression")
            condition.text = self.word(EXPRESSIONS)
        source.addnext(flow)

    def redirect(self) -> None:
        flow = self.any("sequenceFlow")
        end = self.word(["sourceRef", "targetRef"])
        beside = [e for e in flow.getparent().iterchildren() if etree.QName(e).localname in NODES]
        flow.set(end, self.chance.choice(beside).get("id", ""))

    def refer(self) -> None:
        """Makes a reference lead to something else, or nowhere."""
        element = self.any(*PARTS, *DEFINITIONS)
        refs = [a for a in element.attrib if a.endswith("Ref")] + ["default"]
        ids = [e.get("id", "") for e in self.root.iter() if e.get("id")]
        element.set(self.word(refs), self.word([*ids, *ids, "", "Start", "x:y"]))

    def default(self) -> None:
        flow = self.any("sequenceFlow")
        source = flow.get("sourceRef")
        for element in self.root.iter(*(f"{{{MODEL}}}{k}" for k in NODES)):
            if element.get("id") == source:
                element.set("default", flow.get("id", ""))

    def id_of(self) -> None:
        self.any(*PARTS, "process", "lane", "dataObject").set(
            "id", self.word(["Start", "End", "x", "a.b", "Root", self.id(), "None", "data_objects"])
        )

    def flip(self) -> None:
        name = self.word(TRUTHS)
        element = self.any(*OWNERS[name])
        element.set(name, "false" if element.get(name) == "true" else "true")

    def loop(self) -> None:
        text = self.word([*LOOPS]).format(ns=MODEL, e=self.word(EXPRESSIONS), id=self.id())
        host = self.any(*TASKS, "subProcess")
        before = [
            c
            for c in host
            if etree.QName(c).localname
            in ("documentation", "extensionElements", "incoming", "outgoing")
        ]
        host.insert(len(before), etree.fromstring(text))

    def word_of(self) -> None:
        """Says something else in an expression or a time."""
        element = self.any("conditionExpression", "script", "loopCondition", "loopCardinality",
                           "timeDuration", "timeDate", "timeCycle", "completionCondition",
                           "loopDataInputRef", "loopDataOutputRef")  # fmt: skip
        local = etree.QName(element).localname
        text = self.word(TIMES if local.startswith("time") else EXPRESSIONS)
        element.text = f"x = {text}" if local == "script" else text
        if local.startswith("time"):
            element.tag = f"{{{MODEL}}}{self.word(['timeDuration', 'timeDate', 'timeCycle'])}"

    def nest(self) -> None:
        """Puts a node, or a level with all on it, into a subprocess of its own."""
        if self.chance.random() < 0.5:
            return self._nest_node()
        level = self.any(*CONTAINERS)
        parts = [e for e in level if etree.QName(e).localname in PARTS]
        inner = etree.Element(f"{{{MODEL}}}subProcess", {"id": self.id()})
        parts[0].addprevious(inner)
        inner.extend(parts)
        self._around(inner)
        return None

    def _nest_node(self) -> None:
        node = self.any(*NODES)
        inner = etree.Element(f"{{{MODEL}}}subProcess", {"id": node.get("id", "")})
        node.addprevious(inner)
        node.set("id", self.id())
        inner.append(node)
        start, end = (
            etree.SubElement(inner, f"{{{MODEL}}}{kind}", {"id": self.id()})
            for kind in ("startEvent", "endEvent")
        )
        inner.append(self._flow(start.get("id", ""), node.get("id", "")))
        inner.append(self._flow(node.get("id", ""), end.get("id", "")))

    def _around(self, inner: _Element) -> None:
        start, end = (
            etree.Element(f"{{{MODEL}}}{kind}", {"id": self.id()})
            for kind in ("startEvent", "endEvent")
        )
        for element in (start, end):
            inner.addnext(element)
        for source, target in ((start, inner), (inner, end)):
            end.addnext(self._flow(source.get("id", ""), target.get("id", "")))

    def define(self) -> None:
        """Gives an event a definition, with something that it refers to."""
        event, name = self.any(*EVENTS), self.word(DEFINITIONS)
        for child in event.findall("*"):
            if etree.QName(child).localname.endswith("EventDefinition"):
                event.remove(child)
        made = etree.SubElement(event, f"{{{MODEL}}}{name}")
        what = name.removesuffix("EventDefinition")
        if what == "timer":
            etree.SubElement(made, f"{{{MODEL}}}timeDuration").text = self.word(TIMES)
        elif what != "terminate":
            made.set(f"{what}Ref", self._code(what))

    def _code(self, what: str) -> str:
        name = f"{what}_{self.word(['a', 'b'])}"
        if not self.root.findall(f"*[@id='{name}']"):
            said = {"id": name, "name": name}
            if what in ("error", "escalation"):
                said[f"{what}Code"] = name
            self.root.insert(0, etree.Element(f"{{{MODEL}}}{what}", said))
        return name

    def attach(self) -> None:
        """An event at the edge of an activity, with a way on."""
        host = self.any(*TASKS, "subProcess")
        event = etree.Element(f"{{{MODEL}}}boundaryEvent", {"id": self.id()})
        event.set("attachedToRef", host.get("id", ""))
        event.set("cancelActivity", self.word(["true", "false"]))
        host.addnext(event)
        made = etree.SubElement(event, f"{{{MODEL}}}timerEventDefinition")
        etree.SubElement(made, f"{{{MODEL}}}timeDuration").text = self.word(TIMES)
        beside = [e for e in host.getparent() if etree.QName(e).localname in NODES]
        target = self.chance.choice(beside).get("id", "")
        event.addnext(self._flow(event.get("id", ""), target))

    def handle(self) -> None:
        """An event subprocess."""
        level, name = self.any(*CONTAINERS), self.id()
        made = etree.Element(f"{{{MODEL}}}subProcess", {"id": name, "triggeredByEvent": "true"})
        start = etree.SubElement(made, f"{{{MODEL}}}startEvent", {"id": f"{name}s"})
        start.set("isInterrupting", self.word(["true", "false"]))
        etree.SubElement(made, f"{{{MODEL}}}endEvent", {"id": f"{name}e"})
        made.append(self._flow(f"{name}s", f"{name}e"))
        what = self.word(["message", "signal", "error", "escalation"])
        said = {f"{what}Ref": self._code(what)}
        etree.SubElement(start, f"{{{MODEL}}}{what}EventDefinition", said)
        [e for e in level if etree.QName(e).localname in PARTS][0].addprevious(made)

    def call(self) -> None:
        """Calls another process, which has all that this one has, or itself."""
        host = self.any(*TASKS, "subProcess")
        for child in host.findall("*"):
            if "Loop" not in child.tag:
                host.remove(child)
        host.attrib.update({"calledElement": self.word(["lain", "lain", "p", "tiada"])})
        for name in [n for n in host.attrib if n not in ("id", "calledElement", "default")]:
            host.attrib.pop(name)
        host.tag = f"{{{MODEL}}}callActivity"
        if not self.root.findall("*[@id='lain']"):
            process = self.any("process")
            twin = deepcopy(process)
            _rename(twin, "k")
            twin.attrib.update({"id": "lain", "isExecutable": self.word(["true", "false"])})
            process.addnext(twin)


ACTS: list[Callable[[Mutator], None]] = [
    value for name, value in vars(Mutator).items()
    if callable(value) and not name.startswith("_") and name not in ("change", "any", "word", "id")
]  # fmt: skip


def _rename(element: _Element, prefix: str) -> None:
    """Gives an element and all in it ids of their own, and keeps what refers to them inside."""
    mine = {e.get("id") for e in element.iter() if e.get("id")}
    for part in element.iter(f"{{{MODEL}}}*"):
        for name in ("id", "sourceRef", "targetRef", "attachedToRef", "default"):
            if part.get(name) in mine:
                part.set(name, prefix + part.get(name, ""))


def mutated(seed: int, sources: list[bytes]) -> bytes:
    chance = random.Random(seed)  # noqa: S311
    root = etree.fromstring(chance.choice(sources), etree.XMLParser(remove_comments=True))
    for layout in root.findall("{http://www.omg.org/spec/BPMN/20100524/DI}BPMNDiagram"):
        root.remove(layout)
    if chance.random() < 0.9:  # they would only be counted up again by the schema
        for name in ("incoming", "outgoing"):
            for element in [*root.iter(f"{{{MODEL}}}{name}")]:
                element.getparent().remove(element)
    mutator = Mutator(root, chance)
    for _ in range(chance.choice([1, 1, 2, 2, 3, 4, 6])):
        mutator.change()
    return etree.tostring(root)


def walk(program: Program, chance: random.Random) -> None:
    """Does whatever can be done, in any order, with the state written and read in between."""
    data = {name: chance.choice([0, 1, 2, True, "a", ["a", "b"], None]) for name in known(program)}
    execution = Execution.start(program, data)
    for _ in range(STEPS):
        execution = Execution.load(program, execution.save())
        assert isinstance(execution.data, dict)
        acts = [*_acts(execution, chance)]
        if not acts:
            return
        chance.choice(acts)()


def _acts(execution: Execution, chance: random.Random) -> Iterator[Callable[[], object]]:
    given = {"x": chance.randrange(3)}
    for task in execution.open_tasks | execution.services:
        yield lambda task=task: execution.complete(task, given)
    for task in execution.services:
        yield lambda task=task: execution.fail(task, "error_a", given)
    for task in execution.timers:
        execution.host(task)
        yield lambda task=task: execution.fire(task, again=chance.random() < 0.5)
    for task in execution.events:
        yield lambda task=task: execution.receive(task, given)


def known(program: Program) -> set[str]:
    found = {"x", "daftar"}
    for element in program.diagram.xml.iter("{*}conditionExpression", "{*}completionCondition"):
        with suppress(ExpressionFailed):
            found |= names("".join(element.itertext()))
    return found


def attempt(source: bytes, seed: int) -> bool:
    """Checks a file and, where nothing is wrong with it, runs it; says whether it did."""
    report = check(source)
    assert isinstance(report, Report)
    assert all(str(finding.message) and finding.rule for finding in report.findings)
    if not report.may_run:
        return False
    for program in report.programs:
        own = program.diagram
        # One that is not to be executed is not checked either.
        drawn = [d for d in diagrams(own.xml.getroottree().getroot()) if d.executable]
        others = called_among(own, {d.key: d for d in drawn})
        chance = random.Random(seed)  # noqa: S311
        joined = compile_diagram(with_called(own, others)) if others else program
        with suppress(StepFailed):
            walk(joined, chance)
        dry_run.dry_run(joined, {}, {}, BEGAN)
    return True


def seeds() -> list[bytes]:
    """The diagrams of the repository, and some that the token game plays."""
    found = [file.read_bytes() for file in FILES]
    made: list[bytes] = []

    @settings(
        max_examples=60, derandomize=True, deadline=None, database=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(drawings.blocks())
    def make(source: bytes) -> None:
        made.append(source)

    make()
    return found + [source for source in dict.fromkeys(made) if SMALL < len(source) < LARGE]


@pytest.fixture(scope="module")
def sources() -> list[bytes]:
    return seeds()


@pytest.mark.parametrize("batch", range(BATCHES))
def test_what_passes_the_check_runs_or_fails_with_a_sentence(sources, batch, monkeypatch):
    monkeypatch.setattr(dry_run, "MAX_COMPLETIONS", STEPS)
    for seed in range(FIRST + batch, FIRST + MUTATIONS, BATCHES):
        source = mutated(seed, sources)
        try:
            attempt(source, seed)
        except Exception as error:
            error.add_note(f"mutation {seed}: {source.decode()}")
            raise


def test_enough_of_the_changed_diagrams_pass_the_check(sources):
    assert sum(check(mutated(seed, sources)).may_run for seed in range(100)) >= 10
