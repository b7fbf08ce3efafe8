"""Suspending a case and letting it go on with what was left of its clocks."""

from datetime import UTC, datetime, timedelta

import pytest

from engine import instances, jobs, postponement, supervision, values
from engine.errors import InvalidInput, NoLongerOpen, NotAllowed, NotFound, Suspended

REASON = "Pegawai sakit"
REMIND = '<messageEventDefinition camunda:type="external" camunda:topic="remind" />'
WORK = f"""
    property alur:calendar=working
    startEvent s
    userTask a camunda:candidateGroups=umum-aparatur
    boundaryEvent w attachedToRef=a cancelActivity=false name="1 jam"
        property alur:timer=waktu
        timer timeDuration PT1H
    boundaryEvent x attachedToRef=a cancelActivity=false
        %s
    endEvent e
    endEvent f
        {REMIND}
    s -> a -> e
    w -> f
    x -> f
"""
DAYS = "property alur:calendar=elapsed\ntimer timeDuration P2D"


def wib(local: str) -> datetime:
    return datetime.fromisoformat(f"{local}+07:00").astimezone(UTC)


@pytest.fixture
def begin(office, draw, at, audit):
    """``begin(timer, property, …)``: a case whose task was claimed at nine; sound at the end."""

    def _begin(timer: str = DAYS, *properties: str) -> int:
        said = "\n".join(f"property {name}" for name in properties)
        office.put_into_force(draw(f"{said}\n{WORK % timer}"))
        case = office.start(key="p")
        instances.claim(office.db, office.staff, office.item(case).id)
        return case

    yield _begin
    assert audit(office.db) == []


@pytest.fixture
def suspend(office):
    return lambda case: supervision.suspend(office.db, office.superior, case, REASON)


@pytest.fixture
def resume(office):
    return lambda case: supervision.resume(office.db, office.superior, case, "Sudah masuk")


def dues(office, case: int) -> dict[str, datetime]:
    return {job.element: job.due for job in office.jobs(case)}


def test_a_suspended_cases_timers_stand_still(office, begin, at, suspend, audit):
    case = begin()
    at("2026-11-26T09:40")
    suspend(case)
    assert office.case(case).status == "suspended"
    assert {job.state for job in office.jobs(case)} == {"held"}
    at("2026-12-26T09:00")
    assert office.due() == []
    assert office.told(case) == []
    assert audit(office.db) == []


def test_working_time_goes_on_with_what_was_left(office, begin, at, suspend, resume):
    case = begin()
    at("2026-11-26T09:40")  # twenty minutes of the hour are left
    suspend(case)
    at("2026-11-30T11:50")
    resume(case)
    assert dues(office, case)["w"] == office.item(case).due_at == wib("2026-11-30T13:10")
    at("2026-11-30T13:10")
    assert office.due()[0] == ("timer", "w")


def test_elapsed_time_goes_on_with_what_was_left(office, begin, at, suspend, resume):
    case = begin()
    at("2026-11-27T09:00")
    office.due()  # the hour of the Waktu is over
    suspend(case)
    at("2026-12-05T11:00")  # a Saturday: one day is left
    resume(case)
    assert dues(office, case) == {"x": wib("2026-12-06T11:00")}
    assert office.item(case).deadline_at == wib("2026-12-06T11:00")


def test_a_date_in_the_calendar_stays_that_date(office, begin, at, suspend, resume):
    case = begin("timer timeDate 2026-11-27T08:00:00+07:00")
    suspend(case)
    at("2026-11-26T10:00")
    resume(case)
    assert dues(office, case)["x"] == wib("2026-11-27T08:00")
    suspend(case)
    at("2026-12-01T10:00")
    resume(case)
    assert dues(office, case)["x"] == wib("2026-11-27T08:00")
    assert ("timer", "x") in office.due()


def test_the_end_of_a_day_stays_the_end_of_a_day(office, begin, at, suspend, resume):
    case = begin(f"property alur:due=endOfDay\n{DAYS}")
    assert dues(office, case)["x"] == wib("2026-11-29T00:00")
    at("2026-11-28T12:00")
    suspend(case)
    at("2026-12-01T18:00")  # twelve hours were left
    resume(case)
    assert dues(office, case)["x"] == wib("2026-12-03T00:00")


def test_a_cycle_keeps_its_length(office, begin, at, suspend, resume):
    case = begin("property alur:calendar=elapsed\ntimer timeCycle R3/PT2H")
    at("2026-11-26T10:50")
    office.due()
    suspend(case)
    at("2026-11-27T09:00")
    resume(case)
    for local in ("2026-11-27T09:10", "2026-11-27T11:10", "2026-11-27T13:10"):
        assert dues(office, case) == {"x": wib(local)}
        at(local)
        office.due()
    assert office.jobs(case) == []


def test_what_was_overdue_is_due_at_once(office, begin, at, suspend, resume):
    case = begin()
    at("2026-11-26T15:00")
    suspend(case)
    at("2026-11-28T09:00")
    resume(case)
    assert office.due()[0] == ("timer", "w")


def test_the_end_of_a_day_that_has_passed_is_not_put_off_by_another(
    office, begin, at, suspend, resume
):
    case = begin(f"property alur:due=endOfDay\n{DAYS}")
    at("2026-11-30T09:00")
    suspend(case)
    at("2026-12-01T09:00")
    resume(case)
    assert ("timer", "x") in office.due()


def test_a_suspension_within_a_suspension_is_refused_and_two_in_turn_add_up(
    office, begin, at, suspend, resume
):
    case = begin()
    for day in (27, 28):
        at(f"2026-11-{day}T00:00")
        suspend(case)
        with pytest.raises(NoLongerOpen):
            suspend(case)
        at(f"2026-11-{day}T10:00")
        resume(case)
        with pytest.raises(NoLongerOpen):
            resume(case)
    assert dues(office, case)["x"] == wib("2026-11-29T05:00")


def test_the_reminder_before_and_the_escalation_stand_still_too(office, begin, at, suspend, resume):
    case = begin(DAYS, "alur:remindBefore=PT20M", "alur:escalateAfter=PT2H")
    at("2026-11-26T09:30")
    suspend(case)
    at("2026-11-30T09:30")
    resume(case)
    assert [(job.kind, job.due) for job in office.jobs(case, "before", "escalate")] == [
        ("before", wib("2026-11-30T09:40")),
        ("escalate", wib("2026-11-30T12:00")),
    ]


def test_seconds_are_not_counted_while_a_case_is_suspended(office, begin, at, suspend, resume):
    case = begin()
    at("2026-11-26T10:00")
    suspend(case)
    item = office.item(case)
    assert (item.worked, item.since) == (3600, None)
    at("2026-11-26T14:00")
    resume(case)
    at("2026-11-26T14:30")
    office.step(case)
    (item,) = office.work(case)
    assert (item.waited, item.worked) == (0, 5400)


def test_nothing_goes_on_in_a_suspended_case(office, begin, suspend):
    case = begin()
    item = office.item(case)
    suspend(case)
    before = office.rows()
    with pytest.raises(Suspended):
        instances.complete(office.db, office.staff, item.id, {}, token="t")
    with pytest.raises(NoLongerOpen):
        postponement.postpone(
            office.db,
            office.superior,
            case,
            office.jobs(case)[0].task,
            wib("2027-01-01T09:00"),
            "x",
        )
    assert office.rows() == before


def test_a_task_that_waits_in_a_suspended_case_cannot_be_taken_up(office, suspend):
    case = office.start()
    item = office.item(case)
    suspend(case)
    with pytest.raises(Suspended):
        instances.claim(office.db, office.staff, item.id)


def test_a_suspended_case_can_be_cancelled(office, begin, suspend):
    case = begin()
    suspend(case)
    office.cancel(case)
    assert office.case(case).status == "cancelled"
    assert office.jobs(case) == []


def test_a_resumed_case_can_be_finished(office, begin, suspend, resume):
    case = begin()
    suspend(case)
    resume(case)
    office.finish(case)
    assert office.case(case).status == "completed"


def test_who_did_it_when_and_why_is_on_record(office, begin, suspend, resume):
    case = begin()
    suspend(case)
    resume(case)
    told = office.history(case)[-2:]
    assert [(e.kind, e.person_id, e.capacity) for e in told] == [
        ("instance.suspended", office.superior.id, "supervisor"),
        ("instance.resumed", office.superior.id, "supervisor"),
    ]
    assert [values.loads(e.details)["reason"] for e in told] == [REASON, "Sudah masuk"]


@pytest.mark.parametrize(
    "part", ["staff", "employee", "assessor", "neighbour", "analyst", "outsider"]
)
def test_only_supervisors_above_the_employee_may(office, begin, suspend, part):
    case, actor = begin(), getattr(office, part)
    before = office.rows()
    with pytest.raises(NotAllowed):
        supervision.suspend(office.db, actor, case, REASON)
    assert office.rows() == before
    suspend(case)
    before = office.rows()
    with pytest.raises(NotAllowed):
        supervision.resume(office.db, actor, case, REASON)
    assert office.rows() == before


@pytest.mark.parametrize("reason", ["", " \n", "x" * 1001], ids=["none", "blank", "a novel"])
def test_a_reason_is_needed(office, begin, suspend, reason):
    case = begin()
    with pytest.raises(InvalidInput):
        supervision.suspend(office.db, office.superior, case, reason)
    suspend(case)
    with pytest.raises(InvalidInput):
        supervision.resume(office.db, office.superior, case, reason)
    assert office.case(case).status == "suspended"


@pytest.mark.parametrize("act", [supervision.suspend, supervision.resume])
def test_an_unknown_or_ended_case_cannot_be_suspended_or_resumed(office, act):
    case = office.start()
    office.finish(case)
    with pytest.raises(NoLongerOpen):
        act(office.db, office.superior, case, REASON)
    with pytest.raises(NotFound):
        act(office.db, office.superior, 404, REASON)


def test_a_reminder_that_goes_out_meanwhile_does_not_hinder_suspending(
    office, begin, at, suspend, rival, before_writing
):
    """It is a write that no version of the case tells of."""
    case = begin(DAYS, "alur:escalateAfter=PT1H")
    at("2026-11-26T11:00")
    (job,) = office.jobs(case, "escalate")

    def escalated() -> None:
        with rival.write() as session:
            jobs.move(session, job, due=job.due + timedelta(hours=1))

    before_writing(office.db, escalated)
    suspend(case)
    assert {job.state for job in office.jobs(case)} == {"held"}
