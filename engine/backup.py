"""Taking a backup while the office works, and putting one back: the whole of it or nothing.

A restore works with the tables as they were at the backup's revision, and then migrates them.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic import command
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import DateTime, MetaData, event, func, inspect, literal, select, text, update

from bpmn.messages import message
from engine import archives, occupancy
from engine.database import Database, migration_config
from engine.errors import BackupRefused, DatabaseInUse
from engine.models import Base, Instant, Job

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alembic.config import Config
    from sqlalchemy import Connection, Table

    from engine.archives import Archive, Manifest

Progress = Callable[[str, int], None]  # a table, and how many of its rows are done
NOT_KEPT = {"alembic_version", "installation"}  # of the schema and of its nodes, not of the office
AHEAD = 50  # rows fetched at once
_REFERENCES = """
    SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)
    FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace
"""


def back_up(db: Database, file: Path, progress: Progress, *, replace: bool = False) -> Manifest:
    """Writes all tables, as they are at one moment, to a new file; raises `BackupRefused`."""
    with db.snapshot() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
        if revision is None:
            raise BackupRefused(message("Basis data ini kosong; tidak ada yang dicadangkan."))
        tables = _tables(revision)
        with archives.writing(file, replace=replace) as archive:
            for table in tables:
                rows = _rows(connection, table, progress)
                archive.add(table.name, table.columns.keys(), rows)
            return archive.finish(revision)


def restore(db: Database, file: Path, progress: Progress, *, replace: bool = False) -> Manifest:
    """Puts a backup in the place of all that the database holds.

    Everything in the file is checked first. Raises `BackupRefused`, and `DatabaseInUse` while a
    server or command works with the database.
    """
    with archives.reading(file) as archive:
        tables = _tables(archive.manifest.revision)
        _verify(archive, tables)
        office = occupancy.database_file(db)
        if office is None:
            _restore_tables(db, archive, tables, progress, replace)
        else:
            _restore_file(db, office, archive, tables, progress, replace)
        return archive.manifest


def _rows(connection: Connection, table: Table, progress: Progress) -> Iterator[Any]:
    ordered = select(table).order_by(*table.primary_key)
    done = 0
    with connection.execute(ordered.execution_options(yield_per=AHEAD)) as found:
        for some in found.partitions():
            yield from some
            done += len(some)
            progress(table.name, done)


@cache
def _tables(revision: str) -> list[Table]:
    """The tables as they were at a revision, those that others refer to first."""
    scripts = ScriptDirectory.from_config(migration_config("sqlite://"))
    if revision not in {script.revision for script in scripts.walk_revisions()}:
        said = message(
            "Susunan {revision} bukan dari rilis ini; pakai yang lebih baru.", revision=revision
        )
        raise BackupRefused(said)
    scratch, metadata = Database("sqlite://"), MetaData()
    event.listen(metadata, "column_reflect", _generalise)
    try:
        with scratch.altering() as config:
            command.upgrade(config, revision)
            metadata.reflect(config.attributes["connection"])
    finally:
        scratch.close()
    return [table for table in metadata.sorted_tables if table.name not in NOT_KEPT]


def _generalise(_inspector: Any, _table: Table, column: Any) -> None:
    generic = column["type"].as_generic()
    column["type"] = Instant() if isinstance(generic, DateTime) else generic


def _verify(archive: Archive, tables: list[Table]) -> None:
    said = {part.table: part.columns for part in archive.manifest.parts}
    if said != {table.name: tuple(table.columns.keys()) for table in tables}:
        raise BackupRefused(message("Cadangan rusak: tabelnya bukan tabel Alur."))
    for part in archive.manifest.parts:
        for _ in archive.batches(part):
            pass


def _restore_tables(
    db: Database, archive: Archive, tables: list[Table], progress: Progress, replace: bool
) -> None:
    with db.altering() as config:
        connection = config.attributes["connection"]
        occupancy.require_alone(connection)
        if not replace:
            _require_empty(connection)
        _drop_tables(connection)
        _fill(config, archive, tables, progress)


def _drop_tables(connection: Connection) -> None:
    """Empties the database, whatever is in it: undoing its revisions would look at damaged rows."""
    there = MetaData()
    there.reflect(connection)
    there.drop_all(connection)


def _restore_file(
    db: Database, file: Path, archive: Archive, tables: list[Table], progress: Progress,
    replace: bool,
) -> None:  # fmt: skip
    fresh = Path(f"{file}.restoring")
    made = Database(db.connections.url.set(database=str(fresh)).render_as_string())
    with occupancy.alone(file):
        if file.exists() and not replace:
            with db.connections.connect() as connection:
                _require_empty(connection)
        db.close()
        _remove(fresh)  # what a killed run has left
        try:
            with made.altering() as config:
                _fill(config, archive, tables, progress)
            made.close()
            _put_in_place(fresh, file)
        finally:
            made.close()
            _remove(fresh)


def _fill(config: Config, archive: Archive, tables: list[Table], progress: Progress) -> None:
    connection = config.attributes["connection"]
    command.upgrade(config, archive.manifest.revision)
    parts = {part.table: part for part in archive.manifest.parts}
    with _references_checked_after(connection):
        for table in tables:
            done = 0
            for batch in archive.batches(parts[table.name]):
                connection.execute(table.insert(), batch)
                done += len(batch)
                progress(table.name, done)
    command.upgrade(config, "head")
    if connection.dialect.name == "postgresql":
        _continue_numbers(connection)
    # Whoever had leased a job is not of this database.
    connection.execute(update(Job).where(Job.state == "armed").values(ready=Job.due))


@contextmanager
def _references_checked_after(connection: Connection) -> Iterator[None]:
    """Rows may come before those they refer to, as an employee before their superior."""
    if connection.dialect.name == "sqlite":
        yield
        if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
            raise BackupRefused(message("Cadangan rusak: ada yang menunjuk baris yang tidak ada."))
        return
    references = connection.execute(text(_REFERENCES)).all()
    for table, name, _ in references:
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    yield
    for table, name, definition in references:
        connection.exec_driver_sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def _continue_numbers(connection: Connection) -> None:
    """PostgreSQL numbers new rows from where the old ones end."""
    for table in Base.metadata.tables.values():
        if "id" in table.columns:
            quoted = connection.dialect.identifier_preparer.format_table(table)
            newest = func.max(table.c.id)
            counter = func.pg_get_serial_sequence(quoted, "id")
            connection.execute(
                select(func.setval(counter, func.coalesce(newest, 1), newest.is_not(None)))
            )


def _require_empty(connection: Connection) -> None:
    there = Base.metadata.tables.keys() & set(inspect(connection).get_table_names())
    for name in there - NOT_KEPT:
        one = select(literal(1)).select_from(Base.metadata.tables[name]).limit(1)
        if connection.scalar(one) is not None:
            raise BackupRefused(
                message("Basis data ini berisi. Pakai --replace untuk menggantinya seluruhnya.")
            )


def _put_in_place(fresh: Path, file: Path) -> None:
    """Lets the new file take the old one's name; at every moment one of them is there in whole."""
    if file.exists():
        _close_for_good(file)
        owner = file.stat()
        os.chown(fresh, owner.st_uid, owner.st_gid)
        fresh.chmod(owner.st_mode)
    with fresh.open("rb") as written:
        os.fsync(written.fileno())
    fresh.replace(file)
    archives.sync(file.parent)


def _close_for_good(file: Path) -> None:
    """Brings an old database's log into it: SQLite would replay it into the new one."""
    connection = sqlite3.connect(file, isolation_level=None)
    try:
        if connection.execute("PRAGMA journal_mode=DELETE").fetchone() != ("delete",):
            raise sqlite3.OperationalError("not alone")
    except sqlite3.OperationalError as error:
        raise DatabaseInUse(message("Basis data sedang dipakai oleh program lain.")) from error
    except sqlite3.DatabaseError:
        pass  # damaged, which is what backups are for
    finally:
        connection.close()
    for log in ("-wal", "-shm"):
        Path(f"{file}{log}").unlink(missing_ok=True)


def _remove(file: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        Path(f"{file}{suffix}").unlink(missing_ok=True)
