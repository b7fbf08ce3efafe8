"""Workers that share a broker, real Redis and real RabbitMQ, whatever becomes of it.

Run as a program, this file is such a worker: ``python test_brokers.py DATABASE BROKER``. Each job
that it does leaves a row in the table ``effect``, which says who did it.
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
from broker_servers import BrokerServer
from sqlalchemy import func, select, text

from bpmn.messages import message
from engine import brokers, clock, jobs, measures, worker
from engine.database import Database
from engine.errors import InvalidInput
from engine.models import Incident, Job
from engine.settings import Settings
from engine.worker import LANES, Worker

PATIENCE = 60  # seconds, after which what has not come about never will
SHORT, LONG = timedelta(seconds=2), timedelta(minutes=30)
KINDS = sorted(kind for lane in LANES for kind in lane.kinds)
BUSY = 0.005  # seconds that a job takes


@pytest.fixture(
    scope="module",
    params=[pytest.param(kind, marks=pytest.mark.broker) for kind in ("redis", "rabbitmq")],
)
def broker(request, tmp_path_factory) -> Iterator[BrokerServer]:
    try:
        server = BrokerServer(request.param, tmp_path_factory.mktemp(request.param))
    except FileNotFoundError as error:
        pytest.skip(f"not installed: {error}")
    server.start()
    yield server
    server.close()


@pytest.fixture
def db(postgresql_server, furnished_template) -> Iterator[Database]:
    """An office of the test's own, with a table more."""
    with postgresql_server.database(furnished_template) as url:
        made = Database(url)
        with made.write() as session:
            session.execute(text("CREATE TABLE effect (job INTEGER, worker INTEGER)"))
        yield made
        made.close()


@pytest.fixture
def employ(db, broker, forge) -> Iterator[Callable[[], object]]:
    """``employ()``: one more worker process; none outlives the test."""
    employed = []

    def begin() -> object:
        employed.append(forge.begin([__file__, db.url, broker.url], os.environ))
        return employed[-1]

    yield begin
    for process in employed:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            process.wait(10)


def arm(db: Database, number: int, kind: str = "timer") -> None:
    due = clock.now() - timedelta(seconds=1)
    with db.write() as session:
        jobs.arm(session, [{"kind": kind, "due": due, "ready": due}] * number)


def left(db: Database) -> int:
    with db.read() as session:
        return session.scalar(select(func.count(Job.id)))


def effects(db: Database) -> Counter[int]:
    """How many jobs each worker has done, none of them twice."""
    with db.read() as session:
        found = session.execute(text("SELECT job, worker FROM effect")).all()
        assert session.scalars(select(Incident)).all() == []
    assert len({job for job, _ in found}) == len(found)
    return Counter(done_by for _, done_by in found)


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.02)


def end(process) -> None:
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0


def hand_on(db: Database, line: brokers.Line, lease: timedelta, times: int = 1) -> None:
    """Leases all that is due and sends it over the broker; nobody here does any of it."""
    leased = jobs.lease(db, KINDS, lease, 100)
    for _ in range(times):
        for held in leased:
            assert line.send([(held.job_id, held.until.isoformat(), held.fresh)])


@pytest.fixture
def line(broker) -> Iterator[brokers.Line]:
    """The line of timers, at which nobody of this process takes anything."""
    made = brokers.Line(brokers.Shared(broker.url), "timers", lambda _: None)
    yield made
    made._shared.close()


def test_what_one_worker_leases_another_does(db, line, employ):
    arm(db, 30)
    hand_on(db, line, LONG)  # so long that nobody else leases it in our time
    assert line.is_longer(20)
    process = employ()
    wait_until(lambda: not left(db))
    assert effects(db) == {process.pid: 30}
    end(process)


def test_what_is_delivered_twice_is_done_once(db, line, employ):
    arm(db, 10)
    hand_on(db, line, LONG, times=3)
    arm(db, 1, "message")
    process = employ()
    wait_until(lambda: not left(db))
    assert effects(db) == {process.pid: 11}
    end(process)


def test_messages_that_are_lost_cost_a_lease(db, line, employ):
    arm(db, 10)
    hand_on(db, line, SHORT)
    line._shared.broker.flush(line._queue)
    process = employ()
    wait_until(lambda: not left(db))
    assert effects(db) == {process.pid: 10}
    end(process)


def test_two_workers_share_what_there_is_and_one_takes_over_from_a_killed_one(db, employ):
    both = employ(), employ()
    arm(db, 600)
    wait_until(lambda: len(effects(db)) == 2)
    killed, other = both
    killed.send_signal(signal.SIGKILL)
    killed.wait(10)
    arm(db, 50)
    wait_until(lambda: not left(db))
    assert effects(db).total() == 650
    end(other)


def test_a_broker_that_is_killed_holds_up_no_job_and_is_used_again(db, broker, line, employ):
    both = employ(), employ()
    arm(db, 400)
    wait_until(lambda: effects(db).total() > 20)
    broker.kill()
    arm(db, 100)
    wait_until(lambda: not left(db))  # while it is away
    broker.start()
    arm(db, 10)
    wait_until(lambda: not left(db))
    arm(db, 10)
    wait_until(lambda: line._shared.reach(lambda: hand_on(db, line, LONG) or True))
    wait_until(lambda: not left(db))
    assert effects(db).total() == 520
    for process in both:
        end(process)


def test_what_a_worker_has_taken_and_not_begun_is_given_back(db, broker, monkeypatch):
    begun, go_on = threading.Semaphore(0), threading.Event()

    def hang(db: Database, job: Job) -> None:
        begun.release()
        go_on.wait(PATIENCE)
        run(db, job)

    arm(db, 100)
    employed = Worker(db, dict.fromkeys(KINDS, hang), broker.url)
    employed.start()
    for _ in range(4):
        assert begun.acquire(timeout=PATIENCE)
    stopping = threading.Thread(target=employed.stop)
    stopping.start()
    wait_until(lambda: not employed.is_alive)
    go_on.set()
    stopping.join(PATIENCE)
    assert effects(db).total() == 4
    with db.read() as session:
        rest = [(job.attempts, job.ready == job.due) for job in session.scalars(select(Job))]
    assert (0, True) in rest
    monkeypatch.setattr(worker, "LANES", short_lanes())
    again = Worker(db, dict.fromkeys(KINDS, run), broker.url)
    again.start()  # what is still in the broker is as good as before
    wait_until(lambda: not left(db))
    again.stop()
    assert effects(db).total() == 100


# Without one


@pytest.mark.postgresql
def test_a_worker_whose_broker_was_never_there_works_without_it(db, caplog):
    arm(db, 20)
    before = measures.BROKER_FAILURES._value.get()
    employed = Worker(db, dict.fromkeys(KINDS, run), "redis://127.0.0.1:1/0")
    employed.start()
    wait_until(lambda: not left(db))
    employed.stop()
    assert effects(db).total() == 20
    assert measures.BROKER_FAILURES._value.get() == before + 1
    told = [one.getMessage() for one in caplog.records if "broker away" in one.getMessage()]
    assert told == ["broker away: ConnectionError; working without it"]


@pytest.mark.parametrize("url", ["http://x", "redis:///", "kafka://x", "redis://x y", "amqp://x:0"])
def test_what_is_no_broker_is_said(url):
    with pytest.raises(InvalidInput, match="ALUR_BROKER") as said:
        Settings.from_environment({"ALUR_BROKER": url})
    assert url not in str(said.value)


@pytest.mark.parametrize(("url", "module"), [("redis://x", "redis"), ("amqp://x", "pika")])
def test_a_library_that_is_missing_is_named(monkeypatch, url, module):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(InvalidInput) as said:
        brokers.Shared(url)
    extra = {"redis": "redis", "pika": "rabbitmq"}[module]
    told = message("ALUR_BROKER memerlukan pustaka: pip install 'alur[{x}]'", x=extra)
    assert str(said.value) == str(told)


def test_who_has_no_broker_needs_none_of_their_libraries():
    code = "import sys, web.serving_commands; sys.exit(bool({'redis', 'pika'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def run(db: Database, job: Job) -> None:
    time.sleep(BUSY)
    with db.write() as session:
        jobs.finish(session, job)
        given = {"job": job.id, "worker": os.getpid()}
        session.execute(text("INSERT INTO effect VALUES (:job, :worker)"), given)


def short_lanes() -> tuple[worker.Lane, ...]:
    return tuple(replace(lane, lease=SHORT) for lane in LANES)


def work(url: str, broker: str) -> None:
    worker.LANES = short_lanes()
    going = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: going.set())
    employed = Worker(Database(url), dict.fromkeys(KINDS, run), broker)
    employed.start()
    going.wait()
    employed.stop()


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    work(*sys.argv[1:])
