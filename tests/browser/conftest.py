"""A real server process and real browsers, one signed-in browser per person of the office."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine import sample

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from forked import Forge, Forked
    from playwright.sync_api import Browser, Page

PATIENCE = 30_000  # ms; what comes later never came, however busy the machine is
ALUR = Path(sys.executable).parent / "alur"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = (
    "--no-sandbox --disable-gpu --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
).split()


@dataclass
class Server:
    """The sample office served by a process of its own, that can be killed and started again."""

    home: Path
    port: int
    command: list[str | Path]
    environment: dict[str, str]
    forge: Forge
    process: Forked | None = field(default=None)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self.home / 'alur.db'}"

    @property
    def settings(self) -> dict[str, str]:
        own = {"ALUR_HOME": str(self.home), "ALUR_PORT": str(self.port)}
        found = os.environ | own | self.environment
        found.pop("ALUR_DATABASE_URL", None)
        return found

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Another command beside it, on the same installation."""
        return subprocess.run(
            [ALUR, *arguments], env=self.settings, capture_output=True, text=True, check=False
        )

    def start(self) -> None:
        with (self.home.parent / "server.log").open("ab") as log:
            into = log.fileno()
            self.process = self.forge.begin(self.command, self.settings, into, into)
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
                return
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.05)
        pytest.fail(f"the server did not start: {(self.home.parent / 'server.log').read_text()}")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(timeout=20)


@pytest.fixture
def command() -> list[str | Path]:
    """The script of the server, and what it is given; a file of tests may have another."""
    return [ALUR, "demo"]


@pytest.fixture
def environment() -> dict[str, str]:
    """Settings of the server beside its place and port; a file of tests may have others."""
    return {}


@pytest.fixture
def server(
    tmp_path: Path,
    furnished_file: Path,
    command: list[str | Path],
    environment: dict[str, str],
    forge: Forge,
) -> Iterator[Server]:
    """A fresh sample office, served; `alur demo` finds it loaded."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    served = Server(tmp_path / "home", port, command, environment, forge)
    served.home.mkdir()
    shutil.copy(furnished_file, served.home / "alur.db")
    served.start()
    yield served
    served.stop(signal.SIGKILL)  # ending in order takes a second, and has tests of its own


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Real Chromium; gone after its file, for an event loop of its library runs till then."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    from playwright.sync_api import expect, sync_playwright  # noqa: PLC0415  (slow to import)

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def sign_in(browser: Browser, server: Server) -> Iterator[Callable[..., Page]]:
    """Opens a browser of its own for a person of the cast, signed in, watched for page errors."""
    contexts = []
    complaints: list[str] = []

    def open_for(role: str, **options: object) -> Page:
        context = browser.new_context(
            **{"viewport": {"width": 1280, "height": 900}, "base_url": server.url, **options}
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: _note_violation(said.text, complaints))
        page.goto("/sign-in")
        page.fill("#nip", sample.CAST[role][0])
        page.fill("#password", sample.PASSWORD)
        page.click("main button")
        page.wait_for_url("**/")
        return page

    yield open_for
    for context in contexts:
        context.close()
    assert not complaints, complaints


@pytest.fixture
def start_case(sign_in: Callable[..., Page]) -> Callable[..., str]:
    """The staff member starts the sample employee's case; gives the case's address."""

    def start(staff: Page) -> str:
        staff.goto("/cases/new")
        staff.click("text=Budi Contoh")
        staff.click("main button:has-text('Mulai kasus')")
        staff.wait_for_url("**/cases/*")
        return staff.url

    return start


def _note_violation(text: str, complaints: list[str]) -> None:
    if "Content Security Policy" in text:
        complaints.append(text)
