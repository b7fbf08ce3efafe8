"""Notices: the list of what a person was told, and how many of them are unread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, render_template, url_for
from flask_login import current_user, login_required
from sqlalchemy.exc import SQLAlchemyError

from bpmn.messages import message
from engine import courses, deployments, notices
from engine.errors import DatabaseLost
from tasks.digest import REASONS
from web.visit import database, go, me, position
from web.words import say

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine.models import Instance, WorkItem

area = Blueprint("notices", __name__, url_prefix="/notices")


@area.get("")
@login_required
def page() -> str:
    """What the person was told, newest first."""
    with database().read() as session:
        found = notices.page(session, me().id, position("before"))
        names = {n.id: _step(session, n.instance, n.work_item) for n, _ in found if n.work_item}
    return render_template(
        "notices.html", notices=found, names=names, reasons=REASONS, size=notices.PAGE
    )


@area.get("/<int:notice_id>")
@login_required
def follow(notice_id: int) -> Any:
    """Leads to what a notice is about, which has then been read."""
    with database().write() as session:
        notice = notices.read(session, me().id, notice_id)
    if notice.kind in notices.NEWS:
        return go(url_for("cases.case", instance_id=notice.instance_id))
    return go(url_for("worklist.task", item_id=notice.work_item_id))


@area.post("/read")
@login_required
def read_all() -> Any:
    """Marks all notices as read."""
    with database().write() as session:
        notices.read_all(session, me().id)
    flash(say(message("Semua pemberitahuan sudah dibaca.")), "done")
    return go(url_for("notices.page"))


def _step(session: Session, case: Instance, item: WorkItem) -> str:
    """What the step of a notice is called."""
    diagram = deployments.program_of(database(), case).diagram
    return courses.name(session, case.id, diagram, item.element)


def unread() -> int:
    """How many notices of the person at the browser are unread, for the menu."""
    if not current_user.is_authenticated:
        return 0
    try:
        with database().read() as session:
            return notices.unread(session, me().id)
    except (DatabaseLost, SQLAlchemyError):  # the page itself has what it needs
        return 0
