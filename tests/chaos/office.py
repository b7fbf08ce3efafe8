"""The office under chaos: PostgreSQL, nodes that serve, nodes that work, and lines between them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import tempfile
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from engine import deployments, sample
from engine.database import Database
from tests.chaos import node as wrapper
from tests.chaos import procedures
from tests.chaos.lines import Network
from tests.processes.forked import Forge
from tests.processes.pg_server import PostgreSQL

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tests.chaos.lines import Line
    from tests.processes.forked import Forked

EMPLOYEES = 240  # which brings four more people of the group that takes tasks
DATABASE = "office"
WATCH = 0.1  # seconds between two looks at whether all nodes live
HERE = Path(__file__).parent


class Durable(PostgreSQL):
    """As the tests' server, but what is committed is on disk, and more nodes may come."""

    safety = "-c max_wal_size=128MB -c max_connections=300"

    def is_up(self) -> bool:
        """Whether it runs."""
        try:
            self.run("pg_ctl", "status")
        except subprocess.SubprocessError:
            return False
        return True

    def start_again(self) -> None:
        """Starts what was ended, as it was started."""
        settings = f"{self.safety} -c listen_addresses= -k {self.directory}"
        log = f"--log={self.data / 'log'}"
        self.run("pg_ctl", "start", "--wait", f"--options={settings}", log)

    def restart(self, mode: str) -> None:
        """Ends it (``fast``: transactions are undone, ``immediate``: a crash) and starts it."""
        self.run("pg_ctl", "restart", "--wait", f"--mode={mode}", f"--log={self.data / 'log'}")


class Node:
    """A process of Alur: ``kind`` is ``serve`` or ``worker``. It is begun again when it dies."""

    def __init__(self, name: str, kind: str, line: Line, place: Path) -> None:
        self.name, self.kind, self.line = name, kind, line
        self.clock, self.log = place / f"{name}.clock", place / f"{name}.log"
        self.clock.write_bytes(wrapper.AHEAD.pack(0.0))
        self.port = _free_port() if kind == "serve" else 0
        self.process: Forked | None = None
        self.away_until = 0.0  # monotonic seconds, before which nobody begins it again
        self.starts = 0

    @property
    def lives(self) -> bool:
        """Whether its process runs, or stands still."""
        return self.process is not None and self.process.poll() is None

    def send(self, sign: int) -> None:
        """A signal to its process."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                self.process.send_signal(sign)

    def kill(self, away: float = 0.0) -> None:
        """Kills it; nobody begins it again for so many seconds."""
        self.away_until = time.monotonic() + away
        self.send(signal.SIGKILL)

    def move_clock(self, ahead: float) -> None:
        """Sets how many seconds its clock is ahead."""
        with self.clock.open("r+b") as file:
            file.write(wrapper.AHEAD.pack(ahead))


class Office:
    """All of it, until it is closed.

    ``disk`` are the bytes of a small disk for PostgreSQL's data, which only root can make; where it
    cannot be made (`is_small`) it cannot be filled either.
    """

    def __init__(self, webs: int, workers: int, disk: int, without: str = "") -> None:
        self._without = without
        self.epoch = time.time()
        with ExitStack() as stack:
            self.place = Path(stack.enter_context(_folder()))
            disk_of_data = self.place / "disk"
            disk_of_data.mkdir()
            self.is_small = stack.enter_context(_mounted(disk_of_data, disk))
            self.ballast = disk_of_data / "ballast"  # the file that fills it
            programs = self.place / "pg"
            programs.mkdir()
            self.server = Durable(programs, disk_of_data)
            self.server.start()
            stack.callback(self._end_server)
            self.server.execute(f"CREATE DATABASE {DATABASE}")
            self.db = Database(self.server.url(DATABASE))
            stack.callback(self.db.close)
            self._furnish()
            self._forge = Forge(self.place)
            stack.callback(self._forge.close)
            self.network = Network(programs / ".s.PGSQL.5432")
            stack.callback(self.network.close)
            names = [("serve", n) for n in range(webs)] + [("worker", n) for n in range(workers)]
            self.nodes = [Node(f"{k}-{n}", k, self.network.line(), self.place) for k, n in names]
            self._keeping = threading.Event()
            self._keeper = threading.Thread(target=self._keep, daemon=True)
            stack.callback(self._end_nodes)
            self._keeping.set()
            self._keeper.start()
            self.close = stack.pop_all().close

    @property
    def webs(self) -> list[Node]:
        """The nodes that serve."""
        return [node for node in self.nodes if node.kind == "serve"]

    @property
    def workers(self) -> list[Node]:
        """The nodes that work."""
        return [node for node in self.nodes if node.kind == "worker"]

    def now(self, seconds: float | None = None) -> datetime:
        """What its clocks show now, or at so many seconds since the epoch of the machine."""
        return wrapper.office_time(self.epoch, time.time() if seconds is None else seconds)

    def begin(self, script: list[object], log: Path) -> Forked:
        """Another program of the harness, as a process of its own."""
        return self._begin(script, dict(os.environ), log)

    def _end_nodes(self) -> None:
        self._keeping.clear()
        self._keeper.join()
        for node in self.nodes:
            node.send(signal.SIGKILL)
        for node in self.nodes:
            if node.process is not None:
                node.process.wait(10)

    def _end_server(self) -> None:
        with suppress(subprocess.SubprocessError):  # it may have ended by itself
            self.server.stop()

    def _furnish(self) -> None:
        self.db.migrate()
        sample.load(self.db)
        sample.enlarge(self.db, EMPLOYEES)
        for source in procedures.SOURCES.values():
            deployed = deployments.deploy(self.db, source)
            deployments.activate(self.db, deployed.id, topics=procedures.TOPICS)

    def _keep(self) -> None:
        """Begins nodes again that have died, as a service manager does."""
        while self._keeping.is_set():
            for node in self.nodes:
                if not node.lives and time.monotonic() >= node.away_until:
                    with suppress(OSError):  # the machine is too busy: another try
                        self._start(node)
            time.sleep(WATCH)

    def _start(self, node: Node) -> None:
        arguments = ["serve", "--no-worker"] if node.kind == "serve" else ["worker"]
        url = f"postgresql://postgres@127.0.0.1:{node.line.port}/{DATABASE}"
        environment = {n: told for n, told in os.environ.items() if not n.startswith("ALUR_")} | {
            "ALUR_HOME": str(self.place / "home"), "ALUR_DATABASE_URL": url,
            "ALUR_PORT": str(node.port or 1), "CHAOS_CLOCK": str(node.clock),
            "CHAOS_DIARY": str(self.place / "diary"),
            "CHAOS_EPOCH": str(self.epoch), "CHAOS_WITHOUT": self._without,
        }  # fmt: skip
        node.starts += 1
        node.process = self._begin([HERE / "node.py", *arguments], environment, node.log)

    def _begin(self, script: list[object], environment: dict[str, str], log: Path) -> Forked:
        with log.open("ab") as out:
            return self._forge.begin(script, environment, out.fileno(), out.fileno())


@contextmanager
def _folder() -> Iterator[str]:
    """A folder that the user of PostgreSQL may look into."""
    with tempfile.TemporaryDirectory(prefix="alur-chaos-", ignore_cleanup_errors=True) as place:
        Path(place).chmod(0o755)
        yield place


@contextmanager
def _mounted(place: Path, size: int) -> Iterator[bool]:
    """A small disk in memory at this place, where one may make one."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "alur-chaos", str(place)]
    is_mounted = (
        os.geteuid() == 0
        and subprocess.run(command, check=False, capture_output=True).returncode == 0
    )
    try:
        yield is_mounted
    finally:
        if is_mounted:
            subprocess.run(["umount", "--lazy", str(place)], check=False)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
