"""What a worker does with each kind of job."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from engine import (
    arrivals,
    campaign_turns,
    campaigns,
    clock,
    documents,
    firing,
    intake,
    jobs,
    mass_acts,
    moves,
    publications,
    rearming,
    recalculation,
    reminders,
    retention,
    seals,
    tallies,
    topics,
)
from tasks import codes, failures, mail
from tasks.handlers import HANDLERS
from tasks.papers.kinds import makers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.database import Database
    from engine.settings import Settings
    from engine.topics import Handlers
    from engine.worker import Runner, Together

# What is done in one transaction where several of a kind are due.
TOGETHER: dict[str, Together] = {"timer": firing.fire_together}


def duties(settings: Settings, handlers: Handlers = HANDLERS) -> Mapping[str, Runner]:
    """The runner of every kind of job."""
    return {
        "timer": firing.fire,
        "start": firing.start,
        "begin": firing.begin,
        "wait": reminders.remind_waiting,
        "before": reminders.remind_before,
        "escalate": reminders.escalate,
        "message": partial(topics.deliver, handlers=handlers),
        "signal": arrivals.broadcast,
        "event": arrivals.signal,
        "service": partial(topics.call, handlers=handlers),
        "mail": partial(mail.run, settings=settings),
        "code": partial(codes.send, settings=settings),
        documents.KIND: partial(documents.make, makers=makers(settings.public_url, settings.zone)),
        publications.KIND: partial(publications.come_due, topics=handlers),
        publications.FAILURE: partial(failures.tell, settings=settings),
        "recompute": recalculation.recompute,
        "rearm": rearming.rearm,
        "people": intake.run,
        moves.KIND: moves.run,
        mass_acts.KIND: mass_acts.run,
        campaigns.KIND: campaign_turns.run,
        seals.KIND: partial(seals.run, settings=settings),
        retention.KIND: retention.run,
        tallies.KIND: tallies.run,
    }


def arm_rounds(db: Database) -> None:
    """Arms what comes again and again for as long as the office stands, where it is not yet."""
    with db.write() as session:
        jobs.ensure_round(session, seals.KIND, clock.now())
        jobs.ensure_round(session, retention.KIND, clock.now())
        jobs.ensure_round(session, tallies.KIND, clock.now())
