"""Postponing a timer of a case."""

from datetime import UTC, datetime

import pytest

from engine import instances, postponement, supervision, values
from engine.errors import InvalidInput, NoLongerOpen, NotAllowed, NotFound
from engine.models import Job

REASON = "Menunggu data pendukung"
REMIND = '<messageEventDefinition camunda:type="external" camunda:topic="remind" />'
WORK = f"""
    property alur:calendar=working
    property alur:waitLimit=PT2H
    property alur:remindBefore=PT20M
    property alur:escalateAfter=PT1H
    startEvent s
    userTask a camunda:candidateGroups=umum-aparatur
    boundaryEvent w attachedToRef=a cancelActivity=false name="1 jam"
        property alur:timer=waktu
        timer timeDuration PT1H
        %s
    boundaryEvent x attachedToRef=a cancelActivity=false
        timer timeDuration PT3H
    boundaryEvent y attachedToRef=a cancelActivity=false
        timer timeDuration PT4H
    boundaryEvent z attachedToRef=a cancelActivity=false
        timer timeCycle R2/PT5H
    endEvent e
    endEvent f
        {REMIND}
    s -> a -> e
    w -> f
    x -> f
    y -> f
    z -> f
"""


def wib(local: str) -> datetime:
    return datetime.fromisoformat(f"{local}+07:00").astimezone(UTC)


LATER = wib("2026-11-27T10:00")


@pytest.fixture
def begin(office, draw, at, audit):
    """``begin()``: a case whose task waits since nine on a Thursday; sound at the end."""

    def _begin(of_waktu: str = "") -> int:
        office.put_into_force(draw(WORK % of_waktu))
        return office.start(key="p")

    yield _begin
    assert audit(office.db) == []


@pytest.fixture
def postpone(office):
    def _postpone(case: int, job: Job, until: datetime = LATER) -> None:
        postponement.postpone(office.db, office.superior, case, job.task, until, REASON)

    return _postpone


def take(office, case: int) -> None:
    instances.claim(office.db, office.staff, office.item(case).id)


def test_a_postponed_timer_fires_then_and_not_before(office, begin, at, postpone):
    case = begin()
    postpone(case, office.job(case, "x"))
    assert office.job(case, "x").due == LATER
    at("2026-11-27T09:59")
    assert ("timer", "x") not in office.due()
    at("2026-11-27T10:00")
    assert ("timer", "x") in office.due()


def test_a_postponed_waktu_takes_along_what_goes_around_it(office, begin, postpone):
    case = begin()
    take(office, case)
    postpone(case, office.job(case, "w"))
    assert office.item(case).due_at == LATER
    around = [(job.kind, job.due) for job in office.jobs(case) if job.element in ("a", "w")]
    assert around == [
        ("before", wib("2026-11-27T09:40")),
        ("timer", LATER),
        ("escalate", wib("2026-11-27T11:00")),
    ]


def test_a_postponed_waiting_limit_is_the_tasks(office, begin, at, postpone):
    case = begin()
    (job,) = office.jobs(case, "wait")
    postpone(case, job)
    assert office.item(case).wait_due_at == LATER
    at("2026-11-26T11:00")
    assert office.due() == []
    at("2026-11-27T10:00")
    assert ("wait", "a") in office.due()


def test_the_nearest_deadline_stays_the_tasks(office, begin, postpone):
    case = begin()
    assert office.item(case).deadline_at == wib("2026-11-26T12:00")
    postpone(case, office.job(case, "y"))  # the further one
    assert office.item(case).deadline_at == wib("2026-11-26T12:00")
    postpone(case, office.job(case, "x"), wib("2026-11-30T10:00"))
    assert office.item(case).deadline_at == LATER  # of the other one


def test_a_nudge_that_comes_again_and_again_is_no_deadline(office, begin, at, postpone):
    case = begin()
    at("2026-11-26T14:00")
    office.due()
    postpone(case, office.job(case, "z"))
    assert office.item(case).deadline_at == wib("2026-11-26T12:00")


def test_a_deadline_that_has_passed_stays_the_tasks(office, begin, at, postpone):
    """A task that is late does not come to be in time again because another timer moves."""
    case = begin()
    at("2026-11-26T12:00")
    office.due()
    postpone(case, office.job(case, "y"))
    assert office.item(case).deadline_at == wib("2026-11-26T12:00")


def test_a_waktu_from_arrival_leaves_the_waiting_limit_alone(office, begin, postpone):
    case = begin("property alur:clock=arrival")
    postpone(case, office.job(case, "w"))
    assert office.item(case).due_at == LATER
    assert [(job.kind, job.due) for job in office.jobs(case, "wait", "before", "escalate")] == [
        ("wait", wib("2026-11-26T11:00")),
        ("before", wib("2026-11-27T09:40")),
        ("escalate", wib("2026-11-27T11:00")),
    ]


def test_a_postponed_cycle_goes_on_by_its_length(office, begin, at, postpone):
    case = begin()
    postpone(case, office.job(case, "z"))
    at("2026-11-27T10:00")
    office.due()
    assert office.job(case, "z").due == wib("2026-11-27T16:30")  # noon on a Friday is long


def test_a_postponed_timer_can_stand_still_and_go_on(office, begin, at, postpone):
    case = begin()
    postpone(case, office.job(case, "x"))
    at("2026-11-27T09:00")
    supervision.suspend(office.db, office.superior, case, REASON)
    at("2026-11-30T09:00")
    supervision.resume(office.db, office.superior, case, REASON)
    assert office.job(case, "x").due == wib("2026-11-30T10:00")


def test_from_when_to_when_and_why_is_on_record(office, begin, postpone):
    case = begin()
    postpone(case, office.job(case, "x"))
    entry = office.history(case)[-1]
    assert (entry.kind, entry.element, entry.person_id, entry.capacity) == (
        "timer.postponed",
        "x",
        office.superior.id,
        "supervisor",
    )
    assert values.loads(entry.details) == {
        "from": wib("2026-11-26T12:00"),
        "to": LATER,
        "reason": REASON,
    }


@pytest.mark.parametrize(
    "until", ["2026-11-26T12:00", "2026-11-26T11:00", "2026-11-25T09:00"], ids=lambda at: at[5:]
)
def test_only_a_later_time_is_one(office, begin, postpone, until):
    case = begin()
    before = office.rows()
    with pytest.raises(InvalidInput):
        postpone(case, office.job(case, "x"), wib(until))
    assert office.rows() == before


def test_a_year_that_was_mistyped_is_refused(office, begin, postpone):
    case = begin()
    with pytest.raises(InvalidInput):
        postpone(case, office.job(case, "x"), wib("2036-11-27T10:00"))


def test_an_overdue_timer_is_postponed_into_the_future_only(office, begin, at, postpone):
    case = begin()
    at("2026-11-26T14:00")
    with pytest.raises(InvalidInput):
        postpone(case, office.job(case, "x"), wib("2026-11-26T13:00"))
    postpone(case, office.job(case, "x"))
    assert ("timer", "x") not in office.due()


@pytest.mark.parametrize(
    "part", ["staff", "employee", "assessor", "neighbour", "analyst", "outsider"]
)
def test_only_supervisors_above_the_employee_may(office, begin, part):
    case = begin()
    job, before = office.job(case, "x"), office.rows()
    with pytest.raises(NotAllowed):
        postponement.postpone(office.db, getattr(office, part), case, job.task, LATER, REASON)
    assert office.rows() == before


def test_a_reason_is_needed(office, begin):
    case = begin()
    with pytest.raises(InvalidInput):
        postponement.postpone(
            office.db, office.superior, case, office.job(case, "x").task, LATER, "  "
        )


def test_what_is_no_timer_of_this_case_is_not_found_in_it(office, begin, at, postpone):
    case, other = begin(), office.start(key="p")
    of_other = office.job(other, "x")
    take(office, case)
    (escalation,) = office.jobs(case, "escalate")
    for job in (of_other, escalation):
        with pytest.raises(NoLongerOpen):
            postpone(case, job)
    with pytest.raises(NotFound):
        postpone(404, of_other)
    at("2026-11-26T12:00")
    fired = office.job(case, "x")
    office.due()
    with pytest.raises(NoLongerOpen):
        postpone(case, fired)
