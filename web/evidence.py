"""What holds up later: the seals of the record, and what was submitted as it was submitted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Blueprint, render_template
from flask_login import login_required
from wtforms.form import BaseForm

from bpmn.messages import message
from engine import (
    access,
    cases,
    corrections,
    courses,
    deployments,
    history,
    processing,
    seals,
    values,
)
from engine.errors import NotAllowed, StateDamaged
from engine.models import Person
from engine.signing import PublicKey
from tasks import written_forms
from tasks.fields import make_field
from tasks.persons import Directory
from web import record
from web.record import name_of
from web.visit import database, me, position
from web.words import STANDS_IN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from bpmn.diagram import Node
    from engine.corrections import Corrected
    from engine.history import Submitted
    from engine.models import Seal

area = Blueprint("evidence", __name__)


@dataclass(frozen=True)
class _Shown:
    """A seal as its page shows it."""

    seal: Seal
    count: int
    fingerprint: str


@area.get("/evidence")
@login_required
def page() -> str:
    """The seals, newest first, with the key that signed them."""
    if not access.may_read_journal(me()):
        raise NotAllowed(message("Halaman ini untuk auditor dan administrator."))
    with database().read() as session:
        found = seals.page(session, position("before"))
        newest, unsealed = seals.newest(session), seals.count_unsealed(session)
    return render_template(
        "evidence.html",
        seals=_shown(found),
        newest=next(iter(_shown([newest])), None) if newest else None,
        unsealed=unsealed,
        size=seals.PAGE,
    )


@area.get("/cases/<int:instance_id>/steps/<int:item_id>")
@login_required
def step(instance_id: int, item_id: int) -> str:
    """What was submitted at a step, in the form as it was, and whether it still is that."""
    with database().read() as session:
        case = cases.case(session, me(), instance_id)
        found = history.submitted(session, instance_id, item_id)
        diagram = deployments.program_of(database(), case).diagram
        course = courses.of_case(session, instance_id, diagram)
        behalf = _behalf(session, found)
        corrected = corrections.of_case(session, instance_id).get(item_id, [])
    processing.note(database(), me(), case.subject_id, instance_id, processing.VIEWED)
    node, given = course.node(found.item), _read(found.submission.data)
    return render_template(
        "submitted.html",
        case=case,
        submitted=found,
        node=node,
        name=name_of(node),
        names=course.names,
        version=course.version(found.item) or case.definition.version,
        fields=_filled(node, given),
        corrections=record.corrections(node, _since(given, corrected), corrected),
        behalf=behalf,
        may_correct=case.ended_at is None and access.may_correct(me(), case),
    )


def _filled(node: Node, given: dict[str, Any]) -> list[Any]:
    """The fields of a form as they are drawn, with what was submitted and nothing else."""
    directory = Directory(database())
    fields = written_forms.drawn_as(node, given).form
    form = BaseForm({field.id: make_field(field, directory) for field in fields})
    form.process(None, data=dict(written_forms.fields_of(node, given)))
    return list(form)


def _since(given: dict[str, Any], corrected: Sequence[Corrected]) -> dict[str, Any]:
    """What the answers are by now."""
    for one in corrected:
        given = given | one.new
    return given


def _read(packed: bytes) -> dict[str, Any]:
    """What was kept; nothing of what is damaged, which the page says."""
    try:
        read = values.loads(packed)
    except StateDamaged:
        return {}
    return read if isinstance(read, dict) else {}


def _behalf(session: Session, found: Submitted) -> tuple[str, Any] | None:
    """In whose place it was submitted: a name, and the capacity."""
    told = _read(found.entry.details).get("behalf") if found.entry else None
    person = session.get(Person, told["person"]) if told else None
    return (person.name, STANDS_IN.get(told["as"], told["as"])) if told and person else None


def _shown(found: Sequence[Seal]) -> list[_Shown]:
    bodies = [(seal, seals.Body.of(seal.body)) for seal in found]
    return [
        _Shown(seal, body.count, PublicKey(bytes.fromhex(body.key)).fingerprint)
        for seal, body in bodies
    ]
