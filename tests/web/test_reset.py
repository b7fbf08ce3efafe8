"""A lost password: asking for a code, and setting a new password with it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine import clock, resets, sample
from engine.models import Job, Throttle
from engine.settings import MailServer, Settings
from web.app import create_app

NEW = "kuda baterai 17"
NIP = sample.CAST["staff"][0]


@pytest.fixture(autouse=True)
def _standing_clock(monkeypatch):
    """A slow machine is no wait that has passed."""
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)


@pytest.fixture
def code(site):
    with site.db.write() as session:
        return resets.give(session, site.ids["staff"])


@pytest.fixture
def with_mail(site, tmp_path):
    """The same site with a mail server."""
    mail = MailServer("alur@kantor.example", "localhost", 2525)
    settings = Settings(tmp_path / "home", site.db.url, mail=mail)
    return type(site)(create_app(settings, site.db), site.db, site.ids)


def reset(visitor, code, new=NEW, again=NEW):
    given = {"code": code, "new_password": new, "again_password": again}
    return visitor.post("/reset", given)


def ask(visitor, nip=NIP):
    return visitor.post("/reset/request", {"nip": nip})


@pytest.mark.usefixtures("database_url")
def test_a_code_sets_a_new_password_once(site, code):
    signed_in, visitor = site.visitor("staff"), site.visitor()
    answer = reset(visitor, code.lower().replace("-", " "))
    assert (answer.status, answer.location) == (303, "/sign-in")
    assert signed_in.get("/").status == 302
    assert site.visitor().sign_in("staff").status == 401
    assert visitor.sign_in("staff", NEW).status == 302
    again = reset(site.visitor(), code)
    assert again.status == 422
    assert again.said[0].startswith("Kode ini salah, sudah dipakai")


def test_a_bad_password_does_not_use_the_code_up(site, code):
    page = reset(site.visitor(), code, "pendek", "pendek")
    assert (page.status, page.said) == (422, ["Kata sandi sekurang-kurangnya 10 karakter."])
    assert page.value("code") == code
    assert reset(site.visitor(), code).status == 303


def test_an_expired_code_is_none(site, code, later):
    later(timedelta(hours=24))
    assert reset(site.visitor(), code).status == 422
    assert site.visitor().sign_in("staff").status == 302


@pytest.mark.parametrize("made_up", ["", "A" * 20, "x" * 10_000, "' OR 1=1 --"])
def test_a_made_up_code_is_nobodys(site, made_up):
    page = reset(site.visitor(), made_up)
    assert page.status == 422
    assert page.said[0].startswith("Kode ini salah")


def test_who_is_hindered_by_strangers_gets_in_with_a_code(site, code):
    """Also by those behind the same address, who try many accounts and many codes."""
    for nip in (NIP, *(f"{n:018d}" for n in range(60))):
        for _ in range(8 if nip == NIP else 1):
            site.visitor().post("/sign-in", {"nip": nip, "password": "salah"})
    for _ in range(60):
        reset(site.visitor(), "A" * 20)
    visitor = site.visitor()
    assert visitor.sign_in("staff").status == 429
    assert reset(visitor, code).status == 303
    assert visitor.sign_in("staff", NEW).status == 302


@pytest.mark.usefixtures("database_url")
@pytest.mark.parametrize("nip", [NIP, "000000000000000000", "", "x" * 1000])
def test_asking_for_a_code_has_one_answer_and_one_piece_of_work(with_mail, nip):
    visitor = with_mail.visitor()
    answer = ask(visitor, nip)
    assert (answer.status, answer.location) == (303, "/reset")
    said = visitor.get("/reset").said
    assert said == ["Bila NIP itu terdaftar dengan alamat surel, kode segera tiba di sana."]
    with with_mail.db.read() as session:
        (job,) = session.scalars(select(Job).where(Job.kind == "code"))
        assert len(session.scalars(select(Throttle)).all()) == 2
    assert job.person_id is None
    assert len(job.details) < 50


def test_asking_is_slowed_down_for_each_number_alike(with_mail):
    for nip in (NIP, "000000000000000000"):
        statuses = [ask(with_mail.visitor(), nip).status for _ in range(5)]
        assert statuses == [303] * 3 + [429] * 2
    assert with_mail.visitor().sign_in("staff").status == 302


def test_without_a_mail_server_an_administrator_is_named(site):
    page = site.visitor().get("/reset/request")
    assert "Mintalah kode kepada administrator" in page.text
    assert not page.tree.xpath("//main//form")
    assert ask(site.visitor()).status == 404


def test_both_pages_are_reached_from_the_sign_in_page(site):
    links = site.visitor().get("/sign-in").links
    assert {"/reset", "/reset/request"} <= set(links)


@pytest.mark.parametrize("path", ["/reset", "/reset/request"])
def test_both_take_a_form_of_this_site(with_mail, path):
    visitor = with_mail.visitor()
    visitor.csrf = "salah"
    assert visitor.post(path, {"nip": NIP, "code": "x"}).status == 400
