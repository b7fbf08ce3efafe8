"""Sign-ins: how long they last, how they end, and that looking at a page waits for nobody."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select, update

from engine import clock, sign_ins
from engine.models import Person, SignIn

PATIENCE = {"sqlite": "PRAGMA busy_timeout", "postgresql": "SHOW lock_timeout"}


@pytest.fixture
def begin(office):
    def _begin(who=None, agent="Firefox · Linux"):
        with office.db.write() as session:
            return sign_ins.begin(session, (who or office.staff).id, agent)

    return _begin


@pytest.fixture
def whose(office):
    def _whose(secret):
        with office.db.read() as session:
            found = sign_ins.of_secret(session, secret)
            return found.person_id if found else None

    return _whose


def row(office):
    with office.db.read() as session:
        return session.scalars(select(SignIn)).one()


def test_a_secret_is_its_persons_and_only_its_digest_is_kept(office, begin, whose):
    secret, other = begin(), begin(office.colleague)
    assert (whose(secret), whose(other)) == (office.staff.id, office.colleague.id)
    with office.db.read() as session:
        kept = {one.secret for one in session.scalars(select(SignIn))}
    assert secret not in kept
    assert all(len(one) == 64 for one in kept)
    assert not any(whose(made_up) for made_up in ("", "x", *kept))


def test_it_lasts_twelve_idle_hours(begin, whose, later):
    secret = begin()
    later(timedelta(hours=12) - timedelta(seconds=1))
    assert whose(secret)
    later(timedelta(seconds=1))
    assert whose(secret) is None


def test_it_lasts_thirty_one_days_however_much_it_is_used(office, begin, whose, later):
    secret = begin()
    for _ in range(62):
        later(timedelta(hours=11.9))
        sign_ins.see(office.db, row(office))
    assert whose(secret)
    later(timedelta(hours=11))
    sign_ins.see(office.db, row(office))
    assert whose(secret) is None


def test_when_it_was_seen_is_written_every_five_minutes(office, begin, later):
    begin()
    began = row(office).seen_at
    later(timedelta(minutes=4))
    sign_ins.see(office.db, row(office))
    assert row(office).seen_at == began
    later(timedelta(minutes=1, seconds=1))
    sign_ins.see(office.db, row(office))
    assert row(office).seen_at == clock.now()


def test_a_busy_database_is_not_waited_for(office, rival, begin, later):
    begin()
    later(timedelta(minutes=6))
    held = row(office)
    with rival.write() as other:
        other.execute(update(SignIn).values(agent="sedang ditulis"))
        sign_ins.see(office.db, held)  # would wait for ever: the other goes on after it
    assert row(office).seen_at == held.seen_at
    sign_ins.see(office.db, held)
    assert row(office).seen_at == clock.now()


def test_noting_it_waits_for_nobody_and_who_writes_after_that_waits_as_ever(office):
    def patience(write):
        with write() as session:
            connection = session.connection()
            return connection.exec_driver_sql(PATIENCE[connection.dialect.name]).scalar()

    assert patience(office.db.write_at_once) in (0, "50ms")
    assert patience(office.db.write) in (30_000, "0")


def test_one_statement_finds_it(office, begin):
    secret, said = begin(), []
    with office.db.read() as session:
        event.listen(office.db.connections, "before_cursor_execute", lambda *a: said.append(a[2]))
        sign_ins.of_secret(session, secret)
    assert len(said) == 1


def test_it_ends_by_its_secret_by_its_number_or_with_all(office, begin, whose):
    one, two, three, others = begin(), begin(), begin(), begin(office.colleague)
    with office.db.write() as session:
        sign_ins.end(session, one)
        mine = sign_ins.of_person(session, office.staff.id)
        assert not sign_ins.end_one(session, office.colleague.id, mine[0].id)
        assert sign_ins.end_one(session, office.staff.id, mine[0].id)
    assert [whose(secret) is None for secret in (one, two, three)].count(True) == 2
    with office.db.write() as session:
        sign_ins.end_all(session, office.staff.id)
    assert not any(whose(secret) for secret in (one, two, three))
    assert whose(others) == office.colleague.id


def test_who_has_left_is_signed_out_at_once(office, begin, whose):
    secret = begin()
    with office.db.write() as session:
        session.get(Person, office.staff.id).left_at = clock.now()
    assert whose(secret) is None


def test_the_list_holds_what_lasts_and_expired_ones_go_with_the_next(office, begin, later):
    begin(agent="lama")
    later(timedelta(hours=13))
    begin(agent="baru" * 100)
    with office.db.read() as session:
        assert [one.agent for one in sign_ins.of_person(session, office.staff.id)] == ["baru" * 25]
    assert row(office).agent.startswith("baru")
