"""The record of every case: append-only, each entry's hash covering the one before it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from bpmn.messages import message
from engine import values
from engine.errors import NotFound
from engine.models import HistoryEntry, Submission, WorkItem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

GENESIS = "0" * 64
# What is recorded together with what was filled in.
SUBMITTING = ("task.completed", "instance.started")
DECIDED = "dispute.decided"  # that a superior has put an end to a disagreement
JUMPED = "case.jumped"  # that a step was left for another, back or ahead
MOVED = "case.moved"  # that a case follows another version from here on


@dataclass(frozen=True)
class Fact:
    """What is to be recorded; ``payload`` is the digest of data kept elsewhere."""

    kind: str
    element: str | None = None
    details: dict[str, Any] = field(default_factory=dict)
    payload: str | None = None


@dataclass(frozen=True)
class Head:
    """The end of an instance's chain."""

    seq: int
    hash: str


@dataclass(frozen=True)
class Submitted:
    """What was submitted at a step, and the entry that tells of it; None where none does."""

    item: WorkItem
    submission: Submission
    entry: HistoryEntry | None

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes that are kept."""
        return digest(self.submission.data)

    @property
    def agrees(self) -> bool:
        """Whether the kept bytes are those that the entry tells of."""
        return self.entry is not None and self.entry.payload == self.digest


def chain(
    instance_id: int,
    head: Head,
    facts: Sequence[Fact],
    *,
    at: datetime,
    person_id: int | None,
    capacity: str,
) -> tuple[list[dict[str, Any]], Head]:
    """The rows to append after ``head``, and the new head."""
    rows: list[dict[str, Any]] = []
    for fact in facts:
        row: dict[str, Any] = {
            "instance_id": instance_id, "seq": head.seq + 1, "at": at, "person_id": person_id,
            "capacity": capacity, "kind": fact.kind, "element": fact.element,
            "details": values.dumps(fact.details), "payload": fact.payload,
        }  # fmt: skip
        row["hash"] = entry_hash(row | {"previous": head.hash})
        head = Head(head.seq + 1, row["hash"])
        rows.append(row)
    return rows, head


def entry_hash(row: dict[str, Any]) -> str:
    """SHA-256 over the entry's fields as sorted JSON, instants in UTC, details as their text."""
    # As `values.dumps` writes it, which would look for tags in every value: a third of a verify.
    at = {"$datetime": row["at"].isoformat()}
    covered = row | {"details": row["details"].decode(), "at": at}
    covered.pop("hash", None)
    return digest(orjson.dumps(covered, option=orjson.OPT_SORT_KEYS))


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def of_instance(session: Session, instance_id: int) -> Sequence[HistoryEntry]:
    """The entries of a case, oldest first, with their people."""
    query = select(HistoryEntry).where(HistoryEntry.instance_id == instance_id)
    query = query.options(joinedload(HistoryEntry.person)).order_by(HistoryEntry.seq)
    return session.scalars(query).all()


def submissions(session: Session, instance_id: int) -> dict[int, dict[str, Any]]:
    """What was submitted in a case, by work item."""
    query = select(Submission.work_item_id, Submission.data).where(
        Submission.instance_id == instance_id
    )
    return {item_id: values.loads(data) for item_id, data in session.execute(query)}


def submitted(session: Session, instance_id: int, item_id: int) -> Submitted:
    """What was submitted at a step of a case; raises `NotFound`."""
    of_case = Submission.instance_id == instance_id, WorkItem.instance_id == instance_id
    query = select(WorkItem, Submission).join(Submission, Submission.work_item_id == WorkItem.id)
    found = session.execute(query.where(*of_case, WorkItem.id == item_id)).one_or_none()
    if found is None:
        raise NotFound(message("Pada langkah itu tidak ada yang diserahkan."))
    item, kept = found
    told = select(HistoryEntry).options(joinedload(HistoryEntry.person)).where(
        HistoryEntry.instance_id == instance_id, HistoryEntry.kind.in_(SUBMITTING),
        HistoryEntry.element == item.element, HistoryEntry.at == kept.at,
        HistoryEntry.person_id == kept.person_id,
    )  # fmt: skip
    entries = session.scalars(told.order_by(HistoryEntry.seq)).all()
    filled_in = digest(kept.data)
    same = [entry for entry in entries if entry.payload == filled_in]
    return Submitted(item, kept, next(iter(same or entries), None))
