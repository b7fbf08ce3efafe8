"""The clocks of a case: when its timers are due, and what is armed for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from bpmn.durations import clock_iso, parse_cycle, parse_instant
from bpmn.messages import message
from bpmn.rules.timing import is_literal
from engine.errors import ExpressionFailed, StepFailed
from engine.expressions import evaluate

if TYPE_CHECKING:
    from bpmn.diagram import Diagram, Node
    from bpmn.durations import Cycle
    from engine.models import Job, WorkItem
    from engine.working_time import WorkingTime

Row = dict[str, Any]  # columns of a `Job`
WITHOUT_END = -1
MAX_MISSED = 10_000  # times of a cycle that are counted; then it goes on from the present


@dataclass(frozen=True)
class Clocks:
    """A procedure's timers on the working time of the unit that a case belongs to."""

    diagram: Diagram
    working: WorkingTime

    def timer(self, node: Node, data: dict[str, Any], since: datetime) -> Row:
        """The job of a timer whose clock starts now; raises `StepFailed`."""
        if node.timer is None:
            raise StepFailed(message("Timer tanpa waktu."))
        value = self._value(node, data)
        if node.timer.kind == "timeDate":
            return self._fixed(node, self._instant(value))
        if node.timer.kind == "timeDuration":
            return self._relative(node, str(value), since)
        return self._first(node, _cycle(value), since)

    def next_repeat(self, node: Node, data: dict[str, Any], fired: Job, now: datetime) -> Row:
        """The job after one of a cycle has fired; an endless one leaves out what it has missed."""
        # The cycle as it is drawn: the job may have been suspended, and hold only what was left.
        length = _cycle(self._value(node, data)).duration
        row = self._relative(node, length, fired.due)
        if fired.repeats == WITHOUT_END:
            return self._to_come(node, length, row, now)
        return row | {"repeats": fired.repeats - 1}

    def _first(self, node: Node, cycle: Cycle, since: datetime) -> Row:
        """The first of a cycle: at its own start if it has one, which is a fixed instant."""
        row = self._fixed(node, cycle.start) if cycle.start else None
        row = row or self._relative(node, cycle.duration, since)
        if cycle.count is None:
            return self._to_come(node, cycle.duration, row, since)
        return row | {"repeats": cycle.count - 1}

    def _to_come(self, node: Node, length: str, row: Row, now: datetime) -> Row:
        """The first of an endless cycle that has not been missed."""
        for _ in range(MAX_MISSED):
            if row["due"] > now:
                break
            row = self._relative(node, length, row["due"])
        else:
            row = self._relative(node, length, now)
        return row | {"repeats": WITHOUT_END}

    def wait_limit(self, element: str, since: datetime) -> Row | None:
        """The job of a task's waiting limit, if it has one."""
        limit = self.diagram.wait_limit(element)
        if limit is None:
            return None
        return self._counted(limit, self.diagram.clock(), since) | {"kind": "wait"}

    def around(self, node: Node, due: datetime, since: datetime) -> list[Row]:
        """The reminder before a Waktu's end and the escalation after it, where the process asks."""
        clock, rows = self.diagram.clock(node), []
        early = self.diagram.properties.get("alur:remindBefore")
        late = self.diagram.properties.get("alur:escalateAfter")
        if early is not None:
            ahead = self.working.due(since, early, clock, end_of_day=False)
            at = self._back(clock, due, self.seconds(clock, since, ahead))
            if at > since:
                rows.append({"kind": "before"} | self._until(clock, since, at))
        if late is not None:
            at = self.working.due(due, late, clock, end_of_day=False)
            rows.append({"kind": "escalate"} | self._until(clock, since, at))
        return rows

    def escalated_again(self, clock: str, at: datetime) -> Row:
        """The next escalation, as long after this one as it was after the Waktu."""
        return self._counted(self.diagram.properties["alur:escalateAfter"], clock, at)

    def counted(self, item: WorkItem, at: datetime) -> Row:
        """The seconds a task has waited or been worked on, its present phase included."""
        passed = self.seconds(self.diagram.clock(), item.since, at) if item.since else 0
        if item.taken_up_at is None:
            return {"waited": item.waited + passed}
        return {"worked": item.worked + passed}

    def performed(self, item: WorkItem, at: datetime) -> Row:
        """The same of a task that was performed before it is recorded: nothing after that counts.

        Performed before it had even been recorded as opened, it has taken no time of this clock.
        """
        clock, counted = self.diagram.clock(), {"waited": item.waited} | self.counted(item, at)
        since_opened = self.seconds(clock, item.opened_at, at)
        row: Row = {"performed_at": at, "waited": min(counted["waited"], since_opened)}
        if item.taken_up_at is not None:
            since_begun = self.seconds(clock, item.taken_up_at, at)
            row["worked"] = min(counted["worked"], since_begun)
        return row

    def seconds(self, clock: str, start: datetime, end: datetime) -> int:
        """Seconds of a clock between two instants; none when the end comes first."""
        if clock == "working":
            return self.working.between(start, end)
        return max(0, round((end - start).total_seconds()))

    def _back(self, clock: str, end: datetime, seconds: int) -> datetime:
        if clock == "working":
            return self.working.back(end, seconds)
        return end - timedelta(seconds=seconds)

    def _until(self, clock: str, since: datetime, at: datetime) -> Row:
        """A job for an instant that was computed otherwise, said as a length on its clock."""
        length = clock_iso(self.seconds(clock, since, at))
        return _row(at, since=since, duration=length, clock=clock)

    def _relative(self, node: Node, duration: str, since: datetime) -> Row:
        end_of_day = node.properties.get("alur:due") == "endOfDay"
        row = self._counted(duration, self.diagram.clock(node), since, end_of_day=end_of_day)
        return row | {"kind": "timer"}

    def _counted(
        self, duration: str, clock: str, since: datetime, *, end_of_day: bool = False
    ) -> Row:
        try:
            due = self.working.due(since, duration, clock, end_of_day=end_of_day)
        except (ValueError, OverflowError) as error:
            raise _unreadable() from error
        return _row(due, since=since, duration=duration, clock=clock, end_of_day=end_of_day)

    def _fixed(self, node: Node, instant: datetime) -> Row:
        if node.properties.get("alur:due") == "endOfDay":
            instant = self.working.end_of_day(instant)
        return _row(instant) | {"kind": "timer"}

    def _instant(self, value: Any) -> datetime:
        if isinstance(value, date) and not isinstance(value, datetime):
            return datetime.combine(value, time(), self.working.zone)
        instant = value if isinstance(value, datetime) else parse_instant(str(value))
        if instant is None:
            raise _unreadable()
        return instant if instant.tzinfo else instant.replace(tzinfo=self.working.zone)

    def _value(self, node: Node, data: dict[str, Any]) -> Any:
        drawn = node.timer
        if drawn is None or is_literal(drawn):
            return drawn.text if drawn else ""
        try:
            return evaluate(drawn.text, data)
        except ExpressionFailed as error:
            said = message("Langkah gagal: {reason}", reason=error.message)
            raise StepFailed(said) from error


def _row(
    due: datetime,
    *,
    since: datetime | None = None,
    duration: str | None = None,
    clock: str | None = None,
    end_of_day: bool = False,
) -> Row:
    return {
        "due": due, "ready": due, "since": since, "duration": duration, "clock": clock,
        "end_of_day": end_of_day, "repeats": 0,
    }  # fmt: skip


def _cycle(value: Any) -> Cycle:
    cycle = parse_cycle(str(value))
    if cycle is None:
        raise _unreadable()
    return cycle


def _unreadable() -> StepFailed:
    # Not the value: somebody may have typed it into a form, and others read incidents.
    return StepFailed(message("Nilai ungkapan timer bukan ISO 8601 (mis. PT10M)."))
