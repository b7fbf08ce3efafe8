"""The staff's pages: the inbox and the task."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_login import login_required

from bpmn.messages import AlurError, Message, message
from engine import absences, deployments, instances, worklist
from engine.errors import NoLongerOpen, StaleInstance, StepFailed, Suspended
from web import files, tables, task_page
from web.cases import startable
from web.errors import status_of
from web.visit import by_script, database, go, me, new_token, position
from web.words import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from web.task_page import Page

area = Blueprint("worklist", __name__)


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
    return render_template("task.html", page=task_page.page(item_id), token=new_token())


@area.post("/tasks/<int:item_id>")
@login_required
def complete(item_id: int) -> Any:
    """Completes a task with the form that was sent; a button of a table only changes the form."""
    sent, refused = files.brought(task_page.task(item_id), request)
    shown = task_page.page(item_id, sent, refused)
    token = request.form.get("token", "")[:64] or new_token()
    pressed = tables.answered(sent, shown.task.form) if shown.item.status == "open" else None
    if isinstance(pressed, Response):
        return pressed
    if pressed is not None:
        return render_template("task.html", page=replace(shown, form=pressed), token=token)
    is_good = shown.form.validate() and not refused
    if shown.item.status == "open" and not is_good:
        return _again(shown, message("Ada isian yang perlu diperbaiki."), 422, token)
    try:
        done = instances.complete(database(), me(), item_id, shown.form.values, token=token)
    except (NoLongerOpen, StaleInstance, StepFailed, Suspended) as error:
        # What was typed stays on the page, whatever happened to the task.
        return _again(task_page.page(item_id, sent), error.message, status_of(error), token)
    flash(say(message("Langkah “{step}” selesai.", step=shown.node.name)), "done")
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


def _again(again: Page, said: Message, status: int, token: str) -> tuple[str, int]:
    return render_template("task.html", page=again, token=token, said=said), int(status)
