"""How long what has lasted so far may still last: the far ends of spreads.

A length is that of its bucket (`engine.spreads`), so that what is said here is exact to 4 %.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from engine.spreads import length

if TYPE_CHECKING:
    from engine.spreads import Spread

ENOUGH = 20  # durations that something is said of


@dataclass(frozen=True)
class Chance:
    """The share of ``among`` durations that were too long; None of too few."""

    share: float | None
    among: int

    @classmethod
    def of(cls, share: float, among: int) -> Chance:
        """The chance, where they are `ENOUGH`."""
        return cls(share if among >= ENOUGH else None, among)


class Tail:
    """How many of the durations of a spread are longer than some seconds."""

    def __init__(self, spread: Spread) -> None:
        buckets = sorted(number for number, count in spread.items() if count)
        self._lengths = [length(number) for number in buckets]
        self._counts = [spread[number] for number in buckets]
        self._longer = [*accumulate(reversed(self._counts), initial=0)][::-1]

    def longer(self, seconds: float) -> int:
        """The number of those that are longer."""
        return self._longer[bisect_right(self._lengths, seconds)]

    def chance(self, so_far: float, most: float) -> Chance:
        """That one which is longer than ``so_far`` is longer than ``most``: S(most) / S(so far)."""
        among = self.longer(so_far)
        return Chance.of(self.longer(max(so_far, most)) / among if among else 0.0, among)

    def chance_with(self, then: Tail, so_far: float, most: float) -> Chance:
        """The same of it and one of another spread that comes ``then``, whatever it was."""
        among, others = self.longer(so_far), then.longer(-1)
        first = bisect_right(self._lengths, so_far)
        pairs = zip(self._lengths[first:], self._counts[first:], strict=True)
        missed = sum(count * then.longer(most - long) for long, count in pairs)
        return Chance.of(missed / (among * others) if among and others else 0.0, min(among, others))
