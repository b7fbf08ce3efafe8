"""What goes wrong, and when: drawn from a seed, the same every time."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.chaos.node import REAL_LEASE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tests.chaos.office import Node, Office

# How often each is drawn, compared with the others.
SHARES = {
    "kill web": 4, "kill worker": 5, "lose worker": 2, "stop web": 2, "stop worker": 3,
    "restart database": 1, "crash database": 1, "cut line": 4, "freeze line": 2, "slow line": 2,
    "lose answers": 5, "lose commits": 3, "move clock": 3, "fill disk": 1,
}  # fmt: skip
GAP = (0.5, 3.0)  # seconds between two, at a pace of 1
LASTING = (0.5, 4.0)  # seconds
JUMP = 90.0  # seconds, ahead or behind: many leases
COMMITS = 3  # that are lost at once


@dataclass(frozen=True)
class Fault:
    """One of them: seconds after the beginning, which node it is about, and seconds it lasts."""

    at: float
    kind: str
    node: float  # of 1, of all nodes that it may be about
    lasting: float
    jump: float

    def __str__(self) -> str:
        return f"{self.at:8.2f} {self.kind}, node {self.node:.3f}, for {self.lasting:.2f} s"


def schedule(
    seed: int, seconds: float, pace: float = 1, kinds: Sequence[str] = tuple(SHARES)
) -> list[Fault]:
    """The faults of so many seconds; of a longer time these are the first.

    At a ``pace`` of 4 they are a fourth as many.
    """
    chance, at, found = random.Random(seed), 0.0, []
    while (at := at + pace * chance.uniform(*GAP)) < seconds:
        (kind,) = chance.choices(kinds, [SHARES[kind] for kind in kinds])
        lasting, jump = chance.uniform(*LASTING), chance.uniform(-JUMP, JUMP)
        longer = REAL_LEASE if kind in ("stop worker", "lose worker") else 0.0
        found.append(Fault(at, kind, chance.random(), lasting + longer, jump))
    return found


class Weather:
    """Brings the faults of a schedule upon an office."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._server = threading.Lock()  # one thing at a time happens to the server
        self.happened: Counter[str] = Counter()
        self.failed: list[str] = []
        self.kills: list[datetime] = []  # when workers were lost, by the office's clock
        self.moved: list[
            tuple[datetime, datetime]
        ] = []  # the times that clocks showed which were wrong

    def bring(self, faults: Sequence[Fault]) -> None:
        """All of them, each at its time; at the end all is as it was."""
        begun, coming = time.monotonic(), []
        for fault in faults:
            time.sleep(max(0.0, begun + fault.at - time.monotonic()))
            one = threading.Thread(target=self._bring, args=(fault,), daemon=True)
            one.start()
            coming.append(one)
        for one in coming:
            one.join()

    def _bring(self, fault: Fault) -> None:
        act = getattr(self, "_" + fault.kind.replace(" ", "_"))
        if fault.kind == "fill disk" and not self._office.is_small:
            return
        self.happened[fault.kind] += 1
        try:
            act(fault)
        except Exception as error:  # of the harness itself: the run is worth nothing then
            self.failed.append(f"{fault}: {error!r}")

    def _web(self, fault: Fault) -> Node:
        return self._office.webs[int(fault.node * len(self._office.webs))]

    def _worker(self, fault: Fault) -> Node:
        return self._office.workers[int(fault.node * len(self._office.workers))]

    def _any(self, fault: Fault) -> Node:
        return self._office.nodes[int(fault.node * len(self._office.nodes))]

    def _kill_web(self, fault: Fault) -> None:
        self._web(fault).kill()

    def _kill_worker(self, fault: Fault) -> None:
        self.kills.append(self._office.now())
        self._worker(fault).kill()

    def _lose_worker(self, fault: Fault) -> None:
        self.kills.append(self._office.now())
        self._worker(fault).kill(away=fault.lasting)

    def _stop_web(self, fault: Fault) -> None:
        self._stop(self._web(fault), fault.lasting)

    def _stop_worker(self, fault: Fault) -> None:
        self._stop(self._worker(fault), fault.lasting)

    @staticmethod
    def _stop(node: Node, seconds: float) -> None:
        node.send(signal.SIGSTOP)
        time.sleep(seconds)
        node.send(signal.SIGCONT)

    def _restart_database(self, _fault: Fault) -> None:
        self._restart("fast")

    def _crash_database(self, _fault: Fault) -> None:
        self._restart("immediate")

    def _restart(self, mode: str) -> None:
        with self._server:
            self._office.server.restart(mode)

    def _cut_line(self, fault: Fault) -> None:
        line = self._any(fault).line
        line.open = False
        self._office.network.cut(line)
        time.sleep(fault.lasting)
        line.open = True

    def _freeze_line(self, fault: Fault) -> None:
        line = self._any(fault).line
        line.frozen = True
        time.sleep(fault.lasting)
        self._office.network.cut(line)
        line.frozen = False

    def _slow_line(self, fault: Fault) -> None:
        line = self._any(fault).line
        line.delay = 0.05
        time.sleep(fault.lasting)
        line.delay = 0.0

    def _lose_answers(self, fault: Fault) -> None:
        self._any(fault).line.lost += COMMITS

    def _lose_commits(self, fault: Fault) -> None:
        self._any(fault).line.unsent += COMMITS

    def _move_clock(self, fault: Fault) -> None:
        node, begun = self._any(fault), time.time()
        node.move_clock(fault.jump)
        time.sleep(fault.lasting)
        node.move_clock(0.0)
        shown = self._office.now(begun + fault.jump), self._office.now(time.time() + fault.jump)
        self.moved.append(shown)

    def _fill_disk(self, fault: Fault) -> None:
        """The server finds no room for anything; it may well end, and is started again."""
        server = self._office.server
        with self._server:
            try:
                _fill(self._office)
                time.sleep(fault.lasting)
            finally:
                self._office.ballast.unlink(missing_ok=True)
            if not server.is_up():
                self.happened["server ended by a full disk"] += 1
                server.start_again()


def _fill(office: Office) -> None:
    """Takes all the room there is."""
    with suppress(OSError), office.ballast.open("wb") as file:
        room = os.statvfs(office.ballast.parent)
        os.posix_fallocate(file.fileno(), 0, room.f_bavail * room.f_frsize)
    with suppress(OSError), office.ballast.open("ab") as file:  # what has come free since
        while True:
            file.write(b"\0" * 4096)
            file.flush()
