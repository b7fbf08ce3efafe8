"""Where a form stands: what it may ask beside the data of its case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.database import Database


@dataclass(frozen=True)
class Surroundings:
    """The office and the case of a form; nothing of it is there in a trial run."""

    db: Database | None = None
    instance_id: int | None = None
    item_id: int | None = None
    subject_id: int | None = None


NOWHERE = Surroundings()
