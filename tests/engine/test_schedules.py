"""Cases that a timer starts."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from bpmn.messages import message
from engine import deployments, firing, incidents, jobs, schedules, supervision
from engine.errors import JobGone, NotAllowed, StepFailed
from engine.models import Incident, Instance, Membership, Person
from tests import leases

MONTHLY = "timer timeCycle R/2026-12-01T08:00+07:00/P1M"


def wib(local: str) -> datetime:
    return datetime.fromisoformat(f"{local}+07:00").astimezone(UTC)


@pytest.fixture
def in_force(office, draw, at, audit):
    """``in_force(timer, subject)``: puts a procedure into force that a timer starts."""

    def _in_force(timer: str = MONTHLY, subject: str = "group:umum-aparatur", name: str = "p"):
        return office.put_into_force(
            draw(f"""
                process name="{name}"
                lane Pegawai subject: s a e
                startEvent s
                    property alur:subject={subject}
                    {timer}
                userTask a
                endEvent e
                s -> a -> e
            """)
        )

    yield _in_force
    assert audit(office.db) == []


@pytest.fixture
def cases(office):
    """``cases()``: the cases there are, as (whom it is about, when it was started)."""

    def _cases() -> list[tuple[str, datetime]]:
        with office.db.read() as session:
            query = select(Person.name, Instance.started_at).join(
                Person, Instance.subject_id == Person.id
            )
            return [tuple(row) for row in session.execute(query.order_by(Instance.id))]

    return _cases


def failed(office) -> int:
    """The one open incident."""
    with office.db.read() as session:
        return session.scalars(select(Incident.id).where(Incident.resolved_at.is_(None))).one()


def test_everybody_of_a_group_gets_a_case_at_each_due_time(office, in_force, cases, at):
    in_force()
    assert [job.due for job in office.jobs()] == [wib("2026-12-01T08:00")]
    at("2026-11-30T23:59")
    assert office.due() == []
    started = []
    for local in ("2026-12-01T08:00", "2027-01-01T08:00"):
        at(local)
        assert office.due() == [("start", "p"), ("begin", "p"), ("begin", "p")]
        started += [(who.name, wib(local)) for who in (office.staff, office.colleague)]
    assert cases() == started
    assert [job.due for job in office.jobs()] == [wib("2027-02-01T08:00")]


def test_a_case_is_about_one_person_where_the_diagram_names_one(office, in_force, cases, at):
    in_force("timer timeDate 2026-12-01T08:00:00+07:00", f"person:{office.employee.nip}")
    at("2026-12-01T08:00")
    assert office.due() == [("start", "p"), ("begin", "p")]
    ((name, _),) = cases()
    assert name == office.employee.name
    assert office.jobs() == []
    case = office.case(1)
    assert case.starter_id is None
    assert office.history(1)[0].capacity == "timer"
    assert office.item(1).person_id == office.employee.id


def test_a_cycle_that_is_counted_ends(office, in_force, cases, at):
    in_force("timer timeCycle R2/2026-12-01T08:00+07:00/P1D", f"person:{office.staff.nip}")
    for day in (1, 2, 3):
        at(f"2026-12-0{day}T08:00")
        office.due()
    assert len(cases()) == 2


def test_what_an_office_missed_is_started_once(office, in_force, cases, at):
    in_force(subject=f"person:{office.staff.nip}")
    at("2027-03-15T09:00")
    office.due()
    assert len(cases()) == 1
    assert [job.due for job in office.jobs()] == [wib("2027-04-01T08:00")]


def test_a_new_version_in_force_takes_the_place_of_the_one_before(office, in_force, cases, at):
    in_force()
    at("2026-11-28T09:00")
    new = in_force("timer timeCycle R/2026-12-02T08:00+07:00/P1M", name="baru")
    assert [job.due for job in office.jobs()] == [wib("2026-12-02T08:00")]
    at("2026-12-02T08:00")
    office.due()
    assert len(cases()) == 2
    assert {office.case(number).definition_id for number in (1, 2)} == {new.id}


def test_a_new_version_without_a_timer_ends_it(office, in_force, draw, at):
    in_force()
    office.put_into_force(
        draw("""
            lane Pegawai subject: s a e
            startEvent s
            userTask a
            endEvent e
            s -> a -> e
        """)
    )
    assert office.jobs() == []
    office.start(office.employee, by=office.employee, key="p")


def test_a_new_version_does_not_start_again_what_was_started(office, in_force, cases, at):
    once = "timer timeDate 2026-12-01T08:00:00+07:00"
    in_force(once)
    at("2026-12-01T08:00")
    office.due()
    at("2026-12-05T08:00")
    in_force(once, name="baru")
    assert office.due() == [("start", "p"), ("begin", "p"), ("begin", "p")]
    assert len(cases()) == 2


def test_an_older_version_put_into_force_again_is_armed_again(office, in_force, at):
    old = in_force()
    in_force("timer timeCycle R/2026-12-02T08:00+07:00/P1M", name="baru")
    deployments.activate(office.db, old.id)
    assert [job.due for job in office.jobs()] == [wib("2026-12-01T08:00")]


def test_what_a_timer_starts_nobody_starts(office, in_force):
    in_force()
    for actor in (office.staff, office.employee, office.head):
        with pytest.raises(NotAllowed):
            office.start(by=actor, key="p")


def test_two_workers_with_one_start_begin_each_case_once(office, in_force, cases, rival, at):
    in_force()
    at("2026-12-01T08:00")
    (held,) = jobs.lease(office.db, {"start"}, jobs.SHORT_PAUSE, 1)
    job = leases.begin(office.db, held)
    firing.start(rival, job)
    with pytest.raises(JobGone):
        firing.start(office.db, job)
    office.due()
    assert len(cases()) == 2
    assert len(office.jobs()) == 1


def test_a_case_that_was_begun_by_a_process_that_was_lost_is_not_begun_again(
    office, in_force, cases, at, monkeypatch
):
    in_force(subject=f"person:{office.staff.nip}")
    at("2026-12-01T08:00")

    def lost(*_):
        raise OSError

    with monkeypatch.context() as process:
        process.setattr(firing.jobs, "finish", lost)
        office.due()
    assert len(cases()) == 1
    at("2026-12-01T08:01")
    assert office.due() == [("begin", "p")]
    assert len(cases()) == 1
    assert office.jobs(None, "begin") == []


def test_one_whose_roles_cannot_be_filled_keeps_nobody_else_from_starting(
    office, draw, cases, at, audit
):
    office.put_into_force(
        draw(f"""
            lane Atasan superior(subject): s a e
            startEvent s
                property alur:subject=group:umum-aparatur
                {MONTHLY}
            userTask a
            endEvent e
            s -> a -> e
        """)
    )
    with office.db.write() as session:
        alone = update(Person).where(Person.id == office.staff.id)
        session.execute(alone.values(superior_id=None))
    at("2026-12-01T08:00")
    office.due()
    assert [name for name, _ in cases()] == [office.colleague.name]
    job, following = office.jobs()
    assert (job.kind, job.attempts, job.state, job.person_id) == (
        "begin",
        1,
        "armed",
        office.staff.id,
    )
    assert (following.kind, following.due) == ("start", wib("2027-01-01T08:00"))
    with office.db.write() as session:
        session.execute(alone.values(superior_id=office.superior.id))
    at("2026-12-01T09:00")
    office.due()
    assert [name for name, _ in cases()] == [office.colleague.name, office.staff.name]
    assert audit(office.db) == []


def test_a_group_that_is_empty_meanwhile_starts_nothing_and_stays_armed(
    office, in_force, cases, at
):
    in_force()
    with office.db.write() as session:
        for row in session.scalars(select(Membership)):
            session.delete(row)
    at("2026-12-01T08:00")
    office.due()
    assert cases() == []
    assert [job.due for job in office.jobs()] == [wib("2027-01-01T08:00")]


def test_resolving_a_failed_start_leaves_it_out_and_arms_the_next(
    office, in_force, cases, at, monkeypatch
):
    broken(office, in_force, at, monkeypatch)
    incidents.resolve(office.db, office.administrator, failed(office), "Bulan ini tidak")
    assert cases() == []
    assert [(job.state, job.due) for job in office.jobs()] == [("armed", wib("2027-01-01T08:00"))]


def test_a_new_version_overcomes_the_incident_of_a_failed_start(office, in_force, at, monkeypatch):
    broken(office, in_force, at, monkeypatch)
    failed(office)
    in_force(name="baru")
    with office.db.read() as session:
        assert session.scalars(select(Incident.outcome)).all() == ["done"]


def broken(office, in_force, at, monkeypatch):
    """A start that has failed for good."""
    in_force()
    at("2026-12-01T08:00")

    def fail(*_):
        raise StepFailed(message("Kalender rusak."))

    with monkeypatch.context() as wrong:
        wrong.setattr(schedules, "subjects", fail)
        office.due()
    assert [job.state for job in office.jobs()] == ["failed"]


def test_a_suspension_of_a_case_does_not_touch_the_schedule(office, in_force, at):
    in_force()
    at("2026-12-01T08:00")
    office.due()
    supervision.suspend(office.db, office.head, 1, "Pegawai sakit")
    assert [job.state for job in office.jobs()] == ["armed"]


def test_what_a_timer_starts_not_even_its_performer_starts_by_hand(office, draw):
    office.put_into_force(
        draw(f"""
            lane Staf group:umum-aparatur: s a e
            startEvent s
                property alur:subject=group:umum-aparatur
                {MONTHLY}
            userTask a name="Memeriksa berkas"
            endEvent e
            s -> a -> e
        """)
    )
    before = office.rows()
    with pytest.raises(NotAllowed):
        office.start(by=office.staff, key="p")
    assert office.rows() == before
