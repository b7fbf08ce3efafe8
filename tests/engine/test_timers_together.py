"""Timers that are due at once fire in one transaction, as each would have fired alone."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from engine import clock, firing, instances, jobs, supervision
from engine.errors import JobGone, StaleInstance
from engine.models import Job
from engine.settings import Settings
from engine.worker import Together, Worker
from tasks.duties import TOGETHER, duties
from tests.engine.test_timer_races import WORK
from tests.engine.test_worker import wait_until
from web import serving_commands

# Once its timer is over, the case goes on by a number; by none at two, which divides by zero.
CHOICE = """
    startEvent s
        <camunda:formData><camunda:formField id="nomor" type="long" /></camunda:formData>
    userTask a camunda:candidateGroups=umum-aparatur
    boundaryEvent x attachedToRef=a
        timer timeDuration PT1H
    exclusiveGateway g
    userTask b camunda:candidateGroups=umum-aparatur
    userTask c camunda:candidateGroups=umum-aparatur
    endEvent e
    s -> a -> e
    x -> g
    g -> b if 1 / (2 - nomor) > 0
    g -> c if 1 / (2 - nomor) < 0
    b -> e
    c -> e
"""


@pytest.fixture
def cases(office, draw, at) -> list[int]:
    """Three cases, each with a timer ``x`` that is due at ten, when it is."""
    office.put_into_force(draw(WORK))
    found = [office.start(key="p") for _ in range(3)]
    at("2026-11-26T10:00")
    return found


def begun(office, *elements: str) -> list[Job]:
    """The due timers of these elements, as a worker has them."""
    held = jobs.lease(office.db, {"timer"}, timedelta(minutes=5), 100)
    return [job for job in jobs.begin(office.db, held) if job.element in elements]


def told(office, case: int) -> list[tuple]:
    return [(e.kind, e.element, e.details) for e in office.history(case)]


def armed(office, case: int) -> list[tuple]:
    return sorted((j.kind, j.element, j.due, j.repeats, j.work_item_id) for j in office.jobs(case))


def facts(office, case: int) -> tuple:
    """All that a case has come to, without what is a case's own."""
    item = office.item(case)
    first = min(one.work_item_id or 0 for one in office.jobs(case))
    jobs_of = [(*one[:4], (one[4] or first) - first) for one in armed(office, case)]
    return told(office, case)[1:], jobs_of, (item.element, item.status, item.due_at)


@pytest.mark.parametrize("element", ["x", "y"])
def test_each_case_comes_to_what_it_would_have_come_to_alone(office, cases, audit, element):
    alone, *others = begun(office, element)
    firing.fire(office.db, alone)
    assert firing.fire_together(office.db, others) == others
    tokens = {job.instance_id: job.task for job in (alone, *others)}
    assert len(tokens) == len(cases)
    first, *rest = (facts(office, case) for case in cases)
    assert rest == [first, first]
    assert ("timer.fired", element) in {fact[:2] for fact in first[0]}
    assert audit(office.db) == []


def test_ten_timers_take_no_more_statements_than_one(office, draw, at, statements):
    office.put_into_force(draw(WORK))
    for _ in range(10):
        office.start(key="p")
    at("2026-11-26T10:00")
    due = begun(office, "x")
    statements.clear()
    assert len(firing.fire_together(office.db, due)) == 10
    assert (len(statements.sent), statements.commits) == (5, 1)


def test_of_two_timers_of_a_case_the_first_fires(office, cases):
    due = begun(office, "x", "y")
    done = firing.fire_together(office.db, due)
    assert sorted(job.instance_id for job in done) == cases
    assert all(job is next(d for d in due if d.instance_id == job.instance_id) for job in done)


def test_one_that_cannot_fire_is_left_and_keeps_no_other_from_it(office, draw, at, audit):
    office.put_into_force(draw(CHOICE))
    one, two, three = (office.start(key="p", nomor=n) for n in (1, 2, 3))
    at("2026-11-26T10:00")
    done = firing.fire_together(office.db, begun(office, "x"))
    assert [job.instance_id for job in done] == [one, three]
    assert "timer.fired" not in {kind for kind, *_ in told(office, two)}
    assert audit(office.db) == []


@pytest.mark.parametrize("act", ["suspend", "cancel"])
def test_a_case_that_stands_still_or_has_ended_is_left(office, cases, act):
    due = begun(office, "x")
    getattr(supervision, act)(office.db, office.superior, cases[1], "Pegawai sakit")
    done = firing.fire_together(office.db, due)
    assert [job.instance_id for job in done] == [cases[0], cases[2]]


@pytest.mark.parametrize("act", ["claim", "fire", "complete"])
def test_when_one_has_moved_on_meanwhile_none_fires(office, cases, rival, before_writing, act):
    due = begun(office, "x")
    middle = next(job for job in due if job.instance_id == cases[1])
    item = office.item(cases[1])
    acts = {
        "claim": lambda: instances.claim(rival, office.staff, item.id),
        "complete": lambda: instances.complete(rival, office.staff, item.id, {}, token="t"),
        "fire": lambda: firing.fire(rival, middle),
    }
    before_writing(office.db, acts[act])
    with pytest.raises((StaleInstance, JobGone)):
        firing.fire_together(office.db, due)
    fired = Counter(kind for case in cases for kind, *_ in told(office, case))
    assert fired["timer.fired"] == (1 if act == "fire" else 0)
    assert {job.id for job in due if job is not middle} <= {j.id for j in office.jobs()}


def test_a_job_that_was_moved_keeps_all_from_firing(office, cases):
    due = begun(office, "x")
    with office.db.write() as session:
        jobs.move(session, due[0], due=due[0].due + timedelta(hours=1))
    with pytest.raises(JobGone):
        firing.fire_together(office.db, due)
    assert all(("timer.fired", "x") not in {t[:2] for t in told(office, c)} for c in cases)


@pytest.fixture
def employ(office):
    """``employ(together)``: a worker does what is due, with that for timers of different cases."""

    def work(together: Together) -> None:
        working = Worker(office.db, duties(Settings(Path(), "")), together={"timer": together})
        working.start()
        wait_until(lambda: not [j for j in office.jobs(None, "timer") if j.due <= clock.now()])
        working.stop()

    return work


def test_a_worker_fires_them_together_and_the_others_alone(office, cases, audit, employ):
    """Each case has two timers due, of which one interrupts the task of both."""
    calls = []

    def together(db, due):
        done = firing.fire_together(db, due)
        calls.append((len(due), len(done)))
        return done

    employ(together)
    assert calls == [(6, 3)]
    for case in cases:
        kinds = Counter(kind for kind, *_ in told(office, case))
        assert kinds["timer.fired"] in {1, 2}  # the one that interrupts may take the other along
    assert audit(office.db) == []


def test_what_cannot_be_done_together_is_done_alone(office, cases, employ):
    def fails(_db, _due):
        raise OSError

    employ(fails)
    assert all("timer.fired" in {kind for kind, *_ in told(office, case)} for case in cases)


def test_what_was_tried_before_is_done_alone(office, cases, employ):
    called = []
    with office.db.write() as session:
        for job in begun(office, "x", "y"):
            jobs.move(session, job, attempts=1, ready=job.due)
    employ(lambda _db, due: called.append(due) or [])
    assert called == []
    assert all("timer.fired" in {kind for kind, *_ in told(office, case)} for case in cases)


def test_the_worker_that_is_served_fires_timers_together(office, cases, monkeypatch, tmp_path):
    calls = []

    def together(db, due):
        calls.append(len(due))
        return firing.fire_together(db, due)

    monkeypatch.setitem(TOGETHER, "timer", together)
    working = serving_commands._worker(Settings(tmp_path, office.db.url), office.db)
    working.start()
    wait_until(lambda: calls)
    working.stop()
    assert calls == [2 * len(cases)]
