"""The record: histories, the office's journal, seals, and how long what is kept."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.models.base import At, Base, Code, Digest, Key, MaybePerson, PersonKey
from engine.models.directory import Person


class HistoryEntry(Base):
    """One fact of a case, chained: ``hash`` covers the entry and the hash before it.

    ``previous`` is that hash where an older release wrote the entry (None: it is not kept twice).
    """

    __tablename__ = "history"
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[At]
    person_id: Mapped[MaybePerson]
    capacity: Mapped[Code]
    kind: Mapped[str] = mapped_column(String(30))
    element: Mapped[str | None] = mapped_column(String(100))
    details: Mapped[bytes] = mapped_column(LargeBinary)
    payload: Mapped[str | None] = mapped_column(String(64))
    previous: Mapped[Digest | None]
    hash: Mapped[Digest]

    person: Mapped[Person | None] = relationship(lazy="raise")

    # Entries lie in the order of their time: a summary of PostgreSQL's pages finds what is recent.
    __table_args__ = (
        Index(
            "ix_history_at", "at",
            postgresql_using="brin", postgresql_with={"autosummarize": True},
        ),
    )  # fmt: skip


class JournalEntry(Base):
    """One fact of the office that is no case's, chained like a case's: see `engine.journal`."""

    __tablename__ = "journal"
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[At]
    person_id: Mapped[MaybePerson]
    kind: Mapped[str] = mapped_column(String(30))
    details: Mapped[bytes] = mapped_column(LargeBinary)
    previous: Mapped[Digest]
    hash: Mapped[Digest]

    person: Mapped[Person | None] = relationship(lazy="raise")


class Seal(Base):
    """A checkpoint: ``body`` is the signed JSON, ``heads`` the ends of the chains it covers.

    Both are bytes as they were signed and counted, see `engine.seals`.
    """

    __tablename__ = "seal"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[At]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    heads: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    key: Mapped[Digest]
    signature: Mapped[bytes] = mapped_column(LargeBinary)


class Processing(Base):
    """That a person processed another's data on a day (UU 27/2022): ``act`` says how.

    ``instance_id`` is 0 where no case is meant. One row a day for the same act.
    """

    __tablename__ = "processing"
    id: Mapped[Key]
    subject_id: Mapped[PersonKey]
    person_id: Mapped[PersonKey]
    instance_id: Mapped[int]
    act: Mapped[str] = mapped_column(String(20))
    day: Mapped[date]
    at: Mapped[At]

    __table_args__ = (
        Index(
            "uq_processing_subject_id",
            "subject_id", "person_id", "instance_id", "act", "day",
            unique=True,
        ),
    )  # fmt: skip


class Retention(Base):
    """How long ended cases of a process are kept; the newest row of a key counts.

    ``days`` is None for as long as the office stands, which is so without a row too.
    """

    __tablename__ = "retention"
    id: Mapped[Key]
    key: Mapped[Code] = mapped_column(index=True)
    days: Mapped[int | None]
    at: Mapped[At]
    person_id: Mapped[MaybePerson]
