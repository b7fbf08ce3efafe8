"""What is kept of a plan while it waits to be applied: counts, and the changes to be looked at.

So much that a backup takes it (see `engine.archives.MAX_ROW`); what counts is counted in full.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from bpmn.messages import Message
from engine import values
from engine.directory_files import COLUMNS
from engine.directory_import import kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.directory_import import Plan
    from engine.roster import Entry, UnitEntry

KEPT = 4_000_000  # bytes; beside a file of the largest size
ORDER = ("retired", "returned", "changed", "new")
_SHOWN = (
    "name", "kind", "rank", "position", "unit", "superior", "groups", "email", "is_agency_head",
)  # fmt: skip


@dataclass(frozen=True)
class Record:
    """A plan as kept, of the ``file`` of that digest.

    ``changes`` are (what, NIP or code, name, [column, old, new]…),
    ``faults`` are (row, column, sentence), ``reason`` is why there is nothing else to show.
    """

    file: str = ""
    digest: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    reason: Message | None = None
    faults: tuple[tuple[int, str, Message], ...] = ()
    changes: tuple[tuple[str, str, str, list[tuple[str, str, str]]], ...] = ()


def of_plan(plan: Plan, file: str) -> bytes:
    """Of a plan that is to be shown."""
    faults = ([fault.row, fault.column, _packed(fault.said)] for fault in plan.faults)
    return values.dumps(
        {
            "file": file,
            "digest": plan.digest,
            "counts": plan.counts,
            "ignored": plan.ignored,
            "faults": _bounded(faults),
            "changes": [] if plan.faults else _bounded(_changes(plan)),
        }
    )


def of_counts(plan: Plan) -> bytes:
    """Of a plan that was applied: nothing of any person."""
    return values.dumps({"counts": plan.counts, "ignored": plan.ignored})


def of_reason(reason: Message, file: str) -> bytes:
    """Of an import that came to nothing."""
    return values.dumps({"file": file, "reason": _packed(reason)})


def loads(packed: bytes | None) -> Record:
    """A plan as it was kept."""
    kept = values.loads(packed or b"{}")
    return Record(
        file=kept.get("file", ""),
        digest=kept.get("digest", ""),
        counts=kept.get("counts", {}),
        ignored=tuple(kept.get("ignored", ())),
        reason=Message(*kept["reason"]) if "reason" in kept else None,
        faults=tuple((row, column, Message(*said)) for row, column, said in kept.get("faults", ())),
        changes=tuple(map(tuple, kept.get("changes", ()))),
    )


def _packed(said: Message) -> list[Any]:
    return [said.template, said.values]


def _bounded(some: Iterable[list[Any]]) -> list[list[Any]]:
    """As many of them as are kept."""
    kept, left = [], KEPT
    for one in some:
        left -= len(orjson.dumps(one))
        if left < 0:
            break
        kept.append(one)
    return kept


def _changes(plan: Plan) -> Iterator[list[Any]]:
    """Units first, then people, those who leave before those who are new."""
    for code, was, unit in plan.units:
        yield ["unit" if was else "unit_new", code, unit.name, list(_of_unit(was, unit))]
    kinds = [(kind(old, new), old, new) for old, new in plan.people]
    for what, old, new in sorted(kinds, key=lambda change: ORDER.index(change[0])):
        yield [what, new.nip, new.name, list(_of_person(old, new))]


def _of_unit(old: UnitEntry | None, new: UnitEntry) -> Iterator[tuple[str, str, str]]:
    for column, name in (("unit_name", "name"), ("parent", "parent")):
        yield from _difference(column, old and getattr(old, name), getattr(new, name))


def _of_person(old: Entry | None, new: Entry) -> Iterator[tuple[str, str, str]]:
    for column in _SHOWN:
        yield from _difference(column, old and getattr(old, column), getattr(new, column))


def _difference(column: str, old: Any, new: Any) -> Iterator[tuple[str, str, str]]:
    before, after = _spoken(column, old), _spoken(column, new)
    if before != after:
        yield COLUMNS[column], before, after


def _spoken(column: str, value: Any) -> str:
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, tuple):
        return "; ".join(value)
    return value.upper() if value and column == "kind" else value or ""
