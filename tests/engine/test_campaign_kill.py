"""A worker that is killed in the midst of a campaign has started each person's case once.

Run as a program, this file is that worker; two of them are at work at once where a test says so.
"""

import os
import random
import signal
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from engine import campaign_turns, campaigns, openings, scopes, verification, worker
from engine.database import Database
from engine.eligibility import Terms
from engine.models import Campaign, Incident, Instance, Person
from engine.settings import Settings
from tasks.duties import duties

PEOPLE = 120
AT_ONCE = 5
PATIENCE = 60  # seconds, after which what has not come never will
LEASE = timedelta(seconds=1)  # of a job whose worker was killed
A_WRITE = 0.03  # seconds: the longer a write takes, the more kills come within one


@pytest.fixture
def ordered(office):
    """A campaign for 120 people, of whom one has no superior."""
    with office.db.write() as session:
        own = session.get_one(Person, office.employee.id)
        same = {"kind": "pns", "rank": "III/a", "position": "Staf", "unit_id": own.unit_id}
        rows = [
            same | {"name": f"Contoh {n}", "nip": f"1990010120900311{n:02d}" if n < 100 else
                    f"1990010220900311{n - 100:02d}", "superior_id": own.superior_id}
            for n in range(PEOPLE - 7)
        ]  # fmt: skip
        rows[-1]["superior_id"] = None
        session.execute(insert(Person), rows)
    with office.db.read() as session:
        scope = scopes.of_unit(session, office.superior, "layanan")
    return campaigns.order(
        office.db, office.superior, "skp_collection", scope, Terms({}), token="satu"
    )


@pytest.mark.parametrize("workers", [1, 2])
def test_each_person_gets_one_case_whenever_workers_are_killed(
    office, ordered, forge, audit, tmp_path, workers
):
    chance = random.Random(20_261_127 + workers)  # noqa: S311
    for _ in range(3):
        at_work = [begun(forge, office, tmp_path, ordered) for _ in range(workers)]
        until(office, at_work, ordered, started(office, ordered) + chance.randint(5, 20))
        time.sleep(chance.uniform(0, 2 * A_WRITE))
        for one in at_work:
            os.kill(one.pid, signal.SIGKILL)
            one.wait(10)
    assert started(office, ordered) < PEOPLE
    at_work = [begun(forge, office, tmp_path, ordered) for _ in range(workers)]
    assert [one.wait(PATIENCE) for one in at_work] == [0] * workers

    with office.db.read() as session:
        assert session.get_one(Campaign, ordered).status == "ended"
        counts = campaigns.PEOPLE.counts(session, [ordered])[ordered]
        each = select(Instance.subject_id, func.count()).group_by(Instance.subject_id)
        cases = dict(session.execute(each).all())
        assert session.scalars(select(Incident)).all() == []
    assert counts == {"started": PEOPLE - 1, "refused": 1}
    assert len(cases) == PEOPLE - 1
    assert set(cases.values()) == {1}
    assert verification.verify(office.db, None, None, lambda _what, _done: None).faults == []
    assert audit(office.db) == []


def begun(forge, office, home, ordered):
    """A worker at work, until all is done."""
    return forge.begin([__file__, office.db.url, home, ordered], os.environ)


def started(office, ordered):
    with office.db.read() as session:
        return campaigns.PEOPLE.counts(session, [ordered])[ordered].get("started", 0)


def until(office, at_work, ordered, number):
    deadline = time.monotonic() + PATIENCE
    while started(office, ordered) < number:
        assert all(one.poll() is None for one in at_work), "a worker ended by itself"
        assert time.monotonic() < deadline
        time.sleep(0.002)


def is_over(db, ordered):
    with db.read() as session:
        return session.get_one(Campaign, ordered).ended_at is not None


def write_slowly(*given):
    time.sleep(A_WRITE / 2)
    written = write(*given)
    time.sleep(A_WRITE / 2)
    return written


def main(url, home, ordered):
    worker.LANES = tuple(replace(lane, lease=LEASE) for lane in worker.LANES)
    campaign_turns.HOLD, campaign_turns.AT_ONCE, openings.write = LEASE, AT_ONCE, write_slowly
    db = Database(url)
    working = worker.Worker(db, duties(Settings(Path(home), url)))
    working.start()
    while not is_over(db, int(ordered)):
        time.sleep(0.02)
    working.stop()
    db.close()


write = openings.write

if __name__ == "__main__":
    main(*sys.argv[1:])
