"""Throttling at the sign-in page: the answer, known browsers, and the true address of a client."""

import re
from datetime import timedelta
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest
from sqlalchemy import select

from engine import clock, passwords, sample, throttling
from engine.database import Database
from engine.models import Throttle
from engine.settings import Settings
from web.app import create_app

NIP = sample.CAST["staff"][0]
WRONG = "salah"
UNKNOWN = "000000000000000000"


@pytest.fixture(autouse=True)
def _standing_clock(monkeypatch):
    """A slow machine is no wait that has passed."""
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)


def guess(visitor, nip=NIP, password=WRONG, **how):
    return visitor.post("/sign-in", {"nip": nip, "password": password}, **how)


def attack(site, nip=NIP, times=6, **how):
    """Guesses of strangers; gives the last answer."""
    visitor = site.visitor()
    for _ in range(times):
        page = guess(visitor, nip, **how)
    return page


@pytest.mark.usefixtures("database_url")
@pytest.mark.parametrize("nip", [NIP, UNKNOWN])
def test_who_guesses_is_told_to_wait_whether_the_nip_exists_or_not(site, nip):
    assert attack(site, nip).status == 401
    page = guess(site.visitor(), nip)
    assert page.status == 429
    assert page.headers["Retry-After"] == "1"
    assert page.said == ["Terlalu banyak percobaan. Coba lagi dalam 1 detik."]
    assert page.value("nip") == nip


def test_the_right_password_does_not_help_while_one_waits_and_is_not_looked_at(site, monkeypatch):
    attack(site)

    def looked(*_):
        pytest.fail("the password was looked at")

    monkeypatch.setattr(passwords, "sign_in", looked)
    assert site.visitor().sign_in("staff").status == 429


def test_after_the_wait_the_right_password_is_taken(site, later):
    attack(site)
    later(timedelta(seconds=2))
    assert site.visitor().sign_in("staff").status == 302
    assert guess(site.visitor()).status == 401  # the failures before are forgotten


@pytest.mark.usefixtures("database_url")
def test_the_owners_browser_is_not_hindered(site):
    mine = site.visitor()
    mine.sign_in("staff")
    mine.post("/sign-out")
    assert attack(site, times=8).status == 429
    assert mine.sign_in("staff").status == 302
    assert site.visitor().sign_in("staff").status == 429


def test_a_browser_is_known_for_those_who_signed_in_at_it(site):
    mine = site.visitor()
    mine.sign_in("colleague")
    mine.post("/sign-out")
    attack(site, times=8)
    assert mine.sign_in("staff").status == 429


def test_several_people_are_known_at_one_browser(site):
    shared = site.visitor()
    for who in ("staff", "colleague", "employee"):
        shared.sign_in(who)
        shared.post("/sign-out")
    attack(site, times=8)
    attack(site, sample.CAST["employee"][0], times=8)
    assert [shared.sign_in(who).status for who in ("staff", "employee")] == [302, 302]


def test_a_stolen_mark_of_a_browser_guesses_no_faster(site):
    mine = site.visitor()
    mine.sign_in("staff")
    statuses = [guess(mine).status for _ in range(8)]
    assert statuses == [401] * 6 + [429] * 2


@pytest.mark.parametrize("forged", ["", "x", "eyJpZCI6IngifQ.abc", "a" * 3000])
def test_a_forged_mark_of_a_browser_is_none(site, forged):
    attack(site, times=8)
    visitor = site.visitor()
    visitor.client.set_cookie("alur-device", forged)
    assert visitor.sign_in("staff").status == 429


def test_the_mark_of_a_browser_is_out_of_reach_and_names_nobody(site):
    answer = site.visitor().sign_in("staff")
    (mark,) = [c for c in answer.headers.getlist("Set-Cookie") if c.startswith("alur-device=")]
    assert "HttpOnly" in mark
    assert "SameSite=Lax" in mark
    assert "Max-Age=31536000" in mark
    assert NIP not in mark
    assert not any(c.startswith("alur-device=") for c in attack(site, times=1).headers.getlist(
        "Set-Cookie"))  # fmt: skip


def test_an_office_behind_one_address_signs_in_without_waiting(site):
    for _ in range(4):
        for nip, *_rest in sample.PEOPLE:
            assert guess(site.visitor(), nip, sample.PASSWORD).status == 302


def test_no_nip_and_no_address_is_kept(site):
    attack(site, environ_base={"REMOTE_ADDR": "192.0.2.77"})
    with site.db.read() as session:
        kept = [row.bucket for row in session.scalars(select(Throttle))]
    assert len(kept) == 2
    assert all(re.fullmatch("[0-9a-f]{64}", bucket) for bucket in kept)


def buckets(site, tmp_path, proxies, forwarded, remote="192.0.2.1"):
    """The bucket of the client's address behind so many proxies."""
    app = create_app(Settings(tmp_path / "home", site.db.url, proxies=proxies), site.db)
    client = app.test_client()
    environ = {"REMOTE_ADDR": remote}
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)[1]
    client.post(
        "/sign-in", data={"csrf_token": token, "nip": UNKNOWN, "password": "x"},
        headers={"X-Forwarded-For": forwarded}, environ_base=environ,
    )  # fmt: skip
    with site.db.write() as session:
        found = {row.bucket for row in session.scalars(select(Throttle))}
        session.query(Throttle).delete()
    return found


def test_what_a_client_says_of_its_address_is_believed_of_trusted_proxies_only(site, tmp_path):
    direct = buckets(site, tmp_path, 0, "203.0.113.9")
    assert buckets(site, tmp_path, 0, "203.0.113.10") == direct
    one = buckets(site, tmp_path, 1, "203.0.113.9")
    assert one != direct
    assert buckets(site, tmp_path, 1, "198.51.100.1, 203.0.113.9") == one  # forged by the client
    assert buckets(site, tmp_path, 0, "x", remote="203.0.113.9") == one


def test_of_ipv6_the_network_counts(site, tmp_path):
    one = buckets(site, tmp_path, 0, "x", remote="2001:db8:1:2::1")
    assert buckets(site, tmp_path, 0, "x", remote="2001:db8:1:2:ffff::9") == one
    assert buckets(site, tmp_path, 0, "x", remote="2001:db8:1:3::1") != one


@pytest.mark.parametrize("proxies", ["0", "1"])
def test_the_server_lets_the_word_of_trusted_proxies_through(
    serve, sqlite_url, environment, proxies
):
    environment["ALUR_PROXIES"] = proxies
    server = serve(sqlite_url)
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    page = browser.open(f"{server.address}/sign-in", timeout=60).read().decode()
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    body = urlencode({"csrf_token": token, "nip": UNKNOWN, "password": "x"}).encode()
    headers = {"X-Forwarded-For": "203.0.113.9"}
    request = Request(f"{server.address}/sign-in", body, headers)  # noqa: S310  (our own address)
    with pytest.raises(HTTPError, match="401"):
        browser.open(request, timeout=60)
    key = (Path(environment["ALUR_HOME"]) / "session.key").read_bytes()
    told = {"0": "127.0.0.1", "1": "203.0.113.9"}[proxies]
    db = Database(sqlite_url)
    with db.read() as session:
        kept = {row.bucket for row in session.scalars(select(Throttle))}
    db.close()
    assert throttling.places(key, address=told)["address"] in kept
