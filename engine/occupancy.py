"""Who uses a database: its servers and commands share it, and a restore needs it alone.

SQLite: a lock on ``<file>.lock``, which the system frees with the process, however it ends.
PostgreSQL: advisory locks that every connection takes when it is made. One connection kept for
the purpose could be lost while the server goes on with others; so none works without the lock.
"""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from bpmn.messages import message
from engine import installation
from engine.database import newest_revision
from engine.errors import DatabaseInUse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from engine.database import Database

_LOCK_NOT_AVAILABLE = "55P03"
# A restore may take long; requests that need a new connection meanwhile are not to hang so long.
_SHARE = (
    "SET lock_timeout = '5s'",
    *installation.MARKS,
    "RESET lock_timeout",
    # A node that is frozen in the middle of a write holds its locks, and up the office.
    "SET idle_in_transaction_session_timeout = '60s'",
)


@contextmanager
def serving(db: Database) -> Iterator[None]:
    """Nobody restores the database during the block; raises `DatabaseInUse` if somebody does."""
    if file := database_file(db):
        db.revision  # noqa: B018  (no lock is left beside a file that is no database)
        db.connections.dispose()  # connected without the lock, perhaps to a file replaced since
        with _locked(file, fcntl.LOCK_SH, _restoring()):
            yield
        return
    event.listen(db.connections, "connect", _share)
    db.connections.dispose()
    try:
        _try_connecting(db)
        yield
    finally:
        event.remove(db.connections, "connect", _share)
        db.connections.dispose()


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Nobody works with an SQLite database during the block; raises `DatabaseInUse`."""
    with _locked(file, fcntl.LOCK_EX, _in_use()):
        yield


def require_alone(connection: Connection) -> None:
    """The same for PostgreSQL, up to the end of the transaction: the lock and the work are one."""
    free = text("SELECT pg_try_advisory_xact_lock(:lock)")
    if not connection.scalar(free, {"lock": installation.OCCUPIED}):
        raise _in_use()


def database_file(db: Database) -> Path | None:
    """The file of an SQLite database."""
    address = db.connections.url
    if address.get_backend_name() != "sqlite" or not address.database:
        return None
    return Path(address.database)


@contextmanager
def _locked(file: Path, how: int, otherwise: DatabaseInUse) -> Iterator[None]:
    # The lock has a file of its own: closing any file handle on the database itself would drop
    # SQLite's locks.
    with Path(f"{file}.lock").open("a") as lock:
        try:
            fcntl.flock(lock, how | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise otherwise from error
        yield


def _share(connection: Any, _record: Any) -> None:
    try:
        for statement in _SHARE:
            connection.execute(statement.replace("%d", str(int(newest_revision()))))
        installation.require_on(connection)
        connection.commit()
    except BaseException:
        connection.close()  # the pool has not got it yet
        raise


def _try_connecting(db: Database) -> None:
    try:
        db.connections.connect().close()
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
            raise _restoring() from error
        raise


def _in_use() -> DatabaseInUse:
    return DatabaseInUse(
        message("Basis data sedang dipakai. Hentikan dahulu alur serve dan alur worker.")
    )


def _restoring() -> DatabaseInUse:
    return DatabaseInUse(message("Basis data sedang dipulihkan. Coba lagi sesudahnya."))
