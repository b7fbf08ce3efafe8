"""Visits of a case to its steps: who was there as what, and the time it took by the office's clock.

One visit is one task: opened, taken up, done or closed. What of it is still open counts until now.
The tallies add up the same seconds of what is done, see `engine.tallies`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine import calendars, clock
from engine.punctuality import Standing, done_at, standing, was_late
from engine.timers import Clocks

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from engine.courses import Course
    from engine.models import Group, HistoryEntry, Instance, Person, WorkItem

    Ending = tuple[str | None, int | None, datetime | None]  # element, person, instant

_CLOSED = {"completed": "done", "cancelled": "cancelled"}


@dataclass(frozen=True)
class Visit:
    """One task of a case; ``waited`` and ``worked`` are seconds, ``waktu`` the standard as drawn.

    ``state`` is ``done``, ``cancelled`` or how it stands.
    """

    item: WorkItem
    name: str
    capacity: str
    waktu: str | None
    waited: int
    worked: int
    state: str | Standing

    @property
    def who(self) -> Person | Group | None:
        """Who did it, or else whose it is or was: a group's until one of it has it."""
        done_by = self.item.closer if self.state == "done" else None
        return done_by or self.item.person or self.item.group

    @property
    def in_place_of(self) -> Person | None:
        """In whose place it was done; None where it was their own."""
        is_other = self.state == "done" and self.item.person_id != self.item.closed_by
        return self.item.person if is_other else None

    @property
    def done_at(self) -> datetime | None:
        """When it was done, or closed without being done; None while it is open."""
        return done_at(self.item)

    @property
    def is_late(self) -> bool:
        """Whether it is or was done past its Waktu or a deadline."""
        if self.state == "done":
            return was_late(self.item)
        return self.state is Standing.LATE

    @property
    def shown(self) -> str | Standing:
        """What is said of it: that it is late before all else."""
        return Standing.LATE if self.is_late else self.state


@dataclass
class Total:
    """Visits that are done and late, and the seconds of all of them."""

    done: int = 0
    late: int = 0
    waited: int = 0
    worked: int = 0

    def add(self, visit: Visit) -> None:
        """Counts one more."""
        self.done += visit.state == "done"
        self.late += visit.is_late
        self.waited += visit.waited
        self.worked += visit.worked


@dataclass(frozen=True)
class Times:
    """All visits of a case in the order they opened, their sum, and that of each who had them."""

    visits: list[Visit]
    total: Total = field(default_factory=Total)
    people: list[tuple[Person | Group, Total]] = field(default_factory=list)

    def by_ending(self) -> dict[Ending, Visit]:
        """The visits that are done, by what the history says of their end."""
        done = (visit for visit in self.visits if visit.state == "done")
        return {(v.item.element, v.item.closed_by, v.item.closed_at): v for v in done}


def of_case(session: Session, case: Instance, course: Course, work: Iterable[WorkItem]) -> Times:
    """The visits of a case that was read with its employee; ``work`` are all its tasks."""
    clocks = Clocks(course.present, calendars.of_unit(session, case.subject.unit_id))
    now = clock.now()
    visits = [
        _visit(course, case, item, clocks.counted(item, now) if item.status == "open" else {})
        for item in work
        if not course.node(item).asks_starter  # the start form, which nobody waits for
    ]
    times = Times(visits)
    of_whom: dict[tuple[type, int], tuple[Person | Group, Total]] = {}
    for visit in visits:
        times.total.add(visit)
        if visit.who is not None:
            of_whom.setdefault((type(visit.who), visit.who.id), (visit.who, Total()))[1].add(visit)
    times.people.extend(sorted(of_whom.values(), key=lambda one: -one[1].worked))
    return times


def ending(entry: HistoryEntry) -> Ending:
    """What `Times.by_ending` knows the end of a task by."""
    return entry.element, entry.person_id, entry.at


def _visit(course: Course, case: Instance, item: WorkItem, so_far: dict[str, int]) -> Visit:
    drawn = course.diagram(item)
    return Visit(
        item,
        drawn.names[item.element],
        drawn.names.get(item.place, item.place),
        drawn.waktu(item.element),
        so_far.get("waited", item.waited),
        so_far.get("worked", item.worked),
        _CLOSED.get(item.status) or standing(item, case.status),
    )
