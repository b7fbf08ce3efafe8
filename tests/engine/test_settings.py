"""Settings from the environment."""

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from engine.errors import InvalidInput
from engine.settings import MailServer, Settings
from engine.signature_settings import SignatureSettings


def settings(**environment):
    return Settings.from_environment(environment)


def test_nothing_need_be_set():
    found = settings()
    home = Path.home() / ".alur"
    assert found.home == home
    assert found.database_url == f"sqlite:///{home / 'alur.db'}"
    assert (found.host, found.port, found.threads) == ("127.0.0.1", 8000, 8)
    assert found.secure_cookies is False
    assert found.proxies == 0
    assert found.zone == "Asia/Pontianak"


def test_empty_variables_are_as_good_as_none():
    names = "HOME DATABASE_URL HOST PORT THREADS SECURE_COOKIES PROXIES ZONE MAX_FILE_MB".split()
    names += "PUBLIC_URL SMTP_URL MAIL_FROM".split()
    assert settings(**{f"ALUR_{name}": "" for name in names}) == settings()


def test_everything_can_be_set(tmp_path):
    found = settings(
        ALUR_HOME=str(tmp_path),
        ALUR_DATABASE_URL="postgresql+psycopg://alur@db/alur",
        ALUR_HOST="0.0.0.0",  # noqa: S104
        ALUR_PORT="8080",
        ALUR_THREADS="2",
        ALUR_SECURE_COOKIES="1",
        ALUR_PROXIES="2",
        ALUR_MAX_FILE_MB="25",
        ALUR_ZONE="Asia/Jayapura",
        ALUR_PUBLIC_URL="https://alur.kantor.go.id",
        ALUR_SMTP_URL="smtps://alur:rahasia@mail",
        ALUR_MAIL_FROM="alur@kantor.go.id",
    )
    assert found == Settings(
        home=tmp_path,
        database_url="postgresql+psycopg://alur@db/alur",
        host="0.0.0.0",  # noqa: S104
        port=8080,
        threads=2,
        secure_cookies=True,
        zone="Asia/Jayapura",
        public_url="https://alur.kantor.go.id",
        mail=MailServer("alur@kantor.go.id", "mail", 465, "tls", "alur", "rahasia"),
        proxies=2,
        max_file_mb=25,
    )


def test_cookies_are_secure_where_people_come_by_tls():
    assert settings(ALUR_PUBLIC_URL="https://alur.kantor.go.id").secure_cookies
    assert not settings(ALUR_PUBLIC_URL="http://alur.kantor.go.id").secure_cookies
    tls = {"ALUR_PUBLIC_URL": "https://alur.kantor.go.id"}
    assert not settings(**tls, ALUR_SECURE_COOKIES="0").secure_cookies


@pytest.mark.parametrize("number", ["-1", "11", "ya", "1.5"])
def test_the_number_of_proxies_is_a_small_number(number):
    with pytest.raises(InvalidInput, match="ALUR_PROXIES"):
        settings(ALUR_PROXIES=number)


def test_the_default_database_lies_in_the_home(tmp_path):
    assert settings(ALUR_HOME=str(tmp_path)).database_url == f"sqlite:///{tmp_path / 'alur.db'}"


def test_a_relative_home_does_not_wander_with_the_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert settings(ALUR_HOME="data").database_url == f"sqlite:///{tmp_path / 'data' / 'alur.db'}"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_the_driver_for_postgresql_is_ours(scheme):
    url = f"{scheme}://alur:p%40ss@db:5432/alur?sslmode=require"
    expected = "postgresql+psycopg://alur:p%40ss@db:5432/alur?sslmode=require"
    assert settings(ALUR_DATABASE_URL=url).database_url == expected


@pytest.mark.parametrize(
    "url", ["mysql://x", "alur.db", "sqlite:alur.db", "postgresql+psycopg2://x", " "]
)
def test_other_databases_are_refused_by_the_name_of_the_variable(url):
    with pytest.raises(InvalidInput, match="ALUR_DATABASE_URL"):
        settings(ALUR_DATABASE_URL=url)


@pytest.mark.parametrize("name", ["ALUR_PORT", "ALUR_THREADS"])
@pytest.mark.parametrize("text", ["0", "-1", "8000.5", "65536", "seribu", "1e3", "0x50", " 8"])
def test_what_is_no_number_in_range_is_refused_by_its_name(name, text):
    with pytest.raises(InvalidInput, match=name) as refused:
        settings(**{name: text})
    assert text in str(refused.value)


@pytest.mark.parametrize(
    ("name", "largest"), [("ALUR_PORT", 65_535), ("ALUR_THREADS", 256), ("ALUR_MAX_FILE_MB", 100)]
)
def test_the_largest_number_is_allowed(name, largest):
    assert settings(**{name: str(largest)})
    with pytest.raises(InvalidInput):
        settings(**{name: str(largest + 1)})


def test_settings_do_not_change(tmp_path):
    with pytest.raises(FrozenInstanceError):
        settings().port = 1


def test_the_environment_of_the_process_is_read_by_default(monkeypatch):
    monkeypatch.setenv("ALUR_PORT", "8123")
    assert Settings.from_environment().port == 8123


def test_people_reach_the_pages_where_they_are_served_unless_said_otherwise():
    assert settings().public_url == "http://127.0.0.1:8000"
    assert settings(ALUR_HOST="::1", ALUR_PORT="81").public_url == "http://[::1]:81"
    outside = "https://alur.kantor.go.id/skp"
    assert settings(ALUR_PUBLIC_URL=outside + "/").public_url == outside


@pytest.mark.parametrize(
    "url",
    ["alur.kantor.go.id", "ftp://alur", "http://", "https://a b", "http://a:x", "http://a?b",
     "http://a#b", "http://a\nb", "javascript:alert(1)"],
)  # fmt: skip
def test_a_wrong_public_address_is_refused_by_its_name(url):
    with pytest.raises(InvalidInput, match="ALUR_PUBLIC_URL"):
        settings(ALUR_PUBLIC_URL=url)


SENDER = "Alur Dinas <alur@kantor.go.id>"


def test_without_a_mail_server_there_is_no_mail():
    assert settings().mail is None
    assert settings(ALUR_MAIL_FROM=SENDER).mail is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail", MailServer(SENDER, "mail", 25, "plain")),
        ("smtp://mail:2525/", MailServer(SENDER, "mail", 2525, "plain")),
        ("smtps://mail", MailServer(SENDER, "mail", 465, "tls")),
        (
            "smtp+starttls://alur%40kantor:r%2Fa%3A%40@mail.kantor.go.id",
            MailServer(SENDER, "mail.kantor.go.id", 587, "starttls", "alur@kantor", "r/a:@"),
        ),
        ("smtp://[::1]:25", MailServer(SENDER, "::1", 25, "plain")),
    ],
)
def test_the_mail_server_is_one_address(url, expected):
    assert settings(ALUR_SMTP_URL=url, ALUR_MAIL_FROM=SENDER).mail == expected


@pytest.mark.parametrize(
    "url",
    ["mail:25", "http://mail", "smtp://", "smtp://rahasia:rahasia@", "smtp://rahasia@mail:x",
     "smtp://rahasia@mail:0", "smtp://rahasia@mail:99999", "smtp://rahasia@mail/x",
     "smtp://rahasia@mail?x", "smtp://rahasia @mail", "smtp://rahasia@mail\n", "smtp://[rahasia"],
)  # fmt: skip
def test_a_wrong_mail_server_is_refused_without_saying_its_password(url):
    with pytest.raises(InvalidInput, match="ALUR_SMTP_URL") as refused:
        settings(ALUR_SMTP_URL=url, ALUR_MAIL_FROM=SENDER)
    assert "rahasia" not in str(refused.value)


@pytest.mark.parametrize("sender", ["", "alur", "alur@", "Alur <alur>", "a@b.id\nBcc: x@y.id"])
def test_mail_needs_a_sender(sender):
    with pytest.raises(InvalidInput, match="ALUR_MAIL_FROM"):
        settings(ALUR_SMTP_URL="smtp://mail", ALUR_MAIL_FROM=sender)


def test_the_password_of_the_mail_server_is_not_printed():
    found = settings(ALUR_SMTP_URL="smtp://alur:rahasia@mail", ALUR_MAIL_FROM=SENDER)
    assert found.mail.password == "rahasia"
    assert "rahasia" not in repr(found)


def test_documents_are_signed_by_hand_unless_something_else_is_set(tmp_path):
    assert settings().signatures == SignatureSettings("wet")
    (tmp_path / "token").write_text("rahasia-penyedia\n")
    (tmp_path / "roots.pem").write_text("-----BEGIN CERTIFICATE-----")
    found = settings(
        ALUR_SIGNATURES="provider",
        ALUR_SIGNING_URL="https://tanda-tangan.example/sign",
        ALUR_SIGNING_TOKEN_FILE=str(tmp_path / "token"),
        ALUR_SIGNING_ROOTS=str(tmp_path / "roots.pem"),
    ).signatures
    assert (found.mode, found.token) == ("provider", "rahasia-penyedia")
    assert "rahasia-penyedia" not in repr(found)


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"ALUR_SIGNATURES": "bsre"}, "ALUR_SIGNATURES"),
        ({"ALUR_SIGNATURES": "provider"}, "ALUR_SIGNING_URL"),
        ({"ALUR_SIGNING_URL": "http://penyedia.example/sign"}, "ALUR_SIGNING_URL"),
        ({"ALUR_SIGNING_URL": "https://[::1"}, "ALUR_SIGNING_URL"),
        ({"ALUR_SIGNING_TOKEN_FILE": "/tidak/ada"}, "ALUR_SIGNING_TOKEN_FILE"),
        ({"ALUR_SIGNATURES": "provider", "ALUR_SIGNING_URL": "http://127.0.0.1:1/"},
         "ALUR_SIGNING_ROOTS"),
    ],
)  # fmt: skip
def test_a_passphrase_goes_nowhere_by_a_wrong_setting(environment, said):
    with pytest.raises(InvalidInput, match=said):
        settings(**environment)


PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d4944415478da63fcffff3f030005fe02fea735811d0000000049454e44ae426082"
)


def test_a_logo_is_a_picture_on_documents(tmp_path):
    file = tmp_path / "logo"
    file.write_bytes(b'<svg xmlns="http://www.w3.org/2000/svg"/>')
    assert settings(ALUR_LOGO=str(file)).logo.startswith("<svg")
    file.write_bytes(PIXEL)
    assert 'viewBox="0 0 1 1"' in settings(ALUR_LOGO=str(file)).logo
    assert settings().logo == ""


@pytest.mark.parametrize("content", [b"", b"<html/>", b"<svg", b"GIF89a", b"x" * 500_001, None])
def test_a_logo_that_is_none_is_named(tmp_path, content):
    file = tmp_path / "logo"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InvalidInput, match="ALUR_LOGO"):
        settings(ALUR_LOGO=str(file))
