"""The pages that import and export the directory."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from engine import directory_files, intake, jobs, journal, sample, spreadsheets
from engine.models import DirectoryImport, Job, Person
from tests import leases
from web import directory_words

EMPLOYEE = sample.CAST["employee"][0]
NEW = "198501012090031999"
TEXT = f"NIP;Nama;Kode Unit\n{NEW};Baru Contoh;umum\n{EMPLOYEE};Budi Baru;layanan"
DEEDS = ("apply", "check", "drop")


@pytest.fixture
def administrator(site):
    return site.visitor("administrator")


def upload(visitor, data, name="pegawai.csv", **more):
    data = data if isinstance(data, bytes) else data.encode()
    return visitor.post("/people/import", {"file": (io.BytesIO(data), name), **more})


def work(site):
    """Does the jobs of imports, as a worker would."""
    while leased := jobs.lease(site.db, {"people"}, timedelta(minutes=1), 1):
        intake.run(site.db, leases.begin(site.db, leased[0]))


def checked(site, visitor, data=TEXT, name="pegawai.csv", **more) -> str:
    """The address of an import that has been checked."""
    sent = upload(visitor, data, name, **more)
    assert sent.status == 303, sent.text
    work(site)
    return sent.location


def name_of(site, nip):
    with site.db.read() as session:
        return session.scalar(select(Person.name).where(Person.nip == nip))


def count(site, table):
    with site.db.read() as session:
        return session.scalar(select(func.count()).select_from(table))


def rows(page):
    return [
        [" ".join(cell.text_content().split()) for cell in row]
        for row in page.tree.xpath("//main//table/tbody/tr")
    ]


def test_a_file_is_checked_looked_at_and_applied(site, administrator):
    sent = upload(administrator, TEXT)
    waiting = administrator.get(sent.location)
    assert "Sedang diperiksa" in waiting.text
    assert waiting.tree.xpath("//progress")
    assert waiting.tree.xpath("//*[@hx-trigger]/@hx-get") == [sent.location]
    assert sent.location in waiting.links  # without a script, by hand
    work(site)
    page = administrator.get(sent.location)
    assert not page.tree.xpath("//*[@hx-trigger]")
    assert "1 pegawai baru" in page.text
    assert rows(page)[0][:2] == ["Berubah", f"Budi Baru{EMPLOYEE[:8]} {EMPLOYEE[8:14]} 2 012"]
    assert rows(page)[0][2] == "Nama: Budi Contoh → Budi Baru"
    assert name_of(site, EMPLOYEE) == "Budi Contoh"
    assert administrator.post(f"{sent.location}/apply").location == sent.location
    assert "Sedang diterapkan" in administrator.get(sent.location).text
    work(site)
    page = administrator.get(sent.location)
    assert "Sudah diterapkan" in page.text
    assert rows(page) == []
    assert name_of(site, NEW) == "Baru Contoh"


def test_a_script_is_answered_with_the_main_part_alone(site, administrator):
    address = checked(site, administrator)
    part = administrator.get(address, headers={"HX-Request": "true"})
    assert part.source.lstrip().startswith("<main")
    done = administrator.script(f"{address}/apply")
    assert (done.status, done.headers["HX-Redirect"]) == (200, address)


def test_faults_are_shown_by_row_and_column_and_cannot_be_applied(site, administrator):
    address = checked(site, administrator, "NIP;Nama\n12;x\n" + "13;y\n" * 60)
    page = administrator.get(address)
    assert "61 kesalahan" in page.text
    assert rows(page)[0] == ["Baris 2, kolom NIP", "NIP terdiri dari 18 angka."]
    assert len(rows(page)) == 50
    assert f"{address}?from=50" in page.links
    second = administrator.get(f"{address}?from=50")
    assert len(rows(second)) == 11
    assert f"{address}?from=0" in second.links
    assert f"{address}/apply" not in page.links
    assert administrator.post(f"{address}/apply").status == 409


def test_pages_that_are_not_there_are_empty(site, administrator):
    address = checked(site, administrator)
    for nonsense in ("x", "-1", "99999", "9999999999999"):
        assert administrator.get(f"{address}?from={nonsense}").status == 200


def test_the_box_lets_the_others_go(site, administrator):
    text = f"NIP;Nama\n{sample.CAST['administrator'][0]};Sari Contoh"
    address = checked(site, administrator, text, retire_others="on")
    page = administrator.get(address)
    assert f"{len(sample.PEOPLE) - 1} pegawai keluar" in page.text
    assert "Dinyatakan keluar" in rows(page)[0]
    site.start()
    administrator.post(f"{address}/check")
    work(site)
    assert "1 kasus berjalan melibatkan pegawai yang keluar" in administrator.get(address).text


def test_a_change_meanwhile_is_told_and_checked_again(site, administrator):
    address = checked(site, administrator)
    with site.db.write() as session:
        session.execute(update(Person).where(Person.nip == EMPLOYEE).values(name="Budi Lain"))
    administrator.post(f"{address}/apply")
    work(site)
    page = administrator.get(address)
    assert page.said[-1].startswith("Direktori berubah sejak diperiksa")
    assert name_of(site, EMPLOYEE) == "Budi Lain"
    administrator.post(f"{address}/check")
    work(site)
    assert rows(administrator.get(address))[0][2] == "Nama: Budi Lain → Budi Baru"


def test_a_dropped_import_stays_on_the_list_without_its_file(site, administrator):
    address = checked(site, administrator)
    administrator.post(f"{address}/drop")
    assert rows(administrator.get(address)) == []
    listed = administrator.get("/people/import")
    assert rows(listed)[0][1:3] == ["pegawai.csv", "Dibuang"]
    assert address in listed.links
    for deed in DEEDS:
        assert administrator.post(f"{address}/{deed}").status == 409


@pytest.mark.parametrize(
    ("data", "name", "why"),
    [
        (b"", "", "Pilih berkas"),
        (b"", "kosong.csv", "kosong"),
        (b"\xd0\xcf\x11\xe0", "lama.csv", ".xls"),
        (b"\x7fELF\x00", "program.xlsx", "bukan berkas CSV"),
    ],
)
def test_a_wrong_file_is_refused_at_once(site, administrator, data, name, why):
    page = upload(administrator, data, name)
    assert page.status == 422
    assert why in page.said[0]
    assert count(site, DirectoryImport) == count(site, Job) == 0


def test_a_form_without_a_file_is_refused(administrator):
    assert administrator.post("/people/import", {"file": "text"}).status == 422


def test_only_an_administrator_may_send_more_than_elsewhere(site, administrator):
    large = b"NIP;Nama\n" + b"\n" * 7_000_000
    assert upload(administrator, large).status == 303
    too_large = b"NIP;Nama\n" + b"\n" * spreadsheets.MAX_FILE
    assert "20 MB" in upload(administrator, too_large).said[0]
    assert upload(administrator, too_large + b"\n" * 200_000).status == 413
    for who in ("employee", None):
        assert upload(site.visitor(who), large).status == 413
    for other in ("/processes", "/people/import/1/apply"):
        sent = administrator.post(other, {"file": (io.BytesIO(large), "x")})
        assert sent.status == 413, other


@pytest.mark.parametrize("who", ["employee", "supervisor", "analyst", "staff"])
def test_others_may_do_nothing_of_this(site, administrator, who):
    address = checked(site, administrator)
    visitor = site.visitor(who)
    for path in (
        "/people/import", address, "/people/import/template.csv", "/people/export.csv",
        "/people/export.xlsx",
    ):  # fmt: skip
        assert visitor.get(path).status == 403, path
    for path in ("/people/import", *(f"{address}/{deed}" for deed in DEEDS)):
        assert visitor.post(path).status == 403, path
    assert name_of(site, EMPLOYEE) == "Budi Contoh"
    assert count(site, DirectoryImport) == 1


def test_a_stranger_is_asked_to_sign_in(site):
    for path in ("/people/import", "/people/import/1", "/people/export.csv"):
        assert "/sign-in" in site.visitor().get(path).location


def test_an_unknown_import_is_not_there(administrator):
    assert administrator.get("/people/import/404").status == 404
    for deed in DEEDS:
        assert administrator.post(f"/people/import/404/{deed}").status == 404
    assert administrator.get("/people/export.pdf").status == 404


@pytest.mark.parametrize("style", ["csv", "xlsx"])
def test_an_export_comes_back_without_a_change_and_is_on_record(site, administrator, style):
    page = administrator.get(f"/people/export.{style}")
    assert page.headers["Content-Disposition"] == f'attachment; filename="pegawai.{style}"'
    assert page.headers["Cache-Control"] == "no-store"
    shown = administrator.get(checked(site, administrator, page.response.data))
    assert f"{len(sample.PEOPLE)} pegawai tetap sama" in shown.text
    with site.db.read() as session:
        (entry,) = journal.page(session)
    assert (entry.kind, entry.person_id) == ("directory.exported", site.ids["administrator"])


def test_the_template_is_a_file_as_it_should_be(administrator):
    data = administrator.get("/people/import/template.csv").response.data
    read = directory_files.read(data)
    assert read.columns == set(directory_files.COLUMNS)
    assert len(list(read.rows)) == 1


def test_past_imports_are_paged(site, administrator, monkeypatch):
    monkeypatch.setattr(intake, "PAGE", 2)
    made = [upload(administrator, TEXT).location for _ in range(3)]
    page = administrator.get("/people/import")
    assert [address in page.links for address in made] == [False, True, True]
    (older,) = (link for link in page.links if "before=" in link)
    assert made[0] in administrator.get(older).links


def test_names_of_people_stand_in_no_title_and_no_address(site, administrator):
    page = administrator.get(checked(site, administrator))
    assert "Budi" not in page.title
    assert not any(EMPLOYEE in link or "Budi" in link for link in page.links)


def test_a_name_from_a_file_is_shown_as_text(site, administrator):
    text = f"NIP;Nama;<b>x\n{EMPLOYEE};<script>alert(1)</script>;"
    page = administrator.get(checked(site, administrator, text, name="<i>.csv"))
    assert "<script>alert" not in page.source
    assert "<b>x" not in page.source
    assert "<script>alert(1)</script>" in page.text


def test_every_state_and_change_has_its_words():
    assert set(directory_words.STATES) == set(directory_words.STATE_LOOKS)
    assert {*intake.RESTING, "checking", "applying", "applied", "dropped"} == set(
        directory_words.STATES
    )
