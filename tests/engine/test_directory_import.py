"""Bringing a file of people into the directory: the plan, what is refused, and all or nothing."""

import hashlib
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from engine import (
    backup,
    clock,
    directory_change,
    directory_export,
    directory_files,
    directory_import,
    intake,
    intake_record,
    jobs,
    journal,
    people,
    roster,
    sample,
    spreadsheets,
    values,
)
from engine.directory_checks import circles
from engine.errors import InvalidInput, JobGone, NoLongerOpen, NotAllowed, NotFound, StaleDirectory
from engine.models import DirectoryImport, Duty, Job, JournalEntry, Membership, Person
from engine.settings import Settings
from engine.worker import LANES
from tasks.duties import duties
from tests import leases

ROOT = Path(__file__).parents[2]
HEAD = "NIP;Nama;Kode Unit;NIP Atasan"
EMPLOYEE, ASSESSOR, OTHER_HEAD = (sample.PEOPLE[i][0] for i in (11, 6, 7))
HEAD_OF_AGENCY, ADMINISTRATOR = (sample.PEOPLE[i][0] for i in (2, 3))
NEW = "198501012090031999"
CONTRACT = "198501012090211999"


def planned(office, text, *, retire_others=False):
    data = text if isinstance(text, bytes) else text.encode()
    with office.db.read() as session:
        return directory_import.plan(
            session, directory_files.read(data), retire_others=retire_others, tick=lambda _: None
        )


def imported(office, text, **how):
    plan = planned(office, text, **how)
    assert faults(plan) == []
    with office.db.write() as session:
        directory_change.write(session, plan, "0" * 64, None)
    return plan


def faults(plan):
    return [(fault.row, fault.column, str(fault.said)) for fault in plan.faults]


def told(plan):
    """What a plan counts, without zeros."""
    return {name: count for name, count in plan.counts.items() if count}


def entry(office, nip):
    with office.db.read() as session:
        return roster.read(session).people.get(nip)


def everything(office):
    with office.db.read() as session:
        return roster.read(session)


# The plan


def test_a_new_person_comes_with_unit_superior_and_group(office):
    text = (
        "NIP;Nama;Pangkat;Jabatan;Kode Unit;Unit Kerja;Kode Unit Induk;NIP Atasan;Kelompok;Surel\n"
        f"{NEW};Baru Contoh;iiia;Analis;seksi;Seksi Baru;layanan;{ASSESSOR};umum-aparatur;b@c.go.id"
    )
    plan = imported(office, text)
    counted = {"new": 1, "units_new": 1, "memberships_added": 1}
    assert told(plan) == counted
    found = entry(office, NEW)
    assert (found.kind, found.rank, found.unit) == ("pns", "III/a Penata Muda", "seksi")
    assert (found.superior, found.groups, found.email) == (
        ASSESSOR, ("umum-aparatur",), "b@c.go.id",
    )  # fmt: skip
    assert everything(office).units["seksi"] == ("Seksi Baru", "layanan")


def test_superiors_may_stand_below_in_the_file(office):
    imported(office, f"{HEAD}\n{NEW};Baru;umum;{CONTRACT}\n{CONTRACT};Kontrak;umum;{ASSESSOR}")
    assert entry(office, NEW).superior == CONTRACT
    assert entry(office, CONTRACT).kind == "pppk"


def test_a_column_that_is_not_there_keeps_what_is(office):
    before = entry(office, EMPLOYEE)
    plan = imported(office, f"NIP;Nama\n{EMPLOYEE};Budi Baru")
    assert told(plan) == {"changed": 1}
    assert entry(office, EMPLOYEE) == _replaced(before, name="Budi Baru")


def test_an_empty_cell_clears_what_may_be_empty(office):
    with office.db.write() as session:
        session.execute(
            update(Person).where(Person.nip == sample.PEOPLE[8][0]).values(email="a@b.id")
        )
    text = (
        "NIP;Nama;Pangkat;Jabatan;NIP Atasan;Kelompok;Surel;Kepala Instansi\n"
        f"{office.staff.nip};Umar Contoh;;;;;;"
    )
    assert told(imported(office, text)) == {"changed": 1, "memberships_removed": 1}
    found = entry(office, office.staff.nip)
    assert (found.rank, found.position, found.superior, found.groups, found.email) == (
        "–", "–", None, (), None,
    )  # fmt: skip


def test_who_is_not_in_the_file_leaves_only_when_that_is_asked(office):
    text = f"NIP;Nama\n{ADMINISTRATOR};Sari Contoh"
    assert told(planned(office, text)) == {"unchanged": 1}
    plan = imported(office, text, retire_others=True)
    assert told(plan) == {"unchanged": 1, "retired": len(sample.PEOPLE) - 1}
    with office.db.read() as session:
        assert people.actor(session, office.employee.id) is None
        assert people.actor(session, office.administrator.id) is not None


def test_who_has_left_returns_with_the_file(office):
    with office.db.write() as session:
        gone = update(Person).where(Person.nip == EMPLOYEE).values(left_at=clock.now())
        session.execute(gone)
    plan = imported(office, f"NIP;Nama\n{EMPLOYEE};Budi Contoh")
    assert told(plan) == {"returned": 1}
    assert not entry(office, EMPLOYEE).has_left


def test_a_unit_is_renamed_and_moved_by_the_file(office):
    text = (
        "NIP;Nama;Kode Unit;Unit Kerja;Kode Unit Induk\n"
        f"{EMPLOYEE};Budi Contoh;layanan;Bidang Pelayanan;contoh"
    )
    assert told(imported(office, text)) == {"unchanged": 1, "units_changed": 1}
    assert everything(office).units["layanan"] == ("Bidang Pelayanan", "contoh")


def test_moves_leave_running_cases_alone_and_say_how_many(office):
    cases = [office.start() for _ in range(2)]
    office.finish(office.start())
    before = [office.case(case).version for case in cases]
    moved = f"{HEAD}\n{EMPLOYEE};Budi Contoh;layanan;{OTHER_HEAD}"
    plan = imported(office, moved)
    assert told(plan) == {"changed": 1, "moved_cases": 2}
    assert [office.case(case).version for case in cases] == before
    assert office.until(cases[0], "Langkah_3").person_id == office.assessor.id
    leaving = planned(office, f"NIP;Nama\n{ADMINISTRATOR};Sari Contoh", retire_others=True)
    assert leaving.counts["left_cases"] == 2
    assert leaving.counts["moved_cases"] == 0


@pytest.mark.parametrize("style", directory_export.STYLES)
def test_an_export_brought_in_again_changes_nothing(office, style):
    with office.db.write() as session:
        awkward = {"name": '=Budi; "Contoh"', "position": "'-", "email": "b@c.go.id"}
        session.execute(update(Person).where(Person.nip == EMPLOYEE).values(**awkward))
        gone = update(Person).where(Person.nip == OTHER_HEAD).values(left_at=clock.now())
        session.execute(gone)
    data = directory_export.export(office.db, style, office.administrator.id)
    plan = planned(office, data, retire_others=True)
    assert faults(plan) == []
    assert told(plan) == {"unchanged": len(sample.PEOPLE) - 1}
    with office.db.read() as session:
        (told_of,) = journal.page(session)
    assert (told_of.kind, told_of.person_id) == ("directory.exported", office.administrator.id)
    assert values.loads(told_of.details) == {"style": style, "people": len(sample.PEOPLE) - 1}


# What is refused


@pytest.mark.parametrize(
    ("text", "where", "why"),
    [
        ("NIP;Nama\n123;Budi", (2, "NIP"), "18 angka"),
        ("NIP;Nama\n1,99E+17;Budi", (2, "NIP"), "format kolom NIP sebagai teks"),
        (f"NIP;Nama\n{EMPLOYEE};", (2, "Nama"), "Nama kosong"),
        (f"NIP;Nama\n{EMPLOYEE};{'x' * 256}", (2, "Nama"), "255"),
        (f"NIP;Nama\n{EMPLOYEE};Bu\x07di", (2, "Nama"), "tidak terbaca"),
        (f"NIP;Nama\n{EMPLOYEE};B\n{EMPLOYEE};B", (3, "NIP"), "baris 2"),
        (f"NIP;Nama\n{NEW};Baru", (2, "Kode Unit"), "memerlukan"),
        (f"NIP;Nama;Kode Unit\n{EMPLOYEE};B;", (2, "Kode Unit"), "kosong"),
        (f"NIP;Nama;Kode Unit\n{EMPLOYEE};B;{'x' * 101}", (2, "Kode Unit"), "100"),
        (f"NIP;Nama;Kode Unit\n{EMPLOYEE};B;baru", (2, "Kode Unit"), "isi kolom Unit Kerja"),
        (f"NIP;Nama;Pangkat\n{EMPLOYEE};B;IX", (2, "Pangkat"), "III/a"),
        (f"NIP;Nama;Pangkat;Kode Unit\n{CONTRACT};B;III/a;umum", (2, "Pangkat"), "XVII"),
        (f"NIP;Nama;Status\n{EMPLOYEE};B;PPPK", (2, "Status"), "PNS"),
        (f"NIP;Nama;Surel\n{EMPLOYEE};B;b@c", (2, "Surel"), "surel"),
        (f"NIP;Nama;Kelompok\n{EMPLOYEE};B;umum-aparatur|lain", (2, "Kelompok"), '"lain"'),
        (f"NIP;Nama;Kepala Instansi\n{EMPLOYEE};B;mungkin", (2, "Kepala Instansi"), "ya atau"),
        (f"NIP;Nama;NIP Atasan\n{EMPLOYEE};B;{NEW}", (2, "NIP Atasan"), "tidak ada dalam"),
        (f"NIP;Nama;NIP Atasan\n{EMPLOYEE};B;{EMPLOYEE}", (2, "NIP Atasan"), "sendiri"),
        (f"NIP;Nama;NIP Atasan\n{ASSESSOR};B;{EMPLOYEE}", (2, "NIP Atasan"), "kembali"),
        (
            f"NIP;Nama;Kode Unit;Unit Kerja\n{EMPLOYEE};B;layanan;A\n{ASSESSOR};C;layanan;D",
            (3, "Unit Kerja"), "bernama lain",
        ),
        (
            f"NIP;Nama;Kode Unit;Kode Induk\n{EMPLOYEE};B;layanan;umum\n{ASSESSOR};C;layanan;x",
            (3, "Kode Unit Induk"), "berinduk lain",
        ),
        (
            f"NIP;Nama;Kode Unit;Kode Unit Induk\n{EMPLOYEE};B;layanan;x",
            (2, "Kode Unit Induk"), "tidak dikenal",
        ),
        (
            f"NIP;Nama;Kode Unit;Kode Unit Induk\n{EMPLOYEE};B;layanan;umum\n{NEW};C;umum;layanan",
            (2, "Kode Unit Induk"), "bawah dirinya",
        ),
        ("NIP;Nama\n", (0, ""), "tidak memuat pegawai"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_row_and_column(office, text, where, why):
    found = faults(planned(office, text))
    assert any(
        found_at[:2] == where and why.lower() in found_at[2].lower() for found_at in found
    ), found


def test_one_wrong_row_among_many_refuses_the_whole_file(office):
    before = office.rows()
    text = f"NIP;Nama;Kode Unit\n{NEW};Baru;umum\n{EMPLOYEE};Budi Baru;umum\n12;Salah;umum"
    case = submitted(office, text)
    work(office)
    found = record(office, case)
    assert (found.state, [(row, column) for row, column, _ in loaded(found).faults]) == (
        "refused", [(4, "NIP")],
    )  # fmt: skip
    with pytest.raises(NoLongerOpen):
        intake.apply(office.db, office.administrator, case)
    for table in ("person", "unit", "membership", "journal"):
        assert office.rows()[table] == before[table]


def test_whom_the_file_lets_go_is_nobodys_superior_in_it(office):
    text = f"{HEAD}\n{ADMINISTRATOR};Sari Contoh;dinas;{HEAD_OF_AGENCY}"
    assert faults(planned(office, text)) == []
    assert "sudah keluar" in faults(planned(office, text, retire_others=True))[0][2]


def test_the_last_administrator_is_not_let_go(office):
    text = f"NIP;Nama\n{EMPLOYEE};Budi Contoh"
    found = faults(planned(office, text, retire_others=True))
    assert [(row, "Administrator terakhir" in said) for row, _, said in found] == [(0, True)]
    with office.db.write() as session:
        session.add(Duty(person_id=office.employee.id, name=people.ADMINISTRATOR))
    assert faults(planned(office, text, retire_others=True)) == []


def test_circles_are_found_and_what_leads_to_them_is_not():
    above = {"a": "b", "b": "c", "c": "b", "d": "a", "e": "e", "f": None, "g": "f", "h": "none"}
    assert circles(above) == {"b", "c", "e"}
    chain = {str(n): str(n + 1) for n in range(100_000)}
    assert circles(chain) == frozenset()
    assert len(circles(chain | {"100000": "0"})) == 100_001


# Writing


def test_a_change_between_plan_and_writing_stops_it(office):
    plan = planned(office, f"NIP;Nama\n{EMPLOYEE};Budi Baru")
    with office.db.write() as session:
        session.execute(update(Person).where(Person.nip == OTHER_HEAD).values(name="Lain"))
    before = office.rows()
    with pytest.raises(StaleDirectory, match="berubah sejak"), office.db.write() as session:
        directory_change.write(session, plan, "0" * 64, None)
    assert office.rows() == before


def test_a_change_after_the_preview_is_told_and_checking_again_shows_it(office):
    case = submitted(office, f"NIP;Nama;Jabatan\n{EMPLOYEE};Budi Baru;Analis")
    work(office)
    with office.db.write() as session:
        session.execute(update(Person).where(Person.nip == EMPLOYEE).values(position="Arsiparis"))
    intake.apply(office.db, office.administrator, case)
    work(office)
    found = record(office, case)
    assert (found.state, str(loaded(found).reason)[:17]) == ("failed", "Direktori berubah")
    assert entry(office, EMPLOYEE).name == "Budi Contoh"
    intake.check_again(office.db, office.administrator, case)
    work(office)
    ((_, _, _, fields),) = loaded(record(office, case)).changes
    assert ["Jabatan", "Arsiparis", "Analis"] in fields
    intake.apply(office.db, office.administrator, case)
    work(office)
    assert entry(office, EMPLOYEE).position == "Analis"


def test_somebody_quicker_under_the_lock_is_noticed(office, rival, before_writing):
    case = submitted(office, f"NIP;Nama\n{EMPLOYEE};Budi Baru")
    work(office)
    intake.apply(office.db, office.administrator, case)

    def rename():
        with rival.write() as session:
            session.execute(update(Person).where(Person.nip == OTHER_HEAD).values(name="Lain"))

    job = begun(office)
    before_writing(office.db, rename)
    intake.run(office.db, job)
    assert record(office, case).state == "failed"
    assert entry(office, EMPLOYEE).name == "Budi Contoh"


def test_an_import_is_on_record_by_numbers_alone(office):
    case = submitted(office, f"{HEAD}\n{NEW};Baru;umum;{ASSESSOR}")
    work(office)
    intake.apply(office.db, office.administrator, case)
    work(office)
    with office.db.read() as session:
        (told_of,) = session.scalars(select(JournalEntry)).all()
    details = values.loads(told_of.details)
    assert (told_of.kind, told_of.person_id) == ("directory.imported", office.administrator.id)
    assert (details["new"], details["changed"], len(details["file"])) == (1, 0, 64)
    assert b"Baru" not in told_of.details
    assert NEW.encode() not in told_of.details


# As a job


def submitted(office, text, **how):
    how = {"retire_others": False} | how
    data = text if isinstance(text, bytes) else text.encode()
    return intake.submit(office.db, office.administrator, "pegawai.csv", data, **how)


def begun(office) -> Job:
    (held,) = jobs.lease(office.db, {"people"}, timedelta(minutes=1), 10)
    return leases.begin(office.db, held)


def work(office):
    intake.run(office.db, begun(office))


def record(office, case):
    with office.db.read() as session:
        return intake.found(session, office.administrator, case)


def loaded(found):
    return intake_record.loads(found.plan)


def kept_file(office, case):
    with office.db.read() as session:
        return session.scalar(select(DirectoryImport.file).where(DirectoryImport.id == case))


def test_an_import_is_checked_shown_and_applied(office):
    case = submitted(office, f"{HEAD}\n{EMPLOYEE};Budi Baru;umum;{ASSESSOR}\n{NEW};Baru;umum;")
    assert record(office, case).state == "checking"
    work(office)
    found = record(office, case)
    assert (found.state, found.done) == ("ready", 2)
    assert loaded(found).changes == (
        ("changed", EMPLOYEE, "Budi Baru", [["Nama", "Budi Contoh", "Budi Baru"],
                                           ["Kode Unit", "layanan", "umum"]]),
        ("new", NEW, "Baru", [["Nama", "", "Baru"], ["Status", "", "PNS"], ["Pangkat", "", "–"],
                              ["Jabatan", "", "–"], ["Kode Unit", "", "umum"],
                              ["Kepala Instansi", "", "tidak"]]),
    )  # fmt: skip
    assert entry(office, NEW) is None
    intake.apply(office.db, office.administrator, case)
    assert record(office, case).state == "applying"
    work(office)
    found = record(office, case)
    assert (found.state, loaded(found).changes, kept_file(office, case)) == ("applied", (), b"")
    assert loaded(found).counts["new"] == 1
    assert found.applied_at is not None
    assert entry(office, NEW).name == "Baru"


def test_a_workbook_is_applied_and_recorded_as_it_was_sent(office):
    data = directory_export.export(office.db, "xlsx", None)
    case = submitted(office, data)
    work(office)
    assert record(office, case).state == "ready"
    intake.check_again(office.db, office.administrator, case)
    work(office)
    intake.apply(office.db, office.administrator, case)
    work(office)
    with office.db.read() as session:
        newest = journal.page(session)[0]
    details = values.loads(newest.details)
    assert details["file"] == hashlib.sha256(data).hexdigest()
    assert details["unchanged"] == len(sample.PEOPLE)


def test_applying_twice_changes_nothing(office):
    case = submitted(office, f"{HEAD}\n{NEW};Baru;umum;{ASSESSOR}")
    work(office)
    intake.apply(office.db, office.administrator, case)
    with pytest.raises(NoLongerOpen):
        intake.apply(office.db, office.administrator, case)
    job = begun(office)
    intake.run(office.db, job)
    before = office.rows()
    with pytest.raises(JobGone):  # handed out twice, as after a lease that ended
        intake.run(office.db, job)
    assert office.rows() == before


def test_two_workers_at_once_apply_it_once(office, rival, before_writing):
    case = submitted(office, f"{HEAD}\n{NEW};Baru;umum;{ASSESSOR}")
    work(office)
    intake.apply(office.db, office.administrator, case)
    job = begun(office)
    before_writing(office.db, lambda: intake.run(rival, job))
    with pytest.raises((JobGone, NoLongerOpen)):
        intake.run(office.db, job)
    assert record(office, case).state == "applied"
    with office.db.read() as session:
        assert len(session.scalars(select(JournalEntry)).all()) == 1


KILLED = """
import os, signal, sys
from datetime import timedelta
from engine import directory_change, intake, jobs, roster
from engine.database import Database
db = Database(sys.argv[1])
(held,) = jobs.lease(db, {"people"}, timedelta(seconds=-1), 10)
if sys.argv[2] == "reading":
    directory_change.write = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
    intake._end = directory_change.write
else:
    directory_change.journal.record = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
intake.run(db, *jobs.begin(db, [held]))
"""


@pytest.mark.parametrize("moment", ["reading", "writing"])
def test_a_killed_worker_leaves_the_directory_as_it_was_and_another_goes_on(office, moment):
    case = submitted(office, f"{HEAD}\n{NEW};Baru;umum;{ASSESSOR}")
    if moment == "reading":
        kill(office, moment)
        assert record(office, case).state == "checking"
    work(office)
    intake.apply(office.db, office.administrator, case)
    before = office.rows()["person"]
    kill(office, moment)
    assert record(office, case).state == "applying"
    assert office.rows()["person"] == before
    work(office)
    assert record(office, case).state == "applied"
    assert entry(office, NEW).name == "Baru"


def kill(office, moment):
    done = subprocess.run(
        [sys.executable, "-c", KILLED, office.db.url, moment],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        timeout=60,
        check=False,
    )
    assert done.returncode == -9


def test_a_file_that_is_wrong_in_the_middle_is_refused_with_its_reason(office):
    case = submitted(office, f'NIP;Nama\n{EMPLOYEE};Budi\n"1;x')
    work(office)
    found = record(office, case)
    assert (found.state, str(loaded(found).reason)) == (
        "refused", "Tanda kutip atau isi yang salah pada baris 3 CSV.",
    )  # fmt: skip


def test_what_is_plainly_no_such_file_is_not_even_kept(office):
    with pytest.raises(InvalidInput):
        submitted(office, b"\xd0\xcf\x11\xe0")
    with office.db.read() as session:
        assert intake.page(session, office.administrator, None) == []


def test_a_dropped_import_keeps_nothing_of_its_file(office):
    case = submitted(office, f"NIP;Nama\n{EMPLOYEE};Budi Baru")
    with pytest.raises(NoLongerOpen):  # somebody is at it
        intake.drop(office.db, office.administrator, case)
    work(office)
    intake.drop(office.db, office.administrator, case)
    found = record(office, case)
    assert (found.state, found.plan, kept_file(office, case)) == ("dropped", None, b"")
    for deed in (intake.apply, intake.check_again, intake.drop):
        with pytest.raises(NoLongerOpen):
            deed(office.db, office.administrator, case)


def test_imports_are_the_administrators_alone(office):
    case = submitted(office, f"NIP;Nama\n{EMPLOYEE};Budi Baru")
    work(office)
    for actor in (office.head, office.employee, office.analyst):
        with pytest.raises(NotAllowed):
            intake.submit(office.db, actor, "x", b"NIP;Nama\n", retire_others=False)
        for deed in (intake.apply, intake.check_again, intake.drop):
            with pytest.raises(NotAllowed):
                deed(office.db, actor, case)
        with office.db.read() as session, pytest.raises(NotAllowed):
            intake.found(session, actor, case)
    with office.db.read() as session, pytest.raises(NotFound):
        intake.found(session, office.administrator, case + 1)


def test_progress_is_noted_now_and_then(office, monkeypatch):
    case = submitted(office, f"NIP;Nama\n{EMPLOYEE};Budi Baru\n{ASSESSOR};Kasi")
    monkeypatch.setattr(intake, "PAUSE", 0)
    seen = []
    noted = intake._Progress.__call__

    def note(self, done):
        noted(self, done)
        with office.db.read() as session:
            seen.append(session.execute(select(DirectoryImport.done, DirectoryImport.total)).one())

    monkeypatch.setattr(intake._Progress, "__call__", note)
    work(office)
    assert seen == [(1, 2), (2, 2)]
    assert record(office, case).state == "ready"


def test_the_office_lane_of_the_worker_does_imports(tmp_path):
    (lane,) = (lane for lane in LANES if "people" in lane.kinds)
    assert lane.name == "office"
    assert duties(Settings(tmp_path, "sqlite://"))["people"] is intake.run


def test_a_few_thousand_people_come_and_change_at_once(office):
    def rows(name):
        yield directory_files.COLUMNS.values()
        for n in range(3_000):
            born = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=n)
            nip = f"{born:%Y%m%d}2090011001"
            above = ASSESSOR if n < 10 else nips[n // 10]
            nips.append(nip)
            yield [nip, f"{name} {n}", "", "", "", f"u{n % 50}", f"Unit {n % 50}", "dinas", above,
                   "umum-aparatur" if n % 100 == 0 else "", "", ""]  # fmt: skip

    nips: list[str] = []
    first = spreadsheets.as_csv(rows("Pegawai"))
    counted = {"new": 3_000, "units_new": 50, "memberships_added": 30}
    assert told(imported(office, first)) == counted
    assert told(planned(office, first)) == {"unchanged": 3_000}
    nips.clear()
    assert told(imported(office, spreadsheets.as_csv(rows("Contoh")))) == {"changed": 3_000}
    with office.db.read() as session:
        assert len(session.scalars(select(Membership.person_id)).all()) == 32


def test_a_plan_is_kept_so_that_a_backup_takes_it(office, tmp_path):
    case = submitted(office, b"NIP;Nama\n" + b"\n" * (spreadsheets.MAX_FILE - 9))
    with office.db.write() as session:
        session.execute(
            update(DirectoryImport)
            .where(DirectoryImport.id == case)
            .values(plan=b"x" * (intake_record.KEPT + 100_000))
        )
    assert backup.back_up(office.db, tmp_path / "b.zip", lambda *_: None, replace=False).rows


def test_more_than_is_kept_is_still_counted(office, monkeypatch):
    monkeypatch.setattr(intake_record, "KEPT", 100)
    case = submitted(office, "NIP;Nama\n" + "1;x\n" * 50)
    work(office)
    kept = loaded(record(office, case))
    assert kept.counts["faults"] == 50
    assert 0 < len(kept.faults) < 3


def _replaced(found, **changes):
    return type(found)(**{name: getattr(found, name) for name in found.__slots__} | changes)


@pytest.mark.parametrize(
    ("unit_name", "parent", "moved_to"),
    [
        ("", "", "dinas"),  # the row is about a person
        ("", "contoh", "contoh"),
        ("Bidang Layanan Contoh", "", None),
        ("Bidang Layanan Contoh", "dinas", "dinas"),
    ],
)
def test_a_unit_moves_when_its_row_says_where_to(office, unit_name, parent, moved_to):
    head = "NIP;Nama;Kode Unit;Unit Kerja;Kode Unit Induk"
    imported(office, f"{head}\n{EMPLOYEE};Budi Contoh;layanan;{unit_name};{parent}\n")
    with office.db.read() as session:
        assert roster.read(session).units["layanan"].parent == moved_to
