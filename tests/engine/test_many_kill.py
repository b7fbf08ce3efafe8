"""A worker that is killed in the midst of many cases has done each of them whole, or not at all.

Run as a program, this file is that worker, beside staff who complete tasks of the same cases and
note what they were answered.
"""

import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from engine import deployments, instances, mass_acts, moves, people, verification, worker
from engine.database import Database
from engine.deeds import Suspend
from engine.errors import NoLongerOpen, StaleInstance, Suspended
from engine.fates import Fates
from engine.models import Incident, MassAct, Move, Submission, WorkItem
from engine.settings import Settings
from tasks.duties import TOGETHER, duties

CASES = 40
PATIENCE = 60  # seconds, after which what has not come never will
LEASE = timedelta(seconds=2)  # of a job whose worker was killed
A_WRITE, A_TASK = 0.01, 0.03  # seconds: the longer a write takes, the more kills come within one
PROCEDURE = """
    process id=p name=Contoh
    property alur:calendar=elapsed
    lane Staf group:umum-aparatur: s a b c e w r
    startEvent s
    userTask a name=Memeriksa
    userTask b name=Mencatat
    userTask c name=Mengarsipkan
    boundaryEvent w attachedToRef=a cancelActivity=false name="{n} jam"
        timer timeDuration PT{n}H
        property alur:timer=waktu
    endEvent r
    endEvent e
    s -> a -> b -> c -> e
    w -> r
"""


@dataclass(frozen=True)
class Sort:
    """A sort of order: its table, its cases, and what is to be found in each."""

    table: type
    cases: Fates
    outcome: str
    fact: str
    refused: str
    kills: int


SORTS = {
    "move": Sort(Move, moves.CASES, "moved", "case.moved", "Kasus ini sudah berakhir.", 3),
    "mass": Sort(
        MassAct, mass_acts.CASES, mass_acts.DONE, "instance.suspended",
        "Kasus ini tidak sedang berjalan.", 1,
    ),
}  # fmt: skip


@pytest.fixture
def orders(office, draw):
    """What may be ordered for forty cases, half of them claimed: that they go over to a version of
    another Waktu, or are suspended."""
    office.put_into_force(draw(PROCEDURE.format(n=2)))
    cases = [office.start(key="p") for _ in range(CASES)]
    for case in cases[::2]:
        instances.claim(office.db, office.staff, office.item(case).id)
    new = deployments.deploy(office.db, draw(PROCEDURE.format(n=3)), office.analyst.id)
    with office.db.read() as session:
        old = deployments.in_force(session, "p")
        both = moves.versions(office.db, session, old.id, new.id, {})
    return {
        "move": lambda: moves.order(office.db, office.analyst, both, cases, "Waktu diperpanjang"),
        "mass": lambda: mass_acts.order(
            office.db, office.superior, Suspend(), cases, "Cuti bersama", token="satu"
        ),
    }


@pytest.mark.parametrize("sort", SORTS)
def test_each_case_is_done_once_or_refused_whenever_the_worker_is_killed(
    office, orders, forge, audit, tmp_path, sort
):
    chance, diary = random.Random(20_261_126), tmp_path / "diary"  # noqa: S311
    ordered, of = orders[sort](), SORTS[sort]
    for _ in range(of.kills):
        one = begun(forge, office, diary, sort, ordered)
        until(office, one, of, ordered, decided(office, of, ordered) + chance.randint(2, 7))
        time.sleep(chance.uniform(0, 2 * A_WRITE))
        os.kill(one.pid, signal.SIGKILL)
        one.wait(10)
    assert decided(office, of, ordered) < CASES
    assert begun(forge, office, diary, sort, ordered).wait(PATIENCE) == 0

    with office.db.read() as session:
        assert session.get_one(of.table, ordered).ended_at is not None
        fates = of.cases.page(session, ordered, 0)
        assert session.scalars(select(Incident)).all() == []
        told = Counter(session.scalars(select(Submission.token)))
    assert len(fates) == CASES
    assert {one.outcome for one in fates} <= {of.outcome, "refused"}
    for one in fates:
        done = one.outcome == of.outcome
        assert done or one.reason == of.refused
        assert office.kinds(one.instance_id).count(of.fact) == done
        with office.db.read() as session:
            followed = deployments.definition(session, office.case(one.instance_id).definition_id)
        assert followed.version == (2 if done and sort == "move" else 1)
    answered = diary.read_text().split()
    assert answered
    assert [token for token in answered if told[token] != 1] == []
    assert verification.verify(office.db, None, None, lambda _what, _done: None).faults == []
    assert audit(office.db) == []


def begun(forge, office, diary, sort, ordered):
    """A worker and staff at work, until all is done."""
    return forge.begin([__file__, office.db.url, diary, sort, ordered], os.environ)


def decided(office, of, ordered):
    """How many cases have been done or refused."""
    with office.db.read() as session:
        found = of.cases.counts(session, [ordered])[ordered]
    return sum(count for outcome, count in found.items() if outcome is not None)


def until(office, process, of, ordered, number):
    deadline = time.monotonic() + PATIENCE
    while decided(office, of, ordered) < number:
        assert process.poll() is None, "the process ended by itself"
        assert time.monotonic() < deadline
        time.sleep(0.002)


def complete_something(db, staff, diary, token):
    """Completes any open task, and notes that it was answered; somebody may have been quicker."""
    with db.read() as session:
        found = session.scalars(select(WorkItem.id).where(WorkItem.status == "open")).all()
    if found:
        with suppress(NoLongerOpen, StaleInstance, Suspended):
            item = random.choice(found)  # noqa: S311
            instances.complete(db, staff, item, {}, token=token)
            os.write(diary, f"{token}\n".encode())


def is_over(db, sort, ordered):
    with db.read() as session:
        return session.get_one(SORTS[sort].table, ordered).ended_at is not None


def note_slowly(*given):
    time.sleep(A_WRITE)
    note(*given)


def main(url, diary, sort, ordered):
    worker.LANES = tuple(replace(lane, lease=LEASE) for lane in worker.LANES)
    Fates.done = note_slowly
    db, notes = Database(url), os.open(diary, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    with db.read() as session:
        staff = people.actor(session, people.with_nip(session, "198509092090031009").id)
    working = worker.Worker(db, duties(Settings(Path(diary).parent, url)), together=TOGETHER)
    working.start()
    pause, acts = threading.Event(), 0
    while not is_over(db, sort, int(ordered)):
        acts += 1
        complete_something(db, staff, notes, f"{os.getpid()}.{acts}")
        pause.wait(A_TASK)
    working.stop()
    db.close()


note = Fates.done

if __name__ == "__main__":
    main(*sys.argv[1:])
