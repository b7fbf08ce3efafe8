"""Signing in and out, how long a session lasts, and where it leads."""

import re
from datetime import timedelta

import pytest

from engine import sample
from engine.database import Database
from engine.settings import Settings
from web.app import create_app

NIP = sample.CAST["staff"][0]
OUTSIDE = [
    "//evil.example",
    "///evil.example",
    r"/\evil.example",
    r"\\evil.example",
    "https://evil.example/",
    "https:evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
    "\n//evil.example",
    "http://[",
    "//[",
    "evil.example",
    "",
    "/%09//evil.example",
    "/..//evil.example",
    "/.//evil.example",
    "/%2e%2e//evil.example",
    "/%2E./evil.example",
    "/cases/../../evil.example",
    "/\x01/evil.example",
    "/\r\nSet-Cookie: a=b",
    " //evil.example",
    "/\u2028//evil.example",
    "/\uff0f\uff0fevil.example",
    "/" + "a" * 3000,
]
INSIDE = ["/%09/evil.example", "/cases?next=//evil.example", "/cases/7#langkah"]


@pytest.mark.usefixtures("database_url")
def test_the_right_password_opens_the_inbox(site):
    visitor = site.visitor()
    answer = visitor.sign_in("staff")
    assert (answer.status, answer.location) == (302, "/")
    inbox = visitor.get("/")
    assert inbox.status == 200
    assert "Umar Contoh" in inbox.text


@pytest.mark.parametrize(
    ("nip", "password"),
    [
        (NIP, "salah"),
        (NIP, ""),
        ("", sample.PASSWORD),
        ("000000000000000000", sample.PASSWORD),
        (NIP + "' OR 1=1 --", sample.PASSWORD),
        (NIP, "x" * 100_000),
    ],
)
def test_a_wrong_pair_is_refused_in_the_same_words(site, nip, password):
    visitor = site.visitor()
    answer = visitor.post("/sign-in", {"nip": nip, "password": password})
    assert answer.status == 401
    assert answer.said == ["NIP atau kata sandi tidak cocok."]
    assert visitor.get("/").status == 302


def test_the_nip_may_be_spaced_as_it_is_printed(site):
    spaced = f"{NIP[:8]} {NIP[8:14]} {NIP[14]} {NIP[15:]}"
    answer = site.visitor().post("/sign-in", {"nip": spaced, "password": sample.PASSWORD})
    assert answer.status == 302


def test_the_password_is_not_sent_back_and_the_nip_is(site):
    typed = {"nip": '"><script>alert(1)</script>', "password": "rahasia-sekali"}
    answer = site.visitor().post("/sign-in", typed)
    assert answer.value("nip") == typed["nip"]
    assert "rahasia-sekali" not in answer.source
    assert "<script>alert" not in answer.source


def test_who_is_not_signed_in_is_asked_first_and_then_brought_back(site):
    visitor = site.visitor()
    asked = visitor.get("/cases/supervised?before=7")
    assert asked.status == 302
    answer = visitor.sign_in("supervisor", query_string=asked.location.partition("?")[2])
    assert answer.location == "/cases/supervised?before=7"


@pytest.mark.parametrize("target", OUTSIDE)
def test_signing_in_never_leads_off_the_site(site, target):
    answer = site.visitor().sign_in("staff", query_string={"next": target})
    assert (answer.status, answer.location) == (302, "/")


@pytest.mark.parametrize("target", INSIDE)
def test_an_odd_path_of_the_site_is_still_one_of_the_site(site, target):
    answer = site.visitor().sign_in("staff", query_string={"next": target})
    assert answer.location == target


def test_signing_in_takes_a_form_of_this_site(site):
    visitor = site.visitor()
    visitor.csrf = "salah"
    assert visitor.sign_in("staff").status == 400
    assert visitor.get("/").status == 302


@pytest.mark.parametrize("target", OUTSIDE)
def test_switching_the_language_never_leads_off_the_site(site, target):
    answer = site.visitor().post("/language/en", {"next": target})
    assert (answer.status, answer.location) == (302, "/")


def test_signing_out_ends_the_session(site):
    visitor = site.visitor("staff")
    assert visitor.get("/").status == 200
    assert visitor.post("/sign-out").location == "/sign-in"
    assert visitor.get("/").status == 302


def test_signing_out_takes_a_form_not_a_link(site):
    visitor = site.visitor("staff")
    assert visitor.get("/sign-out").status == 405
    assert visitor.get("/").status == 200


def test_a_session_lasts_while_it_is_used(site, later):
    visitor = site.visitor()
    visitor.sign_in("staff")
    for _ in range(3):
        later(timedelta(hours=11))
        assert visitor.get("/").status == 200


def test_a_session_ends_after_twelve_idle_hours(site, later):
    visitor = site.visitor()
    visitor.sign_in("staff")
    later(timedelta(hours=12, seconds=1))
    answer = visitor.get("/cases")
    assert (answer.status, answer.location) == (302, "/sign-in?next=/cases")


def test_a_form_sent_by_script_after_the_session_ended_stays_on_the_page(site, later):
    task = site.task("Langkah_4")
    visitor = site.visitor("employee")
    later(timedelta(hours=13))
    answer = visitor.script(task, {"keputusan": "setuju"})
    assert answer.status == 401
    assert answer.headers["HX-Retarget"] == "#notice"
    assert "Sesi Anda berakhir." in answer.text
    assert answer.links == ["/sign-in"]


def test_signing_in_again_lets_an_open_form_be_sent(site, later):
    task = site.task("Langkah_4")
    visitor = site.visitor("employee")
    later(timedelta(hours=13))
    csrf = visitor.csrf
    visitor.sign_in("employee")
    assert visitor.post(task, {"csrf_token": csrf, "keputusan": "setuju"}).status == 303


def test_a_forged_session_is_nobodys(site):
    visitor = site.visitor("staff")
    signed = visitor.client.get_cookie("alur").value
    visitor.client.set_cookie("alur", signed[:-4] + "AAAA")
    assert visitor.get("/").status == 302


def test_a_person_who_left_the_directory_is_nobody(site):
    visitor = site.visitor("staff")
    with visitor.client.session_transaction() as session:
        session["_user_id"] = "999999"
    assert visitor.get("/").status == 302


def test_an_empty_directory_says_that_nobody_can_sign_in(tmp_path):
    db = Database(f"sqlite:///{tmp_path / 'kosong.db'}")
    db.migrate()
    client = create_app(Settings(tmp_path / "home", db.url), db).test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)[1]
    answer = client.post("/sign-in", data={"csrf_token": token, "nip": "1", "password": "x"})
    assert answer.status_code == 401
    assert "Direktori masih kosong" in answer.text
    db.close()
