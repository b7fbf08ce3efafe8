"""Passwords and codes: the rules, what a change ends, and that a code works only once."""

from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from engine import clock, journal, passwords, resets, sample, sign_ins
from engine.errors import InvalidInput
from engine.models import Person, Reset

ROOT = Path(__file__).parents[2]
GOOD = "kuda baterai 17"


@pytest.fixture
def person(office):
    with office.db.read() as session:
        return session.get_one(Person, office.staff.id)


@pytest.fixture
def give(office):
    def _give(who=None, lasts=resets.GIVEN):
        code = resets.new_code()
        with office.db.write() as session:
            resets.keep(session, (who or office.staff).id, code, lasts)
        return code

    return _give


@pytest.fixture
def whose(office):
    def _whose(code):
        with office.db.read() as session:
            try:
                return resets.whose(session, code).id
            except InvalidInput:
                return None

    return _whose


@pytest.mark.parametrize(
    "password", [GOOD, "x" * 251 + "abcde", "aBcDeFgHiJ", "密码密码一二三四五六"]
)
def test_a_good_password_is_taken(person, password):
    passwords.require_good(person, password, password)


@pytest.mark.parametrize(
    ("password", "rule"),
    [
        ("sembilan9", "sekurang-kurangnya 10"),
        ("", "sekurang-kurangnya 10"),
        ("x" * 252 + "abcde", "paling banyak 256"),
        ("198509092090031009", "NIP"),
        ("19850909 209003 1 009", "NIP"),
        ("nip: 198509092090031009!", "NIP"),
        ("Umar Contoh", "nama"),
        ("umar.contoh", "nama"),
        ("abababababcd", "5 karakter yang berbeda"),
    ],
)
def test_a_bad_password_is_refused_by_its_rule(person, password, rule):
    with pytest.raises(InvalidInput, match=rule):
        passwords.require_good(person, password, password)


def test_the_two_must_be_the_same(person):
    with pytest.raises(InvalidInput, match="tidak sama"):
        passwords.require_good(person, GOOD, GOOD + " ")


def test_a_hash_is_kept_only_in_the_place_of_the_one_that_was_looked_at(office, person):
    with office.db.write() as session:
        assert passwords.keep(session, person.id, person.password_hash, "baru")
        assert not passwords.keep(session, person.id, person.password_hash, "lain")
    with office.db.read() as session:
        assert session.get_one(Person, person.id).password_hash == "baru"


def test_a_new_password_ends_sign_ins_and_codes_and_stands_in_the_journal(office, give, whose):
    code, others = give(), give(office.colleague)
    with office.db.write() as session:
        secret = sign_ins.begin(session, office.staff.id, "")
        passwords.replaced(session, office.staff.id)
    with office.db.read() as session:
        assert sign_ins.of_secret(session, secret) is None
        entry = journal.page(session)[0]
    assert (entry.kind, entry.person_id) == ("password.set", office.staff.id)
    assert (whose(code), whose(others)) == (None, office.colleague.id)


def test_a_hash_is_made_anew_when_the_defaults_have_moved_on(monkeypatch, costly_hasher):
    monkeypatch.setattr(passwords, "_hasher", costly_hasher)
    weak = PasswordHasher(time_cost=1, memory_cost=64).hash(GOOD)
    renewed = passwords.renewed_hash(weak, GOOD)
    assert renewed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert passwords.is_password(renewed, GOOD)
    assert passwords.renewed_hash(renewed, GOOD) == renewed


def test_a_code_is_read_in_groups_and_kept_as_a_digest(office, give, whose):
    code = give()
    assert [len(group) for group in code.split("-")] == [5, 5, 5, 5]
    assert set(code) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567-")
    with office.db.read() as session:
        kept = session.scalars(select(Reset)).one()
    assert code.replace("-", "") not in kept.secret
    typed = (code, code.lower(), code.replace("-", " "), f" {code.replace('-', '')} ")
    assert {whose(one) for one in typed} == {office.staff.id}
    assert whose(code.replace("O", "0").replace("I", "1").replace("B", "8")) == office.staff.id
    assert not any(whose(one) for one in ("", code[:-1], code + "A", kept.secret))


def test_a_code_is_used_once(office, rival, before_writing, give, whose):
    code = give()

    def use(db):
        with db.write() as session:
            resets.use(session, code)

    before_writing(office.db, lambda: use(rival))
    with pytest.raises(InvalidInput, match="sudah dipakai"):
        use(office.db)
    assert whose(code) is None


@pytest.mark.parametrize("lasts", [resets.GIVEN, resets.MAILED])
def test_a_code_expires(office, give, whose, later, lasts):
    code = give(lasts=lasts)
    later(lasts - timedelta(seconds=1))
    assert whose(code)
    later(timedelta(seconds=1))
    assert whose(code) is None
    with office.db.write() as session, pytest.raises(InvalidInput):
        resets.use(session, code)


def test_a_new_code_ends_those_that_expire_sooner(office, give, whose, later):
    given, mailed = give(), give(lasts=resets.MAILED)
    assert (whose(given), whose(mailed)) == (office.staff.id, office.staff.id)
    later(timedelta(minutes=1))
    newer = give(lasts=resets.MAILED)
    assert [bool(whose(code)) for code in (given, mailed, newer)] == [True, False, True]
    newest = give()
    assert [bool(whose(code)) for code in (given, newer, newest)] == [False, False, True]


def test_a_code_of_who_has_left_is_nobodys(office, give, whose):
    code = give()
    with office.db.write() as session:
        leaves = update(Person).where(Person.id == office.staff.id).values(left_at=clock.now())
        session.execute(leaves)
    assert whose(code) is None


def test_nothing_but_the_sample_office_sets_a_password_of_its_own():
    """Who calls `hash_password` gives it what a person typed; only the sample has its own."""
    callers = [
        path.relative_to(ROOT).as_posix()
        for package in ("bpmn", "engine", "tasks", "web")
        for path in sorted((ROOT / package).rglob("*.py"))
        if "hash_password" in path.read_text() and "node_modules" not in path.parts
    ]
    assert callers == ["engine/passwords.py", "engine/sample.py", "web/passwords.py"]
    named = [
        path for path in sorted(ROOT.glob("[betw]*/**/*.py"))
        if "tests" not in path.parts and "node_modules" not in path.parts
        and sample.PASSWORD in path.read_text()
    ]  # fmt: skip
    assert [path.name for path in named] == ["sample.py"]
