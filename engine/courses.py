"""The versions that a case has followed: what was done under one is shown as that one draws it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from bpmn.calls import with_called
from bpmn.counterparts import proposed
from engine import deployments, values
from engine.history import MOVED
from engine.models import Definition, HistoryEntry

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from bpmn.diagram import Diagram, Node
    from engine.models import WorkItem

_drawn: dict[tuple[str, ...], Diagram] = {}  # by digest, with those of what it calls


@dataclass(frozen=True)
class Stage:
    """A version that a case has left: its number, what is drawn, and until when."""

    version: int
    diagram: Diagram
    until: datetime


@dataclass(frozen=True)
class Course:
    """The version ``present`` and those before it, oldest first; most cases have none."""

    present: Diagram
    past: tuple[Stage, ...] = ()

    def diagram(self, item: WorkItem) -> Diagram:
        """What a task was done by; what is open follows the present version."""
        at = item.closed_at
        for stage in self.past:
            if at is not None and at <= stage.until and item.element in stage.diagram.nodes:
                return stage.diagram
        if item.element in self.present.nodes:
            return self.present
        return next(s.diagram for s in reversed(self.past) if item.element in s.diagram.nodes)

    def node(self, item: WorkItem) -> Node:
        """The step that a task is of."""
        return self.diagram(item).nodes[item.element]

    def version(self, item: WorkItem) -> int | None:
        """The number of the past version that a task was done by; None: by the present one."""
        drawn = self.diagram(item)
        return next((stage.version for stage in self.past if stage.diagram is drawn), None)

    def today(self, element: str, at: datetime) -> str:
        """What stands in the present version for a step of then, by its own id where nothing does.

        What was chosen by hand in a move is not known here.
        """
        followed = [stage.diagram for stage in self.past if at <= stage.until]
        for old, new in pairwise([*followed, self.present]):
            element = proposed(old, new).get(element, element)
        return element

    @cached_property
    def nodes(self) -> dict[str, Node]:
        """The nodes of all versions by id, those of the present one where several have it."""
        return {name: node for one in self._all for name, node in one.nodes.items()}

    @cached_property
    def names(self) -> dict[str, str]:
        """What the parts of all versions are called, in the same way."""
        return {part: name for one in self._all for part, name in one.names.items()}

    @property
    def _all(self) -> Iterable[Diagram]:
        return *(stage.diagram for stage in self.past), self.present


def of_case(session: Session, instance_id: int, present: Diagram) -> Course:
    """The course of a case that now follows what is ``present``."""
    moves = HistoryEntry.instance_id == instance_id, HistoryEntry.kind == MOVED
    query = select(HistoryEntry.at, HistoryEntry.details).where(*moves).order_by(HistoryEntry.seq)
    left = [(at, values.loads(details)["old"]) for at, details in session.execute(query)]
    stages = (Stage(old["version"], _diagram(session, old), at) for at, old in left)
    return Course(present, tuple(stages))


def name(session: Session, instance_id: int, present: Diagram, element: str) -> str:
    """What an element of a case is called, in the version that had it last."""
    if element in present.names:
        return present.names[element]
    return of_case(session, instance_id, present).names[element]


def _diagram(session: Session, version: dict[str, Any]) -> Diagram:
    digests = version["digest"], *version.get("called", {}).values()
    if digests not in _drawn:
        own, *others = (deployments.drawn(source) for source in _sources(session, digests))
        _drawn[digests] = with_called(own, others)
    return _drawn[digests]


def _sources(session: Session, digests: Sequence[str]) -> list[bytes]:
    query = select(Definition.digest, Definition.source).where(Definition.digest.in_(digests))
    found = {row.digest: row.source for row in session.execute(query)}
    return [found[digest] for digest in digests]
