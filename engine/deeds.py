"""What a supervisor may do to many cases at once: for each, why it cannot be, and what is written.

A deed judges cases by what was read of all of them together, with the same conditions that the act
on one case has; it is written case by case, as that act is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, ClassVar, Protocol

from engine import clock, incidents, nudges, people, supervision

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from bpmn.diagram import Diagram
    from engine.database import Database
    from engine.ledger import Write
    from engine.models import Instance, WorkItem
    from engine.people import Actor

    Judge = Callable[["Seen"], Sequence["Shift"]]


@dataclass(frozen=True)
class Seen:
    """A case that was read with its employee, its version, and its open tasks."""

    case: Instance
    diagram: Diagram
    items: Sequence[WorkItem]


@dataclass(frozen=True)
class Shift:
    """That something is due later: which column of a task, of which element, from when to when."""

    name: str
    element: str
    before: datetime
    after: datetime


class Deed(Protocol):
    """One act, the same for each case."""

    kind: ClassVar[str]

    def judge(self, session: Session, actor: Actor, seen: Sequence[Seen]) -> Judge:
        """Reads what it needs of all cases; the answer raises why a case cannot be acted on.

        Raises `InvalidInput` itself for what can be done to none.
        """

    def writing(
        self, db: Database, session: Session, actor: Actor, instance_id: int, reason: str
    ) -> Write:
        """What the act writes in one case; raises why it cannot be."""


@dataclass(frozen=True)
class Remind:
    """Tells whoever has the open tasks."""

    kind: ClassVar[str] = "remind"

    def judge(self, session: Session, actor: Actor, seen: Sequence[Seen]) -> Judge:
        last, now = nudges.last_nudges(session, ids_of(seen)), clock.now()

        @cache
        def members(group_id: int) -> frozenset[int]:
            return people.group_members(session, group_id)

        def judge(one: Seen) -> Sequence[Shift]:
            nudges.require_nudgeable(actor, one.case)
            for item in nudges.ready(one.items, last, now):
                if item.person_id is None:
                    nudges.require_performer(members(item.group_id or 0))
            return ()

        return judge

    def writing(
        self, _db: Database, session: Session, actor: Actor, instance_id: int, reason: str
    ) -> Write:
        return nudges.nudging(session, actor, instance_id, None, reason)


@dataclass(frozen=True)
class Suspend:
    """Stops the clocks."""

    kind: ClassVar[str] = "suspend"

    def judge(self, _session: Session, actor: Actor, _seen: Sequence[Seen]) -> Judge:
        return _judge(supervision.require_suspendable, actor)

    def writing(
        self, db: Database, session: Session, actor: Actor, instance_id: int, reason: str
    ) -> Write:
        return supervision.suspending(db, session, actor, instance_id, reason)


@dataclass(frozen=True)
class Resume:
    """Lets the clocks run on."""

    kind: ClassVar[str] = "resume"

    def judge(self, _session: Session, actor: Actor, _seen: Sequence[Seen]) -> Judge:
        return _judge(supervision.require_resumable, actor)

    def writing(
        self, db: Database, session: Session, actor: Actor, instance_id: int, reason: str
    ) -> Write:
        return supervision.resuming(db, session, actor, instance_id, reason)


@dataclass(frozen=True)
class Cancel:
    """Ends cases unfinished."""

    kind: ClassVar[str] = "cancel"

    def judge(self, _session: Session, actor: Actor, _seen: Sequence[Seen]) -> Judge:
        return _judge(supervision.require_cancellable, actor)

    def writing(
        self, _db: Database, session: Session, actor: Actor, instance_id: int, reason: str
    ) -> Write:
        return supervision.cancelling(session, actor, instance_id, reason)


@dataclass(frozen=True)
class Retry:
    """Has tried again what has failed."""

    kind: ClassVar[str] = "retry"

    def judge(self, session: Session, actor: Actor, seen: Sequence[Seen]) -> Judge:
        failed = incidents.failed(session, ids_of(seen))

        def judge(one: Seen) -> Sequence[Shift]:
            incidents.require_retriable(actor, one.case, failed[one.case.id])
            return ()

        return judge

    def writing(
        self, _db: Database, session: Session, actor: Actor, instance_id: int, reason: str
    ) -> Write:
        return incidents.retrying(session, actor, instance_id, reason)


def _judge(require: Callable[[Actor, Instance], None], actor: Actor) -> Judge:
    def judge(one: Seen) -> Sequence[Shift]:
        require(actor, one.case)
        return ()

    return judge


def ids_of(seen: Sequence[Seen]) -> list[int]:
    """The numbers of cases."""
    return [one.case.id for one in seen]
