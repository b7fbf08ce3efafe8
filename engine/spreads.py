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
_LOWEST = struct.Struct("<H")


class Spread(Counter[int]):
    """How many durations there are of each bucket."""

    @classmethod
    def of(cls, lengths: Iterable[int]) -> Spread:
        """The spread of durations in seconds."""
        return cls(map(bucket, lengths))

    @classmethod
    def loads(cls, packed: bytes) -> Spread:
        """The spread that was packed."""
        (lowest,), counts = _LOWEST.unpack_from(packed), packed[_LOWEST.size :]
        numbers = struct.unpack(f"<{len(counts) // _SIZE}I", counts)
        return cls({bucket: number for bucket, number in enumerate(numbers, lowest) if number})

    @classmethod
    def summed(cls, packed: Iterable[bytes]) -> Spread:
        """The sum of many: the packed ones are added as whole numbers, a hundred times as fast."""
        total = 0
        for one in packed:
            (lowest,) = _LOWEST.unpack_from(one)
            total += int.from_bytes(one[_LOWEST.size :], "little") << 8 * _SIZE * lowest
        length = -(-total.bit_length() // (8 * _SIZE)) * _SIZE
        return cls.loads(_LOWEST.pack(0) + total.to_bytes(length, "little"))

    def packed(self) -> bytes:
        """The lowest bucket in two bytes, then the counts from it on, each in four."""
        there = [bucket for bucket, number in self.items() if number]
        span = range(min(there), max(there) + 1) if there else range(0)
        counts = struct.pack(f"<{len(span)}I", *(self[bucket] for bucket in span))
        return _LOWEST.pack(span.start) + counts

    def quantile(self, share: float) -> int | None:
        """The seconds within which this share of the durations lies; None of no durations."""
        rank = math.ceil(share * self.total())
        for number in sorted(self):
            rank -= self[number]
            if rank <= 0:
                return length(number)
        return None


def bucket(seconds: int) -> int:
    """The number of the bucket that a duration belongs to; of none, and less, it is 0."""
    return 0 if seconds <= 0 else 1 + math.ceil(math.log(seconds) / _LOG - 1e-9)


def length(number: int) -> int:
    """The longest duration of a bucket, in whole seconds."""
    return 0 if number == 0 else math.floor(RATIO ** (number - 1) + 1e-9)
