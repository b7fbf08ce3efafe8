"""A timer fires while people act in the same case: one is first, the other follows or is told."""

import threading
from datetime import datetime, timedelta

import pytest

from engine import firing, instances, jobs, postponement, reminders, supervision
from engine.database import Database
from engine.errors import AlurError, JobGone, StaleInstance, Suspended
from engine.models import Job
from tests import leases

REASON = "Pegawai sakit"
REMIND = '<messageEventDefinition camunda:type="external" camunda:topic="remind" />'
# The task has a timer that interrupts it, one that does not, and a Waktu; b comes after the first.
WORK = f"""
    property alur:waitLimit=PT1H
    startEvent s
    userTask a camunda:candidateGroups=umum-aparatur
    boundaryEvent w attachedToRef=a cancelActivity=false name="1 jam"
        property alur:timer=waktu
        timer timeDuration PT1H
    boundaryEvent x attachedToRef=a cancelActivity=false
        timer timeCycle R3/PT1H
    boundaryEvent y attachedToRef=a
        timer timeDuration PT1H
    userTask b camunda:candidateGroups=umum-aparatur
    endEvent e
    endEvent f
        {REMIND}
    s -> a -> e
    y -> b -> e
    w -> f
    x -> f
"""
ACTS = ("complete", "claim", "release", "cancel", "suspend", "postpone")
TIMERS = ("x", "y")
ROUNDS = 3  # cases for each act, beside two workers


@pytest.fixture
def case(office, draw, at) -> int:
    """A case all of whose timers are due at ten, when it is."""
    office.put_into_force(draw(WORK))
    found = office.start(key="p")
    at("2026-11-26T10:00")
    return found


@pytest.fixture
def sound(office, audit):
    """Asserts that the record is whole, and that the case can be carried to its end."""

    def check(case: int) -> None:
        assert audit(office.db) == []
        if office.case(case).status == "suspended":
            supervision.resume(office.db, office.superior, case, REASON)
        while office.due():
            pass
        office.finish(case)
        assert audit(office.db) == []
        assert office.jobs(case) == []

    return check


def begun(office, case: int, element: str, kind: str = "timer") -> Job:
    """A job that a worker has begun, beside the others."""
    job = office.job(case, element, kind)
    with office.db.write() as session:
        job.ready, until = job.ready, job.ready + timedelta(minutes=5)
        jobs.move(session, job, ready=until)
    return leases.begin(office.db, jobs.Lease(job.id, until))


def act(office, db: Database, case: int, name: str, timer: str | None = None):
    """What a person does in a case, on a database; ``timer`` is the task of a timer seen before."""
    items = {item.element: item for item in office.work(case)}
    item, supervisor = items["a"], office.superior
    later = datetime.fromisoformat("2026-11-27T10:00+07:00")
    match name:
        case "complete":
            return instances.complete(db, office.staff, item.id, {}, token="t")
        case "claim" | "release":
            return getattr(instances, name)(db, office.staff, item.id)
        case "postpone":
            task = timer or office.job(case, "x").task
            return postponement.postpone(db, supervisor, case, task, later, REASON)
        case _:
            return getattr(supervision, name)(db, supervisor, case, REASON)


def fired(office, case: int) -> list[str]:
    return [e.element for e in office.history(case) if e.kind == "timer.fired"]


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("element", TIMERS)
def test_a_person_is_quicker_than_a_timer(
    office, case, rival, before_writing, sound, element, name
):
    if name == "release":
        act(office, office.db, case, "claim")
    job = begun(office, case, element)
    before_writing(office.db, lambda: act(office, rival, case, name))
    try:
        firing.fire(office.db, job)
        stopped = False
    except (JobGone, Suspended):
        stopped = True
    gone = {"complete", "cancel", "suspend"} | ({"postpone"} if element == "x" else set())
    assert stopped == (name in gone)
    assert fired(office, case) == ([] if stopped else [element])
    sound(case)


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("element", TIMERS)
def test_a_timer_is_quicker_than_a_person(
    office, case, rival, before_writing, sound, element, name
):
    if name == "release":
        act(office, office.db, case, "claim")
    job = begun(office, case, element)
    before_writing(office.db, lambda: firing.fire(rival, job))
    try:
        act(office, office.db, case, name)
        refused = False
    except AlurError as error:
        assert not isinstance(error, StaleInstance)
        refused = True
    # An interrupted task is no longer there to be done; a timer that fired cannot be postponed.
    gone = {"complete", "claim", "release", "postpone"} if element == "y" else {"postpone"}
    assert refused == (name in gone)
    assert fired(office, case) == [element]
    sound(case)


@pytest.mark.parametrize("element", TIMERS)
def test_one_timer_that_two_workers_have_begun_fires_once(
    office, case, rival, before_writing, sound, element
):
    job = begun(office, case, element)
    before_writing(office.db, lambda: firing.fire(rival, job))
    with pytest.raises(JobGone):
        firing.fire(office.db, job)
    assert fired(office, case) == [element]
    sound(case)


def test_two_timers_of_one_case_fire_both_when_both_can(office, case, rival, before_writing, sound):
    act(office, office.db, case, "claim")
    with office.db.write() as session:
        (waktu,) = (job for job in office.jobs(case, "timer") if job.element == "w")
        jobs.move(session, waktu, due=office.job(case, "x").due, ready=office.job(case, "x").due)
    first, second = begun(office, case, "x"), begun(office, case, "w")
    before_writing(office.db, lambda: firing.fire(rival, first))
    firing.fire(office.db, second)
    assert fired(office, case) == ["x", "w"]
    sound(case)


def test_a_timer_that_interrupts_takes_the_others_along(office, case, rival, before_writing, sound):
    late, interrupting = begun(office, case, "x"), begun(office, case, "y")
    before_writing(office.db, lambda: firing.fire(rival, interrupting))
    with pytest.raises(JobGone):
        firing.fire(office.db, late)
    assert fired(office, case) == ["y"]
    sound(case)


@pytest.mark.parametrize("name", ["complete", "claim", "cancel", "suspend"])
def test_a_reminder_of_what_has_just_been_done_is_not_told(
    office, case, rival, before_writing, sound, name
):
    job = begun(office, case, "a", "wait")
    before_writing(office.db, lambda: act(office, rival, case, name))
    with pytest.raises(JobGone):
        reminders.remind_waiting(office.db, job)
    assert office.told(case) == []
    sound(case)


@pytest.mark.parametrize("name", ["complete", "claim", "cancel", "suspend", "postpone"])
def test_an_act_after_a_reminder_went_out_is_not_hindered(
    office, case, rival, before_writing, sound, name
):
    job = begun(office, case, "a", "wait")
    before_writing(office.db, lambda: reminders.remind_waiting(rival, job))
    act(office, office.db, case, name)
    assert {kind for _, kind in office.told(case)} == {"wait"}
    sound(case)


@pytest.mark.parametrize("name", ["complete", "cancel", "suspend", "claim"])
@pytest.mark.parametrize("element", TIMERS)
def test_of_a_timer_and_a_person_at_once_the_database_makes_one_the_first(
    office, case, at_once, sound, element, name
):
    """Both have read before either writes; neither waits for the other for ever."""
    job = begun(office, case, element)
    outcomes = at_once(lambda db: firing.fire(db, job), lambda db: act(office, db, case, name))
    timer, person = (isinstance(outcome, AlurError) for outcome in outcomes)
    assert not any(isinstance(outcome, StaleInstance) for outcome in outcomes)
    assert not (timer and person)
    assert fired(office, case) == ([] if timer else [element])
    sound(case)


def test_workers_and_people_at_many_cases(office, draw, at, audit):
    """Every timer that was due has fired once or left with its task; whoever came first."""
    office.put_into_force(draw(WORK))
    cases = [office.start(key="p") for _ in range(ROUNDS * len(ACTS))]
    seen = {case: office.job(case, "x").task for case in cases}
    at("2026-11-26T10:00")
    surprises = []

    def people() -> None:
        db = Database(office.db.url)
        for place, case in enumerate(cases):
            try:
                act(office, db, case, ACTS[place % len(ACTS)], seen[case])
            except AlurError:
                pass
            except Exception as error:
                surprises.append(error)
        db.close()

    def worker() -> None:
        db = Database(office.db.url)
        try:
            while leased := jobs.lease(db, {"timer"}, timedelta(minutes=1), 3):
                for held in leased:
                    job = leases.begin(db, held)
                    if job is not None:
                        _fire(db, job)
        except Exception as error:
            surprises.append(error)
        finally:
            db.close()

    threads = [threading.Thread(target=run) for run in (people, worker, worker)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert surprises == []
    assert audit(office.db) == []
    for case in cases:
        elements = fired(office, case)
        assert len(elements) == len(set(elements))


def _fire(db: Database, job: Job) -> None:
    try:
        firing.fire(db, job)
    except (JobGone, Suspended):
        pass
    except StaleInstance:
        jobs.failed(db, job, None)
