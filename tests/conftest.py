"""What every test can ask for: databases on each engine, empty or furnished; small diagrams."""

import gc
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
import typst
from argon2 import PasswordHasher
from forked import Forge
from pg_server import PostgreSQL
from sqlalchemy import Engine
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.util import LRUCache

from bpmn.notation import file_of
from engine import clock, deployments, passwords, sample
from engine.database import Database
from tasks.papers.typesetting import TEMPLATES

SKP = Path(__file__).parents[1] / "bpmn" / "skp_collection.bpmn"
REQUIRED_IN_CI = {"broker", "browser", "postgresql"}
MEMORY = Path("/dev/shm")  # noqa: S108 - pytest makes a directory of the user in it
ENOUGH = 4 * 2**30  # bytes
# Files of tests need not outlive them. A database is made a dozen times as fast as on a disk.
if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Where CI is set, a browser or PostgreSQL test that is skipped has failed."""
    report = yield
    skipped = report.skipped and not hasattr(report, "wasxfail")
    if skipped and os.environ.get("CI") and any(map(item.get_closest_marker, REQUIRED_IN_CI)):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} may not be skipped in CI: {call.excinfo.value}"
    return report


@pytest.hookimpl(trylast=True)
def pytest_collection_finish():
    """Thousands of tests and their modules stay to the end: they are not looked through again.

    With this and rarer collections an eighth of the time was spared in two files of the engine.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> Iterator[None]:
    """A statement is compiled once for a kind of database, not again for that of each test.

    SQLAlchemy keeps what it compiles by engine and dialect; here all dialects of a kind are one.
    """
    known = LRUCache(5_000)
    with pytest.MonkeyPatch.context() as patch:
        kept = property(lambda _: known, lambda *_: None)
        patch.setattr(Engine, "_compiled_cache", kept, raising=False)
        for dialect in (sqlite.pysqlite.dialect, postgresql.psycopg.dialect):
            patch.setattr(dialect, "__eq__", lambda one, other: type(one) is type(other))
            patch.setattr(dialect, "__hash__", lambda one: hash(type(one)))
        yield


@pytest.fixture(scope="session", autouse=True)
def costly_hasher() -> Iterator[Callable[[], PasswordHasher]]:
    """Argon2 as people have it: in the process of the tests it is at its cheapest instead."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        costly = passwords._hasher
        patch.setattr(passwords, "_hasher", lambda: cheap)
        yield costly


@pytest.fixture(scope="session")
def forge(tmp_path_factory) -> Iterator[Forge]:
    """What begins processes that have imported Alur."""
    made = Forge(tmp_path_factory.mktemp("forge"))
    yield made
    made.close()


@pytest.fixture
def skp() -> bytes:
    """The shipped procedure as a file."""
    return SKP.read_bytes()


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
    with postgresql_server.database() as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def office_url(request) -> str:
    """A database with the sample office and the SKP in force; the test runs once on each engine."""
    return request.getfixturevalue(f"{request.param}_office_url")


@pytest.fixture
def sqlite_office_url(furnished_file, tmp_path) -> str:
    return f"sqlite:///{shutil.copy(furnished_file, tmp_path / 'office.sqlite')}"


@pytest.fixture
def postgresql_office_url(postgresql_server, furnished_template) -> Iterator[str]:
    with postgresql_server.database(furnished_template) as url:
        yield url


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory) -> Path:
    """What to copy: much quicker than migrating a database for each test."""
    path = tmp_path_factory.mktemp("migrated") / "alur.sqlite"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def furnished_file(migrated_file, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("office") / "office.sqlite"
    _furnish(f"sqlite:///{shutil.copy(migrated_file, path)}")
    return path


@pytest.fixture(scope="session")
def migrated_template(postgresql_server) -> str:
    postgresql_server.execute("CREATE DATABASE migrated")
    _migrate(postgresql_server.url("migrated"))
    return "migrated"


@pytest.fixture(scope="session")
def furnished_template(postgresql_server, migrated_template) -> str:
    postgresql_server.execute(f"CREATE DATABASE furnished TEMPLATE {migrated_template}")
    _furnish(postgresql_server.url("furnished"))
    return "furnished"


def _migrate(url: str) -> None:
    database = Database(url)
    database.migrate()
    database.close()


def _furnish(url: str) -> None:
    database = Database(url)
    sample.load(database)
    deployments.activate(database, deployments.deploy(database, SKP.read_bytes()).id)
    database.close()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator["PostgreSQL"]:
    """One server for each worker of pytest-xdist."""
    # Not in tmp_path: too long for a socket, and closed to other users.
    memory = os.environ.get("PYTEST_DEBUG_TEMPROOT")
    with (
        tempfile.TemporaryDirectory(prefix="alur-", ignore_cleanup_errors=True) as directory,
        tempfile.TemporaryDirectory(prefix="alur-", dir=memory, ignore_cleanup_errors=True) as data,
    ):
        server = PostgreSQL(Path(directory), Path(data))
        try:
            server.start()
        except (OSError, subprocess.SubprocessError) as error:
            unavailable = pytest.fail if os.environ.get("CI") else pytest.skip
            unavailable(f"PostgreSQL does not start: {error}")
        yield server
        server.stop()


@pytest.fixture
def later(monkeypatch) -> Callable[[timedelta], None]:
    """``later(timedelta(hours=1))``: moves the server's clock on."""

    def move(passed: timedelta) -> None:
        moved = clock.now() + passed
        monkeypatch.setattr(clock, "now", lambda: moved)

    return move


@pytest.fixture(scope="session")
def to_be_signed() -> Callable[..., bytes]:
    """``to_be_signed("Penilai", "Pegawai")``: a typeset PDF with these places for signatures."""

    @cache
    def typeset(*places: str) -> bytes:
        boxes = [
            f'[{name} #linebreak() #signature-place({number}, "{name}")]'
            for number, name in enumerate(places, start=1)
        ]
        source = f"""
            #import "/house.typ": house
            #import "/signing.typ": signature-place
            #show: house.with("Penilaian")
            = Penilaian
            #grid(columns: (1fr,) * 3, gutter: 8pt, {", ".join(boxes)})
        """
        made: bytes = typst.compile(
            source.encode(), root=TEMPLATES, ignore_system_fonts=True, pdf_standards=["ua-1"],
            sys_inputs={"data": '{"at": "2026-11-26"}'},
        )  # fmt: skip
        return made

    return typeset


@pytest.fixture
def draw() -> Callable[[str], bytes]:
    """``draw(text)``: the BPMN file of a description, of the process ``p`` (`bpmn.notation`)."""
    return file_of
