"""Several nodes on one database, as processes: what one has begun another goes on with.

Run as a program, this file is `alur` with a slow page, a slow service and short leases: ``python
test_fleet.py FOLDER worker``. Both note in the folder that they have begun, and go on when the file
``go`` is there.
"""

import http.client
import json
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from benchmarks.rolling import Balancer, Browser
from engine import deployments, occupancy, worker
from engine.database import Database, one_at_a_time
from engine.errors import DatabaseLost
from engine.models import HistoryEntry, Incident, Job
from engine.sample import CAST
from tasks import handlers
from web import cli, serving_commands

pytestmark = [pytest.mark.postgresql, pytest.mark.usefixtures("database_url")]
PATIENCE = 60  # seconds, after which what has not happened never will
LEASE = timedelta(seconds=2)
LONG = 3_000_000  # bytes, more than a line takes at once
SLOW = """
    lane Staf group:umum-aparatur: s k b e
    startEvent s
    serviceTask k camunda:type=external camunda:topic=lambat
    userTask b
    endEvent e
    s -> k -> b -> e
"""


@pytest.fixture
def database_url(postgresql_url) -> str:
    return postgresql_url


@pytest.fixture
def node(site, environment, forge, tmp_path) -> Iterator[Callable[..., "Node"]]:
    """``node("serve")``: one more node, with a home of its own; none outlives the test."""
    notes, nodes = tmp_path / "notes", []
    notes.mkdir()

    def start(*command: str, **settings: str) -> Node:
        home = {"ALUR_HOME": str(tmp_path / f"home-{len(nodes)}"), "ALUR_DATABASE_URL": site.db.url}
        nodes.append(Node(forge, [__file__, notes, *command], environment | home | settings, notes))
        return nodes[-1]

    yield start
    for one in nodes:
        if one.process.poll() is None:
            one.process.send_signal(signal.SIGKILL)
            one.process.wait(10)


class Node:
    """A process of the fleet."""

    def __init__(self, forge, command, environment, notes) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.notes, self.log = notes, notes.with_name(f"{self.port}.log")
        said, saying = os.pipe()
        with self.log.open("wb") as complaints:
            given = environment | {"ALUR_PORT": str(self.port)}
            self.process = forge.begin(command, given, saying, complaints.fileno())
        os.close(saying)
        with open(said, encoding="utf-8") as lines:  # noqa: PTH123  (a pipe)
            assert lines.readline().startswith("Alur"), self.log.read_text()

    def begun(self) -> list[str]:
        """What it has begun and maybe not finished."""
        return sorted(note.name for note in self.notes.glob(f"{self.process.pid}-*"))

    def end(self) -> None:
        """Asks it to end, which it does without a complaint."""
        self.process.send_signal(signal.SIGTERM)
        self.see_end()

    def see_end(self) -> None:
        assert self.process.wait(PATIENCE) == 0
        complaints = [line for line in self.log.read_text().splitlines() if " INFO " not in line]
        assert complaints == []


def wait_for(what: Callable[[], object], log: Path | None = None) -> None:
    """Waits until it is so; else says what the log tells."""
    until = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < until, log.read_text() if log else "it never happened"
        time.sleep(0.02)


def browser_at(*nodes: Node) -> Browser:
    balancer = Balancer()
    balancer.ports = [one.port for one in nodes]
    return Browser(balancer)


def listens(node: Node) -> bool:
    try:
        socket.create_connection(("127.0.0.1", node.port), 5).close()
    except ConnectionRefusedError:
        return False
    return True


def told(site, case: int, kind: str) -> int:
    with site.db.read() as session:
        kinds = session.scalars(select(HistoryEntry.kind).where(HistoryEntry.instance_id == case))
        return list(kinds).count(kind)


def leased(site) -> int:
    """How many calls somebody has leased for the first time."""
    with site.db.read() as session:
        return len(
            session.scalars(select(Job.id).where(Job.kind == "service", Job.attempts == 1)).all()
        )


# Several servers


def test_who_signs_in_at_one_server_is_signed_in_at_the_others(site, node):
    first, second = node("serve", "--no-worker"), node("serve", "--no-worker")
    here, there = browser_at(first), browser_at(second)
    assert here.sign_in(CAST["staff"][0]).status == 302
    there.cookies = here.cookies
    assert there.get("/").status == 200
    form = f"/cases/new/skp_collection/{site.ids['employee']}"
    here.get(form)
    there.csrf = here.csrf  # of a page of the first
    assert there.post(form, token="t").status == 303
    assert here.post(form, token="t").status == 303  # the same case
    assert here.get("/cases/1").status == 200
    assert here.get("/cases/2").status == 404
    assert there.post("/sign-out").status == 302
    here.cookies = there.cookies | {"alur": here.cookies["alur"]}
    assert here.get("/").status == 302  # to the sign-in page


def test_guesses_at_all_servers_count_together(node):
    browsers = [browser_at(node("serve", "--no-worker")) for _ in range(2)]
    tried = [browsers[n % 2].sign_in(CAST["staff"][0], "salah").status for n in range(7)]
    assert tried == [401] * 6 + [429]


# A server that is asked to end


def test_what_a_server_has_accepted_is_answered_before_it_ends(node):
    server = node("serve", "--no-worker", ALUR_THREADS="2")
    answers = []

    def ask() -> None:
        line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
        line.request("GET", "/slow")
        answer = line.getresponse()
        answers.append((answer.status, answer.headers["Connection"], len(answer.read())))
        line.close()

    asking = [threading.Thread(target=ask) for _ in range(6)]
    for one in asking:
        one.start()
    wait_for(lambda: len(server.begun()) == 2)  # the others wait in line
    wait_for(lambda: connections(server) == 6)
    idle = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    idle.connect()
    server.process.send_signal(signal.SIGTERM)
    wait_for(lambda: not listens(server))
    assert server.process.poll() is None
    (server.notes / "go").touch()
    for one in asking:
        one.join(PATIENCE)
    assert answers == [(200, "close", LONG)] * 6
    assert idle.sock.recv(1) == b""
    idle.close()
    server.see_end()


def test_a_server_that_is_going_says_so_for_as_long_as_it_is_told_to(node):
    server = node("serve", ALUR_DRAIN_SECONDS="2")
    assert asked(server, "/readyz") == (200, "ok", None)
    server.process.send_signal(signal.SIGTERM)
    wait_for(lambda: asked(server, "/readyz")[:2] == (503, "draining"))
    assert asked(server, "/healthz") == (200, "ok", "close")
    server.see_end()
    assert not listens(server)


def asked(server: Node, path: str) -> tuple[int, str, str | None]:
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    line.request("GET", path)
    answer = line.getresponse()
    found = answer.status, json.load(answer)["status"], answer.headers["Connection"]
    line.close()
    return found


def connections(server: Node) -> int:
    """How many are open at it, in the kernel's own list."""
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    here = f"0100007F:{server.port:04X}"
    return sum(line.split()[1] == here and line.split()[3] == "01" for line in lines)


# Workers that are killed, or stand still


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "stopped"])
def test_what_a_worker_had_is_taken_over_after_its_lease_and_done_once(site, draw, node, sign):
    version = deployments.deploy(site.db, draw(SLOW))
    deployments.activate(site.db, version.id, topics={"lambat"})
    first = node("worker")
    # The office's own rounds: stopped in one of them it would hold their lock for a minute.
    wait_for(lambda: first.log.read_text().count("job done") == 3, first.log)
    cases = [site.start(version.key) for _ in range(4)]
    # Two are begun and two leased, so that it stands in the middle of no write.
    wait_for(lambda: len(first.begun()) == 2 and leased(site) == 4)
    first.process.send_signal(sign)
    (first.notes / "go").touch()
    second = node("worker")
    wait_for(lambda: all(site.work(case) for case in cases))
    assert len(second.begun()) == 4  # two of them were begun before, and two leased
    if sign == signal.SIGSTOP:
        first.process.send_signal(signal.SIGCONT)
        # It finds what it was about to write already written.
        wait_for(lambda: first.log.read_text().count("job gone") == 2, first.log)
        first.process.send_signal(signal.SIGTERM)
        assert first.process.wait(PATIENCE) == 0
    second.end()
    for kind in ("service.called", "service.completed", "task.opened"):
        assert [told(site, case, kind) for case in cases] == [1] * 4
    with site.db.read() as session:
        assert session.scalars(select(Job).where(Job.kind == "service")).all() == []
        assert session.scalars(select(Incident)).all() == []


def test_a_node_that_stands_still_in_the_middle_of_a_write_holds_nobody_up_for_long(
    postgresql_url, monkeypatch
):
    quick = tuple(one.replace("'60s'", "'300ms'") for one in occupancy._SHARE)
    assert quick != occupancy._SHARE
    monkeypatch.setattr(occupancy, "_SHARE", quick)
    frozen, other = Database(postgresql_url), Database(postgresql_url)
    with occupancy.serving(frozen):

        def write_and_freeze() -> None:
            with frozen.write() as session:
                one_at_a_time(session)
                session.execute(text("UPDATE person SET name = 'Beku'"))
                with other.write() as rival:  # while the first says no more
                    one_at_a_time(rival)
                    rival.execute(text("UPDATE person SET name = 'Lain'"))

        with pytest.raises(DatabaseLost):
            write_and_freeze()
        with frozen.read() as session:
            assert set(session.scalars(text("SELECT name FROM person"))) == {"Lain"}
    frozen.close()
    other.close()


def _be_slow(folder: Path) -> None:
    def dwell(what: object) -> None:
        (folder / f"{os.getpid()}-{what}").touch()
        wait_for((folder / "go").exists)

    def with_page(*given):
        app = create_app(*given)

        @app.get("/slow")
        def slow() -> bytes:
            dwell(time.monotonic_ns())
            return os.urandom(LONG)

        return app

    create_app, serving_commands.create_app = serving_commands.create_app, with_page
    worker.LANES = tuple(replace(lane, lease=LEASE) for lane in worker.LANES)
    handlers.HANDLERS["lambat"] = lambda order: dwell(order.instance_id)
    cli.main()


if __name__ == "__main__":
    _be_slow(Path(sys.argv.pop(1)))
