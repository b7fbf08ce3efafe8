"""What there is to do: the open work of a person and of their groups."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import Date, Integer, and_, bindparam, func, literal, select, union_all
from sqlalchemy.orm import joinedload

from bpmn.messages import Message, message
from engine import absences, access, cases, roles, steps
from engine.errors import NotAllowed, NotFound
from engine.models import Definition, Instance, WorkItem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, CompoundSelect, Select
    from sqlalchemy.orm import Session

    from bpmn.diagram import Diagram
    from engine.people import Actor
    from engine.timers import Row

PAGE = 50
# Conditions, and what is made of them once: every page asks, and to put a question together takes
# as long as its answer.
_OF_PROCESS = WorkItem.instance.has(Instance.definition.has(Definition.key == bindparam("process")))
_OF_STEP = WorkItem.element == bindparam("step")
_GOING = WorkItem.instance.has(Instance.status == "running")
_OWN = WorkItem.person_id == bindparam("person")
_ABSENTS = absences.covers(bindparam("person"), bindparam("day", type_=Date))
_GROUPS = and_(
    WorkItem.group_id.in_(bindparam("groups", expanding=True)), WorkItem.person_id.is_(None)
)


@dataclass(frozen=True)
class Part:
    """A part of somebody's work: of a process (its key), of one step of it; None is any."""

    process: str | None = None
    step: str | None = None

    @property
    def conditions(self) -> tuple[ColumnElement[bool], ...]:
        """What a task must be, to belong to it; to be asked with what is `asked`."""
        asked = (self.process, _OF_PROCESS), (self.step, _OF_STEP)
        return tuple(condition for value, condition in asked if value is not None)

    @property
    def asked(self) -> Row:
        """The parameters of its conditions."""
        return {"process": self.process, "step": self.step}


ALL = Part()


def part_of(item: WorkItem) -> Part:
    """The step of a process that a task, read with its case, belongs to."""
    return Part(item.instance.definition.key, item.element)


@dataclass(frozen=True)
class Pile:
    """How many open tasks of one step of a process somebody can do; ``newest`` is one of them."""

    part: Part
    newest: WorkItem
    count: int


def mine(session: Session, actor: Actor, after: int = 0, part: Part = ALL) -> Sequence[WorkItem]:
    """A person's open tasks, oldest first; the page behind the item ``after``."""
    return _page(session, actor, _OWN, after, part)


def of_my_groups(
    session: Session, actor: Actor, after: int = 0, part: Part = ALL
) -> Sequence[WorkItem]:
    """Open tasks that anyone of the person's groups may take, oldest first."""
    if not actor.groups:
        return []
    return _page(session, actor, _GROUPS, after, part)


def in_place_of(
    session: Session, actor: Actor, after: int = 0, part: Part = ALL
) -> Sequence[WorkItem]:
    """Open tasks of those the person stands in for, oldest first; not what is about themselves."""
    if not actor.stands_in:
        return []
    return _page(session, actor, _ABSENTS, after, part)


def piles(session: Session, actor: Actor) -> list[Pile]:
    """All that a person can do, counted by step, the most first."""
    counted = _counted(bool(actor.stands_in), bool(actor.groups))
    counts = dict(session.execute(counted, _asked(session, actor)).all())
    newest = session.scalars(_ITEMS, {"items": list(counts)}).all()
    found = [Pile(part_of(item), item, counts[item.id]) for item in newest]
    return sorted(found, key=lambda pile: (-pile.count, pile.part.process, pile.part.step))


def queue(session: Session, actor: Actor, part: Part) -> list[int]:
    """What a person can go through one by one: their own, then others', then their groups'.

    Nothing of a suspended case, of which nothing can be completed.
    """
    ordered = _queue(bool(actor.stands_in), bool(actor.groups), *part.conditions)
    return list(session.scalars(ordered, _asked(session, actor, part)))


def done_since(session: Session, actor: Actor, part: Part, since: datetime) -> int:
    """How many tasks of a part somebody has completed since then."""
    mine = WorkItem.closed_by == actor.id, WorkItem.status == "completed"
    counted = select(func.count(WorkItem.id)).where(*mine, WorkItem.closed_at >= since)
    return session.scalar(counted.where(*part.conditions), part.asked) or 0


def step_of(session: Session, item_id: int) -> Part | None:
    """The step of a process that any task belongs to; None for none."""
    found = session.scalar(_with_case(select(WorkItem)).where(WorkItem.id == item_id))
    return part_of(found) if found is not None else None


def of_step(session: Session, actor: Actor, part: Part, ids: Sequence[int]) -> list[WorkItem]:
    """Those tasks that are of that step and that a person does or did, with their cases."""
    found = session.scalars(_ITEMS.where(*part.conditions), {"items": ids, **part.asked})
    mine = {item.id: item for item in found if _is_for(actor, item)}
    return [mine[item_id] for item_id in ids if item_id in mine]


def item(session: Session, actor: Actor, item_id: int) -> WorkItem:
    """A task with its case and the state of that, for who does or did it.

    Raises `NotFound` or `NotAllowed`.
    """
    found = session.scalar(_ITEM, {"item": item_id})
    if found is None:
        raise NotFound(message("Tugas itu tidak ada."))
    if not _may_open(session, actor, found):
        raise NotAllowed(_elsewhere(found, actor))
    return found


def require_apart(session: Session, actor: Actor, item: WorkItem, diagram: Diagram) -> None:
    """What `alur:distinct` keeps a substitute from doing they do not see either.

    Raises `NotAllowed`.
    """
    if item.status == "open" and item.person_id in actor.stands_in:
        held = roles.Held(item.instance_id, diagram, steps.seats(session, item.instance_id))
        roles.require_apart(session, held, item.place, actor, for_holder=item.person_id)


def _elsewhere(item: WorkItem, actor: Actor) -> Message:
    """With whom a task is, for the people of its group."""
    if item.group_id in actor.groups and item.status != "open":
        return cases.closing(item, item.closer)
    if item.group_id in actor.groups and item.person is not None:
        return message("Tugas ini sudah diambil oleh {name}.", name=item.person.name)
    return message("Tugas ini bukan milik Anda.")


def _is_for(actor: Actor, item: WorkItem) -> bool:
    """Whether a task is one that somebody does or did."""
    return _may_work(actor, item) or item.closed_by == actor.id


def _may_work(actor: Actor, item: WorkItem) -> bool:
    return access.may_work(actor, item.person_id, item.group_id, item.instance.subject_id)


def _may_open(session: Session, actor: Actor, item: WorkItem) -> bool:
    """Whoever is to do an open task fills its place in the case, and so may see it."""
    if item.status == "open" and _may_work(actor, item):
        return True
    return _is_for(actor, item) and cases.may_see(session, actor, item.instance)


def _asked(session: Session, actor: Actor, part: Part = ALL) -> Row:
    """The parameters of the conditions on what somebody can do."""
    return {
        "person": actor.id, "day": absences.today(session), "groups": sorted(actor.groups),
    } | part.asked  # fmt: skip


def _page(
    session: Session, actor: Actor, whose: ColumnElement[bool], after: int, part: Part
) -> Sequence[WorkItem]:
    asked = _asked(session, actor, part) | {"after": after, "size": PAGE}
    return session.scalars(_behind(whose, *part.conditions), asked).all()


@cache
def _behind(*conditions: ColumnElement[bool]) -> Select[WorkItem]:
    query = _with_case(select(WorkItem)).where(WorkItem.status == "open", *conditions)
    query = query.where(WorkItem.id > bindparam("after"))
    return query.order_by(WorkItem.id).limit(bindparam("size", type_=Integer))


def _in_turn(
    stands_in: bool, has_groups: bool, *conditions: ColumnElement[bool]
) -> CompoundSelect[tuple[int, int]]:
    """The ids of what a person can do, each with its ``turn``: own, stood in for, the groups'.

    One question each, since each has an index of its own.
    """
    whose = [_OWN, *([_ABSENTS] if stands_in else []), *([_GROUPS] if has_groups else [])]
    return union_all(
        *(
            select(WorkItem.id, literal(turn).label("turn")).where(
                WorkItem.status == "open", of_whom, *conditions
            )
            for turn, of_whom in enumerate(whose)
        )
    )


@cache
def _counted(stands_in: bool, has_groups: bool) -> Select[int, int]:
    work = _in_turn(stands_in, has_groups).subquery()
    counted = select(func.max(WorkItem.id), func.count()).select_from(work)
    counted = counted.join(WorkItem, WorkItem.id == work.c.id).join(WorkItem.instance)
    return counted.join(Instance.definition).group_by(Definition.key, WorkItem.element)


@cache
def _queue(stands_in: bool, has_groups: bool, *conditions: ColumnElement[bool]) -> Select[int]:
    work = _in_turn(stands_in, has_groups, *conditions, _GOING).subquery()
    return select(work.c.id).order_by(work.c.turn, work.c.id)


def _with_case(query: Select[WorkItem]) -> Select[WorkItem]:
    case = joinedload(WorkItem.instance)
    return query.options(
        case.joinedload(Instance.definition),
        case.joinedload(Instance.subject),
        joinedload(WorkItem.group),
        joinedload(WorkItem.person),
    )


_ITEMS = _with_case(select(WorkItem)).where(WorkItem.id.in_(bindparam("items", expanding=True)))
_ITEM = (
    _with_case(select(WorkItem))
    .options(joinedload(WorkItem.closer), joinedload(WorkItem.instance).undefer(Instance.state))
    .where(WorkItem.id == bindparam("item"))
)
