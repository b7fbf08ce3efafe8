"""Workers that are killed at any moment lose no timer, and nothing is done twice.

Run as a program, this file is such a process: a real worker beside people who start cases and
complete tasks, and who note what they try and what was answered. Its clock runs faster than ours,
so that the minutes of a diagram, of leases and of pauses after failures pass in a second.
"""

import os
import random
import signal
import sys
import threading
import time
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import exists, func, select

from engine import clock, deployments, instances, people, sample, starting, worker
from engine.database import Database
from engine.errors import NoLongerOpen, StaleInstance
from engine.models import (
    Definition,
    HistoryEntry,
    Incident,
    Instance,
    Job,
    Person,
    Submission,
    WorkItem,
)
from engine.settings import Settings
from tasks.duties import TOGETHER, duties
from tasks.handlers import HANDLERS

KILLS, LONGEST = 4, 1.0  # and seconds of work before one, after something was answered
PATIENCE = 120  # seconds, after which what has not come to its end never will
SPEED = 40  # times as fast as our clock
LEASE = timedelta(minutes=1)
CROWD = 24  # cases that run at once
# What each case of `jadwal.bpmn` leads to, whatever happened meanwhile.
STORY = Counter(
    {
        ("instance.started", None): 1,
        ("task.opened", "Tunggu"): 1,
        ("task.opened", "Biarkan"): 1,
        ("timer.fired", "Jeda"): 1,
        ("service.called", "Catat"): 1,
        ("service.completed", "Catat"): 1,
        ("timer.fired", "Langsung"): 1,
        ("message.thrown", "Kirim"): 1,
        ("timer.fired", "Ulang"): 2,
        ("message.thrown", "Ingat"): 2,
        ("timer.fired", "Lewat"): 1,
        ("timer.fired", "Putar"): 3,
        ("timer.fired", "Cepat"): 1,
        ("task.completed", "Tunggu"): 1,
        ("instance.completed", None): 1,
    }
)
# Told apart from all else that is open: it is left to its timer, and the other to its cycle.
LEFT_ALONE, REPEATED, REPEATING = "Biarkan", "Tunggu", "Ulang"


@pytest.fixture
def crew(office, forge, tmp_path):
    """The processes at work on the office's database; none outlives the test."""
    drawn = (Path(__file__).parent / "jadwal.bpmn").read_bytes()
    deployed = deployments.deploy(office.db, drawn)
    deployments.activate(office.db, deployed.id, topics=("catat", "kirim", "remind"))
    crew = Crew(office, forge, tmp_path / "diary")
    yield crew
    for process in crew.processes.values():
        process.send_signal(signal.SIGKILL)
        process.wait(10)


class Crew:
    """Processes at work, and the diary in which they all write."""

    def __init__(self, office, forge, diary):
        self.office, self.forge, self.diary = office, forge, diary
        self.processes, self.started = {}, 0
        self.epoch = time.time()
        # By default SQLite is one process's; a node beside it needs PostgreSQL.
        self.size = 1 if office.db.connections.dialect.name == "sqlite" else 2

    def fill(self, task):
        """Starts processes until the crew is complete."""
        while len(self.processes) < self.size:
            self.started += 1
            arguments = (self.office.db.url, self.diary, self.epoch, self.started, task)
            self.processes[self.started] = self.forge.begin([__file__, *arguments], os.environ)

    def kill_one(self, chance):
        """Kills one of them at any moment after each has had an answer."""
        for number in self.processes:
            self.wait_for_answer(number)
        time.sleep(chance.uniform(0, LONGEST))
        victim = self.processes.pop(chance.choice(list(self.processes)))
        assert victim.poll() is None, "the process ended by itself"
        os.kill(victim.pid, signal.SIGKILL)
        victim.wait(10)

    def wait_for_answer(self, number):
        deadline = time.monotonic() + PATIENCE
        while not self.lines(f"done {number}."):
            assert self.processes[number].poll() is None, "the process ended by itself"
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def send_home(self):
        """Asks those at work to stop, which finishes what has begun."""
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        self.wait()

    def wait(self):
        for process in self.processes.values():
            assert process.wait(PATIENCE) == 0
        self.processes.clear()

    def lines(self, start):
        """The lines that begin so, without this beginning."""
        written = self.diary.read_text().splitlines() if self.diary.exists() else []
        return [line.removeprefix(start) for line in written if line.startswith(start)]


def test_what_was_answered_stands_and_each_effect_is_there_once_after_random_kills(crew, audit):
    chance = random.Random(20_261_124)  # noqa: S311
    for _ in range(KILLS):
        crew.fill("start")
        crew.kill_one(chance)
    crew.send_home()
    crew.fill("finish")
    crew.wait()

    tried, answered, kept = crew.lines("try "), crew.lines("done "), tokens(crew.office)
    assert [token for token in answered if kept[token] != 1] == []
    assert set(kept) <= set(tried)
    assert max(kept.values()) == 1
    assert left_over(crew.office) == {"jobs": 0, "incidents": 0, "running": 0}
    assert audit(crew.office.db) == []
    stories = stories_of(crew.office, "jadwal")
    assert stories
    assert {case: differing(story) for case, story in stories.items() if story != STORY} == {}
    # A handler was asked at least once for each deed, and always under the same key.
    for topic in ("catat", "kirim"):
        assert len(set(crew.lines(f"{topic} "))) == len(stories)


def tokens(office):
    """How often each request has had its effect: starts and completions."""
    with office.db.read() as session:
        started = session.scalars(select(Instance.token)).all()
        completed = session.scalars(select(Submission.token)).all()
    return Counter([*started, *completed])


def left_over(office):
    """What is still to come: nothing, once every case has ended."""
    running = select(func.count()).where(Instance.status == "running")
    with office.db.read() as session:
        return {
            "jobs": session.scalar(select(func.count(Job.id))),
            "incidents": session.scalar(select(func.count(Incident.id))),
            "running": session.scalar(running),
        }


def stories_of(office, key):
    """What the history of each case of a procedure tells, counted."""
    query = (
        select(HistoryEntry.instance_id, HistoryEntry.kind, HistoryEntry.element)
        .join(Instance, HistoryEntry.instance_id == Instance.id)
        .join(Definition)
        .where(Definition.key == key, HistoryEntry.kind != "task.claimed")  # which is chance
    )
    stories = defaultdict(Counter)
    with office.db.read() as session:
        for case, kind, element in session.execute(query):
            stories[case][kind, element] += 1
    return stories


def differing(story):
    """How much more (or less) often something is told than it should be."""
    return {fact: story[fact] - STORY[fact] for fact in story | STORY if story[fact] != STORY[fact]}


class Employees:
    """The people of one process: they start cases, and do what is open, in any order."""

    def __init__(self, db, diary, number):
        self.db, self.diary, self.number = db, diary, number
        self.chance = random.Random(number)  # noqa: S311
        self.acts = 0
        with db.read() as session:
            ids = dict(session.execute(select(Person.nip, Person.id)).all())
            self.actors = {i: people.actor(session, i) for i in ids.values()}
        self.staff, self.employee = (ids[sample.CAST[p][0]] for p in ("staff", "employee"))

    def start(self):
        key = self.chance.choice(("jadwal", "jadwal", "skp_collection"))
        staff = self.actors[self.staff]
        self.act(starting.start, staff, key, self.employee)

    def do_something(self):
        """Completes or takes up any open task; False when there is none."""
        with self.db.read() as session:
            found = session.scalars(open_work()).all()
        if not found:
            return False
        item = self.chance.choice(found)
        actor = self.actors[item.person_id or self.staff]
        with suppress(NoLongerOpen, StaleInstance):  # somebody of the other process was quicker
            if item.taken_up_at is None and self.chance.random() < 0.3:
                (instances.take_up if item.person_id else instances.claim)(self.db, actor, item.id)
            else:
                given = {"keputusan": "setuju"} if item.element == "Langkah_4" else {}
                self.act(instances.complete, actor, item.id, given)
        return True

    def act(self, act, *arguments):
        self.acts += 1
        token = f"{self.number}.{self.acts}"
        self.diary.write(f"try {token}")
        act(self.db, *arguments, token=token)
        self.diary.write(f"done {token}")


class Diary:
    """Lines that are written whole, or not at all, by any number of processes."""

    def __init__(self, path):
        self.file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def write(self, line):
        os.write(self.file, f"{line}\n".encode())

    def handlers(self):
        """What is noted of each order, beside the reminders of the product."""

        def note(order):
            time.sleep(0.03)  # the longer it takes, the more kills come in the middle
            self.write(f"{order.topic} {order.key}")
            return {"nomor": order.instance_id} if order.topic == "catat" else None

        return {**HANDLERS, "catat": note, "kirim": note}


def open_work():
    cycle = exists().where(Job.instance_id == WorkItem.instance_id, Job.element == REPEATING)
    return select(WorkItem).where(
        WorkItem.status == "open",
        WorkItem.element != LEFT_ALONE,
        (WorkItem.element != REPEATED) | ~cycle,
    )


def is_idle(db):
    """Whether nothing will come any more within an hour."""
    soon = Job.state == "armed", Job.due < clock.now() + timedelta(hours=1)
    with db.read() as session:
        return session.scalar(select(Job.id).where(*soon).limit(1)) is None


def is_crowded(db):
    with db.read() as session:
        running = session.scalar(select(func.count()).where(Instance.status == "running"))
    return running >= CROWD


def hurry(epoch):
    """Lets time run faster, the same in every process."""
    begin = datetime.fromtimestamp(epoch, UTC)
    clock.now = lambda: begin + SPEED * timedelta(seconds=time.time() - epoch)


def main(url, diary, epoch, number, task):
    hurry(float(epoch))
    worker.LANES = tuple(replace(lane, lease=LEASE) for lane in worker.LANES)
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    db, notes = Database(url), Diary(diary)
    duty = duties(Settings(Path(diary).parent, url), notes.handlers())
    working, staff = worker.Worker(db, duty, together=TOGETHER), Employees(db, notes, int(number))
    working.start()
    while not stopping.wait(0.02):
        if task == "start" and not is_crowded(db):
            staff.start()
        elif not staff.do_something() and task == "finish" and is_idle(db):
            break
    working.stop()
    db.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
