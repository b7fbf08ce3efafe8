"""The rulebook says what the checks say: no rule goes without, and no example drifts."""

import ast
import re
from itertools import chain
from pathlib import Path

import pytest

from bpmn.rulebook import FAMILIES, RULES
from bpmn.rulebook.rule import source_of
from engine import deployments
from engine.checking import check
from engine.examples import lesson
from tasks.handlers import HANDLERS

ROOT = Path(__file__).parents[2]
# What the files alone do not decide, and an office does.
OFFICE = {"staffing", "unserved-topic", "callable"}
# The schema forbids the one before the rules are asked; the other would be a fault of Alur's.
WITHOUT_EXAMPLE = {"one-loop", "compiled"}
IN_FILES = sorted(RULES.keys() - OFFICE - WITHOUT_EXAMPLE)
# Whose arguments name a rule, and what makes one of a function by its name.
NAMING = {"Finding", "refusal", "warning", "_error", "_judged"}
MAKING = {"on_scope", "on_drawing", "on_file"}


def _named_in_code() -> set[str]:
    """The names that findings are given anywhere in the source."""
    files = chain(*((ROOT / package).rglob("*.py") for package in ("bpmn", "engine", "tasks")))
    return {name for file in files for name in _named_in(ast.parse(file.read_text()))}


def _named_in(module: ast.Module) -> set[str]:
    found = set()
    for part in ast.walk(module):
        if isinstance(part, ast.Call) and _called(part) in NAMING:
            given = [a.value for a in part.args if isinstance(a, ast.Constant)]
            found |= {value for value in given if isinstance(value, str)}
        if isinstance(part, ast.FunctionDef):
            made = [_called(one) for one in part.decorator_list if isinstance(one, ast.Call)]
            found |= {part.name.replace("_", "-")} if MAKING & {*made} else set()
    return found


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def test_every_rule_of_the_code_is_explained_and_no_other():
    assert _named_in_code() == RULES.keys()


def test_every_rule_stands_in_one_family_and_in_the_analysts_table():
    assert [rule.name for family in FAMILIES for rule in family.rules] == list(RULES)
    text = (ROOT / "docs" / "analysts.md").read_text(encoding="utf-8")
    table = re.search(r"\| rule \| what it asks \|\n\|.*\n((?:\|.*\n)+)", text)
    cells = [line.split(" | ")[0] for line in table[1].splitlines()]
    named = [name for cell in cells for name in re.findall(r"`([a-z-]+)`", cell)]
    assert sorted(named) == sorted(RULES)


def test_only_what_no_file_can_do_wrong_has_no_example():
    assert {name for name, rule in RULES.items() if rule.wrong is None} == WITHOUT_EXAMPLE


@pytest.mark.parametrize("name", IN_FILES)
def test_the_wrong_example_breaks_its_rule_and_the_right_one_none(name):
    rule = RULES[name]
    wrong, right = (check(source_of(text)).findings for text in (rule.wrong, rule.right))
    assert {finding.rule for finding in wrong} == {name, *rule.along}
    assert right == ()


@pytest.mark.parametrize("name", sorted(OFFICE))
def test_what_an_office_decides_is_found_in_one(office, name):
    rule = RULES[name]
    with office.db.read() as session:
        wrong, right = (
            deployments.full_report(session, source_of(text), HANDLERS).findings
            for text in (rule.wrong, rule.right)
        )
    assert {finding.rule for finding in wrong} == {name}
    assert right == ()


def test_a_lesson_says_what_is_wrong_and_what_the_mended_one_does_otherwise():
    taught = lesson(RULES["default-way"])
    assert [finding.element for finding in taught.findings] == ["g_e"]
    assert [str(change.said) for change in taught.changes] == [
        '"Lengkap?" ke "Selesai": syarat kini lengkap',
        '"Lengkap?": jalan bila tidak ada syarat terpenuhi dihapus (dahulu g_e)',
    ]
    assert taught.marks == {"g": "changed", "g_e": "changed"}


def test_of_what_is_new_a_lesson_says_only_that_it_came():
    told = [str(change.said) for change in lesson(RULES["doubled-token"]).changes]
    assert '"Gabung": ditambahkan' in told
    assert not [line for line in told if " kini " in line]


def test_an_example_that_cannot_be_read_teaches_all_the_same():
    taught = lesson(RULES["readable"])
    assert [finding.rule for finding in taught.findings] == ["readable"]
    assert taught.changes == ()
