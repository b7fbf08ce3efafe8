"""The supervisors' desk: tallies of finished work, acts, corrections, kept views and sheets."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("query", sa.String(length=2000), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_saved_view_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
    )
    with op.batch_alter_table("saved_view", schema=None) as batch_op:
        batch_op.create_index("uq_saved_view_person_id_name", ["person_id", "name"], unique=True)

    op.create_table(
        "case_tally",
        sa.Column("definition_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("completed", sa.Integer(), nullable=False),
        sa.Column("cancelled", sa.Integer(), nullable=False),
        sa.Column("spread", sa.LargeBinary(), nullable=False),
        sa.Column("rounds", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["definition.id"], name=op.f("fk_case_tally_definition_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_case_tally_unit_id")),
        sa.PrimaryKeyConstraint("definition_id", "unit_id", "month", name=op.f("pk_case_tally")),
    )
    op.create_table(
        "day_tally",
        sa.Column("definition_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("started", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["definition.id"], name=op.f("fk_day_tally_definition_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_day_tally_unit_id")),
        sa.PrimaryKeyConstraint("definition_id", "unit_id", "day", name=op.f("pk_day_tally")),
    )
    op.create_table(
        "variant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("definition_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("path", sa.LargeBinary(), nullable=False),
        sa.Column("deviations", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["definition.id"], name=op.f("fk_variant_definition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_variant")),
    )
    op.create_index(
        "uq_variant_definition_id_digest", "variant", ["definition_id", "digest"], unique=True
    )
    op.create_table(
        "variant_tally",
        sa.Column("variant_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("worked", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_variant_tally_unit_id")),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variant.id"], name=op.f("fk_variant_tally_variant_id")
        ),
        sa.PrimaryKeyConstraint("variant_id", "unit_id", "month", name=op.f("pk_variant_tally")),
    )
    op.create_table(
        "person_tally",
        sa.Column("definition_id", sa.Integer(), nullable=False),
        sa.Column("element", sa.String(length=100), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("worked", sa.BigInteger(), nullable=False),
        sa.Column("waited", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["definition.id"], name=op.f("fk_person_tally_definition_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_tally_person_id")
        ),
        sa.PrimaryKeyConstraint(
            "definition_id", "element", "person_id", "month", name=op.f("pk_person_tally")
        ),
    )
    op.create_table(
        "step_tally",
        sa.Column("definition_id", sa.Integer(), nullable=False),
        sa.Column("element", sa.String(length=100), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("again", sa.Integer(), nullable=False),
        sa.Column("worked", sa.BigInteger(), nullable=False),
        sa.Column("waited", sa.BigInteger(), nullable=False),
        sa.Column("worked_spread", sa.LargeBinary(), nullable=False),
        sa.Column("waited_spread", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["definition.id"], name=op.f("fk_step_tally_definition_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_step_tally_unit_id")),
        sa.PrimaryKeyConstraint(
            "definition_id", "element", "unit_id", "month", name=op.f("pk_step_tally")
        ),
    )
    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("work_item_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_correction_instance_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_correction_person_id")),
        sa.ForeignKeyConstraint(
            ["work_item_id"], ["work_item.id"], name=op.f("fk_correction_work_item_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    op.create_index(op.f("ix_correction_instance_id"), "correction", ["instance_id"])
    op.create_table(
        "monitoring_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.Column("judgement", sa.LargeBinary(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_by", sa.Integer(), nullable=True),
        sa.Column("signature", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_monitoring_sheet_unit_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_monitoring_sheet_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["signed_by"], ["person.id"], name=op.f("fk_monitoring_sheet_signed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monitoring_sheet")),
    )
    op.create_index(
        "uq_monitoring_sheet_key_unit_id_kind_first",
        "monitoring_sheet",
        ["key", "unit_id", "kind", "first"],
        unique=True,
    )
    _mass_acts()
    # Added as such, since a table made anew on SQLite would use the numbers of deleted cases again.
    for table, ended in (
        ("instance", "ended_at IS NOT NULL"),
        ("work_item", "status = 'completed'"),
    ):
        op.add_column(
            table, sa.Column("counted", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        uncounted = sa.text(f"{ended} AND NOT counted")
        op.create_index(
            f"ix_{table}_uncounted",
            table,
            ["id"],
            sqlite_where=uncounted,
            postgresql_where=uncounted,
        )
    op.add_column("instance", sa.Column("variant_id", sa.Integer(), nullable=True))
    op.create_index("ix_instance_variant_id", "instance", ["variant_id"])
    _rounds("'seal', 'retain', 'count'")
    op.drop_index("ix_instance_subject_id", "instance")
    op.create_index("ix_instance_subject_id_status", "instance", ["subject_id", "status"])
    op.create_index("ix_instance_ended_at", "instance", ["ended_at"])
    op.create_index("ix_instance_started_at", "instance", ["started_at"])


def _mass_acts() -> None:
    op.create_table(
        "mass_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("details", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mass_act_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mass_act")),
    )
    op.create_index("uq_mass_act_person_id_token", "mass_act", ["person_id", "token"], unique=True)
    op.create_table(
        "mass_act_case",
        sa.Column("mass_act_id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_mass_act_case_instance_id")
        ),
        sa.ForeignKeyConstraint(
            ["mass_act_id"], ["mass_act.id"], name=op.f("fk_mass_act_case_mass_act_id")
        ),
        sa.PrimaryKeyConstraint("mass_act_id", "instance_id", name=op.f("pk_mass_act_case")),
    )
    op.create_index("ix_mass_act_case_instance_id", "mass_act_case", ["instance_id"])


def downgrade() -> None:
    op.execute("DELETE FROM job WHERE kind = 'count'")
    _rounds("'seal', 'retain'")
    op.drop_index("ix_work_item_uncounted", "work_item")
    op.drop_column("work_item", "counted")
    op.create_index("ix_instance_subject_id", "instance", ["subject_id"])
    for index in ("subject_id_status", "ended_at", "started_at", "uncounted", "variant_id"):
        op.drop_index(f"ix_instance_{index}", "instance")
    for column in ("counted", "variant_id"):
        op.drop_column("instance", column)
    for table in (
        "monitoring_sheet",
        "mass_act_case",
        "mass_act",
        "correction",
        "saved_view",
        "step_tally",
        "person_tally",
        "case_tally",
        "day_tally",
        "variant_tally",
        "variant",
    ):
        op.drop_table(table)


def _rounds(kinds: str) -> None:
    """Of these kinds there is one job each."""
    of_kind = sa.text(f"kind IN ({kinds})")
    op.drop_index("uq_job_round", "job")
    op.create_index(
        "uq_job_round", "job", ["kind"], unique=True, sqlite_where=of_kind, postgresql_where=of_kind
    )
