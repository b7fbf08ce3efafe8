"""Cases at their opening: what each begins with, and all of them written together.

Whoever starts one case writes a list of one; a campaign writes many at the price of a few.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, update

from engine import history, ledger, steps, values
from engine.database import line
from engine.history import Fact, Head
from engine.models import Instance, Role, WorkItem
from engine.spiff.execution import Execution
from engine.steps import Situation, Waiting
from engine.timers import Clocks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from bpmn.diagram import Node
    from engine.deployments import Binding
    from engine.ledger import Act, Seat
    from engine.models import Definition
    from engine.steps import Step
    from engine.timers import Row
    from engine.working_time import WorkingTime

# Tables, not classes: what is written are rows, and of an insert only the id is asked.
_CASE, _ITEM = Instance.__table__.c, WorkItem.__table__.c
_INSERT = insert(Instance.__table__).returning(_CASE.id, _CASE.token)
_SEAT = insert(Role.__table__)
_ASKED = insert(WorkItem.__table__).returning(_ITEM.id, _ITEM.instance_id)
_HEAD = (
    update(Instance.__table__)
    .where(_CASE.id == bindparam("instance_id"))
    .values(last_seq=bindparam("seq"), last_hash=bindparam("hash"))
)


@dataclass(frozen=True)
class Plan:
    """A case that may be started: what it runs, about whom, on which clock, and who does what.

    ``chosen`` are the starter's own choices, place to person; ``starter_id`` is None where it is
    nobody's case, as one that a timer starts.
    """

    definition: Definition
    bound: Binding
    subject_id: int
    working: WorkingTime
    seats: dict[str, Seat]
    chosen: Mapping[str, int]
    starter_id: int | None


@dataclass(frozen=True)
class Opening:
    """A case as it begins, to be written; ``kept`` is what its start form was filled in with."""

    plan: Plan
    act: Act
    token: str
    row: Row
    step: Step
    kept: bytes

    @property
    def asked(self) -> Node | None:
        """The start at which something is filled in."""
        return self.plan.bound.program.diagram.start_form


def opening(plan: Plan, act: Act, given: Mapping[str, Any], token: str, **told: Any) -> Opening:
    """Runs a case up to its first waiting tasks, in memory; raises `StepFailed`.

    ``told`` is what its first entry says besides.
    """
    program = plan.bound.program
    asked, kept = program.diagram.start_form, values.dumps(dict(given))
    execution = Execution.start(program, dict(given))
    begun = _started(plan, told)
    if asked is not None:
        begun = replace(begun, element=asked.id, payload=history.digest(kept))
    act.facts.append(begun)
    act.facts.extend(Fact("role.chosen", p, {"person": i}) for p, i in sorted(plan.chosen.items()))
    nothing = Situation(execution, Clocks(program.diagram, plan.working), plan.seats, Waiting())
    step = steps.follow(nothing, act)
    row = {
        "definition_id": plan.definition.id, "subject_id": plan.subject_id,
        "starter_id": plan.starter_id, "token": token, "version": 1, "state": execution.save(),
        "started_at": act.at, "ended_at": None, "last_seq": 0, "last_hash": history.GENESIS,
        "called": plan.bound.called, "status": "running",
    }  # fmt: skip
    return Opening(plan, act, token, row | steps.ending(nothing, act), step, kept)


def write(session: Session, openings: Sequence[Opening]) -> list[int]:
    """Writes cases with all that they begin with; their ids, in the order of the openings."""
    written = line(session).execute(_INSERT, [one.row for one in openings])
    by_token = {row.token: row.id for row in written}
    cases = {by_token[one.token]: one for one in openings}
    _record(session, cases)
    _seat(session, cases)
    _submit(session, cases)
    steps.write_new(session, {number: one.step for number, one in cases.items()})
    return list(cases)


def _record(session: Session, cases: Mapping[int, Opening]) -> None:
    """The first entries of each, whose hashes cover the id that it was given."""
    entries, heads = [], []
    for number, one in cases.items():
        rows, head = ledger.chained(number, Head(0, history.GENESIS), one.act)
        entries += rows
        heads.append({"instance_id": number, "seq": head.seq, "hash": head.hash})
    line(session).execute(_HEAD, heads)
    ledger.record(session, entries)


def _seat(session: Session, cases: Mapping[int, Opening]) -> None:
    rows = [
        {"instance_id": number, "place": place, "person_id": person, "group_id": group}
        for number, one in cases.items()
        for place, (person, group) in one.plan.seats.items()
    ]
    if rows:
        line(session).execute(_SEAT, rows)


def _submit(session: Session, cases: Mapping[int, Opening]) -> None:
    """Keeps what was filled in at the start, as at a step that was done as soon as it opened."""
    items = [_item(number, one, one.asked) for number, one in cases.items() if one.asked]
    if not items:
        return
    written = line(session).execute(_ASKED, items)
    kept = [(row.instance_id, row.id, cases[row.instance_id]) for row in written]
    ledger.submit_all(
        session,
        [
            ledger.submission(number, item, one.act, one.token, one.kept)
            for number, item, one in kept
        ],
    )


def _item(number: int, one: Opening, asked: Node) -> Row:
    act = one.act
    return {
        "instance_id": number, "task": asked.kind, "element": asked.id, "place": act.capacity,
        "status": "completed", "visit": 1, "person_id": act.person_id, "opened_at": act.at,
        "taken_up_at": act.at, "closed_at": act.at, "closed_by": act.person_id,
        "counted": True,  # no work: for no figure
    }  # fmt: skip


def _started(plan: Plan, told: Mapping[str, Any]) -> Fact:
    definition, called = plan.definition, plan.bound.versions
    details: dict[str, Any] = {
        "process": definition.key, "version": definition.version, "digest": definition.digest,
        "subject": plan.subject_id,
        "roles": {p: {"person": who, "group": group} for p, (who, group) in plan.seats.items()},
        **told,
    }  # fmt: skip
    if called:
        details["called"] = {
            key: {"version": one.version, "digest": one.digest} for key, one in called.items()
        }
    return Fact("instance.started", details=details)
