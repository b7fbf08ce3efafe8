"""What follows from something else is not kept twice: the hash before, the digest of what is kept.

Releases that write both go on beside newer ones; their own `alur history verify` takes entries
without them for wrong.
"""

from __future__ import annotations

import hashlib
import zlib

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
    for table, column in SAID_TWICE.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column(column, existing_type=sa.String(length=64), nullable=True)
    _index_by("brin")


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
    undigested = sa.text("SELECT id, data FROM submission WHERE digest IS NULL")
    digested = sa.text("UPDATE submission SET digest = :digest WHERE id = :id")
    for row in connection.execute(undigested).all():
        data = zlib.decompress(row.data) if row.data.startswith(b"x") else row.data
        digest = hashlib.sha256(data).hexdigest()
        connection.execute(digested, {"id": row.id, "digest": digest})


def _index_by(method: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_history_at", table_name="history")
        op.create_index("ix_history_at", "history", ["at"], postgresql_using=method)
