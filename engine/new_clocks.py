"""The clocks of a case in another version: what is due when, counted from the original start."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from sqlalchemy import select

from bpmn.durations import clock_iso
from engine import steps
from engine.models import HistoryEntry
from engine.steps import Waiting

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from bpmn.diagram import Node
    from engine.models import Job, WorkItem
    from engine.spiff.execution import Execution
    from engine.spiff.routes import Route
    from engine.timers import Clocks, Row
    from engine.transfers import Situation

_AROUND = ("before", "escalate")
_CLOCKED = ("timer", "service")


@dataclass
class NewClocks:
    """What is armed for a case in the new version: ``disarmed`` job ids go, ``armed`` rows come.

    A clock that the new version draws as the old one did runs on as it is, postponed or not;
    ``renamed`` are such jobs whose element has another id.
    """

    session: Session
    route: Route
    before: Situation
    execution: Execution
    clocks: Clocks
    now: datetime
    disarmed: list[int] = field(default_factory=list)
    armed: list[Row] = field(default_factory=list)
    renamed: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.waiting = Waiting.of(self.execution)
        self.nodes = self.clocks.diagram.nodes
        self.items = {item.task: item for item in self.before.items}
        self.hosts = {timer: self.execution.host(timer) for timer in self.waiting.timers}
        self._look_through()

    def dues(self, item: WorkItem, element: str) -> Row:
        """The due columns of a task; arms its waiting limit and what goes around its Waktu."""
        return {
            "due_at": self._waktu(item, element),
            "wait_due_at": self._wait(item, element),
            "deadline_at": self._deadline(item, element),
        }

    # Timers and services

    def _look_through(self) -> None:
        known = set()
        for job in self.before.jobs:
            if job.kind in _CLOCKED and job.task is not None:
                known.add(job.task)
                self._again(job)
        for timer in sorted(self.waiting.timers.keys() - known):
            if self._is_to_be_armed(timer):
                self._arm(timer, None)

    def _again(self, job: Job) -> None:
        """Keeps a job as it is, or has another in its place, or none."""
        task = job.task or ""
        waiting = self.waiting.timers if job.kind == "timer" else self.waiting.services
        element = waiting.get(task)
        if element is not None and self._is_drawn_alike(job.element, element):
            self._rename(job, element)
            return
        self.disarmed.append(job.id)
        if element is not None:
            self._arm(task, job)

    def _rename(self, job: Job, element: str) -> None:
        if job.element != element:
            self.renamed[job.id] = element

    def _is_drawn_alike(self, before: str | None, element: str) -> bool:
        old, new = self.route.old.diagram, self.clocks.diagram
        one, other = old.nodes.get(before or ""), new.nodes[element]
        return one is not None and (
            _said(one) == _said(other) and old.clock(one) == new.clock(other)
        )

    def _is_to_be_armed(self, timer: str) -> bool:
        """Whether no clock runs yet for a timer, or another one; some were left out by hand."""
        element = self.waiting.timers[timer]
        return not self._is_drawn_alike(self._before(element), element)

    def _before(self, element: str) -> str | None:
        """The element of the old version that one of the new version stands for."""
        return next((old for old, new in self.route.mapping.items() if new == element), None)

    def _arm(self, timer: str, job: Job | None) -> None:
        node, host = self.nodes[self.waiting.timers[timer]], self.hosts[timer]
        item = self.items.get(host or "")
        since = self._since(node, item, timer, job)
        if since is not None:
            row = self.clocks.timer(node, self.execution.data_of(timer), since)
            same = {"task": timer, "element": node.id, "work_item_id": item.id if item else None}
            self._put(self._suspended(row, since) | same)

    def _since(
        self, node: Node, item: WorkItem | None, timer: str, job: Job | None
    ) -> datetime | None:
        """When the clock of a timer began to run; None when it has not yet."""
        if item is not None:
            return item.taken_up_at if node.starts_on_take_up else item.opened_at
        if job is not None and node.attached_to is None and job.since is not None:
            return job.since
        return self.execution.reached(timer)

    # The columns of a task

    def _waktu(self, item: WorkItem, element: str) -> datetime | None:
        node = next((n for n in self.clocks.diagram.boundary_events(element) if n.is_waktu), None)
        if node is None:
            self._drop_around(item)
            return None
        since = item.taken_up_at if node.starts_on_take_up else item.opened_at
        if since is None:
            return None
        row = self._armed_for(item, node.id)
        if row is None and self._is_drawn_alike(self._before(node.id), node.id):
            for job in self._around(item):
                self._rename(job, element)
            return item.due_at
        if row is None:  # it has fired
            again = self.clocks.timer(node, self.execution.data_of(item.task), since)
            row = self._suspended(again, since)
        due: datetime = row["due"]
        self._arm_around(item, element, node, due, since)
        return due

    def _arm_around(
        self, item: WorkItem, element: str, node: Node, due: datetime, since: datetime
    ) -> None:
        self._drop_around(item)
        same = {"task": item.task, "element": element, "work_item_id": item.id}
        for row in self.clocks.around(node, due, since):
            if row["due"] > self.now:
                self._put(row | same)

    def _drop_around(self, item: WorkItem) -> None:
        self.disarmed += [job.id for job in self._around(item)]

    def _around(self, item: WorkItem) -> list[Job]:
        return [job for kind in _AROUND for job in self._of(item, kind)]

    def _wait(self, item: WorkItem, element: str) -> datetime | None:
        """The end of the waiting limit; once it has passed and been told, it is not told again."""
        if item.taken_up_at is not None:
            return item.wait_due_at
        job = next((j for j in self._of(item, "wait")), None)
        old, new = self.route.old.diagram, self.clocks.diagram
        same = old.wait_limit(item.element) == new.wait_limit(element)
        if same and old.clock() == new.clock():
            if job is not None:
                self._rename(job, element)
            return item.wait_due_at
        row = self.clocks.wait_limit(element, item.opened_at)
        row = row and self._suspended(row, item.opened_at)
        if job is not None:
            self.disarmed.append(job.id)
        if row is not None and (job is not None or item.wait_due_at is None):
            self._put(row | {"task": item.task, "element": element, "work_item_id": item.id})
        return row["due"] if row else None

    def _deadline(self, item: WorkItem, element: str) -> datetime | None:
        kept = [
            {"kind": job.kind, "element": self.renamed.get(job.id, job.element), "due": job.due}
            for job in self._of(item, "timer")
            if job.id not in self.disarmed
        ]
        armed = [row for row in self.armed if row.get("work_item_id") == item.id]
        found: datetime | None = steps.item_dues(self.clocks.diagram, kept + armed)["deadline_at"]
        edge = self.clocks.diagram.boundary_events(element)
        is_one = any(n.timer and n.timer.kind != "timeCycle" and not n.is_waktu for n in edge)
        return found or (item.deadline_at if is_one else None)

    def _of(self, item: WorkItem, kind: str) -> list[Job]:
        return [j for j in self.before.jobs if j.kind == kind and j.work_item_id == item.id]

    def _armed_for(self, item: WorkItem, element: str) -> Row | None:
        mine = (row for row in self.armed if row.get("work_item_id") == item.id)
        return next((row for row in mine if row["element"] == element), None)

    # A case that has stood still

    def _put(self, row: Row) -> None:
        held = self.before.case.status == "suspended" and row.get("kind") != "service"
        self.armed.append(row | ({"state": "held"} if held else {}))

    def _suspended(self, row: Row, since: datetime) -> Row:
        """A clock goes on later by as long as the case has stood still since it began."""
        if row["duration"] is None:
            return row
        clock, stops = row["clock"], [(a, b) for a, b in self._stops if (b or self.now) > since]
        stood = sum(self.clocks.seconds(clock, max(a, since), b) for a, b in stops if b)
        due = row["due"]
        if stood:
            due = self.clocks.working.due(due, clock_iso(stood), clock, end_of_day=False)
        if not stops:
            return row
        begun, ended = stops[-1]
        left = self.clocks.seconds(clock, ended or begun, due)
        new = row | {"due": due, "ready": due, "since": ended, "duration": clock_iso(left)}
        return new | {"end_of_day": row["end_of_day"] and left > 0}

    @cached_property
    def _stops(self) -> list[tuple[datetime, datetime | None]]:
        """When the case has stood still: from when to when, the last one perhaps until now."""
        kinds = "instance.suspended", "instance.resumed"
        of_case = HistoryEntry.instance_id == self.before.case.id, HistoryEntry.kind.in_(kinds)
        query = select(HistoryEntry.kind, HistoryEntry.at).where(*of_case)
        found = self.session.execute(query.order_by(HistoryEntry.seq)).all()
        ends = [*found, None]
        return [
            (entry.at, after.at if after else None)
            for entry, after in pairwise(ends)
            if entry is not None and entry.kind == kinds[0]
        ]


def _said(node: Node) -> tuple[object, ...]:
    """What is drawn of a timer, or of a service that waits, which has none."""
    due = node.properties.get("alur:due")
    return node.kind, node.timer, due, node.starts_on_take_up, node.is_waktu
