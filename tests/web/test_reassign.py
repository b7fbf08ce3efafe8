"""Giving places of cases to others, and what the page says when the directory has moved on."""

import pytest
from sqlalchemy import update

from engine import people
from engine.models import Person

ASSESSOR = "Lane_PejabatPenilai"
FORM = {"place": ASSESSOR, "person": "Kasi Contoh Dua", "reason": "Pindah tugas"}


@pytest.fixture
def second(site):
    """The other head of section at a browser."""
    with site.db.read() as session:
        site.ids["second"] = people.find(session, "Kasi Contoh Dua").id
    return site.visitor("second")


def change(site, who, **changes):
    with site.db.write() as session:
        session.execute(update(Person).where(Person.id == site.ids[who]).values(**changes))


def test_a_supervisor_gives_a_place_with_its_task_to_another(site, second):
    case = site.start()
    item = site.until(case, "Langkah_3")
    supervisor = site.visitor("superior")
    assert f"/cases/{case}/reassign" in supervisor.get(f"/cases/{case}").links
    answer = supervisor.post(f"/cases/{case}/reassign", FORM)
    assert (answer.status, answer.location) == (303, f"/cases/{case}")
    page = supervisor.get(f"/cases/{case}")
    assert page.said == ["Peran dialihkan."]
    assert "Peran dialihkan: Pejabat Penilai" in page.text
    assert "dari Kasi Contoh Satu kepada Kasi Contoh Dua" in page.text
    assert "Pindah tugas" in page.text
    assert f"/tasks/{item.id}" in second.get("/").links
    assert site.visitor("assessor").get(f"/tasks/{item.id}").status == 403


def test_a_place_is_given_to_whoever_is_offered_while_one_types(site, second):
    case, supervisor = site.start(), site.visitor("superior")
    field, *_ = supervisor.get(f"/cases/{case}").tree.xpath("//input[@data-candidates]")
    found = supervisor.post(field.get("data-candidates"), {"text": "contoh dua"})
    (person,) = found.tree.xpath("//option/@value")
    assert supervisor.post(f"/cases/{case}/reassign", {**FORM, "person": person}).status == 303
    item = site.until(case, "Langkah_3")
    assert f"/tasks/{item.id}" in second.get("/").links


def test_a_refused_one_says_why_with_what_was_typed(site):
    case = site.start()
    page = site.visitor("superior").post(
        f"/cases/{case}/reassign", {**FORM, "person": "Budi Contoh"}
    )
    assert page.status == 422
    assert page.said[0] == "Budi Contoh tidak boleh sekaligus Pejabat Penilai dan Pegawai."
    (form,) = page.tree.xpath("//details[@open]//form[contains(@action, '/reassign')]")
    assert form.xpath("string(.//input[@name='person']/@value)") == "Budi Contoh"
    unknown = site.visitor("superior").post(f"/cases/{case}/reassign", {**FORM, "person": "Entah"})
    assert unknown.said[0] == 'Tidak ada pegawai dengan NIP atau nama "Entah".'


@pytest.mark.parametrize(
    ("who", "status"),
    [("assessor", 403), ("employee", 403), ("staff", 403), ("neighbour", 404), ("outsider", 404)],
)
def test_others_do_not(site, who, status):
    case = site.start()
    visitor = site.visitor(who)
    assert visitor.post(f"/cases/{case}/reassign", FORM).status == status
    assert f"/cases/{case}/reassign" not in visitor.get(f"/cases/{case}").links


def test_an_ended_case_offers_it_no_more(site):
    case = site.start()
    site.visitor("superior").post(f"/cases/{case}/cancel", {"reason": "Salah pegawai"})
    visitor = site.visitor("superior")
    assert f"/cases/{case}/reassign" not in visitor.get(f"/cases/{case}").links
    assert visitor.post(f"/cases/{case}/reassign", FORM).status == 409


def test_the_page_says_where_the_directory_has_moved_on(site, second):
    case = site.start()
    employee = site.visitor("employee")
    assert "Menurut direktori sekarang" not in employee.get(f"/cases/{case}").text
    change(site, "employee", superior_id=site.ids["second"])
    assert "Menurut direktori sekarang: Kasi Contoh Dua" in employee.get(f"/cases/{case}").text
    site.visitor("superior").post(f"/cases/{case}/reassign", FORM)
    assert "Menurut direktori sekarang" not in employee.get(f"/cases/{case}").text


def test_the_page_says_that_somebody_has_left(site):
    case = site.start()
    with site.db.read() as session:
        at = people.find(session, "Budi Contoh") and site.work(case)[0].opened_at
    change(site, "assessor", left_at=at)
    said = "Menurut direktori sekarang: Kasi Contoh Satu sudah tidak bertugas."
    assert said in site.visitor("superior").get(f"/cases/{case}").text


# All of a person's


def test_an_administrator_hands_over_all_without_seeing_whose_case_it_is(site, second):
    cases = [site.start(), site.start()]
    path = f"/people/{site.ids['assessor']}/reassign"
    administrator = site.visitor("administrator")
    page = administrator.get(path)
    assert [f"{case:05d}" in page.text for case in cases] == [True, True]
    main = " ".join(page.tree.xpath("//table")[0].text_content().split())
    assert "Pejabat Penilai" in main
    assert "Budi Contoh" not in main
    answer = administrator.post(
        path, {"case": cases, "person": "Kasi Contoh Dua", "reason": "Mutasi"}
    )
    assert answer.status == 200
    assert answer.said == ["2 dari 2 kasus dialihkan dari Kasi Contoh Satu kepada Kasi Contoh Dua."]
    assert "Tidak ada kasus berjalan" in administrator.get(path).text
    again = administrator.post(
        path, {"case": cases, "person": "Kasi Contoh Dua", "reason": "Mutasi"}
    )
    assert again.text.count("Tidak dialihkan") == 2


def test_only_what_was_chosen_moves_and_the_rest_is_left(site):
    first, other = site.start(), site.start()
    path = f"/people/{site.ids['assessor']}/reassign"
    supervisor = site.visitor("superior")
    supervisor.post(path, {"case": [first], "person": "Kasi Contoh Dua", "reason": "Mutasi"})
    page = supervisor.get(path)
    assert f"{other:05d}" in page.text
    assert f"{first:05d}" not in page.text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"person": "Entah"}, 'Tidak ada pegawai dengan NIP atau nama "Entah".'),
        ({"case": []}, "Pilih 1 sampai 500 kasus."),
        ({"case": ["x", "-1", "99999999999999999999"]}, "Pilih 1 sampai 500 kasus."),
        ({"reason": ""}, "Alasan: 1 sampai 1000 huruf."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_moves(site, wrong, said):
    case = site.start()
    path = f"/people/{site.ids['assessor']}/reassign"
    given = {"case": [case], "person": "Kasi Contoh Dua", "reason": "Mutasi"} | wrong
    page = site.visitor("administrator").post(path, given)
    assert (page.status, page.said) == (422, [said])
    assert site.until(case, "Langkah_3").person_id == site.ids["assessor"]


def test_a_supervisor_of_other_units_moves_nothing_and_learns_nothing(site):
    case = site.start()
    path = f"/people/{site.ids['assessor']}/reassign"
    neighbour = site.visitor("neighbour")
    assert f"{case:05d}" not in neighbour.get(path).text
    given = {"case": [case, 9999], "person": "Kasi Contoh Dua", "reason": "Mutasi"}
    page = neighbour.post(path, given)
    assert page.text.count("Kasus itu tidak ada, atau bukan untuk Anda.") == 2
    assert site.until(case, "Langkah_3").person_id == site.ids["assessor"]


@pytest.mark.parametrize("who", ["assessor", "employee", "staff", "analyst"])
def test_others_have_no_such_page(site, who):
    path = f"/people/{site.ids['assessor']}/reassign"
    assert site.visitor(who).get(path).status == 403
    assert site.visitor(who).post(path, {"case": [1], "person": "x", "reason": "y"}).status == 403


def test_nobody_of_that_number_is_not_found(site):
    assert site.visitor("administrator").get("/people/9999/reassign").status == 404
