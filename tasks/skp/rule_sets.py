"""Which rules an assessment goes by: those that held when its period ended.

The id of the rule set is kept with each result and its inputs. Nothing is ever computed anew from
an old one: what was decided under rules that have been repealed stays as it was decided.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from bpmn.messages import message
from engine.errors import InvalidInput
from tasks.skp import permenpanrb6, pp46

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bpmn.messages import Message


@dataclass(frozen=True)
class RuleSet:
    """Rules for assessing; ``repealed`` are used for the periods that they held for alone."""

    id: str
    name: str
    repealed: bool

    @property
    def warning(self) -> Message | None:
        """What is said where rules are used that hold no more."""
        if not self.repealed:
            return None
        return message(
            "{name} sudah dicabut; dipakai karena periode penilaian ini masih tunduk kepadanya.",
            name=self.name,
        )


PP46 = RuleSet(pp46.ID, "PP 46/2011", repealed=True)
PERMENPANRB6 = RuleSet(permenpanrb6.ID, "PermenPANRB 6/2022", repealed=False)
# PP 46/2011 was repealed by PP 30/2019, whose scoring PermenPANRB 8/2021 and then 6/2022 laid down;
# from which period on an office had to go over is not certain, hence the setting.
USUAL_LAST_DAY = date(2021, 12, 31)


def last_day_of_pp46(environment: Mapping[str, str] = os.environ) -> date:
    """The last day of the last period under PP 46/2011: ``ALUR_PP46_UNTIL``, a day of ISO 8601.

    Raises `InvalidInput` when it is none.
    """
    given = environment.get("ALUR_PP46_UNTIL")
    if not given:
        return USUAL_LAST_DAY
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        said = message("ALUR_PP46_UNTIL harus tanggal seperti 2021-12-31.")
        raise InvalidInput(said) from error


def of_period(end: date) -> RuleSet:
    """The rules of an assessment period, by its last day."""
    return PP46 if end <= last_day_of_pp46() else PERMENPANRB6


def named(rule_set_id: str) -> RuleSet:
    """The rule set of an id; raises `KeyError`."""
    return {rules.id: rules for rules in (PP46, PERMENPANRB6)}[rule_set_id]
