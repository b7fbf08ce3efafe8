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
from tests.chaos.office import Office

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.chaos.faults import Fault
    from tests.chaos.judgement import Figures

CLIENTS = Path(__file__).with_name("clients.py")
PATIENCE = 120  # seconds of calm, after which what has not ended never will
SERVING = (6, 7, 4)  # the places of who assesses in the sample office


@dataclass
class Run:
    """What a run was asked to be, and what came of it."""

    seed: int
    wrong: list[str] = field(default_factory=list)
    figures: Figures | None = None
    happened: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0


def run(
    seed: int, seconds: float, *, webs: int = 2, workers: int = 2, disk: int = 600_000_000,
    without: str = "", kinds: Sequence[str] = tuple(faults.SHARES), keep: Path | None = None,
) -> Run:  # fmt: skip
    """Works so long under the faults of the seed that are of these kinds, then judges.

    ``keep`` is a folder for the clients' record.
    """
    done = Run(seed)
    office = Office(webs, workers, disk, without)
    try:
        office.wait()
        weather = faults.Weather(office)
        (office.place / "phase").write_text("work")
        (office.place / "people.json").write_text(json.dumps(_people(office)))
        clients = office.begin([CLIENTS, office.place, str(seed)], office.place / "clients.log")
        begun = time.monotonic()
        weather.bring(_of_kinds(faults.schedule(seed, seconds), kinds))
        time.sleep(max(0.0, begun + seconds - time.monotonic()))
        done.seconds = time.monotonic() - begun
        (office.place / "phase").write_text("finish")
        calm = _until_quiet(office)
        (office.place / "phase").write_text("stop")
        left = clients.wait(60)
        attempts = record.read(office.place.glob("record-*.jsonl"))
        diary = office.place / "diary"
        told = diary.read_text().splitlines() if diary.exists() else []
        done.wrong = judgement.faults(office.db, office.now(), attempts, told)
        if not calm:
            done.wrong.insert(0, f"not all had ended after {PATIENCE} s of calm")
        if left:
            log = (office.place / "clients.log").read_text()
            done.wrong.insert(0, f"the clients ended with {left}: {log[-2000:]}")
        with office.db.read() as session:
            found = judgement.cases(session)
        done.figures = judgement.figures(attempts, found, weather.kills, weather.moved)
        lines = [node.line for node in office.nodes]
        done.happened = dict(weather.happened) | {
            "commits lost": sum(line.swallowed for line in lines),
            "nodes begun": sum(node.starts for node in office.nodes),
        }
        if keep:
            keep.mkdir(exist_ok=True)
            for file in (*office.place.glob("record-*.jsonl"), *office.place.glob("*.log")):
                (keep / file.name).write_bytes(file.read_bytes())
    finally:
        office.close()
    return done


def _of_kinds(schedule: Sequence[Fault], kinds: Sequence[str]) -> list[Fault]:
    return [fault for fault in schedule if fault.kind in kinds]


def _until_quiet(office: Office) -> bool:
    """Whether all cases came to their end within a while."""
    until = time.monotonic() + PATIENCE
    while not judgement.is_quiet(office.db, office.now()):
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
