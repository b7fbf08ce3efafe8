"""Step 1: the SKP prepared from the one of the year before, or empty."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from bpmn.messages import message
from engine import clock
from tasks.forms import StepForm
from tasks.skp import earlier, rule_sets
from tasks.skp.fields import PREPARATION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bpmn.diagram import Field
    from bpmn.messages import Message

FIRST_MONTH_OF_THIS_YEARS = 7  # before it what is collected are the SKPs of the year that is over


class SkpPreparation(StepForm):
    """The period, and the targets as they were the last time."""

    template: ClassVar[str] = "_skp_preparation.html"

    @staticmethod
    def fields(_case: Mapping[str, Any]) -> tuple[Field, ...]:
        """What is asked."""
        return PREPARATION

    def validate(self) -> bool:
        """As drawn forms do, and a period must not end before it begins."""
        super().validate()
        ends, begins = self.form["sampai"], self.form["dari"].data
        if begins and ends.data and ends.data < begins and not ends.errors:
            self._find("sampai", message("Akhir periode mendahului awalnya."))
        return not self.faults

    @property
    def is_from_before(self) -> bool:
        """Whether the targets are those of the year before, still to be looked through."""
        return bool(self.earlier)

    @property
    def warning(self) -> Message | None:
        """What is said of the rules that the period is assessed by."""
        ends = self.form["sampai"].data
        return rule_sets.of_period(ends).warning if ends else None

    @property
    def earlier(self) -> list[dict[str, Any]]:
        """The targets of the last finished case."""
        return earlier.targets(self.around)

    def _prefilled(self) -> dict[str, Any]:
        rows, year = self.earlier, year_of(clock.now().date())
        return super()._prefilled() | {
            "periode": year,
            "dari": date(year, 1, 1),
            "sampai": date(year, 12, 31),
            "skp_sebelumnya": "ada" if rows else "tidak_ada",
            "sasaran": rows,
        }


def year_of(day: date) -> int:
    """The year whose SKP is collected on a day."""
    return day.year - (day.month < FIRST_MONTH_OF_THIS_YEARS)
