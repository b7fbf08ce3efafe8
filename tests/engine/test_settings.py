"""Settings from the environment."""

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from engine.errors import InvalidInput
from engine.settings import Settings


def settings(**environment):
    return Settings.from_environment(environment)


def test_nothing_need_be_set():
    found = settings()
    home = Path.home() / ".alur"
    assert found.home == home
    assert found.database_url == f"sqlite:///{home / 'alur.db'}"
    assert (found.host, found.port, found.threads) == ("127.0.0.1", 8000, 8)
    assert found.secure_cookies is False
    assert found.zone == "Asia/Pontianak"


def test_empty_variables_are_as_good_as_none():
    names = "HOME DATABASE_URL HOST PORT THREADS SECURE_COOKIES ZONE".split()
    assert settings(**{f"ALUR_{name}": "" for name in names}) == settings()


def test_everything_can_be_set(tmp_path):
    found = settings(
        ALUR_HOME=str(tmp_path),
        ALUR_DATABASE_URL="postgresql+psycopg://alur@db/alur",
        ALUR_HOST="0.0.0.0",  # noqa: S104
        ALUR_PORT="8080",
        ALUR_THREADS="2",
        ALUR_SECURE_COOKIES="1",
        ALUR_ZONE="Asia/Jayapura",
    )
    assert found == Settings(
        home=tmp_path,
        database_url="postgresql+psycopg://alur@db/alur",
        host="0.0.0.0",  # noqa: S104
        port=8080,
        threads=2,
        secure_cookies=True,
        zone="Asia/Jayapura",
    )


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


@pytest.mark.parametrize(("name", "largest"), [("ALUR_PORT", 65_535), ("ALUR_THREADS", 256)])
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
