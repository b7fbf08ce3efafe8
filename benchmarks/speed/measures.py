"""What a benchmark finds: numbers with the bars they are held against, as a table and as JSON.

A part of the benchmark is a module of this package with a function `measure(quick)` that yields a
`Measure` for each number as soon as it is known. With ``quick`` it does as little as shows that it
works; its numbers then mean nothing.
"""

from __future__ import annotations

import json
import operator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "benchmarks" / "results" / "speed.json"
Record = dict[str, Any]
_SIGNS = {"≥": operator.ge, "≤": operator.le, "=": operator.eq}


@dataclass(frozen=True)
class Bar:
    """What a number is to be: at least (``≥``), at most (``≤``) or just (``=``) a limit."""

    sign: str
    limit: float

    def __str__(self) -> str:
        return f"{self.sign} {self.limit:,g}"

    def is_met(self, value: float) -> bool:
        """Whether the number is that, as it was measured and not as it is shown."""
        return bool(_SIGNS[self.sign](value, self.limit))


@dataclass(frozen=True)
class Measure:
    """One number that was found; without a bar it only tells how the others came about."""

    name: str
    value: float
    unit: str = ""
    bar: Bar | None = None

    @property
    def is_missed(self) -> bool:
        """Whether there is a bar, and it was not met."""
        return self.bar is not None and not self.bar.is_met(self.value)

    def record(self, part: str) -> Record:
        """What is kept of it."""
        bar = str(self.bar) if self.bar else None
        name = f"{part}: {self.name}"
        return {"name": name, "value": float(f"{self.value:.4g}"), "unit": self.unit, "bar": bar}

    def line(self) -> str:
        """Its row of the table."""
        judged = ("missed" if self.is_missed else "met") if self.bar else ""
        value = f"{self.value:,.{_decimals(self.value)}f}"
        bar = str(self.bar or "")
        return f"{self.name:<68}{value:>12} {self.unit:<14}{bar:<10}{judged}".rstrip()


def at_least(limit: float) -> Bar:
    """A number is to be this or more."""
    return Bar("≥", limit)


def at_most(limit: float) -> Bar:
    """A number is to be this or less."""
    return Bar("≤", limit)


def exactly(limit: float) -> Bar:
    """A number is to be this."""
    return Bar("=", limit)


def heading(part: str) -> str:
    """The line above the numbers of a part."""
    return f"\n{part:<68}{'value':>12} {'unit':<14}{'bar':<10}"


def kept() -> list[Record]:
    """What was found before, by whichever parts were run."""
    return json.loads(RESULTS.read_text()) if RESULTS.exists() else []


def keep(part: str, found: Iterable[Measure]) -> None:
    """Puts what a part has found in the place of what it had found before."""
    before = kept()
    others = [record for record in before if not record["name"].startswith(f"{part}: ")]
    records = sorted([*others, *(one.record(part) for one in found)], key=_part)
    lines = ",\n".join(json.dumps(record, ensure_ascii=False) for record in records)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(f"[\n{lines}\n]\n")


def _part(record: Record) -> str:
    return str(record["name"]).partition(":")[0]


def _decimals(value: float) -> int:
    """Three digits that count, and none behind the point of a large number."""
    return max(0, 3 - len(f"{abs(value):.0f}")) if abs(value) >= 1 else 3
