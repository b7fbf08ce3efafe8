"""What the nodes of an installation share."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None
# The oldest release that may go on with this schema; see `engine.installation`.
oldest = "0008"


def upgrade() -> None:
    installation = op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("oldest", sa.String(length=4), nullable=False),
        sa.Column("session_key", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.bulk_insert(installation, [{"id": 1, "oldest": oldest}])


def downgrade() -> None:
    op.drop_table("installation")
