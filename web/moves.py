"""Taking running cases over to another version: what would become of each, the order, what came.

An analyst sees numbers of cases, their steps and due times, and nobody's name or answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Blueprint, render_template, request, url_for

from bpmn.counterparts import choices
from bpmn.messages import AlurError, message
from engine import deployments, fates, moves
from tasks.handlers import HANDLERS
from web.errors import status_of
from web.visit import analysts_only, database, go, me, position, settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from bpmn.diagram import Diagram, Node
    from bpmn.messages import Message
    from engine.models import Definition
    from engine.moves import Group, Planned
    from engine.transfers import Passage, Versions

area = Blueprint("moves", __name__, url_prefix="/processes")
area.before_request(analysts_only)
MAP = "map:"  # before the id of an element that the analyst maps
SHOWN = 20  # groups of cases
NOWHERE = "-"
DUES = {
    "due_at": message("Waktu"),
    "wait_due_at": message("batas menunggu"),
    "deadline_at": message("tenggat"),
}


@dataclass(frozen=True)
class _Mapped:
    """An open step of the old version: what may stand for it, and what does."""

    node: Node
    choices: list[Node]
    chosen: str | None


@dataclass(frozen=True)
class _Plan:
    """What is shown before cases are moved."""

    between: Versions
    old: Diagram
    new: Diagram
    mapped: list[_Mapped]
    groups: list[tuple[Group, Planned]]
    cases: list[Planned]


@area.get("/<int:definition_id>/move")
def plan(definition_id: int) -> Any:
    """The versions to choose from and, when one is chosen, what would become of each case."""
    return _page(definition_id, request.args)


@area.post("/<int:definition_id>/move")
def order(definition_id: int) -> Any:
    """Has the chosen cases taken over."""
    some = request.form.get("which") != "all"
    chosen = request.form.getlist("case", type=int) if some else None
    try:
        with database().read() as session:
            to = request.form.get("to", 0, type=int)
            between = moves.versions(database(), session, definition_id, to, _map(request.form))
        made = moves.order(
            database(), me(), between, chosen, request.form.get("note", ""),
            topics=HANDLERS, second=settings().second_approval,
        )  # fmt: skip
    except AlurError as error:
        return _page(definition_id, request.form, error.message), int(status_of(error))
    return go(url_for("moves.one", move_id=made))


@area.get("/moves/<int:move_id>")
def one(move_id: int) -> str:
    """How far a move is, and what came of each case."""
    with database().read() as session:
        move, old, new = moves.found(session, move_id)
        counts = moves.CASES.counts(session, [move_id])[move_id]
        cases = moves.CASES.page(session, move_id, position("after") or 0)
    return render_template(
        "move.html", move=move, old=old, new=new, counts=counts, cases=cases, size=fates.PAGE
    )


def _page(definition_id: int, given: Mapping[str, str], said: Message | None = None) -> str:
    try:
        to = int(given.get("to", ""))
    except ValueError:
        to = 0
    with database().read() as session:
        old = deployments.definition(session, definition_id)
        others = moves.others(session, old)
        in_force = deployments.in_force(session, old.key)
        drawn = None
        if any(version.id == to for version in others):
            try:
                drawn = _plan(session, old, to, _map(given))
            except AlurError as error:
                said = said or error.message
        going, past = moves.count_going(session, old.id), moves.of_version(session, old.id)
    return render_template(
        "move_plan.html",
        version=old,
        others=others,
        to=to,
        in_force=in_force,
        going=going,
        past=past,
        plan=drawn,
        given=given,
        said=said,
        size=fates.PAGE,
        nowhere=NOWHERE,
        maps={name: value for name, value in given.items() if name.startswith(MAP) and value},
        dues=_dues,
    )


def _plan(session: Session, old: Definition, to: int, chosen: Mapping[str, str]) -> _Plan:
    between = moves.versions(database(), session, old.id, to, chosen)
    groups = moves.groups(session, old.id)[:SHOWN]
    route = between.route(moves.called_by(session, groups[0].example) if groups else None)
    drawn, new = route.old.diagram, route.new.diagram
    elements = sorted({e for group in groups for e in group.elements if e in drawn.nodes})
    mapped = [
        _Mapped(drawn.nodes[e], choices(drawn.nodes[e], new), route.mapping.get(e))
        for e in elements
    ]
    shown = [(group, moves.planned(session, between, group.example)) for group in groups]
    page = moves.page(session, old.id, position("after") or 0)
    cases = [moves.planned(session, between, instance_id) for instance_id in page]
    return _Plan(between, drawn, new, mapped, shown, cases)


def _map(given: Mapping[str, str]) -> dict[str, str]:
    """Which elements the analyst has mapped; those that nothing stands for, too."""
    return {
        name.removeprefix(MAP): element
        for name, element in given.items()
        if name.startswith(MAP) and element
    }


def _dues(passage: Passage) -> Sequence[tuple[Message, Any, Any]]:
    """What is due at another time: of which clock, before and after."""
    changed = ((name, passage.changes.get(name)) for name in DUES if name in passage.changes)
    return [(DUES[name], getattr(passage.item, name), after) for name, after in changed]
