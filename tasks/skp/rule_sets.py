"""Which rules an assessment goes by: those that held when its period ended.

The id of the rule set is kept with each result and its inputs. Nothing is ever computed anew from
an old one: what was decided under rules that have been repealed stays as it was decided.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from bpmn.messages import message
from tasks.skp import permenpanrb6, pp46

if TYPE_CHECKING:
    from bpmn.messages import Message


@dataclass(frozen=True)
class RuleSet:
    """Rules for assessing; ``until`` is the last day of the last period that they hold for."""

    id: str
    name: str
    until: date | None

    @property
    def warning(self) -> Message | None:
        """What is said where rules are used that hold no more."""
        if self.until is None:
            return None
        return message(
            "{name} sudah dicabut; dipakai karena periode penilaian ini masih tunduk kepadanya.",
            name=self.name,
        )


# PP 46/2011 was repealed by PP 30/2019, whose scoring PermenPANRB 8/2021 and then 6/2022 laid down;
# offices went over from the assessment of 2022 on. Periods that ended before are scored by the old.
RULE_SETS = (
    RuleSet(pp46.ID, "PP 46/2011", date(2021, 12, 31)),
    RuleSet(permenpanrb6.ID, "PermenPANRB 6/2022", None),
)


def of_period(end: date) -> RuleSet:
    """The rules of an assessment period, by its last day."""
    return next(rules for rules in RULE_SETS if rules.until is None or end <= rules.until)


def named(rule_set_id: str) -> RuleSet:
    """The rule set of an id; raises `KeyError`."""
    return {rules.id: rules for rules in RULE_SETS}[rule_set_id]
