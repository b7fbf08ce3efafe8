"""Backup, restore and migration as an administrator runs them: processes beside a real server."""

import os
import re
import resource
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import select, text, update

from engine import values
from engine.database import Database
from engine.models import Definition, Job

ALUR = Path(sys.prefix) / "bin" / "alur"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def url(request) -> str:
    """The sample office, on each database."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
def environment(environment, url) -> dict[str, str]:
    return environment | {"ALUR_DATABASE_URL": url}


@pytest.fixture
def names(url) -> Callable[[], set[str]]:
    """``names()``: whom the directory holds."""

    def read() -> set[str]:
        db = Database(url)
        with db.read() as session:
            found = set(session.scalars(text("SELECT name FROM person")))
        db.close()
        return found

    return read


@pytest.fixture
def rename(url) -> Callable[[str], None]:
    """``rename("x")``: gives everybody another name, which a restore takes back."""

    def write(name: str) -> None:
        db = Database(url)
        with db.write() as session:
            session.execute(text("UPDATE person SET name = :name"), {"name": name})
        db.close()

    return write


@contextmanager
def asked(server) -> Iterator[list[bool]]:
    """All answers of a server during the block, the first before it and the last after it."""
    answers = [server.answers()]
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            answers.append(server.answers())

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield answers
    finally:
        done.set()
        asking.join(60)
    answers.append(server.answers())


def test_it_is_backed_up_and_migrated_while_it_serves(alur, serve, url, tmp_path):
    with asked(serve(url)) as answers:
        backed_up = alur("backup", tmp_path / "kantor.zip")
        migrated = alur("migrate")
    assert (backed_up.returncode, migrated.returncode) == (0, 0), backed_up.stderr
    assert backed_up.stdout.startswith("Dicadangkan: ")
    assert migrated.stdout == "Basis data siap.\n"
    assert len(answers) > 2
    assert all(answers)
    with zipfile.ZipFile(tmp_path / "kantor.zip") as archive:
        assert archive.testzip() is None


def test_it_is_brought_up_from_an_older_release_while_somebody_works_with_it(url, alur):
    db = Database(url)
    with db.altering() as config:
        command.downgrade(config, "0001")
    done = threading.Event()

    def work() -> None:
        while not done.is_set():
            with db.write() as session:
                session.execute(text("UPDATE person SET rank = rank"))

    working = threading.Thread(target=work)
    working.start()
    try:
        migrated = alur("migrate")
    finally:
        done.set()
        working.join(30)
    assert (migrated.returncode, migrated.stderr) == (0, "")
    assert db.is_current
    db.close()


def test_it_is_put_back_only_once_nobody_serves_it(
    alur, refused, serve, url, names, rename, tmp_path
):
    before, server = names(), serve(url)
    assert alur("backup", tmp_path / "kantor.zip").returncode == 0
    rename("Lain")
    said = refused("restore", tmp_path / "kantor.zip", "--replace")
    assert "alur serve" in said
    assert names() == {"Lain"}
    assert server.answers()
    server.end(signal.SIGKILL)
    assert "--replace" in refused("restore", tmp_path / "kantor.zip")
    restored = when_it_is_free(lambda: alur("restore", tmp_path / "kantor.zip", "--replace"))
    assert (restored.returncode, restored.stderr) == (0, "")
    assert restored.stdout.startswith("Dipulihkan: ")
    assert names() == before


def test_the_restored_office_is_served(alur, serve, url, tmp_path):
    assert alur("backup", tmp_path / "kantor.zip").returncode == 0
    assert alur("restore", tmp_path / "kantor.zip", "--replace").returncode == 0
    again = serve(url)
    assert again.answers()
    assert not re.search(r" (WARNING|ERROR) ", again.end(signal.SIGTERM))
    assert again.process.returncode == 0


def test_what_is_no_backup_is_said_in_one_line(refused, names, tmp_path):
    before = names()
    (tmp_path / "bukan.zip").write_bytes(b"bukan arsip")
    for file in (tmp_path / "bukan.zip", tmp_path / "tidak-ada.zip", tmp_path):
        assert str(file) in refused("restore", file, "--replace")
    assert names() == before


def test_where_no_backup_can_be_written_is_said_in_one_line(refused, tmp_path):
    assert "sudah ada" in refused("backup", tmp_path)
    assert "tidak dapat ditulis" in refused("backup", tmp_path / "tidak" / "ada.zip")


def test_a_full_disk_leaves_no_half_backup(refused, url, tmp_path):
    swell(url)
    said = refused("backup", tmp_path / "kantor.zip", how={"preexec_fn": hardly_any_room})
    assert "tidak dapat ditulis" in said
    assert not list(tmp_path.glob("*kantor*"))


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # of PostgreSQL, it is the server's disk
def test_a_full_disk_leaves_the_old_database(alur, refused, url, names, rename, tmp_path):
    swell(url)
    assert alur("backup", tmp_path / "kantor.zip").returncode == 0
    rename("Lain")
    assert refused(
        "restore", tmp_path / "kantor.zip", "--replace", how={"preexec_fn": hardly_any_room}
    )
    assert names() == {"Lain"}
    assert not list(tmp_path.glob("*.restoring*"))


def hardly_any_room() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))


def swell(url: str) -> None:
    """Something that no compression makes small."""
    db = Database(url)
    with db.write() as session:
        session.execute(update(Definition).values(source=os.urandom(200_000)))
    db.close()


def when_it_is_free(attempt: Callable[[], subprocess.CompletedProcess[str]]):
    """PostgreSQL notices after a moment that a killed server is gone; the system at once."""
    deadline = time.monotonic() + 20
    while (done := attempt()).returncode and time.monotonic() < deadline:
        time.sleep(0.1)
    return done


def test_a_message_is_sent_to_the_worker(alur, url):
    sent = alur("message", "balasan", "--key", "12/X", "--data", '{"hasil": 1}')
    assert (sent.returncode, sent.stdout) == (0, 'Pesan "balasan" dikirim.\n')
    db = Database(url)
    with db.read() as session:
        (job,) = session.scalars(select(Job).where(Job.kind == "message")).all()
    db.close()
    details = values.loads(job.details)
    assert (details["name"], details["correlation"]) == ("balasan", "12/X")
    assert (details["data"], job.instance_id) == ({"hasil": 1}, None)


@pytest.mark.parametrize("data", ["{", "[1]", "NaN", '"x"'])
def test_a_message_with_data_that_is_no_object_is_not_sent(refused, data):
    assert "--data" in refused("message", "balasan", "--data", data)


@pytest.mark.parametrize("name", ["", "x" * 256])
def test_a_message_has_a_name(refused, name):
    assert refused("message", name) == "Pesan memerlukan nama."
