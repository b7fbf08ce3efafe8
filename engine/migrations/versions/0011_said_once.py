"""What follows from something else is not kept twice: the hash before, the digest of what is kept.

Releases that write both go on beside newer ones; their own `alur history verify` takes entries
without them for wrong.
"""

from __future__ import annotations

import hashlib
import zlib
from contextlib import suppress

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None
# The oldest release that may go on with this schema; see `engine.installation`.
oldest = "0008"

SAID_TWICE = {"history": "previous", "submission": "digest"}
CONNECT = """
    UPDATE history SET previous = COALESCE((
        SELECT earlier.hash FROM history AS earlier
        WHERE earlier.instance_id = history.instance_id AND earlier.seq = history.seq - 1
    ), :genesis)
    WHERE previous IS NULL
"""


def upgrade() -> None:
    _index_by("brin", autosummarize=True)
    for table, column in SAID_TWICE.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column(column, existing_type=sa.String(length=64), nullable=True)


def downgrade() -> None:
    _index_by("btree")
    op.execute(sa.text(CONNECT).bindparams(genesis=64 * "0"))
    _digest_submissions()
    for table, column in SAID_TWICE.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column(column, existing_type=sa.String(length=64), nullable=False)


def _digest_submissions() -> None:
    """Adds what was left out, of data that may be deflated."""
    connection = op.get_bind()
    undigested = sa.text(
        "SELECT id, data FROM submission WHERE digest IS NULL ORDER BY id LIMIT 1000"
    )
    digested = sa.text("UPDATE submission SET digest = :digest WHERE id = :id")
    while rows := connection.execute(undigested).all():
        connection.execute(
            digested, [{"id": row.id, "digest": _digest(bytes(row.data))} for row in rows]
        )


def _digest(data: bytes) -> str:
    with suppress(zlib.error):  # what is damaged is digested as it stands
        data = zlib.decompress(data) if data.startswith(b"x") else data
    return hashlib.sha256(data).hexdigest()


def _index_by(method: str, **settings: bool) -> None:
    """Makes the index anew, and only then takes the old one's place: reading goes on meanwhile."""
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(
            "ix_history_at_new", "history", ["at"], postgresql_using=method,
            postgresql_with=settings,
        )  # fmt: skip
        op.drop_index("ix_history_at", table_name="history")
        op.execute("ALTER INDEX ix_history_at_new RENAME TO ix_history_at")
