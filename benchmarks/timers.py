"""Armed timers without number: what they cost while nothing is due, and how late they fire.

`make bench-timers` measures real worker processes, one on SQLite (100,000 timers) and two on
PostgreSQL (a million), both with every commit on disk, and writes `benchmarks/results/timers.json`.
One case of the SKP is started and its first step taken up; its rows are copied by SQL, since
starting so many cases would take too long. A timer that fires is the Waktu of that step: the case
moves on, and a message is sent off that reminds its performer, a job of its own. How late a timer
was is known when its step is committed.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    String,
    bindparam,
    cast,
    func,
    insert,
    literal_column,
    select,
    text,
    true,
    update,
)

from engine import clock, deployments, instances, people, sample, starting
from engine.database import Database, dialect
from engine.models import HistoryEntry, Instance, Job, Person, Role, WorkItem
from engine.settings import Settings
from engine.worker import Worker
from tasks.duties import TOGETHER, duties
from tests.processes.pg_server import PostgreSQL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session

    Process = subprocess.Popen[str]

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "timers.json"
SECONDS = 30  # for which timers come due
PATIENCE = 120  # seconds, within which they and what they have sent off are done
IDLE = 20  # seconds without one
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Load:
    """How many timers are ``armed``, how many come due a second for how many ``workers``.

    ``bars`` are the most it may take.
    """

    armed: int
    rate: int
    workers: int
    bars: dict[str, float]


LOADS = {
    "SQLite": Load(100_000, 100, 1, {"idle": 2.0, "lateness p95": 1.0}),
    "PostgreSQL": Load(1_000_000, 200, 2, {"idle": 2.0, "lateness p95": 2.0}),
}


class Durable(PostgreSQL):
    """As the tests' server, but what is committed is on disk."""

    safety = ""


def main() -> None:
    """Measures both databases, and keeps what was found."""
    with databases() as urls:
        found = [record for name, url in urls.items() for record in measure(name, url)]
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=2) + "\n")
    missed = [r["name"] for r in found if r["bar"] is not None and r["value"] > r["bar"]]
    sys.exit(f"missed: {', '.join(missed)}" if missed else 0)


@contextmanager
def databases() -> Iterator[dict[str, str]]:
    """The URLs of an empty database of each kind."""
    with tempfile.TemporaryDirectory(prefix="alur-", ignore_cleanup_errors=True) as directory:
        server = Durable(Path(directory), Path(directory))
        server.start()
        try:
            server.execute("CREATE DATABASE bench")
            here = f"sqlite:///{directory}/bench.sqlite"
            yield {"SQLite": here, "PostgreSQL": server.url("bench")}
        finally:
            server.stop()


def measure(name: str, url: str) -> list[dict[str, Any]]:
    """The records of one database, printed as they are."""
    db, load = Database(url), LOADS[name]
    furnish(db, load.armed)
    with ExitStack() as stack:
        workers = [stack.enter_context(at_work(url)) for _ in range(load.workers)]
        measured = {"idle": idle(workers)} | lateness(db, workers, load.rate)
    db.close()
    return [record(name, what, value, load.bars.get(what)) for what, value in measured.items()]


def record(name: str, what: str, value: float, bar: float | None) -> dict[str, Any]:
    """What is kept of a number; it is printed beside the bar it is to stay under."""
    unit = {"idle": "% of a core", "fired": "a second"}.get(what, "s")
    said = f"timers, {name}: {what}"
    print(f"{said:<36}{value:>9.3f} {unit:<12}{f'(bar {bar})' if bar else ''}", flush=True)
    return {"name": said, "value": round(value, 3), "unit": unit, "bar": bar}


def furnish(db: Database, armed: int) -> None:
    """An office with as many cases as timers, each with its Waktu armed for next year."""
    db.migrate()
    sample.load(db)
    definition = deployments.deploy(db, (ROOT / "bpmn" / "skp_collection.bpmn").read_bytes())
    deployments.activate(db, definition.id)
    with db.read() as session:
        ids = {row.nip: row.id for row in session.execute(select(Person.nip, Person.id))}
        staff = people.actor(session, ids[sample.CAST["staff"][0]])
    assert staff is not None
    employee_id = ids[sample.CAST["employee"][0]]
    starting.start(db, staff, definition.key, employee_id, token="first")  # noqa: S106
    with db.read() as session:
        item_id = session.scalars(select(WorkItem.id)).one()
    instances.claim(db, staff, item_id)
    later = clock.now() + timedelta(days=365)
    with db.write() as session:
        if dialect(session) == "postgresql":  # references are not looked up: four times as fast
            session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(update(Job).values(due=later, ready=later))
        session.execute(update(WorkItem).values(due_at=later))
        for table in (Instance, Role, WorkItem, HistoryEntry, Job):
            copy(session, table, armed)
        session.execute(text("ANALYZE"))


def copy(session: Session, table: Any, times: int) -> None:
    """Copies the rows of the one case there is, with ids that go on from its own."""
    rows = session.scalar(select(func.count()).select_from(table))
    first = select(literal_column("1").label("n")).cte("copies", recursive=True)
    copies = first.union_all(select(first.c.n + 1).where(first.c.n < times))
    columns = {column.key: getattr(table, column.key) for column in table.__table__.columns}
    if "id" in columns:
        columns["id"] = table.id + copies.c.n * rows
    if "instance_id" in columns:
        columns["instance_id"] = table.instance_id + copies.c.n
    if table is Instance:
        columns["token"] = table.token + cast(copies.c.n, String)
    if "work_item_id" in columns:
        columns["work_item_id"] = table.work_item_id + copies.c.n
    copied = select(*columns.values()).select_from(table).join(copies, true())
    session.execute(insert(table).from_select(list(columns), copied))
    if dialect(session) == "postgresql" and "id" in columns:
        name = table.__tablename__
        newest = f"pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name})"  # noqa: S608
        session.execute(text(f"SELECT setval({newest})"))


def idle(workers: Sequence[Process]) -> float:
    """Percent of a core that one of them needs while nothing is due."""
    before = sum(map(processor, workers))
    time.sleep(IDLE)
    return (sum(map(processor, workers)) - before) / IDLE / len(workers) * 100


def processor(process: Process) -> float:
    """The seconds that a process and its threads have had of a processor."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def lateness(db: Database, workers: Sequence[Process], rate: int) -> dict[str, float]:
    """Seconds from the due time of a timer to the commit of what it does, and how many a second."""
    begin = clock.now() + timedelta(seconds=15)
    with db.write() as session:
        ids = session.scalars(select(Job.id).order_by(Job.id).limit(rate * SECONDS)).all()
        dues = [begin + timedelta(seconds=place / rate) for place in range(len(ids))]
        one = update(Job.__table__).where(Job.__table__.c.id == bindparam("job"))
        rows = [{"job": i, "due": due, "ready": due} for i, due in zip(ids, dues, strict=True)]
        session.connection().execute(one, rows)
    assert clock.now() < begin, "too slow to arm them"
    wait_until_done(db, begin + timedelta(seconds=PATIENCE))
    told = [json.loads(process.communicate("\n", timeout=60)[0]) for process in workers]
    fired = sorted((late, due) for one in told for late, due in one)
    assert len(fired) == len(ids), "not each fired once"
    late = [seconds for seconds, _ in fired]
    over = max(due + seconds for seconds, due in fired)
    return {
        "fired": len(fired) / (over - begin.timestamp()),
        "lateness p50": statistics.median(late),
        "lateness p95": late[int(len(late) * 0.95)],
        "lateness max": late[-1],
    }


def wait_until_done(db: Database, end: Any) -> None:
    """Waits until nothing is due any more, timers and what they have sent off."""
    time.sleep(SECONDS)
    while clock.now() < end:
        with db.read() as session:
            if session.scalar(select(Job.id).where(Job.due < end).limit(1)) is None:
                return
        time.sleep(1)
    sys.exit("what was due is not done")


@contextmanager
def at_work(url: str) -> Iterator[Process]:
    """A worker process that says how late each timer was when it is sent a line."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.timers", url],
        cwd=ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
    finally:
        process.kill()


def work(url: str) -> None:
    """That process: the worker as `alur worker` runs it, with a stop-watch around its timers."""
    db, late = Database(url), []
    duty = dict(duties(Settings(Path(), url)))
    fire, fire_together = duty["timer"], TOGETHER["timer"]

    def note(job: Job) -> None:
        late.append(((clock.now() - job.due).total_seconds(), job.due.timestamp()))

    def timed(db: Database, job: Job) -> None:
        fire(db, job)
        note(job)

    def timed_together(db: Database, some: Sequence[Job]) -> Sequence[Job]:
        done = fire_together(db, some)
        for job in done:
            note(job)
        return done

    working = Worker(db, duty | {"timer": timed}, together={"timer": timed_together})
    working.start()
    print("at work", flush=True)
    sys.stdin.readline()
    working.stop()
    print(json.dumps(late))


if __name__ == "__main__":
    work(sys.argv[1]) if len(sys.argv) > 1 else main()
