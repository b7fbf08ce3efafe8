"""Where the time of a completion goes: whose code is at work, and at which part of a completion.

It is looked at every millisecond, which costs next to nothing; a profiler that counts calls makes
what calls much look slower than what computes long. What is written in C counts for who calls it.
"""

from __future__ import annotations

import signal
from collections import Counter
from contextlib import contextmanager
from inspect import unwrap
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from benchmarks.speed import offices, procedure
from benchmarks.speed.measures import Measure
from engine import instances

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from benchmarks.speed.offices import Office

CASES = 150
WARM = 5
EVERY = 0.001  # seconds
# By the first that a file's path has in it.
PLACES = {
    "/engine/spiff/": "the case in memory (engine/spiff)",
    "/SpiffWorkflow/": "SpiffWorkflow",
    "/sqlalchemy/orm/": "SQLAlchemy's sessions",
    "/sqlalchemy/": "SQLAlchemy's statements",
    "/psycopg": "psycopg, and waiting for the server",
    "/engine/": "the rest of engine",
}
# By the innermost function of these that is under way.
PARTS = {
    ("engine/instances.py", "_item"): "reading the task with its case and state",
    ("engine/steps.py", "situation"): "making the case in memory",
    ("engine/spiff/execution.py", "complete"): "completing its task",
    ("engine/spiff/execution.py", "save"): "writing its state down",
    ("engine/steps.py", "follow"): "what follows: tasks, timers, facts",
    ("engine/ledger.py", "append"): "writing the case and its history",
    ("engine/steps.py", "write"): "writing tasks and jobs",
    ("engine/ledger.py", "submit"): "writing what was submitted",
    ("sqlalchemy/engine/default.py", "do_commit"): "the commit",
    ("engine/database.py", "read"): "a session with its connection",
    ("engine/database.py", "write"): "a session with its connection",
}


def measure(quick: bool, *kinds: str) -> Iterator[Measure]:
    """The shares on each database, by code and by part, the greatest first of each."""
    for kind, office in offices.furnished("shares", *kinds):
        _play(office, WARM)
        with _looked_at() as looks:
            _play(office, 2 if quick else CASES)
        for found in (_shares(looks, _place), _shares(looks, _part)):
            for said, share in found.most_common():
                yield Measure(f"{said}, {kind}", share / found.total() * 100, "%")


def _play(office: Office, cases: int) -> None:
    for case in [office.start() for _ in range(cases)]:
        for _, given in procedure.way():
            item, actor = office.open_item(case)
            instances.complete(office.db, actor, item, given, token=uuid4().hex)


Look = tuple[tuple[str, str], ...]  # file and function of what is under way, innermost first


@contextmanager
def _looked_at() -> Iterator[Counter[Look]]:
    """How often what was under way within completions, until the block ends."""
    looks: Counter[Look] = Counter()

    def look(_: int, frame: FrameType | None) -> None:
        under_way = []
        while frame is not None and frame.f_code is not complete:
            under_way.append((frame.f_code.co_filename, frame.f_code.co_name))
            frame = frame.f_back
        if frame is not None:  # else it is between two completions
            looks[tuple(under_way)] += 1

    complete = unwrap(instances.complete).__code__
    before: Any = signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, EVERY, EVERY)
    try:
        yield looks
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _shares(looks: Counter[Look], name: Callable[[Look], str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for look, times in looks.items():
        found[name(look)] += times
    return found


def _place(look: Look) -> str:
    file, function = look[0] if look else ("/engine/", "complete")
    if function == "do_commit":
        return "waiting for the disk"
    return next((said for part, said in PLACES.items() if part in file), "what else")


def _part(look: Look) -> str:
    for file, function in look:
        for (of, name), said in PARTS.items():
            if name == function and file.endswith(of):
                return said
    return "the rest"
