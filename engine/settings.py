"""Settings of an installation: one frozen value, read once from the environment, failing loudly."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bpmn.messages import message
from engine.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Settings:
    """``home`` holds the default database and the session key; ``threads`` serve requests."""

    home: Path
    database_url: str
    host: str = "127.0.0.1"
    port: int = 8000
    threads: int = 8
    secure_cookies: bool = False
    zone: str = "Asia/Pontianak"

    def make_home(self) -> None:
        """Makes the folder of the data, which is nobody's but the server's."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Reads the ``ALUR_…`` variables; raises `InvalidInput` naming the wrong one."""
        home = Path(environment.get("ALUR_HOME") or Path.home() / ".alur")
        default = f"sqlite:///{home.absolute() / 'alur.db'}"
        return cls(
            home=home,
            database_url=_database_url(environment.get("ALUR_DATABASE_URL") or default),
            host=environment.get("ALUR_HOST") or cls.host,
            port=_number(environment, "ALUR_PORT", cls.port, 65_535),
            threads=_number(environment, "ALUR_THREADS", cls.threads, 256),
            secure_cookies=_number(environment, "ALUR_SECURE_COOKIES", 0, 1, smallest=0) == 1,
            zone=_zone(environment.get("ALUR_ZONE") or cls.zone),
        )


def _database_url(url: str) -> str:
    """SQLAlchemy's name of the driver is our choice, not the administrator's."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise InvalidInput(
            message("ALUR_DATABASE_URL harus diawali sqlite:/// atau postgresql://.")
        )
    return url


def _number(
    environment: Mapping[str, str], name: str, default: int, largest: int, smallest: int = 1
) -> int:
    text = environment.get(name) or str(default)
    if not text.isdecimal() or not smallest <= int(text) <= largest:
        said = message(
            '{name} harus angka {smallest}–{largest}, bukan "{text}".',
            name=name,
            smallest=smallest,
            largest=largest,
            text=text,
        )
        raise InvalidInput(said)
    return int(text)


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ValueError, OSError, KeyError) as error:
        raise InvalidInput(message('ALUR_ZONE: "{zone}" tidak dikenal.', zone=name)) from error
