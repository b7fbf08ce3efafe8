"""One run: an office, its people, bad weather, a calm in which all is finished, and a judgement."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from engine import sample
from engine.models import Group, Membership, Person
from tests.chaos import faults, judgement, record
from tests.chaos.faults import Weather
from tests.chaos.judgement import Figures
from tests.chaos.office import Office

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.chaos.faults import Fault

CLIENTS = Path(__file__).with_name("clients.py")
RECORDS = "record-*.jsonl"
AT_WORK, START = 20, 180  # answers, after which faults begin, and the seconds they may take
PATIENCE = 60  # seconds of calm without progress, after which what has not ended never will
SERVING = (6, 7, 4)  # the places of who assesses in the sample office


@dataclass(frozen=True)
class Plan:
    """What a run is to be: how long the faults of a seed that are of these kinds come.

    ``disk`` are bytes, ``without`` is a guard of the engine that is taken out, ``keep`` a folder
    for the clients' record and the nodes' logs.
    """

    seed: int
    seconds: float
    webs: int = 2
    workers: int = 2
    disk: int = 600_000_000
    pace: float = 1
    kinds: Sequence[str] = tuple(faults.SHARES)
    without: str = ""
    keep: Path | None = None

    @property
    def faults(self) -> list[Fault]:
        """What will go wrong, and when."""
        if not self.kinds:
            return []
        return faults.schedule(self.seed, self.seconds, self.pace, self.kinds)


@dataclass
class Run:
    """What came of one."""

    wrong: list[str] = field(default_factory=list)
    figures: Figures = field(default_factory=Figures)
    happened: dict[str, int] = field(default_factory=dict)


def run(plan: Plan) -> Run:
    """Works under the faults of a plan, lets all be finished without any, and judges."""
    done = Run()
    office = Office(plan.webs, plan.workers, plan.disk, plan.without)
    try:
        weather, left, is_calm = _worked(office, plan)
        attempts = record.read(office.place.glob(RECORDS))
        done.wrong = [*weather.failed, *left]
        if not is_calm:
            done.wrong.append(f"not all had ended, and nothing more was done for {PATIENCE} s")
        told = (office.place / "diary").read_text().splitlines()
        done.wrong += judgement.faults(office.db, office.now(), attempts, told)
        with office.db.read() as session:
            found = judgement.cases(session)
        done.figures = judgement.figures(attempts, found, weather.kills, weather.moved)
        done.happened = dict(weather.happened) | {
            "commits lost": sum(node.line.swallowed for node in office.nodes),
            "nodes begun": sum(node.starts for node in office.nodes),
        }
        if plan.keep:
            plan.keep.mkdir(exist_ok=True)
            for file in (*office.place.glob(RECORDS), *office.place.glob("*.log")):
                (plan.keep / file.name).write_bytes(file.read_bytes())
    finally:
        office.close()
    return done


def _worked(office: Office, plan: Plan) -> tuple[Weather, list[str], bool]:
    """People work under the faults, and then without any; whether all came to its end."""
    weather, phase = Weather(office), office.place / "phase"
    phase.write_text("work")
    (office.place / "diary").touch()
    (office.place / "people.json").write_text(json.dumps(_people(office)))
    log = office.place / "clients.log"
    clients = office.begin([CLIENTS, office.place, str(plan.seed)], log)
    _until_at_work(office)
    begun = time.monotonic()
    weather.bring(plan.faults)
    time.sleep(max(0.0, begun + plan.seconds - time.monotonic()))
    phase.write_text("finish")
    is_calm = _until_quiet(office)
    phase.write_text("stop")
    left, told = clients.wait(60), log.read_text()
    failed = [f"the clients left with {left}: {told[-2000:]}"] if left or told else []
    return weather, failed, is_calm


def _until_at_work(office: Office) -> None:
    """Waits for the first answers, however long people take to sign in on a busy machine."""
    until = time.monotonic() + START
    while sum(len(p.read_text().splitlines()) for p in office.place.glob(RECORDS)) < AT_WORK:
        assert time.monotonic() < until, (office.place / "clients.log").read_text()[-2000:]
        time.sleep(0.2)


def _until_quiet(office: Office) -> bool:
    """Whether all cases came to their end; False when nothing more was done for a while."""
    until, known = time.monotonic() + PATIENCE, 0
    while not judgement.is_quiet(office.db, office.now()):
        if (done := judgement.progress(office.db)) > known:
            until, known = time.monotonic() + PATIENCE, done
        if time.monotonic() > until:
            return False
        time.sleep(0.5)
    return True


def _people(office: Office) -> dict[str, object]:
    """Who works: the group that starts cases, whom they are about, and who assesses those."""
    employees = [sample.PEOPLE[place][0] for place in sample.EMPLOYEES]
    others = employees + [sample.PEOPLE[place][0] for place in SERVING]
    with office.db.read() as session:
        member = select(Membership.person_id).join(Group).where(Group.code == sample.GROUP[0])
        staff = set(session.scalars(member))
        wanted = Person.nip.in_(others) | Person.id.in_(staff)
        people = session.scalars(select(Person).where(wanted).order_by(Person.id)).all()
    return {
        "people": [{"id": p.id, "nip": p.nip, "staff": p.id in staff} for p in people],
        "subjects": [person.id for person in people if person.nip in employees],
        "ports": [node.port for node in office.webs],
    }
