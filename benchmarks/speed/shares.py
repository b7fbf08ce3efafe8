"""Where the time of a completion goes: the shares of its parts, by whose code they are.

A profiler makes what calls much look slower than what computes long, so that these are no times;
they say where another look is worth it.
"""

from __future__ import annotations

import cProfile
import pstats
from collections import Counter
from typing import TYPE_CHECKING
from uuid import uuid4

from benchmarks.speed import offices, procedure
from benchmarks.speed.measures import Measure
from engine import instances

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.speed.offices import Office

CASES = 40
WARM = 5
# By the first that a file's path has in it; what is written in C has none.
PLACES = {
    "/engine/spiff/": "the case in memory (engine/spiff)",
    "/SpiffWorkflow/": "SpiffWorkflow",
    "/sqlalchemy/orm/": "SQLAlchemy's sessions",
    "/sqlalchemy/": "SQLAlchemy's statements",
    "/psycopg": "psycopg, and waiting for the server",
    "/engine/": "the rest of engine",
    "~": "C: drivers, JSON, hashes, dicts",
}
COMMIT = "<method 'commit' of 'sqlite3.Connection' objects>"


def measure(quick: bool, *kinds: str) -> Iterator[Measure]:
    """The shares on each database, the greatest first."""
    for kind, office in offices.furnished("shares", *kinds):
        _play(office, WARM, cProfile.Profile())
        profile = cProfile.Profile()
        _play(office, 2 if quick else CASES, profile)
        shares = _shares(pstats.Stats(profile))
        for place, share in shares.most_common():
            yield Measure(f"{place}, {kind}", share / shares.total() * 100, "%")


def _play(office: Office, cases: int, profile: cProfile.Profile) -> None:
    for case in [office.start() for _ in range(cases)]:
        for _, given in procedure.way():
            item, actor = office.open_item(case)
            profile.runcall(instances.complete, office.db, actor, item, given, token=uuid4().hex)


def _shares(stats: pstats.Stats) -> Counter[str]:
    found: Counter[str] = Counter()
    for (file, _, name), (_, _, own, _, _) in stats.stats.items():  # type: ignore[attr-defined]
        place = next((said for part, said in PLACES.items() if part in file), "what else")
        found["waiting for the disk" if name == COMMIT else place] += own
    return found
