"""A Redis or RabbitMQ server of one's own, that can be killed and started again."""

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

PATIENCE = 60  # seconds until it answers
RABBITMQ = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")


class BrokerServer:
    """A throw-away server on a port of this machine; keeps its messages in its folder."""

    def __init__(self, kind: str, folder: Path) -> None:
        """Raises `FileNotFoundError` where it is not installed."""
        self.kind, self.folder = kind, folder
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        if kind == "redis":
            self._command = [_found("redis-server"), "--port", str(self.port), "--bind",
                "127.0.0.1", "--dir", str(folder), "--appendonly", "yes", "--save", "",
            ]  # fmt: skip
            self.url = f"redis://127.0.0.1:{self.port}/0"
            self._environment = dict(os.environ)
            return
        if not RABBITMQ.exists():
            raise FileNotFoundError(RABBITMQ)
        self._command = [str(RABBITMQ)]
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}/%2F"
        self._environment = os.environ | {
            "HOME": str(folder), "RABBITMQ_NODENAME": f"alur{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1", "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(_free_port()), "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "log"), "RABBITMQ_ENABLED_PLUGINS_FILE": "/dev/null",
            "ERL_EPMD_PORT": str(_free_port()), "RABBITMQ_SERVER_START_ARGS": "+S 1:1",
        }  # fmt: skip

    def start(self) -> None:
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self._environment, stdout=log, stderr=log, cwd=self.folder,
                start_new_session=True,
            )  # fmt: skip
        until = time.monotonic() + PATIENCE
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError((self.folder / "server.log").read_text())
            time.sleep(0.05)

    def kill(self) -> None:
        """Ends it as a loss of power does."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(10)
            self._process = None

    def close(self) -> None:
        """Ends it for good, with what it has started beside itself."""
        self.kill()
        if "ERL_EPMD_PORT" not in self._environment:
            return
        names = ["epmd", "-port", self._environment["ERL_EPMD_PORT"], "-kill"]
        until = time.monotonic() + PATIENCE
        # It refuses until it has noticed that the server is gone.
        while subprocess.run(names, capture_output=True, check=False).returncode:
            if time.monotonic() > until:
                raise RuntimeError("epmd does not end")
            time.sleep(0.1)

    def _answers(self) -> bool:
        greeting = b"PING\r\n" if self.kind == "redis" else b"AMQP\0\0\x09\x01"
        try:
            with socket.create_connection(("127.0.0.1", self.port), 5) as line:
                line.sendall(greeting)
                return bool(line.recv(1))
        except OSError:
            return False


def _found(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        raise FileNotFoundError(program)
    return path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
