"""Contestants side by side: each a process of its own, that plays in turn with the others.

What a machine does meanwhile strikes all of them alike, and none lies in the way of another's
garbage collector. A contestant says that it is ready, then plays as many cases as each line of its
input says, and answers with how many tasks it has completed and what that took.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from benchmarks.speed.measures import ROOT, Measure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ROUNDS = 9
MOST = 20  # cases of one turn


@dataclass
class Turn:
    """What one turn took: ``seconds`` on the clock, ``cpu`` those of the contestant's process."""

    completions: int = 0
    seconds: float = 0.0
    cpu: float = 0.0

    @contextmanager
    def one(self) -> Iterator[None]:
        """Around one completion; what is between them is not counted."""
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.cpu += time.process_time() - cpu
        self.seconds += time.perf_counter() - wall
        self.completions += 1

    @property
    def rate(self) -> float:
        """Completions a second."""
        return self.completions / self.seconds


def take_part(play: Callable[[int, Turn], None], **ready: Any) -> None:
    """The whole of a contestant's process: ``play`` plays so many cases in a turn."""
    print(json.dumps(ready), flush=True)
    for line in sys.stdin:
        turn = Turn()
        play(int(line), turn)
        print(json.dumps(asdict(turn)), flush=True)


class Contestant:
    """One that takes part, and the turns it has had."""

    def __init__(self, name: str, *command: str) -> None:
        self.name = name
        self.turns: list[Turn] = []
        self.cases = 1  # of its next turn
        self._process = subprocess.Popen(
            command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def play(self, cases: int) -> Turn:
        """Has its turn."""
        assert self._process.stdin is not None
        print(cases, file=self._process.stdin, flush=True)
        return Turn(**self._answer())

    def finish(self) -> None:
        """Ends its process, which may find then that it has not done what it should have."""
        self._process.communicate()
        if self._process.returncode:
            raise RuntimeError(f"{self.name} has failed")

    def stop(self) -> None:
        """Ends its process, whatever it does."""
        self._process.kill()
        self._process.communicate()

    @cached_property
    def ready(self) -> dict[str, Any]:
        """What it says when it is ready to play, which is waited for."""
        return self._answer()

    @property
    def rate(self) -> float:
        """Completions a second, at its middle turn."""
        return statistics.median(turn.rate for turn in self.turns)

    @property
    def spread(self) -> float:
        """How far its slowest and its fastest turn are apart, in percent of the middle one."""
        rates = [turn.rate for turn in self.turns]
        return (max(rates) - min(rates)) / self.rate * 100

    @property
    def cpu(self) -> float:
        """Milliseconds of a processor for one completion, at its middle turn."""
        return statistics.median(turn.cpu / turn.completions * 1000 for turn in self.turns)

    def measures(self, where: str) -> Iterator[Measure]:
        """What is told of it alone."""
        yield Measure(f"{self.name}, {where}", self.rate, "completions/s")
        yield Measure(f"{self.name}, {where}, slowest to fastest turn", self.spread, "%")
        yield Measure(f"{self.name}, {where}, of a processor", self.cpu, "ms/completion")

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} has failed")
        answer: dict[str, Any] = json.loads(line)
        return answer


def python(module: str, *arguments: str) -> tuple[str, ...]:
    """The command of a contestant that is a module of this package."""
    return sys.executable, "-m", f"benchmarks.speed.{module}", *arguments


@contextmanager
def contest(commands: dict[str, tuple[str, ...]]) -> Iterator[list[Contestant]]:
    """Contestants by the name and the command of each, ready to play."""
    with ExitStack() as stack:
        contestants = []
        for name, command in commands.items():
            contestants.append(Contestant(name, *command))
            stack.callback(contestants[-1].stop)
        assert all(one.ready is not None for one in contestants)
        yield contestants
        for one in contestants:
            one.finish()


def play(contestants: Sequence[Contestant], rounds: int, seconds: float) -> None:
    """Warms all of them up, and has them play in turns of about so many seconds."""
    for one in contestants:
        one.play(1)
        tried = one.play(1)
        one.cases = min(MOST, max(1, round(seconds / tried.seconds)))
    for number in range(rounds):
        first = number % len(contestants)
        for one in (*contestants[first:], *contestants[:first]):
            one.turns.append(one.play(one.cases))
