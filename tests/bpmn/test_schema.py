"""The rules on a whole file, and that none of the rules goes without its tests."""

import inspect
import re
from pathlib import Path

import pytest

from bpmn.elements import File
from bpmn.reading import read
from bpmn.rules import FILE_RULES, RULES, check_drawing
from bpmn.rules.files import collaboration, doubled_id, executable, layout, platform, schema

SOUND = """
    startEvent s
    endEvent e
    s -> e
"""


@pytest.fixture
def judge_file():
    """``judge_file(rule, source)``: what one rule finds, as (rule, element, severity)."""

    def _judge(rule, source: bytes) -> list[tuple[str, str | None, str]]:
        found = list(rule(File(read(source))))
        return [(finding.rule, finding.element, finding.severity.value) for finding in found]

    return _judge


def test_a_file_as_the_standard_wants_it_has_no_finding(judge_file, draw):
    assert judge_file(schema, draw(SOUND)) == []


def test_the_shipped_diagram_is_as_the_standard_wants_it(judge_file, skp):
    assert judge_file(schema, skp) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (b"startEvent", b"startEven"),
        (b' targetRef="e"', b""),
        (b'id="e"', b'id="dua kata"'),
        (b'isExecutable="true"', b'isExecutable="ya"'),
    ],
)
def test_a_file_that_the_standard_does_not_allow_is_an_error_of_the_file(
    judge_file, draw, right, wrong
):
    found = judge_file(schema, draw(SOUND).replace(right, wrong))
    assert set(found) == {("schema", None, "error")}


def test_the_finding_says_in_which_line_the_fault_is(draw):
    source = draw(SOUND).replace(b"endEvent", b"endEven").replace(b"<endE", b"\n\n<endE")
    (finding, *_) = schema(File(read(source)))
    assert "baris 3" in str(finding.message)


def test_an_id_that_stands_twice_is_said_in_words_and_once(draw):
    source = draw(SOUND).replace(b'id="e"', b'id="s"').replace(b"<endE", b"\n\n<endE")
    (finding,) = schema(File(read(source)))
    assert (finding.rule, finding.element) == ("doubled-id", "s")
    assert finding.clause == "BPMN 2.0, 8.2.1"
    assert str(finding.message) == 'ID "s" dipakai dua kali (baris 1 dan 3).'


def test_one_executable_process_is_sound(judge_file, draw):
    assert judge_file(executable, draw(SOUND)) == []


def test_a_file_without_an_executable_process_is_an_error(judge_file, draw):
    source = draw("process isExecutable=false")
    assert judge_file(executable, source) == [("executable", None, "error")]


def test_a_second_executable_process_keeps_a_file_from_being_activated(judge_file, draw):
    second = b'<process id="dua" isExecutable="1" /><process id="tiga" /></definitions>'
    source = draw(SOUND).replace(b"</definitions>", second)
    assert judge_file(executable, source) == [("executable", "dua", "blocking")]


def test_check_drawing_gives_the_findings_of_every_rule(view):
    found = {finding.rule for finding in check_drawing(view("task Start camunda:formRef=x"))}
    assert {"reserved-id", "unsupported", "ignored", "one-start", "way-out"} <= found


def test_a_sound_drawing_has_no_finding(view):
    assert check_drawing(view(SOUND)) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_rule_on_the_drawing_is_tested_with_sound_and_faulty_diagrams(rule):
    theme = rule.__module__.rpartition(".")[2]
    tests = Path(__file__).with_name(f"test_rules_{theme}.py").read_text()
    asked = [part for part in tests.split("\ndef ") if f"{theme}.{rule.__name__}" in part]
    assert any("== []" in part for part in asked), "no sound diagram"
    assert any(f'"{rule.__name__.replace("_", "-")}"' in part for part in asked), "no faulty one"


@pytest.mark.parametrize("rule", [*RULES, *FILE_RULES, schema], ids=lambda rule: rule.__name__)
def test_every_rule_says_in_its_docstring_what_it_holds_to(rule):
    assert inspect.getdoc(rule)


@pytest.mark.parametrize("rule", [*RULES, *FILE_RULES, doubled_id], ids=lambda rule: rule.__name__)
def test_a_rule_that_cites_a_clause_says_it_in_its_docstring(rule):
    clause = inspect.getclosurevars(rule).nonlocals.get("clause")
    cited = re.findall(r"\((\d+\.\d+[\d.]*)", inspect.getdoc(rule))
    assert cited == ([clause] if clause else [])


def test_a_file_for_camunda_or_for_nobody_is_sound(judge_file, draw, skp):
    assert judge_file(platform, draw(SOUND)) == []
    assert judge_file(platform, skp) == []


def test_a_file_for_another_engine_is_an_error(judge_file, skp):
    other = skp.replace(b'"Camunda Platform"', b'"Camunda Cloud"')
    assert judge_file(platform, other) == [("platform", None, "error")]


def test_a_message_between_pools_is_an_error_and_a_still_process_is_said(judge_file, draw):
    pools = (
        b'<collaboration id="c"><participant id="a" processRef="p" /><participant id="b" />'
        b'<messageFlow id="m" sourceRef="a" targetRef="b" /></collaboration>'
        b'<process id="lain"><startEvent id="x" /></process></definitions>'
    )
    source = draw(SOUND).replace(b"</definitions>", pools)
    assert judge_file(collaboration, source) == [
        ("collaboration", "m", "error"),
        ("collaboration", "lain", "warning"),
    ]
    assert judge_file(collaboration, draw(SOUND)) == []


def test_a_diagram_without_its_layout_is_a_warning(judge_file, draw, skp):
    assert judge_file(layout, skp) == []
    assert judge_file(layout, draw(SOUND)) == [("layout", "p", "warning")]
