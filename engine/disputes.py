"""An endless disagreement decided by a superior (keberatan): PP 46/2011 has it so for the SKP.

Where a step sends a case back to another's step, and has done so before, the superior of whoever
holds that other step hears both and decides finally: the open task is closed undone, the answer
that the step asks for is theirs, and the case goes on by the way that this answer takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from bpmn.diagram import listed
from bpmn.messages import message
from engine import (
    access,
    cases,
    clock,
    corrections,
    deployments,
    disagreements,
    documents,
    jumps,
    ledger,
    notices,
    steps,
)
from engine.errors import Immovable, InvalidInput, NoLongerOpen, NotAllowed
from engine.history import DECIDED, Fact
from engine.ledger import Act, once_more
from engine.models import Instance, WorkItem
from engine.supervision import require_reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from bpmn.diagram import Diagram, Node
    from engine.corrections import Answers
    from engine.database import Database
    from engine.disagreements import Disagreement
    from engine.jumps import Jump, Start
    from engine.people import Actor

    _Given = Mapping[int, Answers]  # what was submitted, by work item
    Paper = tuple[str, WorkItem]  # a document's kind, and the task that orders it


@dataclass(frozen=True)
class Dispute:
    """A disagreement that a case is in: who may decide it, its sides, and its tasks so far.

    ``rounds`` is how often it was not agreed; ``item`` the open task of a side, None when there is
    none or when it was not sent back before.
    """

    at: Disagreement
    superior_id: int | None
    sides: frozenset[int]
    tasks: list[WorkItem]
    rounds: int
    item: WorkItem | None


@dataclass(frozen=True)
class Hearing:
    """A dispute that somebody may decide now, in its case as it is.

    ``papers`` are made anew by it.
    """

    dispute: Dispute
    here: Start
    papers: Sequence[Paper]


def to_be_decided(
    actor: Actor, case: Instance, diagram: Diagram, work: Sequence[WorkItem], given: _Given
) -> Dispute | None:
    """The dispute that the actor may decide now; asks the database nothing."""
    if not any(item.status == "open" and item.visit > 1 for item in work):
        return None
    found = _open_to(actor, case, diagram, work, given)
    return next((dispute for dispute in found if dispute.item), None)


def hearing(db: Database, session: Session, actor: Actor, instance_id: int) -> Hearing:
    """The dispute of a case; raises `NotFound`, `NotAllowed`, `NoLongerOpen`, `Suspended`."""
    case = steps.read_case(session, instance_id)
    of_case = cases.with_people(select(Instance).where(Instance.id == instance_id))
    instance = session.scalars(of_case).one()
    work, diagram = cases.work(session, instance_id), deployments.program_of(db, instance).diagram
    given = corrections.answers(session, instance_id)
    found = _open_to(actor, instance, diagram, work, given)
    if not found:
        cases.case(session, actor, instance_id)  # whoever may not see it is told no more
        raise NotAllowed(message("Keberatan diputus oleh atasan dari pejabat yang bersangkutan."))
    dispute = next((one for one in found if one.item), None)
    if dispute is None or dispute.item is None:
        raise NoLongerOpen(message("Pada kasus ini tidak ada keberatan yang dapat diputus."))
    here = jumps.Start(instance, case, dispute.item, steps.situation(db, session, case))
    return Hearing(dispute, here, _papers(session, dispute.at.step, here))


def plan(actor: Actor, session: Session, heard: Hearing, way: str, reason: str = "") -> Jump:
    """What would become of the case; raises `InvalidInput`, `Immovable` and `StepFailed`."""
    here, at = heard.here, heard.dispute.at
    before, item = here.before, here.item
    flow = next((flow for flow in at.ways if flow.id == way), None)
    if flow is None:
        raise InvalidInput(message("Pilih putusannya."))
    data = before.execution.data_of(item.task)
    value = disagreements.answer(before.diagram, at, flow, data)
    if value is None:
        raise Immovable(message("Dari diagram tidak terbaca jawaban yang menuju jalan itu."))
    jumps.require_data(before, item, at.gateway.id, frozenset({at.name}))
    details = {
        "name": at.name, "value": value, "way": way, "rounds": heard.dispute.rounds,
        "left": item.element, "visit": item.visit, "reason": reason,
    }  # fmt: skip
    facts = [Fact(DECIDED, at.step.id, details)]
    facts += [Fact(documents.ORDERED, at.step.id, {"kind": kind}) for kind, _ in heard.papers]
    superior = heard.dispute.superior_id
    behalf = superior if superior != actor.id else None
    act = Act(actor, "superior", clock.now(), facts, behalf)
    return jumps.effect(session, here, act, at.gateway.id, {at.name: value})


@once_more
def decide(
    db: Database, actor: Actor, instance_id: int, item_id: int, way: str, reason: str
) -> None:
    """Decides the dispute of a case whose open task was this one; both sides are told."""
    with db.read() as session:
        heard = hearing(db, session, actor, instance_id)
        said = require_reason(reason)
        if heard.here.item.id != item_id:
            raise NoLongerOpen(message("Kasus ini baru saja berubah. Muat ulang halaman."))
        done = plan(actor, session, heard, way, said)
    item, at = heard.here.item, done.act.at
    execution, diagram = heard.here.before.execution, heard.here.before.diagram
    with db.write() as session:
        jumps.write(session, done)
        ledger.change(session, item.id, closed_by=actor.id)
        told = heard.dispute.sides
        notices.tell(session, item, notices.DECIDED, f"decided.{item.task}", told, at)
        for kind, by in heard.papers:
            documents.order(session, instance_id, diagram, [kind], execution.data, at, by)


def _papers(session: Session, step: Node, here: Start) -> list[Paper]:
    """The documents that are made anew, without a signature for the step that was not done.

    Those that it would have ordered, too.
    """
    current = documents.current(session, here.case.id)
    signed = [current[kind] for kind in listed(step.properties.get("alur:signs", ""))
              if kind in current and kind not in step.documents]  # fmt: skip
    by_step = [one for one in signed if one.work_item_id is not None]
    anew = [(one.kind, session.get_one(WorkItem, one.work_item_id)) for one in by_step]
    return anew + [(kind, here.item) for kind in step.documents]


def _open_to(
    actor: Actor, case: Instance, diagram: Diagram, work: Sequence[WorkItem], given: _Given
) -> list[Dispute]:
    """The disagreements of a case that are the actor's to decide, once they are disputes."""
    found = (_dispute(diagram, at, case, work, given) for at in disagreements.drawn(diagram))
    return [one for one in found if access.may_decide(actor, one.superior_id, one.sides)]


def _dispute(
    diagram: Diagram,
    at: Disagreement,
    case: Instance,
    work: Sequence[WorkItem],
    given: _Given,
) -> Dispute:
    tasks = [item for item in work if item.element in (at.head.id, at.step.id)]
    holders = [item.person for item in tasks if item.element == at.head.id and item.person]
    sides = {who for item in tasks for who in (item.person_id, item.closed_by) if who}
    rounds = _rounds(diagram, at, work, given)
    now = next((item for item in tasks if item.status == "open"), None)
    # Both have been heard when the one has answered what the other did not agree to.
    is_dispute = now is not None and rounds >= (1 if now.element == at.step.id else 2)
    return Dispute(
        at,
        holders[-1].superior_id if holders else None,
        frozenset({*sides, case.subject_id}),
        tasks,
        rounds,
        now if is_dispute else None,
    )


def _rounds(diagram: Diagram, at: Disagreement, work: Iterable[WorkItem], given: _Given) -> int:
    """How often the step was answered so that the case went back."""
    known: dict[str, Any] = {}
    back = 0
    for item in work:
        known |= given.get(item.id, {})
        if item.element == at.step.id and item.status == "completed":
            back += disagreements.taken(diagram, at, known) not in at.ways
    return back
