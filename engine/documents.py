"""The documents of a case: ordered in the act that wants them, set by a job, kept for good.

Ordering keeps exactly what a document is to show. When its job has set it, the digests of that and
of the PDF stand in the case's history. Nothing here knows a template.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import joinedload, undefer

from bpmn.messages import message
from engine import (
    cases,
    clock,
    contents,
    deployments,
    history,
    jobs,
    ledger,
    signature_places,
    signatures,
    snapshots,
    steps,
    values,
)
from engine.database import one_at_a_time
from engine.errors import NoHandler, NotAllowed, NotFound
from engine.history import Fact
from engine.ledger import Act, once_more
from engine.models import Document, Job
from engine.spiff.execution import Execution

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from bpmn.diagram import Diagram, Node
    from engine.database import Database
    from engine.ledger import Seat
    from engine.models import WorkItem
    from engine.people import Actor
    from engine.snapshots import Plain
    from engine.steps import Situation

KIND = "document"  # of its jobs
ORDERED, REQUESTED, MADE = "document.ordered", "document.requested", "document.made"
RECORD = "rekaman"  # the kind that people ask for themselves
Maker = Callable[["Plain"], bytes]  # a snapshot becomes a PDF, always the same bytes
Makers = Mapping[str, Maker]


def ordered(task: Node) -> list[Fact]:
    """What the history says of the documents that completing a task orders."""
    return [Fact(ORDERED, task.id, {"kind": kind}) for kind in task.documents]


def order_of_step(session: Session, before: Situation, item: WorkItem, at: datetime) -> None:
    """Orders what a task orders, of its case as the step leaves it; most order nothing."""
    kinds = before.diagram.nodes[item.element].documents
    if kinds:
        data = before.execution.data
        order(session, item.instance_id, before.diagram, kinds, data, at, item)


def order(
    session: Session,
    instance_id: int,
    diagram: Diagram,
    kinds: Iterable[str],
    data: Plain,
    at: datetime,
    item: WorkItem | None = None,
) -> None:
    """Orders a new revision of each kind, of the case as it is written in this session.

    To be called behind `ledger.append`, under whose guard the revisions are counted.
    """
    taken = snapshots.take(session, instance_id, diagram, data, at)
    of_it = {"instance_id": instance_id, "work_item_id": item.id if item else None}
    papers = [_insert(session, taken, of_it | {"kind": kind, "at": at}) for kind in kinds]
    seats = steps.seats(session, instance_id)
    settled = {ruling["element"] for ruling in taken["rulings"]}
    for document in papers:
        signatures.prepare(session, document, _signers(diagram, document.kind, seats, settled))
    job = of_it | {"kind": KIND, "element": item.element if item else None, "due": at, "ready": at}
    jobs.arm(session, [job | {"details": values.dumps({"document": one.id})} for one in papers])


@once_more
def request(db: Database, actor: Actor, instance_id: int) -> None:
    """Orders a record sheet of a case as it is now; nothing new while one is being made.

    Raises `NotFound`, `NotAllowed`, `StaleInstance`.
    """
    with db.read() as session:
        case = steps.read_case(session, instance_id)
        instance = cases.case(session, actor, instance_id)
        if not cases.is_concerned(session, actor, instance):
            raise NotAllowed(message("Anda tidak berwenang meminta lembar rekaman kasus ini."))
        if _is_being_made(session, instance_id, RECORD):
            return
    program = deployments.program(db, case.digest, case.called)
    data = Execution.load(program, case.state).data
    fact = Fact(REQUESTED, details={"kind": RECORD})
    act = Act(actor, "request", clock.now(), [fact])
    with db.write() as session:
        ledger.append(session, case, act)
        order(session, instance_id, program.diagram, [RECORD], data, act.at)


def make(db: Database, job: Job, makers: Makers) -> None:
    """Sets an ordered document and keeps it, in the write that ends its job.

    Killed before that write it has left nothing, and the same bytes are made anew.
    """
    number = values.loads(job.details or b"")["document"]
    with db.read() as session:
        paper = session.get_one(Document, number, options=[undefer(Document.data)])
    if paper.kind not in makers:
        said = message('Dokumen "{kind}" tidak dapat dibuat di server ini.', kind=paper.kind)
        raise NoHandler(said)
    _finish(db, job, paper, makers[paper.kind](values.loads(paper.data)))


@once_more
def _finish(db: Database, job: Job, paper: Document, pdf: bytes) -> None:
    with db.read() as session:
        case = steps.read_case(session, paper.instance_id)
    details = {
        "kind": paper.kind, "revision": paper.revision, "size": len(pdf),
        "digest": history.digest(pdf), "data": history.digest(paper.data),
    }  # fmt: skip
    act = Act(None, "document", clock.now(), [Fact(MADE, job.element, details)])
    with db.write() as session:
        one_at_a_time(session)  # which `contents.keep` takes, and the case comes behind it
        ledger.append(session, case, act)
        jobs.finish(session, job)
        content_id = contents.keep(session, pdf)
        of_it = update(Document).where(Document.id == paper.id)
        session.execute(of_it.values(content_id=content_id))


def of_case(session: Session, instance_id: int) -> Sequence[Document]:
    """The documents of a case, the newest of each kind first; kinds as they were first ordered."""
    query = select(Document).where(Document.instance_id == instance_id)
    found = session.scalars(query.options(joinedload(Document.content)).order_by(Document.id)).all()
    kinds = list(dict.fromkeys(document.kind for document in found))
    return sorted(found, key=lambda one: (kinds.index(one.kind), -one.revision))


def current(session: Session, instance_id: int) -> dict[str, Document]:
    """The newest revision of each kind, made or not."""
    newest = Document.instance_id == instance_id, Document.superseded_at.is_(None)
    return {one.kind: one for one in session.scalars(select(Document).where(*newest))}


def states(session: Session, instance_id: int, some: Iterable[Document]) -> dict[int, str]:
    """How each document stands, by id.

    ``making``, ``failed`` (its incident is open), ``dropped`` (given up by hand), ``made``, and
    ``superseded``.
    """
    of_it = Job.instance_id == instance_id, Job.kind == KIND
    jobs_of_it = session.execute(select(Job.details, Job.state).where(*of_it))
    open_ones = {values.loads(details or b"")["document"]: state for details, state in jobs_of_it}
    return {one.id: _state(one, open_ones.get(one.id)) for one in some}


def _is_being_made(session: Session, instance_id: int, kind: str) -> bool:
    last = current(session, instance_id).get(kind)
    return last is not None and "making" in states(session, instance_id, [last]).values()


def _state(document: Document, job: str | None) -> str:
    if document.content_id is None:
        return {"failed": "failed", None: "dropped"}.get(job, "making")
    return "made" if document.superseded_at is None else "superseded"


def found(session: Session, instance_id: int, document_id: int) -> Document:
    """A document of a case that is made, with its content; raises `NotFound`."""
    of_case = Document.id == document_id, Document.instance_id == instance_id
    made = select(Document).where(*of_case, Document.content_id.is_not(None))
    one = session.scalar(made.options(joinedload(Document.content)))
    if one is None:
        raise NotFound(message("Dokumen itu tidak ada, atau belum selesai dibuat."))
    return one


def _signers(
    diagram: Diagram, kind: str, seats: Mapping[str, Seat], settled: Collection[str]
) -> Iterator[tuple[str, int | None]]:
    """Who signs a document of a kind: the people of the tasks drawn so, in the order drawn.

    Nobody signs for a task that a superior has ended by a decision.
    """
    for element, place in signature_places.signing_steps(diagram, kind):
        person_id, _group = seats[place]
        if person_id is not None:
            yield place, None if element in settled else person_id


def _insert(session: Session, taken: Plain, row: dict[str, Any]) -> Document:
    """A new revision, which supersedes the others."""
    of_kind = Document.instance_id == row["instance_id"], Document.kind == row["kind"]
    last = session.scalar(select(func.max(Document.revision)).where(*of_kind)) or 0
    others = update(Document).where(*of_kind, Document.superseded_at.is_(None))
    session.execute(others.values(superseded_at=row["at"]))
    row["revision"] = last + 1
    row["data"] = values.dumps(taken | {"revision": row["revision"]})
    return session.scalars(insert(Document).values(row).returning(Document)).one()
