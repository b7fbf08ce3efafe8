"""What cases wait for from outside: messages, by name and key, and signals, by name."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from bpmn.messages import message
from engine import expressions
from engine.errors import ExpressionFailed, StepFailed
from engine.models import Subscription

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from engine.spiff.execution import Execution
    from engine.timers import Row

MAX_KEY = 255


def opened(
    execution: Execution, now: Mapping[str, str], before: Mapping[str, str]
) -> Iterator[Row]:
    """The rows of what a case has begun to wait for; raises `StepFailed` for a key that fails."""
    for task in sorted(now.keys() - before.keys()):
        node = execution.program.diagram.nodes[now[task]]
        kind = "signal" if "signal" in node.events else "message"
        key = _key(node.correlation, execution.data_of(task)) if node.correlation else None
        yield {
            "task": task, "element": node.id, "kind": kind, "name": node.reference, "key": key
        }  # fmt: skip


def add(session: Session, rows: Sequence[Row]) -> None:
    """Writes what cases have begun to wait for."""
    if rows:
        session.execute(insert(Subscription), rows)


def drop(session: Session, instance_id: int, tasks: frozenset[str]) -> None:
    """Takes away what a case no longer waits for."""
    if tasks:
        of_tasks = Subscription.instance_id == instance_id, Subscription.task.in_(tasks)
        session.execute(delete(Subscription).where(*of_tasks))


def drop_all(session: Session, instance_id: int) -> None:
    """Takes away what a case that has ended was waiting for."""
    session.execute(delete(Subscription).where(Subscription.instance_id == instance_id))


def of_instance(session: Session, instance_id: int) -> Sequence[Subscription]:
    """What a case waits for."""
    of_case = select(Subscription).where(Subscription.instance_id == instance_id)
    return session.scalars(of_case.order_by(Subscription.element, Subscription.task)).all()


def awaiting(
    session: Session, kind: str, name: str, key: str | None = None
) -> Sequence[Subscription]:
    """Who waits for a message of this name and key, or for a signal."""
    same = Subscription.kind == kind, Subscription.name == name
    query = select(Subscription).where(*same)
    if kind == "message":
        query = query.where(Subscription.key.is_(None) if key is None else Subscription.key == key)
    return session.scalars(query.order_by(Subscription.instance_id, Subscription.task)).all()


def as_key(value: Any) -> str | None:
    """A correlation value as it is compared; raises `StepFailed` for what is no key."""
    if value is None:
        return None
    if not isinstance(value, str | int | Decimal | date) or len(str(value)) > MAX_KEY:
        raise StepFailed(message("Kunci pesan harus teks, bilangan, atau tanggal yang pendek."))
    return str(value)


def _key(expression: str, data: dict[str, Any]) -> str | None:
    try:
        return as_key(expressions.evaluate(expression, data))
    except ExpressionFailed as error:
        raise StepFailed(message("Langkah gagal: {reason}", reason=error.message)) from error
