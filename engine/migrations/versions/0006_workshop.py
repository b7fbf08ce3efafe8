"""The analysts' workshop: processes, sketches, publications, moves of cases, and trials."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "process",
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("archived_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["archived_by"], ["person.id"], name=op.f("fk_process_archived_by")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_process_owner_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_process")),
    )
    op.create_table(
        "trial",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.Column("called", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_trial_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial")),
    )
    with op.batch_alter_table("trial", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trial_person_id"), ["person_id"], unique=False)

    op.create_table(
        "move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("mapping", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["from_id"], ["definition.id"], name=op.f("fk_move_from_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_move_person_id")),
        sa.ForeignKeyConstraint(["to_id"], ["definition.id"], name=op.f("fk_move_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_move")),
    )
    with op.batch_alter_table("move", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_move_from_id"), ["from_id"], unique=False)

    op.create_table(
        "publication",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("definition_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=2000), nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_publication_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["definition.id"], name=op.f("fk_publication_definition_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_publication_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
    )
    with op.batch_alter_table("publication", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_publication_definition_id"), ["definition_id"], unique=False
        )

    op.create_table(
        "sketch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("base_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["base_id"], ["definition.id"], name=op.f("fk_sketch_base_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sketch_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sketch")),
    )
    with op.batch_alter_table("sketch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sketch_person_id"), ["person_id"], unique=False)

    op.create_table(
        "moved_case",
        sa.Column("move_id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_moved_case_instance_id")
        ),
        sa.ForeignKeyConstraint(["move_id"], ["move.id"], name=op.f("fk_moved_case_move_id")),
        sa.PrimaryKeyConstraint("move_id", "instance_id", name=op.f("pk_moved_case")),
    )
    with op.batch_alter_table("moved_case", schema=None) as batch_op:
        batch_op.create_index("ix_moved_case_instance_id", ["instance_id"], unique=False)


def downgrade() -> None:
    for table in ("moved_case", "move", "publication", "sketch", "trial", "process"):
        op.drop_table(table)
