"""Variants: the ways that completed cases took, the steps of each in the order they were done.

A way is kept once, with the places where it leaves its version's diagram; how many cases took it
is counted by `engine.case_tallies`. Steps of called processes belong to the way, but it is the
calling diagram alone that it may leave.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import func, insert, select, tuple_

from bpmn.replay import Replay
from engine import deployments
from engine.models import Definition, Variant, VariantTally

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.orm import Session

    from engine.figures import Scope

    Way = tuple[int, tuple[str, ...]]  # of a definition: the elements of the steps

MOST = 20  # ways of a list
LONGEST = 300  # steps; ways that differ only behind them are one


@dataclass(frozen=True)
class Taken:
    """A way, how many cases took it, and the seconds worked on them together.

    ``deviations`` are the indices of the steps where it leaves the diagram, the number of all of
    them for its end; None when that cannot be told.
    """

    id: int
    definition_id: int
    path: tuple[str, ...]
    deviations: tuple[int, ...] | None
    done: int
    worked: int


@dataclass(frozen=True)
class Overview:
    """How many ways there are, how many cases took one, and how many one that deviates."""

    ways: int
    done: int
    deviating: int


def ids(session: Session, ways: Collection[Way]) -> dict[Way, int]:
    """The numbers of ways; those that nobody took before are kept with what they deviate in."""
    digests = {way: _digest(way) for way in ways}
    known = _known(session, digests)
    new = {(way[0], digest): way for way, digest in digests.items() if digest not in known}
    if new:
        replays = _replays(session, {definition_id for definition_id, _ in new})
        rows = [_row(replays[way[0]], way, digest) for (_, digest), way in new.items()]
        session.execute(insert(Variant), rows)
        known = _known(session, digests)
    return {way: known[digest] for way, digest in digests.items()}


def frequent(session: Session, scope: Scope, *, deviating: bool = False) -> list[Taken]:
    """The `MOST` ways that the most cases took, all or those that deviate."""
    sums = func.sum(VariantTally.done).label("done"), func.sum(VariantTally.worked).label("worked")
    query = (
        select(Variant.id, Variant.definition_id, Variant.path, Variant.deviations, *sums)
        .join(VariantTally, VariantTally.variant_id == Variant.id)
        .where(*_within(scope), *((_DEVIATING,) if deviating else ()))
        .group_by(Variant.id)
        .order_by(func.sum(VariantTally.done).desc(), Variant.id)
    )
    return [_taken(row) for row in session.execute(query.limit(MOST))]


def overview(session: Session, scope: Scope) -> Overview:
    """The numbers of all ways."""
    counted = func.count(VariantTally.variant_id.distinct()), func.sum(VariantTally.done)
    deviating = func.sum(VariantTally.done).filter(_DEVIATING)
    query = select(*counted, deviating).join(Variant, Variant.id == VariantTally.variant_id)
    ways, done, apart = session.execute(query.where(*_within(scope))).one()
    return Overview(ways, int(done or 0), int(apart or 0))


_DEVIATING = Variant.deviations != b"[]"  # of what cannot be told nothing is said


def _within(scope: Scope) -> tuple[Any, ...]:
    of_versions = Variant.definition_id.in_(scope.definitions)
    return of_versions, scope.months_of(VariantTally), scope.units_of(VariantTally.unit_id)


def _known(session: Session, digests: dict[Way, str]) -> dict[str, int]:
    keys = [(definition_id, digest) for (definition_id, _), digest in digests.items()]
    known = select(Variant.digest, Variant.id)
    query = known.where(tuple_(Variant.definition_id, Variant.digest).in_(keys))
    return {row.digest: row.id for row in session.execute(query)}


def _digest(way: Way) -> str:
    definition_id, path = way
    return hashlib.sha256(orjson.dumps([definition_id, path[:LONGEST]])).hexdigest()


def _row(replay: Replay, way: Way, digest: str) -> dict[str, Any]:
    definition_id, path = way
    found = _deviations(replay, path)
    return {
        "definition_id": definition_id, "digest": digest, "path": orjson.dumps(path[:LONGEST]),
        "deviations": None if found is None else orjson.dumps(found),
    }  # fmt: skip


def _deviations(replay: Replay, path: Sequence[str]) -> list[int] | None:
    if len(path) > LONGEST:
        return None
    own = [index for index, element in enumerate(path) if ":" not in element]
    found = replay.deviations([path[index] for index in own])
    return None if found is None else [*map([*own, len(path)].__getitem__, found)]


def _replays(session: Session, definition_ids: Collection[int]) -> dict[int, Replay]:
    query = select(Definition.id, Definition.source).where(Definition.id.in_(definition_ids))
    return {row.id: Replay(deployments.drawn(row.source)) for row in session.execute(query)}


def _taken(row: Any) -> Taken:
    deviations = None if row.deviations is None else tuple(orjson.loads(row.deviations))
    path = tuple(orjson.loads(row.path))
    return Taken(row.id, row.definition_id, path, deviations, int(row.done), int(row.worked))
