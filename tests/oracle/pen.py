"""A pen for BPMN 2.0 XML: nodes, flows, events and loops, valid against the schema."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count, pairwise
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from lxml.etree import _Element

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
PREFIXES = {"bpmn": MODEL, "xsi": INSTANCE, "camunda": CAMUNDA}
# The elements that name what is thrown and caught, with their attribute for it.
CODES = {"message": "name", "signal": "name", "error": "errorCode", "escalation": "escalationCode"}

SHORT = {
    "start": "startEvent",
    "end": "endEvent",
    "user": "userTask",
    "one": "exclusiveGateway",
    "all": "parallelGateway",
    "some": "inclusiveGateway",
}


@dataclass
class Drawing:
    """What is being drawn into: a process, or a subprocess of it."""

    container: _Element
    numbers: count[int]

    @classmethod
    def of_process(cls) -> Drawing:
        root = etree.Element(f"{{{MODEL}}}definitions", {"targetNamespace": "contoh"}, PREFIXES)
        process = add(root, "process", id="p", isExecutable="true")
        # The Camunda Modeler warns without it.
        process.set(f"{{{CAMUNDA}}}historyTimeToLive", "P1Y")
        return cls(process, count(1))

    @property
    def source(self) -> bytes:
        return etree.tostring(self.container.getroottree(), xml_declaration=True, encoding="UTF-8")

    def name(self, word: str) -> str:
        return f"{word}_{next(self.numbers)}"

    def node(self, kind: str, name: str | None = None, **attributes: str) -> str:
        name = name or self.name(kind)
        add(self.container, kind, id=name, **attributes)
        return name

    def event(self, kind: str, what: str, name: str | None = None, **attributes: str) -> str:
        """An event that waits for or throws something: "timer", or with its code "signal x"."""
        name = self.node(kind, name, **attributes)
        what, _, code = what.partition(" ")
        definition = add(self.find(name), f"{what}EventDefinition")
        if what == "timer":
            expression(definition, "timeDuration", "P1D")
        if what == "message" and kind in {"endEvent", "intermediateThrowEvent"}:
            # What leaves the case is handed to a topic.
            definition.set(f"{{{CAMUNDA}}}type", "external")
            definition.set(f"{{{CAMUNDA}}}topic", "surat")
        if code:
            definition.set(f"{what}Ref", self.code(what, code))
        return name

    def code(self, what: str, code: str) -> str:
        """The id of a message, signal, error or escalation of the file."""
        name = f"{what}_{code}"
        root = self.container.getroottree().getroot()
        if root.find(f"*[@id='{name}']") is None:
            # Errors and escalations have names as well.
            add(root, what, **{"id": name, "name": code, CODES[what]: code})
        return name

    def flow(
        self, source: str, target: str, condition: str | None = None, default: bool = False
    ) -> None:
        name = self.name("flow")
        flow = add(self.container, "sequenceFlow", id=name, sourceRef=source, targetRef=target)
        if condition:
            expression(flow, "conditionExpression", f"${{{condition}}}")
        if default:
            self.find(source).set("default", name)

    def chain(self, *names: str) -> None:
        """Flows from each to the next."""
        for source, target in pairwise(names):
            self.flow(source, target)

    def sketch(self, *lines: str) -> Drawing:
        """Nodes, "a: user", and flows: "a > b > c", "a > b if x == 1", "a > b by default"."""
        for line in lines:
            path, _, condition = line.partition(" if ")
            path, default, _ = path.partition(" by default")
            if ">" not in line:
                names, _, kind = line.partition(": ")
                for name in names.split():
                    self.node(SHORT.get(kind, kind), name)
            for source, target in pairwise(path.split(" > ")):
                self.flow(source, target, condition or None, bool(default))
        return self

    def inside(self, subprocess: str) -> Drawing:
        return Drawing(self.find(subprocess), self.numbers)

    def script(self, text: str, name: str | None = None) -> str:
        name = self.node("scriptTask", name, scriptFormat="python")
        add(self.find(name), "script").text = text
        return name

    def again_while(self, name: str, condition: str, maximum: int, test_before: bool) -> None:
        """Gives an activity a standard loop."""
        said = {"loopMaximum": str(maximum), "testBefore": str(test_before).lower()}
        loop = add(self.find(name), "standardLoopCharacteristics", **said)
        expression(loop, "loopCondition", f"${{{condition}}}")

    def many(
        self,
        name: str,
        *,
        sequential: bool = False,
        cardinality: str | None = None,
        collection: str | None = None,
        item: str | None = None,
        outputs: str | None = None,
        output: str | None = None,
        until: str | None = None,
    ) -> None:
        """Makes an activity one of many instances."""
        said = {"isSequential": str(sequential).lower()}
        loop = add(self.find(name), "multiInstanceLoopCharacteristics", **said)
        if cardinality is not None:
            expression(loop, "loopCardinality", cardinality)
        for kind, reference in (("loopDataInputRef", collection), ("loopDataOutputRef", outputs)):
            if reference:
                add(loop, kind).text = reference
        for kind, inner in (("inputDataItem", item), ("outputDataItem", output)):
            if inner:
                add(loop, kind, id=inner, name=inner)
        if until:
            expression(loop, "completionCondition", f"${{{until}}}")

    def many_as_in_camunda(self, name: str, collection: str, item: str, sequential: bool) -> None:
        loop = add(self.find(name), "multiInstanceLoopCharacteristics")
        loop.set("isSequential", str(sequential).lower())
        loop.set(f"{{{CAMUNDA}}}collection", collection)
        loop.set(f"{{{CAMUNDA}}}elementVariable", item)

    def find(self, name: str) -> _Element:
        (found,) = self.container.iterfind(f"*[@id='{name}']")
        return found


def add(parent: _Element, kind: str, **attributes: str) -> _Element:
    return etree.SubElement(parent, f"{{{MODEL}}}{kind}", attributes)


def expression(parent: _Element, kind: str, text: str) -> None:
    element = add(parent, kind)
    element.set(f"{{{INSTANCE}}}type", "bpmn:tFormalExpression")
    element.text = text
