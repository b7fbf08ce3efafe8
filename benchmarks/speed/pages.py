"""What browsers are sent: the first page with all that it needs, and the pages after it.

Of a body as it is sent to a browser that takes gzip, and the lines above it. What a browser keeps
counts once. The office has more tasks than a list shows at once.
"""

from __future__ import annotations

import gzip
import re
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import select

from benchmarks.speed import databases
from benchmarks.speed.measures import ROOT, Measure, at_most
from engine import deployments, people, sample, starting, worklist
from engine.database import Database
from engine.models import Person, WorkItem
from engine.settings import Settings
from web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from werkzeug.test import Client

FIRST, FOLLOWING = 150, 20  # kB
SKP = ROOT / "bpmn" / "skp_collection.bpmn"
_NEEDED = re.compile(r'(?:<link[^>]*href|<script[^>]*src|data-[a-z-]*diagram[a-z-]*)="(/[^"]+)"')
_CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def measure(quick: bool) -> Iterator[Measure]:
    """The kB of each of the staff's pages."""
    with databases.makers("SQLite") as makers, tempfile.TemporaryDirectory() as home:
        db = Database(makers["SQLite"]("pages"))
        subject, case, item = _furnished(db, 2 if quick else worklist.PAGE + 1)
        browser = Browser(create_app(Settings(Path(home), db.url), db).test_client())
        browser.sign_in(sample.CAST["staff"][0])
        first = browser.opened("/")
        yield Measure("first page: inbox", first, "kB", at_most(FIRST))
        first += browser.opened(f"/tasks/{item}")
        yield Measure("first pages: inbox and task, with the viewer", first, "kB", at_most(FIRST))
        following = {
            "inbox": "/", "task form": f"/tasks/{item}", "case": f"/cases/{case}",
            "people to start for": "/cases/new/skp_collection",
            "starting": f"/cases/new/skp_collection/{subject}",
        }  # fmt: skip
        for name, address in following.items():
            weight = browser.opened(address)
            yield Measure(f"following page: {name}", weight, "kB", at_most(FOLLOWING))
        db.close()


def _furnished(db: Database, cases: int) -> tuple[int, int, int]:
    """An office with so many cases: whom they are about, the last one, and its task."""
    db.migrate()
    sample.load(db)
    definition = deployments.deploy(db, SKP.read_bytes())
    deployments.activate(db, definition.id)
    with db.read() as session:
        ids = {row.nip: row.id for row in session.execute(select(Person.nip, Person.id))}
        staff = people.actor(session, ids[sample.CAST["staff"][0]])
    assert staff is not None
    subject = ids[sample.CAST["employee"][0]]
    for _ in range(cases):
        case = starting.start(db, staff, definition.key, subject, {}, token=uuid4().hex)
    with db.read() as session:
        item = session.scalars(select(WorkItem.id).where(WorkItem.instance_id == case)).one()
    return subject, case, item


@dataclass
class Browser:
    """A browser that keeps what it may."""

    client: Client
    kept: set[str] = field(default_factory=set)

    def sign_in(self, nip: str) -> None:
        """Signs in, with what every visitor of the site has seen before thrown away."""
        page = self.client.get("/sign-in").text
        token = _CSRF.findall(page)[0]
        given = {"nip": nip, "password": sample.PASSWORD, "csrf_token": token}
        answer = self.client.post("/sign-in", data=given)
        assert answer.status_code == 302

    def opened(self, address: str) -> float:
        """The kB of a page, and of all that it needs and the browser has not."""
        taken, page = self._got(address)
        for needed in sorted(set(_NEEDED.findall(page))):
            if needed not in self.kept:
                taken += self._got(needed)[0]
                self.kept.add(needed)
        return taken

    def _got(self, address: str) -> tuple[float, str]:
        answer = self.client.get(address, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200, address
        lines = sum(len(f"{name}: {value}\r\n") for name, value in answer.headers)
        body = answer.get_data()
        answer.close()
        whole = gzip.decompress(body) if "Content-Encoding" in answer.headers else body
        page = whole.decode() if answer.mimetype == "text/html" else ""
        return (len(body) + lines) / 1000, page
