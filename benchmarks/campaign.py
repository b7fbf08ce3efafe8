"""A campaign for 10,000 people: how long a worker needs, killed five times and never.

`make bench-campaign` orders one of the SKP in an office of that many fictitious people, on SQLite
and on PostgreSQL, both with every commit on disk. A real worker process does it, and is killed
(kill -9) at moments of chance that are the same in every run; then each person must have exactly
one case. What is found is kept in `benchmarks/results/campaign.json`, with the seconds of a
processor, since the machine may be shared.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, text

from benchmarks.timers import ROOT, databases, processor
from engine import campaign_turns, campaigns, deployments, people, sample, scopes, worker
from engine.database import Database
from engine.eligibility import Terms
from engine.models import Campaign, Instance, Person, Unit
from engine.settings import Settings
from tasks.duties import duties

if TYPE_CHECKING:
    from engine.people import Actor

RESULTS = ROOT / "benchmarks" / "results" / "campaign.json"
PEOPLE, KILLS = 10_000, 5
BAR = 60  # seconds for all, of a worker that nobody kills
STAFF = 20  # people of a section, with one superior
LEASE = timedelta(seconds=2)  # of the killed worker: what it has left waits for no longer
PATIENCE = 600  # seconds


def main() -> None:
    """Measures both databases, and keeps what was found."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    asked.add_argument("--people", type=int, default=PEOPLE)
    asked.add_argument("--kills", type=int, default=KILLS)
    given = asked.parse_args()
    with databases() as urls:
        found = [
            one
            for name, url in urls.items()
            for one in measure(name, url, given.people, given.kills)
        ]
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=2) + "\n")
    missed = [one["name"] for one in found if one["bar"] and one["value"] > one["bar"]]
    sys.exit(f"missed: {', '.join(missed)}" if missed else 0)


def measure(name: str, url: str, number: int, kills: int) -> list[dict[str, Any]]:
    """The records of one database: a campaign that nobody disturbs, and one that is."""
    db = Database(url)
    actor = furnish(db, number)
    records = []
    for killed in (0, kills):
        seconds, busy = carry_out(db, actor, url, killed)
        said = f"campaign of {number}, {name}, {killed} kills"
        bar = BAR if not killed and number == PEOPLE else None
        records += [record(said, seconds, bar), record(f"{said}: processor", busy, None)]
    db.close()
    return records


def record(name: str, value: float, bar: float | None) -> dict[str, Any]:
    """What is kept of a number, printed as it is found."""
    print(f"{name:<58}{value:>8.2f} s {f'(bar {bar})' if bar else ''}", flush=True)
    return {"name": name, "value": round(value, 2), "unit": "s", "bar": bar}


def furnish(db: Database, number: int) -> Actor:
    """An office of so many fictitious people in sections of twenty, and who orders campaigns."""
    db.migrate()
    sample.load(db)
    definition = deployments.deploy(db, (ROOT / "bpmn" / "skp_collection.bpmn").read_bytes())
    deployments.activate(db, definition.id)
    with db.write() as session:
        head = session.scalars(select(Person).where(Person.nip == sample.PEOPLE[2][0])).one()
        unit = session.scalars(select(Unit).where(Unit.code == "layanan")).one()
        same = {"kind": "pns", "rank": "III/a", "position": "Staf", "unit_id": unit.id}
        rows = [same | {"name": f"Contoh {n:05d}", "nip": nip(n)} for n in range(number)]
        session.execute(insert(Person), rows)
        first = session.scalars(select(Person.id).where(Person.nip == nip(0))).one()
        lead = "UPDATE person SET superior_id = CASE WHEN (id - :first) % :staff = 0 THEN :head"
        whole = f"{lead} ELSE id - (id - :first) % :staff END WHERE id >= :first"
        session.execute(text(whole), {"first": first, "staff": STAFF, "head": head.id})
        session.execute(text("ANALYZE"))
    with db.read() as session:
        boss = people.actor(session, head.id)
    assert boss is not None
    return boss


def nip(n: int) -> str:
    """A number of the right form that nobody has: appointed in 2090."""
    day, serial = divmod(n, 900)
    return f"1990{day // 28 + 1:02d}{day % 28 + 1:02d}2090031{serial + 100}"


def carry_out(db: Database, actor: Actor, url: str, kills: int) -> tuple[float, float]:
    """Seconds, and those of a processor, from the order to the end, by workers that are killed."""
    with db.read() as session:
        scope = scopes.of_unit(session, actor, "layanan")
        newest = session.scalar(select(func.max(Instance.id))) or 0
    token = f"{kills} kills"
    chance = random.Random(20_261_127)
    begun, busy = time.monotonic(), 0.0
    ordered = campaigns.order(
        db, actor, "skp_collection", scope, Terms({}, beside=newest), token=token
    )
    for kill in range(kills):
        until = (kill + chance.random()) * len(scope.people) / kills
        busy += at_work(db, url, ordered, until)
    busy += at_work(db, url, ordered, None)
    seconds = time.monotonic() - begun
    require_one_each(db, ordered, newest, len(scope.people))
    return seconds, busy


def at_work(db: Database, url: str, ordered: int, until: float | None) -> float:
    """A worker at work, killed once so many people have their cases; its processor seconds."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.campaign", "--at-work", url], cwd=ROOT
    )
    deadline = time.monotonic() + PATIENCE
    try:
        while time.monotonic() < deadline:
            if is_over(db, ordered) or (until is not None and started(db, ordered) >= until):
                return processor(process)
            time.sleep(0.1)  # asked more often, it would cost what is measured
        sys.exit("the campaign does not end")
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()


def is_over(db: Database, ordered: int) -> bool:
    """Whether a campaign has ended."""
    with db.read() as session:
        return session.get_one(Campaign, ordered).ended_at is not None


def started(db: Database, ordered: int) -> int:
    """How many cases it has started."""
    with db.read() as session:
        return campaigns.PEOPLE.counts(session, [ordered])[ordered].get(campaigns.STARTED, 0)


def require_one_each(db: Database, ordered: int, newest: int, number: int) -> None:
    """Ends the benchmark unless each person has got exactly one case."""
    with db.read() as session:
        cases = select(Instance.subject_id, func.count()).where(Instance.id > newest)
        each = dict(session.execute(cases.group_by(Instance.subject_id)).all())
        counts = campaigns.PEOPLE.counts(session, [ordered])[ordered]
    if counts != {campaigns.STARTED: number} or len(each) != number or set(each.values()) != {1}:
        sys.exit(f"not one case each: {counts}, {len(each)} people with {sum(each.values())} cases")


def work(url: str) -> None:
    """That process: the worker as `alur worker` runs it, with shorter leases."""
    worker.LANES = tuple(replace(lane, lease=LEASE) for lane in worker.LANES)
    campaign_turns.HOLD = LEASE
    working = worker.Worker(Database(url), duties(Settings(Path(), url)))
    working.start()
    while True:
        time.sleep(60)


if __name__ == "__main__":
    work(sys.argv[2]) if sys.argv[1:2] == ["--at-work"] else main()
