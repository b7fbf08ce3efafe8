"""Later work: jobs, awaited messages, notices, and what failed."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.models.base import (
    At,
    Base,
    Code,
    InstanceKey,
    Key,
    MaybeAt,
    MaybePerson,
    Name,
    PersonKey,
)
from engine.models.cases import Instance, WorkItem


class Job(Base):
    """Later work: a timer, a message, a service task, a mail; gone with the write that does it.

    ``state`` is ``armed``, ``held`` (its case is suspended) or ``failed`` (an incident is open).
    ``ready`` is when it may be leased: its due time, the end of a lease, or of a pause after a
    failure. ``task`` names the part of the case's state that it belongs to; what leaves the state
    takes its jobs along. ``since``, ``duration``, ``clock`` and ``end_of_day`` are what the due
    time was computed from (None: a fixed instant), ``repeats`` how often it comes again
    (-1: without end), ``details`` what the work needs besides.
    """

    __tablename__ = "job"
    id: Mapped[Key]
    kind: Mapped[str] = mapped_column(String(10))
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("instance.id"))
    work_item_id: Mapped[int | None] = mapped_column(ForeignKey("work_item.id"))
    person_id: Mapped[MaybePerson]
    element: Mapped[str | None] = mapped_column(String(100))
    task: Mapped[str | None] = mapped_column(String(32))
    due: Mapped[At]
    ready: Mapped[At]
    attempts: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(10), default="armed")
    error: Mapped[str | None] = mapped_column(String(1000))
    since: Mapped[MaybeAt]
    duration: Mapped[str | None] = mapped_column(String(100))
    clock: Mapped[str | None] = mapped_column(String(10))
    end_of_day: Mapped[bool] = mapped_column(default=False)
    repeats: Mapped[int] = mapped_column(default=0)
    details: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (
        # The one question that is asked all the time: what may be leased now.
        Index(
            "ix_job_ready",
            "ready",
            sqlite_where=text("state = 'armed'"),
            postgresql_where=text("state = 'armed'"),
        ),
        Index("ix_job_instance_id_task", "instance_id", "task"),
        # One mail gathers all that a person is to be told.
        Index(
            "uq_job_mail",
            "person_id",
            unique=True,
            sqlite_where=text("kind = 'mail'"),
            postgresql_where=text("kind = 'mail'"),
        ),
        # The office's own rounds: one job each, which arms itself again.
        Index(
            "uq_job_round",
            "kind",
            unique=True,
            sqlite_where=text("kind IN ('seal', 'retain', 'count')"),
            postgresql_where=text("kind IN ('seal', 'retain', 'count')"),
        ),
        # SQLite would give the id of a job that is done to another, and a page may name it still.
        {"sqlite_autoincrement": True},
    )


class Subscription(Base):
    """That a case waits for a ``message`` or ``signal`` of a name, at a task of its state.

    A message must bring the same ``key``, which is None where the diagram asks for none.
    """

    __tablename__ = "subscription"
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    task: Mapped[str] = mapped_column(String(32), primary_key=True)
    element: Mapped[Code]
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[Name]
    key: Mapped[str | None] = mapped_column(String(255))

    __table_args__ = (Index("ix_subscription_kind_name_key", "kind", "name", "key"),)


class Notice(Base):
    """What a person is told about a task; ``token`` makes telling it twice the same notice.

    ``mail`` is None (not to be mailed), ``due``, ``sending``, ``sent`` or ``unsure`` (the mail
    server was lost between our sending and its answer).
    """

    __tablename__ = "notice"
    id: Mapped[Key]
    person_id: Mapped[PersonKey]
    instance_id: Mapped[InstanceKey] = mapped_column(index=True)
    work_item_id: Mapped[int | None] = mapped_column(ForeignKey("work_item.id"))
    kind: Mapped[str] = mapped_column(String(20))
    token: Mapped[str] = mapped_column(String(64))
    at: Mapped[At]
    read_at: Mapped[MaybeAt]
    mail: Mapped[str | None] = mapped_column(String(10))

    instance: Mapped[Instance] = relationship(lazy="raise")
    work_item: Mapped[WorkItem | None] = relationship(lazy="raise")

    __table_args__ = (
        Index("uq_notice_person_id_token", "person_id", "token", unique=True),
        *(
            Index(
                f"ix_notice_{name}",
                "person_id",
                "id",
                sqlite_where=text(condition),
                postgresql_where=text(condition),
            )
            for name, condition in (("unread", "read_at IS NULL"), ("unsent", "mail = 'due'"))
        ),
    )


class Incident(Base):
    """A step or job that failed: it stands still until somebody has mended the reason.

    ``outcome`` says how it was overcome: ``done``, ``retried`` or ``dropped``, ``note`` why.
    """

    __tablename__ = "incident"
    id: Mapped[Key]
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("instance.id"), index=True)
    work_item_id: Mapped[int | None] = mapped_column(ForeignKey("work_item.id"))
    job_id: Mapped[int | None] = mapped_column(index=True)  # the job may be gone since
    element: Mapped[str | None] = mapped_column(String(100))
    at: Mapped[At]
    person_id: Mapped[MaybePerson]
    reason: Mapped[str] = mapped_column(String(1000))
    resolved_at: Mapped[MaybeAt]
    resolved_by: Mapped[MaybePerson]
    outcome: Mapped[str | None] = mapped_column(String(10))
    note: Mapped[str | None] = mapped_column(String(1000))

    instance: Mapped[Instance | None] = relationship(lazy="raise")

    __table_args__ = (
        Index(
            "ix_incident_open",
            "id",
            sqlite_where=text("resolved_at IS NULL"),
            postgresql_where=text("resolved_at IS NULL"),
        ),
    )
