"""Step 4: the employee looks at the result beside the targets, and at the round before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from tasks.forms import StepForm
from tasks.skp import earlier, rule_sets
from tasks.skp.assessment import PANEL, shown_result
from tasks.skp.fields import REVIEW

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bpmn.diagram import Field
    from bpmn.messages import Message
    from tasks.skp.rule_sets import RuleSet


class SkpReview(StepForm):
    """Agreeing, or saying why not."""

    template: ClassVar[str] = "_skp_review.html"

    @staticmethod
    def fields(_case: Mapping[str, Any]) -> tuple[Field, ...]:
        """What is asked."""
        return REVIEW

    @property
    def assessment(self) -> Mapping[str, Any] | None:
        """What is to be agreed to; None where a version of the procedure has plain marks."""
        return self._case.get("penilaian")

    @property
    def rules(self) -> RuleSet | None:
        """The rules that it goes by."""
        return rule_sets.named(self.assessment["aturan"]) if self.assessment else None

    @property
    def before(self) -> Mapping[str, Any] | None:
        """The assessment of the round before, if there was one under the same rules."""
        rounds = earlier.rounds(self.around)[-2:-1]
        same = [one for one in rounds if self.rules and one["aturan"] == self.rules.id]
        return same[0] if same else None

    @property
    def results(self) -> list[tuple[Message, str, str | None]]:
        """(label, text, text of the round before) of each part of the result."""
        if not self.assessment or not self.rules:
            return []
        now, before = self.assessment["hasil"], (self.before or {}).get("hasil")
        return [
            (label, shown_result(now.get(name)), shown_result(before.get(name)) if before else None)
            for name, label in PANEL[self.rules.id].items()
        ]

    @property
    def activities(self) -> list[tuple[Mapping[str, Any], Mapping[str, Any], Any]]:
        """(as typed, its scores, its score the round before) of each row of work."""
        if not self.assessment:
            return []
        rows, scores = _rows(self.assessment)
        old_rows, old_scores = _rows(self.before or {})
        old = zip(old_rows, old_scores, strict=True)
        before = {row["kegiatan"]: score.get("nilai") for row, score in old}
        now = zip(rows, scores, strict=True)
        return [(row, score, before.get(row["kegiatan"])) for row, score in now]


def _rows(assessment: Mapping[str, Any]) -> tuple[list[Any], list[Any]]:
    rows = assessment.get("masukan", {}).get("kegiatan") or []
    return rows, assessment.get("hasil", {}).get("kegiatan") or [{} for _ in rows]
