"""Changing one's password, and what an administrator does about another's signing in."""

import pytest

from engine import clock, journal, resets, sample
from engine.models import Person

NEW = "kuda baterai 17"


def change(visitor, old=sample.PASSWORD, new=NEW, again=NEW):
    given = {"password": old, "new_password": new, "again_password": again}
    return visitor.post("/profile/password", given)


def entries(site):
    with site.db.read() as session:
        return [(entry.kind, entry.person_id) for entry in journal.page(session)]


@pytest.fixture(autouse=True)
def _standing_clock(monkeypatch):
    """A slow machine is no wait that has passed."""
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)


@pytest.mark.usefixtures("database_url")
def test_a_new_password_counts_and_ends_all_other_sign_ins(site):
    here, there = site.visitor(), site.visitor("staff")
    here.sign_in("staff")
    before = here.client.get_cookie("alur").value
    assert change(here).location == "/profile"
    assert here.get("/profile").said == [
        "Kata sandi diganti. Di perangkat lain Anda sudah dikeluarkan."
    ]
    assert there.get("/").status == 302
    copied = site.visitor()
    copied.client.set_cookie("alur", before)
    assert copied.get("/").status == 302
    assert site.visitor().sign_in("staff").status == 401
    assert site.visitor().sign_in("staff", NEW).status == 302
    assert entries(site) == [("password.set", site.ids["staff"])]


@pytest.mark.parametrize(
    ("new", "again", "said"),
    [
        ("pendek", "pendek", "Kata sandi sekurang-kurangnya 10 karakter."),
        ("kuda baterai 17", "kuda baterai 18", "Kedua isian kata sandi baru tidak sama."),
        (sample.CAST["staff"][0],) * 2 + ("Kata sandi tidak boleh memuat NIP Anda.",),
    ],
)
def test_a_bad_new_password_is_said_and_changes_nothing(site, new, again, said):
    visitor = site.visitor("staff")
    page = change(visitor, new=new, again=again)
    assert (page.status, page.said) == (422, [said])
    assert new not in page.source
    assert site.visitor().sign_in("staff").status == 302
    assert entries(site) == []


def test_the_old_password_is_asked_and_guessing_it_is_slowed_down(site):
    visitor = site.visitor("staff")
    pages = [change(visitor, old="salah") for _ in range(7)]
    assert [page.status for page in pages] == [422] * 6 + [429]
    assert pages[0].said == ["Kata sandi sekarang tidak cocok."]
    assert pages[-1].headers["Retry-After"] == "1"
    assert site.visitor("staff").get("/").status == 200


def test_changing_a_password_takes_signing_in_and_a_form_of_this_site(site):
    assert site.visitor().get("/profile/password").location == "/sign-in?next=/profile/password"
    visitor = site.visitor("staff")
    visitor.csrf = "salah"
    assert change(visitor).status == 400


@pytest.mark.usefixtures("database_url")
def test_an_administrator_gives_a_code_which_is_shown_once(site):
    visitor = site.visitor("administrator")
    page = visitor.post(f"/people/{site.ids['staff']}/code")
    assert page.status == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert "Contoh" not in page.title
    with site.db.read() as session:
        assert resets.whose(session, page.value("code")).id == site.ids["staff"]
    assert entries(site) == [("password.reset-given", site.ids["administrator"])]


@pytest.mark.usefixtures("database_url")
def test_an_administrator_signs_somebody_out_everywhere(site):
    theirs = site.visitor("staff")
    answer = site.visitor("administrator").post(f"/people/{site.ids['staff']}/sign-out")
    assert answer.location == f"/people/{site.ids['staff']}"
    assert theirs.get("/").status == 302
    assert entries(site) == [("sign-ins.ended", site.ids["administrator"])]


@pytest.mark.parametrize("deed", ["code", "sign-out"])
@pytest.mark.parametrize("who", ["staff", "analyst", "supervisor"])
def test_nobody_else_does(site, who, deed):
    theirs = site.visitor("employee")
    assert site.visitor(who).post(f"/people/{site.ids['employee']}/{deed}").status == 403
    assert theirs.get("/").status == 200
    assert entries(site) == []


@pytest.mark.parametrize("deed", ["code", "sign-out"])
def test_it_takes_somebody_who_serves(site, deed):
    visitor = site.visitor("administrator")
    assert visitor.post(f"/people/99999/{deed}").status == 404
    with site.db.write() as session:
        session.get(Person, site.ids["staff"]).left_at = clock.now()
    page = visitor.post(f"/people/{site.ids['staff']}/{deed}")
    assert page.status == 422
    assert page.said == ["Pegawai ini tidak bertugas lagi, dan tidak dapat masuk."]


def test_the_part_of_a_persons_page_holds_both_deeds(site):
    with site.app.test_request_context("/"):
        source = (
            '{% import "_parts.html" as parts with context %}{% include "_person_access.html" %}'
        )
        shown = site.app.jinja_env.from_string(source).render(person=Person(id=7))
    assert 'action="/people/7/code"' in shown
    assert 'action="/people/7/sign-out"' in shown
