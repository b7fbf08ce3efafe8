"""The commands that bring the directory from and to files."""

import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select, update

from engine import journal, people, sample, values
from engine.database import Database
from engine.models import Person

ALUR = Path(sys.prefix) / "bin" / "alur"
EMPLOYEE = sample.CAST["employee"][0]
NEW = "198501012090031999"


@pytest.fixture
def environment(environment, sqlite_url) -> dict[str, str]:
    return environment | {"ALUR_DATABASE_URL": sqlite_url}


@pytest.fixture
def alur(alur):
    """``alur("import")``: the finished ``alur people`` process."""
    return partial(alur, "people")


@pytest.fixture
def db(sqlite_url):
    database = Database(sqlite_url)
    yield database
    database.close()


@pytest.fixture
def file(tmp_path):
    """``file(text)``: a CSV of that text."""

    def write(text: str) -> Path:
        written = tmp_path / "pegawai.csv"
        written.write_text(text)
        return written

    return write


def name_of(db, nip: str) -> str | None:
    with db.read() as session:
        return session.scalar(select(Person.name).where(Person.nip == nip))


def test_a_file_is_shown_and_brought_in_with_yes(alur, db, file):
    text = f"NIP;Nama;Kode Unit;Hobi\n{NEW};Baru Contoh;umum;Catur\n{EMPLOYEE};Budi Baru;layanan;"
    done = alur("import", file(text), "--yes")
    assert done.returncode == 0, done.stderr
    said = [" ".join(line.split()) for line in done.stdout.splitlines()]
    ignored = "Kolom yang diabaikan: Hobi"
    assert said == [ignored, "1 pegawai baru", "1 pegawai berubah", "Diterapkan."]
    assert name_of(db, NEW) == "Baru Contoh"
    with db.read() as session:
        (entry,) = journal.page(session)
    assert (entry.kind, entry.person_id) == ("directory.imported", None)
    assert values.loads(entry.details)["new"] == 1


@pytest.mark.parametrize("answer", ["y\n", "n\n", ""])
def test_without_yes_it_asks(alur, db, file, answer):
    done = alur("import", file(f"NIP;Nama\n{EMPLOYEE};Budi Baru"), given=answer)
    assert "Terapkan?" in done.stderr
    outcome = (done.returncode, name_of(db, EMPLOYEE))
    assert outcome == ((0, "Budi Baru") if answer == "y\n" else (130, "Budi Contoh"))


def test_faults_are_lines_and_nothing_is_brought_in(alur, db, file):
    done = alur("import", file(f"NIP;Nama\n{EMPLOYEE};Budi Baru\n12;x"), "--yes")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "Baris 3, kolom NIP: NIP terdiri dari 18 angka.",
        "1 kesalahan; tidak ada yang diterapkan.",
    ]
    assert name_of(db, EMPLOYEE) == "Budi Contoh"


def test_the_others_leave_when_asked(alur, db, file):
    text = f"NIP;Nama\n{sample.CAST['administrator'][0]};Sari Contoh"
    done = alur("import", file(text), "--retire-others", "--yes")
    assert f"{len(sample.PEOPLE) - 1}  pegawai keluar" in done.stdout
    with db.read() as session:
        assert people.actor(session, people.with_nip(session, EMPLOYEE).id) is None


@pytest.mark.parametrize("style", ["csv", "xlsx"])
def test_an_export_is_private_and_comes_back_without_a_change(alur, db, tmp_path, style):
    written = tmp_path / f"semua.{style}"
    assert alur("export", written).returncode == 0
    assert written.stat().st_mode & 0o777 == 0o600
    done = alur("import", written, "--retire-others", "--yes")
    assert f"{len(sample.PEOPLE)}  pegawai tetap sama\nDiterapkan." in done.stdout
    again = alur("export", written)
    assert (again.returncode, again.stderr.count("\n")) == (1, 1)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("import", "tidak-ada.csv"), "tidak dapat dibaca"),
        (("import", "."), "tidak dapat dibaca"),
        (("export", "x.pdf"), ".csv atau .xlsx"),
        (("export", "/tidak/ada/x.csv"), "No such file"),
    ],
)
def test_what_cannot_be_done_is_one_line(alur, arguments, why):
    done = alur(*arguments)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert why in done.stderr


def test_a_change_while_it_asks_is_noticed(db, sqlite_url, file, environment):
    process = subprocess.Popen(
        [ALUR, "people", "import", file(f"NIP;Nama\n{EMPLOYEE};Budi Baru")],
        env=environment | {"ALUR_DATABASE_URL": sqlite_url, "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
    )  # fmt: skip
    assert "berubah" in process.stdout.readline()
    with db.write() as session:
        renamed = update(Person).where(Person.nip == EMPLOYEE)
        session.execute(renamed.values(name="Budi Lain"))
    _, said = process.communicate("y\n", timeout=60)
    assert process.returncode == 1
    assert "Direktori berubah sejak diperiksa" in said
    assert name_of(db, EMPLOYEE) == "Budi Lain"
