"""What acts cost the database in statements and commits; and that they lock in one order."""

from datetime import timedelta

import pytest

from engine import (
    corrections,
    firing,
    instances,
    jobs,
    jumps,
    ledger,
    nudges,
    postponement,
    supervision,
    topics,
)
from engine.models import Job
from engine.worker import LANES
from tests import leases

REMIND = '<messageEventDefinition camunda:type="external" camunda:topic="remind" />'
WORK = f"""
    property alur:calendar=working
    property alur:waitLimit=PT4H
    property alur:remindBefore=PT5M
    property alur:escalateAfter=PT1H
    lane Staf group:umum-aparatur: s a w x b v e f
    startEvent s
    userTask a
    boundaryEvent w attachedToRef=a cancelActivity=false name="10 menit"
        property alur:timer=waktu
        timer timeDuration PT10M
    boundaryEvent x attachedToRef=a cancelActivity=false
        timer timeDuration PT3H
    userTask b
    serviceTask v camunda:topic=arsip
    endEvent e
    endEvent f
        {REMIND}
    s -> a -> b -> v -> e
    w -> f
    x -> f
"""


# As most procedures are: each task is a person's, with a standard duration whose clock runs.
PLAIN = """
    lane Staf starter: s a x e
    lane Pegawai subject: b y f g
    startEvent s
    userTask a
    boundaryEvent x attachedToRef=a cancelActivity=false
        timer timeDuration P1D
    userTask b
    boundaryEvent y attachedToRef=b cancelActivity=false
        timer timeDuration P1D
    endEvent e
    endEvent f
    endEvent g
    s -> a -> b -> e
    x -> f
    y -> g
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
    return leases.begin(office.db, held)


def claim(office, case: int) -> None:
    instances.claim(office.db, office.staff, office.item(case).id)


def test_starting_a_case_takes_nine_statements(office, skp, case, cost):
    """Of which one asks for the groups that fill places, and one for people and their superiors."""
    assert cost(lambda: office.start(key="p")) <= (9, 1)
    office.put_into_force(skp)
    assert cost(lambda: office.start(by=office.staff)) <= (9, 1)


def test_claiming_a_task_with_every_clock_takes_eight_statements(office, case, cost):
    item = office.item(case)
    assert cost(lambda: instances.claim(office.db, office.staff, item.id)) == (8, 1)


def test_beginning_a_task_takes_five_statements(office, case, cost):
    claim(office, case)
    office.step(case)
    item = office.item(case)
    assert cost(lambda: instances.take_up(office.db, office.staff, item.id)) == (5, 1)


def test_completing_a_task_whose_clocks_run_takes_six_statements(office, case, cost):
    claim(office, case)
    item = office.item(case)
    done = cost(lambda: instances.complete(office.db, office.staff, item.id, {}, token="t"))
    assert done == (7, 1)


def test_completing_a_plain_task_takes_six_statements(office, draw, cost):
    office.put_into_force(draw(PLAIN))
    case = office.start(key="p")
    item = office.item(case)
    act = lambda: instances.complete(office.db, office.staff, item.id, {}, token="t")  # noqa: E731
    assert cost(act) == (6, 1)
    assert [(job.element, job.state) for job in office.jobs(case)] == [("y", "armed")]


def test_a_task_that_is_there_already_opens_no_second_time(office, case):
    item = office.item(case)
    row = {name: getattr(item, name) for name in ledger._KEPT} | {"status": "open", "person_id": 1}
    with pytest.raises(KeyError), office.db.write() as session:
        ledger.write_items(session, [row])
    assert office.item(case).person_id == item.person_id


def test_a_timer_fires_in_five_statements(office, case, cost, at):
    claim(office, case)
    at("2026-11-26T09:10")
    job = begun(office, "timer")
    assert cost(lambda: firing.fire(office.db, job)) == (5, 1)


def test_a_nudge_takes_nine_statements(office, case, cost):
    item = office.item(case)
    act = lambda: nudges.nudge(office.db, office.superior, case, item.id, "Mohon")  # noqa: E731
    assert cost(act) == (9, 1)


def test_a_jump_takes_fifteen_statements(office, case, cost):
    claim(office, case)
    office.step(case)
    item = office.item(case)
    act = lambda: jumps.jump(office.db, office.superior, case, item.id, "a", "Ulang")  # noqa: E731
    assert cost(act) == (15, 1)


def test_a_correction_takes_eleven_statements(office, case, cost):
    claim(office, case)
    item, who = office.item(case), office.superior
    office.step(case, catatan="Baik")
    given = {"catatan": "Cukup"}
    act = lambda: corrections.correct(office.db, who, case, item.id, given, "x")  # noqa: E731
    assert cost(act) == (11, 1)


def test_an_idle_look_is_one_statement_for_each_lane_and_no_commit(office, case, cost):
    for lane in LANES:
        assert cost(lambda lane=lane: jobs.lease(office.db, lane.kinds, lane.lease, 400)) == (1, 0)


def test_leasing_many_costs_as_much_as_leasing_one(office, case, cost, at):
    for _ in range(5):
        claim(office, office.start(key="p"))
    at("2026-11-26T09:10")
    one, many = (
        cost(lambda limit=limit: jobs.lease(office.db, {"timer"}, timedelta(minutes=1), limit))
        for limit in (1, 4)
    )
    assert one == many == (3, 1)


@pytest.mark.parametrize("act", ["fire", "answer", "complete", "suspend", "postpone", "cancel"])
def test_every_act_writes_its_case_first(office, case, statements, at, act):
    """Two acts in a case then wait for each other in one order, and never each for the other."""
    claim(office, case)
    if act == "answer":
        office.step(case)
        office.step(case)
    at("2026-11-26T09:10")
    job = begun(office, {"answer": "service"}.get(act, "timer"))
    later, who = job.due + timedelta(days=1), office.superior
    acts = {
        "fire": lambda: firing.fire(office.db, job),
        "answer": lambda: topics.call(office.db, job, {"arsip": lambda order: {}}),
        "complete": lambda: office.step(case),
        "suspend": lambda: supervision.suspend(office.db, who, case, "Sakit"),
        "postpone": lambda: postponement.postpone(office.db, who, case, job.task, later, "Sakit"),
        "cancel": lambda: office.cancel(case),
    }
    statements.clear()
    acts[act]()
    writing = [sent for sent, _ in statements.sent if not sent.startswith("SELECT")]
    assert writing[0].startswith("UPDATE instance")
    assert any(" job " in sent for sent in writing)
