"""Topics: what registered handlers do for service tasks, which wait, and for messages sent off."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bpmn.messages import message
from engine import arrivals, clock, history, jobs, ledger, steps, values
from engine.errors import BusinessError, NoHandler, StepFailed
from engine.history import Fact
from engine.ledger import Act, once_more

if TYPE_CHECKING:
    from bpmn.diagram import Diagram, Node
    from engine.database import Database
    from engine.models import Job


@dataclass(frozen=True)
class Order:
    """What a handler is asked to do. It may be asked twice: ``key`` is then the same.

    ``data`` are the values of the case at that step, ``details`` what came along with a message,
    ``diagram`` the drawn procedure.
    """

    db: Database
    diagram: Diagram
    key: str
    topic: str
    instance_id: int
    element: str
    work_item_id: int | None
    data: dict[str, Any]
    details: dict[str, Any]


Handler = Callable[[Order], Mapping[str, Any] | None]
Handlers = Mapping[str, Handler]


def call(db: Database, job: Job, handlers: Handlers) -> None:
    """Has a service task done and completes it with the answer; raises what the handler raises."""
    with db.read() as session:
        case = steps.read_case(session, job.instance_id or 0)
        before = steps.situation(db, session, case)
    task = job.task or ""
    if task in before.waiting.services:
        order = _order(db, job, before.diagram, {"key": task}, before.execution.data_of(task))
        try:
            answer = _handler(handlers, order.topic)(order)
        except BusinessError as error:
            _end(db, job, error.given, error.code)
        else:
            _end(db, job, answer or {})
        return
    with db.write() as session:  # a timer has taken the task out of the case
        jobs.finish(session, job)


def deliver(db: Database, job: Job, handlers: Handlers) -> None:
    """Has a message sent off: by the handler of its topic, or to the case that waits for it."""
    if "topic" not in values.loads(job.details or b"{}"):
        arrivals.deliver(db, job)
        return
    with db.read() as session:
        case = steps.read_case(session, job.instance_id or 0)
        diagram = steps.drawn(db, case)
    details = values.loads(job.details or b"{}")
    order = _order(db, job, diagram, details, details.get("data", {}))
    _handler(handlers, order.topic)(order)
    with db.write() as session:
        jobs.finish(session, job)


def _handler(handlers: Handlers, topic: str) -> Handler:
    if topic not in handlers:
        raise NoHandler(message('Layanan "{topic}" belum terpasang di server ini.', topic=topic))
    return handlers[topic]


def _order(
    db: Database, job: Job, diagram: Diagram, details: dict[str, Any], data: dict[str, Any]
) -> Order:
    element = job.element or ""
    return Order(
        db=db,
        diagram=diagram,
        key=details["key"],
        topic=diagram.nodes[element].topic or "",
        instance_id=job.instance_id or 0,
        element=element,
        work_item_id=job.work_item_id,
        data=data,
        details=details,
    )


@once_more
def _end(db: Database, job: Job, answer: Mapping[str, Any], error: str | None = None) -> None:
    """Ends a service task: with its answer, or with an error that the diagram may catch.

    Of the answer enters what the diagram lets in (`alur:gives`).
    """
    with db.read() as session:
        case = steps.read_case(session, job.instance_id or 0)
        before = steps.situation(db, session, case)
        node = before.diagram.nodes[job.element or ""]
        given = {name: answer[name] for name in node.gives if name in answer}
        digest = history.digest(values.dumps(given))
        kind, details = ("service.failed", {"error": error}) if error else ("service.completed", {})
        act = Act(None, "service", clock.now(), [Fact(kind, node.id, details, payload=digest)])
        if error is None:
            _require_whole(node, given)
            before.execution.complete(job.task or "", given)
        else:
            before.execution.fail(job.task or "", error, given)
        step = steps.follow(before, act, idle=frozenset({job.task or ""}))
        state = before.execution.save()
        with db.write(session):
            ledger.append(session, case, act, state=state, **steps.ending(before, act))
            jobs.finish(session, job)
            steps.write(session, case, step, act)


def _require_whole(node: Node, given: Mapping[str, Any]) -> None:
    missing = [name for name in node.gives if name not in given]
    if missing:
        said = message(
            'Layanan "{topic}" tidak memberi "{name}".', topic=node.topic, name=missing[0]
        )
        raise StepFailed(said)
