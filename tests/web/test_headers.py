"""Headers that keep pages safe and fresh, and static files quick."""

import gzip
import re

import pytest

from engine.settings import Settings
from web import assets
from web.app import create_app

PAGES = ["/", "/sign-in", "/reset", "/profile", "/cases", "/cases/new/skp_collection", "/tidak/ada"]


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_guarded_and_never_kept(site, path):
    headers = site.visitor("staff").get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in headers


def test_pages_need_nothing_that_the_policy_forbids(site):
    visitor = site.visitor("staff")
    for path in (*PAGES, f"/cases/{site.start()}"):
        tree = visitor.get(path).tree
        assert not tree.xpath("//style | //@style | //script[not(@src)]")
        assert not tree.xpath("//@*[starts-with(name(), 'on') or starts-with(name(), 'hx-on')]")
        assert all(
            address.startswith(("/static/", "data:"))
            for address in tree.xpath("//script/@src | //link/@href | //img/@src")
        )


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(site):
    cookie = site.visitor().sign_in("staff").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_behind_https_the_cookie_is_secure(site, tmp_path):
    app = create_app(Settings(tmp_path / "https", site.db.url, secure_cookies=True), site.db)
    answer = app.test_client().get("/sign-in", base_url="https://alur.example")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-alur=")  # browsers take it of this host and by TLS alone
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


GZIP = {"Accept-Encoding": "gzip"}


def test_a_large_page_is_packed_for_who_takes_it_so(site):
    staff = site.visitor("staff")
    case = site.start()
    plain, packed = staff.get(f"/cases/{case}"), staff.get(f"/cases/{case}", headers=GZIP)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert len(packed.response.data) < len(plain.response.data) / 2
    assert b"Langkah" in gzip.decompress(packed.response.data)


def test_the_length_of_a_packed_page_tells_nothing(site):
    """Of what else stands on a page, to who may choose a part of it."""
    staff = site.visitor("staff")
    asked = [staff.get("/", headers=GZIP).response.data for _ in range(20)]
    assert len({len(gzip.decompress(page)) for page in asked}) == 1
    assert len({len(page) for page in asked}) > 5


@pytest.mark.parametrize("address", ["/cases?before=999", "/healthz"])
def test_what_answers_to_words_of_the_request_and_what_is_small_is_not_packed(site, address):
    site.start()
    assert "Content-Encoding" not in site.visitor("staff").get(address, headers=GZIP).headers


def test_the_key_that_signs_sessions_is_the_owners_and_stays(site, tmp_path):
    key = tmp_path / "home" / "session.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert len(key.read_bytes()) == 32
    again = create_app(Settings(tmp_path / "home", site.db.url), site.db)
    assert again.secret_key == site.app.secret_key


def test_a_request_that_comes_from_another_site_has_no_session(site):
    answer = site.visitor("staff").get("/sign-in", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("name", ["app.js", "app.css", "viewer.js", "viewer.css"])
def test_built_files_are_compressed_and_kept_for_ever(site, name):
    visitor, address = site.visitor(), assets.asset(name)
    assert re.search(r"-[A-Z0-9]{8}\.(js|css)$", address)
    packed = visitor.get(address, headers={"Accept-Encoding": "gzip"})
    plain = visitor.get(address, headers={"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.response.data) == plain.response.data
    assert "Content-Encoding" not in plain.headers
    assert "immutable" in packed.headers["Cache-Control"]
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert packed.response.content_type.startswith(("text/javascript", "text/css"))
    packed.response.close()
    plain.response.close()
