"""What a case gathers beside its forms: files, comments, documents and signatures."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, LargeBinary, String
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
    PersonKey,
)
from engine.models.directory import Person


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
