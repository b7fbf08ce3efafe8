"""People as answers: kept by their NIP, typed as NIP or name, shown as both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bpmn.messages import message
from engine import civil_service, people
from engine.errors import InvalidInput

if TYPE_CHECKING:
    from engine.database import Database


@dataclass(frozen=True)
class Directory:
    """Who may be named; a trial run has no directory and takes every NIP that can be one.

    With the code of a ``unit`` only who serves there, or in a unit below.
    """

    db: Database | None = None
    unit: str | None = None

    def number(self, text: str) -> str:
        """The NIP of who serves and is meant; raises `InvalidInput`."""
        if self.db is None:
            return civil_service.nip(civil_service.typed(text))
        with self.db.read() as session:
            person = people.named(session, text)
            if self.unit and person.unit_id not in people.units_of(session, self.unit):
                said = message(
                    "{name} bukan pegawai unit {unit}.", name=person.name,
                    unit=people.unit_name(session, self.unit),
                )  # fmt: skip
                raise InvalidInput(said)
            return person.nip

    def name(self, nip: str) -> str | None:
        """What somebody is called, also who has left."""
        if self.db is None:
            return None
        with self.db.read() as session:
            person = people.with_nip(session, nip)
        return person.name if person else None

    def shown(self, nip: str) -> str:
        """``Umar (19800101 200501 1 001)``, which can be typed again as it stands."""
        spaced, name = civil_service.spaced(nip), self.name(nip)
        return f"{name} ({spaced})" if name else spaced


ANYBODY = Directory()


class Person(str):
    """A kept NIP, for pages to show with its name."""

    __slots__ = ()
