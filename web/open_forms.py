"""A task with its form, where it is completed beside others or in passing: not on its own page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine import cases, deployments, processing, values, worklist
from engine.errors import NotAllowed
from engine.spiff.execution import Execution
from tasks.surroundings import Surroundings
from tasks.written_forms import Form, form_for
from web.visit import database, me

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.orm import Session
    from werkzeug.datastructures import MultiDict

    from bpmn.diagram import Diagram, Node
    from engine.models import WorkItem


@dataclass(frozen=True)
class OpenForm:
    """A task, its step as drawn, and the form over the data of its case."""

    item: WorkItem
    diagram: Diagram
    form: Form

    @property
    def node(self) -> Node:
        """The step as drawn."""
        return self.diagram.nodes[self.item.element]


def load(
    session: Session,
    items: Sequence[WorkItem],
    sent: Callable[[WorkItem, Node], MultiDict[str, str]] | None = None,
) -> list[OpenForm]:
    """The tasks that nothing keeps the person from, with their forms as sent; says who looked."""
    states = cases.states(session, [item.instance_id for item in items])
    found = [_load(session, item, states[item.instance_id], sent) for item in items]
    forms = [one for one in found if one is not None]
    about = [(one.item.instance.subject_id, one.item.instance_id) for one in forms]
    processing.note_all(database(), me(), about, processing.WORKED)
    return forms


def _load(
    session: Session,
    item: WorkItem,
    state: bytes,
    sent: Callable[[WorkItem, Node], MultiDict[str, str]] | None,
) -> OpenForm | None:
    program = deployments.program_of(database(), item.instance)
    node = program.diagram.nodes[item.element]
    try:
        worklist.require_apart(session, me(), item, program.diagram)
    except NotAllowed:  # what one may not do one does not see either
        return None
    data = Execution.load(program, state).data_of(item.task) if item.status == "open" else {}
    draft = values.loads(item.draft) if item.draft else None
    around = Surroundings(database(), item.instance_id, item.id, item.instance.subject_id)
    form = form_for(node, data, sent(item, node) if sent else None, draft, around)
    return OpenForm(item, program.diagram, form)
