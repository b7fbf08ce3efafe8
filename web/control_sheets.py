"""Paper and the case: the sheet that goes along, and what scanning its code leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_login import login_required

from bpmn.messages import AlurError, Message, message
from engine import access, cases, deployments, instances, processing, worklist
from tasks.papers import control_sheet
from web import open_forms
from web.errors import status_of
from web.visit import database, go, me, new_token, settings

if TYPE_CHECKING:
    from engine.models import Instance, WorkItem
    from web.open_forms import OpenForm

area = Blueprint("control_sheets", __name__)
# What somebody says who has done a step that is called so.
SAYINGS = {
    "menyerahkan": message("Sudah saya serahkan"),
    "mengembalikan": message("Sudah saya kembalikan"),
    "mengirim": message("Sudah saya kirim"),
    "menerima": message("Sudah saya terima"),
}
DONE = message("Sudah saya kerjakan")


@area.get("/cases/<int:instance_id>/control-sheet.pdf")
@login_required
def sheet(instance_id: int) -> Response:
    """The control sheet of a case, to print."""
    with database().read() as session:
        found = cases.case(session, me(), instance_id)
        seats, work = cases.roles(session, instance_id), cases.work(session, instance_id)
        diagram = deployments.program_of(database(), found).diagram
    processing.note(database(), me(), found.subject_id, instance_id, processing.VIEWED)
    address = settings().public_url + url_for("control_sheets.now", instance_id=instance_id)
    made = control_sheet.pdf(diagram, found, seats, work, address=address, zone=settings().zone)
    named = f'inline; filename="lembar-kendali-{found.number}.pdf"'
    return Response(made, mimetype="application/pdf", headers={"Content-Disposition": named})


@area.get("/cases/<int:instance_id>/now")
@login_required
def now(instance_id: int) -> Any:
    """Where the code leads: the open step for who may do it, the case for who may see it."""
    with database().read() as session:
        found = cases.case(session, me(), instance_id)
        mine = [item for item in cases.work(session, instance_id) if _is_mine(item, found)]
        diagram = deployments.program_of(database(), found).diagram
    if not mine:
        return go(url_for("cases.case", instance_id=instance_id))
    item = min(mine, key=lambda item: (item.person_id is None, item.id))
    handed_over = diagram.nodes[item.element].is_handover
    page = "control_sheets.confirm" if handed_over else "worklist.task"
    return go(url_for(page, item_id=item.id))


@area.get("/tasks/<int:item_id>/handover")
@login_required
def confirm(item_id: int) -> Any:
    """Asks whether a handover is done; once it is, says so."""
    one = _one(item_id)
    if not one.node.is_handover:
        return go(url_for("worklist.task", item_id=item_id))
    return _page(one, new_token())


@area.post("/tasks/<int:item_id>/handover")
@login_required
def complete(item_id: int) -> Any:
    """Records a handover, now."""
    one = _one(item_id, sent=True)
    if not one.node.is_handover:
        return go(url_for("worklist.task", item_id=item_id))
    token = request.form.get("token", "")[:64] or new_token()
    if one.item.status == "open" and not one.form.validate():
        return _page(one, token, message("Ada isian yang perlu diperbaiki.")), 422
    try:
        instances.complete(database(), me(), item_id, one.form.values, token=token)
    except AlurError as error:
        return _page(_one(item_id, sent=True), token, error.message), int(status_of(error))
    return go(url_for("control_sheets.confirm", item_id=item_id))


def _is_mine(item: WorkItem, case: Instance) -> bool:
    works = access.may_work(me(), item.person_id, item.group_id, case.subject_id)
    return item.status == "open" and case.status == "running" and works


def _one(item_id: int, *, sent: bool = False) -> OpenForm:
    """The task with its form; raises `NotFound` or `NotAllowed`."""
    with database().read() as session:
        item = worklist.item(session, me(), item_id)
        diagram = deployments.program_of(database(), item.instance).diagram
        worklist.require_apart(session, me(), item, diagram)
        given = (lambda _item, _node: request.form) if sent else None
        (one,) = open_forms.load(session, [item], given)
    return one


def _page(one: OpenForm, token: str, said: Message | None = None) -> str:
    first = one.node.name.partition(" ")[0].lower()
    return render_template(
        "handover.html",
        item=one.item,
        node=one.node,
        form=one.form,
        token=token,
        saying=SAYINGS.get(first, DONE),
        said=said,
    )
