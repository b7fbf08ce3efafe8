"""What differs between two drawings of a process, in words: read from the XML, all of it.

What the view of a diagram knows is said by its name (`bpmn.changes.facts`). Whatever else an
element holds is compared as it stands in the file (`bpmn.changes.parts`), so that no change of
meaning goes untold; where only the picture differs, that is what is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from bpmn.changes.facts import GROUPS, Fact, facts, title
from bpmn.changes.parts import parts, places
from bpmn.changes.terms import is_restated
from bpmn.diagram import HUMAN_TASKS
from bpmn.messages import message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bpmn.diagram import Diagram
    from bpmn.messages import Message


@dataclass(frozen=True)
class Change:
    """One difference: ``about`` which element, ``what`` of it, from ``old`` to ``new``.

    ``group`` is a key of `GROUPS`, ``mark`` is ``added``, ``removed`` or ``changed``; None stands
    for what was not there before, or no longer is.
    """

    group: str
    element: str
    mark: str
    about: str | Message
    what: Message
    old: str | Message | None = None
    new: str | Message | None = None

    @property
    def said(self) -> Message:
        """The whole change as one line."""
        names = {"about": self.about, "what": self.what, "old": self.old, "new": self.new}
        if self.old is None and self.new is None:
            return message("{about}: {what}", **names)
        if self.old is None:
            return message("{about}: {what} kini {new}", **names)
        if self.new is None:
            return message("{about}: {what} dihapus (dahulu {old})", **names)
        return message("{about}: {what} {old} → {new}", **names)


@dataclass(frozen=True)
class Comparison:
    """All changes, by group; ``marks`` say of each element on the picture what happened to it.

    A mark is ``added``, ``removed``, ``changed`` or ``moved`` (drawn elsewhere, and the same).
    """

    changes: tuple[Change, ...]
    marks: dict[str, str]

    @property
    def only_moved(self) -> bool:
        """Whether the picture alone differs."""
        return not self.changes and bool(self.marks)

    @property
    def groups(self) -> list[tuple[Message, list[Change]]]:
        """The changes under the title of their group."""
        return [(GROUPS[g], list(found)) for g, found in groupby(self.changes, lambda c: c.group)]


def compare(old: Diagram, new: Diagram) -> Comparison:
    """What differs between two drawings; elements are the same where their ids are."""
    found = [*_exist(old, new), *_told(old, new)]
    found += _untold(old, new, {change.element for change in found})
    order = list(GROUPS)
    found.sort(key=lambda change: order.index(change.group))
    marks: dict[str, str] = {}
    for change in found:
        marks.setdefault(change.element, change.mark)
    was, now = places(old), places(new)
    for element in was.keys() & now.keys():
        if was[element] != now[element]:
            marks.setdefault(element, "moved")
    return Comparison(tuple(found), marks)


def _exist(old: Diagram, new: Diagram) -> Iterator[Change]:
    """What has come and what has gone, the whole of it."""
    for element in new.names:
        if element not in old.names:
            group, about = title(new, element)
            yield Change(group, element, "added", about, message("ditambahkan"))
    for element in old.names:
        if element not in new.names:
            group, about = title(old, element)
            yield Change(group, element, "removed", about, message("dihapus"))


def _told(old: Diagram, new: Diagram) -> Iterator[Change]:
    """The facts that differ; of what is gone nothing more is said."""
    was, now = facts(old), facts(new)
    here, there = {new.key, *new.names}, {old.key, *old.names}
    for key in [*now, *(key for key in was if key not in now)]:
        before, after = was.get(key), now.get(key)
        fact = after or before
        if fact is None or fact.element not in here or _same(before, after):
            continue
        if fact.only_among_same and not _same_fields(was, now, fact.element):
            continue
        if fact.element not in there and _goes_without_saying(new, fact, key[1]):
            continue
        if before is None and _is_label_of_new_field(was, *key):
            continue
        mark = "changed" if fact.element in there else "added"
        about = title(new, fact.element)[1]
        shown = [one.shown if one else None for one in (before, after)]
        yield Change(fact.group, fact.element, mark, about, fact.what, *shown)


def _goes_without_saying(new: Diagram, fact: Fact, name: str) -> bool:
    """Whether a fact of a new element only says again that it is there."""
    node = new.nodes.get(fact.element)
    nobodys = name == "lane" and node is not None and node.kind not in HUMAN_TASKS
    return nobodys or is_restated(name, fact.value)


def _is_label_of_new_field(was: dict[tuple[str, str], Fact], element: str, name: str) -> bool:
    field, _, fact = name.rpartition(".")
    return field.startswith("form.") and fact == "label" and (element, f"{field}.type") not in was


def _same(before: Fact | None, after: Fact | None) -> bool:
    return before is not None and after is not None and before.value == after.value


def _same_fields(
    was: dict[tuple[str, str], Fact], now: dict[tuple[str, str], Fact], element: str
) -> bool:
    """Whether a form asks for the same as before, so that an order of its own is news."""
    before, after = ({k for k in found if k[0] == element} for found in (was, now))
    return before == after


def _untold(old: Diagram, new: Diagram, told: set[str]) -> Iterator[Change]:
    """Elements that differ in what the facts do not know."""
    was, now = parts(old), parts(new)
    other = message("rincian lain berubah")
    for element in [*now, *(one for one in was if one not in now)]:
        if was.get(element) == now.get(element) or element in told:
            continue
        mark = "added" if element not in was else "changed" if element in now else "removed"
        about = title(new if element in now else old, element)[1]
        what = {"added": message("ditambahkan"), "removed": message("dihapus")}.get(mark, other)
        yield Change("other", element, mark, about, what)
