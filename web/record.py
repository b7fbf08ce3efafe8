"""The record of a case as people read it: steps with their answers, and states for the diagram."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from bpmn.messages import Message, message
from engine import values
from engine.history import DECIDED, JUMPED, MOVED
from engine.punctuality import Standing, standing
from tasks import written_forms
from web.words import DOCUMENTS, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from bpmn.diagram import Diagram, Node
    from engine.corrections import Corrected
    from engine.courses import Course
    from engine.models import HistoryEntry, WorkItem
    from engine.roles import Filling
    from tasks.forms import Shown

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
_CLOSED = {"completed": "done", "cancelled": "cancelled"}


Answers: TypeAlias = "list[tuple[str | Message, Shown]]"


@dataclass(frozen=True)
class Correction:
    """What was put right at a step, as people read it: by whom, when, why, before and since."""

    by: str
    at: datetime
    reason: str
    old: Answers
    new: Answers


@dataclass(frozen=True)
class Step:
    """A completed task, or the start form: its name, who did it when, and the answers as shown.

    The answers are as they are by now; ``corrections`` say what they were before.
    """

    item: WorkItem
    name: str
    waktu: str | None
    answers: Answers
    at_start: bool
    corrections: list[Correction]


def steps(
    course: Course,
    work: Iterable[WorkItem],
    submitted: Mapping[int, dict[str, Any]],
    corrected: Mapping[int, list[Corrected]],
) -> list[Step]:
    """The completed tasks of a case with the answers that were given, unanswered ones left out."""
    return [
        _step(item, course, submitted.get(item.id, {}), corrected.get(item.id, []))
        for item in work
        if item.status == "completed"
    ]


def _step(
    item: WorkItem, course: Course, given: Mapping[str, Any], corrected: Iterable[Corrected]
) -> Step:
    node, waktu = course.node(item), course.diagram(item).waktu(item.element)
    shown, put_right = written_forms.shown(node, given), corrections(node, given, corrected)
    return Step(item, name_of(node), waktu, shown, node.asks_starter, put_right)


def corrections(
    node: Node, given: Mapping[str, Any], corrected: Iterable[Corrected]
) -> list[Correction]:
    """What was put right at a step whose answers are ``given`` by now, the oldest first."""
    found: list[Correction] = []
    for one in reversed(list(corrected)):
        before = {**given, **one.old}
        old, new = (written_forms.shown(node, answers) for answers in (before, given))
        changed = [pair for pair in old if pair not in new], [p for p in new if p not in old]
        found.append(Correction(one.by, one.at, one.reason, *changed))
        given = before
    return found[::-1]


def name_of(node: Node) -> str:
    """What a step is called; a start event mostly has no name."""
    return node.name or (say(message("Formulir awal")) if node.asks_starter else node.id)


def reason(entry: HistoryEntry) -> str | None:
    """The reason a person gave for an act."""
    given = values.loads(entry.details).get("reason")
    return str(given) if given else None


def moved(entry: HistoryEntry) -> tuple[datetime, datetime] | None:
    """The old and the new due time of a timer that was moved."""
    details = values.loads(entry.details)
    is_timer = entry.kind.startswith("timer.") and "from" in details
    return (details["from"], details["to"]) if is_timer else None


def taken_over(entry: HistoryEntry) -> tuple[int, int] | None:
    """From which version to which a case was taken over."""
    details = values.loads(entry.details)
    is_one = entry.kind == MOVED
    return (details["old"]["version"], details["new"]["version"]) if is_one else None


def jumped(entry: HistoryEntry) -> str | None:
    """The step to which a case was sent."""
    return str(values.loads(entry.details)["to"]) if entry.kind == JUMPED else None


def disagreed(entry: HistoryEntry) -> int | None:
    """How often it was not agreed before a superior decided."""
    return int(values.loads(entry.details)["rounds"]) if entry.kind == DECIDED else None


def reassigned(entry: HistoryEntry) -> tuple[int | None, int] | None:
    """From whom, a group's place perhaps from nobody, and to whom a place was given."""
    details = values.loads(entry.details)
    return (details["from"], details["to"]) if entry.kind == "role.reassigned" else None


def performed(entry: HistoryEntry) -> datetime | None:
    """When a step was performed that was recorded later."""
    at: datetime | None = values.loads(entry.details).get("performed")
    return at


def document(entry: HistoryEntry) -> str | Message:
    """What the document that an entry tells of is called."""
    kind = str(values.loads(entry.details)["kind"])
    return DOCUMENTS.get(kind, kind)


def behalf(entry: HistoryEntry) -> tuple[int, str] | None:
    """In whose place somebody acted, and in which capacity."""
    said = values.loads(entry.details).get("behalf")
    return (said["person"], said["as"]) if said else None


def mentioned(entries: Iterable[HistoryEntry], fillings: Mapping[str, Filling]) -> set[int]:
    """The people whose names the page of a case needs besides those of who acted."""
    found = {filling.person_id for filling in fillings.values()}
    for entry in entries:
        found.update((behalf(entry) or (None,))[:1], reassigned(entry) or ())
    return {person_id for person_id in found if person_id is not None}


def rounds(entries: Sequence[HistoryEntry]) -> dict[int, int]:
    """The round of each completed step that was done more than once, by the entry's number."""
    opened: defaultdict[str | None, list[int]] = defaultdict(list)
    seen: Counter[str | None] = Counter()
    found = {}
    for entry in entries:
        if entry.kind == "task.opened":
            opened[entry.element].append(values.loads(entry.details)["visit"])
        elif entry.kind == MOVED:
            for old, new in values.loads(entry.details)["steps"].items():
                opened[new].append(opened[old].pop())
        elif entry.kind == JUMPED:
            opened[entry.element].remove(values.loads(entry.details)["visit"])
        elif entry.kind == DECIDED:
            left = values.loads(entry.details)
            opened[left["left"]].remove(left["visit"])
        elif entry.kind == "task.completed":
            # Of several instances that were opened together it does not matter which.
            found[entry.seq] = opened[entry.element][seen[entry.element]]
            seen[entry.element] += 1
    return {seq: visit for seq, visit in found.items() if visit > 1}


def states(
    diagram: Diagram, work: Iterable[WorkItem], case_status: str
) -> dict[str, dict[str, Any]]:
    """The state of each element for the diagram, with how often it was visited.

    What is done in a called process shows at the call.
    """
    found: dict[str, dict[str, Any]] = {}
    for item in work:
        state = _CLOSED.get(item.status) or standing(item, case_status)
        look = {"state": LOOKS[state], "label": say(LABELS[state]), "count": item.visit}
        for shown in diagram.shown_as(item.element):
            if shown in diagram.nodes:  # and not only in a version before
                found[shown] = look
    return found
