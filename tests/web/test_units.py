"""The pages of units: the tree, adding, renaming, moving; for administrators only."""

import pytest
from sqlalchemy import select

from engine.models import Unit


@pytest.fixture
def administrator(site):
    return site.visitor("administrator")


def unit(site, code):
    with site.db.read() as session:
        return session.scalars(select(Unit).where(Unit.code == code)).one_or_none()


def form(page):
    chosen = page.tree.xpath("//select[@id='parent']/option[@selected]/@value")
    return {name: page.value(name) for name in ("name", "shown")} | {"parent": "".join(chosen)}


@pytest.mark.parametrize("who", ["staff", "supervisor", "analyst", "auditor"])
def test_only_administrators_may_see_or_do_anything_here(site, who):
    visitor = site.visitor(who)
    for path in ("/units", "/units/1", "/units/999"):
        for page in (visitor.get(path), visitor.post(path, {"code": "x", "name": "X"})):
            assert (page.status, page.said) == (403, ["Halaman ini untuk administrator."])
    assert unit(site, "x") is None


def test_a_stranger_is_asked_to_sign_in(site):
    assert site.visitor().get("/units").location.startswith("/sign-in")


def test_the_tree_shows_who_stands_below_whom_and_how_many_people(administrator):
    page = administrator.get("/units")
    nested = page.tree.xpath("//ul[@class='tree']/li/ul[@class='tree']/li/ul[@class='tree']/li/a")
    assert [found.text for found in nested] == [
        "Bidang Layanan Contoh", "Sub Bagian Umum dan Aparatur",
    ]  # fmt: skip
    assert "Bidang Layanan Contoh 7 pegawai" in page.text


@pytest.mark.usefixtures("database_url")
def test_a_unit_is_added_renamed_and_moved(site, administrator):
    given = {"code": "seksi-1", "name": "Seksi Satu", "parent": "3"}
    page = administrator.get(administrator.post("/units", given).location)
    assert page.said == ["Unit ditambahkan."]
    address = f"/units/{unit(site, 'seksi-1').id}"
    shown = form(administrator.get(address))
    assert shown["parent"] == "3"
    page = administrator.get(
        administrator.post(address, shown | {"name": "Seksi I", "parent": "4"}).location
    )
    assert page.said == ["Unit disimpan."]
    assert (unit(site, "seksi-1").name, unit(site, "seksi-1").parent_id) == ("Seksi I", 4)
    said = administrator.get("/journal").text
    assert "Unit Seksi I ditambahkan." in said
    assert "nama Seksi Satu → Seksi I" in said
    assert "unit di atasnya Sub Bagian Umum dan Aparatur → Bidang Layanan Contoh" in said


def test_a_move_is_told_among_the_changes_of_the_calendar(site, administrator):
    address = f"/units/{unit(site, 'layanan').id}"
    administrator.post(address, form(administrator.get(address)) | {"parent": "3"})
    page = administrator.get(f"/calendars/{unit(site, 'layanan').id}")
    assert "Unit ini dipindahkan ke bawah unit lain. Sari Contoh" in page.text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"code": ""}, "Kode wajib diisi."),
        ({"code": "umum"}, 'Kode "umum" sudah dipakai.'),
        ({"name": " "}, "Nama wajib diisi."),
        ({"name": "x" * 300}, "Nama paling banyak 255 huruf."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(administrator, wrong, said):
    given = {"code": "seksi", "name": "<b>Seksi</b>", "parent": "3"} | wrong
    page = administrator.post("/units", given)
    assert (page.status, page.said) == (422, [said])
    assert (page.value("code"), page.value("name")) == (given["code"], given["name"])
    assert page.tree.xpath("//select[@id='parent']/option[@selected]/@value") == ["3"]


def test_an_unknown_unit_above_is_not_there(administrator):
    given = {"code": "seksi", "name": "Seksi", "parent": "404"}
    assert administrator.post("/units", given).status == 404
    assert administrator.get("/units/404").status == 404


def test_units_do_not_stand_in_a_circle(site, administrator):
    page = administrator.get("/units/2")
    offered = page.tree.xpath("//select[@id='parent']/option/@value")
    assert offered == ["", "1"]
    refused = administrator.post("/units/2", form(page) | {"parent": "3"})
    assert refused.status == 422
    assert "unit tidak boleh melingkar" in refused.said[0]
    assert unit(site, "dinas").parent_id == 1


def test_a_stale_form_is_told(site, administrator):
    before = form(administrator.get("/units/3"))
    administrator.post("/units/3", before | {"name": "Umum"})
    page = administrator.post("/units/3", before | {"name": "Aparatur"})
    assert page.status == 409
    assert page.value("name") == "Aparatur"
    assert unit(site, "umum").name == "Umum"


def test_nothing_changed_is_said(administrator):
    page = administrator.post("/units/3", form(administrator.get("/units/3")))
    assert (page.status, page.said) == (422, ["Tidak ada yang berubah."])
