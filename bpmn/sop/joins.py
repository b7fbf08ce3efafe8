"""How the arrows that come to a row of an SOP meet: parallel ways wait for each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bpmn.sop.document import Arrow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bpmn.sop.document import Sop

BEGIN = Arrow(-1, 0)  # comes to the first row where the document has none for the start


@dataclass(frozen=True)
class Meeting:
    """Ways that meet: all are waited for (``parallel``), or each goes on alone."""

    parallel: bool
    ways: tuple[Arrow | Meeting, ...]


@dataclass(frozen=True)
class _Coming:
    """A way to a row, with the rows that it comes from."""

    way: Arrow | Meeting
    sources: frozenset[int]


@dataclass(frozen=True)
class _Split:
    """Parallel ways out of a row, and the rows of each until all meet again."""

    source: int
    arrows: tuple[Arrow, ...]
    branches: tuple[frozenset[int], ...]

    @property
    def region(self) -> frozenset[int]:
        return frozenset({self.source}).union(*self.branches)

    def branch(self, coming: _Coming) -> int | None:
        """Which of its ways something comes by; None: by none, or by several."""
        found = [
            at
            for at, (arrow, rows) in enumerate(zip(self.arrows, self.branches, strict=True))
            if coming.way == arrow or (coming.sources <= rows and coming.sources)
        ]
        return found[0] if len(found) == 1 else None


def meetings(sop: Sop) -> dict[int, Arrow | Meeting]:
    """What comes to each row that arrows lead to, as one way."""
    found: dict[int, list[_Coming]] = {}
    for arrow in (*([BEGIN] if sop.begins_itself else []), *sop.arrows):
        found.setdefault(arrow.target, []).append(_Coming(arrow, frozenset({arrow.source})))
    splits = _splits(sop)
    return {row: _met(coming, splits.get(row, [])) for row, coming in found.items()}


def _met(coming: list[_Coming], splits: list[_Split]) -> Arrow | Meeting:
    """The ways of the innermost split meet first."""
    for split in sorted(splits, key=lambda split: len(split.region)):
        by_branch: dict[int, list[_Coming]] = {}
        for one in coming:
            branch = split.branch(one)
            if branch is not None:
                by_branch.setdefault(branch, []).append(one)
        if len(by_branch) > 1:
            joined = [one for some in by_branch.values() for one in some]
            ways = tuple(_one(by_branch[branch]) for branch in sorted(by_branch))
            sources = frozenset({split.source}).union(*(one.sources for one in joined))
            met = _Coming(Meeting(parallel=True, ways=ways), sources)
            coming = [met, *(one for one in coming if one not in joined)]
    return _one(coming)


def _one(coming: list[_Coming]) -> Arrow | Meeting:
    if len(coming) == 1:
        return coming[0].way
    return Meeting(parallel=False, ways=tuple(one.way for one in coming))


def _splits(sop: Sop) -> dict[int, list[_Split]]:
    """The parallel ways, by the row where they meet again; those that never do are left out."""
    onward = _onward(sop)
    found: dict[int, list[_Split]] = {}
    for source in range(len(sop.steps)):
        for arrows in _parallel(sop.after(source)):
            meeting = _meeting(onward, [arrow.target for arrow in arrows])
            if meeting is not None:
                rows = (frozenset(_reached(onward, arrow.target, meeting)) for arrow in arrows)
                found.setdefault(meeting, []).append(_Split(source, arrows, tuple(rows)))
    return found


def _parallel(arrows: tuple[Arrow, ...]) -> Iterator[tuple[Arrow, ...]]:
    by_label: dict[str, list[Arrow]] = {}
    for arrow in arrows:
        by_label.setdefault(arrow.label, []).append(arrow)
    return (tuple(same) for same in by_label.values() if len(same) > 1)


def _onward(sop: Sop) -> dict[int, list[int]]:
    """Where each row leads, without the arrows that close a loop."""
    onward: dict[int, list[int]] = {place: [] for place in range(len(sop.steps))}
    done: set[int] = set()
    for root in onward:
        path: dict[int, Iterator[Arrow]] = {root: iter(sop.after(root))} if root not in done else {}
        while path:
            row = next(reversed(path))
            arrow = next(path[row], None)
            if arrow is None:
                del path[row]
                done.add(row)
            elif arrow.target not in path:
                onward[row].append(arrow.target)
                if arrow.target not in done:
                    path[arrow.target] = iter(sop.after(arrow.target))
    return onward


def _meeting(onward: dict[int, list[int]], starts: list[int]) -> int | None:
    """The first row that all ways from several rows come by, whichever they take."""
    common = set(onward).intersection(*(set(_reached(onward, start, None)) for start in starts))
    ends = {row for row, behind in onward.items() if not behind}
    sure = [
        row
        for row in common
        if not any(ends & set(_reached(onward, start, row)) for start in starts)
    ]
    behind = {row: len(_reached(onward, row, None)) for row in sure}
    return max(sure, key=behind.__getitem__, default=None)


def _reached(onward: dict[int, list[int]], start: int, without: int | None) -> list[int]:
    """The rows that one comes to from another, itself among them, not by way of a third."""
    seen: dict[int, None] = {}
    ahead = [start]
    while ahead:
        row = ahead.pop()
        if row not in seen and row != without:
            seen[row] = None
            ahead += onward[row]
    return list(seen)
