"""Step 3: the assessment, by the rules of its period, with all that follows from the marks.

What is kept is ``penilaian``: the rule set, the inputs exactly as they were given and the result;
beside it the few names that a diagram's conditions and the lists read.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from bpmn.columns import Column
from bpmn.messages import message
from tasks import tables
from tasks.fields import show
from tasks.forms import StepForm
from tasks.skp import permenpanrb6, pp46, rule_sets
from tasks.skp.fields import ASSESSMENT
from tasks.spelling import show_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bpmn.diagram import Field, Node
    from bpmn.messages import Message
    from tasks.forms import Shown
    from tasks.skp.rule_sets import RuleSet
    from tasks.tables import Cell, Row

NOTHING = "–"
# The panel of what follows from the marks, in its order: names and what they are called.
PANEL = {
    pp46.ID: {
        "skp": message("Nilai SKP"),
        "tugas_tambahan": message("Tugas tambahan"),
        "kreativitas": message("Kreativitas"),
        "perilaku": message("Perilaku kerja"),
        "prestasi": message("Prestasi kerja"),
        "sebutan": message("Sebutan"),
    },
    permenpanrb6.ID: {"predikat": message("Predikat kinerja")},
}
_SCORES = (
    Column("kegiatan", "text", message("Kegiatan")),
    Column("kuantitas", "decimal", message("Kuantitas")),
    Column("kualitas", "decimal", message("Kualitas")),
    Column("waktu", "decimal", message("Waktu")),
    Column("biaya", "decimal", message("Biaya")),
    Column("nilai", "decimal", message("Nilai")),
)
_PLAIN = {
    "nilai_skp": message("Nilai SKP"),
    "nilai_perilaku": message("Perilaku kerja"),
    "catatan_penilai": message("Catatan penilaian"),
}
_REACHED = ("r_kuantitas", "r_kualitas", "r_waktu", "r_biaya")


class SkpAssessment(StepForm):
    """Targets and what was reached, behaviour, and the score that comes of them."""

    template: ClassVar[str] = "_skp_assessment.html"

    def __init__(self, task: Node, case: Mapping[str, Any], *more: Any) -> None:
        self.rules = rules_of(case)
        sent, draft, around = more
        typed = self.typed(draft) if isinstance(draft, dict) else draft
        super().__init__(task, case, sent, typed, around)

    @staticmethod
    def fields(case: Mapping[str, Any]) -> tuple[Field, ...]:
        """What is asked under the rules of the case's period."""
        return ASSESSMENT[rules_of(case).id]

    @staticmethod
    def typed(given: Mapping[str, Any]) -> dict[str, Any]:
        """Kept answers by the fields that they were typed into."""
        inputs = given.get("penilaian", {}).get("masukan", {})
        marks = inputs.get("perilaku", {})
        return {**inputs, **marks, "catatan_penilai": given.get("catatan_penilai")}

    def validate(self) -> bool:
        """As drawn forms do; what was carried out is told in all its aspects."""
        super().validate()
        if self.rules.id == pp46.ID:
            faulty = [cell for row in self._rows for cell in _untold(row)]
            for cell in faulty:
                cell.fault = message("Isian ini wajib diisi.")
            if faulty and not self.form["kegiatan"].errors:
                self._find("kegiatan", message("Lengkapi realisasi kegiatan ini."))
        return not self.faults

    @property
    def values(self) -> dict[str, Any]:
        """The assessment as it is kept; without a result while something is still missing."""
        inputs, result = self._inputs, self.result
        return {
            "aturan": self.rules.id,
            "penilaian": {
                "aturan": self.rules.id,
                "dari": self._case.get("dari"),
                "sampai": self._case.get("sampai"),
                "masukan": inputs,
                "hasil": result,
            },
            "nilai_skp": result.get("skp"),
            "nilai_perilaku": result.get("perilaku") if "skp" in result else None,
            "nilai_prestasi": result.get("prestasi"),
            "sebutan": result.get("sebutan") or result.get("predikat"),
            "catatan_penilai": self.answers["catatan_penilai"],
        }

    @property
    def result(self) -> dict[str, Any]:
        """What follows from what has been filled in so far; empty while that is not enough."""
        if self.rules.id == pp46.ID:
            return self._scored()
        ratings = (self.answers["hasil_kerja"], self.answers["perilaku_kerja"])
        if None in ratings or not set(ratings) <= set(permenpanrb6.RATINGS):
            return {}
        found = dict(zip(("hasil_kerja", "perilaku"), ratings, strict=True))
        return found | {"predikat": permenpanrb6.predicate(*ratings)}

    @property
    def warning(self) -> Message | None:
        """What is said of rules that hold no more."""
        return self.rules.warning

    @property
    def panel(self) -> list[tuple[str, Message, str]]:
        """(element id, label, text) of what follows from the marks."""
        result = self.result
        told = [
            (f"hasil-{name}", label, shown_result(result.get(name)))
            for name, label in PANEL[self.rules.id].items()
        ]
        if self.rules.id == pp46.ID:  # of the others no row has a score
            told.insert(0, ("hasil-kegiatan", message("Nilai tiap kegiatan"), self._row_scores))
        return told

    def computed(self) -> dict[str, str]:
        """The panel, and what drawn forms compute."""
        return super().computed() | {element: text for element, _, text in self.panel}

    @staticmethod
    def shown(_task: Node, given: Mapping[str, Any]) -> list[tuple[str | Message, Shown]]:
        """The assessment as people read it; of a version that was drawn, its plain marks."""
        kept = given.get("penilaian")
        if not kept:
            marks = (name for name in _PLAIN if given.get(name) is not None)
            return [(_PLAIN[name], shown_result(given[name])) for name in marks]
        rules, inputs, result = rule_sets.named(kept["aturan"]), kept["masukan"], kept["hasil"]
        told: list[tuple[str | Message, Shown]] = [(message("Aturan penilaian"), rules.name)]
        for field in ASSESSMENT[rules.id]:
            value = SkpAssessment.typed(given).get(field.id)
            if value not in (None, "", [], False):
                told.append((field.label, show(field, value)))
        if rows := result.get("kegiatan"):
            told.append((message("Nilai kegiatan"), scores_table(inputs["kegiatan"], rows)))
        panel = PANEL[rules.id].items()
        return [*told, *((label, shown_result(result.get(name))) for name, label in panel)]

    def _prefilled(self) -> dict[str, Any]:
        """What the round before said; the first time the targets that were prepared."""
        before = self._case.get("penilaian", {})
        if before.get("aturan") == self.rules.id:
            return super()._prefilled() | self.typed(self._case)
        prepared = self._case.get("sasaran") or []
        rows = prepared if self.rules.id == pp46.ID else [_work(row) for row in prepared]
        return super()._prefilled() | {"kegiatan": rows}

    @property
    def _rows(self) -> list[Row]:
        return [row for row in self.tables["kegiatan"].rows if not row.is_empty]

    @property
    def _row_scores(self) -> str:
        """The score of each row of work, with its number."""
        scored = (_activity(row.value) for row in self._rows)
        texts = (shown_result(one and rounded(pp46.activity(one).total)) for one in scored)
        return " · ".join(f"{n}: {text}" for n, text in enumerate(texts, start=1)) or NOTHING

    @property
    def _inputs(self) -> dict[str, Any]:
        given = dict(self.answers)
        given.pop("catatan_penilai")
        marks = pp46.BEHAVIOUR if self.rules.id == pp46.ID else permenpanrb6.BEHAVIOUR
        behaviour = {name: given.pop(name) for name in marks}
        return given | {"perilaku": {n: v for n, v in behaviour.items() if v is not None}}

    def _scored(self) -> dict[str, Any]:
        given = self.answers
        activities = [_activity(row.value) for row in self._rows]
        names = [n for n in pp46.BEHAVIOUR if n != pp46.OF_STRUCTURAL_POSTS or given["struktural"]]
        marks = {name: given[name] for name in names}
        if not activities or None in activities or None in marks.values():
            return {}
        extra = [row for row in given["tugas_tambahan"] if row.get("uraian")]
        levels = [row["tingkat"] for row in given["kreativitas"]]
        if not set(levels) <= set(pp46.CREATIVITY):
            return {}
        found = pp46.assess([a for a in activities if a], len(extra), levels, marks)
        return _kept(found)


def rules_of(case: Mapping[str, Any]) -> RuleSet:
    """The rules of a case: of its period; of an assessment that is only looked at, its own."""
    end = case.get("sampai")
    if isinstance(end, date):
        return rule_sets.of_period(end)
    own = case.get("aturan")
    return rule_sets.named(own) if own in ASSESSMENT else rule_sets.PERMENPANRB6


def rounded(score: Fraction) -> Decimal:
    """A score with two decimals, a half going up."""
    exact = Decimal(score.numerator) / Decimal(score.denominator)
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def shown_result(value: Any) -> str:
    """A part of a result as people read it."""
    if value is None:
        return NOTHING
    return show_number(value) if isinstance(value, Decimal | int) else str(value)


def scores_table(rows: list[dict[str, Any]], scores: list[dict[str, Any]]) -> tables.Answer:
    """The scores of each activity, in the order of the form."""
    pairs = zip(rows, scores, strict=True)
    joined = [{**score, "kegiatan": row["kegiatan"]} for row, score in pairs]
    return tables.shown(_SCORES, (), joined)


def _kept(found: pp46.Result) -> dict[str, Any]:
    return {
        "kegiatan": [
            {
                "kuantitas": rounded(one.quantity),
                "kualitas": rounded(one.quality),
                "waktu": rounded(one.time),
                "biaya": None if one.cost is None else rounded(one.cost),
                "nilai": rounded(one.total),
            }
            for one in found.activities
        ],
        "tugas_tambahan": found.additional,
        "kreativitas": found.creativity,
        "skp": rounded(found.skp),
        "perilaku": rounded(found.behaviour),
        "prestasi": rounded(found.total),
        "sebutan": found.band,
    }


def _activity(row: Mapping[str, Any]) -> pp46.Activity | None:
    """A row of the form to be scored; None while a target or realisation is missing."""
    targets = (row["kuantitas"], row["kualitas"], row["waktu"])
    if not all(targets):
        return None
    reached = tuple(row[name] for name in _REACHED)
    if row["r_kuantitas"] and None in reached[1:3]:
        return None
    if row["r_kuantitas"] and row["biaya"] and row["r_biaya"] is None:
        return None
    return pp46.Activity(*targets, row["biaya"] or None, *reached)


def _work(row: Mapping[str, Any]) -> dict[str, Any]:
    """A prepared target as the form of 2022 asks for it."""
    aim = (shown_result(row["kuantitas"]), row["satuan"])
    return {"kegiatan": row["kegiatan"], "target": " ".join(filter(None, aim))}


def _untold(row: Row) -> list[Cell]:
    """The cells that an activity which was carried out leaves empty."""
    if not row.value["r_kuantitas"]:
        return []
    needed = {"r_kualitas", "r_waktu", *(("r_biaya",) if row.value["biaya"] else ())}
    cells = [cell for cell in row.cells if cell.column.name in needed]
    return [cell for cell in cells if cell.value is None and cell.fault is None]
