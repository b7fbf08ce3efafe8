"""How durations spread: counted by length on a ratio scale, so that many add up to few numbers.

Two lengths of one bucket differ by 4 % at most; a length read from a spread is that of the
bucket's upper end, so that a share "within" it is never overstated.
"""

from __future__ import annotations

import math
import struct
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

RATIO = 1.04
_LOG = math.log(RATIO)
_SIZE = 4  # bytes of a count, which stays below 4,294,967,296 in any sum


class Spread(Counter[int]):
    """How many durations there are of each bucket."""

    @classmethod
    def of(cls, lengths: Iterable[int]) -> Spread:
        """The spread of durations in seconds."""
        return cls(map(bucket, lengths))

    @classmethod
    def loads(cls, packed: bytes) -> Spread:
        """The spread that was packed."""
        numbers = struct.unpack(f"<{len(packed) // _SIZE}I", packed)
        return cls({bucket: number for bucket, number in enumerate(numbers) if number})

    @classmethod
    def summed(cls, packed: Iterable[bytes]) -> Spread:
        """The sum of many: the packed ones are added as whole numbers, a hundred times as fast."""
        total = sum(int.from_bytes(one, "little") for one in packed)
        length = -(-total.bit_length() // 8)
        return cls.loads(total.to_bytes(-(-length // _SIZE) * _SIZE, "little"))

    def packed(self) -> bytes:
        """The counts of the buckets from 0 on, each in four bytes, the lowest first."""
        highest = max((bucket for bucket, number in self.items() if number), default=-1)
        return struct.pack(f"<{highest + 1}I", *(self[bucket] for bucket in range(highest + 1)))

    def quantile(self, share: float) -> int | None:
        """The seconds within which this share of the durations lies; None of no durations."""
        rank = math.ceil(share * self.total())
        for number in sorted(self):
            rank -= self[number]
            if rank <= 0:
                return length(number)
        return None

    def within(self, seconds: float) -> float:
        """The share of the durations that are no longer than this; 0 of no durations."""
        fitting = sum(count for number, count in self.items() if length(number) <= seconds)
        return fitting / self.total() if self else 0.0


def bucket(seconds: int) -> int:
    """The number of the bucket that a duration belongs to; of none, and less, it is 0."""
    return 0 if seconds <= 0 else 1 + math.ceil(math.log(seconds) / _LOG - 1e-9)


def length(number: int) -> int:
    """The longest duration of a bucket, in whole seconds."""
    return 0 if number == 0 else math.floor(RATIO ** (number - 1) + 1e-9)
