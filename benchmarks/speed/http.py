"""How many tasks are completed over HTTP: two servers as an office runs them, and their clients.

The servers are `alur serve --no-worker` on one PostgreSQL with every commit on disk. Four people
have signed in with their passwords; each POST is a form as their browser sends it, with CSRF and a
token of its own. Clients, servers and database share the cores of the machine; how many POSTs the
servers' CPU time would allow on two cores of their own is told beside. The pages that lead to a
POST are asked for too, for what they cost the servers and the database.
"""

from __future__ import annotations

import os
import re
import select as polling
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import uuid4

from sqlalchemy import select, text

from benchmarks.speed import databases, offices, procedure
from benchmarks.speed.measures import ROOT, Measure, at_least, at_most
from engine import sample
from engine.models import WorkItem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from benchmarks.speed.offices import Office
    from engine.people import Actor

RATE = 250  # POSTs a second
SPREAD = 4  # times the median
SERVERS, CLIENTS, THREADS = 2, 2, 4  # processes, processes, and threads in each of the latter
CASES = 300
ALUR = Path(sys.prefix) / "bin" / "alur"
TICKS = os.sysconf("SC_CLK_TCK")
_CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
Asked = tuple[str, str, dict[str, str], str]  # method, path, headers, body


@dataclass(frozen=True)
class Server:
    """A process that serves."""

    process: subprocess.Popen[bytes]
    port: int


@dataclass(frozen=True)
class Cost:
    """What some requests took: the seconds of each and of all, of the servers' and the database's
    processors, and the bytes that the database wrote to its log."""

    each: list[float]
    seconds: float
    servers: float
    database: float
    logged: float

    def per_request(self, what: str) -> Iterator[Measure]:
        """What one of them costs."""
        n = len(self.each)
        yield Measure(f"CPU of the servers for {what}", self.servers / n * 1000, "ms")
        yield Measure(f"CPU of PostgreSQL for {what}", self.database / n * 1000, "ms")


@dataclass(frozen=True)
class Site:
    """An office on servers, with the cookie and CSRF token of each person by id, and clients."""

    office: Office
    servers: list[Server]
    signed_in: dict[int, dict[str, str]]
    clients: ProcessPoolExecutor

    def send(self, rounds: Iterable[list[Asked]]) -> Cost:
        """Sends rounds of requests, each when the one before it is answered; what it cost."""
        each: list[float] = []
        seconds, before = 0.0, self._spent()
        for asked in rounds:
            parts = [asked[place::CLIENTS] for place in range(CLIENTS)]
            began = time.perf_counter()
            for found in self.clients.map(_sent, parts, [[s.port for s in self.servers]] * CLIENTS):
                each += found
            seconds += time.perf_counter() - began
        spent = [now - then for now, then in zip(self._spent(), before, strict=True)]
        return Cost(each, seconds, *spent)

    def _spent(self) -> tuple[float, float, float]:
        asked = text("SELECT pid, pg_current_wal_lsn() - '0/0' FROM pg_stat_activity")
        with self.office.db.read() as session:
            rows = session.execute(asked).all()
        database = sum(_seconds(pid) for pid, _ in rows)
        return sum(_seconds(s.process.pid) for s in self.servers), database, float(rows[0][1])


def measure(quick: bool) -> Iterator[Measure]:
    """The rate, how long a POST takes, and what it and the pages before it cost."""
    cases = 8 if quick else CASES
    with ExitStack() as stack:
        url = stack.enter_context(databases.makers("PostgreSQL"))["PostgreSQL"]("http")
        home = stack.enter_context(tempfile.TemporaryDirectory())
        offices.furnish(url)
        office = offices.at(url)
        servers = [stack.enter_context(_serving(home, url)) for _ in range(SERVERS)]
        signed_in = {a.id: _signed_in(servers[0].port, a) for a in office.actors.values()}
        clients = ProcessPoolExecutor(CLIENTS, get_context("spawn"))
        stack.enter_context(clients)
        site = Site(office, servers, signed_in, clients)
        warm, played, shown = (
            [office.start() for _ in range(n)] for n in (2 * THREADS * CLIENTS, cases, cases)
        )
        site.send(_posts(site, warm))
        posts = site.send(_posts(site, played))
        items = _items(office, shown)
        tasks = site.send([[_got_by(site, person, f"/tasks/{i}") for i, person in items]])
        inboxes = site.send([[_got_by(site, person, "/") for _, person in items]])
        office.db.close()
    yield from _measures(posts)
    yield from tasks.per_request("a task's page")
    yield from inboxes.per_request("the inbox")


def _measures(cost: Cost) -> Iterator[Measure]:
    cuts, n = statistics.quantiles(cost.each, n=100), len(cost.each)
    yield Measure("POSTs a second, 2 servers, PostgreSQL", n / cost.seconds, "", at_least(RATE))
    yield Measure("POST, p50", cuts[49] * 1000, "ms")
    yield Measure("POST, p99", cuts[98] * 1000, "ms")
    yield Measure("POST, p99 held against p50", cuts[98] / cuts[49], "times", at_most(SPREAD))
    yield from cost.per_request("a POST")
    yield Measure("POSTs a second of two cores for servers alone", 2 * n / cost.servers)
    yield Measure("PostgreSQL's log for a POST", cost.logged / n, "bytes")


def _posts(site: Site, cases: list[int]) -> Iterator[list[Asked]]:
    """What completes all tasks of cases, step by step, each by whom it is for."""
    for _, given in procedure.way():
        yield [_post(i, site.signed_in[person], given) for i, person in _items(site.office, cases)]


def _items(office: Office, cases: list[int]) -> list[tuple[int, int]]:
    """The open tasks of cases, and who has each."""
    query = select(WorkItem.id, WorkItem.person_id)
    with office.db.read() as session:
        is_open = WorkItem.instance_id.in_(cases), WorkItem.status == "open"
        items = session.execute(query.where(*is_open)).all()
    return [(item_id, person_id or 0) for item_id, person_id in items]


def _post(item_id: int, session: dict[str, str], given: dict[str, Any]) -> Asked:
    fields = given | {"csrf_token": session["csrf"], "token": uuid4().hex}
    headers = _FORM | {"Cookie": session["cookie"]}
    return "POST", f"/tasks/{item_id}", headers, urlencode(fields)


def _got_by(site: Site, person_id: int, path: str) -> Asked:
    return "GET", path, {"Cookie": site.signed_in[person_id]["cookie"]}, ""


def _sent(asked: list[Asked], ports: Sequence[int]) -> list[float]:
    """What a client process does: its threads send these, each to a server; the seconds of each."""
    shares = [(asked[place::THREADS], ports[place % len(ports)]) for place in range(THREADS)]
    with ThreadPoolExecutor(THREADS) as threads:
        return [one for taken in threads.map(lambda share: _each(*share), shares) for one in taken]


def _each(asked: list[Asked], port: int) -> list[float]:
    taken, line = [], HTTPConnection("127.0.0.1", port)
    for method, path, headers, body in asked:
        before = time.perf_counter()
        line.request(method, path, body, headers)
        answer = line.getresponse()
        answer.read()
        taken.append(time.perf_counter() - before)
        assert answer.status == {"POST": 303, "GET": 200}[method], f"{path}: {answer.status}"
    line.close()
    return taken


def _seconds(pid: int) -> float:
    """The CPU time that a process has taken."""
    told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / TICKS


def _signed_in(port: int, actor: Actor) -> dict[str, str]:
    """The cookie and the CSRF token of somebody who has signed in."""
    cookie, page = _got(port, "GET", "/sign-in", "")
    fields = {"nip": actor.nip, "password": sample.PASSWORD, "csrf_token": _CSRF.findall(page)[0]}
    cookie, _ = _got(port, "POST", "/sign-in", cookie, urlencode(fields))
    _, page = _got(port, "GET", "/", cookie)
    return {"cookie": cookie, "csrf": _CSRF.findall(page)[0]}


def _got(port: int, method: str, path: str, cookie: str, body: str = "") -> tuple[str, str]:
    """The cookies that an answer sets, and its page."""
    line = HTTPConnection("127.0.0.1", port)
    line.request(method, path, body, _FORM | {"Cookie": cookie})
    answer = line.getresponse()
    page = answer.read().decode()
    given = [told.partition(";")[0] for told in answer.headers.get_all("Set-Cookie", [])]
    line.close()
    return "; ".join(given), page


@contextmanager
def _serving(home: str, url: str) -> Iterator[Server]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: told for name, told in os.environ.items() if not name.startswith("ALUR_")}
    environment |= {"ALUR_HOME": home, "ALUR_DATABASE_URL": url, "ALUR_PORT": str(port)}
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [ALUR, "serve", "--no-worker"], cwd=ROOT, env=environment,
            stdout=subprocess.PIPE, stderr=log,
        )  # fmt: skip
        try:
            assert process.stdout is not None
            assert polling.select([process.stdout], [], [], 60)[0], "the server does not serve"
            assert process.stdout.readline().startswith(b"Alur: ")
            yield Server(process, port)
        finally:
            process.kill()
            process.wait()
