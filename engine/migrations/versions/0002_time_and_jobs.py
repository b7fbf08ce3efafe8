"""Time and jobs"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("rules", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_calendar_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_calendar_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar")),
    )
    with op.batch_alter_table("calendar", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calendar_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=True),
        sa.Column("work_item_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("element", sa.String(length=100), nullable=True),
        sa.Column("task", sa.String(length=32), nullable=True),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ready", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("error", sa.String(length=1000), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("duration", sa.String(length=100), nullable=True),
        sa.Column("clock", sa.String(length=10), nullable=True),
        sa.Column("end_of_day", sa.Boolean(), nullable=False),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.Column("details", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_job_instance_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_job_person_id")),
        sa.ForeignKeyConstraint(
            ["work_item_id"], ["work_item.id"], name=op.f("fk_job_work_item_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index("ix_job_instance_id_task", ["instance_id", "task"], unique=False)
        batch_op.create_index(
            "ix_job_ready",
            ["ready"],
            unique=False,
            sqlite_where=sa.text("state = 'armed'"),
            postgresql_where=sa.text("state = 'armed'"),
        )
        batch_op.create_index(
            "uq_job_mail",
            ["person_id"],
            unique=True,
            sqlite_where=sa.text("kind = 'mail'"),
            postgresql_where=sa.text("kind = 'mail'"),
        )

    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("work_item_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mail", sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_notice_instance_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_person_id")),
        sa.ForeignKeyConstraint(
            ["work_item_id"], ["work_item.id"], name=op.f("fk_notice_work_item_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_instance_id"), ["instance_id"], unique=False)
        batch_op.create_index(
            "ix_notice_unread",
            ["person_id", "id"],
            unique=False,
            sqlite_where=sa.text("read_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL"),
        )
        batch_op.create_index(
            "ix_notice_unsent",
            ["person_id", "id"],
            unique=False,
            sqlite_where=sa.text("mail = 'due'"),
            postgresql_where=sa.text("mail = 'due'"),
        )
        batch_op.create_index("uq_notice_person_id_token", ["person_id", "token"], unique=True)

    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.add_column(sa.Column("job_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("element", sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column("resolved_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("outcome", sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column("note", sa.String(length=1000), nullable=True))
        batch_op.alter_column("instance_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.alter_column("work_item_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.alter_column("person_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_index(batch_op.f("ix_incident_job_id"), ["job_id"], unique=False)
        batch_op.create_index(
            "ix_incident_open",
            ["id"],
            unique=False,
            sqlite_where=sa.text("resolved_at IS NULL"),
            postgresql_where=sa.text("resolved_at IS NULL"),
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_incident_resolved_by"), "person", ["resolved_by"], ["id"]
        )

    with op.batch_alter_table("instance", schema=None) as batch_op:
        batch_op.alter_column("starter_id", existing_type=sa.INTEGER(), nullable=True)

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("email", sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column("feed", sa.String(length=64), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_person_feed"), ["feed"])

    with op.batch_alter_table("work_item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("since", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("waited", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("worked", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("wait_due_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True))

    # Clocks of what is open go on from where they were; the first worker arms what cases wait for.
    op.execute(
        "UPDATE work_item SET since = coalesce(taken_up_at, opened_at) WHERE status = 'open'"
    )
    op.execute(
        "INSERT INTO job (kind, due, ready, attempts, state, end_of_day, repeats)"
        " SELECT 'rearm', max(started_at), max(started_at), 0, 'armed', false, 0 FROM instance"
        " WHERE status = 'running' HAVING count(*) > 0"
    )


def downgrade() -> None:
    # The older tables have no room for failures of jobs, which go as well, nor for a case that no
    # person has started: its history still says so.
    op.execute(
        "DELETE FROM incident WHERE instance_id IS NULL OR work_item_id IS NULL"
        " OR person_id IS NULL"
    )
    op.execute("UPDATE instance SET starter_id = subject_id WHERE starter_id IS NULL")

    with op.batch_alter_table("work_item", schema=None) as batch_op:
        batch_op.drop_column("deadline_at")
        batch_op.drop_column("wait_due_at")
        batch_op.drop_column("due_at")
        batch_op.drop_column("worked")
        batch_op.drop_column("waited")
        batch_op.drop_column("since")

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_person_feed"), type_="unique")
        batch_op.drop_column("feed")
        batch_op.drop_column("email")

    with op.batch_alter_table("instance", schema=None) as batch_op:
        batch_op.alter_column("starter_id", existing_type=sa.INTEGER(), nullable=False)

    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_incident_resolved_by"), type_="foreignkey")
        batch_op.drop_index(
            "ix_incident_open",
            sqlite_where=sa.text("resolved_at IS NULL"),
            postgresql_where=sa.text("resolved_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_incident_job_id"))
        batch_op.alter_column("person_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.alter_column("work_item_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.alter_column("instance_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("note")
        batch_op.drop_column("outcome")
        batch_op.drop_column("resolved_by")
        batch_op.drop_column("element")
        batch_op.drop_column("job_id")

    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index("uq_notice_person_id_token")
        batch_op.drop_index(
            "ix_notice_unsent",
            sqlite_where=sa.text("mail = 'due'"),
            postgresql_where=sa.text("mail = 'due'"),
        )
        batch_op.drop_index(
            "ix_notice_unread",
            sqlite_where=sa.text("read_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_notice_instance_id"))

    op.drop_table("notice")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_job_mail",
            sqlite_where=sa.text("kind = 'mail'"),
            postgresql_where=sa.text("kind = 'mail'"),
        )
        batch_op.drop_index(
            "ix_job_ready",
            sqlite_where=sa.text("state = 'armed'"),
            postgresql_where=sa.text("state = 'armed'"),
        )
        batch_op.drop_index("ix_job_instance_id_task")

    op.drop_table("job")
    with op.batch_alter_table("calendar", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_calendar_unit_id"))

    op.drop_table("calendar")
