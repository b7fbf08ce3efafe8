"""Rules on pools and on the messages between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn.diagram import ACTIVITIES
from bpmn.elements import kind, local
from bpmn.messages import message
from bpmn.reading import BPMN
from bpmn.rules.clauses import on_file
from bpmn.rules.scopes import (
    definitions,
    named,
    process_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from bpmn.elements import File
    from bpmn.rules.clauses import Fault

_ENDS = {
    "sourceRef": ("intermediateThrowEvent", "endEvent"),
    "targetRef": ("startEvent", "intermediateCatchEvent", "boundaryEvent"),
}


@on_file("9.2")
def pool_process(file: File) -> Iterator[Fault]:
    """A pool stands for a process of the file, or for nothing known (9.2)."""
    for pool in _pools(file.root):
        process = named(pool, pool.get("processRef"))
        if pool.get("processRef") and (process is None or kind(process) != "process"):
            said = message(
                '{name} menunjuk "{id}", yang tidak ada.',
                name="processRef",
                id=pool.get("processRef"),
            )
            yield pool.get("id"), said


@on_file("9.2")
def one_pool(file: File) -> Iterator[Fault]:
    """A process stands in one pool (9.2)."""
    seen: set[str] = set()
    for pool in _pools(file.root):
        process = local(pool.get("processRef"))
        if process in seen:
            yield pool.get("id"), message('Proses "{id}" sudah ada di pool lain.', id=process)
        seen |= {process} - {""}


@on_file("7.5.2")
def message_ends(file: File) -> Iterator[Fault]:
    """A message flow connects pools, activities and message events, no gateways (7.5.2)."""
    for flow in file.root.iter(f"{{{BPMN}}}messageFlow"):
        for attribute, events in _ENDS.items():
            end = named(flow, flow.get(attribute))
            if end is None or not _may_exchange(end, events):
                said = message(
                    'Alur pesan tidak boleh menghubungkan "{id}".', id=flow.get(attribute)
                )
                yield flow.get("id"), said


@on_file("7.5.2")
def own_pool(file: File) -> Iterator[Fault]:
    """A message flow leads from one pool to another (7.5.2)."""
    for flow in file.root.iter(f"{{{BPMN}}}messageFlow"):
        source, target = (_pool(flow, flow.get(name)) for name in _ENDS)
        if source is not None and source == target:
            yield flow.get("id"), message("Alur pesan tidak boleh berada dalam satu pool.")


def _pools(root: _Element) -> Iterator[_Element]:
    return root.iter(f"{{{BPMN}}}participant")


def _may_exchange(end: _Element, events: tuple[str, ...]) -> bool:
    if kind(end) in events:
        return "message" in definitions(end)
    return kind(end) in ACTIVITIES | {"participant"}


def _pool(flow: _Element, reference: str | None) -> str | None:
    """The process, or the black box, that an end of a message flow belongs to."""
    end = named(flow, reference)
    if end is None:
        return None
    if kind(end) == "participant":
        return local(end.get("processRef")) or end.get("id")
    process = process_of(end)
    return None if process is None else process.get("id")
