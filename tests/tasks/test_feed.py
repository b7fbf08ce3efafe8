"""The calendar feed: what is due and when, for calendars that subscribe to it, and of nobody."""

from datetime import timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import update

from engine import clock, instances, people, sample, supervision
from engine.models import Person, WorkItem
from tasks import feed

STAFF, COLLEAGUE = sample.CAST["staff"][0], sample.CAST["colleague"][0]
STEP = "Menyiapkan blanko dan SKP tahun sebelumnya"


@pytest.fixture
def events(office):
    """The events of a person's feed, as a calendar reads them."""

    def read(nip=STAFF):
        written = feed.calendar(office.db, office.settings, office.person(nip).id)
        return Calendar.from_ical(written).walk("VEVENT")

    return read


def set_times(office, item, **times):
    times = {"due_at": None, "deadline_at": None, "wait_due_at": None, **times}
    with office.db.write() as session:
        session.execute(update(WorkItem).where(WorkItem.id == item.id).values(times))


def test_each_due_time_is_an_event_that_ends_then(office, events):
    item = office.task()
    now = clock.now()
    due, deadline = now + timedelta(hours=1), now + timedelta(days=14)
    set_times(office, item, due_at=due, deadline_at=deadline)
    first, second = events()
    assert first["SUMMARY"] == f"Waktu habis: {STEP} (kasus {item.instance_id:05d})"
    assert second["SUMMARY"] == f"Tenggat: {STEP} (kasus {item.instance_id:05d})"
    assert [event.end for event in (first, second)] == [due, deadline]
    assert first.start == due - timedelta(minutes=15)
    assert first["URL"] == first["DESCRIPTION"] == f"https://alur.example/tasks/{item.id}"
    assert first["DTSTAMP"].dt == now
    assert len({first["UID"], second["UID"]}) == 2


def test_times_are_in_utc_for_every_calendar(office):
    set_times(office, office.task(), due_at=clock.now())
    written = feed.calendar(office.db, office.settings, office.person(STAFF).id)
    assert b"DTEND:20261124T030000Z\r\n" in written
    assert written.startswith(b"BEGIN:VCALENDAR\r\n")
    assert b"\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in written


def test_a_moved_due_time_is_the_same_event(office, events):
    item = office.task()
    set_times(office, item, due_at=clock.now())
    (before,) = events()
    set_times(office, item, due_at=clock.now() + timedelta(days=1))
    (after,) = events()
    assert after["UID"] == before["UID"]
    assert after.end == before.end + timedelta(days=1)


def test_the_waiting_limit_is_over_once_the_task_is_taken_up(office, events):
    item = office.task()
    set_times(office, item, wait_due_at=clock.now())
    (event,) = events()
    assert event["SUMMARY"].startswith("Batas mulai: ")
    instances.claim(office.db, office.person(STAFF), item.id)
    set_times(office, item, wait_due_at=clock.now())
    assert events() == []


def test_only_ones_own_open_tasks_with_a_due_time_are_there(office, events):
    free, taken, done, untimed = (office.task() for _ in range(4))
    for item in (taken, done):
        instances.claim(office.db, office.person(STAFF), item.id)
    office.complete(done)
    for item in (free, taken, done):
        set_times(office, item, due_at=clock.now())
    set_times(office, untimed)
    assert [event["URL"].rpartition("/")[2] for event in events()] == [str(free.id), str(taken.id)]
    assert [event["URL"].rpartition("/")[2] for event in events(COLLEAGUE)] == [str(free.id)]


def test_the_clocks_of_a_suspended_case_stand_still(office, events):
    item = office.task()
    supervisor = office.person(sample.CAST["supervisor"][0])
    supervision.suspend(office.db, supervisor, item.instance_id, "Menunggu berkas")
    set_times(office, item, due_at=clock.now())
    assert events() == []


def test_a_feed_names_nobody(office):
    set_times(office, office.task(), due_at=clock.now())
    written = feed.calendar(office.db, office.settings, office.person(STAFF).id).decode()
    said = written.replace("\r\n ", "")
    assert STEP in said
    with office.db.read() as session:
        for person in people.search(session, ""):
            assert person.name not in said
            assert person.nip not in said


def test_the_secret_opens_ones_feed_until_it_is_renewed_or_removed(office):
    person = office.person(STAFF).id
    with office.db.write() as session:
        first = feed.open_feed(session, person)
        assert feed.owner(session, first) == person
        assert first not in session.get_one(Person, person).feed
        second = feed.open_feed(session, person)
        assert feed.owner(session, first) is None
        assert feed.owner(session, second) == person
        feed.close_feed(session, person)
        assert feed.owner(session, second) is None
    assert len(first) >= 43
    assert first != second


@pytest.mark.parametrize("secret", ["", "None", "x" * 10_000, "é"])
def test_a_made_up_secret_opens_nothing(office, secret):
    with office.db.read() as session:
        assert feed.owner(session, secret) is None
