"""A rolling upgrade under load: nodes of an older release are replaced while people work.

`make rolling ARGS=REF` takes the older release from git, and upgrades it to this tree: two servers
and two workers on PostgreSQL, with people who start cases and complete tasks over HTTP all the
while, as through a load balancer: where nobody listens they are sent to the next node, and what is
answered with 503 is sent again. Prints what came of it as JSON; exits with 1 if anything was lost.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import func, select, text

from benchmarks.timers import Durable
from engine import people, sample
from engine.database import Database
from engine.models import Incident, Instance, Job, WorkItem

ROOT = Path(__file__).parents[1]
PATIENCE = 120  # seconds, after which what has not happened never will
PEOPLE, CASES = 4, 50
MAIN = "import sys; from web.cli import main; sys.argv[0] = 'alur'; main()"
FURNISH = """
import sys
from bpmn.notation import file_of
from engine import deployments, sample
from engine.database import Database
db = Database(sys.argv[1])
db.migrate()
sample.load(db)
deployments.activate(db, deployments.deploy(db, file_of(sys.argv[2])).id)
db.close()
"""
# Of each case a timer is the workers'.
DRAWN = """
    lane Staf starter: s a t b e
    startEvent s
    userTask a
    intermediateCatchEvent t
        timer timeDuration PT1S
    userTask b
    endEvent e
    s -> a -> t -> b -> e
"""
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass
class Node:
    """A process of a release, which lies as a tree of files."""

    process: subprocess.Popen[str]
    port: int
    log: Path

    def end(self, sign: int = signal.SIGTERM) -> int:
        """Asks it to end; what it leaves with."""
        self.process.send_signal(sign)
        return self.process.wait(PATIENCE)


@dataclass
class Fleet:
    """Nodes on one database; each has a home of its own, but for the keys."""

    url: str
    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    nodes: list[Node] = field(default_factory=list)

    def start(self, tree: Path, *command: str) -> Node:
        """Starts ``serve`` or ``worker`` and waits until it works."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        log = self.folder / f"{len(self.nodes)}.log"
        with log.open("w") as errors:
            process = subprocess.Popen(
                [sys.executable, "-c", MAIN, *command], cwd=tree, stdout=subprocess.PIPE,
                stderr=errors, env=self._environment(tree, port), encoding="utf-8",
            )  # fmt: skip
        self.nodes.append(Node(process, port, log))
        if process.stdout is None or not process.stdout.readline().startswith("Alur"):
            raise RuntimeError(log.read_text())
        return self.nodes[-1]

    def run(self, tree: Path, *command: str) -> subprocess.CompletedProcess[str]:
        """A command of that release, to its end."""
        return subprocess.run(
            [sys.executable, "-c", MAIN, *command], cwd=tree, env=self._environment(tree, 0),
            capture_output=True, encoding="utf-8", timeout=PATIENCE, check=False,
        )  # fmt: skip

    def furnish(self, tree: Path) -> None:
        """The sample office and the procedure, as that release makes them."""
        subprocess.run(
            [sys.executable, "-c", FURNISH, self.url, DRAWN],
            cwd=tree, env=self._environment(tree, 0), check=True,
        )  # fmt: skip

    def close(self) -> None:
        for node in self.nodes:
            node.process.kill()
            node.process.wait()
            if node.process.stdout is not None:
                node.process.stdout.close()

    def _environment(self, tree: Path, port: int) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ALUR_")}
        own = {
            "ALUR_HOME": str(self.folder / "home"), "ALUR_DATABASE_URL": self.url,
            "ALUR_PORT": str(port or 1), "PYTHONPATH": str(tree),
        }  # fmt: skip
        return kept | own | self.settings


class Balancer:
    """Sends requests to the servers in turn, as a load balancer does."""

    def __init__(self) -> None:
        self.ports: list[int] = []
        self.counts: Counter[str] = Counter()
        self.longest = 0.0
        self._turn = 0

    def ask(self, method: str, path: str, body: str, headers: dict[str, str]) -> Answer:
        """The answer; raises `OSError` or `HTTPException` when a request was lost."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            for port in self._in_turn():
                begun = time.monotonic()
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
                try:
                    connection.connect()
                except ConnectionRefusedError:
                    self.counts["sent elsewhere"] += 1
                    continue
                try:
                    connection.request(method, path, body, headers)
                    found = connection.getresponse()
                    answer = Answer(found.status, found.headers, found.read().decode())
                finally:
                    connection.close()
                self.counts["answered"] += 1
                self.longest = max(self.longest, time.monotonic() - begun)
                if answer.status != http.HTTPStatus.SERVICE_UNAVAILABLE:
                    return answer
                self.counts["told to come again"] += 1
            time.sleep(0.1)
        raise TimeoutError(path)

    def _in_turn(self) -> list[int]:
        self._turn += 1
        first = self._turn % max(1, len(self.ports))
        return self.ports[first:] + self.ports[:first]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: str


class Browser:
    """A person of the sample office, signed in."""

    def __init__(self, balancer: Balancer) -> None:
        self._balancer = balancer
        self.cookies: dict[str, str] = {}
        self.csrf = ""

    def sign_in(self, nip: str, password: str = sample.PASSWORD) -> Answer:
        self.get("/sign-in")
        return self.post("/sign-in", nip=nip, password=password)

    def get(self, path: str) -> Answer:
        answer = self._ask("GET", path, "")
        if found := TOKEN.search(answer.body):
            self.csrf = found[1]
        return answer

    def post(self, path: str, **given: str) -> Answer:
        return self._ask("POST", path, urlencode({"csrf_token": self.csrf} | given))

    def _ask(self, method: str, path: str, body: str) -> Answer:
        headers = {"Cookie": "; ".join(f"{n}={v}" for n, v in self.cookies.items())}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        answer = self._balancer.ask(method, path, body, headers)
        for line in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return answer


class Load:
    """People who start cases and complete their tasks until they are told to finish."""

    def __init__(self, db: Database, balancer: Balancer, size: int = PEOPLE) -> None:
        self.started: list[str] = []
        self.completed: list[str] = []
        self.faults: list[str] = []
        self._db = db
        self._finishing = threading.Event()
        with db.read() as session:
            employee = people.with_nip(session, sample.CAST["employee"][0])
        self._begin = f"/cases/new/p/{employee.id}" if employee else ""
        browsers = [Browser(balancer) for _ in range(size)]
        for browser in browsers:  # one after the other: many at once would look like guessing
            self._expect(browser.sign_in(sample.CAST["staff"][0]), "/sign-in")
        self._threads = [threading.Thread(target=self._work, args=(one,)) for one in browsers]
        for thread in self._threads:
            thread.start()

    def wait_for(self, more: int) -> None:
        """Until so many more cases have ended."""
        enough = len(self.completed) + more
        until = time.monotonic() + PATIENCE
        while len(self.completed) < enough and not self.faults:
            if time.monotonic() > until:
                raise TimeoutError(f"{len(self.completed)} of {enough} cases")
            time.sleep(0.05)

    def finish(self) -> None:
        """Lets everybody bring to an end what they have begun."""
        self._finishing.set()
        for thread in self._threads:
            thread.join()

    def _work(self, browser: Browser) -> None:
        try:
            while not self._finishing.is_set():
                self._one_case(browser)
        except Exception as error:  # of a thread: it would be seen nowhere else
            self.faults.append(repr(error))

    def _one_case(self, browser: Browser) -> None:
        browser.get(self._begin)
        location = self._expect(browser.post(self._begin, token=secrets.token_hex(16)), self._begin)
        case = location.rsplit("/", 1)[1]
        self.started.append(case)
        for element in ("a", "b"):
            task = f"/tasks/{self._task(int(case), element)}"
            if browser.get(task).status != http.HTTPStatus.OK:
                raise RuntimeError(f"GET {task}")
            self._expect(browser.post(task, token=secrets.token_hex(16)), task)
        self.completed.append(case)

    def _task(self, case: int, element: str) -> int:
        until = time.monotonic() + PATIENCE
        asked = select(WorkItem.id).where(
            WorkItem.instance_id == case, WorkItem.element == element, WorkItem.status == "open"
        )
        while time.monotonic() < until:
            with self._db.read() as session:
                if (found := session.scalar(asked)) is not None:
                    return found
            time.sleep(0.1)
        raise TimeoutError(f"case {case} never came to {element}")

    def _expect(self, answer: Answer, path: str) -> str:
        """Where a form that was taken leads to."""
        if answer.status not in (http.HTTPStatus.SEE_OTHER, http.HTTPStatus.FOUND):
            raise RuntimeError(f"{path}: {answer.status}")
        return str(answer.headers["Location"])


def roll(fleet: Fleet, old: Path, new: Path, cases: int, size: int = 2) -> dict[str, object]:
    """The upgrade of ``size`` servers and as many workers; what was counted meanwhile.

    Between two of its steps so many cases are brought to an end.
    """
    balancer, db = Balancer(), Database(fleet.url)
    servers = [fleet.start(old, "serve", "--no-worker") for _ in range(size)]
    workers = [fleet.start(old, "worker") for _ in range(size)]
    drains = (old / "web/draining.py").exists()
    balancer.ports = [node.port for node in servers]
    begun = time.monotonic()
    load = Load(db, balancer)
    codes = []
    try:
        load.wait_for(cases)
        migrating = time.monotonic()
        migrated = fleet.run(new, "migrate")
        migrating = time.monotonic() - migrating
        for server in servers:
            load.wait_for(cases)  # of both releases at once
            balancer.ports.append(fleet.start(new, "serve", "--no-worker").port)
            load.wait_for(cases)
            if not drains:  # then nothing may be sent there any more when it is asked to end
                balancer.ports.remove(server.port)
                time.sleep(0.5)
            codes.append(server.end())
            balancer.ports = [port for port in balancer.ports if port != server.port]
        for worker in workers:
            fleet.start(new, "worker")
            load.wait_for(cases)
            codes.append(worker.end())
        load.wait_for(cases)
    finally:
        load.finish()
    seconds = time.monotonic() - begun
    verified = fleet.run(new, "history", "verify")
    counted = _counted(db)
    db.close()
    return {
        "cases started": len(load.started), "cases completed": len(load.completed),
        "requests": dict(balancer.counts), "longest request, s": round(balancer.longest, 2),
        "lost": load.faults, "seconds": round(seconds, 1), "migrating, s": round(migrating, 1),
        "exit codes": [migrated.returncode, *codes, verified.returncode],
        "said": [migrated.stderr.strip(), verified.stderr.strip()], **counted,
    }  # fmt: skip


def is_whole(came: dict[str, object], load: int) -> bool:
    """Whether nothing was lost, and nothing done twice, of at least so many cases."""
    done = came["cases completed"]
    return (
        isinstance(done, int) and done >= load and came["cases started"] == done
        and came["in the database"] == {"completed": done} and not came["lost"]
        and not came["incidents"] and not came["timers left"]
        and set(came["exit codes"]) == {0}  # type: ignore[call-overload]
    )  # fmt: skip


def _counted(db: Database) -> dict[str, object]:
    with db.read() as session:
        states = select(Instance.status, func.count()).group_by(Instance.status)
        left = select(func.count()).where(Job.kind == "timer")
        return {
            "in the database": {row[0]: row[1] for row in session.execute(states)},
            "incidents": session.scalar(select(func.count(Incident.id))),
            "timers left": session.scalar(left.select_from(Job)),
            "revision": session.scalar(text("SELECT version_num FROM alembic_version")),
        }


def release(ref: str, folder: Path) -> Path:
    """The tree of a release in git, with the pages that were built here."""
    folder.mkdir()
    packed = subprocess.run(["git", "archive", ref], cwd=ROOT, stdout=subprocess.PIPE, check=True)
    subprocess.run(["tar", "-x", "-C", folder], input=packed.stdout, check=True)
    return with_pages(folder)


def with_pages(tree: Path) -> Path:
    """The tree, with what is built and not kept in git."""
    shutil.copytree(ROOT / "web/static/dist", tree / "web/static/dist", dirs_exist_ok=True)
    for catalogue in (ROOT / "web/translations").rglob("*.mo"):
        shutil.copy(catalogue, tree / catalogue.relative_to(ROOT))
    return tree


def main() -> None:
    """Upgrades from the release named, to this tree."""
    ref = sys.argv[1] if len(sys.argv) > 1 else "HEAD"
    with tempfile.TemporaryDirectory(prefix="alur-", ignore_cleanup_errors=True) as place:
        folder = Path(place)
        for name in ("programs", "data"):
            (folder / name).mkdir()
        folder.chmod(0o755)  # the server of the database is another user's
        server = Durable(folder / "programs", folder / "data")
        server.start()
        server.execute("CREATE DATABASE rolling")
        fleet = Fleet(server.url("rolling"), folder)
        try:
            old = release(ref, folder / "old")
            fleet.furnish(old)
            came = roll(fleet, old, ROOT, cases=CASES)
        finally:
            fleet.close()
            server.stop()
    print(json.dumps({"from": ref} | came, indent=2))
    sys.exit(not is_whole(came, CASES))


if __name__ == "__main__":
    main()
