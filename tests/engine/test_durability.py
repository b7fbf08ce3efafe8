"""A process that is killed in the middle of its work loses nothing it has acknowledged.

Run as a program, this file is that process: it carries case after case to its end, and says what
it is about to do and what it has done, each on a line of its own.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select, text

from engine import cases, instances, people, starting
from engine.database import Database
from engine.models import Instance, Submission, WorkItem

ROOT = Path(__file__).parents[2]
ROUNDS, LONGEST = 3, 0.4  # kills, and seconds of work before one
DECISIONS = ("tidak_setuju", "setuju")


@pytest.fixture
def worker(office):
    """Starts a process at work on the office's database; none outlives the test."""
    started = []

    def run(number):
        process = subprocess.Popen(
            [
                sys.executable,
                __file__,
                office.db.url,
                str(office.staff.id),
                str(office.employee.id),
                str(number),
            ],
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.wait(10)
        process.stdout.close()


def test_what_was_acknowledged_survives_kill_9(office, worker, audit):
    chance = random.Random(20_210_604)  # noqa: S311
    intended, acknowledged, before = [], [], connected(office)
    for number in range(ROUNDS):
        said = killed_at_work(worker(number), chance.uniform(0, LONGEST))
        tried = [line.removeprefix("try ") for line in said if line.startswith("try ")]
        done = [line.removeprefix("done ") for line in said if line.startswith("done ")]
        assert done, "nothing was acknowledged before the kill"
        assert len(tried) - len(done) in (0, 1)
        intended += tried
        acknowledged += done
        wait_until_it_is_gone(office, before)
        assert audit(office.db) == []
        kept = tokens(office)
        assert [token for token in acknowledged if kept[token] != 1] == []
        # Beside what was acknowledged there is only what was on its way at a kill.
        assert set(kept) <= set(intended)
        assert max(kept.values()) == 1
    send_again_what_got_no_answer(office, set(intended) - set(acknowledged))
    assert tokens(office) == Counter(intended)
    carry_all_to_their_end(office)
    assert audit(office.db) == []


def killed_at_work(process, after):
    """The lines a process has written before it was killed, some time after its first answer."""
    said = [process.stdout.readline().strip()]
    while not said[-1].startswith("done"):
        assert process.poll() is None or said[-1], "the process ended by itself"
        said.append(process.stdout.readline().strip())
    time.sleep(after)
    os.kill(process.pid, signal.SIGKILL)
    rest = process.stdout.read()  # not `communicate`, which forgets what was read ahead
    process.wait(10)
    assert process.returncode == -signal.SIGKILL
    # A last line without its end was never said.
    return said + [line for line in rest.split("\n")[:-1] if line]


def connected(office):
    """How many others are connected; SQLite has nobody to wait for."""
    if office.db.connections.dialect.name == "sqlite":
        return 0
    others = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with office.db.read() as session:
        return session.scalar(others)


def wait_until_it_is_gone(office, before):
    """PostgreSQL ends what a killed process had sent to it; only then it is quiet."""
    deadline = time.monotonic() + 10
    while connected(office) > before:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def tokens(office):
    """How often each request has had its effect: starts and completions."""
    with office.db.read() as session:
        started = session.scalars(select(Instance.token)).all()
        completed = session.scalars(select(Submission.token)).all()
    return Counter([*started, *completed])


def send_again_what_got_no_answer(office, requests):
    """The person presses the button again: done if it was not, and otherwise the same answer."""
    for token in requests:
        if token.startswith("start"):
            office.start(token=token)
            continue
        with office.db.read() as session:
            item = session.get(WorkItem, int(token.rpartition(":")[2]))
        done_by = office.whose_turn(item)
        instances.complete(office.db, done_by, item.id, answer(item), token=token)


def carry_all_to_their_end(office):
    with office.db.read() as session:
        everything = session.scalars(select(Instance.id)).all()
    assert everything
    for case in everything:
        office.finish(case)
        assert office.case(case).status == "completed"


def answer(item):
    """Disagrees at the first visit, agrees at the next."""
    decision = DECISIONS[min(item.visit, len(DECISIONS)) - 1]
    return {"keputusan": decision} if item.element == "Langkah_4" else {}


def say(line):
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def work(url, staff_id, employee_id, number):
    """Starts case after case, and does every step of it."""
    db = Database(url)
    with db.read() as session:
        staff = people.actor(session, staff_id)
    for turn in range(1000):
        token = f"start:{number}:{turn}"
        say(f"try {token}")
        case = starting.start(db, staff, "skp_collection", employee_id, token=token)
        say(f"done {token}")
        while item := open_item(db, case):
            token = f"step:{number}:{item.id}"
            with db.read() as session:
                actor = people.actor(session, item.person_id or staff_id)
            say(f"try {token}")
            instances.complete(db, actor, item.id, answer(item), token=token)
            say(f"done {token}")


def open_item(db, case):
    with db.read() as session:
        return next((i for i in cases.work(session, case) if i.status == "open"), None)


if __name__ == "__main__":
    work(sys.argv[1], *map(int, sys.argv[2:]))
