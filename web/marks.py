"""What the diagram of a case says: where it has been, is, waits, is late, has failed, went round.

Each state has a colour and a mark (``frontend/src/viewer.js``), and stands in a list as well.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from bpmn.messages import Message, message
from engine.punctuality import Standing, standing
from web.words import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bpmn.diagram import Diagram
    from engine.models import HistoryEntry, Incident, Job, Subscription, WorkItem

    States = dict[str, dict[str, Any]]

LABELS = {
    "done": message("Selesai"),
    "cancelled": message("Dibatalkan"),
    Standing.WORKING: message("Dikerjakan"),
    Standing.WAITING: message("Menunggu"),
    Standing.NEGLECTED: message("Menunggu terlalu lama"),
    Standing.LATE: message("Terlambat"),
    Standing.SUSPENDED: message("Ditangguhkan"),
}
# How each looks, on the page and in the diagram.
LOOKS = {
    "done": "done",
    "cancelled": "cancelled",
    Standing.WORKING: "current",
    Standing.WAITING: "waiting",
    Standing.NEGLECTED: "waiting",
    Standing.LATE: "late",
    Standing.SUSPENDED: "paused",
}
LEGEND = {
    "done": message("Selesai"),
    "current": message("Sedang dikerjakan"),
    "late": message("Terlambat"),
    "waiting": message("Menunggu diambil, waktu, pesan, atau layanan"),
    "failed": message("Gagal"),
    "paused": message("Ditangguhkan"),
    "cancelled": message("Dibatalkan"),
    "looped": message("Berulang, dengan banyaknya kunjungan"),
}
AWAITED = {
    "timer": message("Menunggu waktu"),
    "service": message("Menunggu layanan"),
    "message": message("Menunggu pesan"),
    "signal": message("Menunggu sinyal"),
}
# What the history says of events and services that a case has passed.
PASSED = {
    "message.received", "message.thrown", "service.completed", "signal.received", "signal.thrown",
    "timer.fired",
}  # fmt: skip
_CLOSED = {"completed": "done", "cancelled": "cancelled"}


def of_work(diagram: Diagram, work: Iterable[WorkItem], case_status: str) -> States:
    """The state of each human step for the diagram, with how often it was visited.

    What is done in a called process shows at the call.
    """
    found: States = {}
    for item in work:
        state = _CLOSED.get(item.status) or standing(item, case_status)
        _mark(found, diagram, item.element, LOOKS[state], LABELS[state], item.visit)
    return found


def of_case(
    diagram: Diagram,
    work: Iterable[WorkItem],
    case_status: str,
    entries: Iterable[HistoryEntry],
    waiting: Iterable[Job | Subscription],
    incidents: Iterable[Incident],
) -> States:
    """The same with the events and services that a case has passed or waits for, and failures."""
    found = of_work(diagram, work, case_status)
    for element, count in _passed(diagram, entries).items():
        _mark(found, diagram, element, "done", LABELS["done"], count)
    for element, kind in _awaited(diagram, waiting):
        _mark(found, diagram, element, "waiting", AWAITED[kind])
    for incident in incidents:
        _mark(found, diagram, incident.element or "", "failed", LEGEND["failed"])
    return found


def legend(states: States) -> dict[str, str]:
    """What the marks that occur mean, by their look."""
    looks = {state["state"] for state in states.values()}
    looks |= {"looped" for state in states.values() if state["count"] > 1}
    return {look: say(said) for look, said in LEGEND.items() if look in looks}


def _passed(diagram: Diagram, entries: Iterable[HistoryEntry]) -> Counter[str]:
    told = (entry.element for entry in entries if entry.kind in PASSED)
    return Counter(element for element in told if element and not _is_attached(diagram, element))


def _awaited(diagram: Diagram, waiting: Iterable[Job | Subscription]) -> Iterator[tuple[str, str]]:
    """The elements at which a case waits; the clocks and exits of a step are no places of it."""
    for one in waiting:
        if one.kind in AWAITED and one.element and not _is_attached(diagram, one.element):
            yield one.element, one.kind


def _is_attached(diagram: Diagram, element: str) -> bool:
    node = diagram.nodes.get(element)
    return node is not None and node.attached_to is not None


def _mark(
    found: States, diagram: Diagram, element: str, look: str, label: Message, count: int = 0
) -> None:
    for shown in diagram.shown_as(element):
        if shown in diagram.nodes:  # and not only in a version before
            before = found.get(shown, {"count": 1})["count"]
            found[shown] = {"state": look, "label": say(label), "count": count or before}
