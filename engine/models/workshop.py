"""The analysts' workshop: drawings and imports in the making, publications, moves, and trials."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.models.base import (
    At,
    Base,
    InstanceKey,
    Key,
    MaybeAt,
    MaybePerson,
    Name,
    PersonKey,
)
from engine.models.cases import Definition
from engine.models.directory import Person


class Process(Base):
    """What is known of a process beside its versions; a row exists once there is something."""

    __tablename__ = "process"
    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    owner_id: Mapped[MaybePerson]
    archived_at: Mapped[MaybeAt]
    archived_by: Mapped[MaybePerson]

    owner: Mapped[Person | None] = relationship(foreign_keys="Process.owner_id", lazy="raise")


class Sketch(Base):
    """A diagram that an analyst is drawing, kept by itself; ``revision`` grows with each keeping.

    ``base_id`` is the version that it was begun from (None: from nothing, or from a file).
    """

    __tablename__ = "sketch"
    id: Mapped[Key]
    person_id: Mapped[PersonKey] = mapped_column(index=True)
    base_id: Mapped[int | None] = mapped_column(ForeignKey("definition.id"))
    name: Mapped[Name]
    source: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    revision: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[At]

    base: Mapped[Definition | None] = relationship(lazy="raise")


class SopImport(Base):
    """A table of an SOP that an analyst turns into a diagram, until it is taken over or deleted.

    ``grids`` is what stood in the file and ``answers`` what the analyst says of it (both JSON);
    what is understood follows from the two. ``revision`` grows with each answer; ``guesses`` and
    ``missing`` are counted from what was understood last.
    """

    __tablename__ = "sop_import"
    id: Mapped[Key]
    person_id: Mapped[PersonKey] = mapped_column(index=True)
    file: Mapped[Name]
    name: Mapped[Name]
    grids: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    answers: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    guesses: Mapped[int]
    missing: Mapped[int]
    revision: Mapped[int] = mapped_column(default=1)
    at: Mapped[At]
    changed_at: Mapped[At]

    # SQLite would give the id of an import that is done to another; an old window names it still.
    __table_args__ = ({"sqlite_autoincrement": True},)


class Publication(Base):
    """That a version is to be put into force, with its note: by whom, from when, agreed by whom.

    ``state`` is ``asked`` (waits for a second person), ``planned`` (waits for its day), ``done``,
    ``refused``, ``withdrawn`` or ``failed`` (its day came and its check did not pass).
    """

    __tablename__ = "publication"
    id: Mapped[Key]
    definition_id: Mapped[int] = mapped_column(ForeignKey("definition.id"), index=True)
    note: Mapped[str] = mapped_column(String(2000))
    effective_at: Mapped[At]
    person_id: Mapped[MaybePerson]
    at: Mapped[At]
    state: Mapped[str] = mapped_column(String(10))
    decided_by: Mapped[MaybePerson]
    decided_at: Mapped[MaybeAt]
    reason: Mapped[str | None] = mapped_column(String(2000))

    definition: Mapped[Definition] = relationship(lazy="raise")


class Move(Base):
    """That cases of one version go over to another, by a plan: ``mapping`` (JSON, id to id)."""

    __tablename__ = "move"
    id: Mapped[Key]
    from_id: Mapped[int] = mapped_column(ForeignKey("definition.id"), index=True)
    to_id: Mapped[int] = mapped_column(ForeignKey("definition.id"))
    mapping: Mapped[bytes] = mapped_column(LargeBinary)
    note: Mapped[str] = mapped_column(String(2000))
    person_id: Mapped[PersonKey]
    at: Mapped[At]
    ended_at: Mapped[MaybeAt]


class MovedCase(Base):
    """One case of a move; ``outcome`` is None until its turn, then ``moved`` or ``refused``."""

    __tablename__ = "moved_case"
    move_id: Mapped[int] = mapped_column(ForeignKey("move.id"), primary_key=True)
    instance_id: Mapped[InstanceKey] = mapped_column(primary_key=True)
    outcome: Mapped[str | None] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(String(1000))
    at: Mapped[MaybeAt]

    __table_args__ = (Index("ix_moved_case_instance_id", "instance_id"),)


class Trial(Base):
    """A diagram that its analyst tries: seen by nobody else, gone when it is over.

    ``state`` holds all of it: the case, its clock and what was done so far. ``called`` are the
    versions of the processes that it may call, as `Instance.called`.
    """

    __tablename__ = "trial"
    id: Mapped[Key]
    person_id: Mapped[PersonKey] = mapped_column(index=True)
    name: Mapped[Name]
    source: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    called: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[bytes] = mapped_column(LargeBinary)
    changed_at: Mapped[At]
