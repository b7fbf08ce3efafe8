"""What starting a case takes, held against completing a task of it.

Both are done in turns, so that whatever else slows the machine slows both.
"""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING
from uuid import uuid4

from benchmarks.speed import offices, procedure
from benchmarks.speed.measures import Measure, at_most
from engine import instances

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.speed.offices import Office

CASES = 100
WARM = 5  # cases before anything is measured
TIMES = 1.5  # of a completion


def measure(quick: bool, *kinds: str) -> Iterator[Measure]:
    """The medians on each database, and how many completions a start is."""
    for kind, office in offices.furnished("starts", *kinds):
        for _ in range(WARM):
            _played(office)
        begun, done = _times(office, 2 if quick else CASES)
        yield Measure(f"start, {kind}", begun * 1000, "ms")
        yield Measure(f"completion, {kind}", done * 1000, "ms")
        held = f"start held against completion, {kind}"
        yield Measure(held, begun / done, "times", at_most(TIMES))


def _times(office: Office, cases: int) -> tuple[float, float]:
    """The medians of starting and of completing, in seconds."""
    played = [_played(office) for _ in range(cases)]
    done = [took for _, steps in played for took in steps]
    return statistics.median(begun for begun, _ in played), statistics.median(done)


def _played(office: Office) -> tuple[float, list[float]]:
    """Starts a case and completes all its tasks; what each took."""
    before = time.perf_counter()
    case = office.start()
    begun = time.perf_counter() - before
    return begun, [_completed(office, case, given) for _, given in procedure.way()]


def _completed(office: Office, case: int, given: dict[str, object]) -> float:
    item, actor = office.open_item(case)
    before = time.perf_counter()
    instances.complete(office.db, actor, item, given, token=uuid4().hex)
    return time.perf_counter() - before
