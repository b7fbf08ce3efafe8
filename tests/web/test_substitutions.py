"""The pages of substitutes, and acting in somebody's place at a browser."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine import absences, clock, people, substitutions
from engine.models import Person, Substitution
from engine.substitutions import Term

MARKS = {"hasil_kerja": "sesuai", "perilaku_kerja": "di_atas", "catatan_penilai": "Baik"}
FORM = {
    "absent": "Kasi Contoh Satu", "name": "Kasi Contoh Dua", "capacity": "plh",
    "reason": "Dinas luar",
}  # fmt: skip


@pytest.fixture
def today(site):
    with site.db.read() as session:
        return absences.today(session)


@pytest.fixture
def days(today):
    return {"first": f"{today:%d-%m-%Y}", "last": f"{today + timedelta(days=1):%d-%m-%Y}"}


@pytest.fixture
def appoint(site, today):
    """``appoint("Kasi Contoh Satu", "Kasi Contoh Dua")``: from today to tomorrow."""

    def _appoint(absent, substitute, capacity="plh"):
        term = Term(capacity, today, today + timedelta(days=1), "Dinas luar")
        with site.db.read() as session:
            by = people.actor(session, site.ids["administrator"])
            pair = [people.find(session, name).id for name in (absent, substitute)]
        return substitutions.appoint(site.db, by, *pair, term)

    return _appoint


@pytest.fixture
def second(site):
    """The other head of section at a browser."""
    with site.db.read() as session:
        site.ids["second"] = people.find(session, "Kasi Contoh Dua").id
    return site.visitor("second")


def kept(site):
    with site.db.read() as session:
        return session.scalars(select(Substitution).order_by(Substitution.id)).all()


# The page


@pytest.mark.parametrize("who", ["administrator", "superior", "supervisor"])
def test_who_may_arrange_sets_a_substitute_and_ends_it(site, days, who):
    visitor = site.visitor(who)
    answer = visitor.post("/substitutions", {**FORM, **days})
    assert (answer.status, answer.location) == (303, "/substitutions")
    page = visitor.get("/substitutions")
    assert page.said == ["Pengganti ditetapkan."]
    assert "Kasi Contoh Dua · Plh. Kasi Contoh Satu" in page.text
    made = kept(site)[0]
    assert visitor.post(f"/substitutions/{made.id}/end").status == 303
    page = visitor.get("/substitutions")
    assert "Sudah lewat" in page.text
    assert kept(site)[0].ended_by == site.ids[who]


@pytest.mark.parametrize("who", ["assessor", "employee", "staff", "analyst"])
def test_others_have_no_such_page(site, days, who):
    visitor = site.visitor(who)
    assert visitor.get("/substitutions").status == 403
    assert visitor.post("/substitutions", {**FORM, **days}).status == 403
    assert visitor.post("/substitutions/1/end").status == 403
    assert kept(site) == []


def test_strangers_are_asked_to_sign_in(site):
    assert site.visitor().get("/substitutions").status == 302
    assert site.visitor().post("/substitutions", FORM).status == 401  # what was sent is kept


def test_a_supervisor_of_another_unit_neither_sets_nor_sees_nor_ends(site, days, appoint):
    neighbour = site.visitor("neighbour")
    refused = neighbour.post("/substitutions", {**FORM, **days})
    assert refused.status == 403
    assert refused.said == ["Pengganti ditetapkan oleh pengawas unit atau administrator."]
    made = appoint("Kasi Contoh Satu", "Kasi Contoh Dua")
    assert "Dinas luar" not in neighbour.get("/substitutions").text
    assert neighbour.post(f"/substitutions/{made}/end").status == 404
    assert neighbour.post("/substitutions/999/end").status == 404
    assert kept(site)[0].ended_at is None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"first": "besok"}, "Tulis tanggal sebagai hh-bb-tttt."),
        ({"name": "Entah"}, 'Tidak ada pegawai dengan NIP atau nama "Entah".'),
        ({"absent": ""}, 'Tidak ada pegawai dengan NIP atau nama "".'),
        ({"capacity": "raja"}, "Pilih Plh., Plt. atau pengganti cuti/izin."),
        ({"reason": " "}, "Alasan: 1 sampai 1000 huruf."),
        ({"last": "01-01-2020"}, "Hari terakhir tidak boleh sebelum hari pertama."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(site, days, wrong, said):
    page = site.visitor("administrator").post("/substitutions", {**FORM, **days, **wrong})
    assert (page.status, page.said) == (422, [said])
    assert page.value("name") == {**FORM, **wrong}["name"]
    assert kept(site) == []


def test_ending_twice_says_that_it_is_over(site, appoint):
    made = appoint("Kasi Contoh Satu", "Kasi Contoh Dua")
    visitor = site.visitor("administrator")
    for _ in range(2):
        visitor.post(f"/substitutions/{made}/end")
    said = visitor.get("/substitutions").said
    assert said == ["Penggantian diakhiri.", "Penggantian ini sudah berakhir."]


def test_a_link_fills_in_who_is_away_for_who_may_replace_them_only(site):
    path = f"/substitutions?for={site.ids['assessor']}"
    assert site.visitor("administrator").get(path).value("absent").startswith("1980")
    assert site.visitor("neighbour").get(path).value("absent") == ""


def test_somebody_who_has_left_gets_a_plt_by_nip(site, days):
    with site.db.write() as session:
        session.get(Person, site.ids["assessor"]).left_at = clock.now()
    nip = "19800707 209003 1 007"
    visitor = site.visitor("administrator")
    page = visitor.post("/substitutions", {**FORM, **days, "absent": nip})
    assert page.status == 422
    page = visitor.post("/substitutions", {**FORM, **days, "absent": nip, "capacity": "plt"})
    assert page.status == 303


# Acting in somebody's place


def test_the_substitute_finds_the_task_marked_and_does_it(site, appoint, second, today):
    case = site.start()
    task = f"/tasks/{site.until(case, 'Langkah_3').id}"
    assert second.get(task).status == 403
    appoint("Kasi Contoh Satu", "Kasi Contoh Dua")
    inbox = second.get("/")
    until = f"{today + timedelta(days=1):%d-%m-%Y}"
    assert inbox.said == [f"Anda Plh. Kasi Contoh Satu sampai {until}."]
    assert task in inbox.links
    assert inbox.tree.xpath("string(//*[@class='badge'])") == "Plh. Kasi Contoh Satu"
    page = second.get(task)
    assert page.said == ["Anda mengerjakannya sebagai Plh. Kasi Contoh Satu."]
    assert second.post(f"{task}/take-up").status == 303
    assert second.post(task, {**MARKS, "token": "t"}).status == 303
    shown = second.get(f"/cases/{case}")
    assert "Kasi Contoh Dua (Plh. Kasi Contoh Satu) sebagai Pejabat Penilai" in shown.text
    assert "Kasi Contoh Dua (a.n. Kasi Contoh Satu)" in shown.text
    done = second.get(task)
    assert "Diselesaikan oleh Kasi Contoh Dua (a.n. Kasi Contoh Satu)" in done.said[0]


def test_who_is_away_is_told_and_may_act_themselves(site, appoint, second):
    item = site.until(site.start(), "Langkah_3")
    appoint("Kasi Contoh Satu", "Kasi Contoh Dua")
    assessor = site.visitor("assessor")
    assert assessor.get("/").said[0].startswith("Tugas Anda juga dikerjakan Kasi Contoh Dua sampai")
    assert assessor.post(f"/tasks/{item.id}", {**MARKS, "token": "t"}).status == 303
    late = second.post(f"/tasks/{item.id}", {**MARKS, "token": "u"})
    assert late.status == 409
    assert late.said[0] == "Tugas ini sudah diselesaikan oleh Kasi Contoh Satu."


def test_the_case_says_who_stands_in_today(site, appoint, second):
    case = site.start()
    item = site.until(case, "Langkah_3")
    appoint("Kasi Contoh Satu", "Kasi Contoh Dua")
    page = site.visitor("employee").get(f"/cases/{case}")
    assert "Plh.: Kasi Contoh Dua" in page.text
    assert f"/tasks/{item.id}" not in page.links
    assert f"/tasks/{item.id}" in second.get(f"/cases/{case}").links


def test_one_does_not_see_the_task_that_one_must_not_do(site, appoint):
    """The employee, as Plh. of their own assessor, would read the assessor's draft."""
    task = f"/tasks/{site.until(site.start(), 'Langkah_3').id}"
    appoint("Kasi Contoh Satu", "Budi Contoh")
    employee = site.visitor("employee")
    for answer in (employee.get(task), employee.post(task, {**MARKS, "token": "t"})):
        assert answer.status == 403
        assert "Budi Contoh tidak boleh sekaligus Pegawai dan Pejabat Penilai." in answer.text


def test_what_is_the_employees_own_stays_theirs(site, appoint, second):
    case = site.start()
    task = f"/tasks/{site.until(case, 'Langkah_4').id}"
    appoint("Budi Contoh", "Kasi Contoh Dua")
    assert second.get(task).status == 403
    assert second.get(f"/cases/{case}").status == 404
    assert task not in second.get("/").links


def test_a_claimed_task_is_not_given_back_by_the_substitute(site, appoint):
    item = site.item(site.start())
    site.visitor("staff").post(f"/tasks/{item.id}/claim")
    appoint("Umar Contoh", "Dewi Contoh")
    outsider = site.visitor("outsider")
    page = outsider.get(f"/tasks/{item.id}")
    assert page.status == 200
    assert f"/tasks/{item.id}/release" not in page.links
    outsider.post(f"/tasks/{item.id}/release")
    assert site.item(item.instance_id).person_id == site.ids["staff"]


def test_a_plh_of_a_supervisor_has_their_lists(site, appoint, second):
    assert second.get("/cases/supervised").status == 403
    appoint("Kabid Contoh", "Kasi Contoh Dua")
    assert second.get("/cases/supervised").status == 200


def test_the_part_for_a_persons_page_says_what_concerns_them(site, appoint):
    appoint("Kasi Contoh Satu", "Kasi Contoh Dua")
    source = (
        "{% set person = {'id': " + str(site.ids["assessor"]) + "} %}"
        "{% include '_person_substitution.html' %}"
    )
    with site.app.test_request_context("/"):
        shown = site.app.jinja_env.from_string(source).render()
    assert "Plh.: Kasi Contoh Dua" in shown
    assert f"/people/{site.ids['assessor']}/reassign" in shown
