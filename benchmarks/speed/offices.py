"""Sample offices that the cases of the benchmark run in.

The people of the sample office fill the four lanes of the procedure without taking anything: who
starts a case, whom it is about, their superior and that one's superior.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import select

from benchmarks.speed import databases, procedure
from engine import deployments, people, sample, starting
from engine.database import Database
from engine.models import Person, WorkItem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.people import Actor


LANES = ("staff", "employee", "assessor", "superior")  # parts of the sample office


@dataclass(frozen=True)
class Office:
    """A database with the procedure in force; ``actors`` fill its lanes, by the id of each."""

    db: Database
    actors: dict[int, Actor]
    starter: Actor
    subject: Actor

    def start(self) -> int:
        """A new case; its id."""
        return starting.start(
            self.db, self.starter, procedure.KEY, self.subject.id, token=uuid4().hex
        )

    def open_item(self, case: int) -> tuple[int, Actor]:
        """The one open task of a case, and whose it is."""
        query = select(WorkItem.id, WorkItem.person_id)
        with self.db.read() as session:
            is_open = WorkItem.instance_id == case, WorkItem.status == "open"
            item_id, person_id = session.execute(query.where(*is_open)).one()
        assert person_id is not None
        return item_id, self.actors[person_id]


def furnish(url: str) -> None:
    """Makes an office in an empty database."""
    db = Database(url)
    db.migrate()
    sample.load(db)
    definition = deployments.deploy(db, procedure.source())
    deployments.activate(db, definition.id)
    db.close()


def furnished(name: str, *kinds: str) -> Iterator[tuple[str, Office]]:
    """A furnished office on each kind of database that is named, or on all, one after the other."""
    with databases.makers(*kinds) as makers:
        for kind, make in makers.items():
            url = make(name)
            furnish(url)
            office = at(url)
            yield kind, office
            office.db.close()


def at(url: str) -> Office:
    """The office that a database was furnished with."""
    db = Database(url)
    with db.read() as session:
        ids = {row.nip: row.id for row in session.execute(select(Person.nip, Person.id))}
        staff, employee, *others = (
            people.actor(session, ids[sample.CAST[part][0]]) for part in LANES
        )
    actors = {actor.id: actor for actor in (staff, employee, *others) if actor is not None}
    assert staff is not None
    assert employee is not None
    return Office(db, actors, staff, employee)
