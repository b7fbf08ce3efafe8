"""What there is to do: the open work of a person and of their groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from bpmn.messages import Message, message
from engine import absences, access, cases, roles, steps
from engine.errors import NotAllowed, NotFound
from engine.models import Instance, WorkItem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from bpmn.diagram import Diagram
    from engine.people import Actor

PAGE = 50


def mine(session: Session, actor: Actor, after: int = 0) -> Sequence[WorkItem]:
    """A person's open tasks, oldest first; the page behind the item ``after``."""
    return session.scalars(_page(after).where(WorkItem.person_id == actor.id)).all()


def of_my_groups(session: Session, actor: Actor, after: int = 0) -> Sequence[WorkItem]:
    """Open tasks that anyone of the person's groups may take, oldest first."""
    if not actor.groups:
        return []
    theirs = WorkItem.group_id.in_(actor.groups), WorkItem.person_id.is_(None)
    return session.scalars(_page(after).where(*theirs)).all()


def in_place_of(session: Session, actor: Actor, after: int = 0) -> Sequence[WorkItem]:
    """Open tasks of those the person stands in for, oldest first; not what is about themselves."""
    if not actor.stands_in:
        return []
    theirs = absences.covers(actor.id, absences.today(session))
    return session.scalars(_page(after).where(theirs)).all()


def item(session: Session, actor: Actor, item_id: int) -> WorkItem:
    """A task with its case, for who does or did it; raises `NotFound` or `NotAllowed`."""
    query = _with_case(select(WorkItem)).options(joinedload(WorkItem.closer))
    found = session.scalar(query.where(WorkItem.id == item_id))
    if found is None:
        raise NotFound(message("Tugas itu tidak ada."))
    works = access.may_work(actor, found.person_id, found.group_id, found.instance.subject_id)
    works = works or found.closed_by == actor.id
    if not works or not cases.may_see(session, actor, found.instance):
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
    if item.group_id in actor.groups and item.closer is not None:
        return message("Tugas ini sudah diselesaikan oleh {name}.", name=item.closer.name)
    if item.group_id in actor.groups and item.person is not None:
        return message("Tugas ini sudah diambil oleh {name}.", name=item.person.name)
    return message("Tugas ini bukan milik Anda.")


def _page(after: int) -> Select[WorkItem]:
    query = _with_case(select(WorkItem)).where(WorkItem.status == "open", WorkItem.id > after)
    return query.order_by(WorkItem.id).limit(PAGE)


def _with_case(query: Select[WorkItem]) -> Select[WorkItem]:
    case = joinedload(WorkItem.instance)
    return query.options(
        case.joinedload(Instance.definition),
        case.joinedload(Instance.subject),
        joinedload(WorkItem.group),
        joinedload(WorkItem.person),
    )
