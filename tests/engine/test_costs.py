"""What acts cost the database in statements and commits; and that they lock in one order."""

from datetime import timedelta

import pytest

from engine import firing, instances, jobs, supervision, topics
from engine.models import Job
from engine.worker import LANES

REMIND = '<messageEventDefinition camunda:type="external" camunda:topic="remind" />'
WORK = f"""
    property alur:calendar=working
    property alur:waitLimit=PT4H
    property alur:remindBefore=PT5M
    property alur:escalateAfter=PT1H
    startEvent s
    userTask a camunda:candidateGroups=umum-aparatur
    boundaryEvent w attachedToRef=a cancelActivity=false name="10 menit"
        property alur:timer=waktu
        timer timeDuration PT10M
    boundaryEvent x attachedToRef=a cancelActivity=false
        timer timeDuration PT3H
    userTask b camunda:candidateGroups=umum-aparatur
    serviceTask v camunda:topic=arsip
    endEvent e
    endEvent f
        {REMIND}
    s -> a -> b -> v -> e
    w -> f
    x -> f
"""


@pytest.fixture
def case(office, draw, at) -> int:
    """A case of a task with every kind of clock; what is read once and kept has been read."""
    office.put_into_force(draw(WORK), "arsip")
    warm = office.start(key="p")
    instances.claim(office.db, office.staff, office.item(warm).id)
    office.cancel(warm)
    return office.start(key="p")


@pytest.fixture
def cost(statements):
    """``cost(act)``: the statements and commits of an act."""

    def _cost(act) -> tuple[int, int]:
        statements.clear()
        act()
        return len(statements.sent), statements.commits

    return _cost


def begun(office, kind: str) -> Job:
    (held, *_) = jobs.lease(office.db, {kind}, timedelta(minutes=1), 1)
    return jobs.begin(office.db, held)


def claim(office, case: int) -> None:
    instances.claim(office.db, office.staff, office.item(case).id)


def test_claiming_arms_the_clocks_of_the_work_in_two_statements_more(office, case, cost):
    item = office.item(case)
    assert cost(lambda: instances.claim(office.db, office.staff, item.id)) <= (9, 1)


def test_beginning_costs_no_more_than_claiming(office, case, cost):
    claim(office, case)
    office.step(case)
    item = office.item(case)
    assert cost(lambda: instances.take_up(office.db, office.staff, item.id)) <= (6, 1)


def test_completing_with_clocks_that_run_costs_two_statements_more(office, case, cost):
    claim(office, case)
    item = office.item(case)
    act = lambda: instances.complete(office.db, office.staff, item.id, {}, token="t")  # noqa: E731
    assert cost(act) <= (9, 1)


def test_a_timer_fires_in_seven_statements_and_one_commit(office, case, cost, at):
    claim(office, case)
    at("2026-11-26T09:10")
    job = begun(office, "timer")
    assert cost(lambda: firing.fire(office.db, job)) <= (7, 1)


def test_an_idle_look_is_one_statement_for_each_lane_and_no_commit(office, case, cost):
    for lane in LANES:
        assert cost(lambda lane=lane: jobs.lease(office.db, lane.kinds, lane.lease, 400)) == (1, 0)


def test_leasing_many_costs_as_much_as_leasing_one(office, case, cost, at):
    for _ in range(5):
        claim(office, office.start(key="p"))
    at("2026-11-26T09:10")
    look = lambda limit: lambda: jobs.lease(office.db, {"timer"}, timedelta(minutes=1), limit)  # noqa: E731
    assert cost(look(1)) == cost(look(4)) == (3, 1)


@pytest.mark.parametrize("act", ["fire", "answer", "complete", "suspend", "postpone", "cancel"])
def test_every_act_writes_its_case_first(office, case, statements, at, act):
    """Two acts in a case then wait for each other in one order, and never both."""
    claim(office, case)
    if act == "answer":
        office.step(case)
        office.step(case)
    at("2026-11-26T09:10")
    job = office.jobs(case)[-1] if act == "postpone" else None
    job = begun(office, {"fire": "timer", "answer": "service"}[act]) if act in ("fire", "answer") else job
    statements.clear()
    match act:
        case_ if case_ == "fire":
            firing.fire(office.db, job)
        case_ if case_ == "answer":
            topics.call(office.db, job, {"arsip": lambda order: {}})
        case_ if case_ == "complete":
            office.step(case)
        case_ if case_ == "suspend":
            supervision.suspend(office.db, office.superior, case, "Sakit")
        case_ if case_ == "postpone":
            later = job.due + timedelta(days=1)
            supervision.postpone(office.db, office.superior, case, job.id, later, "Sakit")
        case_ if case_ == "cancel":
            office.cancel(case)
    writing = [sent for sent, _ in statements.sent if not sent.lstrip().startswith("SELECT")]
    assert writing[0].startswith("UPDATE instance")
    assert any("job" in sent for sent in writing)
