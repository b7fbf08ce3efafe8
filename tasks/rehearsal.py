"""A case in memory on a clock of its own: nobody is told of it, and nothing of it is recorded.

Work is taken up when it arrives; a timer that comes again and again rings once. Working time is
that of an office without a calendar of its own.
"""

from __future__ import annotations

from base64 import b85decode, b85encode
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from bpmn.messages import message
from engine import calendars, values
from engine.errors import NoLongerOpen, StepFailed
from engine.spiff.execution import Execution
from engine.timers import Clocks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from engine.spiff.programs import Program

MAX_RINGS = 300  # of one wait; more than anybody looks through


@dataclass(frozen=True)
class Played:
    """What was done: ``kind`` is ``start``, ``task``, ``service``, ``event`` or ``timer``."""

    at: datetime
    kind: str
    element: str
    given: dict[str, Any]


class Rehearsal:
    """A running case of a program; ``due`` says when each of its waiting timers rings."""

    def __init__(
        self,
        execution: Execution,
        now: datetime,
        *,
        due: dict[str, datetime] | None = None,
        trace: Sequence[str] = (),
        played: Sequence[Played] = (),
    ) -> None:
        self.execution = execution
        self.now = now
        self.due = dict(due or {})
        self.played = list(played)
        self._before = list(trace)
        self._clocks = Clocks(execution.program.diagram, calendars.usual())
        self._arm()

    @classmethod
    def start(cls, program: Program, data: dict[str, Any], now: datetime) -> Rehearsal:
        """A new case; raises `StepFailed`."""
        asked = program.diagram.start_form
        given = [Played(now, "start", asked.id, data)] if asked else []
        return cls(Execution.start(program, data), now, played=given)

    @classmethod
    def load(cls, program: Program, packed: bytes) -> Rehearsal:
        """The case that `save` wrote; raises `StateDamaged`."""
        kept = values.loads(packed)
        execution = Execution.load(program, b85decode(kept["flow"]))
        played = [Played(**one) for one in kept["played"]]
        return cls(execution, kept["now"], due=kept["due"], trace=kept["trace"], played=played)

    def save(self) -> bytes:
        """All of it, without the program; raises `StepFailed` when it is too large."""
        return values.dumps(
            {
                "flow": b85encode(self.execution.save()).decode(),
                "now": self.now,
                "due": self.due,
                "trace": self.trace,
                "played": [asdict(one) for one in self.played],
            }
        )

    @property
    def trace(self) -> list[str]:
        """The nodes completed so far, in order."""
        return self._before + self.execution.completed

    @property
    def next_timer(self) -> str | None:
        """The timer that rings first."""
        return min(self.due, key=lambda timer: self.due[timer], default=None)

    def complete(self, task: str, given: dict[str, Any]) -> None:
        """Completes an open or service task; raises `NoLongerOpen` and `StepFailed`."""
        element = (self.execution.open_tasks | self.execution.services).get(task, "")
        kind = "service" if task in self.execution.services else "task"
        self.execution.complete(task, given)
        self._note(kind, element, given)

    def receive(self, task: str, given: dict[str, Any]) -> None:
        """Lets an awaited message or signal arrive; raises `NoLongerOpen` and `StepFailed`."""
        element = self.execution.events.get(task, "")
        self.execution.receive(task, given)
        self._note("event", element, given)

    def ring(self) -> None:
        """Moves on to the next timer and lets it ring; raises `NoLongerOpen` and `StepFailed`."""
        timer = self.next_timer
        if timer is None:
            raise NoLongerOpen(message("Tidak ada timer yang berjalan."))
        self.now = max(self.now, self.due[timer])
        element = self.execution.timers[timer]
        self.execution.fire(timer)
        self._note("timer", element, {})

    def wait_until(self, then: datetime) -> None:
        """Moves the clock on, with all timers that ring on the way; raises `StepFailed`."""
        for _ in range(MAX_RINGS):
            timer = self.next_timer
            if timer is None or self.due[timer] > then:
                self.now = max(self.now, then)
                return
            self.ring()
        raise StepFailed(message("Lebih dari {n} timer berbunyi sampai saat itu.", n=MAX_RINGS))

    def _note(self, kind: str, element: str, given: dict[str, Any]) -> None:
        self.played.append(Played(self.now, kind, element, given))
        self._arm()

    def _arm(self) -> None:
        """Gives every waiting timer its due time when it first waits, and drops the others."""
        waiting = self.execution.timers
        armed = {timer: due for timer, due in self.due.items() if timer in waiting}
        for timer in waiting.keys() - armed.keys():
            armed[timer] = self._due(timer, waiting[timer])
        self.due = armed

    def _due(self, timer: str, element: str) -> datetime:
        node = self.execution.program.diagram.nodes[element]
        due: datetime = self._clocks.timer(node, self.execution.data_of(timer), self.now)["due"]
        return due
