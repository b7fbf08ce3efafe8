"""The first administrator, and codes by command: printed once, and nothing half-done."""

import re
import sys
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from engine import journal, people, resets, sample
from engine.database import Database
from engine.models import Person, Reset, Unit

ALUR = Path(sys.prefix) / "bin" / "alur"
NIP = "199001012015031001"
FIRST = ("--name", "Admin Contoh", "--unit", "dinas:Dinas Contoh")


@pytest.fixture
def environment(environment, sqlite_url) -> dict[str, str]:
    return environment | {"ALUR_DATABASE_URL": sqlite_url}


@pytest.fixture
def alur(alur):
    """``alur("code")``: the finished ``alur people`` process."""
    return partial(alur, "people")


@pytest.fixture
def empty(alur, tmp_path):
    """The command on a database that is not there yet, and that database."""
    database = Database(f"sqlite:///{tmp_path / 'kosong.db'}")
    yield partial(alur, ALUR_DATABASE_URL=database.url), database
    database.close()


def code_in(done):
    assert (done.returncode, done.stderr) == (0, "")
    return re.search(r"[A-Z2-7]{5}(-[A-Z2-7]{5}){3}", done.stdout)[0]


def kinds(session):
    return [entry.kind for entry in journal.page(session)][::-1]


def test_the_first_administrator_makes_a_new_office_and_has_no_password(empty):
    run, db = empty
    code = code_in(run("administrator", "19900101 201503 1 001", *FIRST))
    with db.read() as session:
        person = resets.whose(session, code)
        assert (person.nip, person.name, person.kind) == (NIP, "Admin Contoh", "pns")
        assert person.password_hash is None
        assert people.actor(session, person.id).is_administrator
        assert session.scalars(select(Unit.name)).all() == ["Dinas Contoh"]
        assert kinds(session) == ["unit.added", "person.added", "duty.given",
                                  "password.reset-given"]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((NIP,), "Direktori masih kosong"),
        ((NIP, "--name", "Admin"), "Direktori masih kosong"),
        ((NIP, "--name", "Admin", "--unit", "dinas"), "Direktori masih kosong"),
        (("123", *FIRST), "NIP terdiri dari 18 angka."),
    ],
)
def test_what_is_missing_or_wrong_is_said_in_a_line_and_nothing_is_made(empty, arguments, said):
    run, db = empty
    done = run("administrator", *arguments)
    assert done.returncode == 1
    assert done.stderr.startswith(said)
    assert done.stderr.count("\n") == 1
    with db.read() as session:
        assert session.scalars(select(Person)).all() == []
        assert session.scalars(select(Unit)).all() == []


def test_somebody_of_the_directory_becomes_administrator(alur, sqlite_url):
    nip = sample.CAST["staff"][0]
    codes = [code_in(alur("administrator", nip)) for _ in range(2)]
    db = Database(sqlite_url)
    with db.read() as session:
        staff = people.with_nip(session, nip)
        assert people.actor(session, staff.id).is_administrator
        assert resets.whose(session, codes[1]).id == staff.id
        assert len(session.scalars(select(Reset)).all()) == 1
        assert kinds(session) == ["duty.given", *["password.reset-given"] * 2]
    db.close()


def test_a_code_is_printed_for_who_is_in_the_directory(alur, sqlite_url):
    code = code_in(alur("code", sample.CAST["employee"][0]))
    db = Database(sqlite_url)
    with db.read() as session:
        assert resets.whose(session, code).nip == sample.CAST["employee"][0]
    db.close()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("code", NIP), "Tidak ada pegawai dengan NIP itu."),
        (("administrator", NIP), "Tidak ada pegawai dengan NIP itu."),
        (("administrator", NIP, *FIRST), "--name dan --unit hanya untuk direktori yang kosong."),
    ],
)
def test_who_is_unknown_is_said_in_a_line(alur, arguments, said):
    done = alur(*arguments)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", said + "\n")
