"""A million cases on the supervisors' desk: the register, the figures, and a file of all of it.

`make bench-desk` fills PostgreSQL and writes `benchmarks/results/desk.json`. A few hundred cases
are played by the real engine (`tasks.past`). All others are copies of their rows, made by SQL
(`desk.sql`) of other employees and a little earlier, since playing a million would take days; they
have no history, submissions, roles and states, which the desk does not read. What is finished is
counted by the real `tallies.count`. Pages are asked for as a browser does, signed in, in this
process: the time of one is the longest of three, after one that warms up.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, inspect, select, text

from benchmarks.timers import Durable
from engine import people, sample, sign_ins
from engine.database import Database
from engine.models import CaseTally, Instance, Person, StepTally, Unit, VariantTally, WorkItem
from engine.settings import Settings
from engine.spreads import Spread
from tasks import past
from web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

HERE = Path(__file__).parent
RESULTS, COPIES = HERE / "results" / "desk.json", HERE / "desk.sql"
STEP = ("done", "late", "again", "worked", "waited", "worked_spread", "waited_spread")
WAY = ("done", "worked")
CASE = ("completed", "cancelled", "spread")  # the rounds stay those of one unit
PLAYED, FINISHED, OPEN, EMPLOYEES = 400, 1_000_000, 50_000, 20
BAR = 1.0  # seconds, of every page
TIMES = 3
REGISTER, FIGURES = "/cases/supervised", "/figures/skp_collection"
FORECAST = "/cases/forecast"
ORDERS = ("newest", "oldest", "ended", "overdue")
# What is sought, as an address asks for it; then what names somebody, as a form does.
SOUGHT = {
    "deep page": "before=50000",
    "deep page, oldest first": "order=oldest&before=1000000",
    "deep page, ended first": "order=ended&before=50000",
    "open": "state=open",
    "late": "state=overdue",
    "completed": "state=completed",
    "cancelled": "state=cancelled",
    "at a step": "process=skp_collection&step=Langkah_6",
    "of a version": "process=skp_collection&version=1",
    "of a unit": "unit={unit}",
    "of a month": "first=01-02-2026&last=28-02-2026",
    "open of a unit": "unit={unit}&state=open",
    "of a way": "process=skp_collection&variant=1",
    "cancelled, oldest first": "state=cancelled&order=oldest",
    "completed of a unit, ended first": "unit={unit}&state=completed&order=ended",
}
NAMED = {
    "a name": {"text": "Pegawai Contoh 0007-3"}, "part of many names": {"text": "contoh 00"},
    "a number": {"text": "123456"}, "nobody": {"text": "Tidak Ada"},
    "who has a task": {"holder": "Kasi Contoh 03.2"},
}  # fmt: skip
OF_FIGURES = {
    "figures": "", "figures of a unit": "unit={unit}", "figures of waiting": "heat=waiting",
    "figures of ten years": "from=12-2016",
}  # fmt: skip
ROWS = 20_000  # of a file, that are waited for


def main(finished: int = FINISHED, still_open: int = OPEN) -> None:
    """Measures, keeps what was found, and fails where a page is over its bar."""
    with tempfile.TemporaryDirectory(prefix="alur-", ignore_cleanup_errors=True) as directory:
        server = Durable(Path(directory), Path(directory))
        server.start()
        try:
            server.execute("CREATE DATABASE bench")
            url = server.url("bench")
            found = list(measure(Settings(Path(directory), url), finished, still_open))
        finally:
            server.stop()
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=2) + "\n")
    missed = [one["name"] for one in found if one["bar"] is not None and one["value"] > one["bar"]]
    sys.exit(f"missed: {', '.join(missed)}" if missed else 0)


def measure(settings: Settings, finished: int, still_open: int) -> Iterator[dict[str, Any]]:
    """The records, printed as they are made."""
    db = Database(settings.database_url)
    db.migrate()
    sample.load(db)
    sample.enlarge(db, 60 * sample.MOST_DIVISIONS)
    begun = time.monotonic()
    for _ in past.play(db, settings, PLAYED):
        pass
    yield record("cases played", PLAYED / (time.monotonic() - begun), "1/s")
    copy(db, finished, still_open)
    with db.connections.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))
    yield from desks(create_app(settings, db), db)
    db.close()


def record(name: str, value: float, unit: str = "s", bar: float | None = None) -> dict[str, Any]:
    """What is kept of a number; it is printed beside the bar it is to stay under."""
    said = f"desk, PostgreSQL: {name}"
    print(f"{said:<64}{value:>10.3f} {unit:<5}{f'(bar {bar})' if bar else ''}", flush=True)
    return {"name": said, "value": round(value, 3), "unit": unit, "bar": bar}


def copy(db: Database, finished: int, still_open: int) -> None:
    """Makes the copies, and says how many cases and tasks there are now."""
    with db.write() as session:
        bound = {
            "played": session.scalar(select(func.max(Instance.id))), "finished": finished,
            "open": still_open, "employees": EMPLOYEES,
        }  # fmt: skip
        units = session.scalar(select(func.count()).select_from(Unit)) or 1
        for statement in COPIES.read_text().split(";\n"):
            asked = text(statement)
            named = {name: bound[name] for name in asked.compile().params}
            session.execute(asked, named)
        for table in (Instance, WorkItem, Person):
            number = session.scalar(select(func.count()).select_from(table))
            print(f"{table.__tablename__}: {number:,}", flush=True)
    multiply(db, max(1, round(finished / (bound["played"] or 1) / units)))


def desks(app: Flask, db: Database) -> Iterator[dict[str, Any]]:
    """The desks of who sees all, of the agency's head, and of a division's."""
    app.config["WTF_CSRF_ENABLED"] = False
    with db.read() as session:
        head = session.scalars(select(Person).where(Person.position == "Kepala Bidang")).first()
        assert head is not None
    for who, nip in (
        ("auditor", sample.CAST["auditor"][0]),
        ("head of agency", sample.CAST["supervisor"][0]),
        ("head of division", head.nip),
    ):
        yield from Desk.of(app, db, who, nip, head.unit_id).pages()


def multiply(db: Database, times: int) -> None:
    """Gives every unit the tallies of all that was played, that many times."""
    with db.write() as session:
        units = session.scalars(select(Unit.id)).all()
        for kind, names in ((StepTally, STEP), (CaseTally, CASE), (VariantTally, WAY)):
            sums: dict[Any, Any] = {}
            for row in session.scalars(select(kind)):
                named = (column.key for column in inspect(kind).primary_key)
                key = tuple(getattr(row, name) for name in named if name != "unit_id")
                sums.setdefault(key, []).append(row)
            session.execute(delete(kind))
            rows = [summed(kind, rows, names, times) for rows in sums.values()]
            session.execute(insert(kind), [row | {"unit_id": u} for row in rows for u in units])


def summed(kind: Any, rows: list[Any], names: tuple[str, ...], times: int) -> dict[str, Any]:
    """One tally of many, without its unit."""
    row = {column.key: getattr(rows[0], column.key) for column in inspect(kind).columns}
    for name in names:
        values = [getattr(one, name) for one in rows]
        if isinstance(values[0], int):
            row[name] = sum(values) * times
        else:
            spread = Spread.summed(values)
            row[name] = Spread({bucket: n * times for bucket, n in spread.items()}).packed()
    return row


@dataclass(frozen=True)
class Desk:
    """The desk of somebody who is signed in."""

    who: str
    client: FlaskClient
    unit: int

    @classmethod
    def of(cls, app: Flask, db: Database, who: str, nip: str, unit: int) -> Desk:
        """That of the person of a NIP, who asks for a unit too."""
        client = app.test_client()
        with db.write() as writing:
            person = people.with_nip(writing, nip)
            secret = sign_ins.begin(writing, person.id if person else 0, "Benchmark")
        with client.session_transaction() as session:
            session["_user_id"] = secret
        return cls(who, client, unit)

    def pages(self) -> Iterator[dict[str, Any]]:
        """Every way to look at the register, the figures, and a file."""
        for order in ORDERS:
            yield self.page(f"{order} first", f"{REGISTER}?order={order}")
        for name, asked in SOUGHT.items():
            yield self.page(name, f"{REGISTER}?{asked}")
        for name, given in NAMED.items():
            yield self.page(name, REGISTER, **given)
        for name, asked in OF_FIGURES.items():
            yield self.page(name, f"{FIGURES}?{asked}")
        yield self.page("forecast", FORECAST)
        yield self.page("ways", f"{FIGURES}/variants")
        yield self.export()

    def page(self, name: str, address: str, **given: str) -> dict[str, Any]:
        """How long a page takes; one that names people is asked for by a form."""
        address = address.format(unit=self.unit)
        took = [self._ask(address, given) for _ in range(TIMES + 1)]
        return record(f"{self.who}, {name}", max(took[1:]), bar=BAR)

    def export(self) -> dict[str, Any]:
        """The rows of a file of all cases, each second."""
        begun, lines = time.monotonic(), 0
        answer = self.client.post(f"{REGISTER}/export", data={"style": "csv"}, buffered=False)
        for piece in answer.iter_encoded():
            lines += piece.count(b"\n")
            if lines > ROWS:
                break
        answer.close()
        return record(f"{self.who}, CSV", lines / (time.monotonic() - begun), "1/s")

    def _ask(self, address: str, given: dict[str, str]) -> float:
        begun = time.monotonic()
        answer = self.client.post(address, data=given) if given else self.client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        return time.monotonic() - begun


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
