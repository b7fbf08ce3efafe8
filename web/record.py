"""What was filled in at the steps of a case, as people read it, with what was put right since."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from bpmn.messages import Message, message
from tasks import written_forms
from web.words import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from bpmn.diagram import Node
    from engine.corrections import Corrected
    from engine.courses import Course
    from engine.models import WorkItem
    from tasks.forms import Shown

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
