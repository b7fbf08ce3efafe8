"""What all nodes of an installation share: which releases may work at once, and a key.

A release is known by the newest revision of the schema that it knows. Each migration says what is
the ``oldest`` release that may go on with the schema that it leaves, and the database keeps it: a
node of an older release than the schema works on, and may be started, as long as it is not older
than that. On PostgreSQL every connection of a node holds a lock that says its release; a migration
that nodes at work could not go on with is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, text, update

from bpmn.messages import message
from engine.database import newest_revision
from engine.errors import DatabaseInUse, WrongRelease
from engine.models import Installation

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory
    from sqlalchemy import Connection

    from engine.database import Database

FIRST = "0010"  # the first revision in which the database says it
OCCUPIED = 2042  # the lock of everybody who works with a PostgreSQL database
_RELEASE = 2044
# In this order: who has the second lock and not the first is of a release before `FIRST`.
MARKS = (
    f"SELECT pg_advisory_lock_shared({_RELEASE}, %d)",
    f"SELECT pg_advisory_lock_shared({OCCUPIED})",
)
_UNMARKED = f"""
    SELECT 1 FROM pg_locks AS here
    WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database
        WHERE datname = current_database()) AND (classid, objid, objsubid) = (0, {OCCUPIED}, 1)
    AND NOT EXISTS (SELECT 1 FROM pg_locks AS mark WHERE mark.pid = here.pid
        AND mark.locktype = 'advisory' AND (mark.classid, mark.objsubid) = ({_RELEASE}, 2))
"""  # noqa: S608  (numbers)


def fits(db: Database) -> bool:
    """Whether this release may work with the schema as it is."""
    return _fits(db.revision, db)


def require(db: Database) -> None:
    """Raises `WrongRelease` unless it may."""
    revision = db.revision
    if not _fits(revision, db):
        raise too_old() if _is_newer(revision) else _out_of_date()


def is_ahead(db: Database) -> bool:
    """Whether a newer release has brought the schema up already."""
    return _is_newer(db.revision)


def too_old() -> WrongRelease:
    """That the schema has gone on without this release."""
    return WrongRelease(
        message(
            "Basis data sudah milik rilis yang lebih baru. Hentikan rilis ini, pakai yang baru."
        )
    )


def settle(connection: Connection, scripts: ScriptDirectory, revision: str | None) -> None:
    """Notes, after a migration, the oldest release that may go on with the schema.

    Raises `DatabaseInUse` where an older one is at work.
    """
    if revision is None or revision < FIRST:
        return
    oldest: str = scripts.get_revision(revision).module.oldest
    if connection.dialect.name == "postgresql":
        _require_none_before(connection, oldest, scripts)
    connection.execute(text("UPDATE installation SET oldest = :oldest"), {"oldest": oldest})


def session_key(db: Database, own: bytes) -> bytes:
    """The key with which every node signs sessions: that of whichever came first."""
    asked = select(Installation.session_key)
    with db.read() as session:
        kept = session.scalar(asked)
    if kept is not None:
        return kept
    with db.write() as session:
        first = update(Installation).where(Installation.session_key.is_(None))
        session.execute(first.values(session_key=own))
        return session.scalars(asked).one() or own


def require_on(connection: Any) -> None:
    """The same as `require` on a new connection of psycopg, which has its `MARKS`.

    A node may have been cut off while the schema went on without it.
    """
    there = connection.execute("SELECT to_regclass('installation')").fetchone()
    if there is None or there[0] is None:
        return
    (oldest,) = connection.execute("SELECT oldest FROM installation").fetchone()
    if oldest > newest_revision():
        raise too_old()


def _fits(revision: str | None, db: Database) -> bool:
    if not _is_newer(revision):
        return revision == newest_revision()
    with db.read() as session:
        oldest = session.scalar(select(Installation.oldest))
    return oldest is not None and oldest <= newest_revision()


def _is_newer(revision: str | None) -> bool:
    return revision is not None and revision > newest_revision()


def _out_of_date() -> WrongRelease:
    return WrongRelease(message("Basis data bukan dari rilis ini. Jalankan: alur migrate"))


def _require_none_before(connection: Connection, oldest: str, scripts: ScriptDirectory) -> None:
    """No node of an older release is at work, nor comes before the migration is committed."""
    free = text("SELECT pg_try_advisory_xact_lock(:release, :revision)")
    for script in scripts.walk_revisions():
        given = {"release": _RELEASE, "revision": int(script.revision)}
        if script.revision < oldest and not connection.scalar(free, given):
            raise _still_there(script.revision)
    if oldest > FIRST and connection.scalar(text(_UNMARKED)):
        raise _still_there("0008")


def _still_there(revision: str) -> DatabaseInUse:
    return DatabaseInUse(
        message(
            "Rilis lama (susunan {revision}) masih bekerja dan tidak dapat berjalan dengan susunan"
            " baru. Hentikan dahulu semua alur serve dan alur worker dari rilis itu.",
            revision=revision,
        )
    )
