"""The facts of a drawing that a change list tells, each with its words and its comparable value."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, NamedTuple

from bpmn.changes import terms
from bpmn.durations import parse_iso
from bpmn.messages import Message, message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bpmn.diagram import Diagram, Field, Lane, Node, Timer

# In the order in which they are shown.
GROUPS = {
    "process": message("Proses"),
    "step": message("Langkah dan peristiwa"),
    "actor": message("Pelaksana"),
    "time": message("Waktu"),
    "form": message("Formulir"),
    "flow": message("Urutan dan syarat"),
    "sop": message("Fakta SOP"),
    "document": message("Dokumen dan tanda tangan"),
    "call": message("Data, pesan, dan panggilan"),
    "other": message("Lain-lain"),
}
# Properties and attributes of an element by name: their group and what they are called.
NAMED = {
    "sop:kelengkapan": ("sop", message("Kelengkapan")),
    "sop:output": ("sop", message("Output")),
    "sop:keterangan": ("sop", message("Keterangan")),
    "sop:no": ("sop", message("No.")),
    "alur:actor": ("actor", message("pelaksana")),
    "alur:distinct": ("actor", message("pelaksana yang harus berbeda")),
    "alur:subject": ("actor", message("pegawai yang dimulai kasusnya")),
    "assignee": ("actor", message("ditugaskan kepada")),
    "candidateUsers": ("actor", message("calon pelaksana")),
    "candidateGroups": ("actor", message("kelompok pelaksana")),
    "alur:calendar": ("time", message("jam yang dipakai")),
    "alur:clock": ("time", message("mulai dihitung")),
    "alur:timer": ("time", message("jenis batas waktu")),
    "alur:waitLimit": ("time", message("batas menunggu")),
    "alur:due": ("time", message("pembulatan batas")),
    "alur:bulk": ("document", message("dikerjakan sekaligus")),
    "alur:documents": ("document", message("dokumen yang dibuat")),
    "alur:signs": ("document", message("tanda tangan")),
    "formKey": ("form", message("formulir tertulis")),
    "alur:gives": ("call", message("data yang diterima")),
    "alur:sends": ("call", message("data yang dikirim")),
    "alur:correlation": ("call", message("pencocokan pesan")),
    "topic": ("call", message("topik")),
}
OF_FIELD = {
    "label": message('isian "{field}": label'),
    "type": message('isian "{field}": jenis'),
    "default": message('isian "{field}": nilai awal'),
    "choices": message('isian "{field}": pilihan'),
}


class Fact(NamedTuple):
    """One fact of an element: ``value`` is compared, ``shown`` is read.

    A fact ``only_among_same`` is news only where the element's other facts of that kind are the
    same set as before (the order of a form).
    """

    group: str
    element: str
    what: Message
    value: object
    shown: str | Message
    only_among_same: bool = False


@dataclass(frozen=True)
class _Writer:
    """Gathers the facts of one element, by name."""

    element: str
    found: dict[tuple[str, str], Fact]

    def say(
        self, group: str, name: str, what: Message, value: object, shown: str | Message = ""
    ) -> None:
        """Notes a fact, unless there is nothing to it."""
        if value not in (None, "", (), {}):
            words = shown or str(value)
            self.found[self.element, name] = Fact(group, self.element, what, value, words)

    def named(self, prefix: str, values: dict[str, str]) -> None:
        """Notes properties or attributes under the words of their names."""
        for name, value in values.items():
            group, what = NAMED.get(name, ("other", message('"{name}"', name=name)))
            if name.startswith("sop:") and name not in NAMED:
                group = "sop"
            self.say(group, f"{prefix}:{name}", what, value)


def title(diagram: Diagram, element: str) -> tuple[str, str | Message]:
    """In which group an element itself is told, and what people call it."""
    node = diagram.nodes.get(element)
    if node is not None:
        return ("time" if node.timer and node.attached_to else "step"), _step(diagram, node)
    for flow in diagram.flows:
        if flow.id == element:
            return "flow", _way(diagram, flow.source, flow.target)
    if element in diagram.names:
        return "actor", message('Pelaksana "{name}"', name=diagram.names[element])
    if element == diagram.key:
        return "process", message('Proses "{name}"', name=diagram.name)
    return "other", message('Bagian "{id}"', id=element)


def facts(diagram: Diagram) -> dict[tuple[str, str], Fact]:
    """Every fact of a drawing, by element and name."""
    found: dict[tuple[str, str], Fact] = {}
    _of_process(diagram, _Writer(diagram.key, found))
    for lane in diagram.lanes:
        _of_lane(lane, _Writer(lane.id, found))
    for node in diagram.nodes.values():
        writer = _Writer(node.id, found)
        _of_step(diagram, node, writer)
        _of_time(node, writer)
        _of_data(node, writer)
        _of_form(node, writer)
    for flow in diagram.flows:
        writer = _Writer(flow.id, found)
        way = _way(diagram, flow.source, flow.target)
        writer.say("flow", "ends", message("jalan"), (flow.source, flow.target), way)
        writer.say("flow", "name", message("nama"), flow.name)
        writer.say("flow", "condition", message("syarat"), flow.condition)
        writer.say("flow", "language", message("bahasa syarat"), flow.language)
    return found


def _step(diagram: Diagram, node: Node) -> str | Message:
    named = node.name or node.id
    if node.attached_to:
        host = diagram.names.get(node.attached_to, node.attached_to)
        if node.is_waktu:
            return message('Waktu "{step}"', step=host)
        return message('"{step}" di "{host}"', step=named, host=host)
    return message('"{step}"', step=named)


def _way(diagram: Diagram, source: str, target: str) -> Message:
    ends = (diagram.names.get(end, end) for end in (source, target))
    return message('"{source}" ke "{target}"', **dict(zip(("source", "target"), ends, strict=True)))


def _of_process(diagram: Diagram, writer: _Writer) -> None:
    writer.say("process", "name", message("nama"), diagram.name)
    writer.say("process", "key", message("kunci"), diagram.key)
    writer.named("property", diagram.properties)


def _of_lane(lane: Lane, writer: _Writer) -> None:
    writer.say("actor", "name", message("nama"), lane.name)
    writer.say("actor", "actor", message("diisi oleh"), lane.actor, terms.actor(lane.actor))
    writer.say("actor", "parent", message("di dalam"), lane.parent)


def _of_step(diagram: Diagram, node: Node, writer: _Writer) -> None:
    lane = diagram.lane_of(node.id)
    name = message("kata SOP") if node.is_waktu else message("nama")
    writer.say("time" if node.is_waktu else "step", "name", name, node.name)
    writer.say("step", "kind", message("jenis"), node.kind, terms.KINDS.get(node.kind, ""))
    writer.say("step", "events", message("peristiwa"), node.events, terms.events(node.events))
    writer.say("step", "text", message("uraian"), node.documentation)
    writer.say("step", "scope", message("di dalam"), node.scope)
    writer.say("step", "host", message("menempel pada"), node.attached_to)
    if lane is not None and not node.attached_to:
        writer.say("actor", "lane", message("dikerjakan oleh"), lane.id, lane.name)
    if node.loop is not None:
        said = {name: text for name, text in asdict(node.loop).items() if text}
        shown = ", ".join(f"{name}: {text}" for name, text in said.items())
        writer.say("flow", "loop", message("pengulangan"), tuple(said.items()), shown)
    default = diagram.names.get(node.default or "", node.default or "")
    writer.say("flow", "default", message("jalan bila tidak ada syarat terpenuhi"),
               node.default, default)  # fmt: skip
    writer.named("property", node.properties)
    writer.named("attribute", {k: v for k, v in node.attributes.items() if k != "topic"})


def _of_time(node: Node, writer: _Writer) -> None:
    if node.timer is not None:
        what = message("lamanya") if node.is_waktu else message("batas waktu")
        shown = _when(node.timer)
        writer.say("time", "timer", what, (node.timer.kind, node.timer.text), shown)
    if node.attached_to:
        shown = message("ya") if node.interrupting else message("tidak")
        writer.say("time", "stops", message("menghentikan langkah"), str(node.interrupting), shown)


def _when(timer: Timer) -> str | Message:
    if timer.kind == "timeDate":
        return message("pada saat {instant}", instant=timer.text)
    if timer.kind == "timeCycle":
        return message("berulang {cycle}", cycle=timer.text)
    length = parse_iso(timer.text)
    return length.in_words if length else timer.text


def _of_data(node: Node, writer: _Writer) -> None:
    writer.say("call", "topic", message("topik"), node.topic)
    writer.say("call", "script", message("skrip"), node.script)
    writer.say("call", "language", message("bahasa skrip"), node.script_format)
    writer.say("call", "reference", message("pesan, sinyal, atau kode"), node.reference)
    writer.say("call", "called", message("proses yang dipanggil"), node.called)
    for name, what, passed in (
        ("takes", message("data masuk"), node.takes),
        ("gives", message("data keluar"), node.gives_back),
    ):
        shown = ", ".join(f"{one.source or '*'} → {one.target or '*'}" for one in passed)
        writer.say("call", name, what, passed, shown)


def _of_form(node: Node, writer: _Writer) -> None:
    for drawn in node.form:
        label = str(drawn.label or drawn.id)
        for name, value, shown in _of_field(drawn):
            what = OF_FIELD.get(name) or message('isian "{field}": {name}')
            asked = Message(what.template, {"field": label, "name": name})
            writer.say("form", f"form.{drawn.id}.{name}", asked, value, shown)
    if node.form:
        ids = tuple(drawn.id for drawn in node.form)
        labels = ", ".join(str(drawn.label or drawn.id) for drawn in node.form)
        key = (node.id, "form")
        what = message("urutan isian")
        writer.found[key] = Fact("form", node.id, what, ids, labels, only_among_same=True)


def _of_field(drawn: Field) -> Iterator[tuple[str, object, str | Message]]:
    yield "type", drawn.type, terms.FIELDS.get(drawn.type, drawn.type)
    yield "label", str(drawn.label), str(drawn.label)
    yield "default", drawn.default, drawn.default or ""
    choices = ", ".join(f"{label} ({value})" for value, label in drawn.choices)
    yield "choices", drawn.choices, choices
    for name, value in (drawn.constraints | drawn.properties).items():
        yield name, value or "ya", value or "ya"
