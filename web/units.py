"""The office's units, for administrators: the tree, adding, renaming and moving one."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, render_template, request, url_for

from bpmn.messages import message
from engine import keeping, organisation, people
from engine.errors import InvalidInput, StaleDirectory
from engine.organisation import UnitFacts
from web.errors import status_of
from web.people import number
from web.visit import administrators_only, database, go, me
from web.words import say

if TYPE_CHECKING:
    from engine.models import Unit

area = Blueprint("units", __name__, url_prefix="/units")
area.before_request(administrators_only)


@area.get("")
def tree() -> str:
    """Every unit below the one above it, with how many people it has."""
    return _tree()


@area.post("")
def add() -> Any:
    """Adds a unit."""
    try:
        organisation.add_unit(database(), me(), request.form.get("code", ""), _facts())
    except (InvalidInput, StaleDirectory) as error:
        return _tree(said=error.message), int(status_of(error))
    flash(say(message("Unit ditambahkan.")), "done")
    return go(url_for("units.tree"))


@area.get("/<int:unit_id>")
def page(unit_id: int) -> str:
    """One unit, to be renamed or moved."""
    return _page(unit_id)


@area.post("/<int:unit_id>")
def change(unit_id: int) -> Any:
    """Renames or moves a unit."""
    shown = request.form.get("shown", "")
    try:
        organisation.change_unit(database(), me(), unit_id, _facts(), shown)
    except (InvalidInput, StaleDirectory) as error:
        return _page(unit_id, said=error.message, given=request.form), int(status_of(error))
    flash(say(message("Unit disimpan.")), "done")
    return go(url_for("units.page", unit_id=unit_id))


def _facts() -> UnitFacts:
    return UnitFacts(request.form.get("name", ""), number("parent"))


def _tree(**more: Any) -> str:
    below: defaultdict[int | None, list[Unit]] = defaultdict(list)
    with database().read() as session:
        units = organisation.units(session)
        counts = organisation.headcounts(session)
    for unit in units:
        below[unit.parent_id].append(unit)
    return render_template(
        "units.html", below=below, units=units, counts=counts, given=request.form, **more
    )


def _page(unit_id: int, **more: Any) -> str:
    with database().read() as session:
        unit = organisation.unit_of(session, unit_id)
        own = people.units_below(session, [unit_id])
        others = [other for other in organisation.units(session) if other.id not in own]
        shown = keeping.seen(organisation.unit_facts(unit))
        count = organisation.headcounts(session).get(unit_id, 0)
    return render_template(
        "unit.html", **{"given": None} | more, unit=unit, units=others, shown=shown, count=count
    )
