"""The groups that diagrams name, for administrators: adding and renaming one, and its members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, render_template, request, url_for

from bpmn.messages import Message, message
from engine import keeping, organisation, people
from engine.errors import InvalidInput, StaleDirectory
from engine.organisation import GroupFacts
from web.errors import status_of
from web.visit import administrators_only, database, go, me, position
from web.words import say

if TYPE_CHECKING:
    from collections.abc import Callable

area = Blueprint("groups", __name__, url_prefix="/groups")
area.before_request(administrators_only)


@area.get("")
def listing() -> str:
    """Every group, with how many people are in it."""
    return _listing()


@area.post("")
def add() -> Any:
    """Adds a group."""
    try:
        code = request.form.get("code", "")
        group_id = organisation.add_group(database(), me(), code, _facts())
    except (InvalidInput, StaleDirectory) as error:
        return _listing(said=error.message), int(status_of(error))
    flash(say(message("Kelompok ditambahkan.")), "done")
    return go(url_for("groups.page", group_id=group_id))


@area.get("/<int:group_id>")
def page(group_id: int) -> str:
    """One group and its members."""
    return _page(group_id)


@area.post("/<int:group_id>")
def change(group_id: int) -> Any:
    """Renames a group."""

    def act() -> None:
        shown = request.form.get("shown", "")
        organisation.change_group(database(), me(), group_id, _facts(), shown)

    return _act(act, group_id, message("Kelompok disimpan."))


@area.post("/<int:group_id>/members")
def join(group_id: int) -> Any:
    """Makes somebody a member, named by NIP or whole name."""

    def act() -> None:
        with database().read() as session:
            person = people.anybody(session, request.form.get("person", ""))
        organisation.join(database(), me(), group_id, person.id)

    return _act(act, group_id, message("Keanggotaan ditambahkan."))


@area.post("/<int:group_id>/members/<int:person_id>/remove")
def part(group_id: int, person_id: int) -> Any:
    """Ends a membership."""
    done = message("Keanggotaan diakhiri.")
    return _act(lambda: organisation.part(database(), me(), group_id, person_id), group_id, done)


def _facts() -> GroupFacts:
    return GroupFacts(request.form.get("name", ""))


def _act(act: Callable[[], None], group_id: int, done: Message) -> Any:
    try:
        act()
    except (InvalidInput, StaleDirectory) as error:
        return _page(group_id, said=error.message, given=request.form), int(status_of(error))
    flash(say(done), "done")
    return go(url_for("groups.page", group_id=group_id))


def _listing(**more: Any) -> str:
    with database().read() as session:
        found = organisation.groups(session)
    return render_template("groups.html", groups=found, given=request.form, **more)


def _page(group_id: int, **more: Any) -> str:
    with database().read() as session:
        group = organisation.group_of(session, group_id)
        members = organisation.members(session, group_id, position("after"))
        shown = keeping.seen(organisation.group_facts(group))
        empty = not people.group_members(session, group_id)
    return render_template(
        "group.html",
        **{"given": None} | more,
        group=group,
        members=members,
        shown=shown,
        empty=empty,
        size=organisation.PAGE,
    )
