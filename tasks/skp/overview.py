"""The SKP of the people of units in a year, as it was kept: nothing is reckoned anew."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bpmn.messages import message
from engine import deployments
from engine.errors import DiagramRefused
from engine.yearbooks import Yearbook
from tasks.skp import pp46, rule_sets
from tasks.skp.preparation import year_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from bpmn.diagram import Diagram
    from bpmn.messages import Message
    from engine.database import Database
    from engine.models import Definition, Instance, Person, Unit
    from engine.people import Actor
    from engine.yearbooks import Steps

ASSESSMENT = "alur:skp-penilaian"
FORMS = frozenset({"alur:skp-penyiapan", ASSESSMENT})
# What people may be called, the best first: of both rule sets, as a year may know both.
CALLED = tuple(dict.fromkeys(
    (*(name for _, name in pp46.BANDS), "Kurang", "Buruk", "Butuh Perbaikan", "Sangat Kurang")
))  # fmt: skip
HEADINGS: tuple[Message, ...] = (
    message("NIP"), message("Nama"), message("Jabatan"), message("Unit kerja"),
    message("Nomor kasus"), message("Keadaan"), message("Nilai SKP"), message("Perilaku kerja"),
    message("Prestasi kerja"), message("Sebutan atau predikat"), message("Aturan penilaian"),
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A person, their case of the year if there is one, and what has been kept of it so far."""

    person: Person
    case: Instance | None = None
    kept: Mapping[str, Any] = field(default_factory=dict)

    @property
    def skp(self) -> Decimal | None:
        """The score of the SKP; None where the rules know none, or nobody has assessed yet."""
        return self._score("nilai_skp")

    @property
    def behaviour(self) -> Decimal | None:
        """The score of behaviour."""
        return self._score("nilai_perilaku")

    @property
    def total(self) -> Decimal | None:
        """Prestasi kerja."""
        return self._score("nilai_prestasi")

    @property
    def called(self) -> str | None:
        """The sebutan or predikat that was kept."""
        return self.kept.get("sebutan")

    @property
    def rules(self) -> rule_sets.RuleSet | None:
        """The rules it was assessed by; None for plain marks of an older version."""
        kept = self.kept.get("aturan")
        return rule_sets.named(kept) if kept else None

    @property
    def is_final(self) -> bool:
        """Whether the case has ended, so that its result stays."""
        return self.case is not None and self.case.status == "completed"

    def _score(self, name: str) -> Decimal | None:
        found = self.kept.get(name)
        return None if found is None else Decimal(found)


@dataclass(frozen=True)
class Overview:
    """All lines of a year, and the units to choose from."""

    year: int
    lines: Sequence[Line]
    units: Sequence[Unit]

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many ended cases came to each sebutan or predikat."""
        found = Counter(line.called for line in self.lines if line.is_final)
        return [(name, found[name]) for name in CALLED if found[name]]

    @property
    def progress(self) -> tuple[int, int, int]:
        """How many cases have ended, are going on, and have not begun."""
        ended = sum(line.is_final for line in self.lines)
        begun = sum(line.case is not None for line in self.lines)
        return ended, begun - ended, len(self.lines) - begun


def of_year(
    db: Database, session: Session, actor: Actor, year: int, unit_id: int | None
) -> Overview:
    """The overview for who may look over others; raises as `Yearbook` does."""
    book = Yearbook(session, actor, year, unit_id)
    steps = assessing(db, session)
    cases = {case.id: case for case in book.cases(steps)}
    kept: dict[int, dict[str, Any]] = {case: {} for case in cases}
    for number, given in book.answers(steps):
        kept[number] |= {name: given[name] for name in _KEPT & given.keys()}
    zone = ZoneInfo(db.zone)
    chosen: dict[int, Instance] = {}
    for case in cases.values():
        about = kept[case.id].get("periode") or year_of(case.started_at.astimezone(zone).date())
        if about == year and _counts_more(case, chosen.get(case.subject_id)):
            chosen[case.subject_id] = case
    lines = [_line(person, chosen.get(person.id), kept) for person in book.staff()]
    return Overview(year, lines, book.units)


def assessing(db: Database, session: Session) -> Steps:
    """The processes in force that assess an SKP, with their steps that are read here."""
    found = {d.key: _diagram(db, session, d) for d in deployments.all_in_force(session)}
    return {
        key: frozenset(t.id for t in diagram.human_tasks if t.attributes.get("formKey") in FORMS)
        for key, diagram in found.items()
        if diagram and any(t.attributes.get("formKey") == ASSESSMENT for t in diagram.human_tasks)
    }


def table(lines: Sequence[Line], states: Mapping[str, str]) -> Iterator[list[str | Decimal]]:
    """The rows of a file, without headings; ``states`` says what a case's state is called."""
    for line in lines:
        person, case = line.person, line.case
        scores = (line.skp, line.behaviour, line.total)
        yield [
            person.nip, person.name, person.position, person.unit.name,
            case.number if case else "", states[case.status if case else ""],
            *("" if score is None else score for score in scores),
            line.called or "", line.rules.name if line.rules else "",
        ]  # fmt: skip


_KEPT = frozenset({"periode", "aturan", "nilai_skp", "nilai_perilaku", "nilai_prestasi", "sebutan"})


def _line(person: Person, case: Instance | None, kept: Mapping[int, Mapping[str, Any]]) -> Line:
    return Line(person, case, kept[case.id]) if case else Line(person)


def _counts_more(case: Instance, other: Instance | None) -> bool:
    """An ended case before one that goes on; of two alike the later."""
    return other is None or case.status == "completed" or other.status != "completed"


def _diagram(db: Database, session: Session, definition: Definition) -> Diagram | None:
    try:
        return deployments.binding(db, session, definition).program.diagram
    except DiagramRefused:  # what it calls is not there
        return None
