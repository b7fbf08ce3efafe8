"""Going through many tasks one by one: which list it is, where one stands in it, and the next.

All of it is in the address (``process`` and ``step`` name the list, ``since`` when the walk began);
the list itself is asked anew each time, since others take and complete tasks meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, request, url_for
from flask_login import login_required

from bpmn.messages import message
from engine import clock, deployments, worklist
from engine.errors import NotAllowed, NotFound
from engine.worklist import ALL, Part
from web.visit import database, go, me, position
from web.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from engine.models import WorkItem

area = Blueprint("walks", __name__)
MAX_NAME = 100  # characters of a key or an id


@dataclass(frozen=True)
class Walk:
    """Where a task stands in the list that its page goes through.

    ``number`` is None for a task that is not in it; ``more`` is how many others are.
    """

    number: int | None
    total: int
    more: int
    begun: bool
    address: dict[str, Any]


def part_asked() -> Part:
    """The part of somebody's work that the address names."""
    process, step = (request.args.get(name, "")[:MAX_NAME] or None for name in ("process", "step"))
    return Part(process, step)


def of_page(item: WorkItem) -> Walk:
    """The walk on which a task's page is; it begins with the page that was opened first."""
    part, since = _part(item), position("since")
    began = datetime.fromtimestamp(since, UTC) if since is not None else clock.now()
    with database().read() as session:
        ids = worklist.queue(session, me(), part)
        done = worklist.done_since(session, me(), part, began) if since is not None else 0
    return Walk(
        number=done + ids.index(item.id) + 1 if item.id in ids else None,
        total=done + len(ids),
        more=len(ids) - (item.id in ids),
        begun=since is not None,
        address=asked() | {"since": int(began.timestamp())},
    )


def asked() -> dict[str, Any]:
    """What of this request's address names the walk, for the next one."""
    part, since = part_asked(), position("since")
    named = {"process": part.process, "step": part.step, "since": since}
    return {name: value for name, value in named.items() if value is not None}


def behind(item_id: int | None = None) -> dict[str, Any]:
    """What an address holds that is visited on the way to the next task: behind which, and where.

    Without a task, as this request's address has it; empty when it is on no such way.
    """
    after = item_id if item_id is not None else position("after")
    return {} if after is None else {"after": after, **asked()}


def onward() -> str | None:
    """The address by which this request's walk goes on; None when it is on none."""
    after = position("after")
    return None if after is None else url_for("walks.go_on", item_id=after, **asked())


@area.get("/tasks/<int:item_id>/next")
@login_required
def go_on(item_id: int) -> Any:
    """Leads on to the next task of the walk behind one, which may be gone or another's by now."""
    with database().read() as session:
        found = next(_ahead(session, item_id), None)
    if found is None:
        flash(say(message("Tidak ada tugas lain di daftar ini.")), "done")
        return go(url_for("worklist.inbox"))
    return go(url_for("worklist.task", item_id=found, **asked()))


def _ahead(session: Session, item_id: int) -> Iterator[int]:
    """What may be opened behind a task of the walk, then before it.

    A walk over one step that was not asked for goes on with whatever else there is.
    """
    part = part_asked()
    lists = [part if part.process else worklist.step_of(session, item_id), ALL]
    for one in filter(None, lists[: 1 if part.process else 2]):
        for found in _behind(worklist.queue(session, me(), one), item_id):
            if _may_open(session, found):
                yield found


def _behind(ids: list[int], item_id: int) -> list[int]:
    """The list from behind a task on, then from its beginning; it may no longer be in it."""
    if item_id in ids:
        at = ids.index(item_id)
        return ids[at + 1 :] + ids[:at]
    return [i for i in ids if i > item_id] + [i for i in ids if i < item_id]


def _may_open(session: Session, item_id: int) -> bool:
    """Whether nothing keeps who stands in for another from a task of theirs."""
    try:
        item = worklist.item(session, me(), item_id)
        diagram = deployments.program_of(database(), item.instance).diagram
        worklist.require_apart(session, me(), item, diagram)
    except (NotAllowed, NotFound):
        return False
    return True


def _part(item: WorkItem) -> Part:
    """The list that the address names; without one, the same step of the same process."""
    named = part_asked()
    return named if named.process else worklist.part_of(item)
