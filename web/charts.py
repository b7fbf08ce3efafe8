"""Charts as geometry, which the templates draw as SVG; each stands beside a table of its values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

WIDTH, HEIGHT = 640, 160
TICKS = 4
GAP = 0.25  # of a column's share of the width


@dataclass(frozen=True)
class Column:
    """A column: its place and size, the lower ``part`` of it, and what it stands for."""

    name: str
    value: int
    part: int
    x: float
    width: float
    height: float
    part_height: float


@dataclass(frozen=True)
class Line:
    """A line with the ground below it, as points of SVG; ``ticks`` are values on the left side."""

    points: str
    ground: str
    ticks: Sequence[tuple[int, float]]
    first: date
    last: date
    values: Sequence[tuple[date, int]]

    @property
    def month_ends(self) -> Sequence[tuple[date, int]]:
        """The last value of each month."""
        return list({(day.year, day.month): (day, number) for day, number in self.values}.values())


def columns(values: Sequence[tuple[str, int, int]]) -> list[Column]:
    """A column for each (name, value, part of it)."""
    highest = max((value for _, value, _ in values), default=0) or 1
    share = WIDTH / max(len(values), 6)  # few columns are not made broad
    return [
        Column(
            name, value, part, round(number * share + share * GAP / 2, 1),
            round(share * (1 - GAP), 1), round(HEIGHT * value / highest, 1),
            round(HEIGHT * part / highest, 1),
        )
        for number, (name, value, part) in enumerate(values)
    ]  # fmt: skip


def line(values: Sequence[tuple[date, int]]) -> Line | None:
    """The course of a number over days; None when there is nothing to see."""
    if len(values) < 2 or not any(number for _, number in values):
        return None
    highest = _round_up(max(number for _, number in values))
    step = WIDTH / (len(values) - 1)
    drawn = [
        f"{step * place:.1f},{HEIGHT * (1 - number / highest):.1f}"
        for place, (_, number) in enumerate(values)
    ]
    ticks = range(0, highest + 1, highest // TICKS)
    return Line(
        points=" ".join(drawn),
        ground=" ".join([f"0,{HEIGHT}", *drawn, f"{WIDTH},{HEIGHT}"]),
        ticks=[(tick, round(HEIGHT * (1 - tick / highest), 1)) for tick in ticks],
        first=values[0][0],
        last=values[-1][0],
        values=values,
    )


def _round_up(number: int) -> int:
    """The next number that the ticks divide into round numbers."""
    unit = TICKS * max(int(10 ** (len(str(number)) - 1)) // 2, 1)
    return -(-number // unit) * unit
