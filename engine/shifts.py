"""The clocks of many cases given later ends: which are meant in each, and when each is due then."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import select

from bpmn.messages import message
from engine import calendars, clock, postponement, steps, supervision
from engine.deeds import Shift, ids_of
from engine.errors import NoLongerOpen
from engine.models import Job
from engine.timers import Clocks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from bpmn.diagram import Diagram
    from engine.database import Database
    from engine.deeds import Judge, Seen
    from engine.ledger import Write
    from engine.models import Instance
    from engine.people import Actor
    from engine.postponement import Later

WAKTU, TRAY, DEADLINE = DUES = ("due_at", "wait_due_at", "deadline_at")  # of a task


@dataclass(frozen=True)
class Postpone:
    """Gives the running clocks of one sort a later end: ``until``, or ``length`` after their own.

    ``which`` is one of `DUES`; the length is a duration (ISO 8601) of working time.
    """

    kind: ClassVar[str] = "postpone"
    which: str
    until: datetime | None = None
    length: str | None = None

    def judge(self, session: Session, actor: Actor, seen: Sequence[Seen]) -> Judge:
        running, now = _timers(session, ids_of(seen)), clock.now()
        working = cache(lambda unit_id: calendars.of_unit(session, unit_id))

        def judge(one: Seen) -> Sequence[Shift]:
            supervision.require_supervisor(actor, one.case)
            clocks = Clocks(one.diagram, working(one.case.subject.unit_id))
            untils = self._untils(one.case, clocks, running[one.case.id], now)
            for job, until in untils:
                postponement.require_postponable(one.case, job, until, now)
            return [Shift(self.which, job.element or "", job.due, at) for job, at in untils]

        return judge

    def writing(
        self, db: Database, session: Session, actor: Actor, instance_id: int, reason: str
    ) -> Write:
        def chosen(case: Instance, clocks: Clocks, now: datetime) -> Sequence[Later]:
            return self._untils(case, clocks, _timers(session, [case.id])[case.id], now)

        return postponement.postponing(db, session, actor, instance_id, chosen, reason)

    def _untils(
        self, case: Instance, clocks: Clocks, running: Iterable[Job], now: datetime
    ) -> list[Later]:
        """The clocks that are meant, each with its new end; raises `NoLongerOpen` for none."""
        steps.require_going(case.status)
        found = [job for job in running if self._is_meant(clocks.diagram, job)]
        if not found:
            raise NoLongerOpen(message("Tidak ada batas waktu seperti itu yang sedang berjalan."))
        return [(job, self.until or self._later(clocks, job, now)) for job in found]

    def _is_meant(self, diagram: Diagram, job: Job) -> bool:
        return steps.due_column(diagram, {"kind": job.kind, "element": job.element}) == self.which

    def _later(self, clocks: Clocks, job: Job, now: datetime) -> datetime:
        length = self.length or ""
        return clocks.working.due(max(job.due, now), length, "working", end_of_day=job.end_of_day)


def _timers(session: Session, ids: Sequence[int]) -> defaultdict[int, list[Job]]:
    """The clocks of the tasks of cases."""
    of_tasks = Job.kind.in_(postponement.KINDS), Job.work_item_id.is_not(None)
    found: defaultdict[int, list[Job]] = defaultdict(list)
    for job in session.scalars(select(Job).where(Job.instance_id.in_(ids), *of_tasks)):
        found[job.instance_id or 0].append(job)
    return found
