"""The tables: columns, constraints and indexes; no workflow."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any

from sqlalchemy import DateTime, Dialect, ForeignKey, Index, LargeBinary, MetaData, String, text
from sqlalchemy import types as sqltypes
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Instant(sqltypes.TypeDecorator[datetime]):
    """A point in time: aware in Python, UTC in the database (SQLite keeps no zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if not isinstance(value, datetime):
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Key = Annotated[int, mapped_column(primary_key=True)]
At = Annotated[datetime, mapped_column(Instant())]
MaybeAt = Annotated[datetime | None, mapped_column(Instant())]
Name = Annotated[str, mapped_column(String(255))]
Code = Annotated[str, mapped_column(String(100))]
Digest = Annotated[str, mapped_column(String(64))]
PersonKey = Annotated[int, mapped_column(ForeignKey("person.id"))]
MaybePerson = Annotated[int | None, mapped_column(ForeignKey("person.id"))]
InstanceKey = Annotated[int, mapped_column(ForeignKey("instance.id"))]


class Base(DeclarativeBase):
    """Root of the tables; every constraint has a name, so that migrations can speak of it."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


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


class SignIn(Base):
    """That a person is signed in at a browser; ``secret`` is the digest of what its cookie holds.

    ``seen_at`` is kept to a few minutes only. ``agent`` is what the browser calls itself, in short.
    """

    __tablename__ = "sign_in"
    id: Mapped[Key]
    person_id: Mapped[PersonKey] = mapped_column(index=True)
    secret: Mapped[Digest] = mapped_column(unique=True)
    at: Mapped[At]
    seen_at: Mapped[At]
    agent: Mapped[Code]


class Throttle(Base):
    """How often signing in has failed of late, for an account, a browser or an address.

    ``bucket`` is a keyed digest of which one; nobody may try there before ``until``.
    """

    __tablename__ = "throttle"
    bucket: Mapped[Digest] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[At]
    until: Mapped[At]

    __table_args__ = (Index("ix_throttle_last_at", "last_at"),)


class Reset(Base):
    """A code with which a person may set a password once, until it expires; ``secret`` its digest.

    ``given_by`` is the administrator who made it; None for one that was mailed or printed by a
    command.
    """

    __tablename__ = "reset"
    id: Mapped[Key]
    person_id: Mapped[PersonKey] = mapped_column(index=True)
    secret: Mapped[Digest] = mapped_column(unique=True)
    at: Mapped[At]
    expires_at: Mapped[At]
    given_by: Mapped[MaybePerson]


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


class Instance(Base):
    """A case. ``state`` is `engine.spiff.execution`'s; ``version`` guards every write.

    ``last_seq`` and ``last_hash`` are the head of its history's chain; ``token`` makes a resent
    request to start the same case. ``starter_id`` is None when a timer started it. ``called`` are
    the versions of the processes that it may call, bound at its start (JSON, key to digest).
    """

    __tablename__ = "instance"
    id: Mapped[Key]
    definition_id: Mapped[int] = mapped_column(ForeignKey("definition.id"))
    subject_id: Mapped[PersonKey] = mapped_column(index=True)
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

    definition: Mapped[Definition] = relationship(lazy="raise")
    subject: Mapped[Person] = relationship(foreign_keys="Instance.subject_id", lazy="raise")

    __table_args__ = (
        # What is counted by status, and what has been kept long enough.
        Index("ix_instance_definition_id_status", "definition_id", "status", "ended_at"),
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
    before it was recorded (None: when it was closed).
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
    )


class Submission(Base):
    """What was submitted at a step, exactly; ``token`` makes a resent request the same step."""

    __tablename__ = "submission"
    id: Mapped[Key]
    instance_id: Mapped[InstanceKey] = mapped_column(index=True)
    work_item_id: Mapped[int] = mapped_column(ForeignKey("work_item.id"), unique=True)
    person_id: Mapped[PersonKey]
    at: Mapped[At]
    token: Mapped[str] = mapped_column(String(64))
    data: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[Digest]


class Content(Base):
    """The bytes of a file, kept once however often it is used: ``digest`` is their SHA-256."""

    __tablename__ = "content"
    id: Mapped[Key]
    digest: Mapped[Digest] = mapped_column(unique=True)
    size: Mapped[int]
    at: Mapped[At]


class ContentPart(Base):
    """A piece of a file; the pieces in order are the whole, see `engine.contents`."""

    __tablename__ = "content_part"
    content_id: Mapped[int] = mapped_column(ForeignKey("content.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class Attachment(Base):
    """A file that somebody brought to a case; ``field`` is the form field that it answers.

    Without a ``field`` it was attached to the case itself. ``media_type`` is what its bytes are.
    """

    __tablename__ = "attachment"
    id: Mapped[Key]
    instance_id: Mapped[InstanceKey] = mapped_column(index=True)
    work_item_id: Mapped[int | None] = mapped_column(ForeignKey("work_item.id"))
    field: Mapped[str | None] = mapped_column(String(100))
    content_id: Mapped[int] = mapped_column(ForeignKey("content.id"), index=True)
    name: Mapped[Name]
    media_type: Mapped[Code]
    person_id: Mapped[PersonKey]
    at: Mapped[At]
    removed_at: Mapped[MaybeAt]

    content: Mapped[Content] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise")


class Comment(Base):
    """What somebody said about a case, beside its forms."""

    __tablename__ = "comment"
    id: Mapped[Key]
    instance_id: Mapped[InstanceKey] = mapped_column(index=True)
    person_id: Mapped[PersonKey]
    at: Mapped[At]
    text: Mapped[str] = mapped_column(String(2000))

    person: Mapped[Person] = relationship(lazy="raise")


class Document(Base):
    """A document that a case gives, as PDF; ``kind`` is its template's name.

    ``data`` is what it is made of, exactly; ``content_id`` its bytes without signatures, None until
    its job has made them. A new ``revision`` supersedes the one before, which is kept.
    """

    __tablename__ = "document"
    id: Mapped[Key]
    instance_id: Mapped[InstanceKey]
    work_item_id: Mapped[int | None] = mapped_column(ForeignKey("work_item.id"))
    kind: Mapped[Code]
    revision: Mapped[int]
    at: Mapped[At]
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    content_id: Mapped[int | None] = mapped_column(ForeignKey("content.id"), index=True)
    superseded_at: Mapped[MaybeAt]

    content: Mapped[Content | None] = relationship(lazy="raise")

    __table_args__ = (
        Index(
            "uq_document_instance_id_kind_revision", "instance_id", "kind", "revision", unique=True
        ),
    )


class Signature(Base):
    """A place for a signature on a document, in order, and who signed there.

    ``person_id`` is who is to sign. ``mode`` is ``wet``, ``provider`` or ``test`` once that is
    done, ``content_id`` then the document with it (of a wet one: the scan), ``certificate`` what
    the certificate calls its holder.
    """

    __tablename__ = "signature"
    id: Mapped[Key]
    instance_id: Mapped[InstanceKey] = mapped_column(index=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    number: Mapped[int]
    place: Mapped[Code]
    person_id: Mapped[PersonKey] = mapped_column(index=True)
    mode: Mapped[str | None] = mapped_column(String(10))
    signed_by: Mapped[MaybePerson]
    signed_at: Mapped[MaybeAt]
    content_id: Mapped[int | None] = mapped_column(ForeignKey("content.id"), index=True)
    certificate: Mapped[str | None] = mapped_column(String(255))

    person: Mapped[Person] = relationship(foreign_keys="Signature.person_id", lazy="raise")

    __table_args__ = (
        Index("uq_signature_document_id_number", "document_id", "number", unique=True),
    )


class HistoryEntry(Base):
    """One fact of a case, chained: ``hash`` covers the entry and the hash before it."""

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
    previous: Mapped[Digest]
    hash: Mapped[Digest]

    person: Mapped[Person | None] = relationship(lazy="raise")

    __table_args__ = (Index("ix_history_at", "at"),)


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
            sqlite_where=text("kind IN ('seal', 'retain')"),
            postgresql_where=text("kind IN ('seal', 'retain')"),
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
