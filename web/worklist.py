"""The staff's pages: the inbox and the task."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_login import login_required

from bpmn.messages import AlurError, Message, message
from engine import absences, deployments, instances, signature_places, worklist
from engine.errors import InvalidInput, NoLongerOpen, StaleInstance, StepFailed, Suspended
from web import files, fresh, performed, tables, task_page, walks
from web.errors import status_of
from web.starts import startable
from web.visit import by_script, database, go, me, new_token, position
from web.words import say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from werkzeug.datastructures import MultiDict

    from engine.instances import Completion
    from web.task_page import Page, Task

area = Blueprint("worklist", __name__)


@area.get("/")
@login_required
def inbox() -> Any:
    """My tasks, and those of my groups; nothing when it is asked whether they have changed."""
    after = position("after") or 0
    group_after = position("group-after") or 0
    part = walks.part_asked()
    with database().read() as session:
        mine = worklist.mine(session, me(), after, part)
        groups = worklist.of_my_groups(session, me(), group_after, part)
        in_place_of = worklist.in_place_of(session, me(), position("place-after") or 0, part)
        piles = worklist.piles(session, me())
        to_sign = signature_places.awaiting(database(), session, me())
        standing_in = absences.present(session, [me().id])
        may_start = bool(startable(session))
    seen = fresh.mark(
        [fresh.of_task(item) for item in (*mine, *in_place_of, *groups)],
        [(pile.newest.id, pile.count) for pile in piles],
        [(on.document.id, sum(place.is_filled for place in on.places)) for on in to_sign],
        [one.id for one in standing_in],
    )
    if fresh.is_seen(seen):
        return fresh.UNCHANGED
    drawn = {
        item.id: deployments.program_of(database(), item.instance).diagram
        for item in (*mine, *in_place_of, *groups, *(pile.newest for pile in piles))
    }
    return render_template(
        "inbox.html",
        mine=mine,
        groups=groups,
        in_place_of=in_place_of,
        standing_in=standing_in,
        to_sign=to_sign,
        me=me(),
        drawn=drawn,
        may_start=may_start,
        piles=piles,
        part=part,
        asked=walks.asked(),
        size=worklist.PAGE,
        seen=seen,
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
    task = task_page.task(item_id)
    sent, refused = files.brought(task, request)
    if request.files:  # which answer fields now
        task = task_page.task(item_id)
    token = request.form.get("token", "")[:64] or new_token()
    pressed = tables.answered(sent, task.form) if task.item.status == "open" else None
    if isinstance(pressed, Response):
        return pressed
    if pressed is not None:
        shown = replace(task_page.page(item_id, sent, refused), form=pressed)
        return render_template("task.html", page=shown, token=token)
    return _completed(task, sent, refused, token)


def _completed(
    task: Task, sent: MultiDict[str, str], refused: Mapping[str, Message], token: str
) -> Any:
    """Completes the task as it was filled in, or shows what is wrong with that."""
    item_id, form = task.item.id, task.form(sent)
    is_good = form.validate() and not refused
    if task.item.status == "open" and not is_good:
        shown = replace(task_page.page(item_id, sent, refused), form=form)
        return _again(shown, message("Ada isian yang perlu diperbaiki."), 422, token)
    try:
        given, at = form.values, performed.sent()
        done = instances.complete(database(), me(), item_id, given, token=token, performed_at=at)
    except (NoLongerOpen, StaleInstance, StepFailed, Suspended, InvalidInput) as error:
        # What was typed stays on the page, whatever happened to the task.
        return _again(task_page.page(item_id, sent), error.message, status_of(error), token)
    flash(say(message("Langkah “{step}” selesai.", step=task.node.name)), "done")
    return _behind(task, done)


def _behind(task: Task, done: Completion) -> Any:
    """Where one goes from a step: to what is to be signed for it, then on as was asked."""
    item_id, goes_on = task.item.id, request.form.get("then") == "next"
    # Who goes on through a list is not held up for what they have passed over before.
    may_sign = not goes_on or "alur:signs" in task.node.properties
    if may_sign and (document_id := _to_be_signed(task)) is not None:
        way = walks.behind(item_id) if goes_on else {}
        return go(url_for("signatures.page", document_id=document_id, **way))
    if goes_on:
        return _go_on(item_id)
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


def _to_be_signed(task: Task) -> int | None:
    """The document that who has just done a step is to sign, also while it is being made."""
    if not any("alur:signs" in node.properties for node in task.diagram.nodes.values()):
        return None
    item = task.item
    with database().read() as session:
        return signature_places.awaited_after(
            database(), session, me(), item.instance_id, item.place
        )


def _act(act: Callable[..., int], item_id: int) -> Any:
    try:
        act(database(), me(), item_id)
    except AlurError as error:
        flash(say(error.message), "error")
        # Somebody was quicker, perhaps: the list goes on.
        return _go_on(item_id) if walks.asked() else go(url_for("worklist.inbox"))
    if act is instances.release:
        return go(url_for("worklist.inbox"))
    return go(url_for("worklist.task", item_id=item_id, **walks.asked()))


def _go_on(item_id: int) -> Any:
    return go(url_for("walks.go_on", item_id=item_id, **walks.asked()))


def _again(again: Page, said: Message, status: int, token: str) -> tuple[str, int]:
    return render_template("task.html", page=again, token=token, said=said), int(status)
