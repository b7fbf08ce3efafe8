"""Columns and rows: each shape gets a cell of its own.

Columns by the longest path of sequence flows, those that close a loop left out; rows within a
band (a lane) as near as may be to what comes before.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from bpmn.layout.scene import ARTIFACTS, DATA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bpmn.layout.scene import Item, Scene

Ways = dict[str, list[str]]


def arrange(scene: Scene) -> None:
    """Gives every item of the scene a column and a row of its band (from zero)."""
    items = [i for i in scene.items.values() if i.host is None]
    steps = [i for i in items if i.kind not in (*DATA, *ARTIFACTS)]
    onward = _onward(scene, [i.id for i in steps])
    columns = _columns([i.id for i in steps], onward)
    for step in steps:
        step.column = columns[step.id]
    taken: set[tuple[int, int, int]] = set()
    _rows(scene, steps, onward, taken)
    for beside in items:
        if beside.kind in (*DATA, *ARTIFACTS):
            _put_beside(scene, beside, taken)
    for band in range(len(scene.bands)):
        first = min((i.row for i in items if i.band == band), default=0)
        for one in items:
            if one.band == band:
                one.row -= first


def _onward(scene: Scene, steps: list[str]) -> Ways:
    """Which steps each step's sequence flows lead to, without those that close a loop."""
    ways: Ways = {one: [] for one in steps}
    entered = set()
    for link in scene.links:
        if link.kind == "sequenceFlow" and {link.source, link.target} <= scene.items.keys():
            source, target = scene.items[link.source].cell.id, scene.items[link.target].cell.id
            if {source, target} <= ways.keys() and source != target and target not in ways[source]:
                ways[source].append(target)
                entered.add(target)
    starts = [one for one in ways if one not in entered]
    closing = set(_closing([*starts, *ways], ways))
    return {one: [t for t in targets if (one, t) not in closing] for one, targets in ways.items()}


def _closing(order: list[str], ways: Ways) -> Iterator[tuple[str, str]]:
    """The flows that lead back to where a walk in the file's order came from."""
    done: set[str] = set()
    for start in order:
        if start in done:
            continue
        path, walks = {start}, [(start, iter(ways[start]))]
        while walks:
            here, ahead = walks[-1]
            target = next(ahead, None)
            if target is None:
                walks.pop()
                path.discard(here)
                done.add(here)
            elif target in path:
                yield here, target
            elif target not in done:
                path.add(target)
                walks.append((target, iter(ways[target])))


def _columns(names: list[str], onward: Ways) -> dict[str, int]:
    column = dict.fromkeys(names, 0)
    waiting = dict.fromkeys(names, 0)
    for name in names:
        for target in onward[name]:
            waiting[target] += 1
    starts = [name for name in names if not waiting[name]]
    ready = list(starts)
    for name in ready:  # grows while it is read
        for target in onward[name]:
            column[target] = max(column[target], column[name] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    for name in starts:  # a second start stands before what it leads to, not at the far left
        if onward[name]:
            column[name] = min(column[target] for target in onward[name]) - 1
    return column


def _rows(scene: Scene, steps: list[Item], onward: Ways, taken: set[tuple[int, int, int]]) -> None:
    before: dict[str, list[Item]] = defaultdict(list)
    for source, targets in onward.items():
        for target in targets:
            before[target].append(scene.items[source])
    handlers = {
        link.target
        for link in scene.links
        if link.source in scene.items and scene.items[link.source].host is not None
    }
    columns: dict[int, list[Item]] = defaultdict(list)
    for step in steps:
        columns[step.column].append(step)
    for column in sorted(columns):
        wishes = [(_wish(step, before[step.id], handlers), step) for step in columns[column]]
        for wish, step in sorted(wishes, key=lambda found: found[0]):
            step.row = _nearest(step, wish, taken)


def _wish(step: Item, before: list[Item], handlers: set[str]) -> float:
    """The row it would have: among those before it, and below the one whose event it handles."""
    rows = sorted(one.row for one in before if one.band == step.band)
    if not rows:
        return 0
    return rows[(len(rows) - 1) // 2] + (1 if step.id in handlers else 0)


def _nearest(step: Item, wish: float, taken: set[tuple[int, int, int]]) -> int:
    for distance in range(len(taken) + 1):
        for row in (int(wish) + distance, int(wish) - distance):
            if (step.band, step.column, row) not in taken:
                taken.add((step.band, step.column, row))
                return row
    raise AssertionError("more cells are taken than there are")  # pragma: no cover


def _put_beside(scene: Scene, beside: Item, taken: set[tuple[int, int, int]]) -> None:
    """Data and remarks stand in the column of what they belong to, above it where there is room."""
    near = next(_linked(scene, beside.id), None)
    if near is None:
        beside.row = _nearest(beside, 1, taken)
        return
    beside.band, beside.column = near.band, near.column
    row = near.row - 1
    while (beside.band, beside.column, row) in taken:
        row = near.row + 1 if row == near.row - 1 else row + (1 if row > near.row else -1)
    taken.add((beside.band, beside.column, row))
    beside.row = row


def _linked(scene: Scene, name: str) -> Iterator[Item]:
    for link in scene.links:
        for one, other in ((link.source, link.target), (link.target, link.source)):
            if one == name and other in scene.items:
                yield scene.items[other].cell
