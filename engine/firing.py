"""Timers that are due: each fires in the write that moves its case on, or starts a case."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bpmn.messages import AlurError
from engine import (
    clock,
    deployments,
    effort,
    history,
    jobs,
    ledger,
    measures,
    schedules,
    starting,
    steps,
    values,
)
from engine.history import Fact
from engine.ledger import Act, once_more

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from bpmn.diagram import Diagram
    from engine.database import Database
    from engine.ledger import Case
    from engine.models import Definition, Job
    from engine.steps import Situation, Step
    from engine.timers import Row


_TOGETHER = measures.STEPS.labels("firing.fire_together")


@dataclass(frozen=True)
class Fired:
    """A timer that has fired in memory: what its case has come to, to be written."""

    job: Job
    case: Case
    act: Act
    step: Step
    changes: Row


@once_more
def fire(db: Database, job: Job) -> None:
    """Lets a timer of a case fire and the case run on; raises `StepFailed`, `StaleInstance`."""
    with db.read() as session:
        case = steps.read_case(session, job.instance_id or 0)
        fired = _fired(db, session, case, job)
        with db.write(session):
            if fired is None:
                jobs.finish(session, job)
            else:
                _write(session, [fired])


def fire_together(db: Database, due: Sequence[Job]) -> list[Job]:
    """Lets timers fire in one transaction, one of each case; gives those that did.

    Many come due at once, as an office's day ends: one by one each would wait for the disk. The
    others are to be fired alone, which says why they could not. Raises `StaleInstance` and
    `JobGone` when one of them could not be written, and then none is.
    """
    firsts = {job.instance_id or 0: job for job in reversed(due)}
    with _TOGETHER.time(), db.read() as session:
        cases = steps.read_cases(session, sorted(firsts))
        fired = []
        with effort.afresh():  # of all: whoever comes too late has their own when alone
            for number, case in sorted(cases.items()):
                with suppress(AlurError):
                    if case.status == "running":
                        fired.append(_fired(db, session, case, firsts[number]))
        ready = [one for one in fired if one is not None]
        if ready:
            with db.write(session):
                _write(session, ready)
    return [one.job for one in ready]


def _fired(db: Database, session: Session, case: Case, job: Job) -> Fired | None:
    """Fires a timer in memory; None for one whose task has left the state."""
    before = steps.situation(db, session, case)
    if job.task not in before.waiting.timers:
        return None
    act = Act(None, "timer", clock.now(), [Fact("timer.fired", job.element, {"due": job.due})])
    repeat = _fire(before, job, act)
    details = {"token": job.task, "timer": job.element}
    cause = {"work_item_id": job.work_item_id, "details": details}
    idle = frozenset({job.task or ""})
    step = steps.follow(before, act, idle=idle, cause=cause, repeat=repeat)
    changes = {"state": before.execution.save(), **steps.ending(before, act)}
    return Fired(job, case, act, step, changes)


def _write(session: Session, fired: Sequence[Fired]) -> None:
    # The cases first, as every act does: otherwise two could wait for each other.
    ledger.append_all(session, [(one.case, one.act, one.changes) for one in fired])
    jobs.finish_all(session, [one.job for one in fired])
    steps.write_all(session, [(one.case, one.step, one.act) for one in fired])


def _fire(before: Situation, job: Job, act: Act) -> dict[str, Row]:
    """Fires the timer; the job of the next repetition by its timer, if there is one."""
    data = before.execution.data_of(job.task or "")
    again = before.execution.fire(job.task or "", again=job.repeats != 0)
    if again is None:
        return {}
    node = before.diagram.nodes[job.element or ""]
    following = before.clocks.next_repeat(node, data, job, act.at)
    return {again: following | {"work_item_id": job.work_item_id}}


def start(db: Database, job: Job) -> None:
    """A start timer is due: a job for each person it is about, and the next due time armed.

    One whose case cannot be started then keeps nobody else's from starting.
    """
    now = clock.now()
    with db.read() as session:
        diagram = _diagram(db, _definition(session, job))
        subjects = sorted(schedules.subjects(session, diagram))
    same = {"kind": "begin", "element": diagram.key, "due": job.due, "ready": now}
    go_on(db, job, [same | {"person_id": i, "details": job.details} for i in subjects])


def begin(db: Database, job: Job) -> None:
    """Starts the case about one person; the same due date starts one case only."""
    with db.read() as session:
        definition = _definition(session, job)
    # Without the version: a new one put into force does not start the same due date again.
    same = history.digest(values.dumps([definition.key, job.due, job.person_id]))
    starting.start_by_timer(db, definition, job.person_id or 0, same)
    with db.write() as session:
        jobs.finish(session, job)


def go_on(db: Database, job: Job, begun: Sequence[Row] = ()) -> None:
    """Arms the next due time of a start timer in the place of one that is over."""
    with db.read() as session:
        following = schedules.following(session, _diagram(db, _definition(session, job)), job)
    with db.write() as session:
        if following is None:
            jobs.finish(session, job)
        else:
            jobs.move(session, job, state="armed", **following)
        jobs.arm(session, begun)


def _definition(session: Session, job: Job) -> Definition:
    return deployments.definition(session, values.loads(job.details or b"")["definition"])


def _diagram(db: Database, definition: Definition) -> Diagram:
    return deployments.program(db, definition.digest).diagram
