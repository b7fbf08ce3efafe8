"""Sealing, verifying and handing out the record, as an administrator does it."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from engine import people, sample, starting
from engine.database import Database

ALUR = Path(sys.prefix) / "bin" / "alur"


@pytest.fixture
def url(sqlite_url) -> str:
    """The sample office with three cases."""
    db = Database(sqlite_url)
    with db.read() as session:
        nips = (sample.CAST["staff"][0], sample.CAST["employee"][0])
        staff, employee = (people.with_nip(session, nip).id for nip in nips)
        actor = people.actor(session, staff)
    for number in range(3):
        starting.start(db, actor, "skp_collection", employee, token=f"t{number}")
    db.close()
    return sqlite_url


@pytest.fixture
def environment(environment, url) -> dict[str, str]:
    return environment | {"ALUR_DATABASE_URL": url}


@pytest.fixture
def tamper(url) -> Callable[[str], None]:
    """``tamper("UPDATE …")``: what somebody with the database does."""

    def run(statement: str) -> None:
        db = Database(url)
        with db.write() as session:
            session.execute(text(statement))
        db.close()

    return run


@pytest.fixture
def home(tmp_path) -> Path:
    return tmp_path / "home"


def test_a_sealed_record_is_verified_with_counts_and_the_key(alur):
    sealed = alur("history", "seal")
    assert sealed.stdout.startswith("1 segel baru. Kunci: ")
    fingerprint = sealed.stdout.split()[-1]
    done = alur("history", "verify")
    assert (done.returncode, done.stdout.count("\n")) == (0, 1)
    assert done.stdout.startswith("3 kasus, 6 kejadian, 0 catatan kantor, 1 segel; 0 kejadian")
    assert done.stdout.strip().endswith(fingerprint)
    assert alur("history", "seal").stdout == "Tidak ada yang baru.\n"


def test_what_no_seal_covers_yet_is_said(alur):
    done = alur("history", "verify")
    assert done.returncode == 0
    assert "6 kejadian sesudah segel terakhir" in done.stdout


def test_the_first_bad_entry_is_named_and_the_command_fails(alur, tamper):
    alur("history", "seal")
    tamper("UPDATE history SET capacity = 'x' WHERE instance_id = 2 AND seq = 2")
    done = alur("history", "verify")
    assert done.returncode == 1
    assert (
        done.stdout.splitlines()[0]
        == "Kasus 00002, kejadian 2: isi atau sambungannya bukan yang dicatat."
    )


def test_no_more_than_twenty_faults_are_listed(alur, tamper, url):
    tamper("UPDATE history SET capacity = 'x'")
    done = alur("history", "verify")
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 4


def test_the_public_key_is_printed_for_others_to_verify_with(alur, tmp_path):
    alur("history", "seal")
    printed = alur("history", "key")
    assert printed.stdout.startswith("-----BEGIN PUBLIC KEY-----\n")
    file = tmp_path / "kunci.pem"
    file.write_text(printed.stdout)
    elsewhere = {"ALUR_HOME": str(tmp_path / "lain")}
    done = alur("history", "verify", "--key", file, **elsewhere)
    assert done.returncode == 0
    assert printed.stderr.split()[-1] in done.stdout


def test_without_a_key_there_is_nothing_to_verify_seals_with(alur, refused, tmp_path):
    alur("history", "seal")
    said = refused("history", "verify", ALUR_HOME=str(tmp_path / "lain"))
    assert said == "seal.key tidak ada di sini. Beri kunci publiknya dengan --key."


def test_a_wrong_key_is_told(alur, home, tmp_path):
    alur("history", "seal")
    other = alur("history", "key", ALUR_HOME=str(tmp_path / "lain")).stdout
    (tmp_path / "kunci.pem").write_text(other)
    done = alur("history", "verify", "--key", tmp_path / "kunci.pem")
    assert done.returncode == 1
    assert done.stdout.splitlines()[0] == "Segel 1: ditandatangani kunci lain."


def test_what_is_no_key_is_refused(refused, home, tmp_path):
    (tmp_path / "kunci.pem").write_text("x")
    said = refused("history", "verify", "--key", tmp_path / "kunci.pem")
    assert said == "kunci.pem bukan kunci Ed25519 dalam bentuk PEM."


def test_seals_that_vanished_are_told_by_a_copy_of_their_file(alur, tamper, home, tmp_path):
    alur("history", "seal")
    copy = tmp_path / "salinan.jsonl"
    (home / "seals.jsonl").rename(copy)
    tamper("DELETE FROM seal")
    assert alur("history", "verify").returncode == 0
    done = alur("history", "verify", "--seals", copy)
    assert done.returncode == 1
    assert done.stdout.startswith("Segel 1: ada di seals.jsonl")


def test_a_node_with_another_key_does_not_seal(alur, refused, tmp_path):
    alur("history", "seal")
    said = refused("history", "seal", ALUR_HOME=str(tmp_path / "lain"))
    assert "alur history seal --new-key" in said


def test_a_new_key_is_begun_and_vouched_for(alur, home):
    alur("history", "seal")
    old = alur("history", "key").stdout
    assert alur("history", "seal", "--new-key").stdout.startswith("1 segel baru.")
    assert alur("history", "key").stdout != old
    assert alur("history", "verify").returncode == 0
    assert (home / "seal.key").stat().st_mode & 0o777 == 0o600


def test_the_record_is_exported_for_its_owner_alone(alur, refused, tmp_path):
    alur("history", "seal")
    file = tmp_path / "catatan.jsonl"
    done = alur("history", "export", file)
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert done.stdout == f"Ditulis: {len(lines)} baris ke {file}.\n"
    assert file.stat().st_mode & 0o777 == 0o600
    assert sum(line["type"] == "case" for line in lines) == 3
    assert "--replace" in refused("history", "export", file)
    assert alur("history", "export", file, "--replace", "--case", 2).returncode == 0
    assert file.read_text().count('"type":"case"') == 1
    assert refused("history", "export", file, "--replace", "--case", 99) == "Kasus itu tidak ada."


def test_a_restore_puts_the_seals_of_the_old_database_aside(alur, home, tmp_path):
    alur("history", "seal")
    backup = tmp_path / "kantor.zip"
    assert alur("backup", backup).returncode == 0
    lines = (home / "seals.jsonl").read_text()
    done = alur("restore", backup, "--replace")
    assert "Segel basis data yang lama dipindahkan ke " in done.stdout
    (aside,) = home.glob("seals-*.jsonl")
    assert aside.read_text() == lines
    assert not (home / "seals.jsonl").exists()
    assert alur("history", "verify").returncode == 0
    assert alur("history", "seal").returncode == 0


def test_serving_seals_by_itself(serve, url, home):
    """The round is armed at the start, and done at once."""
    server = serve(url)
    db = Database(url)
    with db.read() as session:
        armed = session.scalar(text("SELECT count(*) FROM job WHERE kind = 'seal'"))
    db.close()
    assert armed == 1
    assert server.answers()


def test_a_database_of_another_release_is_refused(refused, tamper):
    tamper("UPDATE alembic_version SET version_num = '9999'")
    tamper("UPDATE installation SET oldest = '9999'")
    assert "Basis data" in refused("history", "verify")


@pytest.mark.parametrize("style", ["xes", "csv", "jsonl"])
def test_an_event_log_is_written_for_process_mining(alur, tmp_path, style):
    file = tmp_path / f"log.{style}"
    done = alur("history", "export", file, "--format", style)
    assert (done.returncode, done.stdout) == (
        0,
        f"Ditulis: {file.stat().st_size} bita ke {file}.\n",
    )
    text = file.read_text("utf-8")
    assert text.count("schedule") == 3
    assert sample.CAST["staff"][0] not in text
    alur("history", "export", file, "--format", style, "--names", "--replace")
    assert "00001" in file.read_text("utf-8")


def test_an_event_log_replaces_no_file_unasked(refused, tmp_path):
    file = tmp_path / "log.xes"
    file.write_text("lain")
    assert "--replace" in refused("history", "export", file, "--format", "xes")
    assert file.read_text() == "lain"


@pytest.mark.parametrize(
    "asked", [["--names"], ["--process", "x"], ["--format", "xes", "--case", 1]]
)
def test_what_belongs_to_the_other_kind_of_file_is_refused(refused, tmp_path, asked):
    assert "hanya untuk" in refused("history", "export", tmp_path / "x", *asked)
    assert not (tmp_path / "x").exists()
