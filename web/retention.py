"""The administrators' page of how long ended cases are kept, process by process."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for

from bpmn.messages import Message, message
from engine import retention
from engine.errors import InvalidInput
from web.errors import status_of
from web.visit import administrators_only, database, go, me
from web.words import say

area = Blueprint("retention", __name__, url_prefix="/retention")
area.before_request(administrators_only)
# Days of each, rounded up: what is to be kept for a year is never deleted a day too soon.
UNITS = {"years": 366, "months": 31, "days": 1}
FOR_EVER = "ever"


@area.get("")
def page() -> str:
    """How long the ended cases of each process are kept."""
    return _page()


@area.post("/<key>/preview")
def preview(key: str) -> Any:
    """What a limit would delete now, before it is set."""
    try:
        return _preview(key, _days())
    except InvalidInput as error:
        return _page(error.message), int(status_of(error))


@area.post("/<key>")
def save(key: str) -> Any:
    """Sets a limit; how many cases it deletes at once is to be typed."""
    try:
        days = _days()
        with database().write() as session:
            retention.set_limit(session, me(), key, days, _number("confirmed", least=0))
    except InvalidInput as error:
        return _again(key, error), int(status_of(error))
    flash(say(message("Masa simpan ditetapkan.")), "done")
    return go(url_for("retention.page"))


def _again(key: str, error: InvalidInput) -> str:
    try:
        return _preview(key, _days(), error.message)
    except InvalidInput as wrong:
        return _page(wrong.message)


def _preview(key: str, days: int | None, said: Message | None = None) -> str:
    with database().read() as session:
        effect = retention.effect(session, me(), key, days)
        name = retention.processes(session)[key]
    return render_template(
        "retention_preview.html",
        key=key,
        name=name,
        days=days,
        effect=effect,
        given=request.form,
        said=said,
    )


def _page(said: Message | None = None) -> str:
    with database().read() as session:
        processes = retention.processes(session)
        limits = retention.limits(session)
    return render_template("retention.html", processes=processes, limits=limits, said=said)


def _days() -> int | None:
    unit = request.form.get("unit", "")
    if unit == FOR_EVER:
        return None
    if unit not in UNITS:
        raise InvalidInput(message("Pilih satuan masa simpan."))
    return _number("amount", least=1) * UNITS[unit]


def _number(name: str, least: int) -> int:
    text = request.form.get(name, "").strip()
    if not (text.isascii() and text.isdecimal() and len(text) <= 9) or int(text) < least:
        raise InvalidInput(message("Tulis angka bulat, misalnya 5."))
    return int(text)
