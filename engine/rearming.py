"""Arming what running cases wait for and no job is there for: after an upgrade, or a repair."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import select

from engine import clock, jobs, ledger, steps
from engine.history import Fact
from engine.ledger import Act, once_more
from engine.models import Instance, Job, WorkItem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.database import Database
    from engine.steps import Situation
    from engine.timers import Row

PAGE = 200


def rearm(db: Database, job: Job) -> None:
    """Goes through all running cases, oldest first, and then is done."""
    jobs.each(partial(_rearm_case, db), _running(db))
    with db.write() as session:
        jobs.finish(session, job)


def _running(db: Database) -> Iterator[int]:
    query = select(Instance.id).where(Instance.status == "running").order_by(Instance.id)
    page: Sequence[int] = [0]
    while page:
        with db.read() as session:
            page = session.scalars(query.where(Instance.id > page[-1]).limit(PAGE)).all()
        yield from page


@once_more
def _rearm_case(db: Database, instance_id: int) -> None:
    with db.read() as session:
        case = steps.read_case(session, instance_id)
        if case.status != "running":
            return
        before = steps.situation(db, session, case)
        of_case = select(WorkItem).where(WorkItem.instance_id == instance_id)
        items = {i.task: i for i in session.scalars(of_case.where(WorkItem.status == "open"))}
        there = select(Job.kind, Job.task).where(Job.instance_id == instance_id)
        armed = {(kind, task) for kind, task in session.execute(there)}
    act = Act(None, "system", clock.now(), [Fact("timers.armed")])
    timers = {t: e for t, e in before.waiting.timers.items() if ("timer", t) not in armed}
    wanted = *_timers(before, timers, items, act), *_limits(before, items)
    rows = [row for row in wanted if (row["kind"], row["task"]) not in armed]
    if not rows:
        return
    with db.write() as session:
        ledger.append(session, case, act)
        jobs.arm(session, [row | {"instance_id": instance_id} for row in rows])
        for item in items.values():
            if dues := _dues(before, item, rows):
                ledger.change(session, item.id, **dues)


def _dues(before: Situation, item: WorkItem, armed: list[Row]) -> Row:
    """The due columns that what is armed now brings along, or brings nearer."""
    own = [row for row in armed if row["work_item_id"] == item.id]
    new = steps.item_dues(before.diagram, own)
    return {n: min(filter(None, (due, getattr(item, n)))) for n, due in new.items() if due}


def _timers(
    before: Situation, timers: dict[str, str], items: dict[str, WorkItem], act: Act
) -> Iterator[Row]:
    """The jobs of timers whose clocks run, from when they should have been armed."""
    for timer, element in timers.items():
        node, item = before.diagram.nodes[element], items.get(before.execution.host(timer) or "")
        since = act.at if item is None else item.opened_at
        if node.starts_on_take_up:
            if item is None or item.taken_up_at is None:
                continue
            since = item.taken_up_at
        row = before.clocks.timer(node, before.execution.data_of(timer), since)
        yield row | {"task": timer, "element": element, "work_item_id": item and item.id}
        if item is not None and node.is_waktu:
            same = {"task": item.task, "element": item.element, "work_item_id": item.id}
            for around in before.clocks.around(node, row["due"], since):
                yield around | same


def _limits(before: Situation, items: dict[str, WorkItem]) -> Iterator[Row]:
    """The waiting limits of tasks that nobody has taken up."""
    for item in items.values():
        limit = before.clocks.wait_limit(item.element, item.opened_at)
        if limit is not None and item.taken_up_at is None:
            yield limit | {"task": item.task, "element": item.element, "work_item_id": item.id}
