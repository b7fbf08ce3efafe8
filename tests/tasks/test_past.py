"""An invented past: cases of a whole year, played by the engine as if they had happened."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from engine import calendars, clock, deployments, punctuality, sample, seals, tallies, verification
from engine.civil_service import nip
from engine.database import Database
from engine.models import (
    Document,
    HistoryEntry,
    Instance,
    Job,
    Notice,
    Person,
    StepTally,
    Substitution,
    WorkItem,
)
from engine.settings import Settings
from tasks import past

PRESENT = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)  # Thursday 10.00 in Pontianak
CASES = 9
WIB = ZoneInfo("Asia/Pontianak")


@pytest.fixture(scope="module")
def play(tmp_path_factory) -> Callable[..., int]:
    """``play(db, number, leave_off)``: plays until the same present; how many cases there are."""
    home = tmp_path_factory.mktemp("home")

    def run(db: Database, number: int, leave_off: int = 0) -> int:
        there = 0
        with clock.held() as put:
            put(PRESENT)
            for there in past.play(db, Settings(home, db.url), number):
                if there == leave_off:
                    break
        return there

    return run


@pytest.fixture(scope="module")
def played(play, migrated_file, tmp_path_factory) -> Iterator[Database]:
    """An office with a past."""
    file = tmp_path_factory.mktemp("played") / "alur.sqlite"
    db = Database(f"sqlite:///{shutil.copy(migrated_file, file)}")
    play(db, CASES)
    yield db
    db.close()


@pytest.fixture
def empty(migrated_file, tmp_path) -> Iterator[Database]:
    """A database without anything."""
    db = Database(f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'empty.sqlite')}")
    yield db
    db.close()


def rows(db, query):
    with db.read() as session:
        return session.execute(query).all()


def record(db):
    """What happened, but for the numbers that are drawn anew."""
    of_case = HistoryEntry.instance_id, HistoryEntry.seq
    said = *of_case, HistoryEntry.kind, HistoryEntry.element, HistoryEntry.at
    return rows(db, select(*said, HistoryEntry.person_id).order_by(*of_case))


def test_the_cases_lie_in_the_year_and_most_have_ended(played):
    cases = rows(played, select(Instance.status, Instance.started_at, Instance.ended_at))
    assert len(cases) == CASES
    assert sum(case.status == "completed" for case in cases) > CASES / 2
    for case in cases:
        assert PRESENT - past.YEAR <= case.started_at <= (case.ended_at or PRESENT) <= PRESENT


def test_people_work_in_working_time_alone(played):
    done = select(HistoryEntry.at).where(HistoryEntry.person_id.is_not(None))
    with played.read() as session:
        working = calendars.of_unit(session, 1)
    for (at,) in rows(played, done):
        assert working.next_instant(at) == at


def test_what_was_due_has_been_done_as_a_worker_does_it(played):
    of_cases = Job.instance_id.is_not(None), Job.ready <= PRESENT
    assert rows(played, select(Job.kind).where(*of_cases)) == []
    fired = select(HistoryEntry.at).where(HistoryEntry.kind == "timer.fired")
    assert rows(played, fired)
    told = select(Notice.at).where(Notice.kind == "due")
    assert {at for (at,) in rows(played, told)} <= {at for (at,) in rows(played, fired)}


def test_some_are_late_and_most_are_not(played):
    with played.read() as session:
        done = session.scalars(select(WorkItem).where(WorkItem.status == "completed")).all()
    late = sum(map(punctuality.was_late, done))
    assert 0 < late < len(done) / 2


def test_no_document_waits(played):
    assert rows(played, select(Document.id)) == []


def test_the_record_is_sound(played):
    verdict = verification.verify(played, None, None, lambda *_: None)
    assert (verdict.faults, verdict.cases) == ([], CASES)


def test_all_of_it_is_counted(played):
    with played.read() as session:
        assert tallies.uncounted(session) == 0
        done = session.scalar(select(func.sum(StepTally.done)))
        finished = select(func.count()).where(WorkItem.status == "completed")
        assert done == session.scalar(finished)


def test_people_are_fictitious_and_some_were_away(played):
    people = rows(played, select(Person.nip, Person.name))
    assert len(people) == len(sample.PEOPLE) + 2 + sample.SECTIONS * (1 + sample.STAFF)
    for number, name in people:
        assert nip(number)[8:12] == "2090"
        assert "Contoh" in name or name.split()[0] in ("Sari", "Umar", "Umi", "Budi", "Dewi")
    assert rows(played, select(Substitution.id))


def test_who_left_off_goes_on_and_it_is_the_same_past(played, empty, play):
    assert play(empty, CASES, leave_off=5) == 5
    with empty.read() as session:
        assert past.count(session) == 5
    assert play(empty, CASES) == CASES
    assert record(empty) == record(played)


def test_what_is_sealed_gets_no_other_past(empty, play, tmp_path):
    play(empty, 1)
    with empty.read() as session:
        assert not past.is_over(session)
    seals.seal(empty, Settings(tmp_path, empty.url))
    with empty.read() as session:
        assert past.is_over(session)


def test_a_past_is_played_on_each_database(database_url, play):
    db = Database(database_url)
    db.migrate()
    assert play(db, 2) == 2
    with db.read() as session:
        version = deployments.in_force(session, "skp_collection")
        assert past.is_of_then(version)
        assert session.scalar(select(func.min(Instance.started_at))) < PRESENT - timedelta(days=1)
    db.close()
