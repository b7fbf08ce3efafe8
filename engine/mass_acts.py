"""The same act for many cases: ordered with a reason, done as a job, and what came of each.

The cases are those that were ordered; whether each can be acted on, and whether its supervisor may,
is decided anew at its turn. Each is acted on whole or not at all, as the act on one case is.
"""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from bpmn.messages import AlurError, message
from engine import access, clock, deeds, fates, handovers, jobs, journal, people, shifts, values
from engine.database import one_at_a_time
from engine.errors import InvalidInput, NotAllowed, NotFound
from engine.fates import PASSED_ON, REFUSED, Fates
from engine.ledger import once_more
from engine.models import Instance, MassAct, MassActCase, Person
from engine.supervision import require_reason

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy.orm import Session

    from engine.database import Database
    from engine.deeds import Deed
    from engine.models import Job
    from engine.people import Actor

KIND = "mass"  # of its jobs
MOST = 5_000  # cases of one act
DONE = "done"
CASES = Fates(MassActCase, MassActCase.mass_act_id, MassActCase.instance_id)
DEEDS: Mapping[str, type[Any]] = {
    one.kind: one
    for one in (
        deeds.Remind, handovers.Reassign, shifts.Postpone, deeds.Suspend, deeds.Resume,
        deeds.Cancel, deeds.Retry,
    )
}  # fmt: skip


def deed_of(act: MassAct) -> Deed:
    """What an act does."""
    deed: Deed = DEEDS[act.kind](**values.loads(act.details))
    return deed


def require_some(instance_ids: Collection[int]) -> None:
    """Raises `InvalidInput` for none, or for too many."""
    if not instance_ids:
        said = message("Belum ada kasus yang dipilih: centang di daftar, atau ambil semuanya.")
        raise InvalidInput(said)
    if len(instance_ids) > MOST:
        said = message("Paling banyak {n} kasus sekali tindakan: saring dahulu.", n=MOST)
        raise InvalidInput(said)


def in_view(session: Session, actor: Actor, instance_ids: Collection[int]) -> Sequence[int]:
    """Those of the cases that the person looks over."""
    kept = select(Person.id).where(access.in_view(actor, Person.unit_id))
    query = select(Instance.id).where(Instance.id.in_(instance_ids), Instance.subject_id.in_(kept))
    return session.scalars(query.order_by(Instance.id)).all()


def order(
    db: Database,
    actor: Actor,
    deed: Deed,
    instance_ids: Collection[int],
    reason: str,
    *,
    token: str,
) -> int:
    """Orders an act on cases, of which those that are nobody's to see are left out; its id.

    Raises `NotAllowed` and `InvalidInput`. The same ``token`` orders nothing again.
    """
    access.require_mass_acts(actor)
    said, now = require_reason(reason), clock.now()
    require_some(instance_ids)
    with db.read() as session:
        wanted = in_view(session, actor, instance_ids)
        deed.judge(session, actor, ())
    require_some(wanted)
    with db.write() as session:
        one_at_a_time(session)
        same = MassAct.person_id == actor.id, MassAct.token == token
        ordered = session.scalar(select(MassAct.id).where(*same))
        if ordered is not None:
            return ordered
        act = MassAct(
            kind=deed.kind, details=values.dumps(asdict(deed)),  # type: ignore[call-overload]  # each is a dataclass
            reason=said, person_id=actor.id, at=now, token=token,
        )  # fmt: skip
        session.add(act)
        session.flush()
        CASES.expect(session, act.id, wanted)
        details = values.dumps({"act": act.id})
        jobs.arm(session, [{"kind": KIND, "due": now, "ready": now, "details": details}])
        told = {"act": act.id, "deed": deed.kind, "cases": len(wanted)}
        journal.record(session, "mass.ordered", told, person_id=actor.id)
        return act.id


def run(db: Database, job: Job) -> None:
    """Acts on the next cases, and leaves the rest to the next lease.

    It may be stopped anywhere: a case that has been acted on is not among the next ones.
    """
    act_id = values.loads(job.details or b"")["act"]
    with db.read() as session:
        act = session.get_one(MassAct, act_id)
        actor = people.actor(session, act.person_id)
        wanted = CASES.ahead(session, act_id)
    jobs.each(partial(_act_on, db, act, actor), wanted)
    CASES.go_on(db, job, act_id, wanted, partial(_end, act))


@once_more
def _act_on(db: Database, act: MassAct, actor: Actor | None, instance_id: int) -> None:
    """Acts on one case, or notes why not; done again, it does nothing."""
    try:
        if actor is None:
            raise NotAllowed(message("Yang memerintahkan sudah tidak bertugas."))
        with db.read() as session:
            write = deed_of(act).writing(db, session, actor, instance_id, act.reason)
    except PASSED_ON:
        raise
    except AlurError as error:
        CASES.refused(db, act.id, instance_id, error.message)
        return
    with db.write() as session:
        write(session)
        CASES.done(session, act.id, instance_id, DONE)


def _end(act: MassAct, session: Session, counts: Mapping[str | None, int]) -> None:
    session.execute(update(MassAct).where(MassAct.id == act.id).values(ended_at=clock.now()))
    done, refused = (counts.get(name, 0) for name in (DONE, REFUSED))
    told = {"act": act.id, "deed": act.kind, "done": done, "refused": refused}
    journal.record(session, "mass.done", told)


def found(session: Session, actor: Actor, act_id: int) -> MassAct:
    """An act that the person ordered, an auditor any; raises `NotFound` for others."""
    act = session.get(MassAct, act_id, options=[joinedload(MassAct.person)])
    if act is None or not access.may_read_mass_act(actor, act):
        raise NotFound(message("Tindakan itu tidak ada, atau bukan untuk Anda."))
    return act


def ordered(session: Session, actor: Actor, before: int | None = None) -> Sequence[MassAct]:
    """The acts that a person ordered, an auditor's all; newest first, or those before one."""
    query = select(MassAct).options(joinedload(MassAct.person)).order_by(MassAct.id.desc())
    if not access.may_audit(actor):
        query = query.where(MassAct.person_id == actor.id)
    if before is not None:
        query = query.where(MassAct.id < before)
    return session.scalars(query.limit(fates.PAGE)).all()
