"""Signing in: browsers, failed attempts and codes; and what all nodes share."""

from __future__ import annotations

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import At, Base, Code, Digest, Key, MaybePerson, PersonKey


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


class Installation(Base):
    """The one row of what all nodes share; in no backup.

    ``oldest`` is the revision of the oldest release that may work with this schema, and
    ``session_key`` what sessions are signed with, once a server has been started.
    """

    __tablename__ = "installation"
    id: Mapped[Key]
    oldest: Mapped[str] = mapped_column(String(4))
    session_key: Mapped[bytes | None] = mapped_column(LargeBinary)
