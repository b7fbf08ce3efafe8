"""The way of a version into force: what it changes, the note, the day, and who else agrees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, render_template, request, url_for

from bpmn.changes import compare
from bpmn.messages import message
from engine import deployments, publications
from engine.errors import DiagramRefused, InvalidInput, NoLongerOpen, StaleDirectory
from engine.publications import Proposal
from tasks.handlers import HANDLERS
from web.errors import status_of
from web.visit import analysts_only, database, go, me, settings
from web.words import office_time, say

if TYPE_CHECKING:
    from datetime import datetime

    from bpmn.messages import Message
    from engine.models import Publication

area = Blueprint("publications", __name__, url_prefix="/processes")
area.before_request(analysts_only)
NOW_HELD = (DiagramRefused, InvalidInput, NoLongerOpen, StaleDirectory)
MARKS = {
    "added": message("ditambahkan"),
    "removed": message("dihapus"),
    "changed": message("berubah"),
    "moved": message("hanya letaknya"),
}
STATES = {
    "asked": message("menunggu persetujuan"),
    "planned": message("menunggu harinya"),
    "done": message("diberlakukan"),
    "refused": message("ditolak"),
    "withdrawn": message("ditarik"),
    "failed": message("gagal pada harinya"),
}


@area.get("/<int:definition_id>/review")
def review(definition_id: int) -> str:
    """What a version changes against the one in force, with both pictures."""
    return _review(definition_id)


@area.post("/<int:definition_id>/publish")
def publish(definition_id: int) -> Any:
    """Puts a version into force, or asks a second person to agree."""
    try:
        over = request.form.get("over", type=int, default=-1)
        asked = Proposal(request.form.get("note", ""), over, _effective())
        made = publications.publish(
            database(), me(), definition_id, asked,
            topics=HANDLERS, second=settings().second_approval,
        )  # fmt: skip
    except NOW_HELD as error:
        return _review(definition_id, said=error.message), int(status_of(error))
    return _back(definition_id, _outcome(made))


@area.post("/publications/<int:publication_id>/approve")
def approve(publication_id: int) -> Any:
    """Another analyst agrees."""
    made = publications.approve(database(), me(), publication_id, topics=HANDLERS)
    return _back(made.definition_id, _outcome(made))


@area.post("/publications/<int:publication_id>/refuse")
def refuse(publication_id: int) -> Any:
    """Another analyst does not agree, with the reason."""
    reason = request.form.get("reason", "")
    made = publications.refuse(database(), me(), publication_id, reason)
    return _back(made.definition_id, message("Pemberlakuan ditolak."))


@area.post("/publications/<int:publication_id>/withdraw")
def withdraw(publication_id: int) -> Any:
    """Takes back what waits."""
    made = publications.withdraw(database(), me(), publication_id)
    return _back(made.definition_id, message("Pemberlakuan ditarik."))


def _effective() -> datetime | None:
    day = request.form.get("day", "").strip()
    return office_time(day, request.form.get("time", "").strip() or "00.00") if day else None


def _outcome(made: Publication) -> Message:
    number = made.definition.version
    if made.state == "asked":
        return message("Versi {n} menunggu persetujuan analis lain.", n=number)
    if made.state == "planned":
        return message("Versi {n} akan berlaku pada harinya.", n=number)
    return message("Versi {n} berlaku untuk kasus baru.", n=number)


def _back(definition_id: int, said: Message) -> Any:
    flash(say(said), "done")
    return go(url_for("deployments.version", definition_id=definition_id))


def _review(definition_id: int, **more: Any) -> str:
    with database().read() as session:
        found = deployments.definition(session, definition_id)
        report = deployments.full_report(session, found.source, HANDLERS)
        over = deployments.in_force(session, found.key)
        before = deployments.drawn(over.source) if over else None
    new = deployments.drawn(found.source)
    compared = compare(before, new) if before else None
    marks = compared.marks if compared else {}
    states = {part: {"state": mark, "label": say(MARKS[mark])} for part, mark in marks.items()}
    return render_template(
        "review.html", version=found, report=report, over=over, diagram=new, compared=compared,
        states=states, second=settings().second_approval, given=request.form, **more,
    )  # fmt: skip
