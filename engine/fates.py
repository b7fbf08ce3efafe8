"""What becomes of the cases of an order that concerns many: who is next, and each one's outcome.

A campaign's are the people who get a case (`engine.campaign_turns`). Any other order is done as a
job, a page of cases in a lease, each in a transaction of its own that notes its outcome too: a
worker that is killed has done a case and noted it, or neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sqlalchemy import func, insert, select, update

from bpmn.messages import message
from engine import clock, jobs
from engine.database import one_at_a_time
from engine.errors import DatabaseLost, JobGone, NoLongerOpen, StaleInstance
from engine.models import CampaignMember, MassActCase, MovedCase

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from sqlalchemy.orm import InstrumentedAttribute, Session

    from bpmn.messages import Message
    from engine.database import Database
    from engine.models import Job

PAGE = 50  # cases on a page, and in one lease of the job
PASSED_ON = (StaleInstance, DatabaseLost, JobGone)  # to be tried again, and no reason to refuse
REFUSED = "refused"
MOST_REASONS = 20
T = TypeVar("T", MovedCase, MassActCase, CampaignMember)


@dataclass(frozen=True)
class Fates(Generic[T]):
    """The rows of cases in orders of one sort.

    ``order`` is the column with the order's number, ``one`` that with each case's. An outcome is
    None until its turn.
    """

    table: type[T]
    order: InstrumentedAttribute[int]
    one: InstrumentedAttribute[int]

    def expect(self, session: Session, order_id: int, numbers: Collection[int]) -> None:
        """Notes which cases an order is for."""
        rows = [{self.order.key: order_id, self.one.key: number} for number in numbers]
        session.execute(insert(self.table), rows)

    def ahead(self, session: Session, order_id: int, most: int | None = None) -> Sequence[int]:
        """The next cases whose turn is to come, a page or so many."""
        query = select(self.one).where(self.order == order_id, self.table.outcome.is_(None))
        return session.scalars(query.order_by(self.one).limit(most or PAGE)).all()

    def done(self, session: Session, order_id: int, instance_id: int, outcome: str) -> None:
        """Notes in the transaction of a deed that it was done; raises `NoLongerOpen` at twice."""
        if not self._note(session, order_id, instance_id, outcome=outcome):
            raise NoLongerOpen(message("Kasus ini sudah mendapat gilirannya."))

    def refused(
        self, db: Database, order_id: int, instance_id: int, reason: Message | None
    ) -> None:
        """Notes why a case stays as it was; where its outcome is known, nothing."""
        said = str(reason)[:1000]
        with db.write() as session:
            self._note(session, order_id, instance_id, outcome=REFUSED, reason=said)

    def go_on(
        self,
        db: Database,
        job: Job,
        order_id: int,
        wanted: Collection[int],
        end: Callable[[Session, Mapping[str | None, int]], None],
    ) -> None:
        """Leaves the rest to the next lease, or ends the order: ``end`` is told the outcomes."""
        with db.write() as session:
            if len(wanted) == PAGE:
                jobs.move(session, job, ready=clock.now())
                return
            one_at_a_time(session)
            jobs.finish(session, job)
            end(session, self.counts(session, [order_id])[order_id])

    def counts(
        self, session: Session, order_ids: Collection[int]
    ) -> dict[int, dict[str | None, int]]:
        """How many cases of each order have each outcome, and (None) are still to come."""
        counted = select(self.order, self.table.outcome, func.count())
        counted = counted.where(self.order.in_(order_ids)).group_by(self.order, self.table.outcome)
        found: dict[int, dict[str | None, int]] = {order_id: {} for order_id in order_ids}
        for order_id, outcome, n in session.execute(counted):
            found[order_id][outcome] = n
        return found

    def reasons(self, session: Session, order_id: int) -> Sequence[tuple[str, int]]:
        """Why cases were refused, the most frequent reason first, with how many."""
        mine, n = (self.order == order_id, self.table.outcome == REFUSED), func.count().label("n")
        query = select(self.table.reason, n).where(*mine).group_by(self.table.reason)
        found = session.execute(query.order_by(n.desc(), self.table.reason).limit(MOST_REASONS))
        return [(reason or "", count) for reason, count in found]

    def page(self, session: Session, order_id: int, after: int) -> Sequence[T]:
        """The cases of an order behind one, by number."""
        query = select(self.table).where(self.order == order_id, self.one > after)
        return session.scalars(query.order_by(self.one).limit(PAGE)).all()

    def _note(self, session: Session, order_id: int, instance_id: int, **changes: Any) -> bool:
        mine = self.order == order_id, self.one == instance_id
        noted = update(self.table).where(*mine, self.table.outcome.is_(None))
        noted = noted.values(**changes, at=clock.now())
        return bool(session.scalars(noted.returning(self.one)).all())
