"""Checking the corrections of a case against its chain."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from bpmn.messages import AlurError, message
from engine import values
from engine.corrections import CORRECTED
from engine.history import digest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bpmn.messages import Message
    from engine.stored import Row


def faults(entries: list[Row], corrections: list[Row]) -> Iterator[tuple[int, Message]]:
    """What is wrong, with the number of the entry that tells of it; 0 for what none tells of."""
    kept = Counter(_deed(row, row["work_item_id"], row["digest"]) for row in corrections
                   if _is_digested(row))  # fmt: skip
    told = [entry for entry in entries if entry["kind"] == CORRECTED]
    for entry in told:
        deed = _deed(entry, _item(entry), entry["payload"])
        if not kept[deed]:
            yield entry["seq"], message("koreksinya hilang atau bukan yang dicatat")
        kept[deed] -= 1
    if len(corrections) > len(told):
        yield 0, message("ada koreksi yang tidak tercatat")


def _deed(row: Row, item_id: Any, payload: Any) -> tuple[Any, ...]:
    return row["element"], row["person_id"], row["at"], item_id, payload


def _item(entry: Row) -> Any:
    try:
        return values.loads(entry["details"])["item"]
    except (AlurError, KeyError, TypeError):  # damaged, which its hash tells
        return None


def _is_digested(row: Row) -> bool:
    return isinstance(row["data"], bytes) and digest(row["data"]) == row["digest"]
