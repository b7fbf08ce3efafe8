"""Ended cases, counted: by month with how long they took, by day, and by the way they took."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import select, text, update

from engine import variants
from engine.models import CaseTally, DayTally, Instance, VariantTally, WorkItem
from engine.starting import STARTER
from engine.tally_rows import joined, month_of, places, rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.orm import Session

    from engine.tally_rows import Place

UNCOUNTED = text("NOT instance.counted")  # in the very words of the partial index


@dataclass
class _Cases:
    completed: int = 0
    cancelled: int = 0
    worked: list[int] = field(default_factory=list)
    rounds: list[int] = field(default_factory=list)


@dataclass
class _Way:
    done: int = 0
    worked: int = 0


@dataclass
class _Work:
    """What was done on a case: its steps in order, the seconds they took, and its rounds."""

    path: list[str] = field(default_factory=list)
    worked: int = 0
    rounds: int = 1


def count(session: Session, most: int) -> int:
    """Counts some of the cases that have ended and are not counted yet; how many."""
    zone = ZoneInfo(session.info["zone"])
    waiting = Instance.ended_at.is_not(None), UNCOUNTED
    next_ones = select(Instance.id).where(*waiting).order_by(Instance.id).limit(most)
    marked = update(Instance).where(Instance.id.in_(next_ones.scalar_subquery()))
    columns = Instance.id, Instance.status, Instance.started_at, Instance.ended_at
    counted_now = session.execute(marked.values(counted=True).returning(*columns))
    cases = sorted(counted_now, key=lambda case: case.id)  # which are answered in any order
    ids = {case.id for case in cases}
    found, work = places(session, ids), _work(session, ids)
    months: dict[tuple[int, int, date], _Cases] = defaultdict(_Cases)
    days: dict[tuple[int, int, date], list[int]] = defaultdict(lambda: [0, 0])
    completed: dict[int, tuple[Place, date]] = {}
    for case in cases:
        place = found[case.id]
        days[*place, case.started_at.astimezone(zone).date()][0] += 1
        days[*place, case.ended_at.astimezone(zone).date()][1] += 1
        month = month_of(case.ended_at, zone)
        counted = months[*place, month]
        if case.status == "completed":
            counted.completed += 1
            counted.worked.append(work[case.id].worked)
            counted.rounds.append(work[case.id].rounds)
            completed[case.id] = place, month
        else:
            counted.cancelled += 1
    for tally, ended in rows(session, CaseTally, months):
        tally.completed += ended.completed
        tally.cancelled += ended.cancelled
        tally.spread = joined(tally.spread, ended.worked)
        tally.rounds = _with_rounds(tally.rounds, ended.rounds)
    for day, (started, ended_then) in rows(session, DayTally, days):
        day.started += started
        day.ended += ended_then
    if completed:
        _count_ways(session, completed, work)
    return len(cases)


def _count_ways(
    session: Session, completed: Mapping[int, tuple[Place, date]], work: Mapping[int, _Work]
) -> None:
    """Counts the ways that cases took, and marks each case with its own."""
    taken = {case: (of[0], tuple(work[case].path)) for case, (of, _) in completed.items()}
    ids = variants.ids(session, dict.fromkeys(taken.values()))
    ways: dict[tuple[int, int, date], _Way] = defaultdict(_Way)
    for case, ((_, unit_id), month) in completed.items():
        way = ways[ids[taken[case]], unit_id, month]
        way.done += 1
        way.worked += work[case].worked
    for tally, way in rows(session, VariantTally, ways):
        tally.done += way.done
        tally.worked += way.worked
    marked = [{"id": case, "variant_id": ids[way]} for case, way in taken.items()]
    session.execute(update(Instance), marked)


def rounds_of(packed: bytes) -> dict[int, int]:
    """How many cases came how often to the step that they came to most often."""
    return {int(number): count for number, count in orjson.loads(packed).items()}


def _with_rounds(packed: bytes, rounds: Iterable[int]) -> bytes:
    counts = defaultdict(int, rounds_of(packed))
    for number in rounds:
        counts[number] += 1
    return orjson.dumps({str(number): counts[number] for number in sorted(counts)})


def _work(session: Session, ids: Iterable[int]) -> Mapping[int, _Work]:
    done = WorkItem.instance_id.in_(ids), WorkItem.status == "completed", WorkItem.place != STARTER
    columns = WorkItem.instance_id, WorkItem.element, WorkItem.worked, WorkItem.visit
    query = select(*columns).where(*done).order_by(WorkItem.closed_at, WorkItem.id)
    found: dict[int, _Work] = defaultdict(_Work)
    for case_id, element, worked, visit in session.execute(query):
        work = found[case_id]
        work.path.append(element)
        work.worked += worked
        work.rounds = max(work.rounds, visit)
    return found
