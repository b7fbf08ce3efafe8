"""The library of processes: what there is, who looks after each, and what is laid aside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from bpmn.messages import message
from engine import access, clock, deployments, journal, people, publications, schedules
from engine.errors import NoLongerOpen, NotFound
from engine.models import GOING_ON, Activation, Definition, Instance, Process

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from engine.database import Database
    from engine.models import Person
    from engine.people import Actor

# What the SOP's identity page calls each version, by digest; a version never changes.
_identities: dict[str, tuple[str, str]] = {}


@dataclass(frozen=True)
class Entry:
    """A process: the version in force, else its newest, and what is known of it.

    ``since`` is when the version came into force, None while none is. ``number`` and ``unit`` are
    those of its SOP, empty where it has none.
    """

    definition: Definition
    since: datetime | None
    versions: int
    open_cases: int
    owner: Person | None
    archived_at: datetime | None
    number: str
    unit: str

    @property
    def key(self) -> str:
        """The key of the process."""
        return self.definition.key

    def answers(self, search: str) -> bool:
        """Whether all words looked for stand in its name, key, number or unit."""
        told = (self.definition.name, self.key, self.number, self.unit)
        whole = " ".join(told).casefold()
        return all(word in whole for word in search.casefold().split())


def entries(session: Session, search: str = "", *, archived: bool = False) -> list[Entry]:
    """The processes in use, or those laid aside, by name; some statements however many they are."""
    return [
        entry
        for entry in _entries(session)
        if (entry.archived_at is not None) == archived and entry.answers(search)
    ]


def entry(session: Session, key: str) -> Entry:
    """One process; raises `NotFound`."""
    found = next(iter(_entries(session, key)), None)
    if found is None:
        raise NotFound(message("Proses itu tidak ada."))
    return found


def assign(db: Database, actor: Actor, key: str, named: str) -> None:
    """Says by NIP or name who looks after a process; nobody when empty. Raises `InvalidInput`."""
    access.require_analyst(actor)
    with db.read() as session:
        entry(session, key)
        owner = people.named(session, named).id if named.strip() else None
    with db.write() as session:
        process = _row(session, key)
        if process.owner_id != owner:
            process.owner_id = owner
            details = {"process": key} | ({"person": owner} if owner else {})
            journal.record(session, "process.assigned", details, person_id=actor.id)


def archive(db: Database, actor: Actor, key: str) -> None:
    """Lays a process aside: its open cases go on, and none begins any more.

    Raises `NoLongerOpen` when it is already, or when one of its versions waits for its day.
    """
    access.require_analyst(actor)
    with db.write() as session:
        entry(session, key)
        deployments.require_in_use(session, key)
        publications.require_none_waiting(session, key)
        process = _row(session, key)
        process.archived_at, process.archived_by = clock.now(), actor.id
        schedules.disarm(session, key)
        journal.record(session, "process.archived", {"process": key}, person_id=actor.id)


def restore(db: Database, actor: Actor, key: str) -> None:
    """Takes a process up again, with the version that was in force; raises `NoLongerOpen`."""
    access.require_analyst(actor)
    with db.write() as session:
        process = session.get(Process, key)
        if process is None or process.archived_at is None:
            raise NoLongerOpen(message("Proses ini tidak diarsipkan."))
        process.archived_at = process.archived_by = None
        session.flush()
        current = deployments.in_force(session, key)
        if current is not None:
            source = deployments.definition(session, current.id).source
            schedules.arm(session, current, deployments.drawn(source))
        journal.record(session, "process.restored", {"process": key}, person_id=actor.id)


def _entries(session: Session, key: str | None = None) -> list[Entry]:
    last = Activation.id.in_(deployments.newest_activations())
    came = select(Activation.definition_id, Activation.at).where(last)
    since: dict[int, datetime] = dict(session.execute(came).all())
    versions = _shown(session, set(since), key)
    counts = _counted(session, select(Definition.key, func.count()))
    going = select(Definition.key, func.count()).join(Instance.definition)
    open_cases = _counted(session, going.where(Instance.status.in_(GOING_ON)))
    known = {p.key: p for p in session.scalars(select(Process).options(joinedload(Process.owner)))}
    called = _called(session, versions)
    return [
        Entry(
            definition=version,
            since=since.get(version.id),
            versions=counts[version.key],
            open_cases=open_cases.get(version.key, 0),
            owner=known[version.key].owner if version.key in known else None,
            archived_at=known[version.key].archived_at if version.key in known else None,
            number=called[version.digest][0],
            unit=called[version.digest][1],
        )
        for version in versions
    ]


def _shown(session: Session, in_force: set[int], key: str | None) -> list[Definition]:
    """Of each process the version in force, else the newest; by name."""
    newest = select(func.max(Definition.id)).group_by(Definition.key)
    query = select(Definition).where(or_(Definition.id.in_(in_force), Definition.id.in_(newest)))
    if key is not None:
        query = query.where(Definition.key == key)
    # Those in force come last, and so take the place of a newer one.
    found = {d.key: d for d in sorted(session.scalars(query), key=lambda d: d.id in in_force)}
    return sorted(found.values(), key=lambda d: (d.name.casefold(), d.key))


def _counted(session: Session, query: Select[str, int]) -> dict[str, int]:
    return dict(session.execute(query.group_by(Definition.key)).all())


def _called(session: Session, versions: Iterable[Definition]) -> dict[str, tuple[str, str]]:
    """Number and unit of the SOP of each version, by digest."""
    missing = [version.digest for version in versions if version.digest not in _identities]
    if missing:
        query = select(Definition.digest, Definition.source).where(Definition.digest.in_(missing))
        for digest, source in session.execute(query):
            told = deployments.drawn(source).properties
            _identities[digest] = told.get("sop:nomor", ""), told.get("sop:unit", "")
    return _identities


def _row(session: Session, key: str) -> Process:
    process = session.get(Process, key)
    if process is None:
        process = Process(key=key)
        session.add(process)
    return process
