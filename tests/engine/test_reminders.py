"""What runs beside a timer: the waiting limit, the reminder before it and the escalation after."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from engine import instances, punctuality
from engine.models import Person, WorkItem

REMIND = '<messageEventDefinition camunda:type="external" camunda:topic="remind" />'
GROUP = "camunda:candidateGroups=umum-aparatur"
WORK = f"""
    property alur:calendar=working
    startEvent s
    userTask a {GROUP}
        %s
    boundaryEvent w attachedToRef=a cancelActivity=false name="1 jam"
        property alur:timer=waktu
        timer timeDuration PT1H
        %s
    endEvent e
    endEvent f
        {REMIND}
    s -> a -> e
    w -> f
"""


def wib(local: str) -> datetime:
    return datetime.fromisoformat(f"{local}+07:00").astimezone(UTC)


@pytest.fixture
def begin(office, draw, at, audit):
    """``begin(property, …)``: a case of the office with these properties of the process."""

    def _begin(*properties: str, of_task: str = "", of_waktu: str = "") -> int:
        said = "\n".join(f"property {name}" for name in properties)
        office.put_into_force(draw(f"{said}\n{WORK % (of_task, of_waktu)}"))
        return office.start(key="p")

    yield _begin
    assert audit(office.db) == []


def due_jobs(office, case: int) -> list[tuple[str, datetime]]:
    return [(job.kind, job.due) for job in office.jobs(case)]


def take(office, case: int) -> WorkItem:
    instances.claim(office.db, office.staff, office.item(case).id)
    return office.item(case)


def test_without_a_limit_nothing_runs_while_a_task_waits(office, begin):
    case = begin()
    assert office.jobs(case) == []
    assert office.item(case).wait_due_at is None


def test_a_task_that_lies_too_long_is_told_to_those_who_may_take_it(office, begin, at):
    case = begin("alur:waitLimit=P1D")
    assert due_jobs(office, case) == [("wait", wib("2026-11-27T09:00"))]
    assert office.item(case).wait_due_at == wib("2026-11-27T09:00")
    at("2026-11-27T09:00")
    assert office.due() == [("wait", "a")]
    assert office.told(case) == [(office.staff.name, "wait"), (office.colleague.name, "wait")]
    assert office.jobs(case) == []


def test_the_limit_of_a_task_goes_before_that_of_the_process(office, begin):
    case = begin("alur:waitLimit=P1D", of_task="property alur:waitLimit=PT2H")
    assert due_jobs(office, case) == [("wait", wib("2026-11-26T11:00"))]


def test_a_task_that_was_taken_up_waits_no_more(office, begin, at):
    case = begin("alur:waitLimit=P1D")
    take(office, case)
    at("2026-11-27T09:00")
    assert [kind for kind, _ in office.due()] == ["timer", "message"]
    assert office.told(case) == [(office.staff.name, "due")]


def test_a_task_that_was_completed_waits_no_more(office, begin, at):
    case = begin("alur:waitLimit=P1D")
    office.step(case)
    at("2026-11-27T09:00")
    assert office.due() == []


def test_a_task_that_is_given_back_does_not_wait_a_second_time(office, begin):
    """What is late is the work, which has begun."""
    case = begin("alur:waitLimit=P1D")
    item = take(office, case)
    instances.release(office.db, office.staff, item.id)
    assert [kind for kind, _ in due_jobs(office, case)] == ["timer"]


def test_a_reminder_comes_before_the_end_where_the_process_wants_one(office, begin, at):
    case = begin("alur:remindBefore=PT20M")
    take(office, case)
    assert due_jobs(office, case) == [
        ("before", wib("2026-11-26T09:40")),
        ("timer", wib("2026-11-26T10:00")),
    ]
    at("2026-11-26T09:40")
    assert office.due() == [("before", "a")]
    assert office.told(case) == [(office.staff.name, "before")]


def test_a_reminder_before_counts_back_in_working_time(office, begin, at):
    at("2026-11-26T15:30")
    case = begin("alur:remindBefore=PT40M")
    take(office, case)
    assert due_jobs(office, case) == [
        ("before", wib("2026-11-26T15:50")),
        ("timer", wib("2026-11-27T08:00")),
    ]


def test_no_reminder_comes_before_the_work_has_begun(office, begin):
    case = begin("alur:remindBefore=PT2H")
    take(office, case)
    assert [kind for kind, _ in due_jobs(office, case)] == ["timer"]


def test_a_waktu_from_arrival_has_its_reminder_and_escalation_from_arrival(office, begin, at):
    limits = "alur:waitLimit=P1D", "alur:remindBefore=PT20M", "alur:escalateAfter=PT1H"
    case = begin(*limits, of_waktu="property alur:clock=arrival")
    around = [
        ("before", wib("2026-11-26T09:40")),
        ("timer", wib("2026-11-26T10:00")),
        ("escalate", wib("2026-11-26T11:00")),
    ]
    assert due_jobs(office, case) == [*around, ("wait", wib("2026-11-27T09:00"))]
    take(office, case)
    assert due_jobs(office, case) == around
    at("2026-11-26T11:00")
    office.due()
    assert [kind for _, kind in office.told(case)] == ["before", "escalated", "due"]


def test_a_late_task_climbs_the_chain_of_its_performer(office, begin, at):
    case = begin("alur:escalateAfter=P1D")
    take(office, case)
    assert due_jobs(office, case)[1:] == [("escalate", wib("2026-11-27T10:00"))]
    chain = ["Kasubbag Contoh", "Sari Contoh", "Kadis Contoh", "Sekda Contoh", "Gubernur Contoh"]
    for day in ("27", "30"):
        at(f"2026-11-{day}T10:00")
        office.due()
    for day in (1, 2, 3):
        at(f"2026-12-0{day}T10:00")
        assert office.due() == [("escalate", "a")]
    assert [told for told in office.told(case) if told[1] == "escalated"] == [
        (name, "escalated") for name in chain
    ]
    assert office.jobs(case) == []  # nobody is above the governor


def test_a_task_that_is_done_climbs_no_further(office, begin, at):
    case = begin("alur:escalateAfter=P1D")
    take(office, case)
    at("2026-11-27T10:00")
    office.due()
    office.step(case)
    at("2026-12-26T10:00")
    assert office.due() == []


def test_an_escalation_follows_whoever_has_the_task_then(office, begin, at):
    case = begin("alur:escalateAfter=P1D")
    item = take(office, case)
    instances.release(office.db, office.staff, item.id)
    at("2026-11-27T10:00")
    office.due()
    assert ("Kasubbag Contoh", "escalated") in office.told(case)


def test_a_circle_of_superiors_is_climbed_once(office, begin, at):
    case = begin("alur:escalateAfter=PT1H")
    take(office, case)
    with office.db.write() as session:
        circle = update(Person).where(Person.nip == "197104042090032004")
        below = office.assessor.id
        session.execute(circle.values(superior_id=below))
        session.execute(update(Person).where(Person.id == below).values(superior_id=6))
    for hour in range(11, 20):
        at(f"2026-11-30T{hour}:00")
        office.due()
    names = [name for name, kind in office.told(case) if kind == "escalated"]
    assert len(names) == len(set(names))
    assert office.jobs(case) == []


def test_who_has_no_superior_is_reported_to_nobody(office, begin, at):
    with office.db.write() as session:
        alone = update(Person).where(Person.id.in_([office.staff.id, office.colleague.id]))
        session.execute(alone.values(superior_id=None))
    case = begin("alur:escalateAfter=PT1H")
    take(office, case)
    at("2026-11-26T11:00")
    office.due()
    assert [kind for _, kind in office.told(case)] == ["due"]
    assert office.jobs(case) == []


def test_standings_tell_the_tray_from_the_work(office, begin, at):
    case = begin("alur:waitLimit=PT2H")
    said = []
    for hour in ("09", "11"):
        at(f"2026-11-26T{hour}:01")
        said.append(punctuality.standing(office.item(case), "running"))
    take(office, case)
    for minute in ("02", "02"):
        said.append(punctuality.standing(office.item(case), "running"))
        at(f"2026-11-26T14:{minute}")
    said.append(punctuality.standing(office.item(case), "suspended"))
    said.append(punctuality.standing(office.item(case), "running"))
    assert said == ["waiting", "neglected", "working", "late", "suspended", "late"]


def test_the_seconds_in_the_tray_and_at_work_are_counted_by_the_office_clock(office, begin, at):
    case = begin()
    at("2026-11-26T11:30")
    take(office, case)
    at("2026-11-26T13:15")
    office.step(case)
    (item,) = office.work(case)
    assert (item.waited, item.worked, item.since) == (2.5 * 3600, 0.75 * 3600, None)
