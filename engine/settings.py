"""Settings of an installation: one frozen value, read once from the environment, failing loudly."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Literal, cast, get_args
from urllib.parse import SplitResult, unquote, urlsplit
from zoneinfo import ZoneInfo

from bpmn.messages import message
from engine import logos
from engine.addresses import mail_address
from engine.errors import InvalidInput
from engine.signature_settings import SignatureSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

LogStyle = Literal["text", "json"]
MIN_TOKEN = 16
BROKERS = ("redis", "rediss", "amqp", "amqps")
_SMTP = {"smtp": ("plain", 25), "smtp+starttls": ("starttls", 587), "smtps": ("tls", 465)}


@dataclass(frozen=True)
class MailServer:
    """Where mails are handed in; ``security`` is ``plain``, ``starttls`` or ``tls``.

    ``sender`` is an address, with a name before it if one likes (``Alur <alur@kantor.go.id>``).
    """

    sender: str
    host: str
    port: int
    security: str = "plain"
    user: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Settings:
    """``home`` holds the default database and the keys; ``threads`` serve requests.

    Asked to end, a server takes new connections for ``drain_seconds`` more. Workers share the
    ``broker`` at a URL, if there is one. ``public_url`` is where people reach the pages, without a
    slash at its end; without ``mail`` no mail goes out. Between people and the server stand so many
    trusted ``proxies``. A file that somebody brings has at most ``max_file_mb`` millions of bytes.
    Metrics are served to who knows ``metrics_token``, and by ``alur worker`` at ``metrics_port`` of
    its own machine. With ``second_approval`` another analyst agrees before a version comes into
    force. How documents are signed stands in ``signatures``; the ``logo`` on them is SVG, or empty.
    """

    home: Path
    database_url: str
    host: str = "127.0.0.1"
    port: int = 8000
    threads: int = 8
    drain_seconds: int = 0
    secure_cookies: bool = False
    zone: str = "Asia/Pontianak"
    public_url: str = "http://127.0.0.1:8000"
    mail: MailServer | None = None
    proxies: int = 0
    max_file_mb: int = 10
    metrics_token: str | None = field(default=None, repr=False)
    metrics_port: int | None = None
    broker: str | None = field(default=None, repr=False)
    second_approval: bool = False
    logo: str = field(default="", repr=False)
    signatures: SignatureSettings = field(default_factory=SignatureSettings)

    def make_home(self) -> None:
        """Makes the folder of the data, which is nobody's but the server's."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)

    def secret(self, name: str, make: Callable[[], bytes]) -> bytes:
        """What a file of ``home`` keeps, made once and readable by its owner only."""
        path = self.home / name
        if not path.exists():
            self.make_home()
            # If another process was first, its secret is the one.
            with suppress(FileExistsError), self.written(name, make()) as made:
                os.link(made, path)
        return path.read_bytes()

    @contextmanager
    def written(self, name: str, content: bytes) -> Iterator[Path]:
        """A file beside the one of that name, wholly on the disk, to take its place or be gone."""
        made = self.home / f"{name}.{token_hex(8)}"
        made.touch(mode=0o600)
        try:
            with made.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            yield made
        finally:
            made.unlink(missing_ok=True)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Reads the ``ALUR_…`` variables; raises `InvalidInput` naming the wrong one."""
        home = Path(environment.get("ALUR_HOME") or Path.home() / ".alur")
        default = f"sqlite:///{home.absolute() / 'alur.db'}"
        host = environment.get("ALUR_HOST") or cls.host
        port = _number(environment, "ALUR_PORT", cls.port, 65_535)
        public_url = _public_url(environment.get("ALUR_PUBLIC_URL") or _own_url(host, port))
        behind_tls = int(public_url.startswith("https:"))
        return cls(
            home=home,
            database_url=_database_url(environment.get("ALUR_DATABASE_URL") or default),
            host=host,
            port=port,
            threads=_number(environment, "ALUR_THREADS", cls.threads, 256),
            drain_seconds=_number(environment, "ALUR_DRAIN_SECONDS", 0, 300, 0),
            secure_cookies=_number(environment, "ALUR_SECURE_COOKIES", behind_tls, 1, 0) == 1,
            zone=_zone(environment.get("ALUR_ZONE") or cls.zone),
            public_url=public_url,
            mail=_mail_server(environment),
            proxies=_number(environment, "ALUR_PROXIES", cls.proxies, 10, 0),
            max_file_mb=_number(environment, "ALUR_MAX_FILE_MB", cls.max_file_mb, 100),
            metrics_token=_token(environment.get("ALUR_METRICS_TOKEN")),
            metrics_port=_number(environment, "ALUR_METRICS_PORT", 0, 65_535, smallest=0) or None,
            broker=_broker(environment.get("ALUR_BROKER") or None),
            second_approval=_number(environment, "ALUR_SECOND_APPROVAL", 0, 1, 0) == 1,
            logo=logos.read(Path(logo)) if (logo := environment.get("ALUR_LOGO")) else "",
            signatures=SignatureSettings.from_environment(environment),
        )


def log_style(environment: Mapping[str, str] = os.environ) -> LogStyle:
    """How logs are written (``ALUR_LOG``); raises `InvalidInput`."""
    style = environment.get("ALUR_LOG") or "text"
    if style not in get_args(LogStyle):
        raise InvalidInput(message("ALUR_LOG harus text atau json."))
    return cast("LogStyle", style)


def _token(text: str | None) -> str | None:
    if text and (len(text) < MIN_TOKEN or not text.isascii() or not text.isprintable()):
        # The value stays unsaid.
        said = message("ALUR_METRICS_TOKEN harus paling sedikit {n} huruf ASCII.", n=MIN_TOKEN)
        raise InvalidInput(said)
    return text or None


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


def _own_url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _public_url(url: str) -> str:
    parts = _split(url)
    if parts is None or parts.scheme not in ("http", "https") or parts.query or parts.fragment:
        said = message("ALUR_PUBLIC_URL harus alamat seperti https://alur.kantor.go.id.")
        raise InvalidInput(said)
    return url.rstrip("/")


def _mail_server(environment: Mapping[str, str]) -> MailServer | None:
    url = environment.get("ALUR_SMTP_URL")
    if not url:
        return None
    sender = _sender(environment.get("ALUR_MAIL_FROM") or "")
    parts = _split(url)
    if parts is None or parts.scheme not in _SMTP or parts.path.strip("/") or parts.query:
        # The value stays unsaid: it may hold a password.
        said = message(
            "ALUR_SMTP_URL harus smtp://, smtps:// atau smtp+starttls:// lalu"
            " [pengguna:sandi@]server[:port]."
        )
        raise InvalidInput(said)
    security, port = _SMTP[parts.scheme]
    user, password = (unquote(text) if text else None for text in (parts.username, parts.password))
    return MailServer(sender, parts.hostname or "", parts.port or port, security, user, password)


def _broker(url: str | None) -> str | None:
    parts = _split(url) if url else None
    if url and (parts is None or parts.scheme not in BROKERS):
        # The value stays unsaid: it may hold a password.
        raise InvalidInput(message("ALUR_BROKER harus redis://server atau amqp://server."))
    return url


def _sender(text: str) -> str:
    try:
        mail_address(parseaddr(text)[1] if text.isprintable() else "")
    except InvalidInput as error:
        said = message("ALUR_MAIL_FROM harus alamat surel seperti Alur <alur@kantor.go.id>.")
        raise InvalidInput(said) from error
    return text


def _split(url: str) -> SplitResult | None:
    """The parts of an address with a host; None when it is none, or has a port that is none."""
    try:
        parts = urlsplit(url)
        usable = parts.hostname and parts.port != 0 and url.isprintable() and " " not in url
    except ValueError:
        return None
    return parts if usable else None
