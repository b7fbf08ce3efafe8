"""The office's own record: who reads it, and what it says of each kind of entry."""

import pytest

from engine import clock, journal
from web.journal import KINDS


@pytest.fixture
def administrator(site):
    return site.visitor("administrator")


def write(site, *entries, by="administrator"):
    with site.db.write() as session:
        for kind, details in entries:
            journal.record(session, kind, details, person_id=site.ids.get(by))


def said(page):
    return [
        " ".join(entry.text_content().split())
        for entry in page.tree.xpath("//ol[@class='timeline']/li/span[1]")
    ]


@pytest.mark.parametrize("who", ["administrator", "auditor"])
def test_administrators_and_auditors_read_it(site, who):
    visitor = site.visitor(who)
    assert visitor.get("/journal").status == 200
    assert visitor.get("/journal").title == "Catatan kantor · Alur"


@pytest.mark.parametrize("who", ["staff", "employee", "supervisor", "analyst", "assessor"])
def test_nobody_else_does(site, who):
    visitor = site.visitor(who)
    page = visitor.get("/journal")
    assert page.status == 403
    assert page.said == ["Catatan kantor untuk administrator dan auditor."]
    assert "/journal" not in visitor.get("/").links


def test_a_stranger_is_asked_to_sign_in(site):
    assert site.visitor().get("/journal").location.startswith("/sign-in")


def test_an_auditor_has_it_in_the_menu_and_none_of_the_administrators(site):
    page = site.visitor("auditor").get("/journal")
    assert page.tree.xpath("//nav[@class='submenu']") == []
    assert page.tree.xpath("//ul[@class='areas']//a[@href='/journal']")


def test_nobody_writes_there(administrator):
    assert administrator.post("/journal").status == 405


@pytest.mark.usefixtures("database_url")
def test_the_newest_stands_first_and_the_rest_is_a_link_away(site, administrator):
    write(site, *(("duty.given", {"person": 12, "duty": "analyst", "n": n}) for n in range(120)))
    write(site, ("person.left", {"person": 12}))
    page, seen = administrator.get("/journal"), []
    assert said(page)[0] == "Budi Contoh tidak bertugas lagi."
    while True:
        seen.append(len(said(page)))
        onward = page.tree.xpath("//a[contains(@href, 'before=')]/@href")
        if not onward:
            break
        page = administrator.get(onward[0])
    assert seen == [50, 50, 21]


def test_a_wrong_place_in_the_list_is_the_first(site, administrator):
    write(site, ("person.left", {"person": 12}))
    for before in ("x", "-1", "9" * 30, ""):
        assert len(said(administrator.get(f"/journal?before={before}"))) == 1


def test_each_entry_says_who_did_it_and_when(site, administrator, monkeypatch):
    at = clock.now().replace(year=2026, month=11, day=26, hour=2, minute=0)
    monkeypatch.setattr(clock, "now", lambda: at)
    write(site, ("person.left", {"person": 12}))
    write(site, ("seal.key-changed", {}), by="nobody")
    text = administrator.get("/journal").text
    assert "Budi Contoh tidak bertugas lagi. Sari Contoh · 26-11-2026 09.00 WIB" in text
    assert "Kunci segel instalasi ini diganti. Sistem · 26-11-2026 09.00 WIB" in text


@pytest.mark.parametrize(
    ("kind", "details", "sentence"),
    [
        (
            "person.added",
            {"person": 12, "unit": 4},
            "Budi Contoh ditambahkan, di Bidang Layanan Contoh.",
        ),
        (
            "person.changed",
            {
                "person": 12,
                "changed": {
                    "name": None,
                    "superior_id": [7, None],
                    "unit_id": [4, 3],
                    "is_agency_head": [False, True],
                },
            },
            "Data Budi Contoh diubah: kepala instansi tidak → ya, nama,"
            " atasan Kasi Contoh Satu → –,"
            " unit kerja Bidang Layanan Contoh → Sub Bagian Umum dan Aparatur.",
        ),
        ("person.returned", {"person": 12}, "Budi Contoh bertugas kembali."),
        ("unit.added", {"unit": 2}, "Unit Dinas Contoh ditambahkan."),
        (
            "unit.changed",
            {"unit": 2, "changed": {"name": ["A", "B"], "parent_id": [None, 1]}},
            "Unit Dinas Contoh diubah: nama A → B, unit di atasnya – → Pemerintah Provinsi Contoh.",
        ),
        (
            "group.joined",
            {"group": 1, "person": 12},
            "Budi Contoh masuk kelompok Staf Sub Bagian Umum dan Aparatur.",
        ),
        (
            "duty.given",
            {"person": 12, "duty": "supervisor", "unit": 2},
            "Budi Contoh diberi peran Pengawas Dinas Contoh.",
        ),
        (
            "duty.taken",
            {"person": 12, "duty": "auditor"},
            "Peran Auditor dicabut dari Budi Contoh.",
        ),
        (
            "directory.imported",
            {"new": 3, "changed": 2, "retired": 1, "file": "abc"},
            "Direktori diimpor: 3 pegawai baru, 2 berubah, 1 keluar.",
        ),
        ("directory.exported", {"people": 16}, "Direktori diekspor: 16 pegawai."),
        ("password.reset-given", {"person": 12}, "Kode masuk dibuat untuk Budi Contoh."),
        (
            "substitution.set",
            {"absent": 7, "substitute": 12},
            "Budi Contoh ditetapkan sebagai pengganti Kasi Contoh Satu.",
        ),
        (
            "cases.reassigned",
            {"person": 7, "to": 12},
            "Tugas Kasi Contoh Satu dialihkan kepada Budi Contoh.",
        ),
        (
            "instance.deleted",
            {"instance": 42},
            "Kasus 00042 dihapus karena masa simpannya habis.",
        ),
        ("something.new", {"x": 1}, "Peristiwa lain: something.new."),
        ("person.left", {"person": 404}, "404 tidak bertugas lagi."),
        ("person.left", {}, "– tidak bertugas lagi."),
    ],
)
def test_each_kind_has_its_sentence(site, administrator, kind, details, sentence):
    write(site, (kind, details))
    assert said(administrator.get("/journal")) == [sentence]


STRANGE = {
    "person": "<b>x</b>", "unit": [1], "group": {"a": 1}, "changed": "x", "duty": 7, "to": True,
}  # fmt: skip


@pytest.mark.parametrize("details", [{}, STRANGE], ids=["none", "strange"])
def test_no_kind_breaks_the_page_whatever_its_details(site, administrator, details):
    write(site, *((kind, details) for kind in KINDS))
    page = administrator.get("/journal")
    assert page.status == 200
    assert len(said(page)) == len(KINDS)
    assert "<b>x" not in page.source
