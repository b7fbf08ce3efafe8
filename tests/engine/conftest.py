"""A sample office at work: its people, a case and its steps, rivals, and an audit."""

import hashlib
import json
import re
import shutil
import threading
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event, select, text

from bpmn.diagram import Diagram
from engine import (
    cases,
    clock,
    deployments,
    history,
    instances,
    jobs,
    people,
    sample,
    starting,
    steps,
    subscriptions,
    supervision,
    worker,
)
from engine.database import Database
from engine.errors import AlurError, JobGone, NoHandler, StaleInstance, Suspended
from engine.models import Base, Definition, Instance, Job, Notice, Person, WorkItem
from engine.people import Actor
from engine.settings import Settings
from engine.spiff.execution import Execution
from engine.topics import Handler
from tasks.duties import duties
from tasks.handlers import HANDLERS
from tests import leases

SKP = Path(__file__).parents[2] / "bpmn" / "skp_collection.bpmn"
CAST = {
    "governor": 0,
    "regional_secretary": 1,
    "head": 2,  # of the agency, who supervises it
    "administrator": 3,
    "superior": 4,  # supervises the employee's unit
    "neighbour": 5,  # supervises the unit beside it
    "assessor": 6,
    "staff": 8,
    "colleague": 9,  # the other one of the staff's group
    "analyst": 10,
    "employee": 11,
    "outsider": 12,
    "auditor": 15,
}
ANSWERS = {
    "Langkah_3": {"nilai_skp": 90, "nilai_perilaku": 85, "catatan_penilai": "Baik"},
    "Langkah_4": {"keputusan": "setuju"},
}
ACTS = (
    "instance.started instance.cancelled instance.suspended instance.resumed"
    " task.completed task.claimed task.released task.taken-up task.nudged task.corrected"
    " case.jumped dispute.decided"
    " timer.fired timer.postponed timers.armed incident.resolved incident.retried"
    " message.received signal.received service.failed role.reassigned"
    " document.requested document.made document.signed case.moved".split()
)
# Three tasks side by side, two of them of one group's lane, and one behind their join.
SIDE_BY_SIDE = b"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="contoh">
  <process id="berdampingan" name="Berdampingan" isExecutable="true">
    <laneSet id="Lajur">
      <lane id="Lane_Staf" name="Staf">
        <extensionElements><camunda:properties>
          <camunda:property name="alur:actor" value="group:umum-aparatur" />
        </camunda:properties></extensionElements>
        <flowNodeRef>Mulai</flowNodeRef><flowNodeRef>Bagi</flowNodeRef>
        <flowNodeRef>Periksa</flowNodeRef><flowNodeRef>Catat</flowNodeRef>
        <flowNodeRef>Gabung</flowNodeRef><flowNodeRef>Arsip</flowNodeRef>
        <flowNodeRef>Selesai</flowNodeRef>
      </lane>
      <lane id="Lane_Pegawai" name="Pegawai">
        <extensionElements><camunda:properties>
          <camunda:property name="alur:actor" value="subject" />
        </camunda:properties></extensionElements>
        <flowNodeRef>Isi</flowNodeRef>
      </lane>
    </laneSet>
    <startEvent id="Mulai" />
    <parallelGateway id="Bagi" />
    <userTask id="Periksa" name="Memeriksa" />
    <userTask id="Catat" name="Mencatat" />
    <userTask id="Isi" name="Mengisi" />
    <parallelGateway id="Gabung" />
    <userTask id="Arsip" name="Mengarsipkan" />
    <endEvent id="Selesai" />
    <sequenceFlow id="F1" sourceRef="Mulai" targetRef="Bagi" />
    <sequenceFlow id="F2" sourceRef="Bagi" targetRef="Periksa" />
    <sequenceFlow id="F3" sourceRef="Bagi" targetRef="Catat" />
    <sequenceFlow id="F4" sourceRef="Bagi" targetRef="Isi" />
    <sequenceFlow id="F5" sourceRef="Periksa" targetRef="Gabung" />
    <sequenceFlow id="F6" sourceRef="Catat" targetRef="Gabung" />
    <sequenceFlow id="F7" sourceRef="Isi" targetRef="Gabung" />
    <sequenceFlow id="F8" sourceRef="Gabung" targetRef="Arsip" />
    <sequenceFlow id="F9" sourceRef="Arsip" targetRef="Selesai" />
  </process>
</definitions>
"""
# All that a worker does for cases: what is not to be mailed in tests of other things.
KINDS = frozenset().union(*(lane.kinds for lane in worker.LANES)) - {"mail"}
_tokens = count()


@pytest.fixture
def with_documents(skp) -> Callable[..., bytes]:
    """``with_documents(Langkah_3="penilaian")``: the procedure, in which these steps order them."""

    def _ordering(**kinds: str) -> bytes:
        text = re.sub(r'<camunda:property name="alur:documents"[^>]*>', "", skp.decode())
        for step, ordered in kinds.items():
            begun = text.index(f'<bpmn:userTask id="{step}"')
            at = text.index('<camunda:property name="sop:', begun)
            said = f'<camunda:property name="alur:documents" value="{ordered}" />'
            text = text[:at] + said + text[at:]
        return text.encode()

    return _ordering


@pytest.fixture
def side_by_side() -> bytes:
    """A procedure with parallel tasks: Periksa, Catat (staff) and Isi (employee), then Arsip."""
    return SIDE_BY_SIDE


@pytest.fixture
def draw_events(draw) -> Callable[[str], bytes]:
    """``draw`` for events: what is referred to is in the file, named as its id (``surat``)."""

    def _draw(text: str) -> bytes:
        source = draw(text)
        referred = sorted(set(re.findall(rb'(message|signal|error|escalation)Ref="(\w+)"', source)))
        named = {b"error": b"errorCode", b"escalation": b"escalationCode"}
        roots = [
            b'<%s id="%s" %s="%s" />' % (kind, name, named.get(kind, b"name"), name)
            for kind, name in referred
        ]
        return source.replace(b"</definitions>", b"".join([*roots, b"</definitions>"]))

    return _draw


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database(request) -> Iterator[Database]:
    """An empty database with the schema of this release."""
    database = Database(request.getfixturevalue(f"{request.param}_migrated_url"))
    yield database
    database.close()


@pytest.fixture
def sqlite_migrated_url(migrated_file, tmp_path) -> str:
    return f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'alur.sqlite')}"


@pytest.fixture
def postgresql_migrated_url(postgresql_server, migrated_template) -> Iterator[str]:
    with postgresql_server.database(migrated_template) as url:
        yield url


@pytest.fixture
def office(office_url, cast) -> Iterator["Office"]:
    """The sample office with the SKP procedure in force."""
    database = Database(office_url)
    yield Office(database, **cast(database))
    database.close()


@pytest.fixture(scope="session")
def cast() -> Callable[[Database], dict[str, Actor]]:
    """``cast(database)``: the people of `CAST`, alike in every copy of the furnished office.

    They are looked up once on each kind of database.
    """
    known: dict[str, dict[str, Actor]] = {}

    def look_up(database: Database) -> dict[str, Actor]:
        with database.read() as session:
            ids = {person.nip: person.id for person in people.search(session, "")}
            return {part: people.actor(session, ids[_nip(place)]) for part, place in CAST.items()}

    def once(database: Database) -> dict[str, Actor]:
        kind = database.connections.dialect.name
        if kind not in known:
            known[kind] = look_up(database)
        return known[kind]

    return once


@pytest.fixture
def busy(office):
    """The office in the midst of its work, with something in every table."""
    office.finish(office.start())
    office.cancel(office.start())
    going = office.start()
    instances.take_up(office.db, office.assessor, office.until(going, "Langkah_3").id)
    stopped = office.start()
    supervision.suspend(office.db, office.head, stopped, "Menunggu berkas")
    with office.db.read() as session:
        definition = deployments.in_force(session, "skp_collection")
    starting.start_by_timer(office.db, definition, office.employee.id, "oleh-timer")
    overdue = office.jobs(going)[0]
    with office.db.write() as session:
        session.get_one(Job, overdue.id).ready = clock.now()
    jobs.failed(office.db, office.job(going, overdue.element, overdue.kind), NoHandler("x"))
    return office


@pytest.fixture
def postgresql_office_url(postgresql_office) -> Iterator[str]:
    yield postgresql_office.url.render_as_string(hide_password=False)
    with postgresql_office.begin() as connection:
        connection.exec_driver_sql(_as_it_was())


@pytest.fixture(scope="session")
def postgresql_office(postgresql_server, furnished_template) -> Iterator[Engine]:
    """A furnished office, and a copy of its rows to put back after each test."""
    postgresql_server.execute(f"CREATE DATABASE office TEMPLATE {furnished_template}")
    url = postgresql_server.url("office")
    connections = create_engine(url)
    with connections.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA kept")
        for table in Base.metadata.tables:
            connection.exec_driver_sql(f'CREATE TABLE kept."{table}" AS TABLE public."{table}"')
    yield connections
    connections.dispose()


@cache
def _as_it_was() -> str:
    """What puts the furnished office back, without looking at references between tables."""
    statements = ["SET LOCAL session_replication_role = replica"]
    for table in Base.metadata.tables.values():
        name = f'public."{table.name}"'
        statements.append(f"DELETE FROM {name}")
        statements.append(f'INSERT INTO {name} SELECT * FROM kept."{table.name}"')
        if "id" in table.columns:
            sequence = f"pg_get_serial_sequence('{name}', 'id')"
            newest = f"SELECT coalesce(max(id), 0) + 1 FROM {name}"
            statements.append(f"SELECT setval({sequence}, ({newest}), false)")
    return "; ".join(statements)


@pytest.fixture
def at(monkeypatch) -> "MovedClock":
    """``at("2026-11-26T15:50")`` sets the server's time, which stands still, to a local time."""
    moved = MovedClock()
    monkeypatch.setattr(clock, "now", lambda: moved.instant)
    return moved


class MovedClock:
    """The time of the office, at nine in the morning of a Thursday until it is set."""

    def __init__(self) -> None:
        self("2026-11-26T09:00")

    def __call__(self, local: str) -> datetime:
        self.instant = datetime.fromisoformat(f"{local}+07:00").astimezone(UTC)
        return self.instant


@pytest.fixture
def rival(office) -> Iterator[Database]:
    """The same database seen from elsewhere: connections of its own."""
    database = Database(office.db.url)
    yield database
    database.close()


@pytest.fixture
def before_writing(monkeypatch) -> Callable[..., None]:
    """``before_writing(db, *acts)``: each of the next writes on ``db`` first lets an act through.

    What was read before is stale by then, as it is when another process is quicker.
    """

    def arrange(db: Database, *acts: Callable[[], Any]) -> None:
        ahead, write = list(acts), db.write

        def write_too_late(*given: Any) -> Any:
            if ahead:
                ahead.pop(0)()
            return write(*given)

        monkeypatch.setattr(db, "write", write_too_late)

    return arrange


@pytest.fixture
def at_once(office) -> Callable[..., list[Any]]:
    """``at_once(*acts)``: acts of several processes that all have read before one of them writes.

    Each act is called with a database of its own; the answer holds what each returned or the
    `AlurError` it raised, in order.
    """

    def run(*acts: Callable[[Database], Any]) -> list[Any]:
        everybody_has_read = threading.Barrier(len(acts))
        outcomes: list[Any] = [None] * len(acts)

        def act(place: int) -> None:
            with _waiting_once(Database(office.db.url), everybody_has_read) as db:
                try:
                    outcomes[place] = acts[place](db)
                except AlurError as error:
                    outcomes[place] = error

        threads = [threading.Thread(target=act, args=(place,)) for place in range(len(acts))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        return outcomes

    return run


@pytest.fixture
def audit() -> Callable[[Database], list[str]]:
    """``audit(db)``: everything about the stored cases that does not agree; empty when all does."""
    return _audit


@pytest.fixture
def broken_links() -> Callable[[Any, int], list[int]]:
    """``broken_links(connection, instance_id)``: where a case's history is not what it was."""
    return _broken_links


@pytest.fixture
def statements(office) -> "Statements":
    """What is sent to the database from now on."""
    return Statements(office.db)


class Statements:
    """The SQL statements and commits since the last `clear`."""

    def __init__(self, database: Database) -> None:
        self.sent: list[tuple[str, Any]] = []
        self.commits = 0
        event.listen(database.connections, "before_cursor_execute", self._note)
        event.listen(database.connections, "commit", self._committed)

    def clear(self) -> None:
        self.sent.clear()
        self.commits = 0

    def _note(self, _connection, _cursor, statement, parameters, _context, _many) -> None:
        self.sent.append((statement, parameters))

    def _committed(self, _connection) -> None:
        self.commits += 1


@dataclass(frozen=True)
class Office:
    """The cast of the sample office, and what they do with a case."""

    db: Database
    governor: Actor
    regional_secretary: Actor
    head: Actor
    administrator: Actor
    superior: Actor
    neighbour: Actor
    assessor: Actor
    staff: Actor
    colleague: Actor
    analyst: Actor
    employee: Actor
    outsider: Actor
    auditor: Actor

    def put_into_force(self, source: bytes, *topics: str) -> Definition:
        version = deployments.deploy(self.db, source)
        served = {*topics, *deployments.BUILT_IN}
        return deployments.activate(self.db, version.id, topics=served)

    def start(
        self,
        subject: Actor | None = None,
        *,
        by: Actor | None = None,
        chosen: dict[str, int] | None = None,
        token: str | None = None,
        key: str = "skp_collection",
        **given: Any,
    ) -> int:
        """A case of the employee's, started by the staff unless said otherwise."""
        who, about = by or self.staff, subject or self.employee
        return starting.start(
            self.db, who, key, about.id, chosen, token=token or self.token(), given=given
        )

    def case(self, instance_id: int) -> Instance:
        with self.db.read() as session:
            return session.scalars(select(Instance).where(Instance.id == instance_id)).one()

    def work(self, case: int) -> list[WorkItem]:
        with self.db.read() as session:
            return list(cases.work(session, case))

    def open_items(self, case: int) -> dict[str, WorkItem]:
        """The open tasks of a case by their element."""
        return {item.element: item for item in self.work(case) if item.status == "open"}

    def item(self, case: int) -> WorkItem:
        """The one open task of a case."""
        (item,) = self.open_items(case).values()
        return item

    def whose_turn(self, item: WorkItem) -> Actor:
        """The person who has a task; the staff when their group still has it."""
        with self.db.read() as session:
            return people.actor(session, item.person_id or self.staff.id)

    def step(self, case: int, **given: Any) -> instances.Completion:
        """The present step of a case, done by whose turn it is."""
        return self.complete(self.item(case), **given)

    def complete(self, item: WorkItem, **given: Any) -> instances.Completion:
        answer = given or ANSWERS.get(item.element, {})
        return instances.complete(
            self.db, self.whose_turn(item), item.id, answer, token=self.token()
        )

    def until(self, case: int, element: str) -> WorkItem:
        """Does a case's steps up to one, and gives that task."""
        while self.item(case).element != element:
            self.step(case)
        return self.item(case)

    def finish(self, case: int) -> None:
        """Does all that is left of a case."""
        while items := self.open_items(case):
            self.complete(next(iter(items.values())))

    def cancel(self, case: int) -> None:
        supervision.cancel(self.db, self.head, case, "Salah pegawai")

    def due(self, **handlers: Handler) -> list[tuple[str, str | None]]:
        """Does what is due, as a worker does but one by one; the (kind, element) of what began."""
        runners = duties(Settings(Path(), ""), {**HANDLERS, **handlers})
        begun = []
        while leased := jobs.lease(self.db, KINDS, timedelta(minutes=1), 100):
            for held in leased:
                job = leases.begin(self.db, held)
                if job is not None:
                    begun.append((job.kind, job.element))
                    self._do(job, runners[job.kind])
        return begun

    def _do(self, job: Job, run: worker.Runner) -> None:
        try:
            run(self.db, job)
        except (JobGone, Suspended):
            pass
        except StaleInstance:
            jobs.failed(self.db, job, None)
        except Exception as error:
            jobs.failed(self.db, job, error)

    def jobs(self, case: int | None = None, *kinds: str) -> list[Job]:
        """The jobs of a case, or of all; of some kinds, or of all but mails."""
        query = select(Job).where(Job.kind.in_(kinds or KINDS)).order_by(Job.due, Job.id)
        with self.db.read() as session:
            return list(
                session.scalars(query if case is None else query.filter_by(instance_id=case))
            )

    def job(self, case: int, element: str, kind: str = "timer") -> Job:
        """The one job of a kind at an element of a case."""
        (job,) = (job for job in self.jobs(case, kind) if job.element == element)
        return job

    def told(self, case: int) -> list[tuple[str, str]]:
        """Who was told what of a case: (name, kind), in order."""
        query = select(Person.name, Notice.kind).join(Notice, Notice.person_id == Person.id)
        with self.db.read() as session:
            found = session.execute(query.where(Notice.instance_id == case).order_by(Notice.id))
            return [tuple(row) for row in found]

    def history(self, case: int) -> list[Any]:
        with self.db.read() as session:
            return list(history.of_instance(session, case))

    def kinds(self, case: int) -> list[str]:
        return [entry.kind for entry in self.history(case)]

    def rows(self) -> dict[str, list[Any]]:
        """Everything in the database, to be compared."""
        with self.db.connections.connect() as connection:
            return {
                table.name: connection.execute(table.select().order_by(*table.primary_key)).all()
                for table in Base.metadata.sorted_tables
            }

    def token(self) -> str:
        return f"token-{next(_tokens)}"


@contextmanager
def _waiting_once(db: Database, barrier: threading.Barrier) -> Iterator[Database]:
    """The first write waits for the others; a second try goes ahead at once."""
    waits, write = [barrier], db.write

    def write_together(*given: Any) -> Any:
        if waits:
            waits.pop().wait(10)
        return write(*given)

    db.write = write_together
    try:
        yield db
    finally:
        db.close()


def _nip(place: int) -> str:
    return sample.PEOPLE[place][0]


def _broken_links(connection: Any, instance_id: int) -> list[int]:
    """Recomputes a chain from the stored rows; nothing of the engine's is used for it."""
    chain = text("SELECT * FROM history WHERE instance_id = :id ORDER BY seq")
    head = text("SELECT last_seq, last_hash FROM instance WHERE id = :id")
    previous, broken, seq = "0" * 64, [], 0
    for seq, row in enumerate(connection.execute(chain, {"id": instance_id}).mappings(), start=1):
        entry = dict(row)
        stored = entry.pop("hash")
        entry["previous"] = entry["previous"] or previous  # as older releases wrote it
        entry["details"] = bytes(entry["details"]).decode()
        entry["at"] = {"$datetime": _in_utc(entry["at"]).isoformat()}
        written = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        computed = hashlib.sha256(written.encode()).hexdigest()
        if (entry["seq"], entry["previous"], stored) != (seq, previous, computed):
            broken.append(seq)
        previous = stored
    if tuple(connection.execute(head, {"id": instance_id}).one()) != (seq, previous):
        broken.append(seq + 1)
    return broken


def _digest(data: Any) -> str:
    stored = bytes(data)
    whole = zlib.decompress(stored) if stored.startswith(b"x") else stored
    return hashlib.sha256(whole).hexdigest()


def _in_utc(at: datetime | str) -> datetime:
    if isinstance(at, str):  # SQLite
        return datetime.fromisoformat(at).replace(tzinfo=UTC)
    return at.astimezone(UTC)


def _audit(db: Database) -> list[str]:
    with db.read() as session:
        found = session.scalars(select(Instance.id).order_by(Instance.id)).all()
        return [
            f"case {case}: {fault}"
            for case in found
            for fault in (*_faults_of_record(session, case), *_faults_of_state(db, session, case))
        ]


def _faults_of_record(session: Any, case: int) -> Iterator[str]:
    """History, tasks and submissions tell one story."""
    if broken := _broken_links(session.connection(), case):
        yield f"history broken at {broken}"
    entries, work = history.of_instance(session, case), cases.work(session, case)
    guard = session.scalar(select(Instance.version).where(Instance.id == case))
    if guard != _acts(entries):
        yield f"version {guard} is not the number of acts"
    told = sorted(
        (entry.element, entry.person_id, entry.payload)
        for entry in entries
        if entry.kind == "task.completed" or (entry.kind == "instance.started" and entry.payload)
    )
    submitted = {
        row.work_item_id: row
        for row in session.execute(
            text("SELECT * FROM submission WHERE instance_id = :id"), {"id": case}
        )
    }
    digests = {item: _digest(row.data) for item, row in submitted.items()}
    done = [item for item in work if item.status == "completed"]
    if sorted(submitted) != [item.id for item in done]:
        yield "not one submission for each completed task"
    elif told != sorted((i.element, i.closed_by, digests[i.id]) for i in done):
        yield "history tells of other completions"
    for item, row in submitted.items():
        if row.digest not in (None, digests[item]):  # as older releases wrote it
            yield f"submission {row.id} is not what was digested"
    if _opened(entries) != sorted(item.element for item in work):
        yield "history tells of other tasks"


def _opened(entries: list[Any]) -> list[str]:
    """The elements of the tasks that a history tells of, as another version calls them."""
    opened: list[str] = []
    for entry in entries:
        if entry.kind == "task.opened" or (entry.kind == "instance.started" and entry.payload):
            opened.append(entry.element)
        elif entry.kind == "case.moved":
            for old, new in json.loads(entry.details)["steps"].items():
                opened.reverse()
                opened[opened.index(old)] = new
                opened.reverse()
    return sorted(opened)


def _acts(entries: list[Any]) -> int:
    """How many acts the entries of a history are of."""
    leading = sum(entry.kind in ACTS for entry in entries)
    answered = sum((e.kind, e.capacity) == ("service.completed", "service") for e in entries)
    # A changed calendar moves all timers of a case in one act.
    before = [None, *entries]
    moved = sum(
        entry.kind == "timer.moved"
        and (last is None or (last.kind, last.at) != (entry.kind, entry.at))
        for last, entry in zip(before, entries, strict=False)
    )
    return leading + answered + moved


def _faults_of_state(db: Database, session: Any, case: int) -> Iterator[str]:
    """The stored state, the open tasks and the case's status agree."""
    row = session.execute(
        select(
            Instance.status, Instance.state, Instance.ended_at, Instance.called, Definition.digest
        )
        .join(Definition)
        .where(Instance.id == case)
    ).one()
    listed = {item.task for item in cases.work(session, case) if item.status == "open"}
    state = Execution.load(deployments.program(db, row.digest, row.called), row.state)
    if row.status == "running" and listed != state.open_tasks.keys():
        yield "open tasks are not those of the state"
    if row.status == "running" and not (listed or state.timers or state.services or state.events):
        yield "running, and nothing to come"
    going_on = row.status in ("running", "suspended")
    if listed and not going_on:
        yield "ended with open tasks"
    if state.ended != (row.status == "completed") or (row.ended_at is None) != going_on:
        yield f"status {row.status} is not the state's"
    awaited = {one.task: one.element for one in subscriptions.of_instance(session, case)}
    if awaited != (state.events if going_on else {}):
        yield f"waits for {awaited}, and its state for {state.events}"
    yield from _faults_of_jobs(session, case, row.status, state)


def _faults_of_jobs(session: Any, case: int, status: str, state: Execution) -> Iterator[str]:
    """Every clock that runs has its one job, and no job is of something that has gone."""
    of_case = Job.instance_id == case, Job.task.is_not(None)
    jobs = session.scalars(select(Job).where(*of_case)).all()
    if status in ("completed", "cancelled"):
        if jobs:
            yield f"ended with the jobs {[job.id for job in jobs]}"
        return
    items = {item.task: item for item in cases.work(session, case) if item.status == "open"}
    waiting = state.timers | state.services | state.events | dict.fromkeys(items, "")
    yield from (f"job {job.id} of what has gone" for job in jobs if job.task not in waiting)
    for job in jobs:
        possible = {"held", "failed"} if status == "suspended" else {"armed", "failed"}
        if job.kind == "event":  # a signal that was thrown while the case is suspended
            possible.add("armed")
        if job.state not in possible:
            yield f"job {job.id} is {job.state} in a {status} case"
    own = Counter(job.task for job in jobs if job.kind in ("timer", "service"))
    left_out = {
        e.element for e in history.of_instance(session, case) if e.kind == "incident.resolved"
    }
    for task, element in (state.timers | state.services).items():
        host = items.get(state.host(task) or "") if task in state.timers else None
        node = state.program.diagram.nodes[element]
        runs = not (node.starts_on_take_up and host is not None and host.taken_up_at is None)
        if own[task] != runs and element not in left_out:
            yield f"{element} has {own[task]} jobs"
    for item in items.values():
        yield from _faults_of_clocks(state.program.diagram, item, status, jobs)


def _faults_of_clocks(
    diagram: Diagram, item: WorkItem, status: str, jobs: Sequence[Job]
) -> Iterator[str]:
    """A task says when its clocks run out, and counts while its case runs."""
    if (item.since is None) != (status == "suspended"):
        yield f"task {item.id} counts since {item.since} in a {status} case"
    own = [job for job in jobs if job.work_item_id == item.id]
    waits = [job for job in own if job.kind == "wait"]
    if len(waits) > 1 or (waits and item.taken_up_at is not None):
        yield f"task {item.id} has {len(waits)} waiting limits"
    rows = [{"kind": job.kind, "element": job.element, "due": job.due} for job in own]
    for name, due in steps.item_dues(diagram, rows).items():
        said = getattr(item, name)
        if due is not None and (said is None or said > due):
            yield f"task {item.id} has {name} {said}, and a job for {due}"
