"""The staff's pages: the inbox and the task."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_login import login_required

from bpmn.messages import AlurError, Message, message
from engine import (
    absences,
    cases,
    deployments,
    history,
    instances,
    logs,
    processing,
    values,
    worklist,
)
from engine.errors import NoLongerOpen, StaleInstance, StepFailed, Suspended
from engine.spiff.execution import Execution
from tasks.surroundings import Surroundings
from tasks.written_forms import Form, form_for, shown
from web import record, tables
from web.cases import startable
from web.errors import status_of
from web.visit import by_script, database, go, me, new_token, position
from web.words import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.datastructures import MultiDict

    from bpmn.diagram import Diagram, Node
    from engine.models import WorkItem
    from tasks.forms import Shown

area = Blueprint("worklist", __name__)


@dataclass(frozen=True)
class _Page:
    """A task as its page shows it."""

    item: WorkItem
    diagram: Diagram
    node: Node
    form: Form
    past: list[record.Step]
    states: dict[str, Any]
    anew: Callable[[MultiDict[str, str]], Form]

    @property
    def unsent(self) -> list[tuple[str | Message, Shown]]:
        """What was typed into a form that could no longer be sent."""
        return shown(self.node, self.form.values)


@area.get("/")
@login_required
def inbox() -> str:
    """My tasks, and those of my groups."""
    after = position("after") or 0
    group_after = position("group-after") or 0
    with database().read() as session:
        mine = worklist.mine(session, me(), after)
        groups = worklist.of_my_groups(session, me(), group_after)
        in_place_of = worklist.in_place_of(session, me(), position("place-after") or 0)
        standing_in = absences.present(session, [me().id])
        may_start = bool(startable(session))
    drawn = {
        item.id: deployments.program_of(database(), item.instance).diagram
        for item in (*mine, *in_place_of, *groups)
    }
    return render_template(
        "inbox.html",
        mine=mine,
        groups=groups,
        in_place_of=in_place_of,
        standing_in=standing_in,
        me=me(),
        drawn=drawn,
        may_start=may_start,
        size=worklist.PAGE,
    )


@area.get("/tasks/<int:item_id>")
@login_required
def task(item_id: int) -> str:
    """One task: what is to be done, its form, and what came before."""
    return render_template("task.html", page=_page(item_id), token=new_token())


@area.post("/tasks/<int:item_id>")
@login_required
def complete(item_id: int) -> Any:
    """Completes a task with the form that was sent; a button of a table only changes the form."""
    token = request.form.get("token", "")[:64] or new_token()
    page = _page(item_id, sent=True)
    pressed = tables.answered(request.form, page.anew) if page.item.status == "open" else None
    if isinstance(pressed, Response):
        return pressed
    if pressed is not None:
        return render_template("task.html", page=replace(page, form=pressed), token=token)
    if page.item.status == "open" and not page.form.validate():
        return _again(page, message("Ada isian yang perlu diperbaiki."), 422, token)
    try:
        done = instances.complete(database(), me(), item_id, page.form.values, token=token)
    except (NoLongerOpen, StaleInstance, StepFailed, Suspended) as error:
        # What was typed stays on the page, whatever happened to the task.
        return _again(_page(item_id, sent=True), error.message, status_of(error), token)
    flash(say(message("Langkah “{step}” selesai.", step=page.node.name)), "done")
    if done.next_item is not None:
        return go(url_for("worklist.task", item_id=done.next_item))
    return go(url_for("worklist.inbox"))


@area.post("/tasks/<int:item_id>/claim")
@login_required
def claim(item_id: int) -> Any:
    """Takes a task of one's group."""
    return _act(instances.claim, item_id)


@area.post("/tasks/<int:item_id>/release")
@login_required
def release(item_id: int) -> Any:
    """Gives a task back to the group."""
    return _act(instances.release, item_id)


@area.post("/tasks/<int:item_id>/take-up")
@login_required
def take_up(item_id: int) -> Any:
    """Begins the work ("Mulai"); the page's script keeps what has been typed already."""
    if not by_script():
        return _act(instances.take_up, item_id)
    instances.take_up(database(), me(), item_id)
    with database().read() as session:
        item = worklist.item(session, me(), item_id)
    return render_template("_facts.html", item=item)


def _act(act: Callable[..., int], item_id: int) -> Any:
    try:
        act(database(), me(), item_id)
    except AlurError as error:
        flash(say(error.message), "error")
        return go(url_for("worklist.inbox"))
    if act is instances.release:
        return go(url_for("worklist.inbox"))
    return go(url_for("worklist.task", item_id=item_id))


def _again(page: _Page, said: Message, status: int, token: str) -> tuple[str, int]:
    return render_template("task.html", page=page, token=token, said=said), int(status)


def _page(item_id: int, *, sent: bool = False) -> _Page:
    with database().read() as session:
        item = worklist.item(session, me(), item_id)
        logs.learn(instance=item.instance_id)
        work = cases.work(session, item.instance_id)
        submitted = history.submissions(session, item.instance_id)
        state = cases.state(session, item.instance_id)
        program = deployments.program_of(database(), item.instance)
        diagram = program.diagram
        worklist.require_apart(session, me(), item, diagram)
    act = processing.WORKED if item.status == "open" else processing.VIEWED
    processing.note(database(), me(), item.instance.subject_id, item.instance_id, act)
    node = diagram.nodes[item.element]
    if item.status == "open":
        data = Execution.load(program, state).data_of(item.task)
    else:
        data = submitted.get(item.id, {})
    draft = values.loads(item.draft) if item.draft else submitted.get(item.id)
    around = Surroundings(database(), item.instance_id, item.id, item.instance.subject_id)

    def anew(typed: MultiDict[str, str] | None) -> Form:
        return form_for(node, data, typed, draft, around)

    past = record.steps(diagram, [w for w in work if w.id != item.id], submitted)
    states = record.states(diagram, work, item.instance.status)
    form = anew(request.form if sent else None)
    return _Page(item, diagram, node, form, past, states, anew)
