"""A backup taken while the office works, and put back: the whole of it, anywhere, or nothing."""

import hashlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Date, DateTime, LargeBinary, String, func, select, text

from engine import (
    attachments,
    backup,
    clock,
    contents,
    installation,
    instances,
    occupancy,
    people,
    starting,
)
from engine.attachments import File
from engine.database import Database
from engine.errors import BackupRefused, DatabaseInUse
from engine.models import Base, Instance, Job, Person

ROOT = Path(__file__).parents[2]
WORK = Path(__file__).with_name("test_durability.py")  # as a program, an office at work
ODD_TEXT = "é\"'\\\n\t{$}😀–"


def quietly(_table: str, _rows: int) -> None:
    pass


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def elsewhere(request):
    """An empty database of the same kind or of the other."""
    db = Database(request.getfixturevalue(f"{request.param}_elsewhere"))
    yield db
    db.close()


@pytest.fixture
def sqlite_elsewhere(tmp_path):
    return f"sqlite:///{tmp_path / 'elsewhere.sqlite'}"


@pytest.fixture
def postgresql_elsewhere(postgresql_server):
    name = f"elsewhere_{secrets.token_hex(4)}"
    postgresql_server.execute(f"CREATE DATABASE {name}")
    yield postgresql_server.url(name)
    postgresql_server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def kept(office, tmp_path) -> Path:
    """A backup of the sample office with a case under way."""
    office.until(office.start(), "Langkah_3")
    backup.back_up(office.db, tmp_path / "kantor.zip", quietly)
    return tmp_path / "kantor.zip"


@pytest.fixture(scope="session")
def sample_backup(furnished_file, tmp_path_factory) -> Path:
    """A backup of the sample office, to be copied and damaged."""
    db = Database(f"sqlite:///{furnished_file}")
    file = tmp_path_factory.mktemp("backup") / "kantor.zip"
    backup.back_up(db, file, quietly)
    db.close()
    return file


@pytest.fixture
def damaged(sample_backup, tmp_path) -> Path:
    """A backup to be damaged."""
    return Path(shutil.copy(sample_backup, tmp_path / "kantor.zip"))


@pytest.fixture
def forged(damaged) -> Callable[..., Path]:
    """``forged(change)``: the backup with its members changed, a dict of name to bytes."""

    def make(change: Callable[[dict[str, bytes]], None]) -> Path:
        with zipfile.ZipFile(damaged) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        change(members)
        with zipfile.ZipFile(damaged, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(name, content)
        return damaged

    return make


@pytest.fixture
def refused(sqlite_office_url, tmp_path) -> Callable[[Path, str], None]:
    """``refused(file, said)``: the file is refused in one line, and nothing is changed."""

    def refuse(file: Path, said: str) -> None:
        db = Database(sqlite_office_url)
        before = rows(db)
        with pytest.raises(BackupRefused, match=said) as refusal:
            backup.restore(db, file, quietly, replace=True)
        assert "\n" not in str(refusal.value)
        assert rows(db) == before
        assert not list(tmp_path.glob("*.restoring*"))
        db.close()

    return refuse


def rows(db):
    """Everything in a database; when a job may be leased is not part of an office."""
    with db.connections.connect() as connection:
        found = {
            table.name: [dict(r._mapping) for r in connection.execute(ordered(table))]
            for table in Base.metadata.sorted_tables
            if table.name not in backup.NOT_KEPT
        }
    for job in found["job"]:
        del job["ready"]
    return found


def ordered(table):
    return table.select().order_by(*table.primary_key)


def manifest(**changes):
    """A change of what the manifest says."""

    def change(members):
        said = json.loads(members["manifest.json"])
        members["manifest.json"] = json.dumps(said | changes).encode()

    return change


def part(table, /, **changes):
    """A change of what the manifest says of a table."""

    def change(members):
        said = json.loads(members["manifest.json"])
        for one in said["parts"]:
            if one["table"] == table:
                one.update(changes)
        members["manifest.json"] = json.dumps(said).encode()

    return change


def lines(table, content):
    """Other rows for a table, with a digest and a count that fit."""

    def change(members):
        members[f"{table}.jsonl"] = content
        count, digest = content.count(b"\n"), hashlib.sha256(content).hexdigest()
        part(table, rows=count, sha256=digest)(members)

    return change


# Taking one


def test_every_value_of_every_column_comes_back_as_it_was(office, elsewhere, tmp_path):
    office.until(office.start(), "Langkah_4")
    fill_every_column(office.db)
    before = rows(office.db)
    assert unfilled(before) == []
    taken = backup.back_up(office.db, tmp_path / "kantor.zip", quietly)
    assert taken.rows == sum(map(len, before.values()))
    backup.restore(elsewhere, tmp_path / "kantor.zip", quietly)
    assert rows(elsewhere) == before
    assert elsewhere.is_current


def test_what_is_the_nodes_own_is_in_no_backup(office, elsewhere, tmp_path):
    key = installation.session_key(office.db, b"rahasia" * 5)
    assert installation.session_key(office.db, b"lain" * 8) == key
    backup.back_up(office.db, tmp_path / "kantor.zip", quietly)
    with zipfile.ZipFile(tmp_path / "kantor.zip") as archive:
        assert "installation.jsonl" not in archive.namelist()
    backup.restore(elsewhere, tmp_path / "kantor.zip", quietly)
    assert installation.session_key(elsewhere, b"baru" * 8) == b"baru" * 8


def test_a_file_of_several_pieces_comes_back_whole(office, elsewhere, tmp_path):
    brought = b"0123456789" * 80_000
    case = office.start()
    attachments.attach(office.db, office.staff, case, File("besar.txt", "text/plain", brought))
    backup.back_up(office.db, tmp_path / "kantor.zip", quietly)
    backup.restore(elsewhere, tmp_path / "kantor.zip", quietly)
    with elsewhere.read() as session:
        (kept,) = attachments.attached(session, case)
    assert contents.whole(elsewhere, kept.content_id) == brought


def test_it_shows_one_moment_however_much_is_done_meanwhile(office, elsewhere, tmp_path, audit):
    case = office.until(office.start(), "Langkah_2").instance_id
    before = rows(office.db)

    def work_on(_table, _rows):
        if office.open_items(case):
            office.step(case)
        office.start()

    backup.back_up(office.db, tmp_path / "kantor.zip", work_on)
    assert rows(office.db) != before
    backup.restore(elsewhere, tmp_path / "kantor.zip", quietly)
    assert rows(elsewhere) == before
    assert audit(elsewhere) == []


def test_taken_from_an_office_at_work_it_goes_on_elsewhere(office, elsewhere, tmp_path, audit):
    with at_work(office) as worker:
        for number in range(2):
            for _ in range(20):
                worker.stdout.readline()
            backup.back_up(office.db, tmp_path / f"{number}.zip", quietly)
    assert audit(office.db) == []
    restored = backup.restore(elsewhere, tmp_path / "1.zip", quietly)
    assert restored.rows > backup.restore(elsewhere, tmp_path / "0.zip", quietly, replace=True).rows
    assert audit(elsewhere) == []
    finish_everything(office, elsewhere)
    case = starting.start(
        elsewhere, office.staff, "skp_collection", office.employee.id, token="baru"
    )
    with elsewhere.read() as session:
        assert case == session.scalar(select(func.max(Instance.id)))
        assert set(session.scalars(select(Instance.status))) == {"completed", "running"}
    assert audit(elsewhere) == []


def test_it_is_for_its_owner_alone_and_nothing_is_left_beside_it(kept):
    assert kept.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in kept.parent.glob("*.partial")] == []
    assert [file.name for file in kept.parent.glob(".*")] == []


def test_an_existing_file_is_replaced_only_when_told(office, kept):
    old = kept.read_bytes()
    with pytest.raises(BackupRefused, match="sudah ada"):
        backup.back_up(office.db, kept, quietly)
    assert kept.read_bytes() == old
    office.start()
    backup.back_up(office.db, kept, quietly, replace=True)
    assert kept.read_bytes() != old


def test_a_broken_run_leaves_the_old_file_and_no_half_one(office, kept):
    old = kept.read_bytes()
    there = sorted(kept.parent.iterdir())

    def interrupted(_table, _rows):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        backup.back_up(office.db, kept, interrupted, replace=True)
    assert kept.read_bytes() == old
    assert sorted(kept.parent.iterdir()) == there


def test_where_nothing_can_be_written_is_said(office, tmp_path):
    with pytest.raises(BackupRefused, match="tidak dapat ditulis"):
        backup.back_up(office.db, tmp_path / "tidak" / "ada.zip", quietly)


def test_of_an_empty_database_there_is_no_backup(elsewhere, tmp_path):
    with pytest.raises(BackupRefused, match="kosong"):
        backup.back_up(elsewhere, tmp_path / "kantor.zip", quietly)
    assert not (tmp_path / "kantor.zip").exists()


# Putting one back


def test_one_of_an_older_release_is_brought_up_to_this_one(database_url, elsewhere, tmp_path):
    old = Database(database_url)
    with old.altering() as config:
        command.upgrade(config, "0001")
        connection = config.attributes["connection"]
        for statement in OLD_ROWS:
            connection.execute(text(statement))
    taken = backup.back_up(old, tmp_path / "lama.zip", quietly)
    old.close()
    assert taken.revision == "0001"
    backup.restore(elsewhere, tmp_path / "lama.zip", quietly)
    assert elsewhere.is_current
    with elsewhere.read() as session:
        (person,) = session.scalars(select(Person))
        assert (person.name, person.is_agency_head, person.email) == ("Lama", True, None)


def test_a_database_with_content_is_replaced_only_when_told(office, kept):
    at_backup = rows(office.db)
    office.start()
    later = rows(office.db)
    with pytest.raises(BackupRefused, match="--replace"):
        backup.restore(office.db, kept, quietly)
    assert rows(office.db) == later
    backup.restore(office.db, kept, quietly, replace=True)
    assert rows(office.db) == at_backup


def test_an_empty_schema_is_no_content(database, kept, office):
    backup.restore(database, kept, quietly)
    assert rows(database) == rows(office.db)


def test_jobs_are_nobodys_after_it(office, elsewhere, tmp_path):
    office.until(office.start(), "Langkah_1")
    with office.db.write() as session:
        held = Job(kind="mail", due=clock.now(), ready=clock.now() + timedelta(days=9), repeats=0)
        session.add(held)
    backup.back_up(office.db, tmp_path / "kantor.zip", quietly)
    backup.restore(elsewhere, tmp_path / "kantor.zip", quietly)
    with elsewhere.read() as session:
        found = session.execute(select(Job.ready, Job.due)).all()
    assert found
    assert all(ready == due for ready, due in found)


@pytest.mark.parametrize("table", ["person", "instance", "work_item"])
def test_killed_in_the_middle_the_old_database_is_whole(office, kept, table):
    office.start()
    before = rows(office.db)
    office.db.close()
    done = subprocess.run(
        [sys.executable, __file__, office.db.url, kept, table],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert rows(office.db) == before
    office.db.close()
    backup.restore(office.db, kept, quietly, replace=True)
    assert rows(office.db) != before
    assert not list(kept.parent.glob("*.restoring*"))


def test_the_log_of_the_old_database_is_not_replayed_into_the_new_one(sqlite_office_url, tmp_path):
    db = Database(sqlite_office_url)
    backup.back_up(db, tmp_path / "kantor.zip", quietly)
    before = rows(db)
    db.close()
    script = (
        "import os, sys; from engine.database import Database; from sqlalchemy import text\n"
        "db = Database(sys.argv[1])\n"
        "with db.write() as s: s.execute(text(\"UPDATE person SET name = 'x'\"))\n"
        "os._exit(9)"
    )
    subprocess.run(
        [sys.executable, "-c", script, sqlite_office_url],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert (tmp_path / "office.sqlite-wal").stat().st_size
    backup.restore(db, tmp_path / "kantor.zip", quietly, replace=True)
    assert rows(db) == before
    db.close()


def test_a_damaged_database_can_be_replaced(sqlite_office_url, tmp_path):
    db = Database(sqlite_office_url)
    backup.back_up(db, tmp_path / "kantor.zip", quietly)
    before = rows(db)
    db.close()
    (tmp_path / "office.sqlite").write_bytes(b"SQLite format 3\x00" + b"\xff" * 9000)
    backup.restore(db, tmp_path / "kantor.zip", quietly, replace=True)
    assert rows(db) == before
    db.close()


def test_damaged_rows_and_tables_do_not_hinder_their_being_replaced(office, kept):
    before = rows(office.db)
    with office.db.connections.begin() as connection:
        damaged = {"data": b"x\x01damaged"}
        connection.execute(text("UPDATE submission SET data = :data, digest = NULL"), damaged)
        connection.execute(text("UPDATE history SET previous = NULL"))
        connection.execute(text("DROP INDEX ix_history_at"))
        connection.execute(text("CREATE TABLE extra (id INTEGER)"))
    backup.restore(office.db, kept, quietly, replace=True)
    assert office.db.is_current
    assert rows(office.db) == before


# Who uses the database


def test_while_a_server_works_with_it_nothing_is_put_back(office, rival, kept):
    before = rows(office.db)
    with occupancy.serving(rival), pytest.raises(DatabaseInUse):
        backup.restore(office.db, kept, quietly, replace=True)
    assert rows(office.db) == before
    backup.restore(office.db, kept, quietly, replace=True)


def test_several_servers_work_with_it_side_by_side(office, rival, kept):
    with occupancy.serving(office.db), occupancy.serving(rival):
        assert rival.is_current
        backup.back_up(office.db, kept, quietly, replace=True)
        office.db.migrate()


def test_while_it_is_put_back_no_server_begins(office, rival, kept, monkeypatch):
    monkeypatch.setattr(occupancy, "_SHARE", ("SET lock_timeout = 50", *occupancy._SHARE[1:]))
    refused = []

    def begin(_table, _rows):
        with pytest.raises(DatabaseInUse, match="dipulihkan"), occupancy.serving(rival):
            pass
        refused.append(True)

    backup.restore(office.db, kept, begin, replace=True)
    assert refused
    with occupancy.serving(rival):
        assert rival.is_current


@pytest.mark.postgresql
def test_a_server_that_loses_its_connections_still_has_the_database(
    postgresql_office_url, tmp_path
):
    db, other = Database(postgresql_office_url), Database(postgresql_office_url)
    backup.back_up(other, tmp_path / "kantor.zip", quietly)
    me = text("SELECT pg_backend_pid()")
    with occupancy.serving(db):
        with db.connections.connect() as connection:
            lost = connection.scalar(me)
        with other.connections.connect() as connection:
            connection.execute(text("SELECT pg_terminate_backend(:pid, 9000)"), {"pid": lost})
        with db.connections.connect() as connection:
            assert connection.scalar(me) != lost
        with pytest.raises(DatabaseInUse):
            backup.restore(other, tmp_path / "kantor.zip", quietly, replace=True)
    other.close()
    db.close()


# What is no backup


@pytest.mark.parametrize("share", [0, 1, 30, 60, 99])
def test_a_truncated_file_is_refused(refused, damaged, share):
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[: len(whole) * share // 100])
    refused(damaged, "rusak")


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\x00", b"\x1f\x8b\x08" + b"\0" * 99])
def test_what_is_no_archive_is_refused(refused, damaged, content):
    damaged.write_bytes(content)
    refused(damaged, "bukan arsip")


def test_every_flipped_bit_of_the_rows_is_seen(refused, damaged):
    whole = bytearray(damaged.read_bytes())
    with zipfile.ZipFile(damaged) as archive:
        person = archive.getinfo("person.jsonl")
    place = person.header_offset + 30 + len(person.filename) + person.compress_size // 2
    whole[place] ^= 4
    damaged.write_bytes(whole)
    refused(damaged, "rusak")


def test_an_archive_that_says_it_is_encrypted_is_refused(refused, damaged):
    whole = bytearray(damaged.read_bytes())
    for signature, flags in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = whole.index(signature) + flags
        whole[at] |= 1
    damaged.write_bytes(whole)
    refused(damaged, "rusak")


WRONG = {
    "another digest": (part("person", sha256="0" * 64), "bukan yang dicadangkan"),
    "another count": (part("person", rows=14), "bukan yang dicadangkan"),
    "no digest": (part("person", sha256=None), "bukan yang dicadangkan"),
    "columns turned": (part("group", columns=["id", "name", "code"]), "bukan tabel Alur"),
    "another table": (part("duty", table="duties"), "isinya bukan"),
    "a later revision": (manifest(revision="9999"), "bukan dari rilis ini"),
    "a name for a revision": (manifest(revision="head"), "bukan dari rilis ini"),
    "no revision": (manifest(revision=None), "bukan dari rilis ini"),
    "another format": (manifest(format=2), "bukan dari Alur"),
    "parts of no form": (manifest(parts=[1]), "rusak"),
    "no instant": (manifest(at="kemarin"), "rusak"),
    "no manifest": (lambda m: m.pop("manifest.json"), "rusak"),
    "a manifest of nothing": (lambda m: m.update({"manifest.json": b"null"}), "bukan dari Alur"),
    "a manifest of text": (lambda m: m.update({"manifest.json": b"ha"}), "rusak"),
    "a deep manifest": (lambda m: m.update({"manifest.json": b"[" * 500_000}), "rusak"),
    "an endless manifest": (lambda m: m.update({"manifest.json": b" " * 40_000_000}), "rusak"),
    "a missing part": (lambda m: m.pop("person.jsonl"), "isinya bukan"),
    "a path upwards": (lambda m: m.update({"../../../tmp/jahat": b"x"}), "isinya bukan"),
    "a path from the root": (lambda m: m.update({"/tmp/jahat": b"x"}), "isinya bukan"),  # noqa: S108
    "an endless line": (lines("person", b"\0" * 80_000_000), "tanpa akhir"),
    "rows too short": (lines("membership", b"[1]\n"), "baris yang salah"),
    "rows of no form": (lines("membership", b'{"a":1}\n'), "baris yang salah"),
    "a list for a value": (lines("membership", b"[1,[2]]\n"), "baris yang salah"),
    "an unknown tag": (lines("membership", b'[1,{"$x":"y"}]\n'), "baris yang salah"),
    "an empty tag": (lines("membership", b"[1,{}]\n"), "baris yang salah"),
    "no base64": (lines("membership", b'[1,{"$bytes":"?"}]\n'), "baris yang salah"),
    "an instant without a zone": (
        lines("membership", b'[1,{"$datetime":"2026-01-01T00:00:00"}]\n'),
        "baris yang salah",
    ),
}


@pytest.mark.parametrize("change", WRONG)
def test_a_forged_archive_is_refused_and_changes_nothing(refused, forged, change):
    alter, said = WRONG[change]
    refused(forged(alter), said)


@pytest.mark.parametrize(
    "content", [b"[1,1]\n[1,1]\n", b"[1,99999]\n", b'["x","y"]\n', b"[1,null]\n"]
)
def test_rows_that_do_not_fit_together_change_nothing(office, forged, content):
    file = forged(lines("membership", content))
    before = rows(office.db)
    with pytest.raises(Exception):  # noqa: B017  (the database's own)
        backup.restore(office.db, file, quietly, replace=True)
    assert rows(office.db) == before


def test_a_name_that_stands_twice_is_refused(refused, damaged):
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(damaged, "a") as archive:
        archive.writestr("person.jsonl", b"")
    refused(damaged, "isinya bukan")


# An office to back up

OLD_ROWS = (
    "INSERT INTO unit (id, code, name, parent_id) VALUES (1, 'dinas', 'Dinas', NULL)",
    """INSERT INTO person (id, nip, name, rank, position, unit_id, superior_id, is_agency_head)
    VALUES (7, '196001012090031001', 'Lama', '-', '-', 1, NULL, true)""",
)


def fill_every_column(db):
    """One more row in each table, with a value in every column that no careless copy keeps."""
    with db.connections.begin() as connection:
        newest = {}
        for table in Base.metadata.sorted_tables:
            if table.name in backup.NOT_KEPT:
                continue
            row = {c.name: odd_value(c, newest) for c in table.columns if c.name != "id"}
            connection.execute(table.insert().values(row))
            if "id" in table.columns:
                newest[table.name] = connection.scalar(select(func.max(table.c.id)))


def odd_value(column, newest):
    for reference in column.foreign_keys:
        return newest.get(reference.column.table.name, 1)  # 1: the first unit, or person
    if isinstance(column.type, String):
        return ODD_TEXT[: column.type.length]
    if isinstance(getattr(column.type, "impl", column.type), LargeBinary):
        return bytes(range(256))
    if isinstance(column.type, Date):
        return date(2026, 3, 1)
    if isinstance(getattr(column.type, "impl", column.type), DateTime):
        return datetime.fromisoformat("2026-03-01T23:59:59.123456+07:00")
    return True if column.type.python_type is bool else 2_147_483_647


def unfilled(found):
    """The columns that hold nothing in any row, which a comparison of rows says nothing of."""
    return [
        f"{table}.{name}"
        for table, content in found.items()
        for name in content[0]
        if all(row[name] is None for row in content)
    ]


@contextmanager
def at_work(office):
    """A process that carries case after case to its end."""
    process = subprocess.Popen(
        [sys.executable, WORK, office.db.url, str(office.staff.id), str(office.employee.id), "1"],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)
        process.stdout.close()


def finish_everything(office, db):
    """Every case of the restored office comes to its end."""
    answers = {"Langkah_4": {"keputusan": "setuju"}}
    while True:
        with db.read() as session:
            item = session.execute(
                text("SELECT id, element, person_id FROM work_item WHERE status = 'open'")
            ).first()
            if item is None:
                return
            actor = people.actor(session, item.person_id or office.staff.id)
        token = f"akhir-{item.id}"
        instances.complete(db, actor, item.id, answers.get(item.element, {}), token=token)


def restore_and_die(url, file, table):
    """Run as a program: a restore that is killed when it has come to a table."""

    def die(at, _rows):
        if at == table:
            os.kill(os.getpid(), signal.SIGKILL)

    backup.restore(Database(url), Path(file), die, replace=True)


if __name__ == "__main__":
    restore_and_die(*sys.argv[1:])
