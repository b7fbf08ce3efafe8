"""Taking running cases over to another version: planned, ordered with a note, done as a job.

Each case is taken over whole or not at all, in a transaction of its own under the version that was
read; what was shown before is planned again at its turn. The office's record has the order and
what came of it, each case's history that it was moved.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, select, update

from bpmn.messages import AlurError, message
from engine import access, clock, deployments, fates, jobs, journal, people, transfers, values
from engine.database import one_at_a_time
from engine.errors import DiagramRefused, InvalidInput, NoLongerOpen, NotFound
from engine.fates import PASSED_ON, REFUSED, Fates
from engine.ledger import once_more
from engine.models import GOING_ON, Definition, Instance, Job, Move, MovedCase, WorkItem
from engine.transfers import Transfer, Versions

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy.orm import Session

    from bpmn.messages import Message
    from engine.database import Database
    from engine.people import Actor

KIND = "move"  # of its jobs
MAX_NOTE = 2_000
CASES = Fates(MovedCase, MovedCase.move_id, MovedCase.instance_id)


@dataclass(frozen=True)
class Planned:
    """What would become of a case: its ``transfer``, or why it cannot be taken over.

    ``elements`` are those of its open tasks.
    """

    instance_id: int
    elements: tuple[str, ...] = ()
    transfer: Transfer | None = None
    refused: Message | None = None

    @property
    def stays(self) -> bool:
        """Whether all its open tasks are the same steps."""
        return self.transfer is not None and all(one.stays for one in self.transfer.passages)


@dataclass(frozen=True)
class Group:
    """Cases that have the same tasks open, as many as ``count``; ``example`` is the first."""

    elements: tuple[str, ...]
    count: int
    example: int


def versions(
    db: Database, session: Session, old_id: int, new_id: int, chosen: Mapping[str, str]
) -> Versions:
    """Two versions of one process; raises `NotFound`, `InvalidInput`, `DiagramRefused`."""
    old = deployments.definition(session, old_id)
    if new_id not in {other.id for other in others(session, old)}:
        raise InvalidInput(message("Pilih versi lain dari proses yang sama."))
    new = deployments.definition(session, new_id)
    return Versions.between(db, session, old, new, chosen)


def others(session: Session, definition: Definition) -> Sequence[Definition]:
    """The other versions of a process, newest first."""
    same = Definition.key == definition.key, Definition.id != definition.id
    return session.scalars(select(Definition).where(*same).order_by(Definition.id.desc())).all()


def count_going(session: Session, definition_id: int) -> int:
    """How many cases follow a version and have not ended."""
    return session.scalar(select(func.count()).where(*_going(definition_id))) or 0


def followed(session: Session, key: str) -> Sequence[tuple[Definition, int]]:
    """The versions of a process that cases follow which have not ended, and how many do."""
    counted = select(Instance.definition_id, func.count().label("n"))
    counted = counted.where(Instance.status.in_(GOING_ON)).group_by(Instance.definition_id)
    going = counted.subquery()
    query = select(Definition, going.c.n).join(going, going.c.definition_id == Definition.id)
    found = session.execute(query.where(Definition.key == key).order_by(Definition.id))
    return [(definition, count) for definition, count in found]


def groups(session: Session, definition_id: int) -> list[Group]:
    """The cases of a version that have not ended, by what is open in them; the most first."""
    opened = WorkItem.instance_id == Instance.id, WorkItem.status == "open"
    query = select(Instance.id, WorkItem.element).join(WorkItem, and_(*opened), isouter=True)
    query = query.where(*_going(definition_id)).order_by(Instance.id)
    elements: dict[int, list[str]] = {}
    for case, element in session.execute(query):
        elements.setdefault(case, []).extend([element] if element else [])
    counted = Counter(tuple(sorted(found)) for found in elements.values())
    first = {tuple(sorted(found)): case for case, found in reversed(elements.items())}
    return [Group(found, count, first[found]) for found, count in counted.most_common()]


def called_by(session: Session, instance_id: int) -> bytes | None:
    """Which versions of other processes a case calls, as `Instance.called` has it."""
    return session.scalar(select(Instance.called).where(Instance.id == instance_id))


def page(session: Session, definition_id: int, after: int) -> Sequence[int]:
    """The cases of a version that have not ended, behind one."""
    query = select(Instance.id).where(*_going(definition_id), Instance.id > after)
    return session.scalars(query.order_by(Instance.id).limit(fates.PAGE)).all()


def planned(session: Session, between: Versions, instance_id: int) -> Planned:
    """What would become of a case now."""
    before = transfers.read(session, instance_id)
    elements = tuple(item.element for item in before.items)
    try:
        plan = transfers.plan(session, between, before, clock.now())
        return Planned(instance_id, elements, plan)
    except PASSED_ON:
        raise
    except AlurError as error:
        return Planned(instance_id, elements, refused=error.message)


def order(
    db: Database,
    actor: Actor,
    between: Versions,
    instance_ids: Collection[int] | None,
    note: str,
    *,
    topics: Collection[str] = deployments.BUILT_IN,
    second: bool = False,
) -> int:
    """Orders that cases (None: all of the version) be taken over; the id of the move.

    Where a ``second`` person agrees to versions, only one that has been in force gets cases.
    Raises `NotAllowed`, `InvalidInput`, `DiagramRefused` when the version may not be put into
    force here, and `NoLongerOpen` while others of its cases are being taken over.
    """
    access.require_analyst(actor)
    note, now = _require_note(note), clock.now()
    with db.read() as session:
        report = deployments.full_report(session, between.new.source, topics)
        wanted = _wanted(session, between.old.id, instance_ids)
        agreed = not second or deployments.has_been_in_force(session, between.new.id)
    if not agreed:
        said = message("Versi itu belum pernah berlaku: analis lain harus menyetujuinya dahulu.")
        raise InvalidInput(said)
    if not report.may_activate:
        raise DiagramRefused(message("Versi itu belum boleh berlaku di sini."), report.findings)
    if not wanted:
        raise InvalidInput(message("Pilih sekurang-kurangnya satu kasus."))
    with db.write() as session:
        one_at_a_time(session)
        _require_none_going(session, between.old.id)
        move = Move(
            from_id=between.old.id, to_id=between.new.id, note=note, person_id=actor.id, at=now,
            mapping=values.dumps(dict(between.chosen)),
        )  # fmt: skip
        session.add(move)
        session.flush()
        CASES.expect(session, move.id, wanted)
        details = values.dumps({"move": move.id})
        jobs.arm(session, [{"kind": KIND, "due": now, "ready": now, "details": details}])
        told = _told(between, move.id) | {"cases": len(wanted)}
        journal.record(session, "move.ordered", told, person_id=actor.id)
        return move.id


def run(db: Database, job: Job) -> None:
    """Takes over the next cases of a move, and leaves the rest to the next lease.

    It may be stopped anywhere: a case that has been taken over is not among the next ones.
    """
    move_id = values.loads(job.details or b"")["move"]
    with db.read() as session:
        move = session.get_one(Move, move_id)
        actor = people.actor(session, move.person_id)
        wanted = CASES.ahead(session, move_id)
    between = _between(db, move)
    if isinstance(between, Versions):
        jobs.each(partial(_take_over, db, move, between, actor), wanted)
    else:
        for instance_id in wanted:
            CASES.refused(db, move.id, instance_id, between)
    CASES.go_on(db, job, move_id, wanted, partial(_end, move))


@once_more
def _take_over(
    db: Database, move: Move, between: Versions, actor: Actor | None, instance_id: int
) -> None:
    """Takes over one case, or notes why not; done again, it does nothing."""
    with db.read() as session:
        plan = planned(session, between, instance_id)
    if plan.transfer is None:
        CASES.refused(db, move.id, instance_id, plan.refused)
        return
    now = clock.now()
    with db.write() as session:
        transfers.write(session, plan.transfer, actor, move.note, now)
        CASES.done(session, move.id, instance_id, "moved")


def _end(move: Move, session: Session, counts: Mapping[str | None, int]) -> None:
    session.execute(update(Move).where(Move.id == move.id).values(ended_at=clock.now()))
    moved, refused = (counts.get(name, 0) for name in ("moved", REFUSED))
    key = session.scalars(select(Definition.key).where(Definition.id == move.to_id)).one()
    told = {"move": move.id, "key": key, "moved": moved, "refused": refused}
    journal.record(session, "move.done", told)


def found(session: Session, move_id: int) -> tuple[Move, Definition, Definition]:
    """A move with the versions from which and to which; raises `NotFound`."""
    move = session.get(Move, move_id)
    if move is None:
        raise NotFound(message("Pemindahan itu tidak ada."))
    old, new = (deployments.definition(session, i) for i in (move.from_id, move.to_id))
    return move, old, new


def of_version(session: Session, definition_id: int) -> Sequence[Move]:
    """The moves from a version, newest first."""
    query = select(Move).where(Move.from_id == definition_id).order_by(Move.id.desc())
    return session.scalars(query.limit(fates.PAGE)).all()


def _between(db: Database, move: Move) -> Versions | Message:
    """The versions of a move, or why the new one cannot be run any more."""
    with db.read() as session:
        try:
            return versions(db, session, move.from_id, move.to_id, values.loads(move.mapping))
        except DiagramRefused as error:
            return error.message


def _wanted(
    session: Session, definition_id: int, instance_ids: Collection[int] | None
) -> Sequence[int]:
    query = select(Instance.id).where(*_going(definition_id)).order_by(Instance.id)
    there = session.scalars(query).all()
    return there if instance_ids is None else [i for i in there if i in set(instance_ids)]


def _require_none_going(session: Session, definition_id: int) -> None:
    going = Move.from_id == definition_id, Move.ended_at.is_(None)
    if session.scalar(select(Move.id).where(*going).limit(1)) is not None:
        raise NoLongerOpen(message("Pemindahan kasus dari versi ini sedang berjalan."))


def _told(between: Versions, move_id: int) -> dict[str, Any]:
    old, new = between.old, between.new
    return {"move": move_id, "key": new.key, "old": old.version, "new": new.version}


def _going(definition_id: int) -> tuple[Any, ...]:
    return Instance.definition_id == definition_id, Instance.status.in_(GOING_ON)


def _require_note(note: str) -> str:
    if not 0 < len(note.strip()) <= MAX_NOTE:
        raise InvalidInput(message("Catatan: 1 sampai {n} huruf.", n=MAX_NOTE))
    return note.strip()
