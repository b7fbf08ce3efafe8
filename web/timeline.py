"""The timeline of a case as people read it: what happened, by whom as what, when, and how long."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bpmn.messages import message
from engine import values, visits
from engine.history import DECIDED, JUMPED, MOVED
from web.words import CAPACITIES, DOCUMENTS, KINDS, STANDS_IN, due, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from bpmn.diagram import Diagram
    from engine.courses import Course
    from engine.models import HistoryEntry
    from engine.roles import Filling
    from engine.visits import Times, Visit

# What goes without saying: the entry behind it tells of the same.
UNTOLD = ("task.opened", "service.called", "document.ordered")
REASSIGNED = "role.reassigned"


@dataclass(frozen=True)
class Told:
    """An entry as it is told; ``visit`` is the step that it ends, ``notes`` are its particulars."""

    what: str
    who: str
    at: datetime
    performed: datetime | None
    visit: Visit | None
    notes: list[str] = field(default_factory=list)


def told(
    entries: Iterable[HistoryEntry], course: Course, times: Times, named: Mapping[int, str]
) -> list[Told]:
    """The timeline of a case; ``named`` are the people of `mentioned`."""
    ended = times.by_ending()
    return [
        Told(
            _what(entry, course),
            _who(entry, course, named),
            entry.at,
            performed(entry),
            ended.get(visits.ending(entry)) if entry.kind == "task.completed" else None,
            list(_notes(entry, course, named)),
        )
        for entry in entries
        if entry.kind not in UNTOLD
    ]


def mentioned(entries: Iterable[HistoryEntry], fillings: Mapping[str, Filling]) -> set[int]:
    """The people whose names the page of a case needs besides those of who acted."""
    found = {filling.person_id for filling in fillings.values()}
    for entry in entries:
        details = values.loads(entry.details)
        found.add((details.get("behalf") or {}).get("person"))
        if entry.kind == REASSIGNED:
            found.update((details["from"], details["to"]))
    return {person_id for person_id in found if person_id is not None}


def performed(entry: HistoryEntry) -> datetime | None:
    """When a step was performed that was recorded later."""
    at: datetime | None = values.loads(entry.details).get("performed")
    return at


def suspended(entries: Iterable[HistoryEntry]) -> tuple[HistoryEntry, str]:
    """The entry that tells of the last suspension, and its reason."""
    last = [entry for entry in entries if entry.kind == "instance.suspended"][-1]
    return last, str(values.loads(last.details)["reason"])


def called(drawn: Course | Diagram, element: str | None) -> str:
    """A timer at the edge of a step is called after its step: its name is but a length of time."""
    node, names = drawn.nodes.get(element or ""), drawn.names
    if node is not None and node.attached_to:
        return f"{names[node.attached_to]} ({names[node.id]})"
    return names.get(element, element) if element else say(DOCUMENTS["rekaman"])


def _what(entry: HistoryEntry, course: Course) -> str:
    kind = say(KINDS[entry.kind])
    if entry.kind.startswith("document."):
        document = str(values.loads(entry.details)["kind"])
        return f"{kind}: {say(DOCUMENTS.get(document, document))}"
    if entry.element and entry.kind != "instance.started":
        return f"{kind}: {called(course, entry.element)}"
    return kind


def _who(entry: HistoryEntry, course: Course, named: Mapping[int, str]) -> str:
    if entry.person is None:
        return ""
    place = entry.capacity
    known = say(CAPACITIES[place]) if place in CAPACITIES else course.names.get(place, place)
    behalf = values.loads(entry.details).get("behalf")
    stead = f" ({say(STANDS_IN[behalf['as']])} {named[behalf['person']]})" if behalf else ""
    capacity = say(message("sebagai"))
    return f"{entry.person.name}{stead} {capacity} {known}"


def _notes(entry: HistoryEntry, course: Course, named: Mapping[int, str]) -> Iterable[str]:
    details = values.loads(entry.details)
    if details.get("reason"):
        yield str(details["reason"])
    if entry.kind == REASSIGNED:
        yield _reassigned(details, named)
    if entry.kind == JUMPED:
        yield say(message("ke {step}", step=course.names[details["to"]]))
    if entry.kind == DECIDED:
        yield say(message("{n} kali tidak disetujui", n=details["rounds"]))
    if entry.kind == MOVED:
        old, new = details["old"]["version"], details["new"]["version"]
        yield say(message("dari versi {old} ke versi {new}", old=old, new=new))
    if entry.kind.startswith("timer.") and "from" in details:
        old, new = due(details["from"]), due(details["to"])
        yield say(message("dari {old} menjadi {new}", old=old, new=new))


def _reassigned(details: Mapping[str, Any], named: Mapping[int, str]) -> str:
    """From whom, a group's place perhaps from nobody, and to whom a place was given."""
    new = named[details["to"]]
    if details["from"] is None:
        return say(message("kepada {new}", new=new))
    return say(message("dari {old} kepada {new}", old=named[details["from"]], new=new))
