"""What was submitted at a step, put right by a supervisor: the old value is kept, and named.

The submission stays as it is. A correction is a row of its own, ``{"item", "reason", "changes":
{name: {"old", "new"}}}``, whose digest stands in the history; the running case goes on with the
new values. What has been worked out from the old ones by then stays, but for documents: those that
steps have ordered are made anew.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select
from sqlalchemy.orm import joinedload

from bpmn.messages import message
from engine import (
    access,
    clock,
    courses,
    deployments,
    documents,
    history,
    ledger,
    steps,
    subscriptions,
    values,
)
from engine.errors import InvalidInput, NoLongerOpen, NotAllowed, NotFound
from engine.history import Fact
from engine.ledger import Act, once_more
from engine.models import GOING_ON, Correction, Instance, Submission, WorkItem
from engine.spiff.execution import Execution
from engine.spiff.joins import same
from engine.supervision import require_reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from bpmn.diagram import Node
    from engine.database import Database
    from engine.ledger import Case
    from engine.models import Document
    from engine.people import Actor
    from engine.timers import Row

CORRECTED = "task.corrected"
Answers = dict[str, Any]
Changes = dict[str, tuple[Any, Any]]  # old and new by name


@dataclass(frozen=True)
class Correctable:
    """A completed step of a running case: how it is drawn, and what its answers are by now."""

    instance: Instance
    case: Case
    item: WorkItem
    node: Node
    answers: Answers
    execution: Execution


@dataclass(frozen=True)
class Corrected:
    """One correction as it is shown: by whom, when, why, and the values before and since."""

    by: str
    at: datetime
    reason: str
    old: Answers
    new: Answers


def answers(session: Session, instance_id: int) -> dict[int, Answers]:
    """What the answers of a case are by now, by work item: as submitted, and put right since."""
    found, since = history.submissions(session, instance_id), changes(session, [instance_id])
    return {item_id: given | since.get(item_id, {}) for item_id, given in found.items()}


def changes(session: Session, cases: Iterable[int] | Select[int]) -> dict[int, Answers]:
    """What was put right in some cases: the newest values by work item."""
    query = select(Correction.work_item_id, Correction.data).where(
        Correction.instance_id.in_(cases)
    )
    found: dict[int, Answers] = defaultdict(dict)
    for item_id, data in session.execute(query.order_by(Correction.id)):
        told = values.loads(data)["changes"]
        found[item_id] |= {name: value["new"] for name, value in told.items()}
    return found


def of_case(session: Session, instance_id: int) -> dict[int, list[Corrected]]:
    """The corrections of a case by work item, the oldest first."""
    query = select(Correction).where(Correction.instance_id == instance_id)
    found: dict[int, list[Corrected]] = defaultdict(list)
    for one in session.scalars(
        query.options(joinedload(Correction.person)).order_by(Correction.id)
    ):
        data = values.loads(one.data)
        old, new = ({n: v[w] for n, v in data["changes"].items()} for w in ("old", "new"))
        told = Corrected(one.person.name, one.at, data["reason"], old, new)
        found[one.work_item_id].append(told)
    return found


def correctable(db: Database, actor: Actor, instance_id: int, item_id: int) -> Correctable:
    """A step whose answers the person may put right.

    Raises `NotFound`, `NotAllowed`, and `NoLongerOpen` in a case that has ended: what came of it
    has been handed over.
    """
    with db.read() as session:
        case = steps.read_case(session, instance_id)
        instance = session.get(Instance, instance_id, options=[joinedload(Instance.subject)])
        item = session.get(WorkItem, item_id)
        if instance is None or item is None or item.instance_id != instance_id:
            raise NotFound(message("Tugas itu tidak ada."))
        if not access.may_correct(actor, instance):
            raise NotAllowed(
                message("Isian dikoreksi oleh pengawas unit pegawainya, bukan sendiri.")
            )
        given = answers(session, instance_id).get(item_id)
        if given is None:
            raise NotFound(message("Pada langkah itu tidak ada yang diserahkan."))
        if case.status not in GOING_ON:
            raise NoLongerOpen(
                message(
                    "Kasus ini sudah berakhir: hasilnya sudah dipakai dan tidak dikoreksi lagi."
                )
            )
        program = deployments.program(db, case.digest, case.called)
        node = courses.of_case(session, instance_id, program.diagram).node(item)
    return Correctable(instance, case, item, node, given, Execution.load(program, case.state))


@once_more
def correct(
    db: Database,
    actor: Actor,
    instance_id: int,
    item_id: int,
    given: Mapping[str, Any],
    reason: str,
) -> None:
    """Puts right what was submitted at a step, with validated values of its own form.

    Raises what `correctable` raises, and `InvalidInput` where nothing changes, where the form has
    no such field, or where the case has gone on with another value.
    """
    said = require_reason(reason)
    found = correctable(db, actor, instance_id, item_id)
    wanted = _changed(found, given)
    with db.read() as session:
        _require_newest(session, found, wanted)
        papers = _papers(session, instance_id)
    awaited = _awaited(found.execution)
    _require_held(found, found.execution.put_right(wanted))
    data = _packed(item_id, said, wanted)
    act = _act(actor, found, said, data, papers)
    with db.write() as session:
        ledger.append(session, found.case, act, state=found.execution.save())
        session.execute(
            insert(Correction).values(
                instance_id=instance_id, work_item_id=item_id, person_id=actor.id, at=act.at,
                data=data, digest=history.digest(data),
            )
        )  # fmt: skip
        if (rows := _awaited(found.execution)) != awaited:
            subscriptions.drop_all(session, instance_id)
            subscriptions.add(session, [row | {"instance_id": instance_id} for row in rows])
        _order_anew(session, found, papers, act.at)


def _changed(found: Correctable, given: Mapping[str, Any]) -> Changes:
    """What is given otherwise than it was."""
    if unknown := given.keys() - found.answers.keys():
        said = message("Formulir langkah ini tidak memuat: {names}.", names=", ".join(unknown))
        raise InvalidInput(said)
    pairs = {name: (found.answers[name], new) for name, new in given.items()}
    changed = {name: pair for name, pair in pairs.items() if not same(*pair)}
    if not changed:
        raise InvalidInput(message("Tidak ada isian yang berubah."))
    return changed


def _require_newest(session: Session, found: Correctable, wanted: Changes) -> None:
    """No step that came later has answered the same again."""
    own = select(Submission.id).where(Submission.work_item_id == found.item.id).scalar_subquery()
    of_case = Submission.instance_id == found.case.id, Submission.id > own
    later = session.scalars(select(Submission.data).where(*of_case)).all()
    since = {name for data in later for name in values.loads(data)}
    _require_held(found, [name for name in wanted if name in since])


def _require_held(found: Correctable, differing: Sequence[str]) -> None:
    if differing:
        labels = {field.id: str(field.label) for field in found.node.form}
        names = ", ".join(labels.get(name, name) for name in differing)
        said = message(
            "Tidak dapat dikoreksi, sebab kasus ini sekarang memakai nilai lain: {names}.",
            names=names,
        )
        raise InvalidInput(said)


def _packed(item_id: int, reason: str, wanted: Changes) -> bytes:
    told = {name: {"old": old, "new": new} for name, (old, new) in wanted.items()}
    return values.dumps({"item": item_id, "reason": reason, "changes": told})


def _act(
    actor: Actor, found: Correctable, reason: str, data: bytes, papers: Sequence[Document]
) -> Act:
    item = found.item
    fact = Fact(CORRECTED, item.element, {"reason": reason, "item": item.id}, history.digest(data))
    ordered = (Fact(documents.ORDERED, details={"kind": paper.kind}) for paper in papers)
    return Act.overseeing(actor, found.case.unit_id, clock.now(), fact, *ordered)


def _papers(session: Session, instance_id: int) -> list[Document]:
    """The documents that steps of the case have ordered, each as it is valid now."""
    current = documents.current(session, instance_id).values()
    return [one for one in current if one.work_item_id is not None]


def _order_anew(
    session: Session, found: Correctable, papers: Iterable[Document], at: datetime
) -> None:
    """They show the new values from now on, and are signed again."""
    diagram, data = found.execution.program.diagram, found.execution.data
    for paper in papers:
        item = session.get_one(WorkItem, paper.work_item_id)
        documents.order(session, found.case.id, diagram, [paper.kind], data, at, item)


def _awaited(execution: Execution) -> list[Row]:
    """What the case waits for, with the keys that follow from its data."""
    found: Iterator[Row] = subscriptions.opened(execution, execution.events, {})
    return list(found)
