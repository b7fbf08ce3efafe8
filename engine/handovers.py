"""A place of many cases given to a person: what forbids it in each, read for all at once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import select

from engine import people, reassignment, roles
from engine.deeds import ids_of
from engine.models import Person, Role, WorkItem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from engine.database import Database
    from engine.deeds import Judge, Seen, Shift
    from engine.ledger import Write
    from engine.people import Actor


@dataclass(frozen=True)
class Reassign:
    """Gives a place, with its open tasks, to a person.

    ``called`` is what the place is called where that was ordered.
    """

    kind: ClassVar[str] = "reassign"
    place: str
    person_id: int
    called: str = ""

    def judge(self, session: Session, actor: Actor, seen: Sequence[Seen]) -> Judge:
        person = reassignment.serving(session, self.person_id)
        groups, ids = people.groups_of(session, person.id), ids_of(seen)
        seats, acted = _seats(session, ids), _acted(session, person.id, ids)
        holding = {who for of_case in seats.values() for who, _ in of_case.values() if who}
        # Held on to while cases are judged, so that nobody is looked up again.
        holders = session.scalars(select(Person).where(Person.id.in_(holding))).all()

        def judge(one: Seen, _known: Sequence[Person] = holders) -> Sequence[Shift]:
            reassignment.require_reassignable(actor, one.case)
            case = one.case.id
            held = roles.Held(case, one.diagram, seats[case], frozenset(acted[case]))
            reassignment.require_movable(held, self.place)
            reassignment.require_fit(session, held, [self.place], person, groups)
            return ()

        return judge

    def writing(
        self, db: Database, session: Session, actor: Actor, instance_id: int, reason: str
    ) -> Write:
        return reassignment.reassigning(
            db, session, actor, instance_id, self.place, self.person_id, reason
        )


def _seats(session: Session, ids: Sequence[int]) -> defaultdict[int, dict[str, Any]]:
    """Who fills the places of cases."""
    query = select(Role.instance_id, Role.place, Role.person_id, Role.group_id)
    found: defaultdict[int, dict[str, Any]] = defaultdict(dict)
    for case, place, person, group in session.execute(query.where(Role.instance_id.in_(ids))):
        found[case][place] = (person, group)
    return found


def _acted(session: Session, person_id: int, ids: Sequence[int]) -> defaultdict[int, set[str]]:
    """In which places of cases somebody has done a task."""
    done = WorkItem.closed_by == person_id, WorkItem.status == "completed"
    query = select(WorkItem.instance_id, WorkItem.place).where(*done)
    found: defaultdict[int, set[str]] = defaultdict(set)
    for case, place in session.execute(query.where(WorkItem.instance_id.in_(ids)).distinct()):
        found[case].add(place)
    return found
