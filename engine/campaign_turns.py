"""The turns of a campaign: a hundred people at a time get their cases, or are told why not."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, update

from bpmn.messages import AlurError, message
from engine import (
    access,
    campaigns,
    clock,
    effort,
    eligibility,
    history,
    jobs,
    journal,
    openings,
    people,
    values,
)
from engine.campaigns import ENDED, KIND, PEOPLE, STARTED
from engine.database import line, one_at_a_time
from engine.eligibility import Terms
from engine.errors import JobGone, NotAllowed
from engine.fates import PASSED_ON, REFUSED
from engine.ledger import Act, once_more
from engine.models import Campaign, CampaignMember
from engine.starting import STARTER

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from bpmn.messages import Message
    from engine.database import Database
    from engine.eligibility import Judged
    from engine.models import Job
    from engine.openings import Opening
    from engine.people import Actor

AT_ONCE = 100  # people in one transaction
IN_A_ROW = 10  # of these, before other jobs of the office have their turn
HOLD = timedelta(seconds=30)  # until somebody else takes up what a killed worker has left

_MEMBER = CampaignMember.__table__.c
_ONE = _MEMBER.campaign_id == bindparam("campaign"), _MEMBER.person_id == bindparam("person")
_NOTE_CASE = update(CampaignMember.__table__).where(*_ONE).values(instance_id=bindparam("case"))
_NOTE_REASON = update(CampaignMember.__table__).where(*_ONE).values(reason=bindparam("said"))


def run(db: Database, job: Job) -> None:
    """Starts the next cases, and leaves the rest to the next lease.

    It may be stopped anywhere: who has got a case is not among the next ones.
    """
    campaign_id = values.loads(job.details or b"")["campaign"]
    for turn in range(1, IN_A_ROW + 1):
        if not _take_turn(db, job, campaign_id, is_last=turn == IN_A_ROW):
            return


@once_more
def _take_turn(db: Database, job: Job, campaign_id: int, *, is_last: bool) -> bool:
    """Starts the cases of the next people; False when there are none, and the campaign is over.

    Raises `JobGone` when the campaign was paused or cancelled, or somebody else took the turn.
    """
    now = clock.now()
    with db.read() as session:
        campaign = session.get_one(Campaign, campaign_id)
        wanted = PEOPLE.ahead(session, campaign_id, AT_ONCE)
        actor = people.actor(session, campaign.person_id)
        judged, refused = _decided(db, session, campaign, actor, wanted)
    if not wanted:
        return _end(db, job, campaign_id)
    opened, failed = _opened(campaign, actor, judged, now)
    with db.write() as session:
        jobs.move(session, job, due=now, ready=now if is_last else now + HOLD)
        _write_started(session, campaign_id, opened, now)
        _write_refused(session, campaign_id, refused | failed, now)
    job.due = now  # as it stands there now, for the next turn
    return True


def _write_started(
    session: Session, campaign_id: int, opened: Mapping[int, Opening], now: datetime
) -> None:
    if opened:
        _note(session, campaign_id, opened.keys(), STARTED, now)
        numbers = openings.write(session, list(opened.values()))
        cases = dict(zip(opened, numbers, strict=True))
        rows = [{"campaign": campaign_id, "person": p, "case": i} for p, i in cases.items()]
        line(session).execute(_NOTE_CASE, rows)


def _write_refused(
    session: Session, campaign_id: int, refused: Mapping[int, Message], now: datetime
) -> None:
    if refused:
        _note(session, campaign_id, refused.keys(), REFUSED, now)
        said = {person: str(reason)[:1000] for person, reason in refused.items()}
        rows = [{"campaign": campaign_id, "person": p, "said": text} for p, text in said.items()]
        line(session).execute(_NOTE_REASON, rows)


def _decided(
    db: Database, session: Session, campaign: Campaign, actor: Actor | None, wanted: Sequence[int]
) -> tuple[Sequence[Judged], dict[int, Message]]:
    """What each of the people can get; else why all are refused."""
    try:
        if actor is None:
            raise NotAllowed(message("Yang memerintahkan sudah tidak bertugas."))
        access.require_campaigns(actor)
        basis = campaigns.process(db, session, campaign.key)
    except PASSED_ON:
        raise
    except AlurError as error:
        return (), dict.fromkeys(wanted, error.message)
    terms = Terms(values.loads(campaign.given), campaign.beside)
    judged = eligibility.judge(session, basis, actor, terms, wanted)
    return judged, {one.person.id: one.reason for one in judged if one.reason is not None}


def _opened(
    campaign: Campaign, actor: Actor | None, judged: Iterable[Judged], now: datetime
) -> tuple[dict[int, Opening], dict[int, Message]]:
    """The cases as they begin, by person; and why some cannot begin."""
    given, opened, failed = values.loads(campaign.given), {}, {}
    for one in judged:
        if one.plan is None:
            continue
        same = history.digest(values.dumps([KIND, campaign.id, one.person.id]))
        if one.plan.starter_id is not None:
            act, told = Act(actor, STARTER, now), {}
        else:  # it is the office's, as one that a timer starts
            act, told = Act(None, KIND, now), {KIND: campaign.id}
        try:
            with effort.afresh():
                begun = openings.opening(one.plan, act, given, same, **told)
            opened[one.person.id] = begun
        except AlurError as error:
            failed[one.person.id] = error.message
    return opened, failed


def _note(
    session: Session, campaign_id: int, person_ids: Collection[int], outcome: str, at: datetime
) -> None:
    """Notes what has become of people whose turn it is; raises `JobGone` when one has had it."""
    if not person_ids:
        return
    ahead = CampaignMember.campaign_id == campaign_id, CampaignMember.outcome.is_(None)
    noted = update(CampaignMember).where(*ahead, CampaignMember.person_id.in_(person_ids))
    noted = noted.values(outcome=outcome, at=at).returning(CampaignMember.person_id)
    if len(session.scalars(noted).all()) != len(person_ids):
        raise JobGone(message("Giliran ini sudah diambil."))


def _end(db: Database, job: Job, campaign_id: int) -> bool:
    with db.write() as session:
        one_at_a_time(session)
        if PEOPLE.ahead(session, campaign_id, 1):  # somebody was given another turn meanwhile
            jobs.move(session, job, ready=clock.now())
            return False
        jobs.finish(session, job)
        over = {"status": ENDED, "ended_at": clock.now(), "job_id": None}
        session.execute(update(Campaign).where(Campaign.id == campaign_id).values(**over))
        counts = PEOPLE.counts(session, [campaign_id])[campaign_id]
        started, refused = (counts.get(name, 0) for name in (STARTED, REFUSED))
        told = {"campaign": campaign_id, "started": started, "refused": refused}
        journal.record(session, "campaign.done", told)
    return False
