"""The table of jobs: who holds one may begin it; what fails is tried again, then a person's."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, func, select, update

from bpmn.messages import message
from engine import clock, jobs
from engine.database import Database
from engine.errors import JobGone, NoHandler, StateDamaged, StepFailed
from engine.jobs import MAX_ATTEMPTS, Lease
from engine.models import Incident, Job
from tests import leases

LENGTH = timedelta(seconds=30)
NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.instant = NOW

    def forward(self, **length: float) -> None:
        self.instant += timedelta(**length)


@pytest.fixture
def later(monkeypatch) -> Clock:
    """The server's time, which stands still but for ``later.forward(seconds=…)``."""
    moved = Clock()
    monkeypatch.setattr(clock, "now", lambda: moved.instant)
    return moved


@pytest.fixture
def database(office) -> Database:
    """The office's: sooner there than an empty one."""
    return office.db


@pytest.fixture
def arm(database, later):
    """``arm(kind, …)``: an armed job, due now unless said otherwise; its id."""

    def _arm(kind: str = "message", due: datetime = NOW, **columns) -> int:
        with database.write() as session:
            jobs.arm(session, [{"kind": kind, "due": due, "ready": due} | columns])
            return session.scalars(select(func.max(Job.id))).one()

    return _arm


@pytest.fixture
def elsewhere(database):
    """The same database, as another process sees it."""
    other = Database(database.url)
    yield other
    other.close()


def lease(database, *kinds: str, limit: int = 10) -> list[Lease]:
    return jobs.lease(database, kinds or ("message",), LENGTH, limit)


def begin(database) -> Job:
    """The one job that is ready, begun."""
    (held,) = lease(database)
    return leases.begin(database, held)


def row(database, job_id: int) -> Job | None:
    with database.read() as session:
        return session.get(Job, job_id)


def incidents(database) -> list[Incident]:
    with database.read() as session:
        return list(session.scalars(select(Incident).order_by(Incident.id)))


def test_what_is_ready_is_leased_the_longest_ready_first(database, arm):
    ids = [arm(due=NOW - timedelta(minutes=minutes)) for minutes in (1, 3, 2)]
    arm(due=NOW + timedelta(seconds=1))
    arm("timer")
    leased = lease(database)
    assert [held.job_id for held in leased] == [ids[1], ids[2], ids[0]]
    assert {held.until for held in leased} == {NOW + LENGTH}


def test_no_more_is_leased_than_asked_for(database, arm):
    ids = [arm() for _ in range(5)]
    assert [held.job_id for held in lease(database, limit=3)] == ids[:3]
    assert [held.job_id for held in lease(database, limit=3)] == ids[3:]


def test_what_is_leased_is_leased_to_one(database, elsewhere, arm):
    arm()
    assert lease(database)
    assert lease(elsewhere) == []


def test_two_who_ask_at_once_get_each_job_once(database, elsewhere, arm, before_writing):
    """The other one is quicker between the asking and the leasing."""
    ids = [arm() for _ in range(4)]
    first = []
    before_writing(database, lambda: first.extend(lease(elsewhere, limit=2)))
    second = lease(database, limit=4)
    assert sorted(held.job_id for held in [*first, *second]) == ids


def test_two_who_lease_at_once_get_each_job_once(database, elsewhere, arm):
    """The other one is quicker between the choosing and the leasing of what was chosen."""
    ids = [arm() for _ in range(4)]
    first = []

    def lets_the_other_go_ahead(_connection, _cursor, statement, *_):
        if statement.startswith("UPDATE job") and not first:
            first.extend(lease(elsewhere, limit=2) or [None])

    event.listen(database.connections, "before_cursor_execute", lets_the_other_go_ahead)
    second = lease(database, limit=4)
    assert first
    assert sorted(held.job_id for held in [*first, *second] if held) == ids


@pytest.mark.parametrize("state", ["held", "failed"])
def test_what_is_held_or_failed_is_not_leased(database, arm, state):
    arm(state=state)
    assert lease(database) == []


def test_nothing_is_written_while_nothing_is_due(database, arm):
    arm(due=NOW + timedelta(days=1))
    database.write = pytest.fail
    assert lease(database) == []


def test_the_first_attempt_is_counted_with_the_lease_and_beginning_it_writes_nothing(
    database, arm, monkeypatch
):
    arm()
    (held,) = lease(database)
    monkeypatch.setattr(database, "write", pytest.fail)
    assert leases.begin(database, held).attempts == 1


def test_every_further_attempt_is_counted_when_it_begins(database, arm, later):
    job_id = arm()
    for attempt in (1, 2, 3):
        assert begin(database).attempts == attempt
        later.forward(seconds=30)
    assert row(database, job_id).attempts == 3


def test_leases_that_are_lost_before_they_begin_count_as_one_attempt_at_most(database, arm, later):
    """What kills a process is not blamed on what was leased beside it."""
    job_id = arm()
    for _ in range(5):
        assert lease(database)
        later.forward(seconds=30)
    assert row(database, job_id).attempts == 1


def test_an_attempt_that_is_given_back_before_it_began_does_not_count(database, arm):
    job_id = arm()
    jobs.give_back(database, lease(database))
    assert row(database, job_id).attempts == 0


def test_a_lease_that_has_ended_goes_to_another_and_the_first_may_not_begin(
    database, elsewhere, arm, later
):
    arm()
    (late,) = lease(database)
    later.forward(seconds=30)
    (held,) = lease(elsewhere)
    assert leases.begin(database, late) is None
    assert leases.begin(elsewhere, held).attempts == 2  # the lost lease may have been an attempt


def test_a_lease_that_has_ended_may_still_begin_while_nobody_else_has_it(database, arm, later):
    arm()
    (held,) = lease(database)
    later.forward(minutes=5)
    assert leases.begin(database, held) is not None


def test_several_begin_in_their_order_without_those_that_somebody_else_has(
    database, elsewhere, arm, later
):
    for _ in range(4):
        arm()
    leased = lease(database)
    later.forward(seconds=31)
    (lost,), (again,) = lease(elsewhere, limit=1), lease(elsewhere, limit=1)  # any: all wait alike
    late = {held.job_id: held for held in leased}
    taken = late.pop(lost.job_id)
    del late[again.job_id]
    one, other = late.values()
    begun = jobs.begin(database, [other, taken, one, again])
    assert [job.id for job in begun] == [other.job_id, one.job_id, again.job_id]
    assert [job.attempts for job in begun] == [1, 1, 2]


def test_those_that_a_broker_may_bring_again_begin_once(database, arm):
    arm(), arm()
    passed_on = [replace(held, passed_on=True) for held in lease(database)]
    assert len(jobs.begin(database, passed_on)) == 2
    assert jobs.begin(database, passed_on) == []


@pytest.mark.parametrize("state", ["held", "failed", None])
def test_what_was_suspended_or_has_gone_after_leasing_is_not_begun(database, arm, state):
    job_id = arm()
    (held,) = lease(database)
    with database.write() as session:
        if state is None:
            session.delete(session.get_one(Job, job_id))
        else:
            session.execute(update(Job).values(state=state))
    assert leases.begin(database, held) is None


def test_what_is_given_back_is_free_at_once(database, elsewhere, arm):
    arm()
    leased = lease(database)
    jobs.give_back(database, leased)
    assert [held.job_id for held in lease(elsewhere)] == [leased[0].job_id]


def test_what_somebody_else_has_meanwhile_is_not_given_back(database, elsewhere, arm, later):
    arm()
    late = lease(database)
    later.forward(seconds=31)
    (held,) = lease(elsewhere)
    jobs.give_back(database, late)
    assert lease(database) == []
    assert leases.begin(elsewhere, held).attempts == 2


def test_giving_nothing_back_is_all_right(database):
    jobs.give_back(database, [])


def test_a_finished_job_is_gone_and_cannot_be_finished_twice(database, arm):
    job_id = arm()
    job = begin(database)
    with database.write() as session:
        jobs.finish(session, job)
    assert row(database, job_id) is None
    with pytest.raises(JobGone), database.write() as session:
        jobs.finish(session, job)


@pytest.mark.parametrize(
    "change",
    [{"state": "held"}, {"due": NOW + LENGTH}, {"kind": "timer"}, {"task": "b" * 32}],
    ids=lambda change: next(iter(change)),
)
@pytest.mark.parametrize("task", [None, "a" * 32], ids=["alone", "of a task"])
def test_a_job_that_is_another_by_now_is_neither_finished_nor_moved(database, arm, change, task):
    """SQLite gives the number of what has gone to what comes next."""
    job_id = arm(task=task)
    job = begin(database)
    with database.write() as session:
        session.execute(update(Job).values(**change))
    for act in (jobs.finish, jobs.move):
        with pytest.raises(JobGone), database.write() as session:
            act(session, job)
    jobs.failed(database, job, ValueError())
    assert row(database, job_id).error is None
    assert incidents(database) == []


def test_a_failed_job_is_tried_again_after_a_pause_that_doubles(database, arm, later):
    job_id = arm()
    pauses = []
    for attempt in range(1, MAX_ATTEMPTS):
        job = begin(database)
        assert job.attempts == attempt
        jobs.failed(database, job, OSError("rahasia"))
        pauses.append(row(database, job_id).ready - later.instant)
        later.forward(seconds=pauses[-1].total_seconds() - 1)
        assert lease(database) == []
        later.forward(seconds=1)
    assert pauses == [
        min(timedelta(seconds=5 * 2**n), timedelta(hours=1)) for n in range(MAX_ATTEMPTS - 1)
    ]
    kept = row(database, job_id)
    assert (kept.state, kept.due) == ("armed", NOW)
    assert "OSError" in kept.error
    assert "rahasia" not in kept.error  # what is not ours to say may be personal
    assert incidents(database) == []


def test_after_the_last_attempt_a_person_is_asked(database, arm, later):
    job_id = arm(element="Kirim", attempts=MAX_ATTEMPTS - 1)
    jobs.failed(database, begin(database), OSError("rahasia"))
    assert row(database, job_id).state == "failed"
    (incident,) = incidents(database)
    assert (incident.job_id, incident.element, incident.at) == (job_id, "Kirim", NOW)
    assert "OSError" in incident.reason
    assert "rahasia" not in incident.reason
    assert incident.resolved_at is None
    later.forward(days=30)
    assert lease(database) == []


@pytest.mark.parametrize("kind", [StepFailed, StateDamaged, NoHandler])
def test_what_trying_cannot_mend_is_put_before_a_person_at_once(database, arm, kind):
    job_id = arm()
    jobs.failed(database, begin(database), kind(message("Diagram rusak.")))
    assert row(database, job_id).state == "failed"
    assert [incident.reason for incident in incidents(database)] == ["Diagram rusak."]


def test_what_came_too_late_for_its_case_is_tried_again_at_once_and_not_counted(
    database, arm, later
):
    arm(attempts=MAX_ATTEMPTS - 1)
    for _ in range(20):
        jobs.failed(database, begin(database), None)
        later.forward(seconds=1)
    assert incidents(database) == []
    assert begin(database).attempts == 1


def test_a_failure_that_another_has_overcome_changes_nothing(database, elsewhere, arm, later):
    arm()
    late = begin(database)
    later.forward(seconds=30)
    job = begin(elsewhere)
    with elsewhere.write() as session:
        jobs.finish(session, job)
    arm(due=NOW + LENGTH)  # on SQLite under the same number
    jobs.failed(database, late, StepFailed(message("Diagram rusak.")))
    assert incidents(database) == []


def test_a_long_reason_fits(database, arm):
    arm()
    jobs.failed(database, begin(database), StepFailed(message("{x}", x="x" * 5000)))
    assert len(incidents(database)[0].reason) == 1000


def test_a_moved_job_begins_anew(database, arm):
    job_id = arm(attempts=5, error="OSError")
    job = begin(database)
    with database.write() as session:
        jobs.move(session, job, due=NOW + LENGTH, ready=NOW + LENGTH)
    moved = row(database, job_id)
    assert (moved.attempts, moved.error, moved.due) == (0, None, NOW + LENGTH)


def test_of_many_each_is_done_and_the_first_failure_is_told_last(database):
    done = []

    def step(number: int) -> None:
        done.append(number)
        if number % 2:
            raise StepFailed(message("{n} gagal.", n=number))

    with pytest.raises(StepFailed, match="1 gagal"):
        jobs.each(step, range(4))
    assert done == [0, 1, 2, 3]
    jobs.each(done.append, [9])
    assert done[-1] == 9


def test_the_job_of_a_timer_that_has_left_becomes_that_of_the_one_that_came(
    database, case, arm, rows_of
):
    old = arm("timer", instance_id=case, task="a", element="Batas_1", duration="PT1H", repeats=2)
    turn(database, case, {"a"}, [coming("b")])
    assert rows_of(case) == [(old, "b", "Batas_b", NOW + LENGTH, None, 0)]


def test_the_job_of_a_timer_that_was_handed_out_becomes_nobodys(database, case, arm, rows_of):
    old = arm("timer", instance_id=case, task="a", element="Batas_1")
    (held,) = jobs.lease(database, {"timer"}, LENGTH, 1)
    turn(database, case, {"a"}, [coming("b")])
    ((new, *others),) = rows_of(case)
    assert new != old
    assert others == ["b", "Batas_b", NOW + LENGTH, None, 0]
    assert leases.begin(database, held) is None


def test_one_of_two_that_was_handed_out_leaves_neither_behind(database, case, arm, rows_of):
    arm("timer", instance_id=case, task="a", element="x")
    jobs.lease(database, {"timer"}, LENGTH, 1)
    arm("timer", instance_id=case, task="b", element="y")
    turn(database, case, {"a", "b"}, [coming("c"), coming("d")])
    assert [task for _, task, *_ in rows_of(case)] == ["c", "d"]


def test_what_is_sent_off_takes_no_timers_place(database, case, arm, rows_of):
    """It has no task by which it could be taken back when the timer was handed out."""
    arm("timer", instance_id=case, task="a", element="x")
    jobs.lease(database, {"timer"}, LENGTH, 1)
    sent = {"kind": "message", "element": "m", "due": NOW, "ready": NOW}
    turn(database, case, {"a"}, [sent, coming("b")])
    assert [row[2] for row in rows_of(case) if row[1] is None] == ["m"]
    assert [row[1] for row in rows_of(case) if row[1] is not None] == ["b"]


@pytest.mark.parametrize(
    ("gone", "timers", "come"),
    [
        ("a", "a", ""), ("", "", "x"), ("ab", "ab", "x"), ("a", "a", "xy"), ("ab", "a", "x"),
        ("ab", "a", "xy"), ("a", "", "x"), ("abc", "bc", "xyz"), ("ac", "a", ""),
    ],
)  # fmt: skip
def test_what_left_has_no_job_and_what_came_has_one(
    database, case, arm, rows_of, gone, timers, come
):
    for task in "abc":
        arm("timer", instance_id=case, task=task, element=task)
    other = arm("timer", instance_id=None, task="a", element="of another case")
    turn(database, case, set(timers), [coming(task) for task in come], gone=set(gone))
    assert sorted(task for _, task, *_ in rows_of(case)) == sorted({*"abc"} - {*gone} | {*come})
    with database.read() as session:
        assert session.get_one(Job, other).element == "of another case"


def test_the_incident_of_a_timer_that_had_failed_is_over_with_it(database, case, arm, rows_of):
    job_id = arm("timer", instance_id=case, task="a", element="x")
    with database.write() as session:
        jobs.give_up(session, session.get_one(Job, job_id), "rusak")
    turn(database, case, {"a"}, [coming("b")])
    assert [task for _, task, *_ in rows_of(case)] == ["b"]
    with database.read() as session:
        assert session.scalars(select(Incident)).one().outcome == "done"


def coming(task: str) -> dict:
    due = NOW + LENGTH
    return {"kind": "timer", "task": task, "element": f"Batas_{task}", "due": due, "ready": due}


def turn(database, case: int, timers: set[str], come: list[dict], gone: set[str] | None = None):
    """What a step writes of jobs."""
    rows = [row | {"instance_id": case} for row in come]
    with database.write() as session:
        jobs.change(session, case, frozenset(gone or timers), frozenset(timers), rows)


@pytest.fixture
def case(office) -> int:
    """A case whose own jobs are out of the way."""
    case = office.start()
    with office.db.write() as session:
        jobs.disarm_all(session, case)
    return case


@pytest.fixture
def rows_of(database):
    """``rows_of(case)``: its jobs (id, task, element, due, duration, repeats), in order."""

    def _rows(case: int) -> list[tuple]:
        asked = Job.id, Job.task, Job.element, Job.due, Job.duration, Job.repeats
        with database.read() as session:
            rows = session.execute(select(*asked).where(Job.instance_id == case).order_by(Job.task))
            return [tuple(row) for row in rows]

    return _rows
