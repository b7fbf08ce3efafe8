"""The model: a case as one engine would have it that does one thing after the other."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bpmn.diagram import Diagram


BEHIND = frozenset({"document.made"})  # what was ordered before may be made after the end


@dataclass(frozen=True)
class Fact:
    """An entry of a case's record: ``due`` of a timer that fired, ``seated`` who a task is for."""

    kind: str
    element: str | None = None
    person: int | None = None
    place: str = ""
    at: datetime | None = None
    due: str | None = None
    seated: int | None = None


@dataclass(frozen=True)
class Item:
    """A task of a case, and the tokens of what was submitted for it."""

    id: int
    element: str
    place: str
    status: str
    tokens: tuple[str, ...] = ()


@dataclass(frozen=True)
class Case:
    """What the database holds of a case: its facts in their order, its tasks by number."""

    id: int
    key: str
    token: str
    status: str
    facts: Sequence[Fact]
    items: Sequence[Item]

    def number(self, element: str | None, visit: int) -> int | None:
        """The task that was opened at an element for this time, counted from 0."""
        same = [item.id for item in self.items if item.element == element]
        return same[visit] if visit < len(same) else None


@dataclass
class Desk:
    """What is to be done in a case, and who has it, after some of its facts.

    ``open`` are its tasks by element, ``seen`` all there were, ``holders`` who has each place.
    """

    diagram: Diagram
    case: Case
    open: dict[str, int] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    holders: dict[str, int | None] = field(default_factory=dict)
    visits: Counter[str] = field(default_factory=Counter)
    called: Counter[str] = field(default_factory=Counter)
    ended: bool = False

    def apply(self, fact: Fact) -> str | None:
        """Takes a fact in; says why it could not have happened now."""
        element, kind = fact.element or "", fact.kind
        if self.ended and kind not in BEHIND:
            return f"{kind} {element} after the end"
        act = getattr(self, "_" + kind.replace(".", "_").replace("-", "_"), None)
        told: str | None = act(element, fact) if act else None
        return told

    def holder(self, item: int) -> int | None:
        """Who has a task."""
        return self.holders.get(self._place(item))

    def is_open(self, item: int) -> bool:
        """Whether a task is to be done."""
        return item in self.open.values()

    def is_closed(self, item: int) -> bool:
        """Whether a task was to be done, and is not any more."""
        return item in self.seen and not self.is_open(item)

    def _place(self, item: int) -> str:
        return next(one.place for one in self.case.items if one.id == item)

    def _instance_started(self, element: str, _fact: Fact) -> None:
        self.visits[element] += bool(element)  # its form is a task that is done

    def _task_opened(self, element: str, fact: Fact) -> str | None:
        number = self.case.number(element, self.visits[element])
        self.visits[element] += 1
        if element in self.open or number is None:
            return f"{element} opened twice, or without a task"
        self.open[element] = number
        self.seen.add(number)
        place = self._place(number)
        before, self.holders[place] = self.holders.get(place), fact.seated
        if before not in (None, fact.seated):
            return f"{element} opened for {fact.seated} while {before} had its place"
        return None

    def _task_completed(self, element: str, fact: Fact) -> str | None:
        if element not in self.open:
            return f"{element} completed while it was not open"
        return self._take(fact, self.open.pop(element))

    def _task_claimed(self, element: str, fact: Fact) -> str | None:
        if element not in self.open:
            return f"{element} claimed while it was not open"
        if self.holders.get(fact.place) == fact.person:
            return f"{element} claimed by {fact.person}, who had it"
        return self._take(fact, self.open[element])

    def _task_taken_up(self, element: str, fact: Fact) -> str | None:
        return None if element in self.open else f"{element} taken up while it was not open"

    def _task_released(self, element: str, fact: Fact) -> str | None:
        if element not in self.open or self.holders.get(fact.place) != fact.person:
            return f"{element} released by {fact.person}, who did not have it"
        self.holders[fact.place] = None
        return None

    def _timer_fired(self, element: str, _fact: Fact) -> str | None:
        node = self.diagram.nodes[element]
        if node.attached_to is None:
            return None
        if node.attached_to not in self.open:
            return f"{element} fired though {node.attached_to} was not open"
        if node.interrupting:
            del self.open[node.attached_to]
        return None

    def _service_called(self, element: str, _fact: Fact) -> None:
        self.called[element] += 1

    def _service_completed(self, element: str, _fact: Fact) -> str | None:
        self.called[element] -= 1
        return f"{element} answered more often than called" if self.called[element] < 0 else None

    def _instance_completed(self, _element: str, _fact: Fact) -> str | None:
        self.ended = True
        return f"ended with {sorted(self.open)} open" if self.open else None

    def _take(self, fact: Fact, item: int) -> str | None:
        place = self._place(item)
        before, self.holders[place] = self.holders.get(place), fact.person
        if before not in (None, fact.person):
            return f"{fact.element} {fact.kind} by {fact.person} while {before} had it"
        return None
