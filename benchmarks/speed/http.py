"""How many tasks are completed over HTTP: two servers as an office runs them, and their clients.

The servers are `alur serve --no-worker` on one PostgreSQL with every commit on disk. Four people
have signed in with their passwords; each POST is a form as their browser sends it, with CSRF and a
token of its own. Clients, servers and database share the cores of the machine; how many POSTs the
servers' CPU time would allow on two cores of their own is told beside.
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

from sqlalchemy import select

from benchmarks.speed import databases, offices, procedure
from benchmarks.speed.measures import ROOT, Measure, at_least, at_most
from engine import sample
from engine.models import WorkItem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
Post = tuple[str, dict[str, str], str]  # path, headers, body


@dataclass(frozen=True)
class Server:
    """A process that serves."""

    process: subprocess.Popen[bytes]
    port: int

    @property
    def seconds(self) -> float:
        """The CPU time it has taken."""
        told = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(told[11]) + int(told[12])) / TICKS


def measure(quick: bool) -> Iterator[Measure]:
    """The rate, how long a POST takes, and what it costs the servers."""
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
        ports = [server.port for server in servers]
        _run(office, signed_in, clients, ports, 2 * THREADS * CLIENTS)  # warm
        before = sum(server.seconds for server in servers)
        taken, seconds = _run(office, signed_in, clients, ports, cases)
        cpu = sum(server.seconds for server in servers) - before
        office.db.close()
    yield from _measures(taken, seconds, cpu)


def _measures(taken: list[float], seconds: float, cpu: float) -> Iterator[Measure]:
    cuts = statistics.quantiles(taken, n=100)
    yield Measure("POSTs a second, 2 servers, PostgreSQL", len(taken) / seconds, "", at_least(RATE))
    yield Measure("POST, p50", cuts[49] * 1000, "ms")
    yield Measure("POST, p99", cuts[98] * 1000, "ms")
    yield Measure("POST, p99 held against p50", cuts[98] / cuts[49], "times", at_most(SPREAD))
    yield Measure("CPU of the servers for a POST", cpu / len(taken) * 1000, "ms")
    yield Measure("POSTs a second of two cores for servers alone", 2 * len(taken) / cpu)


def _run(
    office: Office,
    signed_in: dict[int, dict[str, str]],
    clients: ProcessPoolExecutor,
    ports: Sequence[int],
    cases: int,
) -> tuple[list[float], float]:
    """Completes all tasks of new cases, step by step; how long each took, and all together."""
    begun = [office.start() for _ in range(cases)]
    taken: list[float] = []
    seconds = 0.0
    for _, given in procedure.way():
        posts = _posts(office, signed_in, begun, given)
        parts = [posts[place::CLIENTS] for place in range(CLIENTS)]
        before = time.perf_counter()
        for found in clients.map(_sent, parts, [ports] * CLIENTS):
            taken += found
        seconds += time.perf_counter() - before
    return taken, seconds


def _posts(
    office: Office, signed_in: dict[int, dict[str, str]], cases: list[int], given: dict[str, Any]
) -> list[Post]:
    """What is sent for the open tasks of these cases, each by whom it is for."""
    query = select(WorkItem.id, WorkItem.person_id)
    with office.db.read() as session:
        is_open = WorkItem.instance_id.in_(cases), WorkItem.status == "open"
        items = session.execute(query.where(*is_open)).all()
    return [_post(item_id, signed_in[person_id or 0], given) for item_id, person_id in items]


def _post(item_id: int, session: dict[str, str], given: dict[str, Any]) -> Post:
    fields = given | {"csrf_token": session["csrf"], "token": uuid4().hex}
    return f"/tasks/{item_id}", _FORM | {"Cookie": session["cookie"]}, urlencode(fields)


def _sent(posts: list[Post], ports: Sequence[int]) -> list[float]:
    """What a client process does: its threads send these, each to a server; the seconds of each."""
    shares = [(posts[place::THREADS], ports[place % len(ports)]) for place in range(THREADS)]
    with ThreadPoolExecutor(THREADS) as threads:
        return [one for taken in threads.map(lambda share: _each(*share), shares) for one in taken]


def _each(posts: list[Post], port: int) -> list[float]:
    taken, line = [], HTTPConnection("127.0.0.1", port)
    for path, headers, body in posts:
        before = time.perf_counter()
        line.request("POST", path, body, headers)
        answer = line.getresponse()
        answer.read()
        taken.append(time.perf_counter() - before)
        assert answer.status == 303, f"{path}: {answer.status}"
    line.close()
    return taken


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
