"""Notices: told once, to whom it still matters, and gathered into one mail in working hours."""

import threading
import time
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, text

from engine import absences, calendars, clock, instances, jobs, notices
from engine.calendar_rules import Day, Rules
from engine.errors import InvalidInput, NotFound
from engine.models import Job, Notice, Person, WorkItem


@pytest.fixture
def reached(office, at):
    """The office on a Thursday at nine; the staff has a mail address."""
    with office.db.write() as session:
        notices.set_address(session, office.staff.id, "staf@kantor.example")
    return office


def tell(office, item, *people, kind="due", token="t"):  # noqa: S107  (the name of a telling)
    with office.db.write() as session:
        told = [person.id for person in people]
        notices.tell(session, item, kind, token, told, clock.now())


def unread(office, person):
    with office.db.read() as session:
        return notices.unread(session, person.id)


def listed(office, person, before=None):
    """The newest notices of a person: (id, token, whether it matters)."""
    with office.db.read() as session:
        page = notices.page(session, person.id, before)
        return [(notice.id, notice.token, matters) for notice, matters in page]


def mails(office):
    with office.db.read() as session:
        found = session.execute(select(Job.person_id, Job.due).where(Job.kind == "mail"))
        return dict(found.all())


def states(office):
    with office.db.read() as session:
        return list(session.scalars(select(Notice.mail).order_by(Notice.id)))


def test_telling_twice_is_one_notice_and_one_mail(reached):
    item = reached.item(reached.start())
    for _ in range(2):
        tell(reached, item, reached.staff, reached.staff, reached.colleague)
    assert unread(reached, reached.staff) == unread(reached, reached.colleague) == 1
    assert list(mails(reached)) == [reached.staff.id]
    assert states(reached) == ["due", None]


def test_another_token_is_another_notice_in_the_same_mail(reached):
    item = reached.item(reached.start())
    for token in ("one", "two"):
        tell(reached, item, reached.staff, token=token)
    assert unread(reached, reached.staff) == 2
    assert len(mails(reached)) == 1


def test_nobody_to_tell_is_nothing_told(reached):
    tell(reached, reached.item(reached.start()))
    assert (states(reached), mails(reached)) == ([], {})


def test_what_was_told_before_needs_no_mail_again(reached):
    item = reached.item(reached.start())
    tell(reached, item, reached.staff)
    with reached.db.write() as session:
        session.execute(text("DELETE FROM job WHERE kind = 'mail'"))
    tell(reached, item, reached.staff)
    assert mails(reached) == {}


@pytest.mark.parametrize(
    ("told", "mailed"),
    [
        ("2026-11-26T09:00", "2026-11-26T09:02"),
        ("2026-11-26T11:59", "2026-11-26T13:00"),  # the break
        ("2026-11-26T16:00", "2026-11-27T07:30"),
        ("2026-11-27T18:00", "2026-11-30T07:30"),  # Friday evening
        ("2026-12-23T15:59", "2026-12-28T07:30"),  # Christmas and its cuti bersama
    ],
)
def test_mail_waits_a_little_and_for_working_hours(reached, at, told, mailed):
    item = reached.item(reached.start())
    at(told)
    tell(reached, item, reached.staff)
    assert mails(reached) == {
        reached.staff.id: datetime.fromisoformat(f"{mailed}+07:00").astimezone(UTC)
    }


def test_mail_waits_for_the_working_hours_of_ones_own_unit(reached, at):
    item = reached.item(reached.start())
    administrator = replace(reached.head, is_administrator=True)
    with reached.db.read() as session:
        unit_id = session.get(Person, reached.staff.id).unit_id
        _, base = calendars.own_rules(session, unit_id)
    off = Rules(days=(Day(date(2026, 11, 27), "Cuti daerah"),))
    calendars.save(reached.db, administrator, unit_id, off, base)
    at("2026-11-26T16:00")
    tell(reached, item, reached.staff)
    assert mails(reached) == {reached.staff.id: datetime(2026, 11, 30, 0, 30, tzinfo=UTC)}


def test_a_mail_that_is_waiting_does_not_wait_longer_for_what_comes(reached, at):
    item = reached.item(reached.start())
    tell(reached, item, reached.staff, token="one")
    before = mails(reached)
    at("2026-11-26T09:01")
    tell(reached, item, reached.staff, token="two")
    assert mails(reached) == before


def test_two_who_tell_at_once_tell_once(reached, rival):
    item = reached.item(reached.start())
    both = threading.Barrier(2)

    def tell_from(db):
        with db.write() as session:
            both.wait(10)
            notices.tell(session, item, "due", "t", [reached.staff.id], clock.now())

    threads = [threading.Thread(target=tell_from, args=[db]) for db in (reached.db, rival)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert states(reached) == ["due"]
    assert len(mails(reached)) == 1


def test_a_notice_told_while_the_mail_is_ended_has_a_mail_of_its_own(reached, rival):
    item = reached.item(reached.start())
    tell(reached, item, reached.staff, token="first")
    with reached.db.write() as session:
        (row,) = notices.to_mail(session, reached.staff.id)
        assert notices.mark_sending(session, [row.Notice.id])

    def end():
        with rival.write() as session:
            jobs.finish(session, session.scalars(select(Job).where(Job.kind == "mail")).one())
            if notices.is_mail_due(session, reached.staff.id):
                notices.arm_mail(session, reached.staff.id, clock.now())

    ending = threading.Thread(target=end)
    with reached.db.write() as session:
        notices.tell(session, item, "due", "second", [reached.staff.id], clock.now())
        ending.start()
        _let_wait(session, ending)
    ending.join(20)
    assert states(reached) == ["sending", "due"]
    assert len(mails(reached)) == 1


def _let_wait(session, thread):
    """Lets another transaction go on until it waits for this one, or is through."""
    if session.get_bind().dialect.name == "sqlite":
        return  # its writers wait for each other before they begin
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    until = time.monotonic() + 20
    while thread.is_alive() and not session.scalar(waiting):
        assert time.monotonic() < until, "it neither waits nor ends"


def test_a_notice_matters_while_its_person_has_the_open_task(reached):
    item = reached.item(reached.start())
    tell(reached, item, reached.staff, reached.colleague, reached.outsider)
    assert [unread(reached, p) for p in (reached.staff, reached.colleague)] == [1, 1]
    assert unread(reached, reached.outsider) == 0
    instances.claim(reached.db, reached.staff, item.id)
    assert [unread(reached, p) for p in (reached.staff, reached.colleague)] == [1, 0]
    reached.complete(item)
    assert unread(reached, reached.staff) == 0
    assert [matters for *_, matters in listed(reached, reached.staff)] == [False]


def test_what_lies_too_long_no_longer_does_once_it_is_taken_up(reached):
    item = reached.item(reached.start())
    tell(reached, item, reached.staff, kind="wait", token="wait")
    tell(reached, item, reached.staff, kind="before", token="before")
    assert unread(reached, reached.staff) == 2
    instances.claim(reached.db, reached.staff, item.id)  # which takes it up
    assert unread(reached, reached.staff) == 1


def test_an_escalation_matters_to_a_superior_until_the_task_is_done(reached):
    item = reached.item(reached.start())
    tell(reached, item, reached.superior, kind="escalated")
    assert unread(reached, reached.superior) == 1
    reached.complete(item)
    assert unread(reached, reached.superior) == 0


def test_notices_are_listed_page_by_page_newest_first(reached, monkeypatch):
    monkeypatch.setattr(notices, "PAGE", 2)
    item = reached.item(reached.start())
    for token in "abc":
        tell(reached, item, reached.staff, reached.colleague, token=token)
    first = listed(reached, reached.staff)
    assert [token for _, token, _ in first] == ["c", "b"]
    second = listed(reached, reached.staff, before=first[-1][0])
    assert [token for _, token, _ in second] == ["a"]


def test_one_reads_ones_own_notices_alone(reached):
    item = reached.item(reached.start())
    tell(reached, item, reached.staff, reached.colleague)
    ((notice, *_),) = listed(reached, reached.staff)
    with pytest.raises(NotFound), reached.db.write() as session:
        notices.read(session, reached.colleague.id, notice)
    with pytest.raises(NotFound), reached.db.write() as session:
        notices.read(session, reached.colleague.id, 999)
    assert unread(reached, reached.staff) == 1
    with reached.db.write() as session:
        notices.read(session, reached.staff.id, notice)
    assert unread(reached, reached.staff) == 0
    assert unread(reached, reached.colleague) == 1


def test_all_can_be_read_at_once_and_keep_when_they_were_read_first(reached, at):
    item = reached.item(reached.start())
    for token in "ab":
        tell(reached, item, reached.staff, reached.colleague, token=token)
    ((newest, *_), _) = listed(reached, reached.staff)
    with reached.db.write() as session:
        notices.read(session, reached.staff.id, newest)
    read_at = clock.now()
    at("2026-11-26T10:00")
    with reached.db.write() as session:
        notices.read(session, reached.staff.id, newest)
        notices.read_all(session, reached.staff.id)
    assert [unread(reached, p) for p in (reached.staff, reached.colleague)] == [0, 2]
    with reached.db.read() as session:
        assert session.get(Notice, newest).read_at == read_at


def test_what_is_to_be_mailed_is_marked_once_and_what_no_longer_matters_never(reached):
    done, open_one = (reached.item(reached.start()) for _ in range(2))
    tell(reached, done, reached.staff, token="done")
    tell(reached, open_one, reached.staff, token="open")
    reached.complete(done)
    with reached.db.write() as session:
        ((notice, item),) = notices.to_mail(session, reached.staff.id)
        assert (notice.token, item.id) == ("open", open_one.id)
        assert notice.instance.definition.key == "skp_collection"
        assert notices.mark_sending(session, [notice.id])
        assert not notices.mark_sending(session, [notice.id])
    with reached.db.write() as session:
        assert not notices.to_mail(session, reached.staff.id)
    assert states(reached) == [None, "sending"]


def test_what_was_being_sent_is_unsure_but_for_who_sent_it(reached):
    item = reached.item(reached.start())
    tell(reached, item, reached.staff)
    with reached.db.write() as session:
        ((notice, _),) = notices.to_mail(session, reached.staff.id)
        notices.mark_sending(session, [notice.id])
        assert notices.give_up_lost(session, reached.colleague.id) == 0
        assert notices.give_up_lost(session, reached.staff.id) == 1
        assert notices.give_up_lost(session, reached.staff.id) == 0
    assert states(reached) == ["unsure"]
    with reached.db.write() as session:
        notices.settle(session, [notice.id], "sent")
    assert states(reached) == ["sent"]


def test_what_was_not_being_sent_is_not_settled(reached):
    tell(reached, reached.item(reached.start()), reached.staff)
    with reached.db.write() as session:
        notices.settle(session, session.scalars(select(Notice.id)).all(), "sent")
    assert states(reached) == ["due"]


def test_the_count_in_the_menu_is_one_statement(reached, statements):
    tell(reached, reached.item(reached.start()), reached.staff)
    statements.clear()
    assert unread(reached, reached.staff) == 1
    assert len(statements.sent) == 1


def test_one_has_ones_own_tasks_and_those_of_the_group_that_nobody_took(reached):
    taken, free, own = (reached.start() for _ in range(3))
    instances.claim(reached.db, reached.colleague, reached.item(taken).id)
    instances.claim(reached.db, reached.staff, reached.item(own).id)
    with reached.db.read() as session:
        query = select(WorkItem.instance_id).where(
            notices.has_task(reached.staff.id, absences.today(session))
        )
        assert set(session.scalars(query)) == {free, own}


@pytest.mark.parametrize("given", ["", "  "])
def test_an_address_can_be_taken_back(reached, given):
    with reached.db.write() as session:
        notices.set_address(session, reached.staff.id, given)
    tell(reached, reached.item(reached.start()), reached.staff)
    assert (states(reached), mails(reached)) == ([None], {})


def test_a_wrong_address_is_refused(reached):
    with pytest.raises(InvalidInput), reached.db.write() as session:
        notices.set_address(session, reached.staff.id, "staf@kantor\nBcc: x@y.example")
