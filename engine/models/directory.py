"""The office: its units and people, who stands in for whom, and its working time."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.models.base import At, Base, Code, Key, MaybeAt, MaybePerson, Name, PersonKey


class Unit(Base):
    """A unit of the agency; ``parent_id`` is the unit above."""

    __tablename__ = "unit"
    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)


class Person(Base):
    """An employee. ``password_hash`` is None for people who do not sign in.

    ``kind`` is ``pns`` or ``pppk``; ``left_at`` is since when they no longer serve. ``feed`` is the
    digest of the secret in the address of their calendar feed.
    """

    __tablename__ = "person"
    id: Mapped[Key]
    nip: Mapped[str] = mapped_column(String(18), unique=True)
    kind: Mapped[str] = mapped_column(String(5), default="pns", server_default="pns")
    name: Mapped[Name]
    rank: Mapped[Name]
    position: Mapped[Name]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    superior_id: Mapped[MaybePerson] = mapped_column(index=True)
    is_agency_head: Mapped[bool] = mapped_column(default=False)
    password_hash: Mapped[str | None] = mapped_column(String(255))
    email: Mapped[str | None] = mapped_column(String(255))
    feed: Mapped[str | None] = mapped_column(String(64), unique=True)
    left_at: Mapped[MaybeAt]

    unit: Mapped[Unit] = relationship(lazy="raise")


class Group(Base):
    """People who share work, named in diagrams by ``group:<code>``."""

    __tablename__ = "group"
    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]


class Membership(Base):
    """That a person belongs to a group."""

    __tablename__ = "membership"
    group_id: Mapped[int] = mapped_column(ForeignKey("group.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


class Duty(Base):
    """What a person may do beside their own work.

    ``analyst``, ``administrator``, ``auditor``, or ``supervisor`` of a unit.
    """

    __tablename__ = "duty"
    id: Mapped[Key]
    person_id: Mapped[PersonKey] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(String(20))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))


class Substitution(Base):
    """That a person stands in for another, from the first day to the last, both included.

    ``capacity`` is ``plh`` (the holder is away), ``plt`` (the post is vacant) or ``leave``. The
    days are those of the office's zone; ``ended_at`` is when it was ended before its last day.
    """

    __tablename__ = "substitution"
    id: Mapped[Key]
    absent_id: Mapped[PersonKey] = mapped_column(index=True)
    substitute_id: Mapped[PersonKey] = mapped_column(index=True)
    capacity: Mapped[str] = mapped_column(String(10))
    first_day: Mapped[date]
    last_day: Mapped[date]
    reason: Mapped[str] = mapped_column(String(1000))
    at: Mapped[At]
    person_id: Mapped[MaybePerson]
    ended_at: Mapped[MaybeAt]
    ended_by: Mapped[MaybePerson]

    absent: Mapped[Person] = relationship(foreign_keys="Substitution.absent_id", lazy="raise")
    substitute: Mapped[Person] = relationship(
        foreign_keys="Substitution.substitute_id", lazy="raise"
    )


class DirectoryImport(Base):
    """A file of people that is checked, shown, and then brought into the directory.

    ``state`` is ``checking``, ``refused`` (rows with errors), ``ready``, ``applying``, ``applied``,
    ``failed`` or ``dropped``; ``plan`` what would change or is wrong (JSON, see `engine.intake`);
    ``done`` of ``total`` rows are through. With ``retire_others`` who is not in it has left.
    Of what is applied or dropped neither the file nor names are kept.
    """

    __tablename__ = "directory_import"
    id: Mapped[Key]
    at: Mapped[At]
    person_id: Mapped[MaybePerson]
    name: Mapped[Name]
    file: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    retire_others: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(10))
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    plan: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    applied_at: Mapped[MaybeAt]


class Calendar(Base):
    """What a unit says of its working time (JSON, see `engine.calendars`); its newest row counts.

    What it leaves out comes from the units above.
    """

    __tablename__ = "calendar"
    id: Mapped[Key]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    at: Mapped[At]
    person_id: Mapped[MaybePerson]
    rules: Mapped[bytes] = mapped_column(LargeBinary)
