"""The rulebook: every rule of every check explained, each with an example that a test checks.

It is what browser, command line and `docs/analysts.md` say of a rule. A finding leads here by its
name (`bpmn.findings.Finding.rule`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn.rulebook.arrows import ARROWS
from bpmn.rulebook.calls import CALLS
from bpmn.rulebook.conditions import CONDITIONS
from bpmn.rulebook.data import DATA
from bpmn.rulebook.dialect import DIALECT
from bpmn.rulebook.edges import EDGES
from bpmn.rulebook.errors import ERRORS
from bpmn.rulebook.events import EVENTS
from bpmn.rulebook.files import FILES
from bpmn.rulebook.flow import FLOW
from bpmn.rulebook.forms import FORMS
from bpmn.rulebook.gateways import GATEWAYS
from bpmn.rulebook.ids import IDS
from bpmn.rulebook.loops import LOOPS
from bpmn.rulebook.order import ORDER
from bpmn.rulebook.people import PEOPLE
from bpmn.rulebook.repeated import REPEATED
from bpmn.rulebook.sop import SOP
from bpmn.rulebook.soundness import SOUNDNESS
from bpmn.rulebook.starts import STARTS
from bpmn.rulebook.tables import TABLES
from bpmn.rulebook.time import TIME
from bpmn.rulebook.waiting import WAITING

if TYPE_CHECKING:
    from collections.abc import Callable

    from bpmn.rulebook.rule import Family, Rule

FAMILIES: tuple[Family, ...] = (
    FILES,
    IDS,
    DIALECT,
    ARROWS,
    EDGES,
    FLOW,
    CONDITIONS,
    SOUNDNESS,
    STARTS,
    EVENTS,
    ERRORS,
    GATEWAYS,
    WAITING,
    LOOPS,
    REPEATED,
    CALLS,
    PEOPLE,
    TIME,
    FORMS,
    TABLES,
    SOP,
    DATA,
    ORDER,
)
RULES: dict[str, Rule] = {rule.name: rule for family in FAMILIES for rule in family.rules}


def matching(search: str, translate: Callable[[str], str]) -> list[tuple[Family, list[Rule]]]:
    """The rules whose words hold all words of a search, by family; ``translate`` gives those."""
    wanted = search.lower().split()
    found = [
        (family, [rule for rule in family.rules if _holds(rule, wanted, translate)])
        for family in FAMILIES
    ]
    return [(family, rules) for family, rules in found if rules]


def _holds(rule: Rule, wanted: list[str], translate: Callable[[str], str]) -> bool:
    said = (rule.title, rule.meaning, rule.remedy)
    words = " ".join([rule.name, *(text.render(translate) for text in said)]).lower()
    return all(word in words for word in wanted)
