"""One sees what is held of one, and who has looked; nobody else does."""

import csv
import io
import json

import pytest
from sqlalchemy import func, select, text, update

from engine import own_data, processing
from engine.models import Person, Processing


def noted(site) -> list[tuple]:
    with site.db.read() as session:
        rows = session.execute(
            select(Processing.person_id, Processing.subject_id, Processing.act).order_by(
                Processing.id
            )
        )
        return [tuple(row) for row in rows]


def look(site, who: str, whom: str = "employee", case: int = 0, act: str = "viewed") -> None:
    processing.note(site.db, site._actor(site.ids[who]), site.ids[whom], case, act)


@pytest.mark.usefixtures("database_url")
def test_who_opens_a_case_or_task_of_another_is_noted(site):
    case = site.start()
    item = site.until(case, "Langkah_3")
    site.visitor("superior").get(f"/cases/{case}")
    site.visitor("assessor").get(f"/tasks/{item.id}")
    site.visitor("employee").get(f"/cases/{case}")
    site.visitor("outsider").get(f"/cases/{case}")
    employee = site.ids["employee"]
    assert noted(site) == [
        (site.ids["superior"], employee, "viewed"), (site.ids["assessor"], employee, "worked"),
    ]  # fmt: skip


def test_a_task_that_is_done_is_only_looked_at(site):
    case = site.start()
    item = site.until(case, "Langkah_3")
    site.step(case)
    site.visitor("assessor").get(f"/tasks/{item.id}")
    assert [act for *_, act in noted(site)] == ["viewed"]


def test_what_cannot_be_noted_is_not_shown(site):
    case = site.start()
    with site.db.write() as session:
        session.execute(text("DROP TABLE processing"))
    page = site.visitor("superior").get(f"/cases/{case}")
    assert page.status == 500
    assert "Budi" not in page.source
    assert site.visitor("employee").get(f"/cases/{case}").status == 200


def test_the_page_shows_what_is_held(site):
    case = site.start()
    site.until(case, "Langkah_5")
    page = site.visitor("employee").get("/profile/data")
    assert page.status == 200
    for said in (
        "Budi Contoh", "Kasi Contoh Satu", "Pranata Komputer", f"Kasus {case:05d}", "Nilai", "85",
    ):  # fmt: skip
        assert said in page.text
    assert page.title == "Data saya · Alur"
    assert "/profile/data" in site.visitor("employee").get("/profile").links
    staff = site.visitor("staff").get("/profile/data")
    assert f"{case:05d}" in staff.text
    assert "Nilai" not in staff.text


@pytest.mark.usefixtures("database_url")
def test_one_sees_who_processed_ones_data_and_as_what(site):
    case = site.start()
    look(site, "assessor", case=case)
    look(site, "staff", case=case, act="worked")
    look(site, "administrator", act="changed")
    look(site, "outsider", whom="assessor")
    rows = site.visitor("employee").get("/profile/data").tree.xpath("//table[last()]//tr[td]")
    told = [" ".join(row.text_content().split()) for row in rows]
    assert "Sari Contoh" in told[0]
    assert "Administrator" in told[0]
    assert "Mengubah direktori" in told[0]
    assert "Umar Contoh" in told[1]
    assert f"Mengerjakan {case:05d}" in told[1]
    assert "Kasi Contoh Satu" in told[2]
    assert "Pejabat Penilai, Atasan" in told[2]
    assert len(told) == 3


@pytest.mark.usefixtures("database_url")
def test_everything_is_in_the_file(site):
    case = site.start()
    site.until(case, "Langkah_5")
    look(site, "superior", case=case)
    answer = site.visitor("employee").get("/profile/data/download")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="data-saya.json"'
    held = json.loads(answer.source)
    assert held["Pegawai"]["Nama"] == "Budi Contoh"
    assert held["Pegawai"]["Atasan langsung"] == "Kasi Contoh Satu"
    (about,) = held["Kasus tentang saya"]
    assert (about["Nomor"], about["Keadaan"]) == (f"{case:05d}", "Berjalan")
    filled = [one["Nilai"] for step in about["Yang diisi"] for one in step["Isian"]]
    assert "90" in filled
    assert "85" in filled
    (seen,) = held["Pemrosesan data saya"]
    assert (seen["Nama"], seen["Perbuatan"]) == ("Kabid Contoh", "Melihat")
    staff = json.loads(site.visitor("staff").get("/profile/data/download").source)
    assert staff["Kasus tentang saya"] == []
    assert [part["Nomor"] for part in staff["Kasus yang saya ikuti"]] == [f"{case:05d}"]
    assert staff["Kelompok"] == ["Staf Sub Bagian Umum dan Aparatur"]


@pytest.mark.usefixtures("database_url")
def test_lists_go_on_behind_a_page(site):
    ids = [site.start() for _ in range(own_data.PAGE + 1)]
    for case in ids:
        look(site, "superior", case=case)
    visitor = site.visitor("employee")
    first = visitor.get("/profile/data")
    (older,) = {link for link in first.links if "?before=" in link}
    assert f"Kasus {ids[0]:05d}" not in first.text
    assert f"Kasus {ids[0]:05d}" in visitor.get(older.partition("#")[0]).text
    assert len([link for link in first.links if "look-before=" in link]) == 1
    held = json.loads(visitor.get("/profile/data/download").source)
    assert [case["Nomor"] for case in held["Kasus tentang saya"]] == [f"{i:05d}" for i in ids[::-1]]
    assert len(held["Pemrosesan data saya"]) == own_data.PAGE + 1
    staff = site.visitor("staff").get("/profile/data")
    assert len([link for link in staff.links if "part-before=" in link]) == 1


def test_the_table_of_who_processed_holds_no_formula(site):
    look(site, "superior")
    with site.db.write() as session:
        named = update(Person).where(Person.id == site.ids["superior"])
        session.execute(named.values(name="=HYPERLINK(1)", position="+62\nKabid"))
    answer = site.visitor("employee").get("/profile/data/processing.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="pemrosesan.csv"'
    heading, row = csv.reader(io.StringIO(answer.source.removeprefix("\ufeff"), newline=""))
    assert heading == ["Hari", "Nama", "Jabatan", "Sebagai", "Perbuatan", "Kasus"]
    assert row[1:3] == ["'=HYPERLINK(1)", "'+62\nKabid"]


@pytest.mark.parametrize("path", ["", "/download", "/processing.csv"])
def test_a_stranger_is_asked_to_sign_in(site, path):
    assert site.visitor().get(f"/profile/data{path}").location.startswith("/sign-in")


def test_looking_at_ones_own_data_is_not_noted(site):
    site.start()
    for path in ("", "/download", "/processing.csv"):
        assert site.visitor("employee").get(f"/profile/data{path}").status == 200
    with site.db.read() as session:
        assert session.scalar(select(func.count(Processing.id))) == 0


def test_comments_and_files_are_in_one_s_own_data(site):
    case = site.start()
    assessor = site.visitor("assessor")
    assessor.post(f"/cases/{case}/comments", {"comment": "Mohon dicek"})
    assessor.post(f"/cases/{case}/files", {"attachment": (io.BytesIO(b"Isi"), "catatan.txt")})
    page = assessor.get("/profile/data")
    assert "Mohon dicek" in page.text
    assert "catatan.txt" in page.text
    theirs = json.loads(assessor.get("/profile/data/download").source)
    assert [one["Komentar"] for one in theirs["Komentar saya"]] == ["Mohon dicek"]
    assert [one["Nama"] for one in theirs["Berkas dari saya"]] == ["catatan.txt"]
    about = json.loads(site.visitor("employee").get("/profile/data/download").source)
    (told,) = about["Kasus tentang saya"]
    assert [one["Oleh"] for one in told["Komentar"]] == [site._actor(site.ids["assessor"]).name]
    assert [one["Nama"] for one in told["Lampiran"]] == ["catatan.txt"]
    assert about["Komentar saya"] == []
