"""Who may be meant in a field for a person, while one types; by POST, as addresses are logged."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_login import login_required

from engine import deployments, people, worklist
from web.visit import database, me

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
        asked = item.status == "open" and any(field.type == "person" for field in node.form)
        text = request.form.get("text", "")
        enough = asked and len(text.strip()) >= FEWEST_LETTERS
        candidates = people.search(session, text)[:MOST] if enough else []
    return render_template("_candidates.html", people=candidates)
