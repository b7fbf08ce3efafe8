"""Rules on activities that are done several times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn.diagram import ACTIVITIES
from bpmn.elements import camunda_attributes, extension_properties, kind
from bpmn.findings import Severity
from bpmn.messages import message
from bpmn.rules.clauses import on_scope
from bpmn.rules.forms import is_usable
from bpmn.rules.scopes import is_event_subprocess, parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from bpmn.rules.clauses import Fault
    from bpmn.rules.scopes import Scope

STANDARD, SEVERAL = "standardLoopCharacteristics", "multiInstanceLoopCharacteristics"
_EXPRESSIONS = ("loopCondition", "loopCardinality", "completionCondition")
_ITEMS = (("inputDataItem", "loopDataInputRef"), ("outputDataItem", "loopDataOutputRef"))


@on_scope("10.2.8")
def one_loop(scope: Scope) -> Iterator[Fault]:
    """An activity is repeated in one way at most (10.2.8)."""
    for node in scope.of_kind(*ACTIVITIES):
        if len(parts(node, STANDARD, SEVERAL)) > 1:
            yield node.get("id"), message("Hanya satu jenis pengulangan pada satu kegiatan.")


@on_scope("10.2.8")
def loop_maximum(scope: Scope) -> Iterator[Fault]:
    """The greatest number of rounds is a whole number from 1 (10.2.8)."""
    for node_id, loop in _loops(scope, STANDARD):
        most = loop.get("loopMaximum", "1").strip().lstrip("+")
        if not (most.isascii() and most.isdecimal() and most.strip("0")):
            yield node_id, message('loopMaximum="{n}" bukan bilangan bulat positif.', n=most)


@on_scope(None)
def endless_loop(scope: Scope) -> Iterator[Fault]:
    """A loop says when it is over; BPMN would leave that to the performer."""
    for node_id, loop in _loops(scope, STANDARD):
        if loop.get("loopMaximum") is None and not parts(loop, "loopCondition"):
            yield node_id, message("Pengulangan tanpa syarat dan tanpa batas (loopMaximum).")


@on_scope("10.2.8")
def how_many(scope: Scope) -> Iterator[Fault]:
    """What is done for several says for how many, or for which list (10.2.8)."""
    for node_id, loop in _loops(scope, SEVERAL):
        if not parts(loop, "loopCardinality") and not _has_list(loop):
            yield node_id, message("Tidak menyebut berapa kali atau untuk daftar apa.")


@on_scope(None)
def counted_twice(scope: Scope) -> Iterator[Fault]:
    """What is done for several takes its number from a figure or from a list, not from both."""
    for node_id, loop in _loops(scope, SEVERAL):
        if parts(loop, "loopCardinality") and _has_list(loop):
            yield node_id, message("Menyebut jumlah dan daftar; pilih salah satu.")


@on_scope("8.3.6")
def empty_expression(scope: Scope) -> Iterator[Fault]:
    """An expression of a loop that is drawn says something (8.3.6)."""
    for node_id, loop in _loops(scope, STANDARD, SEVERAL):
        for part in parts(loop, *_EXPRESSIONS):
            if not "".join(part.itertext()).strip():
                yield node_id, message("{name} kosong.", name=kind(part))


@on_scope("10.2.8")
def loop_item(scope: Scope) -> Iterator[Fault]:
    """A list and the name of one item of it come together (10.2.8)."""
    for node_id, loop in _loops(scope, SEVERAL):
        for pair in _ITEMS:
            drawn = [kind(part) for part in parts(loop, *pair)]
            for missing in set(pair).difference(drawn) if drawn else ():
                yield node_id, message("{name} tanpa {missing}.", name=drawn[0], missing=missing)


@on_scope(None)
def item_name(scope: Scope) -> Iterator[Fault]:
    """Items of a list have names that expressions can use."""
    for node_id, loop in _loops(scope, SEVERAL):
        items = parts(loop, "inputDataItem", "outputDataItem")
        names = [part.get("name") or part.get("id") for part in items]
        for name in (*names, camunda_attributes(loop).get("elementVariable")):
            if name is not None and not is_usable(name):
                said = message('Nama "{name}" harus berupa huruf, angka, atau _.', name=name)
                yield node_id, said


@on_scope(None)
def loop_place(scope: Scope) -> Iterator[Fault]:
    """An event sets an event subprocess off, as often as it comes: it has no loop."""
    for node_id, _ in _loops(scope, STANDARD, SEVERAL):
        if is_event_subprocess(scope.nodes[node_id]):
            yield node_id, message("Subproses kejadian tidak dapat diulang.")


@on_scope(None, Severity.BLOCKING)
def loop_waktu(scope: Scope) -> Iterator[Fault]:
    """A standard duration is that of one task: a task done several times has none."""
    for node_id, _ in _loops(scope, STANDARD, SEVERAL):
        for event in scope.at_edge(node_id):
            if extension_properties(event).get("alur:timer") == "waktu":
                said = message(
                    "Timer Waktu pada kegiatan berulang: taruh kegiatannya dalam subproses"
                    " yang diulang."
                )
                yield event.get("id"), said


def _loops(scope: Scope, *kinds: str) -> Iterator[tuple[str, _Element]]:
    for node_id, node in scope.nodes.items():
        for loop in parts(node, *kinds):
            yield node_id, loop


def _has_list(loop: _Element) -> bool:
    return bool(parts(loop, "loopDataInputRef") or camunda_attributes(loop).get("collection"))
