"""Processes that begin with Alur imported: each is a fork of one that has done so.

Run as a program, this file is that one. Importing takes a server most of its start; what it does
then is what its script does.
"""

from __future__ import annotations

import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PATIENCE = 60  # seconds until it has imported, on a busy machine


class Forge:
    """Begins such processes; what it keeps, compiled templates above all, lies in a folder."""

    def __init__(self, folder: Path) -> None:
        # Not in the folder: its path may be too long for a socket.
        self._place = tempfile.TemporaryDirectory(prefix="alur-")
        self._address = f"{self._place.name}/forge"
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(self._address)
        self._listening.listen()
        number = self._listening.fileno()
        self._forge = subprocess.Popen(
            [sys.executable, __file__, str(number), str(folder)], pass_fds=[number]
        )

    def begin(
        self,
        script: Sequence[Any],
        environment: Mapping[str, str],
        out: int = 1,
        errors: int = 2,
    ) -> Forked:
        """``[script, *arguments]`` as a process of its own, that writes into these descriptors."""
        asked = socket.socket(socket.AF_UNIX)
        asked.settimeout(PATIENCE)
        asked.connect(self._address)
        order = {"script": [*map(str, script)], "environment": dict(environment)}
        socket.send_fds(asked, [b"."], [out, errors])
        asked.sendall(json.dumps(order).encode() + b"\n")
        return Forked(asked)

    def close(self) -> None:
        self._listening.close()
        self._forge.kill()
        self._forge.wait()
        self._place.cleanup()


class Forked:
    """Such a process, used like a `subprocess.Popen`."""

    def __init__(self, asked: socket.socket) -> None:
        self._answers = asked.makefile("r")
        self._asked = asked
        self.pid = int(self._answers.readline())
        self.returncode: int | None = None

    def send_signal(self, sign: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, sign)

    def poll(self) -> int | None:
        try:
            return self.wait(0.001)
        except subprocess.TimeoutExpired:
            return None

    def wait(self, timeout: float) -> int:
        """What it leaves with; raises `subprocess.TimeoutExpired`."""
        until = time.monotonic() + timeout
        while self.returncode is None:
            self._asked.settimeout(max(0.001, until - time.monotonic()))
            try:
                self.returncode = int(self._asked.recv(20))
            except TimeoutError:
                raise subprocess.TimeoutExpired(str(self.pid), timeout) from None
            self._answers.close()
            self._asked.close()
        return self.returncode


def main(listening: str, folder: str) -> NoReturn:
    _import(folder)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # those that watch are waited for by nobody
    with socket.socket(fileno=int(listening)) as listener:
        while True:
            connection, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                _watch(connection)
            connection.close()


def _import(folder: str) -> None:
    import gc  # noqa: PLC0415  (only the process that is forked needs them)

    from flask import Flask  # noqa: PLC0415
    from jinja2 import FileSystemBytecodeCache  # noqa: PLC0415

    import web.cli  # noqa: PLC0415
    import web.serving_commands  # noqa: F401, PLC0415

    Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(folder)}
    gc.freeze()


def _watch(connection: socket.socket) -> NoReturn:
    """Begins what is asked for, and says at its end what it has left with."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _, (out, errors), *_ = socket.recv_fds(connection, 1, 2)
    order = json.loads(connection.makefile("r").readline())
    process = os.fork()
    if process == 0:
        connection.close()
        os.dup2(out, 1)
        os.dup2(errors, 2)
        os.environ.clear()
        os.environ.update(order["environment"])
        sys.argv = order["script"]
        runpy.run_path(sys.argv[0], run_name="__main__")
        sys.exit()
    connection.sendall(b"%d\n" % process)
    _, status = os.waitpid(process, 0)
    connection.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
