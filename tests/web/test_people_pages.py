"""The pages of people: finding one, adding, changing, duties, leaving; for administrators only."""

import pytest
from sqlalchemy import insert, select

from engine import directory, people, sample
from engine.models import Duty, Group, Person
from web.people import area

GITA = {
    "nip": "19880808 201203 2 001", "name": "Gita Contoh", "rank": "III/a",
    "position": "Arsiparis", "unit": "4", "superior": "", "email": "",
}  # fmt: skip
OTHERS = ("staff", "employee", "supervisor", "analyst", "auditor")


@pytest.fixture
def administrator(site):
    return site.visitor("administrator")


@pytest.fixture
def budi(site) -> str:
    """The address of the employee's page."""
    return f"/people/{site.ids['employee']}"


def person(site, who="employee"):
    with site.db.read() as session:
        return session.get_one(Person, site.ids[who])


def form(page) -> dict[str, str]:
    """The fields of the form of a person's data, as the page shows them."""
    names = ("nip", "name", "rank", "position", "superior", "email", "shown")
    chosen = page.tree.xpath("//select[@id='unit']/option[@selected]/@value")
    return {name: page.value(name) for name in names} | {"unit": chosen[0]}


def duty_of(site, who, name):
    with site.db.read() as session:
        found = select(Duty.id).where(Duty.person_id == site.ids[who], Duty.name == name)
        return session.scalar(found)


def names(page):
    return [found.text_content() for found in page.tree.xpath("//a[@class='main']")]


def routes():
    """Every address of these pages with its methods."""
    return [
        ("GET", "/people"), ("POST", "/people"), ("GET", "/people/new"), ("POST", "/people/new"),
        ("GET", "/people/12"), ("POST", "/people/12"), ("POST", "/people/12/leave"),
        ("POST", "/people/12/return"), ("POST", "/people/12/duties"),
        ("POST", "/people/12/duties/1/take"), ("POST", "/people/12/groups"),
        ("GET", "/people/999"),
    ]  # fmt: skip


def test_only_administrators_may_see_or_do_anything_here(site):
    before = person(site).position
    for who in OTHERS:
        visitor = site.visitor(who)
        for method, path in routes():
            page = visitor.get(path) if method == "GET" else visitor.post(path, GITA)
            assert (page.status, page.said) == (403, ["Halaman ini untuk administrator."]), path
    assert person(site).position == before
    stranger = site.visitor()
    for method, path in routes():
        if method == "GET":
            assert stranger.get(path).location.startswith("/sign-in"), path
        else:  # what was sent is kept until they have signed in
            assert stranger.post(path, GITA).status == 401, path


def test_these_are_all_the_routes(site):
    rules = [rule for rule in site.app.url_map.iter_rules() if rule.endpoint.startswith("people.")]
    ways = {(m, str(r)) for r in rules for m in r.methods - {"HEAD", "OPTIONS"}}
    asked = {
        (m, p.replace("12/duties/1", "<int:person_id>/duties/<int:duty_id>"))
        for m, p in routes() if p != "/people/999"
    }  # fmt: skip
    assert {(m, p.replace("/12", "/<int:person_id>")) for m, p in asked} == ways
    assert area.name == "people"


def test_the_menu_leads_there(site, administrator):
    assert "/people" in administrator.get("/").links
    for who in OTHERS:
        assert "/people" not in site.visitor(who).get("/").links
    menu = administrator.get("/people").tree.xpath("//nav[@class='submenu']/a/@href")
    assert menu == [
        "/people", "/units", "/groups", "/people/import", "/journal", "/retention", "/evidence",
    ]  # fmt: skip


# Finding


def test_people_are_found_by_part_of_a_name_or_nip(administrator):
    assert names(administrator.post("/people", {"q": "kasi"})) == [
        "Kasi Contoh Dua", "Kasi Contoh Satu",
    ]  # fmt: skip
    assert names(administrator.post("/people", {"q": "19900101 2090"})) == ["Budi Contoh"]
    assert names(administrator.script("/people", {"q": "budi"})) == ["Budi Contoh"]


def test_what_is_searched_is_in_no_address(administrator):
    page = administrator.post("/people", {"q": "budi"})
    assert page.value("q") == "budi"
    assert not [link for link in page.links if "budi" in link.lower()]
    assert len(names(administrator.get("/people?q=budi"))) == len(sample.PEOPLE)


@pytest.mark.usefixtures("database_url")
@pytest.mark.parametrize(
    "text",
    [
        "%",
        "_",
        "\\",
        "' OR 1=1 --",
        "<script>alert(1)</script>",
        "x" * 100_000,
        "\ud7ff￿",
        "{{7*7}}",
    ],
)
def test_hostile_texts_find_nobody_and_break_nothing(administrator, text):
    page = administrator.post("/people", {"q": text})
    assert (page.status, names(page)) == (200, [])
    assert page.value("q") == text
    assert "<script>alert" not in page.source


def test_people_of_a_unit_and_those_below(site, administrator):
    assert len(names(administrator.get("/people?unit=2"))) == 14
    page = administrator.get("/people?unit=3")
    assert "Sub Bagian Umum dan Aparatur" in page.text
    assert names(page) == ["Analis Contoh", "Kasubbag Contoh", "Umar Contoh", "Umi Contoh"]
    assert names(administrator.post("/people", {"q": "um", "unit": page.value("unit")})) == [
        "Umar Contoh", "Umi Contoh",
    ]  # fmt: skip
    assert administrator.get("/people?unit=404").status == 404
    assert administrator.get("/people?unit=x").status == 200


def test_who_has_left_is_listed_when_asked_for(administrator, budi):
    administrator.post(f"{budi}/leave")
    assert names(administrator.post("/people", {"q": "budi"})) == []
    page = administrator.post("/people", {"q": "budi", "left": "1"})
    assert names(page) == ["Budi Contoh"]
    assert "Tidak bertugas lagi" in page.text


@pytest.mark.usefixtures("database_url")
def test_a_long_list_goes_on_page_by_page(site, administrator):
    with site.db.write() as session:
        rows = [
            {
                "nip": f"{n:018}",
                "name": f"Orang {n % 7}",
                "rank": "–",
                "position": "–",
                "unit_id": 4,
            }
            for n in range(105)
        ]
        session.execute(insert(Person), rows)
    page, found = administrator.post("/people", {"q": "orang"}), []
    for _ in range(3):
        found += page.tree.xpath("//a[@class='main']/@href")
        onward = page.tree.xpath("//form[.//input[@name='after']]//input[@type='hidden']")
        if onward:
            page = administrator.post("/people", {f.get("name"): f.get("value") for f in onward})
    assert len(found) == len(set(found)) == 105
    assert onward == []


# Adding


@pytest.mark.usefixtures("database_url")
def test_a_person_is_added(site, administrator):
    given = GITA | {"superior": "Kasi Contoh Satu", "email": "gita@kantor.example", "head": "1"}
    answer = administrator.post("/people/new", given)
    assert answer.status == 303
    page = administrator.get(answer.location)
    assert page.said == ["Pegawai ditambahkan."]
    for shown in ("Gita Contoh", "19880808 201203 2 001", "III/a Penata Muda", "Kasi Contoh Satu"):
        assert shown in page.text
    with site.db.read() as session:
        added = people.with_nip(session, GITA["nip"])
        assert (added.is_agency_head, added.superior_id) == (True, site.ids["assessor"])


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"nip": "1"}, "NIP terdiri dari 18 angka."),
        ({"nip": sample.PEOPLE[0][0]}, "NIP itu sudah milik Gubernur Contoh."),
        ({"name": ""}, "Nama wajib diisi."),
        ({"unit": ""}, "Pilih unit kerja."),
        ({"unit": "9" * 30}, "Pilih unit kerja."),
        ({"rank": "Z"}, "Pangkat PNS ditulis seperti III/a Penata Muda (I/a–IV/e)."),
        ({"superior": "Contoh"}, 'Tidak ada pegawai dengan NIP atau nama "Contoh".'),
        ({"email": "x@y"}, "Tulis alamat surel sebagai nama@kantor.go.id."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(site, administrator, wrong, sentence):
    page = administrator.post("/people/new", GITA | wrong)
    assert (page.status, page.said) == (422, [sentence])
    typed = GITA | wrong
    for name in ("nip", "name", "rank", "position", "superior", "email"):
        assert page.value(name) == typed[name]
    with site.db.read() as session:
        assert people.with_nip(session, GITA["nip"]) is None


# Changing


def test_the_form_shows_what_is_kept_and_a_change_is_kept(site, administrator, budi):
    given = form(administrator.get(budi))
    assert given["nip"] == "19900101 209003 2 012"
    assert given["superior"] == "19800707 209003 1 007"
    answer = administrator.post(budi, given | {"position": "Pranata Muda", "unit": "3"})
    page = administrator.get(answer.location)
    assert page.said == ["Data pegawai disimpan."]
    assert person(site).position == "Pranata Muda"
    assert "Data Budi Contoh diubah: jabatan, unit kerja" in page.text
    assert "Bidang Layanan Contoh → Sub Bagian Umum dan Aparatur" in page.text


def test_a_stale_form_is_told_and_keeps_what_was_typed(site, administrator, budi):
    given = form(administrator.get(budi))
    administrator.post(budi, given | {"position": "Analis"})
    page = administrator.post(budi, given | {"name": "Budi Baru"})
    assert page.status == 409
    assert page.said[-1] == "Data ini baru saja diubah orang lain. Periksa, lalu ulangi."
    assert page.value("name") == "Budi Baru"
    assert (person(site).name, person(site).position) == ("Budi Contoh", "Analis")
    again = form(page)  # with what is kept now in sight, it may be sent again
    assert administrator.post(budi, again | {"position": "Analis"}).status == 303
    assert (person(site).name, person(site).position) == ("Budi Baru", "Analis")


def test_a_forged_form_changes_nothing(site, administrator, budi):
    given = form(administrator.get(budi)) | {"name": "Budi Baru"}
    for shown in ("", "0" * 64, "x" * 10_000):
        assert administrator.post(budi, given | {"shown": shown}).status == 409
    assert administrator.post(budi, given | {"csrf_token": ""}).status == 400
    administrator.post(budi, given | {"password_hash": "x", "left_at": "x", "id": "1"})
    assert person(site).password_hash.startswith("$argon2id$")


def test_superiors_in_a_circle_are_refused(site, administrator):
    address = f"/people/{site.ids['superior']}"
    given = form(administrator.get(address))
    page = administrator.post(address, given | {"superior": "Budi Contoh"})
    assert page.status == 422
    assert "atasan tidak boleh melingkar" in page.said[0]
    assert page.value("superior") == "Budi Contoh"


def test_a_superior_who_has_left_does_not_hinder_other_changes(site, administrator, budi):
    administrator.post(f"/people/{site.ids['assessor']}/leave")
    given = form(administrator.get(budi))
    assert administrator.post(budi, given | {"position": "Analis"}).status == 303


def test_an_unknown_person_is_not_there(administrator):
    for path in ("/people/999", "/people/0", "/people/99999999999"):
        assert administrator.get(path).status == 404
    assert administrator.post("/people/999/leave").status == 404


# Duties and groups


@pytest.mark.usefixtures("database_url")
def test_duties_are_given_and_taken(site, administrator, budi):
    page = administrator.get(
        administrator.post(f"{budi}/duties", {"duty": "supervisor", "duty-unit": "3"}).location
    )
    assert page.said == ["Peran diberikan."]
    assert "Budi Contoh diberi peran Pengawas Sub Bagian Umum dan Aparatur." in page.text
    assert "/cases/supervised" in site.visitor("employee").get("/").links
    duty = duty_of(site, "employee", "supervisor")
    administrator.post(f"{budi}/duties/{duty}/take")
    assert duty_of(site, "employee", "supervisor") is None
    assert "/cases/supervised" not in site.visitor("employee").get("/").links


def test_wrong_duties_are_refused(administrator, budi):
    for given, said in (
        ({"duty": "root"}, "Pilih peran yang diberikan."),
        ({}, "Pilih peran yang diberikan."),
        ({"duty": "supervisor"}, "Pilih unit kerja."),
    ):
        page = administrator.post(f"{budi}/duties", given)
        assert (page.status, page.said) == (422, [said])
    assert administrator.post(f"{budi}/duties/999/take").status == 404


def test_the_last_administrator_keeps_the_duty_and_stays(site, administrator):
    address = f"/people/{site.ids['administrator']}"
    duty = duty_of(site, "administrator", "administrator")
    for act in (f"duties/{duty}/take", "leave"):
        page = administrator.post(f"{address}/{act}")
        assert page.status == 422
        assert page.said == ["Administrator terakhir tidak dapat dilepas; angkat yang lain."]
    assert administrator.get("/people").status == 200


def test_who_loses_the_duty_is_out_at_once(site, administrator):
    administrator.post(f"/people/{site.ids['staff']}/duties", {"duty": "administrator"})
    duty = duty_of(site, "administrator", "administrator")
    administrator.post(f"/people/{site.ids['administrator']}/duties/{duty}/take")
    assert administrator.get("/people").status == 403
    assert site.visitor("staff").get("/people").status == 200


def test_a_person_joins_a_group(site, administrator, budi):
    with site.db.read() as session:
        group = session.scalars(select(Group.id)).one()
    page = administrator.get(administrator.post(f"{budi}/groups", {"group": group}).location)
    assert f"/groups/{group}" in page.links
    assert "Budi Contoh masuk kelompok" in page.text
    again = administrator.post(f"{budi}/groups", {"group": group})
    assert again.status == 422
    assert administrator.post(f"{budi}/groups", {"group": "x"}).status == 404


# Leaving


@pytest.mark.usefixtures("database_url")
def test_who_has_left_is_out_and_the_page_tells_of_their_cases(site, administrator, budi):
    site.start()
    employee = site.visitor("employee")
    page = administrator.get(administrator.post(f"{budi}/leave").location)
    assert page.said[0] == "Dicatat: tidak bertugas lagi."
    assert "1 kasus berjalan masih memuat pegawai ini" in page.text
    assert page.tree.xpath("//a[@href='#substitution']")
    assert page.tree.xpath("//section[@id='substitution']")
    assert employee.get("/").status == 302
    assert site.visitor().sign_in("employee").status == 401
    page = administrator.get(administrator.post(f"{budi}/return").location)
    assert page.said == ["Dicatat: bertugas kembali."]
    assert site.visitor().sign_in("employee").status == 302


def test_those_below_who_has_left_are_counted(site, administrator):
    address = f"/people/{site.ids['assessor']}"
    administrator.post(f"{address}/leave")
    assert "2 pegawai masih beratasan kepadanya." in administrator.get(address).text


def test_who_has_left_is_not_offered_for_a_new_case(site, administrator, budi):
    administrator.post(f"{budi}/leave")
    staff = site.visitor("staff")
    assert "Budi Contoh" not in staff.get("/cases/new/skp_collection").text
    form = f"/cases/new/skp_collection/{site.ids['employee']}"
    page = staff.get(form)
    assert "Budi Contoh sudah tidak bertugas." in page.text
    assert staff.post(form, {"token": page.value("token")}).status == 422


# What is said where


def test_titles_and_addresses_name_nobody(administrator, budi):
    page = administrator.get(budi)
    assert page.title == "Data pegawai · Alur"
    for address in page.links:
        assert not any(word in address for word in ("Budi", "Contoh", "1990", "1980"))


def test_the_history_of_a_person_goes_on(site, administrator, budi):
    with site.db.read() as session:
        actor = people.actor(session, site.ids["administrator"])
    for _ in range(26):
        directory.leave(site.db, actor, site.ids["employee"])
        directory.come_back(site.db, actor, site.ids["employee"])
    page = administrator.get(budi)
    assert len(page.tree.xpath("//ol[@class='timeline']/li")) == 50
    (onward,) = page.tree.xpath("//a[contains(@href, 'before=')]/@href")
    assert len(administrator.get(onward).tree.xpath("//ol[@class='timeline']/li")) == 2


def test_pages_are_small(administrator, budi):
    for path in ("/people", "/people/new", budi):
        assert len(administrator.get(path).source.encode()) <= 20_000
