"""A year of cases about the people of units: who they are, and what their cases came to.

What a step's answers mean is not known here: they are handed on as they were submitted.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from bpmn.messages import message
from engine import access, corrections, organisation, people, values
from engine.errors import NotFound
from engine.models import Definition, Instance, Person, Submission, Unit, WorkItem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from engine.people import Actor

BATCH = 200  # submissions in memory at once: each may hold a whole table
Steps = dict[str, frozenset[str]]  # ids of the steps that are read, by the key of the process


class Yearbook:
    """Whom a person may look over in a year: of one unit and those below it, or of all theirs.

    Raises `NotAllowed` for who looks over nobody, `NotFound` for a unit that is not theirs. Cases
    about a year begin in it or in the next, when it is collected; nothing else is read.
    """

    def __init__(self, session: Session, actor: Actor, year: int, unit_id: int | None) -> None:
        access.require_overseer(actor)
        self._session = session
        self._zone = ZoneInfo(session.info["zone"])
        self.units = organisation.overseen(session, actor)
        if unit_id is not None and unit_id not in {unit.id for unit in self.units}:
            raise NotFound(message("Unit itu tidak ada, atau bukan untuk Anda."))
        self._first, self._last = self._midnight(year), self._midnight(year + 2)
        chosen = access.in_view(actor, Person.unit_id)
        if unit_id is not None:
            chosen &= Person.unit_id.in_(people.units_below(session, [unit_id]))
        served = or_(Person.left_at.is_(None), Person.left_at >= self._first)
        self._chosen: ColumnElement[bool] = chosen & served

    def staff(self) -> Sequence[Person]:
        """Everybody who served in that year or later, by unit and name."""
        query = select(Person).join(Unit).where(self._chosen).options(joinedload(Person.unit))
        return self._session.scalars(query.order_by(Unit.name, Person.name, Person.id)).all()

    def cases(self, keys: Collection[str]) -> Sequence[Instance]:
        """Their cases of these processes that were not cancelled, the oldest first."""
        query = self._of_year(select(Instance), keys).order_by(Instance.id)
        return self._session.scalars(query).all()

    def answers(self, steps: Steps) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """(id of the case, the answers by now) at these steps of their cases, in order."""
        since = corrections.changes(self._session, self._of_year(select(Instance.id), steps))
        columns = Definition.key, WorkItem.id, WorkItem.element, Submission.data
        kept = select(Submission.instance_id, *columns)
        of_case = kept.select_from(Submission).join(Instance, Instance.id == Submission.instance_id)
        query: Any = of_case.join(WorkItem, WorkItem.id == Submission.work_item_id)
        elements = frozenset[str]().union(*steps.values())
        query = self._of_year(query, steps).where(WorkItem.element.in_(elements))
        query = query.order_by(Submission.id).execution_options(yield_per=BATCH)
        for case, key, item_id, element, data in self._session.execute(query):
            if element in steps[key]:
                yield case, values.loads(data) | since.get(item_id, {})

    def _of_year(self, query: Select[Any], keys: Collection[str]) -> Select[Any]:
        about = Instance.subject_id.in_(select(Person.id).where(self._chosen))
        begun = Instance.started_at >= self._first, Instance.started_at < self._last
        query = query.join(Definition, Definition.id == Instance.definition_id)
        return query.where(Definition.key.in_(keys), about, *begun, Instance.status != "cancelled")

    def _midnight(self, year: int) -> datetime:
        return datetime(year, 1, 1, tzinfo=self._zone)
