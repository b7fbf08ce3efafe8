"""The rows of the tallies, to which what was counted is added."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import inspect, select, tuple_

from engine.models import (
    CaseTally,
    DayTally,
    Instance,
    Person,
    PersonTally,
    StepTally,
    VariantTally,
)
from engine.spreads import Spread

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

    Place = tuple[int, int]  # (definition, unit) that a case counts for

T = TypeVar("T", StepTally, PersonTally, CaseTally, DayTally, VariantTally)


def month_of(instant: datetime, zone: ZoneInfo) -> date:
    """The first day of the month that an instant falls into, by the office's clock."""
    return instant.astimezone(zone).date().replace(day=1)


def joined(packed: bytes, lengths: Iterable[int]) -> bytes:
    """A packed spread with more durations."""
    return Spread(Spread.loads(packed) + Spread.of(lengths)).packed()


def places(session: Session, ids: Iterable[int]) -> dict[int, Place]:
    """What cases count for, by their ids."""
    query = select(Instance.id, Instance.definition_id, Person.unit_id).join(Instance.subject)
    rows = session.execute(query.where(Instance.id.in_(ids)))
    return {case_id: (definition_id, unit_id) for case_id, definition_id, unit_id in rows}


def rows(session: Session, kind: type[T], counted: Mapping[Any, Any]) -> Iterator[tuple[T, Any]]:
    """What was counted, each with the tally that it belongs to; a new one has nothing yet."""
    columns = inspect(kind).primary_key
    names = [column.name for column in columns]
    known = select(kind).where(tuple_(*columns).in_(list(counted)))
    found = {
        tuple(getattr(tally, name) for name in names): tally for tally in session.scalars(known)
    }
    for key, more in counted.items():
        if key not in found:
            found[key] = kind(**dict(zip(names, key, strict=True)), **_NOTHING[kind])
            session.add(found[key])
        yield found[key], more


_EMPTY = Spread().packed()
_NOTHING: dict[type[Any], dict[str, Any]] = {
    StepTally: {
        "done": 0, "late": 0, "again": 0, "worked": 0, "waited": 0,
        "worked_spread": _EMPTY, "waited_spread": _EMPTY,
    },
    PersonTally: {"done": 0, "late": 0, "worked": 0, "waited": 0},
    CaseTally: {"completed": 0, "cancelled": 0, "spread": _EMPTY, "rounds": b"{}"},
    DayTally: {"started": 0, "ended": 0},
    VariantTally: {"done": 0, "worked": 0},
}  # fmt: skip
