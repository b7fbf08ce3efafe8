"""Who may be meant in a field for a person, while one types; by POST, as addresses are logged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request
from flask_login import login_required

from engine import deployments, people, worklist
from web.visit import database, me

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from bpmn.diagram import Node
    from engine.models import Person

area = Blueprint("candidates", __name__)
MOST = 10
FEWEST_LETTERS = 2


@area.post("/tasks/<int:item_id>/people")
@login_required
def found(item_id: int) -> str:
    """The people whose name or NIP contains what was typed, for who fills in such a field."""
    with database().read() as session:
        item = worklist.item(session, me(), item_id)
        node = deployments.program_of(database(), item.instance).diagram.nodes[item.element]
        return offered(session, node if item.status == "open" else None)


def offered(session: Session, node: Node | None) -> str:
    """The people who fit what is being typed into a field for a person of a form, if it has it."""
    drawn = node.form if node else ()
    persons = {field.id: field for field in drawn if field.type == "person"}
    field = persons.get(request.args.get("field", ""))
    if field is None:
        return _shown([])
    code = field.properties.get("unit")
    units = people.units_of(session, code) if code else None
    return named(session, request.form.get("text", ""), units)


def named(session: Session, text: str, units: frozenset[int] | None = None) -> str:
    """The people, of all units or some, who fit what is being typed."""
    is_enough = len(text.strip()) >= FEWEST_LETTERS
    return _shown(people.search(session, text, units=units)[:MOST] if is_enough else [])


def _shown(found: Sequence[Person]) -> str:
    return render_template("_candidates.html", people=found)
