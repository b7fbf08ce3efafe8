"""How a case is written: every row of an act, under the version of its instance that was read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache, wraps
from itertools import groupby
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from sqlalchemy import bindparam, insert, null, select, text, update

from bpmn.messages import message
from engine import history, measures
from engine.database import dialect, inserting, prove
from engine.errors import DatabaseLost, StaleInstance
from engine.history import Fact, Head
from engine.models import HistoryEntry, Incident, Instance, Role, Submission, WorkItem
from engine.statements import send, send_rows, send_together

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import CursorResult
    from sqlalchemy.orm import Session

    from engine.database import Database
    from engine.people import Actor
    from engine.timers import Row

P = ParamSpec("P")
R = TypeVar("R")
Seat = tuple[int | None, int | None]  # (person, group) of a place
Write = Callable[[Any], None]  # what is left of an act once it was read, given a `Session`
MAX_TOKEN = 64

_CASE, _ENTRY, _ITEM = Instance.__table__.c, HistoryEntry.__table__.c, WorkItem.__table__.c
# What is changed is told by the names of the parameters.
_ADVANCE = update(Instance.__table__).where(
    _CASE.id == bindparam("case"), _CASE.version == bindparam("read")
)
_RECORD = insert(HistoryEntry.__table__).inline()
_RECORDED = select(_ENTRY.seq).where(
    *(_ENTRY[name] == bindparam(name) for name in ("instance_id", "seq", "hash"))
)
_CHANGE = update(WorkItem.__table__).where(_ITEM.id == bindparam("item"))
_SUBMIT = insert(Submission.__table__).inline()
# What opening a task begins with; what closing one leaves as it was, and what it writes.
_COUNTED = {"waited": 0, "worked": 0, "draft_revision": 0, "counted": False}
_KEPT = (
    "instance_id", "task", "element", "place", "visit", "group_id", "opened_at", "waited", "worked",
)  # fmt: skip
_CLOSING = (
    "status", "person_id", "taken_up_at", "closed_at", "closed_by", "performed_at", "since",
    "waited", "worked",
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """What a step reads of its instance, and the guard it writes under.

    ``unit_id`` is the unit whose working time counts, ``calendar`` the stamp of the calendars,
    ``called`` what the case calls (see `Instance`), ``subject_id`` the employee it is about,
    ``seats`` who fills its places.
    """

    id: int
    version: int
    head: Head
    digest: str = ""
    state: bytes = b""
    status: str = "running"
    unit_id: int = 0
    called: bytes | None = None
    subject_id: int = 0
    calendar: str = ""
    seats: dict[str, Seat] = field(default_factory=dict)


@dataclass(frozen=True)
class Act:
    """One act to be recorded: who (None: the system), in which capacity, when, and its facts.

    ``behalf`` is in whose place the actor, who stands in for them, acts.
    """

    actor: Actor | None
    capacity: str
    at: datetime
    facts: list[Fact] = field(default_factory=list)
    behalf: int | None = None

    @classmethod
    def overseeing(cls, actor: Actor, unit_id: int, at: datetime, *facts: Fact) -> Act:
        """What a supervisor of a unit does, or who stands in for them; else an administrator."""
        capacity = "supervisor" if unit_id in actor.supervises else "administrator"
        return cls(actor, capacity, at, list(facts), actor.supervises_for.get(unit_id))

    @property
    def person_id(self) -> int | None:
        """Who acts, as the record has it."""
        return self.actor.id if self.actor else None

    @property
    def recorded(self) -> list[Fact]:
        """The facts as the record has them: each says in whose place, and as what, it was done."""
        if self.actor is None or self.behalf is None:
            return self.facts
        said = {"behalf": {"person": self.behalf, "as": self.actor.stands_in[self.behalf]}}
        return [replace(fact, details=fact.details | said) for fact in self.facts]


def once_more(step: Callable[P, R]) -> Callable[P, R]:
    """Runs a step again when another one came between its reading and its writing, or when the
    database was lost: once for each reason.

    Both may come: a commit whose answer is lost may still be under way when the step is run
    again, which then meets itself, and finds at the third run that it has been done.
    """
    took = measures.STEPS.labels(measures.step_name(step))

    @wraps(step)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        reasons: list[type[Exception]] = [StaleInstance, DatabaseLost]
        with took.time():
            while reasons:
                try:
                    return step(*args, **kwargs)
                except tuple(reasons) as error:
                    reasons.remove(type(error))
            return step(*args, **kwargs)

    return run


def carry_out(db: Database, read: Callable[[Session], Write]) -> None:
    """Reads what an act needs, which may refuse it, and writes it then, in one transaction each."""
    with db.read() as session:
        write = read(session)
    with db.write() as session:
        write(session)


def append(session: Session, case: Case, act: Act, **changes: Any) -> None:
    """Writes the act under the version that was read; raises `StaleInstance` when it moved."""
    append_all(session, [(case, act, changes)])


def append_all(session: Session, acts: Sequence[tuple[Case, Act, Row]]) -> None:
    """The same for acts of several cases, all or none; in their order, in which they are locked."""
    entries: list[Row] = []
    advanced: list[Row] = []
    for case, act, changes in acts:
        rows, head = chained(case.id, case.head, act)
        entries += rows
        guard = {"case": case.id, "read": case.version}
        end = {"version": case.version + 1, "last_seq": head.seq, "last_hash": head.hash}
        advanced.append(guard | end | changes)
    for _, alike in groupby(advanced, key=tuple):  # by the names of what changes
        some = list(alike)
        if send(session, _ADVANCE, *some).rowcount != len(some):
            raise StaleInstance(message("Kasus ini baru saja berubah. Muat ulang halaman."))
    record(session, entries)


def chained(instance_id: int, head: Head, act: Act) -> tuple[list[dict[str, Any]], Head]:
    """The history rows of an act, and the chain's new head."""
    return history.chain(
        instance_id, head, act.recorded, at=act.at, person_id=act.person_id, capacity=act.capacity
    )


def record(session: Session, rows: list[dict[str, Any]]) -> None:
    """Inserts history rows; the last of them proves that the transaction was committed."""
    prove(session, _RECORDED, {name: rows[-1][name] for name in ("instance_id", "seq", "hash")})
    send_rows(session, _RECORD, *rows)


def closed(item: WorkItem, actor: Actor, at: datetime, counted: Row) -> Row:
    """The row of a completed task, which stays its person's; completing counts as taking it up."""
    done = counted.get("performed_at", at)
    kept = {name: getattr(item, name) for name in _KEPT}
    return kept | counted | {
        "status": "completed", "closed_at": at, "closed_by": actor.id,
        "person_id": item.person_id or actor.id, "taken_up_at": item.taken_up_at or done,
    }  # fmt: skip


def write_items(session: Session, rows: Sequence[Row]) -> dict[tuple[int, str], int]:
    """Inserts opened tasks and writes a `closed` one over what it was; ids by case and task."""
    if not rows:
        return {}
    blank = dict.fromkeys(name for row in rows for name in row) | _COUNTED
    upsert = _items(dialect(session))
    written = send_together(session, upsert, *(blank | row for row in rows))
    ids = {(row.instance_id, row.task): row.id for row in written}
    asked = [(row["instance_id"], row["task"]) for row in rows]
    return {task: ids[task] for task in asked}  # one that was there is in no answer


@cache
def _items(dialect: str) -> Any:
    """A task that is closed and those that open: of no less work than two, and one way less."""
    new = inserting(dialect, WorkItem.__table__)
    over = {name: new.excluded[name] for name in _CLOSING} | {"draft": null()}
    return new.on_conflict_do_update(
        index_elements=(_ITEM.instance_id, _ITEM.task),
        set_=over,
        where=text("excluded.status = 'completed'"),
    ).returning(_ITEM.instance_id, _ITEM.task, _ITEM.id)


def change(session: Session, item_id: int, **changes: Any) -> None:
    """Changes columns of a work item."""
    send(session, _CHANGE, {"item": item_id} | changes)


def seat(session: Session, instance_id: int, place: str, person_id: int | None) -> None:
    """Gives a place of the case to a person, or back to its group."""
    place_of_case = Role.instance_id == instance_id, Role.place == place
    session.execute(update(Role).where(*place_of_case).values(person_id=person_id))


def seat_open_items(session: Session, instance_id: int, place: str, person_id: int | None) -> None:
    """The same for the open tasks of that place."""
    items = update(WorkItem).where(
        WorkItem.instance_id == instance_id, WorkItem.place == place, WorkItem.status == "open"
    )
    session.execute(items.values(person_id=person_id))


def resolve_incidents(session: Session, item_id: int, at: datetime) -> None:
    """Marks the failures of a task as overcome."""
    failed = Incident.work_item_id == item_id, Incident.resolved_at.is_(None)
    session.execute(update(Incident).where(*failed).values(resolved_at=at, outcome="done"))


def submit(session: Session, item: WorkItem, act: Act, token: str, data: bytes) -> None:
    """Keeps what was submitted, exactly."""
    submit_all(session, [submission(item.instance_id, item.id, act, token, data)])


def submission(instance_id: int, item_id: int, act: Act, token: str, data: bytes) -> Row:
    """What was submitted at a task, to be kept."""
    return {
        "instance_id": instance_id, "work_item_id": item_id, "person_id": act.person_id,
        "at": act.at, "token": token, "data": data,
    }  # fmt: skip


def submit_all(session: Session, rows: Sequence[Row]) -> None:
    """Keeps what was submitted in several cases."""
    send_rows(session, _SUBMIT, *rows)


def keep_failed(
    session: Session, item: WorkItem, actor: Actor, at: datetime, draft: bytes | None, reason: str
) -> None:
    """Keeps a failed step's input and opens an incident, unless the task was closed meanwhile."""
    still_open = update(WorkItem).where(WorkItem.id == item.id, WorkItem.status == "open")
    saved = {"draft": draft, "draft_at": at, "draft_revision": WorkItem.draft_revision + 1}
    kept: CursorResult[Any] = session.execute(still_open.values(**saved))  # type: ignore[assignment]  # an UPDATE's
    if kept.rowcount:
        session.add(
            Incident(
                instance_id=item.instance_id, work_item_id=item.id, element=item.element, at=at,
                person_id=actor.id, reason=reason[:1000],
            )
        )  # fmt: skip


def cancel_open_items(session: Session, instance_id: int, act: Act) -> None:
    """Closes all open tasks of a case that is ended unfinished."""
    open_ones = WorkItem.instance_id == instance_id, WorkItem.status == "open"
    closed = {
        "status": "cancelled", "closed_at": act.at, "closed_by": act.person_id, "since": None,
    }  # fmt: skip
    items = update(WorkItem).where(*open_ones).values(**closed).returning(WorkItem.id)
    for item_id in session.scalars(items).all():
        resolve_incidents(session, item_id, act.at)
