"""The worker: real threads that do what is due on a real database, whatever happens meanwhile.

Run as a program, this file is a worker process; some of its jobs end it.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from engine import clock, jobs, worker
from engine.database import Database
from engine.errors import JobGone, NoLongerOpen, StaleInstance, Suspended, Unawaited
from engine.jobs import MAX_ATTEMPTS
from engine.models import Incident, Job
from engine.worker import LANES, Worker

ROOT = Path(__file__).parents[2]
PATIENCE = 20  # seconds, after which what has not come about never will
ROUNDS = frozenset({"seal", "retain", "count"})  # of which there is one each
KINDS = sorted(kind for lane in LANES for kind in lane.kinds)
SHORT = timedelta(seconds=0.5)


@pytest.fixture
def database(office) -> Database:
    """The office's: sooner there than an empty one."""
    return office.db


@pytest.fixture
def arm(database):
    """``arm(kind, …)``: a job that is due; its id."""

    def _arm(kind: str = "message", **columns) -> int:
        due = clock.now() - timedelta(seconds=1)
        with database.write() as session:
            jobs.arm(session, [{"kind": kind, "due": due, "ready": due} | columns])
            return session.scalars(select(func.max(Job.id))).one()

    return _arm


@pytest.fixture
def short_leases(monkeypatch) -> None:
    """What is lost comes back soon."""
    monkeypatch.setattr(worker, "LANES", short_lanes())


def short_lanes() -> tuple[worker.Lane, ...]:
    return tuple(replace(lane, lease=SHORT) for lane in LANES)


class Done:
    """What was done, by kind; ``run`` does a job as it should be done."""

    def __init__(self) -> None:
        self.kinds: list[str] = []
        self.elements: list[str | None] = []

    def run(self, db: Database, job: Job) -> None:
        with db.write() as session:
            jobs.finish(session, job)
        self.kinds.append(job.kind)
        self.elements.append(job.element)

    def everything(self, **instead: worker.Runner) -> dict[str, worker.Runner]:
        return dict.fromkeys(KINDS, self.run) | instead


@pytest.fixture
def done() -> Done:
    return Done()


@pytest.fixture
def employ(database) -> Iterator[Callable[..., Worker]]:
    """``employ(runners)``: a worker that has begun; it is stopped at the end."""
    employed = []

    def _employ(runners: dict[str, worker.Runner], db: Database = database) -> Worker:
        employed.append(Worker(db, runners))
        employed[-1].start()
        return employed[-1]

    yield _employ
    for each in employed:
        each.stop()


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.01)


def left(database) -> list[Job]:
    with database.read() as session:
        return list(session.scalars(select(Job).order_by(Job.id)))


def reasons(database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(Incident.reason).order_by(Incident.id)))


def test_what_is_due_is_done_once_whatever_its_kind(database, arm, done, employ):
    expected = {kind: 1 if kind in ROUNDS else 5 for kind in KINDS}
    for kind, times in expected.items():
        for _ in range(times):
            arm(kind)
    employ(done.everything())
    wait_until(lambda: len(done.kinds) >= sum(expected.values()))
    assert left(database) == []
    assert Counter(done.kinds) == expected


def test_what_becomes_due_later_is_done_then(database, arm, done, employ):
    employ(done.everything())
    arm()
    wait_until(lambda: done.kinds == ["message"])
    arm("timer")
    wait_until(lambda: done.kinds == ["message", "timer"])


@pytest.mark.parametrize(
    "error", [ValueError, MemoryError, RecursionError, KeyError, AssertionError, OSError]
)
def test_a_job_that_fails_never_stops_the_others(database, arm, done, employ, error):
    poison = arm("timer", element="poison")
    for _ in range(25):
        arm("timer")

    def run(db: Database, job: Job) -> None:
        if job.element == "poison":
            raise error("rahasia")
        done.run(db, job)

    employ(done.everything(timer=run))
    wait_until(lambda: len(done.kinds) == 25)
    wait_until(lambda: left(database)[0].error)
    (kept,) = left(database)
    assert (kept.id, kept.state, kept.attempts) == (poison, "armed", 1)
    assert error.__name__ in kept.error
    assert "rahasia" not in kept.error


def test_a_job_that_would_end_its_thread_costs_the_others_a_lease_at_most(
    database, arm, done, employ, short_leases
):
    """Nothing of ours raises such; but it may come from anywhere below."""
    arm("timer", element="poison", attempts=MAX_ATTEMPTS - 2)
    for _ in range(25):
        arm("timer")

    def run(db: Database, job: Job) -> None:
        if job.element == "poison":
            raise SystemExit
        done.run(db, job)

    employ(done.everything(timer=run))
    wait_until(lambda: len(done.kinds) == 25)
    wait_until(lambda: reasons(database))
    assert [job.state for job in left(database)] == ["failed"]


def test_a_job_of_a_kind_that_nobody_does_is_put_before_a_person_in_the_end(
    database, arm, done, employ
):
    arm("escalate", attempts=MAX_ATTEMPTS - 1)
    arm("timer")
    runners = done.everything()
    del runners["escalate"]
    employ(runners)
    wait_until(lambda: reasons(database))
    wait_until(lambda: done.kinds == ["timer"])
    assert "KeyError" in reasons(database)[0]


@pytest.mark.parametrize("error", [JobGone, Suspended])
def test_what_is_no_longer_to_be_done_is_left_alone(database, arm, done, employ, error):
    arm("timer", element="gone")

    def run(db: Database, job: Job) -> None:
        done.kinds.append(job.kind)
        raise error(clock.now())

    employed = employ(done.everything(timer=run))
    wait_until(lambda: done.kinds == ["timer"])
    employed.stop()
    (kept,) = left(database)
    assert (kept.state, kept.error, kept.attempts) == ("armed", None, 1)
    assert reasons(database) == []


@pytest.mark.parametrize("error", [OSError(), NoLongerOpen("x"), Unawaited("x")])
def test_a_failure_of_what_another_has_done_meanwhile_is_none(
    database, arm, done, employ, caplog, error
):
    """The lease ended, or the answer to our commit was lost: the effect is there."""
    caplog.set_level("INFO", "alur.worker")
    arm("service", element="twice")

    def run_twice(db: Database, job: Job) -> None:
        done.run(db, job)
        raise error

    employ({"service": run_twice})
    wait_until(lambda: "job gone" in caplog.messages)
    assert "job failed" not in caplog.messages
    assert left(database) == []
    assert reasons(database) == []


def test_what_came_too_late_for_its_case_is_tried_again(database, arm, done, employ):
    arm("timer")
    tried = []

    def run(db: Database, job: Job) -> None:
        tried.append(job.attempts)
        if len(tried) == 1:
            raise StaleInstance(clock.now())
        done.run(db, job)

    employ(done.everything(timer=run))
    wait_until(lambda: done.kinds == ["timer"])
    assert tried == [1, 1]


def test_a_database_that_goes_away_is_waited_for(database, arm, done, employ, monkeypatch):
    lease, away = jobs.lease, [OperationalError("", {}, Exception("away"))] * 2

    def sometimes(*args):
        if away:
            raise away.pop()
        return lease(*args)

    monkeypatch.setattr(jobs, "lease", sometimes)
    arm()
    employed = employ(done.everything())
    wait_until(lambda: done.kinds == ["message"])
    assert away == []
    assert employed.is_alive


@pytest.mark.parametrize("door", ["begin", "failed"])
def test_a_database_that_goes_away_in_the_midst_costs_a_lease(
    database, arm, done, employ, monkeypatch, short_leases, door
):
    arm()
    act, away = getattr(jobs, door), [OperationalError("", {}, Exception("away"))]

    def sometimes(*args):
        if away:
            raise away.pop()
        return act(*args)

    def run(db: Database, job: Job) -> None:
        if job.attempts == 1 and door == "failed":
            raise OSError
        done.run(db, job)

    monkeypatch.setattr(jobs, door, sometimes)
    employ(done.everything(message=run))
    wait_until(lambda: done.kinds == ["message"])
    assert away == []


def test_a_call_that_hangs_holds_up_no_timer(database, arm, done, employ):
    answered, called = threading.Event(), threading.Semaphore(0)

    def hang(db: Database, job: Job) -> None:
        called.release()
        answered.wait(PATIENCE)
        done.run(db, job)

    for _ in range(6):
        arm("service")
    employ(done.everything(service=hang))
    for _ in range(2):  # both threads for calls are taken
        assert called.acquire(timeout=PATIENCE)
    for _ in range(10):
        arm("timer")
        arm("message")
    wait_until(lambda: len(done.kinds) == 20)
    assert "service" not in done.kinds
    answered.set()
    wait_until(lambda: done.kinds.count("service") == 6)


def test_stopping_finishes_what_was_begun_and_gives_the_rest_back(database, arm, done, employ):
    answered, called = threading.Event(), threading.Semaphore(0)

    def hang(db: Database, job: Job) -> None:
        called.release()
        answered.wait(PATIENCE)
        done.run(db, job)

    for _ in range(6):
        arm("service")
    employed = employ(done.everything(service=hang))
    for _ in range(2):
        assert called.acquire(timeout=PATIENCE)
    wait_until(lambda: sum(job.ready > clock.now() for job in left(database)) == 4)
    stopping = threading.Thread(target=employed.stop)
    stopping.start()
    wait_until(lambda: not employed.is_alive)  # it looks for no more
    answered.set()
    stopping.join(PATIENCE)
    assert not stopping.is_alive()
    assert len(done.kinds) == 2
    rest = left(database)
    assert [(job.attempts, job.ready == job.due) for job in rest] == [(0, True)] * 4
    assert not employed.is_alive


def test_stopping_begins_nothing_more_of_what_was_handed_on_together(database, arm, done, employ):
    answered, called = threading.Event(), threading.Semaphore(0)

    def hang(db: Database, job: Job) -> None:
        called.release()
        answered.wait(PATIENCE)
        done.run(db, job)

    threads = next(lane.threads for lane in LANES if "timer" in lane.kinds)
    for _ in range(threads * worker.BATCH):
        arm("timer")
    employed = employ(done.everything(timer=hang))
    for _ in range(threads):
        assert called.acquire(timeout=PATIENCE)
    stopping = threading.Thread(target=employed.stop)
    stopping.start()
    wait_until(lambda: not employed.is_alive)
    answered.set()
    stopping.join(PATIENCE)
    assert len(done.kinds) == threads
    assert {(job.attempts, job.ready == job.due) for job in left(database)} == {(0, True)}


def test_a_worker_is_alive_while_it_looks_for_what_is_due(database, done, employ, monkeypatch):
    looking, are_ready = threading.Event(), jobs.are_ready
    looking.set()

    def slowly(*args):
        looking.wait(PATIENCE)
        return are_ready(*args)

    monkeypatch.setattr(jobs, "are_ready", slowly)
    assert not Worker(database, done.everything()).is_alive
    employed = employ(done.everything())
    assert employed.is_alive
    monkeypatch.setattr(worker, "PATIENCE", 1.0)
    looking.clear()
    wait_until(lambda: not employed.is_alive)
    looking.set()
    wait_until(lambda: employed.is_alive)
    employed.stop()
    assert not employed.is_alive


def test_two_workers_on_one_database_do_each_job_once(database, arm, done, employ):
    elsewhere = Database(database.url)
    for _ in range(100):
        arm("timer")
    both = employ(done.everything()), employ(done.everything(), elsewhere)
    wait_until(lambda: not left(database))
    for employed in both:
        employed.stop()
    elsewhere.close()
    assert len(done.kinds) == 100
    assert reasons(database) == []


def test_a_job_that_ends_the_process_is_found_out_and_the_others_are_done(database, arm):
    poison = arm("timer", element="poison", attempts=MAX_ATTEMPTS - 1)
    for _ in range(25):
        arm("timer", element="other")
    assert work_until(database, lambda: False) == -signal.SIGKILL
    kept = {job.id: job for job in left(database)}
    assert kept[poison].attempts == MAX_ATTEMPTS
    work_until(database, lambda: reasons(database) and len(left(database)) == 1)
    (last,) = left(database)
    assert (last.id, last.state) == (poison, "failed")
    assert len(reasons(database)) == 1


def work_until(database: Database, enough: Callable[[], object]) -> int:
    """Runs a worker process until that is so, or it has ended; how it ended."""
    process = subprocess.Popen(
        [sys.executable, __file__, database.url], env=os.environ | {"PYTHONPATH": str(ROOT)}
    )
    try:
        wait_until(lambda: enough() or process.poll() is not None)
    finally:
        process.kill()
        process.wait(10)
    return process.returncode


def work(url: str) -> None:
    def run(db: Database, job: Job) -> None:
        if job.element == "poison":
            os.kill(os.getpid(), signal.SIGKILL)
        Done().run(db, job)

    worker.LANES = short_lanes()
    Worker(Database(url), dict.fromkeys(KINDS, run)).start()
    time.sleep(PATIENCE)


if __name__ == "__main__":
    work(sys.argv[1])
