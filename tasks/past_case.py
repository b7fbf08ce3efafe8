"""A case of an invented past: its tasks lie, are taken up and done, and its timers ring."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from bpmn.durations import Duration
from engine import cases, clock, history, instances
from engine.models import HistoryEntry, Job, WorkItem
from tasks.skp import invented

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from random import Random

    from bpmn.diagram import Diagram
    from engine.database import Database
    from engine.people import Actor
    from engine.worker import Runner
    from engine.working_time import WorkingTime

# (mean, deviation) of the logarithm: of the working seconds that a task lies in the tray, and of
# the part of its Waktu that it takes; 15 of 100 are late.
TRAY, WORK = (9.0, 1.2), (-0.62, 0.6)
FORGOTTEN, FORGOTTEN_FOR = 0.02, (8 * 3600, 80 * 3600)  # a share of the tasks; working seconds


@dataclass(frozen=True)
class Stage:
    """Where it is played: until the ``present``, with the clock in one's hands (``put``)."""

    db: Database
    diagram: Diagram
    working: WorkingTime
    runners: Mapping[str, Runner]
    present: datetime
    put: Callable[[datetime], None]


@dataclass
class PastCase:
    """A case that goes on from where it stands; ``done`` counts its completed tasks."""

    stage: Stage
    id: int
    done: int = 0
    _data: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def standing(cls, stage: Stage, case_id: int) -> PastCase:
        """A case as it stands, with the clock at what was done last."""
        of_case = HistoryEntry.instance_id == case_id
        with stage.db.read() as session:
            last = session.scalars(select(func.max(HistoryEntry.at)).where(of_case)).one()
            given = [one for _, one in sorted(history.submissions(session, case_id).items())]
        stage.put(last)
        data = {name: value for one in given for name, value in one.items()}
        return cls(stage, case_id, len(given), data)

    def task(self) -> WorkItem | None:
        """Its open task, if it has one."""
        with self.stage.db.read() as session:
            items = cases.work(session, self.id)
        return next((item for item in items if item.status == "open"), None)

    def take_up(self, item: WorkItem, actor: Callable[[], Actor], drawn: Random) -> bool:
        """Takes up a task some time after it came; False where that is still to come."""
        if not self._pass(round(drawn.lognormvariate(*TRAY))):
            return False
        act = instances.take_up if item.person_id else instances.claim
        act(self.stage.db, actor(), item.id)
        return True

    def complete(
        self, item: WorkItem, actor: Callable[[], Actor], drawn: Random, *, agrees: bool
    ) -> bool:
        """The same of completing it."""
        took = self._waktu(item) * drawn.lognormvariate(*WORK)
        if drawn.random() < FORGOTTEN:
            took = drawn.uniform(*FORGOTTEN_FOR)
        if not self._pass(round(took)):
            return False
        step = self.stage.diagram.nodes[item.element]
        today = clock.now().astimezone(self.stage.working.zone).date()
        given = invented.answers(drawn, step, self._data, today, agrees=agrees)
        token = f"{self.id}-{item.id}"
        instances.complete(self.stage.db, actor(), item.id, given, token=token)
        self._data |= given
        self.done += 1
        return True

    def _waktu(self, item: WorkItem) -> int:
        """The seconds that a task which was just taken up has; an hour where nothing says."""
        with self.stage.db.read() as session:
            due = session.scalar(select(WorkItem.due_at).where(WorkItem.id == item.id))
        return self.stage.working.between(clock.now(), due) if due else 3600

    def _pass(self, seconds: int) -> bool:
        """Lets working time pass, and what comes due in it happen; False at the present."""
        then = self.stage.working.add(clock.now(), Duration(seconds=seconds))
        until = min(then, self.stage.present)
        while (job := self._next_job(until)) is not None:
            self.stage.put(max(job.ready, clock.now()))
            self.stage.runners[job.kind](self.stage.db, job)
        self.stage.put(until)
        return then < self.stage.present

    def _next_job(self, until: datetime) -> Job | None:
        due = Job.instance_id == self.id, Job.state == "armed", Job.ready <= until
        with self.stage.db.read() as session:
            return session.scalar(select(Job).where(*due).order_by(Job.ready, Job.id).limit(1))
