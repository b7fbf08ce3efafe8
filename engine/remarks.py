"""What is added to a case beside its forms, in the name of whom and as what: one guarded act."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn.messages import message
from engine import access, cases, clock, steps
from engine.errors import NoLongerOpen, NotAllowed
from engine.ledger import Act

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine.history import Fact
    from engine.ledger import Case
    from engine.models import Instance
    from engine.people import Actor


def read(session: Session, actor: Actor, instance_id: int) -> tuple[Instance, Case]:
    """A case and its guard for who may add to it; else `NotFound`, `NotAllowed`, `NoLongerOpen`."""
    case = steps.read_case(session, instance_id)
    instance = cases.case(session, actor, instance_id)
    if instance.ended_at is not None:
        raise NoLongerOpen(message("Kasus ini sudah berakhir."))
    if not cases.may_comment(session, actor, instance):
        raise NotAllowed(message("Anda hanya melihat kasus ini."))
    return instance, case


def act(session: Session, actor: Actor, instance: Instance, *facts: Fact) -> Act:
    """What a person adds to a case, in the capacity that they have there."""
    seats = cases.roles(session, instance.id)
    own = next((role.place for role in seats if role.person_id == actor.id), None)
    if own is not None:
        return Act(actor, own, clock.now(), list(facts))
    for role in seats:
        if role.person_id in actor.stands_in and role.person_id != instance.subject_id:
            return Act(actor, role.place, clock.now(), list(facts), role.person_id)
    capacity = "participant"
    if actor.id == instance.starter_id:
        capacity = "starter"
    elif access.may_supervise(actor, instance):
        return Act.overseeing(actor, instance.subject.unit_id, clock.now(), *facts)
    return Act(actor, capacity, clock.now(), list(facts))
