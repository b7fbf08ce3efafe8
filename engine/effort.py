"""How much expressions may look at and make: every value that one meets is weighed.

A number, or sixteen letters, weigh one. What is weighed bounds both the time and the memory.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import simpleeval

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_WEIGHT = 50_000  # of one value with all that is in it; x = [x, x] doubles with every line
MAX_DATA = 15_000  # of a case: SpiffWorkflow copies it for each of its tasks
MAX_WORK = 1_000_000  # some two seconds
MAX_EXPONENT = 400  # of a Decimal, somewhat beyond that of a float
LETTERS, BITS = 16, 64  # that weigh as much as a small number
_spent: ContextVar[list[int] | None] = ContextVar("spent", default=None)


@contextmanager
def bounded() -> Iterator[None]:
    """All expressions of the block share `MAX_WORK`; inside another such block, that one's."""
    if _spent.get() is not None:
        yield
        return
    with afresh():
        yield


@contextmanager
def afresh() -> Iterator[None]:
    """The same, inside another such block too: one case of many in a job pays for no other."""
    mark = _spent.set([0])
    try:
        yield
    finally:
        _spent.reset(mark)


def weigh(value: Any, most: int = MAX_WEIGHT) -> int:
    """The weight of a value; raises `simpleeval.IterableTooLong` when it is more than ``most``.

    A `Decimal` that would be an endless whole number is a `simpleeval.NumberTooHigh`.
    """
    ahead, weight = [value], 0
    while ahead:
        item = ahead.pop()
        weight += 1
        if isinstance(item, str):
            weight += len(item) // LETTERS
        elif isinstance(item, int):
            weight += item.bit_length() // BITS
        elif isinstance(item, Decimal) and abs(item.adjusted()) > MAX_EXPONENT:
            raise simpleeval.NumberTooHigh(f"> 1E{MAX_EXPONENT}")
        elif isinstance(item, dict):
            ahead += item
            ahead += item.values()
        elif isinstance(item, list | tuple | set):
            ahead += item
        if weight + len(ahead) > most:
            raise simpleeval.IterableTooLong(f"> {most}")
    return weight


def spend(work: int) -> None:
    """Counts work done inside `bounded`; raises `simpleeval.IterableTooLong` when it is enough."""
    spent = _spent.get()
    if spent is not None:
        spent[0] += work
        if spent[0] > MAX_WORK:
            raise simpleeval.IterableTooLong(f"> {MAX_WORK}")
