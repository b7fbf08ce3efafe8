"""The database: SQLite or PostgreSQL behind the same two doors, `read` and `write`."""

from __future__ import annotations

import logging
import selectors
import sqlite3
import time
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, InvalidatePoolError, OperationalError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import GenericFunction

from bpmn.messages import message
from engine.errors import DatabaseInUse, DatabaseLost

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alembic.config import Config
    from sqlalchemy import Connection, Dialect, Select, Table
    from sqlalchemy.orm import DeclarativeBase
    from sqlalchemy.pool import ConnectionPoolEntry
    from sqlalchemy.sql.compiler import SQLCompiler

MIGRATIONS = Path(__file__).parent / "migrations"
_ONE_AT_A_TIME = {
    "sqlite": "BEGIN IMMEDIATE",  # its driver would begin no transaction for changes of tables
    "postgresql": "SELECT pg_advisory_xact_lock(2041)",
}
_CHAIN = 2043  # whoever appends to the journal holds this lock
# A server that vanishes without a word is given up after half a minute, not after hours.
_PATIENCE = {
    "connect_timeout": "5", "tcp_user_timeout": "30000",
    "keepalives_idle": "15", "keepalives_interval": "5", "keepalives_count": "3",
}  # fmt: skip
_UNUSED = 10  # seconds, after which a server may have vanished without a word
_SQLITE_PATIENCE = 30  # seconds until another's write counts as hanging
# SQLSTATEs of a server that is lost, full, going down or coming up, or being restored.
_LOSSES = ("08", "53", "57P", "55P03")
_SQLITE_LOSSES = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR})
_Line = getattr(selectors, "PollSelector", selectors.SelectSelector)  # Windows has no poll
log = logging.getLogger("alur.database")


class Database:
    """Connections to one database. Reading takes no lock; a writing block is one transaction."""

    def __init__(self, url: str, zone: str = "Asia/Pontianak") -> None:
        self.url = url
        self.zone = zone
        self.connections = _connect(url)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session to look with; nothing is kept of what is done in it. Raises `DatabaseLost`."""
        with _told(), self._session() as session:
            yield session

    @contextmanager
    def write(self, reading: Session | None = None) -> Iterator[Session]:
        """A session whose block is committed at its end, or wholly undone by an exception.

        ``reading`` is the session of a `read` around it, which goes on to write: a connection, and
        on PostgreSQL two ways to the server, are saved. Raises `DatabaseLost`. Where only the
        answer to the commit was lost, and the block has left a proof (see `prove`), it is as if the
        answer had come.
        """
        session = self._session() if reading is None else reading
        try:
            with _told(), session:
                yield session
                session.commit()
        except DatabaseLost:
            if not self._stands(session.info.get("proof")):
                raise

    @contextmanager
    def write_at_once(self) -> Iterator[Session]:
        """The same for what is not worth waiting for; raises at once while others write."""
        with self.write() as session, _impatient(session):
            yield session

    @contextmanager
    def in_haste(self) -> Iterator[None]:
        """Until the block ends SQLite waits for no disk: a crash of the machine may cost the file.

        For an office that could be made anew.
        """
        if self.connections.dialect.name != "sqlite":
            yield
            return
        self.close()  # connections are prepared when they are made
        event.listen(self.connections, "connect", _hurry_sqlite)
        try:
            yield
        finally:
            event.remove(self.connections, "connect", _hurry_sqlite)
            self.close()

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection that sees the database as it is now, however long it looks.

        Raises `DatabaseInUse` while tables are being changed.
        """
        with self.connections.connect() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN")
            else:
                connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
                # A snapshot holds rows, not tables: these must not change beneath it.
                if not connection.scalar(text("SELECT pg_try_advisory_xact_lock_shared(2041)")):
                    raise DatabaseInUse(
                        message("Basis data sedang diubah oleh alur migrate. Coba lagi sesudahnya.")
                    )
            yield connection

    def _stands(self, proof: tuple[Select[Any], dict[str, Any]] | None) -> bool:
        if proof is None:
            return False
        with self.read() as session:
            return session.execute(*proof).first() is not None

    def _session(self) -> Session:
        return Session(
            self.connections,
            expire_on_commit=False,
            # Rows are written, not objects: evaluating each UPDATE in Python too costs a tenth.
            execution_options={"synchronize_session": False},
            # Where no unit has a calendar of its own, the office's zone counts.
            info={"zone": self.zone},
        )

    def migrate(self) -> None:
        """Brings the schema to the newest revision, wholly or not at all; one node at a time."""
        from alembic import command

        with self.altering() as config:
            command.upgrade(config, "head")

    @contextmanager
    def altering(self) -> Iterator[Config]:
        """Alembic's configuration with a connection on which nobody else changes tables.

        What is done on the connection is committed at the end, or wholly undone by an exception.
        """
        with self.connections.connect() as connection:
            sqlite = connection.dialect.name == "sqlite"
            if sqlite:  # it changes a table by making it anew, which references would forbid
                connection.connection.execute("PRAGMA foreign_keys=OFF")
            try:
                connection.exec_driver_sql(_ONE_AT_A_TIME[connection.dialect.name])
                config = migration_config(self.url)
                config.attributes["connection"] = connection
                yield config
                connection.commit()
            finally:
                if sqlite:
                    connection.rollback()
                    connection.connection.execute("PRAGMA foreign_keys=ON")

    @property
    def revision(self) -> str | None:
        """The revision of the schema; None for a new database."""
        with self.connections.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
            return found

    @property
    def is_current(self) -> bool:
        """Whether the schema is the one this release works with."""
        return self.revision == newest_revision()

    def close(self) -> None:
        """Gives the connections back."""
        self.connections.dispose()


def line(session: Session) -> Connection:
    """The connection of a block, for statements of tables.

    Sent past the session, which looks for objects in each, one costs a quarter less.
    """
    found: Connection | None = session.info.get("line")
    if found is None:
        found = session.info["line"] = session.connection()
    return found


def prove(session: Session, proof: Select[Any], given: dict[str, Any] | None = None) -> None:
    """Says what is in the database if, and only if, the block of `write` was committed."""
    session.info["proof"] = proof, given or {}


class json_rows(GenericFunction[Any]):  # noqa: N801  # as SQL's own functions are called
    """All rows of a subquery as one value, a list of lists, to be read along with another row."""

    type = JSON()
    inherit_cache = True


@compiles(json_rows, "sqlite")
def _sqlite_json_rows(rows: json_rows, compiler: SQLCompiler, **given: Any) -> str:
    return f"json_group_array(json_array{compiler.function_argspec(rows, **given)})"


@compiles(json_rows, "postgresql")
def _postgresql_json_rows(rows: json_rows, compiler: SQLCompiler, **given: Any) -> str:
    return f"json_agg(json_build_array{compiler.function_argspec(rows, **given)})"


def dialect(session: Session) -> str:
    """Which database it is: ``sqlite`` or ``postgresql``."""
    return session.get_bind().dialect.name


def inserting(dialect: str, table: type[DeclarativeBase] | Table) -> Any:
    """An INSERT that says what to do at a conflict, which each database writes in its own way."""
    return {"sqlite": sqlite, "postgresql": postgresql}[dialect].insert(table)


def one_at_a_time(session: Session) -> None:
    """From here to the end of the block nobody else is in such a part of theirs.

    A block that writes more than the journal asks for it first: two could wait for each other.
    """
    if dialect(session) == "sqlite":
        # Reading begins no transaction there, and a writing statement that changes nothing does.
        session.execute(text("DELETE FROM alembic_version WHERE 0 = 1"))
    else:
        session.execute(text(f"SELECT pg_advisory_xact_lock({_CHAIN})"))


def alone_with(session: Session, *tables: str) -> None:
    """The same, and nobody else writes these tables until then; reading goes on."""
    one_at_a_time(session)
    if dialect(session) == "postgresql":
        names = ", ".join(f'"{table}"' for table in tables)
        session.execute(text(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE"))


@cache
def newest_revision() -> str:
    """The revision of this release's schema: the highest number of a file."""
    return max(file.name[:4] for file in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def migration_config(url: str) -> Config:
    """Alembic's configuration, without a file."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


@contextmanager
def _impatient(session: Session) -> Iterator[None]:
    """In the block a lock that others hold is an error; on SQLite anybody's who writes."""
    if dialect(session) != "sqlite":
        session.execute(text("SET LOCAL lock_timeout = '50ms'"))
        yield
        return
    connection = session.connection().connection
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        yield
    finally:
        connection.execute(f"PRAGMA busy_timeout = {_SQLITE_PATIENCE * 1000}")


@contextmanager
def _told() -> Iterator[None]:
    """The one place where a lost connection gets its name."""
    try:
        yield
    except DBAPIError as error:
        if not _is_loss(error):
            raise
        log.warning("database lost: %s", type(error.orig).__name__)
        raise DatabaseLost(
            message(
                "Sambungan ke basis data terputus. Coba lagi sebentar lagi: tidak ada yang"
                " tersimpan setengah jalan, dan yang sudah tersimpan tidak diulang."
            )
        ) from error


def _is_loss(error: DBAPIError) -> bool:
    if error.connection_invalidated:
        return True
    if not isinstance(error, OperationalError):
        return False
    state = getattr(error.orig, "sqlstate", "")  # PostgreSQL; None where it could not be reached
    code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF  # without its circumstances
    return state is None or state.startswith(_LOSSES) or code in _SQLITE_LOSSES


def _connect(url: str) -> Engine:
    # Parameters are personal data: no error and no log line quotes them.
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        patience = {name: value for name, value in _PATIENCE.items() if name not in address.query}
        connections = create_engine(
            url,
            pool_size=10,
            max_overflow=20,
            connect_args=patience,
            hide_parameters=True,
        )
        event.listen(connections, "checkin", _note_use)
        event.listen(connections, "checkout", partial(_ask_if_in_doubt, connections.dialect))
        return connections
    waiting = {"timeout": _SQLITE_PATIENCE}
    connections = create_engine(url, connect_args=waiting, hide_parameters=True)
    event.listen(connections, "connect", _prepare_sqlite)
    return connections


def _note_use(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info["used"] = time.monotonic()


def _ask_if_in_doubt(
    dialect: Dialect, connection: Any, record: ConnectionPoolEntry, _taken: Any
) -> None:
    """Has a connection made anew that was lost while nobody used it.

    To ask each one whether it is still there took 0.15 ms, twice in every step.
    """
    now = time.monotonic()
    try:
        if now - record.info.get("used", now) > _UNUSED or _has_word(connection):
            dialect.do_ping(connection)
    except dialect.loaded_dbapi.OperationalError as lost:
        raise InvalidatePoolError from lost


def _has_word(connection: Any) -> bool:
    """Whether the server has said something unasked: that it closes the connection, mostly."""
    with _Line() as line:
        line.register(connection.fileno(), selectors.EVENT_READ)
        return bool(line.select(0))


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # Python's driver then begins with BEGIN IMMEDIATE, and only at the first writing statement:
    # readers never wait, and two writers queue instead of failing half-way.
    connection.isolation_level = "IMMEDIATE"
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _hurry_sqlite(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")
