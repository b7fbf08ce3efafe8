"""Completions a second beside the usual way of using SpiffWorkflow, and beside the floor.

Every completion is a whole request: the case is read anew in a new session, one task of it is
completed through the public `instances.complete`, and the commit is on disk. Starting the case and
finding the task is outside the stop-watch.
"""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, create_engine, func, select

from benchmarks.speed import contests, databases, offices, procedure
from benchmarks.speed.contests import Contestant, contest, python
from benchmarks.speed.databases import Maker
from benchmarks.speed.measures import Measure, at_least, at_most, exactly
from engine.models import HistoryEntry, Instance, Job, Role, Submission, WorkItem

if TYPE_CHECKING:
    from collections.abc import Iterator

ALUR, USUAL, FLOOR = "Alur", "SpiffWorkflow as usual", "the floor"
TEXT = "the floor as text"
BARS = {"SQLite": 4.5, "PostgreSQL": 4.0}  # times the usual way
SHARE = 55  # percent of the floor
STATEMENTS = 6
SECONDS = 1.0  # of a turn
KEPT = Role, WorkItem, HistoryEntry, Submission, Job


def measure(quick: bool = False, *kinds: str) -> Iterator[Measure]:
    """On each kind of database: the rates, how they stand to each other, and what was sent."""
    with databases.makers(*kinds) as makers:
        for kind, make in makers.items():
            yield from _measured(kind, make, quick)


def _measured(kind: str, make: Maker, quick: bool) -> Iterator[Measure]:
    rounds, seconds, most = (1, 0.0, 1) if quick else (contests.ROUNDS, SECONDS, contests.MOST)
    offices.furnish(make("furnished"))
    urls = {name: make(name, "furnished") for name in ("alur", "usual", "floor", "text")}
    cases = str((rounds + 2) * most)
    commands = {
        ALUR: python("alur", urls["alur"]),
        USUAL: python("usual", urls["usual"]),
        FLOOR: python("floor", urls["floor"], cases, "core"),
        TEXT: python("floor", urls["text"], cases, "text"),
    }
    with contest(commands) as contestants:
        contests.play(contestants, rounds, seconds)
    for one in contestants:
        yield from one.measures(kind)
    yield from _compared(kind, *contestants)
    yield from _sent(kind, contestants[-1].ready)
    _require_same(urls["alur"], urls["usual"])


def _compared(
    kind: str, alur: Contestant, usual: Contestant, floor: Contestant, text: Contestant
) -> Iterator[Measure]:
    bar, times = at_least(BARS[kind]), alur.rate / usual.rate
    yield Measure(f"{ALUR} against {USUAL}, {kind}", times, "times", bar)
    share = alur.rate / floor.rate * 100
    yield Measure(f"{ALUR}'s share of the floor, {kind}", share, "%", at_least(SHARE))
    yield Measure(f"{ALUR}'s share of {TEXT}, {kind}", alur.rate / text.rate * 100, "%")


def _sent(kind: str, ready: dict[str, Any]) -> Iterator[Measure]:
    """What was sent for a completion; those of a case's ends differ."""
    statements = ready["statements"]
    between = [
        sent
        for place, sent in enumerate(statements)
        if 0 < place % procedure.TASKS < procedure.TASKS - 1
    ]
    yield Measure(f"statements of a completion, {kind}", max(between), "", at_most(STATEMENTS))
    yield Measure(f"statements of any completion at most, {kind}", max(statements))
    commits = statistics.mean(ready["commits"])
    yield Measure(f"commits of a completion, {kind}", commits, "", exactly(1))


def _require_same(*urls: str) -> None:
    """A case has come to the same tasks and rows, whoever has kept it."""
    one, other = (_of_a_case(create_engine(url)) for url in urls)
    if one != other:
        raise AssertionError(f"{one} is not {other}")


def _of_a_case(connections: Engine) -> tuple[list[Any], dict[str, float]]:
    """The tasks of the first case with what became of them, and how many rows each case has."""
    item = WorkItem.element, WorkItem.place, WorkItem.person_id, WorkItem.status, WorkItem.visit
    with connections.connect() as connection:
        tasks = select(*item).where(WorkItem.instance_id == 1).order_by(WorkItem.id)
        cases = connection.scalar(select(func.count()).select_from(Instance)) or 0
        rows = {
            table.__tablename__: (connection.scalar(select(func.count()).select_from(table)) or 0)
            / cases
            for table in KEPT
        }
        found = [tuple(row) for row in connection.execute(tasks)]
    connections.dispose()
    return found, rows
