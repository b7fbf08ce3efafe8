"""Procedures and their cases: versions, instances, who does what, and what was submitted."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, LargeBinary, String, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.models.base import (
    At,
    Base,
    Code,
    Digest,
    InstanceKey,
    Key,
    MaybeAt,
    MaybePerson,
    Name,
    Packed,
    PersonKey,
)
from engine.models.directory import Group, Person


class Definition(Base):
    """One version of a process: the file exactly as it was deployed. Its identity is its digest."""

    __tablename__ = "definition"
    id: Mapped[Key]
    key: Mapped[Code]
    version: Mapped[int]
    digest: Mapped[Digest]
    name: Mapped[Name]
    source: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    deployed_at: Mapped[At]
    deployed_by: Mapped[MaybePerson]

    __table_args__ = (
        Index("uq_definition_key_version", "key", "version", unique=True),
        Index("uq_definition_key_digest", "key", "digest", unique=True),
    )


class Activation(Base):
    """That a version was put into force; the newest of a key is the one in force."""

    __tablename__ = "activation"
    id: Mapped[Key]
    key: Mapped[Code] = mapped_column(index=True)
    definition_id: Mapped[int] = mapped_column(ForeignKey("definition.id"))
    at: Mapped[At]
    person_id: Mapped[MaybePerson]


GOING_ON = ("running", "suspended")  # states of cases that have not ended


class Instance(Base):
    """A case. ``state`` is `engine.spiff.execution`'s; ``version`` guards every write.

    ``last_seq`` and ``last_hash`` are the head of its history's chain; ``token`` makes a resent
    request to start the same case. ``starter_id`` is None when a timer started it. ``called`` are
    the versions of the processes that it may call, bound at its start (JSON, key to digest).
    ``counted`` says that the tallies know of its end, ``variant_id`` then which way it took (no
    foreign key: SQLite adds none to a table that is there).
    """

    __tablename__ = "instance"
    id: Mapped[Key]
    definition_id: Mapped[int] = mapped_column(ForeignKey("definition.id"))
    subject_id: Mapped[PersonKey]
    starter_id: Mapped[MaybePerson]
    token: Mapped[str] = mapped_column(String(64), unique=True)
    status: Mapped[str] = mapped_column(String(10))
    version: Mapped[int]
    state: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    started_at: Mapped[At]
    ended_at: Mapped[MaybeAt]
    last_seq: Mapped[int]
    last_hash: Mapped[Digest]
    called: Mapped[bytes | None] = mapped_column(LargeBinary)
    counted: Mapped[bool] = mapped_column(default=False, server_default=false())
    variant_id: Mapped[int | None] = mapped_column(index=True)

    definition: Mapped[Definition] = relationship(lazy="raise")
    subject: Mapped[Person] = relationship(foreign_keys="Instance.subject_id", lazy="raise")

    __table_args__ = (
        # What is counted by status, and what has been kept long enough.
        Index("ix_instance_definition_id_status", "definition_id", "status", "ended_at"),
        # What is going on of a unit's employees, and what each has had.
        Index("ix_instance_subject_id_status", "subject_id", "status"),
        Index("ix_instance_started_at", "started_at"),
        Index("ix_instance_ended_at", "ended_at"),
        Index(
            "ix_instance_uncounted",
            "id",
            sqlite_where=text("ended_at IS NOT NULL AND NOT counted"),
            postgresql_where=text("ended_at IS NOT NULL AND NOT counted"),
        ),
        # SQLite would give the number of a deleted case to another one.
        {"sqlite_autoincrement": True},
    )

    @property
    def number(self) -> str:
        """The case number people write down."""
        return f"{self.id:05d}"


class Role(Base):
    """Who fills a place (lane or task) in a case: a person, or a group until one claims."""

    __tablename__ = "role"
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    place: Mapped[Code] = mapped_column(primary_key=True)
    person_id: Mapped[MaybePerson] = mapped_column(index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("group.id"))

    person: Mapped[Person | None] = relationship(lazy="raise")
    group: Mapped[Group | None] = relationship(lazy="raise")


class WorkItem(Base):
    """One open or closed task of a person or group; ``task`` is its id in the instance's state.

    ``visit`` counts how often the case has come to this step; ``draft`` is unsent input.
    ``waited`` and ``worked`` are seconds of the case's clock in the tray and in work; the present
    one counts on from ``since`` (None: closed, or the case is suspended). ``due_at`` is the end of
    the standard duration, ``wait_due_at`` of the waiting limit, ``deadline_at`` of the nearest
    other timer at its edge. ``draft_revision`` counts how often the draft was saved, so that two
    devices do not write over each other; ``performed_at`` is when the work was done where that was
    before it was recorded (None: when it was closed). ``counted`` says that the
    tallies know of it.
    """

    __tablename__ = "work_item"
    id: Mapped[Key]
    instance_id: Mapped[InstanceKey]
    task: Mapped[str] = mapped_column(String(32))
    element: Mapped[Code]
    place: Mapped[Code]
    status: Mapped[str] = mapped_column(String(10))
    visit: Mapped[int]
    person_id: Mapped[MaybePerson]
    group_id: Mapped[int | None] = mapped_column(ForeignKey("group.id"))
    opened_at: Mapped[At]
    taken_up_at: Mapped[MaybeAt]
    closed_at: Mapped[MaybeAt]
    closed_by: Mapped[MaybePerson] = mapped_column(index=True)
    performed_at: Mapped[MaybeAt]
    draft: Mapped[bytes | None] = mapped_column(LargeBinary)
    draft_at: Mapped[MaybeAt]
    draft_revision: Mapped[int] = mapped_column(default=0, server_default="0")
    since: Mapped[MaybeAt]
    waited: Mapped[int] = mapped_column(default=0, server_default="0")
    worked: Mapped[int] = mapped_column(default=0, server_default="0")
    due_at: Mapped[MaybeAt]
    wait_due_at: Mapped[MaybeAt]
    deadline_at: Mapped[MaybeAt]
    counted: Mapped[bool] = mapped_column(default=False, server_default=false())

    instance: Mapped[Instance] = relationship(lazy="raise")
    person: Mapped[Person | None] = relationship(foreign_keys="WorkItem.person_id", lazy="raise")
    group: Mapped[Group | None] = relationship(lazy="raise")
    closer: Mapped[Person | None] = relationship(foreign_keys="WorkItem.closed_by", lazy="raise")

    __table_args__ = (
        Index("uq_work_item_instance_id_task", "instance_id", "task", unique=True),
        # The worklist reads open work only, however much is closed.
        *(
            Index(
                f"ix_work_item_open_{column}",
                column,
                "id",
                sqlite_where=text("status = 'open'"),
                postgresql_where=text("status = 'open'"),
            )
            for column in ("person_id", "group_id")
        ),
        Index(
            "ix_work_item_uncounted",
            "id",
            sqlite_where=text("status = 'completed' AND NOT counted"),
            postgresql_where=text("status = 'completed' AND NOT counted"),
        ),
    )


class Submission(Base):
    """What was submitted at a step, exactly; ``token`` makes a resent request the same step.

    ``digest`` is that of the data where an older release wrote it (None: its entry tells it).
    """

    __tablename__ = "submission"
    id: Mapped[Key]
    instance_id: Mapped[InstanceKey] = mapped_column(index=True)
    work_item_id: Mapped[int] = mapped_column(ForeignKey("work_item.id"), unique=True)
    person_id: Mapped[PersonKey]
    at: Mapped[At]
    token: Mapped[str] = mapped_column(String(64))
    data: Mapped[bytes] = mapped_column(Packed)
    digest: Mapped[Digest | None]
