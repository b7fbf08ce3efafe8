"""From an SOP document to a whole diagram that runs: in the dialect of the house, laid out.

A lane an actor, a user task an activity, with the marked timer of its Waktu and a reminder; behind
a decision a form that asks for the choice, and a gateway that goes by the answer. What the document
says that a diagram has no element for is kept in properties; `bpmn.sop.folding` reads them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from lxml import etree

from bpmn.blank import key_for
from bpmn.durations import parse_words
from bpmn.elements import diagrams
from bpmn.layout import drawn
from bpmn.reading import BPMN, CAMUNDA, read
from bpmn.sop.document import END, START, Arrow
from bpmn.sop.folding import BOTH, IDENTITY, NUMBER, NUMBERED, UNNUMBERED, folded, joined
from bpmn.sop.joins import BEGIN, meetings

if TYPE_CHECKING:
    from lxml.etree import _Element

    from bpmn.sop.document import Sop, Step
    from bpmn.sop.joins import Meeting

LEAST_NAME, LONGEST_NAME = (
    12,
    70,
)  # letters of what stands in a step's box; the whole stands beside it
ONWARD = "Lanjut"  # the answer by which a case goes on where the way has no words
UNSAID = "Pelaksana belum ditentukan"  # the lane of what nobody is said to do
_PLAIN = re.compile(r"[0-9A-Za-z]{1,8}")
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_MODELER = "http://camunda.org/schema/modeler/1.0"
_NAMESPACES = {"bpmn": BPMN, "xsi": _XSI, "camunda": CAMUNDA[0], "modeler": _MODELER}
_CLAUSE = re.compile(
    r"[,;:.(]|\b(?:apabila|jika|bila|kemudian|selanjutnya|dan|serta|untuk)\b", re.IGNORECASE
)


def unfolded(sop: Sop) -> bytes:
    """The file of the diagram that folds into this document, but for the ids of its elements.

    A Waktu that no duration is read from has no timer. Steps of nobody stand in a lane of their
    own without a rule, by which a check finds them.
    """
    plain = _Sheet(sop, numbered=False).file()
    (diagram,) = diagrams(read(plain))
    as_told = _rows(folded(diagram).sop) == _rows(sop)
    return drawn(plain if as_told else _Sheet(sop, numbered=True).file())


def _rows(sop: Sop) -> list[tuple[str, str, str]]:
    return [(step.number, step.kind, step.activity) for step in sop.steps]


@dataclass
class _Sheet:
    """The file as it grows: what stands in which lane, and the elements of the process."""

    sop: Sop
    numbered: bool
    lanes: dict[int | None, list[str]] = field(default_factory=dict)
    flows: list[_Element] = field(default_factory=list)
    ends: dict[Arrow, tuple[str, _Said]] = field(default_factory=dict)  # where arrows begin
    heads: dict[Arrow, str] = field(default_factory=dict)  # and what they lead to

    def __post_init__(self) -> None:
        self.ids = ids(self.sop)
        self.sop, self.answers = _answered(self.sop)
        self.key = key_for(self.sop.identity.nama or "sop")
        self.lanes = {actor: [] for actor in range(len(self.sop.actors))}
        self.root = etree.Element(f"{{{BPMN}}}definitions", nsmap=_NAMESPACES)
        self.root.attrib.update(
            {
                "id": "Definitions_1",
                "targetNamespace": "http://bpmn.io/schema/bpmn",
                f"{{{_MODELER}}}executionPlatform": "Camunda Platform",
                f"{{{_MODELER}}}executionPlatformVersion": "7.24.0",
            }
        )
        self.process = self._heads()

    def file(self) -> bytes:
        if self.sop.begins_itself:
            self._node("startEvent", "Mulai", self.sop.steps[0], "Mulai")
            self.ends[BEGIN] = "Mulai", _Said()
        for place in range(len(self.sop.steps)):
            self._row(place)
        for place, way in meetings(self.sop).items():
            self._meet(place, way, self.ids[place])
        for arrow, (source, said) in self.ends.items():
            self._flow(source, self.heads[arrow], said)
        self.process.extend(self.flows)
        self._draw_lanes()
        etree.indent(self.root)
        return etree.tostring(self.root, xml_declaration=True, encoding="UTF-8")

    def _heads(self) -> _Element:
        name = self.sop.identity.nama or "SOP"
        pool = {"id": "Participant_1", "name": name, "processRef": self.key}
        _part(_part(self.root, "collaboration", id="Collaboration_1"), "participant", **pool)
        process = _part(self.root, "process", id=self.key, name=name, isExecutable="true")
        process.set(_camunda("historyTimeToLive"), "P1825D")
        told = {"alur:calendar": "working"}
        told |= {where: getattr(self.sop.identity, fact) for fact, where in IDENTITY.items()}
        for fact, where in NUMBERED.items():
            values = getattr(self.sop.identity, fact)
            told |= {f"{where}{count}": value for count, value in enumerate(values, 1)}
        _properties(_extensions(process), told)
        return process

    def _row(self, place: int) -> None:
        step, here = self.sop.steps[place], self.ids[place]
        if step.kind in (START, END):
            event = self._node(f"{step.kind}Event", here, step, step.activity)
            self._tell(event, step)
        else:
            self._task(step, place)
        if step.kind not in (START, END) and not self.sop.after(place):
            end = self._node("endEvent", f"Selesai_{here}", step, "Selesai")
            self._flow(here, end.get("id", ""))
        self._go_on(place)

    def _task(self, step: Step, place: int) -> None:
        name = _short(step.activity)
        task = self._node("userTask", self.ids[place], step, name)
        if name != step.activity:
            _part(task, "documentation").text = step.activity
        if len(self.answers[place].values) > 1:
            self._ask(task, self._answer(place), name, self.answers[place].values)
        self._tell(task, step)
        duration = parse_words(step.waktu)
        if duration is not None:
            self._time(self.ids[place], step, duration.iso)

    def _ask(self, task: _Element, answer: str, name: str, answers: dict[str, str]) -> None:
        form = etree.SubElement(_extensions(task), _camunda("formData"))
        asked = etree.SubElement(form, _camunda("formField"))
        asked.attrib.update({"id": answer, "label": f"Keputusan: {name}", "type": "enum"})
        for label, value in answers.items():
            choice = etree.SubElement(asked, _camunda("value"))
            choice.attrib.update({"id": value, "name": label or ONWARD})
        bounds = etree.SubElement(asked, _camunda("validation"))
        etree.SubElement(bounds, _camunda("constraint")).set("name", "required")

    def _tell(self, element: _Element, step: Step) -> None:
        told = {
            "sop:kelengkapan": step.kelengkapan,
            "sop:output": step.output,
            "sop:keterangan": step.keterangan,
            NUMBER: (step.number or UNNUMBERED) if self.numbered else "",
        }
        if any(told.values()):
            _properties(_extensions(element), told)

    def _time(self, task: str, step: Step, duration: str) -> None:
        timer = f"Waktu_{task}"
        event = self._node("boundaryEvent", timer, step, step.waktu)
        event.attrib.update({"cancelActivity": "false", "attachedToRef": task})
        _properties(_extensions(event), {"alur:timer": "waktu"})
        timing = _part(event, "timerEventDefinition", id=f"Timer_{task}")
        length = _part(timing, "timeDuration")
        length.set(f"{{{_XSI}}}type", "bpmn:tFormalExpression")
        length.text = duration
        end = self._node("endEvent", f"Pengingat_{task}", step, "Pengingat")
        message = _part(end, "messageEventDefinition", id=f"Pesan_{task}")
        message.attrib.update({_camunda("type"): "external", _camunda("topic"): "remind"})
        self._flow(timer, end.get("id", ""))

    def _go_on(self, place: int) -> None:
        """What stands behind a row: a choice, parallel ways, or an arrow alone."""
        step, here = self.sop.steps[place], self.ids[place]
        by_label: dict[str, list[Arrow]] = {}
        for arrow in self.sop.after(place):
            by_label.setdefault(arrow.label, []).append(arrow)
        if len(by_label) == 1:
            self._fork(place, here, next(iter(by_label.values())))
        elif by_label:
            gateway = self._node("exclusiveGateway", f"Keputusan_{here}", step).get("id", "")
            self._flow(here, gateway)
            for label, arrows in by_label.items():
                self._fork(place, gateway, arrows, _Said(label, self._condition(place, label)))

    def _fork(
        self, place: int, source: str, arrows: list[Arrow], said: _Said | None = None
    ) -> None:
        """Arrows that a case follows all at once."""
        said = said or _Said()
        if len(arrows) > 1:
            name = self._free(f"Cabang_{self.ids[place]}")
            self._node("parallelGateway", name, self.sop.steps[place])
            self._flow(source, name, said)
            source, said = name, _Said()
        for arrow in arrows:
            self.ends[arrow] = source, said

    def _meet(self, place: int, way: Arrow | Meeting, target: str) -> None:
        """What comes to a row comes to a gateway in front of it where several ways meet."""
        if isinstance(way, Arrow):
            self.heads[way] = target
            return
        kind = "parallelGateway" if way.parallel else "exclusiveGateway"
        name = self._free(f"Gabung_{self.ids[place]}")
        self._node(kind, name, self.sop.steps[place])
        self._flow(name, target)
        for one in way.ways:
            self._meet(place, one, name)

    def _condition(self, place: int, label: str) -> str:
        """That one of the answers was given that go this way."""
        name = self._answer(place)
        given = [f'{name} == "{value}"' for value in self.answers[place].by_way[label]]
        return f"${{{' || '.join(given)}}}"

    def _answer(self, place: int) -> str:
        """The name of the data in which the choice of a row stands."""
        return f"keputusan_{self.ids[place].lower()}"

    def _free(self, name: str) -> str:
        taken = {part.get("id") for part in self.process}
        tries = (name, *(f"{name}_{count}" for count in range(2, len(taken) + 3)))
        return next(one for one in tries if one not in taken)

    def _node(self, kind: str, name: str, step: Step, called: str = "") -> _Element:
        """An element in the lane of a step."""
        self.lanes.setdefault(step.actor, []).append(name)
        node = _part(self.process, kind, id=name)
        if called:
            node.set("name", called)
        return node

    def _flow(self, source: str, target: str, said: _Said | None = None) -> None:
        said = said or _Said()
        flow = etree.Element(f"{{{BPMN}}}sequenceFlow", id=f"Alur_{len(self.flows) + 1}")
        flow.attrib.update({"sourceRef": source, "targetRef": target})
        if said.label:
            flow.set("name", said.label)
        if said.condition:
            condition = _part(flow, "conditionExpression")
            condition.set(f"{{{_XSI}}}type", "bpmn:tFormalExpression")
            condition.text = said.condition
        self.flows.append(flow)

    def _draw_lanes(self) -> None:
        lanes = etree.Element(f"{{{BPMN}}}laneSet", id="LaneSet_1")
        for actor, nodes in self.lanes.items():
            name = UNSAID if actor is None else self.sop.actors[actor]
            number = len(lanes) + 1
            lane = _part(lanes, "lane", id=f"Lane_{number}", name=name)
            if actor is not None:
                _properties(_extensions(lane), {"alur:actor": f"group:{_group(name)}"})
            for node in nodes:
                _part(lane, "flowNodeRef").text = node
        self.process.insert(1, lanes)


@dataclass(frozen=True)
class _Said:
    """What stands at a flow."""

    label: str = ""
    condition: str = ""


@dataclass(frozen=True)
class _Answers:
    """What may be answered at a row: what the case keeps of each answer, and of those of a way."""

    values: dict[str, str]
    by_way: dict[str, tuple[str, ...]]


def _answered(sop: Sop) -> tuple[Sop, list[_Answers]]:
    """The document with one way for all answers that lead to the same rows, and the answers."""
    arrows: list[Arrow] = []
    answers = []
    for place in range(len(sop.steps)):
        ways = joined((arrow.label, arrow.target) for arrow in sop.after(place))
        arrows += [Arrow(place, row, BOTH.join(labels)) for labels, rows in ways for row in rows]
        values = _values([label for labels, _ in ways for label in labels])
        by_way = {BOTH.join(labels): tuple(values[label] for label in labels) for labels, _ in ways}
        answers.append(_Answers(values, by_way))
    return replace(sop, arrows=tuple(arrows)), answers


def _values(labels: list[str]) -> dict[str, str]:
    """A value for each answer, no two the same."""
    found: dict[str, str] = {}
    for label in labels:
        key = key_for(label or ONWARD)
        tries = (key, *(f"{key}_{count}" for count in range(2, len(labels) + 2)))
        found[label] = next(one for one in tries if one not in found.values())
    return found


def ids(sop: Sop) -> list[str]:
    """The ids of rows: by their numbers where these tell them apart, else by their places."""
    numbers = [step.number for step in sop.steps if step.number]
    plain = len(set(numbers)) == len(numbers) and all(map(_PLAIN.fullmatch, numbers))
    found = []
    for place, step in enumerate(sop.steps):
        word = {START: "Mulai", END: "Selesai"}.get(step.kind, "Langkah")
        found.append(f"{word}_{step.number if plain and step.number else f'baris_{place + 1}'}")
    return found


def _short(text: str) -> str:
    """What a step is called: the first clause of what is done, or its first words."""
    if len(text) <= LONGEST_NAME:
        return text
    clauses = (text[: found.start()].strip() for found in _CLAUSE.finditer(text))
    clause = next((c for c in clauses if LEAST_NAME <= len(c) <= LONGEST_NAME), "")
    return clause or f"{text[: LONGEST_NAME - 1].rsplit(' ', 1)[0]}…"


def _group(name: str) -> str:
    """The code of the group that a lane is of, made of its name."""
    return key_for(name).replace("_", "-")


def _part(parent: _Element, tag: str, **attributes: str) -> _Element:
    return etree.SubElement(parent, f"{{{BPMN}}}{tag}", attributes)


def _camunda(name: str) -> str:
    return f"{{{CAMUNDA[0]}}}{name}"


def _extensions(element: _Element) -> _Element:
    found = element.find(f"{{{BPMN}}}extensionElements")
    return _part(element, "extensionElements") if found is None else found


def _properties(extensions: _Element, told: dict[str, str]) -> None:
    properties = etree.SubElement(extensions, _camunda("properties"))
    for name, value in told.items():
        if value:
            etree.SubElement(properties, _camunda("property"), {"name": name, "value": value})
