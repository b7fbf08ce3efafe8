"""What becomes slower as a case grows or an office does, and what a finished case leaves behind.

Sizes are compared in turns, so that what the machine does meanwhile strikes all of them alike.
"""

from __future__ import annotations

import statistics
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

from benchmarks.speed import crowds, databases, offices, pictures, procedure, sizes
from benchmarks.speed.measures import Measure, at_most
from benchmarks.speed.pictures import Axis
from engine import instances, signature_places, worklist

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.speed.databases import Maker
    from benchmarks.speed.offices import Office
    from engine.people import Actor

LOOPS = (0, 25, 50, 100)  # times that a case was rejected
LOOPED, CASES = 3, 300  # cases: of each number of loops, and whose bytes are counted
OPEN = (200, 50_000, 1_000_000)  # tasks
ROUNDS = 15
LOOPS_BAR, OPEN_BAR = 4, 1.3  # times as long as with the fewest
KEPT_BAR = 16 * 1024  # bytes of a finished case
Amounts = tuple[tuple[int, ...], tuple[int, ...], int, int]
Times = dict[int, list[float]]  # milliseconds, by size
Medians = dict[int, float]


def measure(quick: bool = False) -> Iterator[Measure]:
    """All three, on each kind of database, and the pictures of the first two."""
    amounts: Amounts = (LOOPS, OPEN, ROUNDS, CASES)
    loops, opened, rounds, cases = ((0, 2), (200, 1_000), 1, 4) if quick else amounts
    looped: dict[str, Medians] = {}
    crowded: dict[str, Medians] = {}
    with databases.makers() as makers:
        for kind, make in makers.items():
            offices.furnish(make("furnished"))
            looped[kind] = _medians(_looped(make, loops, 1 if quick else LOOPED))
            yield from _told(looped[kind], f"completion after {{}} rejections, {kind}", LOOPS_BAR)
            completed, seen = map(_medians, _crowded(make, opened, rounds))
            yield from _told(completed, f"completion at {{}} open tasks, {kind}", OPEN_BAR)
            yield from _told(seen, f"first inbox page at {{}} open tasks, {kind}", OPEN_BAR)
            crowded |= {f"completion, {kind}": completed, f"inbox, {kind}": seen}
            yield from _kept(kind, make, cases)
    if not quick:
        _draw(looped, crowded)


def _told(medians: Medians, name: str, bar: float) -> Iterator[Measure]:
    """What each size takes, and how many times as long the greatest takes as the least."""
    for size, value in medians.items():
        yield Measure(name.format(f"{size:,}"), value, "ms")
    least, *_, most = medians
    compared = name.format(f"{most:,} instead of {least:,}")
    yield Measure(compared, medians[most] / medians[least], "times", at_most(bar))


def _looped(make: Maker, loops: Sequence[int], cases: int) -> Times:
    """Completions of the steps that come after the last rejection."""
    office = _office(make, "loops")
    ahead = len(procedure.way()) - procedure.BACK_TO + 1
    started = [(times, _begun(office, times, ahead)) for _ in range(cases) for times in loops]
    found: Times = {times: [] for times in loops}
    for place in range(-ahead, 0):
        for times, case in started:
            found[times].append(_complete(office, case, procedure.way()[place][1]))
    office.db.close()
    return found


def _begun(office: Office, rejections: int, ahead: int) -> int:
    """A case that was rejected so often, up to the steps that are measured."""
    case = office.start()
    for _, given in procedure.way(rejections)[:-ahead]:
        _complete(office, case, given)
    return case


def _crowded(make: Maker, opened: Sequence[int], rounds: int) -> tuple[Times, Times]:
    """Completions of whole cases, and the inboxes of those who have tasks, in turns."""
    first = _office(make, "crowd")
    crowds.start(first)
    first.db.close()
    crowded = {size: _grown(make, size) for size in opened}
    completed: Times = {size: [] for size in opened}
    seen: Times = {size: [] for size in opened}
    for number in range(rounds + 1):
        for size, office in crowded.items():
            case = office.start()
            completions = [_complete(office, case, given) for _, given in procedure.way()]
            inboxes = [_look(office, actor) for actor in office.actors.values()]
            if number:  # the first round warms up
                completed[size] += completions
                seen[size] += inboxes
    for office in crowded.values():
        office.db.close()
    return completed, seen


def _grown(make: Maker, size: int) -> Office:
    office = _office(make, f"open_{size}", like="crowd")
    crowds.grow(office, size)
    return office


def _look(office: Office, actor: Actor) -> float:
    """What the page of the inbox asks the database."""
    with _stop_watch() as passed, office.db.read() as session:
        worklist.mine(session, actor)
        worklist.of_my_groups(session, actor)
        worklist.in_place_of(session, actor)
        worklist.piles(session, actor)
        signature_places.awaiting(office.db, session, actor)
    return passed[0]


def _complete(office: Office, case: int, given: dict[str, str]) -> float:
    item_id, actor = office.open_item(case)
    with _stop_watch() as passed:
        instances.complete(office.db, actor, item_id, given, token=uuid4().hex)
    return passed[0]


@contextmanager
def _stop_watch() -> Iterator[list[float]]:
    """A list that holds the milliseconds of the block, once it is done."""
    passed: list[float] = []
    begun = time.perf_counter()
    yield passed
    passed.append((time.perf_counter() - begun) * 1000)


def _kept(kind: str, make: Maker, cases: int) -> Iterator[Measure]:
    """The bytes that finished cases leave, without and with what their steps have left behind."""
    office = _office(make, "kept")
    _finish(office, cases // 3)
    before = _sizes(office, wholly=True)
    _finish(office, cases)
    lying = sum(_sizes(office, wholly=False).values()) - sum(before.values())
    after = _sizes(office, wholly=True)
    office.db.close()
    each = {table: (size - before[table]) / cases for table, size in after.items()}
    bar = at_most(KEPT_BAR)
    yield Measure(f"kept of a finished case, {kind}", sum(each.values()), "bytes", bar)
    yield Measure(f"before space is given back, {kind}", lying / cases, "bytes")
    for table in sorted(each, key=lambda table: -each[table]):
        if each[table] >= 1:
            yield Measure(f"kept of a finished case in {table}, {kind}", each[table], "bytes")


def _finish(office: Office, cases: int) -> None:
    for case in [office.start() for _ in range(cases)]:
        for _, given in procedure.way():
            _complete(office, case, given)


def _sizes(office: Office, *, wholly: bool) -> dict[str, int]:
    sizes.tidy(office.db.connections, wholly=wholly)
    return sizes.by_table(office.db.connections)


def _office(make: Maker, name: str, like: str = "furnished") -> Office:
    return offices.at(make(name, like))


def _medians(found: Times) -> Medians:
    return {size: statistics.median(times) for size, times in found.items()}


def _draw(looped: dict[str, Medians], crowded: dict[str, Medians]) -> None:
    loops, opened = Axis("rejections before it", LOOPS), Axis("open tasks", OPEN, by_logarithm=True)
    for name, title, axis, lines in (
        ("speed-loops", "A completion in a case that goes round", loops, looped),
        ("speed-open", "A completion, and the inbox, as an office grows", opened, crowded),
    ):
        values = {line: list(medians.values()) for line, medians in lines.items()}
        pictures.draw(name, title, "ms (median)", axis, values)
