"""How a case goes through all rows of a table: parallel ways come together again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn.messages import message
from bpmn.sop.document import START
from bpmn.sop.table.clauses import together_with
from bpmn.sop.table.remarks import MISSING, WAYS, Remark
from bpmn.sop.table.ways import Course, WayReader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bpmn.sop.table.answers import Answers
    from bpmn.sop.table.entries import Entry
    from bpmn.sop.table.performers import Performers


def course(entries: Sequence[Entry], performers: Performers, answers: Answers) -> Course:
    """How a case goes through the rows of a table."""
    found = Course(entries, performers, answers)
    reader = WayReader(found)
    found.kinds = [reader.kind(place) for place in range(len(entries))]
    for place in range(len(entries)):
        found.arrows[place] = reader.lead(place)
    _bring_together(found, reader)
    _say_unreached(found)
    return found


def _say_unreached(found: Course) -> None:
    reached = {target for ways in found.arrows.values() for target, _ in ways}
    for place, entry in enumerate(found.entries):
        if place and place not in reached and found.kinds[place] != START:
            said = message("Tidak ada panah yang menuju baris ini.")
            found.remarks.append(Remark(place, entry.row, WAYS, MISSING, said))


def _bring_together(found: Course, reader: WayReader) -> None:
    """Parallel ways do not run into each other: each goes on behind the last of them."""
    for place, ways in list(found.arrows.items()):
        by_label: dict[str, list[int]] = {}
        for target, label in ways:
            by_label.setdefault(label, []).append(target)
        for targets in by_label.values():
            if len(targets) > 1 and min(targets) > place:
                _join(found, place, sorted(targets), reader)
    for place in range(len(found.entries)):
        _beside(found, place, reader)


def _join(found: Course, place: int, targets: list[int], reader: WayReader) -> None:
    behind = targets[-1] + 1 if targets[-1] + 1 < len(found.entries) else found.end
    for target in targets[1:]:
        last = target - 1
        runs_on = found.arrows.get(last) == [(target, "")] and last >= targets[0]
        if runs_on and last not in found.told:
            found.arrows[last] = [(behind, "")]
            if behind > targets[-1] and not found.arrows[targets[-1]]:
                found.arrows[targets[-1]] = [(behind, "")]
            reader.say_joint(last, behind)


def _beside(found: Course, place: int, reader: WayReader) -> None:
    """ "Bersamaan dengan 5": whatever leads to the one leads to the other, too."""
    number = together_with(reader.text(place))
    other = reader.numbered(number, place)
    if other is None or abs(other - place) != 1 or place in found.told:
        return
    first, second = sorted((place, other))
    led_to = any(target == first for ways in found.arrows.values() for target, _ in ways)
    if not led_to or found.arrows.get(first) != [(second, "")]:
        return
    for ways in found.arrows.values():
        for at, (target, label) in reversed(list(enumerate(ways))):
            if target == first and (second, label) not in ways:
                ways.insert(at + 1, (second, label))
    found.arrows[first] = list(found.arrows[second])
    reader.say_joint(first, second + 1)
