"""The SOPs of the office as their documents say them, each by its deployed diagram."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from bpmn.messages import message
from bpmn.sop.folding import folded
from engine import access, deployments, library
from engine.errors import NotFound
from engine.models import Activation, Definition, Person

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from bpmn.sop.folding import Folded
    from engine.library import Entry
    from engine.people import Actor


@dataclass(frozen=True)
class Issue:
    """A version as a document; ``is_current`` is the one in force."""

    definition: Definition
    folded: Folded
    is_current: bool


def listed(session: Session, search: str = "") -> list[Entry]:
    """The procedures that are in force and in use, by name."""
    return [entry for entry in library.entries(session, search) if entry.since is not None]


def issue(session: Session, actor: Actor, key: str, version: int | None = None) -> Issue:
    """The document of a version, of the one in force where none is named; raises `NotFound`.

    What has never been in force is read by analysts alone.
    """
    current = deployments.in_force(session, key)
    found = current if version is None else _version(session, key, version)
    hidden = found is not None and not deployments.has_been_in_force(session, found.id)
    if found is None or (hidden and not access.may_deploy(actor)):
        raise NotFound(message("SOP itu tidak ada."))
    source = deployments.definition(session, found.id).source
    return Issue(found, _folded(source), current is not None and current.id == found.id)


def issued(session: Session, key: str) -> Sequence[Definition]:
    """The versions that are or have been in force, the newest first."""
    came = Definition.id.in_(select(Activation.definition_id))
    query = select(Definition).where(Definition.key == key, came)
    return session.scalars(query.order_by(Definition.version.desc())).all()


def approver(session: Session, position: str) -> Person | None:
    """Who holds the position now; nobody where none does, or several do."""
    held = func.lower(Person.position) == position.strip().lower(), Person.left_at.is_(None)
    found = session.scalars(select(Person).where(*held).limit(2)).all()
    return found[0] if len(found) == 1 else None


def _version(session: Session, key: str, version: int) -> Definition | None:
    query = select(Definition).where(Definition.key == key, Definition.version == version)
    return session.scalar(query)


@lru_cache(maxsize=500)
def _folded(source: bytes) -> Folded:
    return folded(deployments.drawn(source))
