"""The record of a case as people read it: steps with their answers, and states for the diagram."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bpmn.messages import Message, message
from engine import values
from tasks.fields import show
from web.words import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bpmn.diagram import Diagram, Node
    from engine.models import HistoryEntry, WorkItem

LABELS = {
    "done": message("Selesai"),
    "current": message("Sedang berjalan"),
    "cancelled": message("Dibatalkan"),
}
_STATES = {"open": "current", "completed": "done", "cancelled": "cancelled"}


@dataclass(frozen=True)
class Step:
    """A completed task: what it is called, who did it when, and the answers as shown."""

    item: WorkItem
    name: str
    answers: list[tuple[str, str | Message]]


def steps(
    diagram: Diagram, work: Iterable[WorkItem], submitted: Mapping[int, dict[str, Any]]
) -> list[Step]:
    """The completed tasks of a case with the answers that were given, unanswered ones left out."""
    return [
        _step(item, diagram.nodes[item.element], submitted.get(item.id, {}))
        for item in work
        if item.status == "completed"
    ]


def _step(item: WorkItem, node: Node, given: Mapping[str, Any]) -> Step:
    return Step(item, node.name, answers(node, given))


def answers(node: Node, given: Mapping[str, Any]) -> list[tuple[str, str | Message]]:
    """(label, value) of every answered field of a task."""
    return [(f.label, show(f, given[f.id])) for f in node.form if given.get(f.id) not in (None, "")]


def reason(entry: HistoryEntry) -> str | None:
    """The reason a person gave for an act."""
    given = values.loads(entry.details).get("reason")
    return str(given) if given else None


def rounds(entries: Sequence[HistoryEntry]) -> dict[int, int]:
    """The round of each completed step that was done more than once, by the entry's number."""
    seen: Counter[str | None] = Counter()
    found = {}
    for entry in entries:
        if entry.kind == "task.completed":
            seen[entry.element] += 1
            found[entry.seq] = seen[entry.element]
    return {seq: visit for seq, visit in found.items() if visit > 1}


def states(work: Iterable[WorkItem]) -> dict[str, dict[str, Any]]:
    """The state of each element for the diagram, with how often it was visited."""
    found: dict[str, dict[str, Any]] = {}
    for item in work:
        state = _STATES[item.status]
        found[item.element] = {"state": state, "label": say(LABELS[state]), "count": item.visit}
    return found
