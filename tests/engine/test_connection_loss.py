"""A connection that is lost at any moment of an act: it happened once or not at all, as is said."""

import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import DBAPIError, OperationalError

from engine import (
    clock,
    deployments,
    firing,
    instances,
    jobs,
    ledger,
    people,
    postponement,
    sample,
    starting,
    supervision,
)
from engine.database import Database
from engine.errors import AlurError, DatabaseLost, StaleInstance
from engine.models import HistoryEntry, Job
from engine.settings import Settings
from engine.worker import LANES, Lane, Worker
from tasks.duties import duties

PATIENCE = 20  # seconds, after which what has not come never will
REASON = "Pegawai sakit"
WRITES = ("INSERT", "UPDATE", "DELETE")
# Where the connection is lost; each comes once in an act.
MOMENTS = ("idle", "reading", "between", "writing", "midway", "committing", "committed")
NEWEST = object()  # answer: the case that was started last
GIVEN = {"nilai_skp": 90, "nilai_perilaku": 85, "catatan_penilai": "Baik"}


class Line:
    """The line to the database, which is cut at one moment of what this thread does next."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.is_sqlite = db.connections.dialect.name == "sqlite"
        self.used: Any = None
        self.mend()
        for name in ("checkout", "before_cursor_execute", "commit", "do_connect"):
            event.listen(db.connections, name, getattr(self, f"_{name}"))
        self._write, db.write = db.write, self._begin_writing

    def cut(self, moment: str, *, refused: int = 0) -> None:
        """Cuts it at that moment; after that we cannot connect for so many tries."""
        self.mend()
        if moment == "idle":
            with self.db.read() as session:
                session.execute(select(1))
            self._lose(self.used)
            self.refused = refused
        self.moment, self._then, self._thread = moment, refused, threading.get_ident()

    def mend(self) -> None:
        self.moment, self.refused, self.writes, self._then = "", 0, 0, 0
        self._thread = threading.get_ident()

    def _at(self, moment: str) -> bool:
        """Whether this is the moment, which comes once."""
        if self.moment != moment or self._thread != threading.get_ident():
            return False
        self.moment, self.refused = "", self._then
        return True

    def _begin_writing(self, *given):
        if self._at("between"):
            self._lose(self.used)
        return self._write(*given)

    def _checkout(self, connection, _record, _proxy):
        self._refuse()  # a connection that another thread has left in the pool is no way out
        self.used = connection

    def _before_cursor_execute(self, connection, _cursor, statement, *_):
        writes = statement.startswith(WRITES)
        self.writes += writes
        here = {"reading": True, "writing": writes, "midway": self.writes == 2}
        if any(now and self._at(moment) for moment, now in here.items()):
            self._lose(connection.connection.dbapi_connection)

    def _commit(self, connection):
        raw = connection.connection.dbapi_connection
        if self._at("committing"):
            self._lose(raw)
        elif self._at("committed"):  # the server has done it, and its answer does not come
            raw.commit()
            raw.close()

    def _do_connect(self, *_):
        self._refuse()

    def _refuse(self) -> None:
        if self.refused and self._thread == threading.get_ident():
            self.refused -= 1
            raise self._refusal()

    def _lose(self, raw):
        if self.is_sqlite:
            raw.close()
            return
        with psycopg.connect(raw.info.dsn, autocommit=True) as other:
            ended = other.execute("SELECT pg_terminate_backend(%s, 5000)", [raw.info.backend_pid])
            assert ended.fetchone() == (True,)

    def _refusal(self) -> Exception:
        if not self.is_sqlite:
            return psycopg.OperationalError("connection refused")
        refusal = sqlite3.OperationalError("unable to open database file")
        refusal.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
        return refusal


@dataclass
class Deed:
    """An act that is about to be done: what history calls it, and what it answers."""

    db: Database
    kind: str
    act: Callable[[], Any]
    said: Any
    before: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self.before = self.times

    def __call__(self) -> Any:
        return self.act()

    def answer(self) -> Any:
        """What is to be answered, once it has happened."""
        if self.said is not NEWEST:
            return self.said
        with self.db.read() as session:
            return session.scalar(select(func.max(HistoryEntry.instance_id)))

    @property
    def times(self) -> int:
        """How often it has happened."""
        with self.db.read() as session:
            same = select(func.count()).where(HistoryEntry.kind == self.kind)
            return session.scalar(same) - self.before


@pytest.fixture
def line(office):
    return Line(office.db)


@pytest.fixture
def about_to(office) -> Callable[[str], Deed]:
    """``about_to("claim")``: everything is prepared for that act."""

    def prepare(name: str) -> Deed:
        kind, prepared = DEEDS[name]
        return Deed(office.db, kind, *prepared(office))

    return prepare


@pytest.fixture
def own_server(postgresql_server) -> Iterator[Any]:
    """A server of the test's own, which may be stopped."""
    with tempfile.TemporaryDirectory(prefix="alur-", ignore_cleanup_errors=True) as directory:
        server = type(postgresql_server)(Path(directory), Path(directory))
        server.start()
        yield server
        server.stop()


def _complete(office):
    case = office.start()
    office.step(case)
    office.step(case)
    item, token = office.item(case), office.token()  # of one person alone
    done = instances.Completion(case, ended=False)
    return lambda: instances.complete(office.db, office.assessor, item.id, GIVEN, token=token), done


def _claim(office):
    case = office.start()
    item = office.item(case)
    return lambda: instances.claim(office.db, office.colleague, item.id), case


def _release(office):
    act, case = _claim(office)
    act()
    item = office.item(case)
    return lambda: instances.release(office.db, office.colleague, item.id), case


def _take_up(office):
    case = office.start()
    item = office.until(case, "Langkah_3")
    return lambda: instances.take_up(office.db, office.assessor, item.id), case


def _start(office):
    about, token = office.employee.id, office.token()
    key = "skp_collection"
    return lambda: starting.start(office.db, office.staff, key, about, token=token), NEWEST


def _cancel(office):
    case = office.start()
    return lambda: supervision.cancel(office.db, office.head, case, REASON), None


def _suspend(office):
    case = office.start()
    return lambda: supervision.suspend(office.db, office.head, case, REASON), None


def _resume(office):
    case = office.start()
    supervision.suspend(office.db, office.head, case, REASON)
    return lambda: supervision.resume(office.db, office.head, case, REASON), None


def _timer(office):
    take_up, case = _claim(office)
    take_up()
    return case, office.jobs(case, "timer")[0]


def _postpone(office):
    case, job = _timer(office)
    until = job.due + timedelta(hours=1)
    return lambda: postponement.postpone(
        office.db, office.head, case, job.task, until, REASON
    ), None


def _fire(office):
    _, job = _timer(office)
    return lambda: firing.fire(office.db, job), None


DEEDS = {
    "complete": ("task.completed", _complete),
    "claim": ("task.claimed", _claim),
    "take_up": ("task.taken-up", _take_up),
    "start": ("instance.started", _start),
    "release": ("task.released", _release),
    "cancel": ("instance.cancelled", _cancel),
    "suspend": ("instance.suspended", _suspend),
    "resume": ("instance.resumed", _resume),
    "postpone": ("timer.postponed", _postpone),
    "fire": ("timer.fired", _fire),
}
# The same request again is the same act, and says so.
REPEATABLE = ("complete", "claim", "take_up", "start")


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("name", DEEDS)
def test_an_act_is_done_once_though_the_connection_is_lost(line, about_to, audit, name, moment):
    deed = about_to(name)
    line.cut(moment)
    assert deed() == deed.answer()
    assert line.moment in ("", "idle")
    assert deed.times == 1
    assert audit(line.db) == []


@pytest.mark.parametrize("moment", ["idle", "reading", "midway", "committing"])
@pytest.mark.parametrize("name", ["complete", "start", "cancel", "fire"])
def test_an_act_that_is_lost_with_the_database_leaves_nothing_and_can_be_done_again(
    line, about_to, audit, office, name, moment
):
    deed = about_to(name)
    before = office.rows()
    line.cut(moment, refused=3)
    with pytest.raises(DatabaseLost, match="terputus"):
        deed()
    line.mend()
    assert office.rows() == before
    assert deed() == deed.answer()
    assert deed.times == 1
    assert audit(line.db) == []


@pytest.mark.parametrize("name", DEEDS)
def test_an_act_whose_answer_is_lost_with_the_database_is_not_done_again(
    line, about_to, audit, name
):
    """Nobody can know whether it was done before the database is there again."""
    deed = about_to(name)
    line.cut("committed", refused=2)
    with pytest.raises(DatabaseLost):
        deed()
    line.mend()
    assert deed.times == 1
    if name in REPEATABLE:
        assert deed() == deed.answer()
    else:
        with pytest.raises(AlurError):
            deed()
    assert deed.times == 1
    assert audit(line.db) == []


@pytest.mark.parametrize("name", REPEATABLE)
def test_the_second_try_finds_what_the_first_has_done(line, about_to, audit, name):
    """The database is back too late to be asked for the proof, and in time for the second try."""
    deed = about_to(name)
    line.cut("committed", refused=1)
    assert deed() == deed.answer()
    assert line.refused == 0
    assert deed.times == 1
    assert audit(line.db) == []


def test_a_commit_that_is_still_under_way_is_found_at_the_third_try(
    line, office, rival, before_writing, audit
):
    """The server may be slower to commit than we are to try again: we then meet ourselves."""
    case = office.start()
    item = office.until(case, "Langkah_3")

    def complete(db: Database) -> instances.Completion:
        return instances.complete(db, office.assessor, item.id, GIVEN, token="same")

    before_writing(office.db, lambda: None, lambda: complete(rival))
    line.cut("committing")
    assert complete(office.db) == instances.Completion(case, ended=False)
    assert [e.element for e in office.history(case) if e.kind == "task.completed"] == [
        "Langkah_1", "Langkah_2", "Langkah_3",
    ]  # fmt: skip
    assert audit(office.db) == []


@pytest.mark.parametrize(
    ("reasons", "tries"),
    [
        ([StaleInstance], 2),
        ([DatabaseLost], 2),
        ([DatabaseLost, StaleInstance], 3),
        ([StaleInstance, DatabaseLost], 3),
    ],
)
def test_a_step_is_tried_once_more_for_each_reason(reasons, tries):
    tried, ahead = [], list(reasons)

    @ledger.once_more
    def step():
        tried.append(1)
        if ahead:
            raise ahead.pop(0)("x")
        return "done"

    assert step() == "done"
    assert len(tried) == tries


@pytest.mark.parametrize("reason", [StaleInstance, DatabaseLost])
def test_a_step_is_not_tried_for_ever(reason):
    tried = []

    @ledger.once_more
    def step():
        tried.append(1)
        raise reason("x")

    with pytest.raises(reason):
        step()
    assert len(tried) == 2


def test_a_block_that_leaves_no_proof_is_lost_when_its_answer_is(line):
    line.cut("committed")
    with pytest.raises(DatabaseLost), line.db.write() as session:
        session.execute(text("UPDATE person SET name = 'x'"))


def test_what_is_no_loss_keeps_its_name(office):
    with pytest.raises(DBAPIError), office.db.read() as session:
        session.execute(text("SELECT * FROM nothing"))


def test_a_lock_that_is_not_given_is_no_loss(sqlite_office_url):
    """Whoever waits for a lock in vain has lost no connection."""
    first, second = Database(sqlite_office_url), Database(sqlite_office_url)
    touch = text("UPDATE person SET name = name")
    with first.write() as held:
        held.execute(touch)
        with pytest.raises(OperationalError), second.write() as session:
            session.execute(text("PRAGMA busy_timeout = 0"))
            session.execute(touch)
    first.close()
    second.close()


def test_a_database_that_is_not_there_is_lost(tmp_path):
    db = Database(f"sqlite:///{tmp_path / 'tidak-ada' / 'alur.db'}")
    with pytest.raises(DatabaseLost), db.read() as session:
        session.execute(select(1))
    db.close()


@pytest.mark.postgresql
def test_a_server_that_vanishes_is_given_up_soon_unless_the_address_says_otherwise(postgresql_url):
    db = Database(f"{postgresql_url}&keepalives_idle=77")
    with db.connections.connect() as connection:
        said = connection.connection.dbapi_connection.info.get_parameters()
    db.close()
    assert (said["connect_timeout"], said["keepalives_idle"]) == ("5", "77")
    assert said["tcp_user_timeout"] == "30000"


@pytest.fixture
def asked(postgresql_url, monkeypatch) -> Iterator[tuple[Database, list[Any]]]:
    """A database on PostgreSQL, and the connections that it has asked whether they are there."""
    db = Database(postgresql_url)
    dialect, connections = db.connections.dialect, []
    ping = dialect.do_ping

    def noted(connection: Any) -> bool:
        connections.append(connection)
        return ping(connection)

    monkeypatch.setattr(dialect, "do_ping", noted)
    yield db, connections
    db.close()


def _read(db: Database) -> int:
    """The server's number of the connection that a look has used."""
    with db.read() as session:
        return session.scalar(text("SELECT pg_backend_pid()"))


def _end(db: Database, backend: int) -> None:
    with psycopg.connect(db.url.replace("+psycopg", ""), autocommit=True) as other:
        ended = other.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])
        assert ended.fetchone() == (True,)


@pytest.mark.postgresql
def test_a_connection_in_use_is_not_asked_each_time_whether_it_is_there(asked):
    db, connections = asked
    assert _read(db) == _read(db) == _read(db)
    assert connections == []


@pytest.mark.postgresql
def test_a_connection_that_its_server_has_closed_is_made_anew_unnoticed(asked):
    db, connections = asked
    first = _read(db)
    _end(db, first)
    assert _read(db) != first
    assert len(connections) == 1


@pytest.mark.postgresql
def test_a_connection_that_has_lain_long_is_asked(asked, monkeypatch):
    """A server, or what lies between, may have gone without a word."""
    db, connections = asked
    first = _read(db)
    monkeypatch.setattr("engine.database._UNUSED", -1)
    assert _read(db) == first
    assert len(connections) == 1
    monkeypatch.setattr("engine.database._has_word", lambda _: False)
    _end(db, first)
    assert _read(db) != first


@pytest.mark.postgresql
def test_a_server_that_is_started_again_finds_everything_in_order(own_server, skp, audit):
    db = Database(own_server.url("postgres"))
    db.migrate()
    sample.load(db)
    deployments.activate(db, deployments.deploy(db, skp).id)
    with db.read() as session:
        staff, employee = (
            people.with_nip(session, sample.CAST[part][0]).id for part in ("staff", "employee")
        )
        actor = people.actor(session, staff)

    def start() -> int:
        return starting.start(db, actor, "skp_collection", employee, token="same")

    own_server.run("pg_ctl", "stop", "--wait", "--mode=immediate")
    with pytest.raises(DatabaseLost):
        start()
    options = f"{own_server.safety} -c listen_addresses= -k {own_server.directory}"
    log = f"--log={own_server.data / 'log'}"
    own_server.run("pg_ctl", "start", "--wait", f"--options={options}", log)
    first = start()
    own_server.run("pg_ctl", "restart", "--wait", "--mode=immediate", log)
    assert start() == first
    assert audit(db) == []
    db.close()


def test_what_many_cases_want_stops_at_the_first_loss():
    done = []

    def step(case):
        done.append(case)
        raise DatabaseLost("x")

    with pytest.raises(DatabaseLost):
        jobs.each(step, [1, 2, 3])
    assert done == [1]


@pytest.mark.parametrize(
    ("moment", "refused"), [("writing", 1), ("committing", 2), ("committed", 2)]
)
def test_a_worker_tries_a_job_again_whose_database_was_lost(
    line, office, audit, monkeypatch, moment, refused
):
    monkeypatch.setattr(jobs, "FIRST_PAUSE", timedelta(milliseconds=50))
    case, job = _timer(office)
    lost = []

    def fire(db: Database, leased: Job) -> None:
        if not lost:
            line.cut(moment, refused=refused)
        try:
            firing.fire(db, leased)
        except DatabaseLost:
            lost.append(leased.attempts)
            raise

    with office.db.write() as session:
        session.get_one(Job, job.id).ready = clock.now()
    employed = Worker(office.db, {**duties(Settings(Path(), "")), "timer": fire})
    employed.start()
    try:
        _wait_until(lambda: job.id not in {j.id for j in office.jobs(case)})
        assert employed.is_alive
    finally:
        employed.stop()
    assert lost == [1]
    assert office.kinds(case).count("timer.fired") == 1
    assert audit(office.db) == []


@pytest.mark.parametrize("door", ["lease", "begin", "failed", "give_back"])
def test_a_worker_outlives_every_loss(office, monkeypatch, door):
    """What cannot be noted costs a lease."""
    monkeypatch.setattr("engine.worker.LANES", _short(LANES))
    act, away = getattr(jobs, door), [DatabaseLost("x")]
    tried = []

    def sometimes(*args: Any) -> Any:
        if away:
            raise away.pop()
        return act(*args)

    def run(db: Database, job: Job) -> None:
        tried.append(job.attempts)
        if len(tried) == 1:
            raise OSError
        with db.write() as session:
            jobs.finish(session, job)

    monkeypatch.setattr(jobs, "FIRST_PAUSE", timedelta(milliseconds=50))
    monkeypatch.setattr(jobs, door, sometimes)
    case, job = _timer(office)
    with office.db.write() as session:
        session.get_one(Job, job.id).ready = clock.now()
    employed = Worker(office.db, {"timer": run})
    employed.start()
    try:
        _wait_until(lambda: job.id not in {j.id for j in office.jobs(case)})
        assert employed.is_alive
    finally:
        employed.stop()
    assert away == []
    assert len(tried) == 2


def _short(lanes: tuple[Lane, ...]) -> tuple[Lane, ...]:
    return tuple(replace(lane, lease=timedelta(milliseconds=500)) for lane in lanes)


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
