"""Campaigns: a process started for many people, ordered by one, done as a job.

A turn starts the cases of a hundred people in one transaction, which notes each of them as started
too: a worker that is killed has started a case and noted it, or neither. Whether somebody can get
a case, and whether the orderer may start it, is decided anew at their turn.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from bpmn.messages import message
from engine import access, clock, eligibility, jobs, journal, starting, values
from engine.database import dialect, inserting, one_at_a_time
from engine.errors import InvalidInput, NoLongerOpen, NotAllowed, NotFound
from engine.fates import PAGE, REFUSED, Fates
from engine.ledger import MAX_TOKEN
from engine.models import Campaign, CampaignMember, Job

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from engine.database import Database
    from engine.eligibility import Judged, Terms
    from engine.people import Actor
    from engine.scopes import Scope
    from engine.starting import Basis

KIND = "campaign"  # of its jobs
STARTED, CANCELLED = "started", "cancelled"  # outcomes
RUNNING, PAUSED, ENDED = "running", "paused", "ended"  # states, beside `CANCELLED`
PEOPLE = Fates(CampaignMember, CampaignMember.campaign_id, CampaignMember.person_id)
_AT_ONCE = 2_000  # people in one statement that writes
_READ_AT_ONCE = 500


@dataclass(frozen=True)
class Preview:
    """What would become of each person now; ``unknown`` are NIPs that are nobody's, by row."""

    basis: Basis
    people: Sequence[Judged]
    unknown: Sequence[tuple[int, str]]

    @property
    def possible(self) -> int:
        """How many people would get a case."""
        return sum(one.plan is not None for one in self.people)

    @property
    def obstacles(self) -> Mapping[str, int]:
        """What is in the way of how many, the most frequent first."""
        return dict(Counter(one.obstacle for one in self.people if one.obstacle).most_common())

    def of(self, obstacle: str | None) -> Sequence[Judged]:
        """Those with a certain obstacle, or all: who gets no case first."""
        if obstacle is not None:
            return [one for one in self.people if one.obstacle == obstacle]
        return sorted(self.people, key=lambda one: one.plan is not None)


def order(db: Database, actor: Actor, key: str, scope: Scope, terms: Terms, *, token: str) -> int:
    """Orders cases of a process for the people of a scope; the campaign's number.

    Who waits for their turn in another campaign of the process is left out. The same ``token``
    orders nothing again. Raises `NotAllowed`, `NotFound`, `InvalidInput` and `DiagramRefused`.
    """
    access.require_campaigns(actor)
    if not 0 < len(token) <= MAX_TOKEN:
        raise InvalidInput(message("Permintaan tidak dapat dibaca."))
    with db.read() as session:
        basis = process(db, session, key)
    with db.write() as session:
        one_at_a_time(session)
        same = Campaign.person_id == actor.id, Campaign.token == token
        ordered = session.scalar(select(Campaign.id).where(*same))
        if ordered is not None:
            return ordered
        campaign = Campaign(
            key=key, name=basis.definition.name, scope=scope.kind, about=scope.about,
            given=values.dumps(dict(terms.given or {})), beside=terms.beside, person_id=actor.id,
            at=clock.now(), status=RUNNING, token=token,
        )  # fmt: skip
        session.add(campaign)
        session.flush()
        number = _expect(session, campaign, scope.people)
        _arm(session, campaign)
        told = {"campaign": campaign.id, "process": key, "people": number}
        journal.record(session, "campaign.ordered", told, person_id=actor.id)
        return campaign.id


def process(db: Database, session: Session, key: str) -> Basis:
    """What a campaign starts cases of; raises `NotFound`, `DiagramRefused` and `InvalidInput`."""
    basis = starting.basis(db, session, key)
    if basis.bound.program.diagram.timer_start is not None:
        raise InvalidInput(message("Kasus proses ini dimulai oleh pengatur waktunya sendiri."))
    return basis


def preview(
    db: Database, session: Session, actor: Actor, key: str, scope: Scope, terms: Terms
) -> Preview:
    """What would become of the people of a scope now; nothing is written. Raises as `order`."""
    access.require_campaigns(actor)
    basis = process(db, session, key)
    judged: list[Judged] = []
    people = sorted(scope.people)
    for start in range(0, len(people), _READ_AT_ONCE):
        some = people[start : start + _READ_AT_ONCE]
        others = eligibility.waiting(session, key, some)
        judged += eligibility.judge(session, basis, actor, terms, some, others)
    return Preview(basis, judged, scope.unknown)


def pause(db: Database, actor: Actor, campaign_id: int) -> None:
    """Starts no more cases until it is told to go on; raises `NoLongerOpen` for what is over."""
    with _changing(db, actor, campaign_id, RUNNING) as (session, campaign):
        _disarm(session, campaign)
        campaign.status = PAUSED
        _tell(session, "campaign.paused", campaign, actor)


def resume(db: Database, actor: Actor, campaign_id: int) -> None:
    """Goes on; also one whose job has failed, or was set aside."""
    with _changing(db, actor, campaign_id, RUNNING, PAUSED) as (session, campaign):
        _disarm(session, campaign)
        _arm(session, campaign)
        campaign.status = RUNNING
        _tell(session, "campaign.resumed", campaign, actor)


def cancel(db: Database, actor: Actor, campaign_id: int) -> None:
    """Ends it: whose turn has not come gets no case; what was started stays."""
    with _changing(db, actor, campaign_id, RUNNING, PAUSED) as (session, campaign):
        _disarm(session, campaign)
        ahead = CampaignMember.campaign_id == campaign.id, CampaignMember.outcome.is_(None)
        now = clock.now()
        session.execute(update(CampaignMember).where(*ahead).values(outcome=CANCELLED, at=now))
        campaign.status, campaign.ended_at = CANCELLED, now
        _tell(session, "campaign.cancelled", campaign, actor)


def retry(db: Database, actor: Actor, campaign_id: int, person_id: int | None = None) -> int:
    """Gives who was refused another turn, all or one person; to how many.

    Raises `NoLongerOpen` for what was cancelled, and `InvalidInput` where there is nobody.
    """
    with _changing(db, actor, campaign_id, RUNNING, PAUSED, ENDED) as (session, campaign):
        of = _refused(campaign, person_id)
        again = update(CampaignMember).where(*of).values(outcome=None, reason=None, at=None)
        number = len(session.scalars(again.returning(CampaignMember.person_id)).all())
        if not number:
            raise InvalidInput(message("Tidak ada yang dapat dicoba lagi."))
        if campaign.status == ENDED:
            _arm(session, campaign)
            campaign.status, campaign.ended_at = RUNNING, None
        _tell(session, "campaign.retried", campaign, actor, people=number)
        return number


def found(session: Session, actor: Actor, campaign_id: int) -> Campaign:
    """A campaign that the person may read; raises `NotFound` for others."""
    campaign = session.get(Campaign, campaign_id, options=[joinedload(Campaign.person)])
    if campaign is None or not access.may_read_campaign(actor, campaign):
        raise NotFound(message("Kampanye itu tidak ada, atau bukan untuk Anda."))
    return campaign


def listed(session: Session, actor: Actor, before: int | None = None) -> Sequence[Campaign]:
    """The campaigns that a person may read, newest first, or those before one."""
    query = select(Campaign).options(joinedload(Campaign.person)).order_by(Campaign.id.desc())
    if not (access.may_audit(actor) or access.may_administer(actor)):
        query = query.where(Campaign.person_id == actor.id)
    if before is not None:
        query = query.where(Campaign.id < before)
    return session.scalars(query.limit(PAGE)).all()


def members(
    session: Session, campaign_id: int, outcome: str | None = None, after: int = 0
) -> Sequence[CampaignMember]:
    """The people of a campaign behind one, with their cases; of one outcome, or all.

    The outcome ``waiting`` is of whose turn is to come.
    """
    mine = CampaignMember.campaign_id == campaign_id, CampaignMember.person_id > after
    both = joinedload(CampaignMember.person), joinedload(CampaignMember.instance)
    query = select(CampaignMember).options(*both).where(*mine)
    if outcome is not None:
        wanted = None if outcome == "waiting" else outcome
        query = query.where(CampaignMember.outcome.is_not_distinct_from(wanted))
    return session.scalars(query.order_by(CampaignMember.person_id).limit(PAGE)).all()


def has_stopped(session: Session, campaign: Campaign) -> bool:
    """Whether one that is running has no job that would do it: it failed, or was set aside."""
    if campaign.status != RUNNING:
        return False
    armed = select(Job.id).where(Job.id == (campaign.job_id or 0), Job.state == "armed")
    return session.scalar(armed) is None


@contextmanager
def _changing(
    db: Database, actor: Actor, campaign_id: int, *states: str
) -> Iterator[tuple[Session, Campaign]]:
    """A campaign that a person directs, while nobody else does; raises `NoLongerOpen`."""
    with db.write() as session:
        one_at_a_time(session)
        campaign = found(session, actor, campaign_id)
        if not access.may_direct_campaign(actor, campaign):
            raise NotAllowed(message("Kampanye ini diatur oleh yang memerintahkannya."))
        if campaign.status not in states:
            raise NoLongerOpen(message("Keadaan kampanye ini sudah berubah. Muat ulang halaman."))
        yield session, campaign


def _expect(session: Session, campaign: Campaign, people: Collection[int]) -> int:
    """Notes for whom it is, but for who waits in another; to how many. Raises `InvalidInput`."""
    once = inserting(dialect(session), CampaignMember)
    once = once.on_conflict_do_nothing().returning(CampaignMember.person_id)
    same, ordered, number = {"campaign_id": campaign.id, "key": campaign.key}, sorted(people), 0
    for start in range(0, len(ordered), _AT_ONCE):
        rows = [same | {"person_id": one} for one in ordered[start : start + _AT_ONCE]]
        number += len(session.scalars(once, rows).all())
    if not number:
        said = message("Semua pegawai ini sedang menunggu giliran dalam kampanye lain.")
        raise InvalidInput(said)
    return number


def _refused(campaign: Campaign, person_id: int | None) -> list[ColumnElement[bool]]:
    """Who was refused, and waits in no other campaign of the process."""
    other = select(CampaignMember.person_id).where(
        CampaignMember.key == campaign.key, CampaignMember.outcome.is_(None)
    )
    of = [
        CampaignMember.campaign_id == campaign.id,
        CampaignMember.outcome == REFUSED,
        CampaignMember.person_id.not_in(other),
    ]
    return of if person_id is None else [*of, CampaignMember.person_id == person_id]


def _arm(session: Session, campaign: Campaign) -> None:
    now, details = clock.now(), values.dumps({"campaign": campaign.id})
    job = Job(kind=KIND, due=now, ready=now, details=details)
    session.add(job)
    session.flush()
    campaign.job_id = job.id


def _disarm(session: Session, campaign: Campaign) -> None:
    """Whoever does it now cannot write any more: their write asks for the job."""
    jobs.drop(session, Job.id == (campaign.job_id or 0))
    campaign.job_id = None


def _tell(session: Session, kind: str, campaign: Campaign, actor: Actor, **more: Any) -> None:
    session.flush()
    journal.record(session, kind, {"campaign": campaign.id, **more}, person_id=actor.id)
