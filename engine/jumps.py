"""A case sent back to a step, or past one, by a supervisor: the effect first, then the act.

The open task is closed unfinished and the other step opens anew, for who has its place and with
clocks of its own. Only where the diagram can come to that by itself, and where no step ahead needs
data that only what is passed over would have given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from bpmn.diagram import HUMAN_TASKS
from bpmn.markings import Net
from bpmn.messages import message
from engine import access, clock, ledger, notices, reminders, steps, variables
from engine.errors import Immovable, NoLongerOpen, NotAllowed, NotFound
from engine.history import JUMPED, Fact
from engine.ledger import Act, once_more
from engine.models import Instance, Job, WorkItem
from engine.supervision import require_reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from bpmn.diagram import Node
    from bpmn.markings import Position
    from engine.database import Database
    from engine.ledger import Case
    from engine.people import Actor
    from engine.steps import Situation, Step


@dataclass(frozen=True)
class Jump:
    """What would become of a case: its state, what follows, and the clocks that would stop."""

    here: Start
    act: Act
    step: Step
    stopped: Sequence[Job]


@dataclass(frozen=True)
class Start:
    """An open task that a supervisor may send elsewhere, in its case as it is now."""

    instance: Instance
    case: Case
    item: WorkItem
    before: Situation

    @property
    def targets(self) -> list[Node]:
        """The other steps of the same level that people do."""
        nodes, here = self.before.diagram.nodes, self.before.diagram.nodes[self.item.element]
        return [
            node
            for node in nodes.values()
            if node.kind in HUMAN_TASKS
            and node.scope == here.scope
            and node.id != here.id
            and node.loop is None
        ]


def start(db: Database, session: Session, actor: Actor, instance_id: int, item_id: int) -> Start:
    """Where it would go on from; raises `NotFound`, `NotAllowed`, `NoLongerOpen`, `Suspended`."""
    case = steps.read_case(session, instance_id)
    instance = session.get(Instance, instance_id, options=[joinedload(Instance.subject)])
    item = session.get(WorkItem, item_id)
    if instance is None or item is None or item.instance_id != instance_id:
        raise NotFound(message("Tugas itu tidak ada."))
    if not access.may_supervise(actor, instance):
        raise NotAllowed(message("Ini untuk pengawas unit pegawai yang bersangkutan."))
    if item.status != "open":
        raise NoLongerOpen(message("Tugas ini tidak terbuka lagi."))
    return Start(instance, case, item, steps.situation(db, session, case))


def plan(session: Session, actor: Actor, here: Start, target: str, reason: str = "") -> Jump:
    """What would become of the case; raises `Immovable` and `StepFailed` with why it cannot."""
    before, item = here.before, here.item
    if target not in {node.id for node in here.targets} or before.diagram.nodes[item.element].loop:
        raise Immovable(message("Tugas ini tidak dapat dipindahkan ke langkah itu."))
    require_data(before, item, target)
    fact = Fact(JUMPED, item.element, {"to": target, "visit": item.visit, "reason": reason})
    act = Act.overseeing(actor, here.case.unit_id, clock.now(), fact)
    return effect(session, here, act, target)


def effect(
    session: Session, here: Start, act: Act, target: str, given: dict[str, Any] | None = None
) -> Jump:
    """What becomes of the case when its open task is left for a node, with values that it takes.

    Raises `Immovable` and `StepFailed`.
    """
    before, item = here.before, here.item
    tokens = before.execution.jump(item.task, target, given or {})
    _require_reachable(before, target, tokens)
    step = steps.follow(before, act)
    gone = Job.instance_id == here.case.id, Job.task.in_(step.disarmed)
    stopped = session.scalars(select(Job).where(*gone).order_by(Job.due)).all()
    return Jump(here, act, step, stopped)


@once_more
def jump(
    db: Database, actor: Actor, instance_id: int, item_id: int, target: str, reason: str
) -> None:
    """Sends a case to another step; its new task is told to who has it."""
    said = require_reason(reason)
    with db.read() as session:
        here = start(db, session, actor, instance_id, item_id)
        done = plan(session, actor, here, target, said)
    with db.write() as session:
        write(session, done)


def write(session: Session, done: Jump) -> None:
    """Writes a case as it is then; whoever has a task that opens is told."""
    case, before, at = done.here.case, done.here.before, done.act.at
    ending = steps.ending(before, done.act)
    ledger.append(session, case, done.act, state=before.execution.save(), **ending)
    steps.write(session, case, done.step, done.act)
    opened = {row["task"] for row in done.step.items}
    of_case = WorkItem.instance_id == case.id, WorkItem.task.in_(opened)
    for item in session.scalars(select(WorkItem).where(*of_case)).all():
        told = reminders.performers(session, item)
        notices.tell(session, item, "asked", f"asked.{item.task}", told, at)


def _require_reachable(before: Situation, target: str, tokens: list[Position]) -> None:
    """The diagram can come to what is open then, in some run of its own."""
    net = Net(before.diagram, before.diagram.nodes[target].scope)
    marking = frozenset(tokens)
    if net.markings is None:
        raise Immovable(message("Proses ini terlalu bercabang untuk memeriksa perpindahan."))
    if len(marking) < len(tokens) or marking not in net.markings:
        names = ", ".join(sorted({before.diagram.names[at] for at, _ in marking}))
        said = message("Langkah ini tidak pernah terbuka bersama saja: {steps}.", steps=names)
        raise Immovable(said)


def require_data(
    before: Situation, item: WorkItem, target: str, given: frozenset[str] = frozenset()
) -> None:
    """Raises `Immovable` where a way from a node needs what nobody has given yet."""
    known = given.union(before.execution.data_of(item.task))
    missing = variables.unanswered(before.diagram, target, known)
    if missing:
        raise Immovable(
            message(
                "Langkah berikutnya memerlukan data yang belum diisi: {names}.",
                names=", ".join(missing),
            )
        )
