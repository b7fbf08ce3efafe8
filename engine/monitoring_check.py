"""Checking the signed monitoring sheets against what the journal says was signed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bpmn.messages import AlurError, message
from engine.monitoring import digest_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bpmn.messages import Message
    from engine.stored import Row


def faults(rows: Iterable[Row], told: dict[int, str]) -> Iterator[Message]:
    """What is wrong; ``told`` are the digests of what was signed, by sheet."""
    left = dict(told)
    for row in rows:
        signed = left.pop(row["id"], None)
        if signed is None and row["signed_at"] is not None:
            yield message("Lembar monitoring {n}: tidak tercatat ditandatangani.", n=row["id"])
        elif signed is not None and not _is_as_signed(row, signed):
            yield message("Lembar monitoring {n}: bukan yang ditandatangani.", n=row["id"])
    for missing in left:
        yield message("Lembar monitoring {n}: hilang.", n=missing)


def _is_as_signed(row: dict[str, Any], signed: str) -> bool:
    try:
        return bool(digest_of(row) == signed == row["digest"])
    except (AlurError, AttributeError, TypeError):  # what is no longer even of its kind
        return False
