"""A diagram as a few lines of text, of which its file is made: for examples.

::

    property alur:calendar=working
    lane Staf subject: s a e
    startEvent s
    userTask a name="Memeriksa berkas"
        property sop:output=Berkas
        <documentation>Memeriksa berkas.</documentation>
        field putusan type=enum
            choice ya=Setuju
            bound required
    boundaryEvent w attachedToRef=a
        timer timeDuration PT10M
    subProcess sub
    within sub
        startEvent t
    within p
    endEvent e
    beside <signal id="tanda" name="Tanda" />
    s -> a -> e if setuju
    a -> e as kedua

``file`` and ``process`` give the file and the process (``p``) attributes, ``property`` and ``<…``
go into the element above (``<camunda:…`` among its extensions), ``within`` says what the next ones
stand in, ``beside`` what stands beside the process. A flow is called ``s_a`` unless it says ``as``.
Indents mean nothing.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from bpmn.diagram import ACTIVITIES, FLOW_NODES
from bpmn.reading import BPMN, CAMUNDA

if TYPE_CHECKING:
    from collections.abc import Iterator

_FILE = {
    "xmlns": BPMN,
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xmlns:camunda": CAMUNDA[0],
    "targetNamespace": "contoh",
}
_NAMED_BY_KIND = {"startEvent": "Mulai", "endEvent": "Selesai"}
_NAMED = re.compile(r"(.*) as (\w+)")


def file_of(text: str) -> bytes:
    """The BPMN file of a description: what it says, and nothing else."""
    return _Sheet(text).file()


def office_file_of(text: str) -> bytes:
    """The same, as an office would draw it.

    The process is called *Contoh*. Where no lane is drawn all stands in one, of who starts the
    case. Without a name, lanes and activities are called by their ids (``Memeriksa_berkas`` is
    "Memeriksa berkas"), starts and ends *Mulai* and *Selesai*. Each element has a line of its own.
    """
    sheet = _Sheet(text)
    sheet.process.attributes.setdefault("name", "Contoh")
    if not sheet.lanes and sheet.process.parts:
        nodes = (part.id for part in sheet.process.parts if part.tag in FLOW_NODES)
        sheet.read(f"lane Staf starter: {' '.join(nodes)}")
    for element in (*sheet.lanes, *sheet.process.inner_parts()):
        if element.tag in _NAMED_BY_KIND:
            element.attributes.setdefault("name", _NAMED_BY_KIND[element.tag])
        elif element.tag in ACTIVITIES | {"lane"} and element.id:
            element.attributes.setdefault("name", element.id.replace("_", " "))
    return sheet.file().replace(b"><", b">\n<")


@dataclass
class _Element:
    tag: str
    attributes: dict[str, str]
    properties: list[str] = field(default_factory=list)
    fields: list[_Element] = field(default_factory=list)
    inner: list[str] = field(default_factory=list)
    parts: list[_Element] = field(default_factory=list)
    flows: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.attributes.get("id", "")

    def inner_parts(self) -> Iterator[_Element]:
        for part in self.parts:
            yield part
            yield from part.inner_parts()

    def xml(self, *more: str) -> str:
        drawn = [part.xml() for part in self.parts]
        return self._closed([*self._texts(), *self._others(), *more, *drawn, *self.flows])

    def field_xml(self) -> str:
        return self._closed([*self._kept(), *self.inner])

    def _closed(self, inside: list[str]) -> str:
        attributes = "".join(f" {n}={quoteattr(v)}" for n, v in self.attributes.items())
        return f"<{self.tag}{attributes}>{''.join(inside)}</{self.tag}>"

    def _texts(self) -> list[str]:
        texts = [line for line in self.inner if line.startswith("<documentation")]
        extensions = [line for line in self.inner if line.startswith("<camunda:")] + self._kept()
        if self.fields:
            drawn = "".join(one.field_xml() for one in self.fields)
            extensions.append(f"<camunda:formData>{drawn}</camunda:formData>")
        if extensions:
            texts.append(f"<extensionElements>{''.join(extensions)}</extensionElements>")
        return texts

    def _others(self) -> list[str]:
        return [line for line in self.inner if not line.startswith(("<documentation", "<camunda:"))]

    def _kept(self) -> list[str]:
        drawn = "".join(self.properties)
        return [f"<camunda:properties>{drawn}</camunda:properties>"] if drawn else []


class _Sheet:
    """What has been read of a description."""

    def __init__(self, text: str) -> None:
        self.process = self._here = self._around = self._owner = _Element(
            "process", {"id": "p", "isExecutable": "true"}
        )
        self.lanes: list[_Element] = []
        self._file_attributes = dict(_FILE)
        self._outside: list[str] = []
        for line in filter(None, map(str.strip, text.splitlines())):
            self.read(line)

    def file(self) -> bytes:
        drawn = "".join(lane.xml() for lane in self.lanes)
        process = self.process.xml(*([f"<laneSet>{drawn}</laneSet>"] if drawn else []))
        root = _Element("definitions", self._file_attributes, inner=[process, *self._outside])
        return root.xml().encode()

    def read(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        if line.startswith("<"):
            self._here.inner.append(line)
        elif " -> " in line:
            self._around.flows += _flows(line)
        elif word in _WORDS:
            getattr(self, f"_{word}")(rest)
        else:
            self._part(word, rest)

    def _part(self, tag: str, rest: str) -> None:
        name, _, attributes = rest.partition(" ")
        self._here = self._owner = _Element(tag, {"id": name} | _attributes(attributes))
        self._around.parts.append(self._here)

    def _file(self, rest: str) -> None:
        self._file_attributes |= _attributes(rest)

    def _process(self, rest: str) -> None:
        self.process.attributes |= _attributes(rest)

    def _property(self, rest: str) -> None:
        self._here.properties.append(_property(rest))

    def _timer(self, rest: str) -> None:
        kind, _, value = rest.partition(" ")
        timer = f"<{kind}>{escape(value)}</{kind}>"
        self._here.inner.append(f"<timerEventDefinition>{timer}</timerEventDefinition>")

    def _lane(self, rest: str) -> None:
        self._here = _lane(rest)
        self.lanes.append(self._here)

    def _field(self, rest: str) -> None:
        name, _, attributes = rest.partition(" ")
        self._here = _Element("camunda:formField", {"id": name} | _attributes(attributes))
        self._owner.fields.append(self._here)

    def _choice(self, rest: str) -> None:
        name, _, label = rest.partition("=")
        said = f"<camunda:value id={quoteattr(name)} name={quoteattr(label or name)} />"
        self._here.inner.append(said)

    def _bound(self, rest: str) -> None:
        name, _, value = rest.partition("=")
        config = f" config={quoteattr(value)}" if value else ""
        said = f"<camunda:constraint name={quoteattr(name)}{config} />"
        self._here.inner.append(f"<camunda:validation>{said}</camunda:validation>")

    def _within(self, rest: str) -> None:
        self._around = next(
            (part for part in self.process.inner_parts() if part.id == rest), self.process
        )

    def _beside(self, rest: str) -> None:
        self._outside.append(rest)


_WORDS = frozenset("file process property timer lane field choice bound within beside".split())


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
    way, called = found.groups() if (found := _NAMED.fullmatch(line)) else (line, None)
    way, asked, condition = f"{way} ".partition(" if ")
    said = (
        f'<conditionExpression xsi:type="tFormalExpression">{escape(condition.strip())}'
        "</conditionExpression>"
    )
    return [
        f'<sequenceFlow id="{called or f"{a}_{b}"}" sourceRef="{a}" targetRef="{b}">'
        f"{said if asked else ''}</sequenceFlow>"
        for a, b in pairwise(way.strip().split(" -> "))
    ]
