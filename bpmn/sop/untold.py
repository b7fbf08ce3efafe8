"""What the document of an SOP has no room for: it is said beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bpmn.diagram import ACTIVITIES, HUMAN_TASKS
from bpmn.messages import message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bpmn.diagram import Diagram, Node
    from bpmn.messages import Message

ROWS = HUMAN_TASKS | {"task", "callActivity"}  # what becomes a row
_SUBPROCESSES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
MACHINES = ACTIVITIES - ROWS - _SUBPROCESSES
NOBODY = "Pelaksana"  # the column of what stands in no lane


@dataclass(frozen=True)
class Untold:
    """What the document cannot say of an element of the diagram, or says otherwise."""

    element: str
    said: Message


def untold(diagram: Diagram) -> Iterator[Untold]:
    """What the form has no room for, or tells more simply than it is drawn."""
    if not diagram.lanes:
        said = message(
            'Diagram tidak memiliki lane; semua langkah ada di kolom "{name}".', name=NOBODY
        )
        yield Untold(diagram.key, said)
    for node in diagram.nodes.values():
        for holds, said in _SAID:
            if holds(diagram, node):
                yield Untold(node.id, said)


def _works(_: Diagram, node: Node) -> bool:
    return node.kind in MACHINES


def _asks_for_several(diagram: Diagram, node: Node) -> bool:
    return node.kind == "inclusiveGateway" and len(diagram.outgoing(node.id)) > 1


def _waits_for_one(_: Diagram, node: Node) -> bool:
    return node.kind == "eventBasedGateway"


def _waits(_: Diagram, node: Node) -> bool:
    return node.kind == "intermediateCatchEvent"


def _begins_aside(_: Diagram, node: Node) -> bool:
    return node.triggered_by_event


def _leaves_subprocess(diagram: Diagram, node: Node) -> bool:
    around = diagram.nodes.get(node.attached_to or "")
    return around is not None and around.kind in _SUBPROCESSES


def _is_repeated(_: Diagram, node: Node) -> bool:
    return node.loop is not None


_SAID = (
    (_works, message("Dikerjakan sistem; tidak menjadi baris.")),
    (
        _asks_for_several,
        message("Beberapa jalan dapat ditempuh sekaligus; digambar sebagai keputusan."),
    ),
    (_waits_for_one, message("Menunggu peristiwa; digambar sebagai keputusan.")),
    (_waits, message("Menunggu sebelum berlanjut; tidak menjadi baris.")),
    (_begins_aside, message("Dimulai oleh peristiwa; langkahnya berdiri tanpa panah masuk.")),
    (_leaves_subprocess, message("Peristiwa di tepi subproses; tidak menjadi panah.")),
    (_is_repeated, message("Dilakukan berulang; menjadi satu baris.")),
)
