"""Arming what running cases wait for: after an upgrade, or a repair."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, select, update

from engine import clock, instances, jobs, rearming, supervision
from engine.models import Incident, Instance, Job, WorkItem

REMIND = '<messageEventDefinition camunda:type="external" camunda:topic="remind" />'
WORK = f"""
    property alur:calendar=working
    property alur:waitLimit=PT4H
    startEvent s
    userTask a camunda:candidateGroups=umum-aparatur
    boundaryEvent w attachedToRef=a cancelActivity=false name="10 menit"
        property alur:timer=waktu
        timer timeDuration PT10M
    boundaryEvent x attachedToRef=a cancelActivity=false
        timer timeDuration PT3H
    intermediateCatchEvent c
        timer timeDuration PT1H
    endEvent e
    endEvent f
        {REMIND}
    s -> a -> c -> e
    w -> f
    x -> f
"""


def wib(local: str) -> datetime:
    return datetime.fromisoformat(f"{local}+07:00").astimezone(UTC)


@pytest.fixture
def begin(office, draw, at):
    """``begin()``: a case whose task waits since nine."""
    office.put_into_force(draw(WORK))
    return lambda: office.start(key="p")


@pytest.fixture
def lose(office):
    """``lose(*kinds)``: the jobs of these kinds are lost, and the times they were for."""

    def _lose(*kinds: str) -> None:
        with office.db.write() as session:
            session.execute(delete(Job).where(Job.kind.in_(kinds)))
            if "wait" in kinds:
                session.execute(update(WorkItem).values(wait_due_at=None))
            if "timer" in kinds:
                session.execute(update(WorkItem).values(due_at=None, deadline_at=None))

    return _lose


def rearm(office) -> None:
    now = clock.now()
    with office.db.write() as session:
        jobs.arm(session, [{"kind": "rearm", "due": now, "ready": now}])
    assert office.due() == [("rearm", None)]


def clocks(office, case: int) -> list[tuple[str, str | None, datetime]]:
    return [(job.kind, job.element, job.due) for job in office.jobs(case)]


def dues(office, case: int) -> tuple:
    item = office.item(case)
    return item.due_at, item.wait_due_at, item.deadline_at


def test_what_was_lost_is_armed_from_when_it_should_have_been(office, begin, lose, at, audit):
    waiting, taken = begin(), begin()
    at("2026-11-26T09:30")
    instances.claim(office.db, office.staff, office.item(taken).id)
    before = [(clocks(office, case), dues(office, case)) for case in (waiting, taken)]
    lose("timer", "wait")
    at("2026-11-26T09:35")
    rearm(office)
    found = [(clocks(office, case), dues(office, case)[::2]) for case in (waiting, taken)]
    assert found == [(jobs_, (d[0], d[2])) for jobs_, d in before]
    assert dues(office, waiting) == before[0][1]
    assert office.kinds(waiting)[-1] == "timers.armed"
    assert audit(office.db) == []


def test_what_goes_around_a_waktu_is_armed_again_with_it(office, draw, lose, at, audit):
    limits = "property alur:remindBefore=PT5M\nproperty alur:escalateAfter=PT1H\n"
    office.put_into_force(draw(limits + WORK))
    at("2026-11-26T09:00")
    case = office.start(key="p")
    instances.claim(office.db, office.staff, office.item(case).id)
    before = clocks(office, case)
    assert [kind for kind, *_ in before] == ["before", "timer", "escalate", "timer"]
    lose("timer", "before", "escalate")
    rearm(office)
    assert clocks(office, case) == before
    assert audit(office.db) == []


def test_a_reminder_that_was_told_is_not_armed_again(office, draw, at):
    office.put_into_force(draw("property alur:remindBefore=PT5M\n" + WORK))
    at("2026-11-26T09:00")
    case = office.start(key="p")
    instances.claim(office.db, office.staff, office.item(case).id)
    at("2026-11-26T09:05")
    assert office.due() == [("before", "a")]
    before = office.rows()
    rearm(office)
    assert office.rows() == before


def test_what_is_armed_is_left_as_it_is(office, begin, at, audit):
    case = begin()
    at("2026-11-26T09:30")
    before = office.rows()
    rearm(office)
    assert office.rows() == before
    assert dues(office, case)[1:] == (wib("2026-11-26T14:00"), wib("2026-11-26T12:00"))


def test_what_one_clock_lacks_leaves_the_times_of_the_others(office, begin, lose, at, audit):
    case = begin()
    before = dues(office, case)
    lose("wait")
    rearm(office)
    assert dues(office, case) == before
    assert audit(office.db) == []


def test_a_timer_on_the_way_is_armed_from_now(office, begin, lose, at, audit):
    case = begin()
    office.step(case)
    lose("timer")
    at("2026-11-26T10:00")
    rearm(office)
    assert clocks(office, case) == [("timer", "c", wib("2026-11-26T11:00"))]
    at("2026-11-26T11:00")
    office.due()
    assert office.case(case).status == "completed"
    assert audit(office.db) == []


def test_cases_that_do_not_run_are_left_alone(office, begin, lose):
    suspended, cancelled = begin(), begin()
    supervision.suspend(office.db, office.superior, suspended, "Sakit")
    office.cancel(cancelled)
    lose("timer", "wait")
    rearm(office)
    assert office.jobs() == []


def test_a_case_that_cannot_be_read_keeps_no_other_from_being_armed(office, begin, lose):
    damaged, sound = begin(), begin()
    lose("timer", "wait")
    with office.db.write() as session:
        one = update(Instance).where(Instance.id == damaged)
        session.execute(one.values(state=b"[]"))
    rearm(office)
    assert [job.kind for job in office.jobs(sound)] == ["timer", "wait"]
    with office.db.read() as session:
        assert session.scalars(select(Incident.job_id)).one() == office.jobs(None, "rearm")[0].id


def test_all_cases_are_gone_through_page_by_page(office, begin, lose, monkeypatch, audit):
    every = [begin() for _ in range(5)]
    lose("timer", "wait")
    monkeypatch.setattr(rearming, "PAGE", 2)
    rearm(office)
    assert {job.instance_id for job in office.jobs()} == set(every)
    assert audit(office.db) == []


def test_a_case_that_moves_on_meanwhile_is_armed_as_it_is_then(
    office, begin, lose, rival, before_writing, audit
):
    case = begin()
    lose("timer", "wait")
    item = office.item(case)
    # Leasing and beginning write too.
    acts = [int, int, lambda: instances.claim(rival, office.staff, item.id)]
    now = clock.now()
    with office.db.write() as session:
        jobs.arm(session, [{"kind": "rearm", "due": now, "ready": now}])
    before_writing(office.db, *acts)
    office.due()
    assert {(job.kind, job.element) for job in office.jobs(case)} == {
        ("timer", "w"),
        ("timer", "x"),
    }
    assert audit(office.db) == []
