"""What checking and deploying a procedure takes, by the size of its diagram.

In CPU time, of which a check is made; each file is deployed as a version of its own.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from benchmarks.large_procedure import procedure
from benchmarks.speed import databases
from benchmarks.speed.measures import Measure, at_most
from bpmn import layout
from engine import checking, deployments
from engine.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

SIZES = (200, 1000)
JUDGED = 200  # the size that has bars
TIMES = 5  # of which the best counts
CHECK, DEPLOY = 0.5, 1.0  # seconds


def measure(quick: bool) -> Iterator[Measure]:
    """The seconds for each size, of a file without a picture and of one with its picture."""
    with databases.makers("PostgreSQL") as makers:
        db = Database(makers["PostgreSQL"]("checks"))
        db.migrate()
        checking.check(procedure(50))  # the schema is read once
        for size in (50,) if quick else SIZES:
            plain = procedure(size)
            for name, source in {"no picture": plain, "picture": layout.drawn(plain)}.items():
                yield from _measured(db, f"{size} nodes, {name}", source, judged=size == JUDGED)
        db.close()


def _measured(db: Database, what: str, source: bytes, *, judged: bool) -> Iterator[Measure]:
    checked = min(_taken(checking.check, source) for _ in range(TIMES))
    versions = (source + f"\n<!-- {what} {n} -->".encode() for n in range(TIMES))
    deployed = min(_taken(lambda version: deployments.deploy(db, version), v) for v in versions)
    yield Measure(f"check, {what}", checked, "s CPU", at_most(CHECK) if judged else None)
    yield Measure(f"deploy, {what}", deployed, "s CPU", at_most(DEPLOY) if judged else None)


def _taken(act: Callable[[bytes], Any], source: bytes) -> float:
    before = time.process_time()
    act(source)
    return time.process_time() - before
