"""The worker: leases what is due and has it done, a failure of one never stopping the others.

Dramatiq delivers and executes, in the memory of this process; the table of jobs is the truth. Where
there is a broker, what is leased goes over it to whichever worker has room. A lost message, a dead
worker or a broker that is away costs one lease, never a job.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import dramatiq
from dramatiq.brokers.stub import StubBroker
from sqlalchemy.exc import SQLAlchemyError

from bpmn.messages import message
from engine import brokers, clock, effort, jobs, logs, measures
from engine.errors import DatabaseLost, JobGone, StaleInstance, Suspended, WorkerLost
from engine.jobs import MAX_ATTEMPTS, Lease

if TYPE_CHECKING:
    from engine.database import Database
    from engine.models import Job

Runner = Callable[["Database", "Job"], None]
# Does several jobs of a kind in one transaction; gives those that are done, or raises for all.
Together = Callable[["Database", "Sequence[Job]"], "Sequence[Job]"]
POLL = 0.25  # seconds between two looks at what is due
PATIENCE = 10.0  # seconds without a look, after which the worker counts as stuck
PATIENCE_AT_THE_END = 60_000  # milliseconds for what has begun; its lease ends if it hangs
BATCH = 20
AWAY = (DatabaseLost, SQLAlchemyError)
log = logging.getLogger("alur.worker")


@dataclass(frozen=True)
class Lane:
    """Jobs that may wait for each other, with threads of their own: a slow mail holds no timer.

    ``ahead`` is how many may be leased and not begun; with the lease it bounds the wait in line.
    ``at_once`` is how many a thread begins together.
    """

    name: str
    kinds: frozenset[str]
    threads: int
    ahead: int
    lease: timedelta
    at_once: int = 1


LANES = (
    Lane(
        "timers",
        frozenset({"timer", "wait", "before", "escalate", "start", "begin", "event", "publish"}),
        threads=4,
        ahead=400,
        lease=timedelta(seconds=30),
        at_once=BATCH,
    ),
    Lane(
        "messages",
        frozenset({"message", "signal"}),
        threads=2,
        ahead=100,
        lease=timedelta(seconds=60),
    ),
    # Cases wait for services, and nothing waits for a mail.
    Lane("services", frozenset({"service"}), threads=2, ahead=2, lease=timedelta(minutes=5)),
    Lane(
        "mails",
        frozenset({"mail", "code", "failure"}),
        threads=2,
        ahead=2,
        lease=timedelta(minutes=5),
    ),
    # A thread of their own: setting one keeps a processor busy, and nothing waits for it.
    Lane("documents", frozenset({"document"}), threads=1, ahead=50, lease=timedelta(minutes=5)),
    Lane(
        "office",
        frozenset(
            {"recompute", "rearm", "people", "seal", "retain", "count", "move", "mass", "campaign"}
        ),
        threads=1,
        ahead=1,
        lease=timedelta(minutes=5),
    ),
)


class Worker:
    """Promotes and executes the jobs of one database until it is stopped."""

    def __init__(
        self,
        db: Database,
        runners: Mapping[str, Runner],
        broker: str | None = None,
        together: Mapping[str, Together] | None = None,
    ) -> None:
        """Works with the broker at that URL, if any; raises `InvalidInput`."""
        self._db = db
        self._stopping = threading.Event()
        self._shared = brokers.Shared(broker) if broker else None
        self._lanes = [
            _Lane(lane, db, runners, together or {}, self._stopping, self._shared) for lane in LANES
        ]
        self._promoter = threading.Thread(target=self._promote, name="promoter", daemon=True)
        self._looked_at = time.monotonic()

    def start(self) -> None:
        """Begins to work, in threads of its own."""
        for lane in self._lanes:
            lane.start()
        self._promoter.start()

    def stop(self) -> None:
        """Finishes what has begun and gives the rest back."""
        self._stopping.set()
        self._promoter.join()
        draining = [threading.Thread(target=lane.drain) for lane in self._lanes]
        for thread in draining:
            thread.start()
        for thread in draining:
            thread.join()
        if self._shared is not None:
            self._shared.close()

    @property
    def is_alive(self) -> bool:
        """Whether it still looks for what is due."""
        return self._promoter.is_alive() and time.monotonic() - self._looked_at < PATIENCE

    def _promote(self) -> None:
        while not self._stopping.is_set():
            try:
                more = [lane.promote() for lane in self._lanes] if jobs.are_ready(self._db) else []
                self._looked_at = time.monotonic()
                if not any(more):
                    self._stopping.wait(POLL)
            except Exception as error:  # above all a database that is away: it is looked for again
                log.warning("cannot look for jobs: %s", type(error).__name__)
                self._stopping.wait(4 * POLL)


class _Lane:
    def __init__(
        self, lane: Lane, db: Database, runners: Mapping[str, Runner],
        together: Mapping[str, Together], stopping: threading.Event,
        shared: brokers.Shared | None,
    ) -> None:  # fmt: skip
        self.lane = lane
        self._stopping = stopping
        self._db = db
        self._runners = runners
        self._together = together
        self._out: dict[int, Lease] = {}  # leased, and not begun
        broker = StubBroker(middleware=[])
        deliver = dramatiq.actor(broker=broker, queue_name=lane.name, actor_name="run")
        self._run = deliver(self._each)
        # The milliseconds within which an idle thread notices that it is to stop.
        self._worker = dramatiq.Worker(broker, worker_threads=lane.threads, worker_timeout=500)
        self._line = brokers.Line(shared, lane.name, self._take) if shared else None

    def start(self) -> None:
        self._worker.start()
        if self._line is not None:
            self._line.worker.start()

    def promote(self) -> bool:
        """Leases what is due and hands it on; whether there may be more."""
        room = self.lane.ahead - len(self._out)
        if room < min(BATCH, self.lane.ahead):
            return False
        if self._line is not None and self._line.is_longer(self.lane.ahead // BATCH):
            return False
        leased = jobs.lease(self._db, self.lane.kinds, self.lane.lease, room)
        items = [(held.job_id, held.until.isoformat(), held.fresh) for held in leased]
        for some in self._shares(items):
            if self._line is None or not self._line.send(some):
                self._keep(some, passed_on=False)
        return len(leased) == room

    def _take(self, items: list[brokers.Item]) -> None:
        """Takes what came over the broker once there is room for it; others may have some."""
        while len(self._out) >= min(BATCH, self.lane.ahead) and not self._stopping.is_set():
            self._stopping.wait(POLL / 5)
        for some in self._shares(items):
            self._keep(some, passed_on=True)

    def _shares(self, items: list[brokers.Item]) -> Iterator[list[brokers.Item]]:
        """What each thread is given of them."""
        size = min(BATCH, max(self.lane.at_once, len(items) // self.lane.threads))
        return (items[start : start + size] for start in range(0, len(items), size))

    def _keep(self, items: list[brokers.Item], *, passed_on: bool) -> None:
        for job_id, until, fresh in items:
            self._out[job_id] = Lease(job_id, datetime.fromisoformat(until), fresh, passed_on)
        self._run.send([job_id for job_id, *_ in items])

    def drain(self) -> None:
        if self._line is not None:  # first, so that nothing more comes in
            self._line.stop(PATIENCE_AT_THE_END)
        self._worker.stop(timeout=PATIENCE_AT_THE_END)
        try:
            jobs.give_back(self._db, list(self._out.values()))
        except AWAY as error:  # the leases end by themselves
            log.warning("cannot give jobs back: %s", type(error).__name__)

    def _each(self, batch: list[int]) -> None:
        for first in range(0, len(batch), self.lane.at_once):
            if self._stopping.is_set():  # what has not begun is given back
                return
            ids = batch[first : first + self.lane.at_once]
            taken = [self._out.pop(job_id, None) for job_id in ids]  # None has come twice
            held = {lease.job_id: lease for lease in taken if lease is not None}
            try:
                begun = jobs.begin(self._db, list(held.values()))
            except AWAY as error:  # the leases end, and somebody takes them up again
                log.warning("cannot begin jobs %s: %s", ids, type(error).__name__)
            else:
                for job in self._left(begun):
                    if self._stopping.is_set():
                        self._out[job.id] = held[job.id]
                    else:
                        self._do(job)

    def _left(self, begun: list[Job]) -> list[Job]:
        """Does those together that can be; gives those that are to be done one by one."""
        done: set[int] = set()
        for kind, together in self._together.items():
            # What has been tried before may be what the others would have to suffer for.
            some = [job for job in begun if job.kind == kind and job.attempts == 1]
            if len(some) > 1:
                done |= self._done_together(together, some)
        return [job for job in begun if job.id not in done]

    def _done_together(self, together: Together, some: list[Job]) -> set[int]:
        lates, began = {job.id: _late(job) for job in some}, time.monotonic()
        try:
            done = together(self._db, some)
        except Exception as error:  # whichever it was will say so when it is done alone
            log.info("jobs not together: %s", type(error).__name__)
            return set()
        for job in done:
            with logs.about(job=job.id, kind=job.kind, instance=job.instance_id):
                _note(job, "done", None, (time.monotonic() - began) / len(done), lates[job.id])
        return {job.id for job in done}

    def _do(self, job: Job) -> None:
        late, began = _late(job), time.monotonic()
        with logs.about(job=job.id, kind=job.kind, instance=job.instance_id):
            outcome, error = self._outcome(job)
            _note(job, outcome, error, time.monotonic() - began, late)

    def _outcome(self, job: Job) -> tuple[str, Exception | None]:
        """Does a job: ``done``, ``gone`` (no longer to be done), ``stale`` or ``failed``."""
        try:
            if job.attempts > MAX_ATTEMPTS:  # each time the process died before it could say why
                raise WorkerLost(message("Proses server berhenti mendadak setiap kali mencobanya."))
            with effort.bounded():
                self._runners[job.kind](self._db, job)
        except (JobGone, Suspended):
            return "gone", None  # done by another, or no longer to be done: as it should be
        except StaleInstance:
            self._fail(job, None)
            return "stale", None
        except Exception as error:
            return ("failed", error) if self._fail(job, error) else ("gone", None)
        return "done", None

    def _fail(self, job: Job, error: Exception | None) -> bool:
        """Notes a failure; False where there is nothing that could have failed any more."""
        try:
            return jobs.failed(self._db, job, error)
        except AWAY as failure:
            log.warning("cannot note the failure of job %s: %s", job.id, type(failure).__name__)
            return True


def _late(job: Job) -> float:
    """The seconds since it was due."""
    return (clock.now() - job.due).total_seconds()


def _note(job: Job, outcome: str, error: Exception | None, seconds: float, late: float) -> None:
    """Logs and counts what became of a job, which took so long."""
    told = logs.facts(
        attempts=job.attempts, ms=round(seconds * 1000), late=round(late, 3),
        error=type(error).__name__ if error else None,
    )  # fmt: skip
    level = logging.WARNING if outcome == "failed" else logging.INFO
    log.log(level, "job %s", outcome, extra=told)
    measures.job(job.kind, outcome, late)
