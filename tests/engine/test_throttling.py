"""Throttling: guesses are slowed down, whatever they come at, and nobody is locked out for long."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from engine import clock, throttling
from engine.database import Database
from engine.errors import TooManyAttempts
from engine.models import Throttle

KEY = b"kunci"
NIP = "199001012090032012"


@pytest.fixture
def later(monkeypatch):
    """A clock that stands still until it is moved on."""
    moment = [clock.now()]
    monkeypatch.setattr(clock, "now", lambda: moment[0])

    def move(seconds):
        moment[0] += timedelta(seconds=seconds)

    return move


@pytest.fixture
def tries(office, later):
    """``tries(places)``: the seconds one has to wait for, 0 for a try that is counted."""

    def _try(tried):
        try:
            with office.db.write() as session:
                throttling.count(session, tried)
        except TooManyAttempts as error:
            return error.seconds
        return 0

    return _try


def stranger(nip=NIP, address="192.0.2.1"):
    return throttling.places(KEY, account=nip, address=address)


def rows(office):
    with office.db.read() as session:
        return session.scalars(select(Throttle)).all()


def test_five_failures_are_free_and_then_the_wait_grows_to_a_minute(tries, later):
    assert [tries(stranger()) for _ in range(6)] == [0] * 6
    waits = []
    for _ in range(9):
        waits.append(wait := tries(stranger()))
        later(wait)
        assert tries(stranger()) == 0
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_try_while_one_waits_is_not_counted_and_makes_nothing_longer(office, tries, later):
    for _ in range(8):
        tries(stranger())
        later(3)
    wait = tries(stranger())
    assert [tries(stranger()) for _ in range(50)] == [wait] * 50
    later(wait)
    assert tries(stranger()) == 0


def test_a_known_browser_is_not_hindered_by_what_strangers_do(tries):
    known = throttling.places(KEY, device=f"laptop:{NIP}")
    for _ in range(100):
        tries(stranger())
    assert tries(stranger()) > 0
    assert tries(known) == 0


def test_a_known_browser_guesses_no_faster_than_a_stranger(tries):
    known = throttling.places(KEY, device=f"laptop:{NIP}")
    assert [tries(known) for _ in range(6)] == [0] * 6
    assert tries(known) > 0
    assert tries(stranger()) == 0


def test_an_address_that_tries_many_accounts_waits_for_all_of_them(tries):
    done = [tries(stranger(f"{n:018d}")) for n in range(51)]
    assert done == [0] * 51
    assert tries(stranger("0" * 18)) == 1
    assert tries(stranger("0" * 18, "192.0.2.2")) == 0


def test_success_clears_the_account_and_takes_its_own_try_back_from_the_address(office, tries):
    for _ in range(3):
        tries(stranger())
    tries(stranger("0" * 18))
    with office.db.write() as session:
        throttling.succeeded(session, stranger())
    (failures,) = [row.failures for row in rows(office) if row.bucket == stranger()["address"]]
    assert failures == 3
    assert stranger()["account"] not in {row.bucket for row in rows(office)}


def test_many_who_succeed_behind_one_address_never_wait(office, tries):
    for n in range(120):
        assert tries(stranger(f"{n:018d}")) == 0
        with office.db.write() as session:
            throttling.succeeded(session, stranger(f"{n:018d}"))


def test_failures_are_forgotten_after_a_quarter_of_an_hour(tries, later):
    for _ in range(5):
        tries(stranger())
    later(15 * 60 + 1)
    assert [tries(stranger()) for _ in range(6)] == [0] * 6
    assert tries(stranger()) == 1


def test_what_is_forgotten_is_swept_a_hundred_at_a_time(office, tries, later):
    with office.db.write() as session:
        long_ago = clock.now() - timedelta(hours=1)
        session.add_all(
            Throttle(bucket=f"{n:064d}", failures=1, last_at=long_ago, until=long_ago)
            for n in range(250)
        )
    left = []
    for _ in range(3):
        tries(stranger())
        with office.db.read() as session:
            left.append(session.scalar(select(func.count()).select_from(Throttle)))
    assert left == [152, 52, 2]


def test_no_bucket_names_anybody_and_another_key_has_others(office, tries):
    tries(stranger())
    kept = {row.bucket for row in rows(office)}
    assert kept == set(stranger().values())
    assert not any(NIP in bucket or "192.0.2.1" in bucket for bucket in kept)
    assert kept.isdisjoint(throttling.places(b"lain", account=NIP, address="192.0.2.1").values())


def test_guesses_at_once_do_not_slip_through(office, later):
    """Everybody begins at the same moment; six are counted, all others have to wait."""
    outcomes, together = [], threading.Barrier(12)

    def guess():
        db = Database(office.db.url)
        try:
            together.wait(20)
            with db.write() as session:
                throttling.count(session, stranger())
            outcomes.append("counted")
        except TooManyAttempts:
            outcomes.append("waits")
        finally:
            db.close()

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["counted"] * 6 + ["waits"] * 6


def test_who_comes_between_is_counted_too(office, rival, before_writing, tries):
    """By forced interleaving: the sixth failure of another lands just before ours."""
    for _ in range(5):
        tries(stranger())

    def rivals():
        with rival.write() as session:
            throttling.count(session, stranger())

    before_writing(office.db, rivals)
    assert tries(stranger()) == 1


@pytest.mark.postgresql
def test_who_succeeds_and_who_tries_never_wait_for_each_other(postgresql_office_url):
    """Both take the rows in one order, whichever kinds of places these are."""
    db = Database(postgresql_office_url)
    tried = throttling.places(KEY, account=NIP, address="192.0.2.1")
    number = 0
    while min(tried, key=tried.__getitem__) == "account":  # the order that was once the wrong one
        number += 1
        tried = throttling.places(KEY, account=f"{NIP}{number}", address="192.0.2.1")
    with db.write() as session:
        throttling.count(session, tried)

    def succeed():
        with db.write() as session:
            throttling.succeeded(session, tried)

    one = {kind: select(Throttle).where(Throttle.bucket == tried[kind]) for kind in tried}
    succeeding = threading.Thread(target=succeed)
    with db.write() as session:
        session.scalars(one["address"].with_for_update()).one()
        succeeding.start()
        while not _waits(db):
            assert succeeding.is_alive()
        session.scalars(one["account"].with_for_update(nowait=True)).one()
    succeeding.join(20)
    with db.read() as session:
        assert [row.failures for row in session.scalars(select(Throttle))] == [0]
    db.close()


def _waits(db):
    with db.read() as session:
        return session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted"))
