"""An invented past: cases that a sample office has had over a year, each step by the real engine.

Case after case is played to its end, or to the present, with the clock put where its next event
is; what comes due on the way is done as a worker does it. All is drawn from seeds: as many cases
until the same instant are the same past.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from bpmn.durations import Duration
from bpmn.messages import message
from engine import (
    calendars,
    clock,
    deployments,
    people,
    sample,
    starting,
    substitutions,
    supervision,
    tallies,
)
from engine.absences import LEAVE
from engine.errors import NotFound
from engine.models import Instance, Seal, Substitution
from engine.substitutions import Term
from tasks.duties import duties
from tasks.past_case import PastCase, Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sqlalchemy.orm import Session

    from engine.database import Database
    from engine.models import Definition
    from engine.people import Actor
    from engine.settings import Settings

SOP = Path(__file__).parent.parent / "bpmn" / "skp_collection.bpmn"
YEAR = timedelta(days=365)
MOST = 20_000  # cases
MARK = "past-"  # what the tokens of these cases begin with
WHY = ("Pegawai pindah instansi.", "Periode yang dipilih keliru.", "SKP sudah ada di luar Alur.")
# Shares of cases: started early in the year, cancelled, disagreed with, and that twice.
EARLY, CANCELLED, DISAGREED, TWICE = 0.4, 0.03, 0.12, 0.25
ON_LEAVE = 0.6  # of the heads that another can stand in for


@dataclass(frozen=True)
class Plan:
    """What becomes of a case: it is cancelled before a step (None: it is not), or disagreed with.

    ``rounds`` is how often the employee does not agree.
    """

    number: int
    begins: datetime
    cancelled_at: int | None
    rounds: int

    @property
    def token(self) -> str:
        """What makes it the same case when it is played again."""
        return f"{MARK}{self.number}"


def source() -> bytes:
    """The SOP as it was in force then: it ordered no documents, or thousands would wait now."""
    ordering = rb'\s*<camunda:property name="alur:(documents|signs)"[^>]*>'
    return re.sub(ordering, b"", SOP.read_bytes())


def is_of_then(definition: Definition) -> bool:
    """Whether a version is that one."""
    return definition.digest == sha256(source()).hexdigest()


def is_over(session: Session) -> bool:
    """Whether nothing can be invented any more: what is sealed has happened."""
    return session.scalar(select(Seal.number).limit(1)) is not None


def count(session: Session) -> int:
    """How many such cases there are."""
    query = select(func.count()).select_from(Instance)
    return session.scalar(query.where(Instance.token.startswith(MARK))) or 0


def play(db: Database, settings: Settings, number: int) -> Iterator[int]:
    """Plays so many cases of the year that ends now, but for those that are there; gives how many
    are, each time. Whoever leaves off can go on later.
    """
    with clock.held() as put, db.in_haste():
        past = _Past(db, settings, put)
        past.furnish(number)
        yield from past.play(number)
    tallies.count(db)


class _Past:
    def __init__(self, db: Database, settings: Settings, put: Callable[[datetime], None]) -> None:
        self._db = db
        self._put = put
        self._settings = settings
        self._present = clock.now()
        self._begins = self._present - YEAR
        self._put(self._begins)

    def furnish(self, number: int) -> None:
        """The people and the procedure that so many cases need."""
        sample.load(self._db)
        sample.enlarge(self._db, number)
        definition = deployments.deploy(self._db, source())
        deployments.activate(self._db, definition.id)
        diagram = deployments.program(self._db, definition.digest).diagram
        with self._db.read() as session:
            self._subjects = [person.id for person in sample.assessed(session)]
            group = people.group_named(session, sample.GROUP[0])
            self._clerks = sorted(people.group_members(session, group.id if group else 0))
            self._working = calendars.of_unit(session, people.highest_unit(session))
        self._stage = Stage(
            self._db, diagram, self._working, duties(self._settings), self._present, self._put
        )
        self._actors: dict[int, Actor] = {}
        self._leaves = self._set_leaves()

    def play(self, number: int) -> Iterator[int]:
        plans = sorted(map(self._plan, range(number)), key=lambda plan: plan.begins)
        with self._db.read() as session:
            tokens = frozenset(session.scalars(select(Instance.token)))
        there = [plan.token in tokens for plan in plans]
        for place, plan in enumerate(plans):
            if not there[place] or not any(there[place + 1 :]):  # the last may be half-way
                self._play(plan)
            yield place + 1

    # Absences

    def _set_leaves(self) -> Mapping[int, list[Substitution]]:
        """By who is absent: the leaves of that year, planned once; each is set on its first day."""
        kept = select(Substitution).order_by(Substitution.id)
        with self._db.read() as session:
            found, posts = session.scalars(kept).all(), sample.heads(session)
        if not found:
            for absent, substitute, term in sorted(self._away(posts), key=lambda one: one[2].first):
                self._put(datetime.combine(term.first, time(), self._working.zone))
                administrator = self._named(sample.CAST["administrator"][0])
                substitutions.appoint(self._db, administrator, absent, substitute, term)
            with self._db.read() as session:
                found = session.scalars(kept).all()
        leaves = defaultdict(list)
        for leave in found:
            leaves[leave.absent_id].append(leave)
        return leaves

    def _away(self, posts: list[list[int]]) -> Iterator[tuple[int, int, Term]]:
        """Of two heads beside each other the first may be away, and the second stands in."""
        drawn = Random("leaves")  # noqa: S311  (nothing secret)
        for ids in posts:
            for absent, substitute in zip(ids[::2], ids[1::2], strict=False):
                begins = self._begins + YEAR * drawn.uniform(0.05, 0.9)
                first = begins.astimezone(self._working.zone).date()
                term = Term(LEAVE, first, first + timedelta(drawn.randint(3, 14)), "Cuti tahunan.")
                if drawn.random() < ON_LEAVE:
                    yield absent, substitute, term

    def _performer(self, holder_id: int) -> Actor:
        """Who does a person's task now: they, or who stands in for them."""
        day = clock.now().astimezone(self._working.zone).date()
        for leave in self._leaves.get(holder_id, ()):
            if leave.first_day <= day <= leave.last_day:
                return self._read_actor(leave.substitute_id)  # who stands in on this day alone
        return self._actor(holder_id)

    def _actor(self, person_id: int) -> Actor:
        if person_id not in self._actors:
            self._actors[person_id] = self._read_actor(person_id)
        return self._actors[person_id]

    def _read_actor(self, person_id: int) -> Actor:
        with self._db.read() as session:
            found = people.actor(session, person_id)
        if found is None:
            raise NotFound(message("Pegawai tidak dikenal."))
        return found

    def _named(self, nip: str) -> Actor:
        with self._db.read() as session:
            person = people.with_nip(session, nip)
        return self._actor(person.id if person else 0)

    # Cases

    def _plan(self, number: int) -> Plan:
        drawn = Random(f"plan {number}")  # noqa: S311
        share = drawn.betavariate(2, 6) if drawn.random() < EARLY else drawn.random()
        open_for = self._working.between(self._begins, self._present)
        begins = self._working.add(self._begins, Duration(seconds=round(open_for * share)))
        rounds = 1 + (drawn.random() < TWICE) if drawn.random() < DISAGREED else 0
        cancelled_at = drawn.randint(1, 8) if drawn.random() < CANCELLED else None
        return Plan(number, begins, cancelled_at, rounds)

    def _play(self, plan: Plan) -> None:
        drawn = Random(f"case {plan.number}")  # noqa: S311
        subject_id = self._subjects[plan.number % len(self._subjects)]
        self._put(plan.begins)
        clerk = self._actor(drawn.choice(self._clerks))
        key = self._stage.diagram.key
        started = starting.start(self._db, clerk, key, subject_id, token=plan.token)
        case = PastCase.standing(self._stage, started)
        while (item := case.task()) is not None:
            if case.done == plan.cancelled_at:
                supervision.cancel(self._db, clerk, started, drawn.choice(WHY))
                return
            performer = partial(self._performer, item.person_id or clerk.id)
            if not case.take_up(item, performer, drawn):
                return
            if not case.complete(item, performer, drawn, agrees=item.visit > plan.rounds):
                return
