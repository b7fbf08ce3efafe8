"""What every table is made of: the types of columns and the root that names constraints."""

from __future__ import annotations

import zlib
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from sqlalchemy import DateTime, Dialect, ForeignKey, LargeBinary, MetaData, String
from sqlalchemy import types as sqltypes
from sqlalchemy.orm import DeclarativeBase, mapped_column

from engine.values import DEFLATED

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Table


def _in_utc(value: datetime | None) -> datetime | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return value.astimezone(UTC)


@lru_cache(maxsize=64)
def _in_text(value: datetime | None) -> str | None:
    """As SQLAlchemy would spell it; kept, since a step writes its own instant a dozen times."""
    utc = _in_utc(value)
    return None if utc is None else utc.replace(tzinfo=None).isoformat(" ", "microseconds")


class Instant(sqltypes.TypeDecorator[datetime]):
    """A point in time: aware in Python, UTC in the database (SQLite keeps no zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any]:
        """How the driver is given an instant."""
        return _in_text if dialect.name == "sqlite" else _in_utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if not isinstance(value, datetime):
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Packed(sqltypes.TypeDecorator[bytes]):
    """JSON that is kept for years and seldom read: deflated where that makes it shorter.

    Kilobyte by kilobyte it is most of what an office keeps; deflating one costs 0.03 ms.
    """

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return value if value is None else min(value, zlib.compress(value, 1), key=len)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return inflated(value)


def inflated(value: Any) -> Any:
    """What a `Packed` column was given; what is no deflated JSON is left as it stands."""
    if isinstance(value, bytes) and value.startswith(DEFLATED):
        with suppress(zlib.error):
            return zlib.decompress(value)
    return value


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
    """Root of the tables; every constraint has a name, so that migrations can speak of it.

    What is sent in every step is a statement of the module, made once of a ``__table__``: made
    anew for each step and of the class, it costs ten times as much (0.37 ms against 0.04).
    """

    if TYPE_CHECKING:
        __table__: ClassVar[Table]  # not only something to select from

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
