"""The pages of groups: adding, renaming, members; for administrators only."""

import pytest
from sqlalchemy import insert, select

from engine.models import Group, Membership, Person

PATHS = ("/groups", "/groups/1", "/groups/1/members", "/groups/1/members/9/remove", "/groups/999")


@pytest.fixture
def administrator(site):
    return site.visitor("administrator")


def group(site, code):
    with site.db.read() as session:
        return session.scalars(select(Group).where(Group.code == code)).one_or_none()


def members(site, group_id=1):
    with site.db.read() as session:
        found = select(Membership.person_id).where(Membership.group_id == group_id)
        return sorted(session.scalars(found))


@pytest.mark.parametrize("who", ["staff", "supervisor", "analyst", "auditor"])
def test_only_administrators_may_see_or_do_anything_here(site, who):
    before, visitor = members(site), site.visitor(who)
    for path in PATHS:
        page = visitor.post(path, {"code": "x", "name": "X", "person": "Budi Contoh"})
        assert (page.status, page.said) == (403, ["Halaman ini untuk administrator."])
    for path in ("/groups", "/groups/1", "/groups/999"):
        assert visitor.get(path).status == 403
    assert (members(site), group(site, "x")) == (before, None)


def test_a_stranger_is_asked_to_sign_in(site):
    assert site.visitor().get("/groups").location.startswith("/sign-in")


@pytest.mark.usefixtures("database_url")
def test_a_group_is_added_filled_and_emptied(site, administrator):
    answer = administrator.post("/groups", {"code": "tim-skp", "name": "Tim SKP"})
    page = administrator.get(answer.location)
    assert page.said[0] == "Kelompok ditambahkan."
    assert "Tidak ada anggota yang bertugas" in page.text
    number, who = group(site, "tim-skp").id, site.ids["employee"]
    for typed in ("Budi Contoh", "199102022090031013"):
        done = administrator.post(f"/groups/{number}/members", {"person": typed})
        assert done.status == 303
    assert members(site, number) == [who, site.ids["outsider"]]
    assert "Tim SKP group:tim-skp · 2 anggota" in administrator.get("/groups").text
    administrator.post(f"/groups/{number}/members/{who}/remove")
    page = administrator.get(f"/groups/{number}")
    assert page.said[-1] == "Keanggotaan diakhiri."
    assert members(site, number) == [site.ids["outsider"]]
    said = administrator.get("/journal").text
    assert "Budi Contoh masuk kelompok Tim SKP." in said
    assert "Budi Contoh keluar dari kelompok Tim SKP." in said


def test_a_member_gets_the_work_of_the_group_and_loses_it(site, administrator):
    site.start()
    budi = site.visitor("employee")
    assert "Menyiapkan" not in budi.get("/").text
    administrator.post("/groups/1/members", {"person": "Budi Contoh"})
    assert "Menyiapkan" in budi.get("/").text
    administrator.post(f"/groups/1/members/{site.ids['employee']}/remove")
    assert "Menyiapkan" not in budi.get("/").text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"code": ""}, "Kode wajib diisi."),
        ({"code": "umum-aparatur"}, 'Kode "umum-aparatur" sudah dipakai.'),
        (
            {"code": "tim skp"},
            "Kode kelompok terdiri dari huruf, angka, titik, garis bawah dan strip.",
        ),
        ({"name": ""}, "Nama wajib diisi."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(administrator, wrong, said):
    given = {"code": "tim", "name": "<i>Tim</i>"} | wrong
    page = administrator.post("/groups", given)
    assert (page.status, page.said) == (422, [said])
    assert (page.value("code"), page.value("name")) == (given["code"], given["name"])


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Umar Contoh", "Umar Contoh sudah anggota Staf Sub Bagian Umum dan Aparatur."),
        ("Contoh", 'Tidak ada pegawai dengan NIP atau nama "Contoh".'),
        ("", 'Tidak ada pegawai dengan NIP atau nama "".'),
    ],
)
def test_a_wrong_member_is_refused(site, administrator, typed, said):
    before = members(site)
    page = administrator.post("/groups/1/members", {"person": typed})
    assert (page.status, page.said, page.value("person")) == (422, [said], typed)
    assert members(site) == before


def test_who_is_no_member_is_not_removed(administrator):
    assert administrator.post("/groups/1/members/1/remove").status == 404
    assert administrator.post("/groups/404/members", {"person": "Budi Contoh"}).status == 404
    assert administrator.get("/groups/404").status == 404


def test_a_group_is_renamed_and_keeps_its_code(site, administrator):
    page = administrator.get("/groups/1")
    given = {"name": "Staf Umum", "shown": page.value("shown"), "code": "lain"}
    assert administrator.post("/groups/1", given).status == 303
    assert group(site, "umum-aparatur").name == "Staf Umum"
    stale = administrator.post("/groups/1", given | {"name": "Staf"})
    assert (stale.status, stale.value("name")) == (409, "Staf")
    assert group(site, "umum-aparatur").name == "Staf Umum"


def test_many_members_are_shown_page_by_page(site, administrator):
    with site.db.write() as session:
        rows = [
            {
                "id": n,
                "nip": f"{n:018}",
                "name": "Orang",
                "rank": "–",
                "position": "–",
                "unit_id": 4,
            }
            for n in range(100, 160)
        ]
        session.execute(insert(Person), rows)
        session.execute(
            insert(Membership), [{"group_id": 1, "person_id": row["id"]} for row in rows]
        )
    page = administrator.get("/groups/1")
    (onward,) = page.tree.xpath("//a[contains(@href, 'after=')]/@href")
    both = (page, administrator.get(onward))
    found = [tree.tree.xpath("//ul[@class='kept']/li/div/a/@href") for tree in both]
    assert [len(found[0]), len(found[1])] == [50, 12]
    assert not set(found[0]) & set(found[1])
