"""Campaigns: a process started for many people, and what became of each."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.models.base import At, Base, Code, Key, MaybeAt, Name, PersonKey
from engine.models.cases import Instance
from engine.models.directory import Person


class Campaign(Base):
    """A process that is started for many people, ordered by one, who starts each case.

    ``key`` names the process and ``name`` what it was called. ``scope`` is ``unit``, ``all`` or
    ``file``, of which the people are, and ``about`` what that is called. ``given`` is what each
    start form is filled in with (JSON). Who has a running case of the process gets no other, but
    for cases numbered up to ``beside``. ``status`` is ``running``, ``paused``, ``cancelled`` or
    ``ended``; ``job_id`` the job that does it now. ``token`` makes a resent order the same one.
    """

    __tablename__ = "campaign"
    id: Mapped[Key]
    key: Mapped[Code]
    name: Mapped[Name]
    scope: Mapped[str] = mapped_column(String(10))
    about: Mapped[Name]
    given: Mapped[bytes] = mapped_column(LargeBinary)
    beside: Mapped[int]
    person_id: Mapped[PersonKey]
    at: Mapped[At]
    status: Mapped[str] = mapped_column(String(10))
    ended_at: Mapped[MaybeAt]
    job_id: Mapped[int | None]
    token: Mapped[str] = mapped_column(String(64))

    person: Mapped[Person] = relationship(lazy="raise")

    __table_args__ = (
        Index("uq_campaign_person_id_token", "person_id", "token", unique=True),
        # A number names its people's cases for ever (`Instance.token`): SQLite would give it again.
        {"sqlite_autoincrement": True},
    )


class CampaignMember(Base):
    """One person of a campaign; ``outcome`` is None until their turn.

    Then it is ``started``, with the case, ``refused`` with the reason (which may be tried again),
    or ``cancelled``. Nobody waits for their turn in two campaigns of one process (``key``).
    """

    __tablename__ = "campaign_member"
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    key: Mapped[Code]
    outcome: Mapped[str | None] = mapped_column(String(10))
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("instance.id"))
    reason: Mapped[str | None] = mapped_column(String(1000))
    at: Mapped[MaybeAt]

    person: Mapped[Person] = relationship(lazy="raise")
    instance: Mapped[Instance | None] = relationship(lazy="raise")

    __table_args__ = (
        Index(
            "uq_campaign_member_waiting",
            "key",
            "person_id",
            unique=True,
            sqlite_where=text("outcome IS NULL"),
            postgresql_where=text("outcome IS NULL"),
        ),
        # Whose turn is next, and what became of how many.
        Index("ix_campaign_member_campaign_id_outcome", "campaign_id", "outcome", "person_id"),
        Index("ix_campaign_member_instance_id", "instance_id", unique=True),
    )
