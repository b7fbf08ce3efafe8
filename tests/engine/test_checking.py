"""The rules that need expressions or the compiled program, and that a check always answers."""

import random
from copy import deepcopy
from itertools import pairwise

import pytest
from lxml import etree

from bpmn import elements
from bpmn.findings import Finding, Severity
from engine import checking, variables
from engine.checking import Report, check
from engine.spiff import programs
from engine.spiff.programs import Program

SEEDS = 150
OPEN = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="contoh">'
)


def process(*elements: str) -> bytes:
    """A file of the process ``p`` from a start ``s`` to ``a`` and an end ``e``."""
    drawn = ('<startEvent id="s" />', *elements, '<endEvent id="e" />', flow("s", "a"))
    head = '<process id="p" isExecutable="true">'
    return f"{OPEN}{head}{''.join(drawn)}</process></definitions>".encode()


def flow(source: str, target: str, condition: str | None = None) -> str:
    said = f'<conditionExpression xsi:type="tFormalExpression">{condition}</conditionExpression>'
    return (
        f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">'
        f"{said if condition is not None else ''}</sequenceFlow>"
    )


def task(inner: str = "") -> str:
    return f'<userTask id="a" camunda:candidateGroups="umum">{inner}</userTask>'


def form(rule: str, text: str) -> str:
    said = (
        f'<camunda:properties><camunda:property id="{rule}" value="{text}" /></camunda:properties>'
    )
    field = f'<camunda:formField id="x" type="string">{said}</camunda:formField>'
    return f"<extensionElements><camunda:formData>{field}</camunda:formData></extensionElements>"


def timer(kind: str, text: str, to: str = "f", attributes: str = 'cancelActivity="false"') -> str:
    return (
        f'<boundaryEvent id="w" attachedToRef="a" {attributes}>'
        f"<timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition></boundaryEvent>"
        f'<endEvent id="f" />{flow("w", to)}'
    )


def decision(condition: str) -> bytes:
    return process(
        '<exclusiveGateway id="a" /><endEvent id="f" />',
        flow("a", "e", "x == 1"),
        flow("a", "f", condition),
    )


def told(source: bytes) -> list[tuple[str, str | None, str]]:
    """What is found, but that the small diagrams here have no layout and name data of nobody's."""
    return [(f.rule, f.element, f.severity.value) for f in findings(check(source))]


def findings(report: Report) -> list[Finding]:
    return [f for f in report.findings if f.rule not in ("layout", "unknown-name")]


def unknown(source: bytes) -> list[tuple[str | None, str]]:
    """The findings on names that nothing gives."""
    found = [f for f in check(source).findings if f.rule == "unknown-name"]
    return sorted((f.element, f.severity.value) for f in found)


def test_a_sound_file_has_no_finding_and_a_program():
    report = check(process(task(), flow("a", "e")))
    assert findings(report) == []
    assert [program.diagram.key for program in report.programs] == ["p"]
    assert report.may_run
    assert report.may_activate


@pytest.mark.parametrize("source", [b"", b"<x/>", b"<!DOCTYPE x><x/>"])
def test_a_file_that_cannot_be_read_is_an_error_of_the_file(source):
    assert told(source) == [("readable", None, "error")]
    assert not check(source).may_run


def test_a_file_against_the_schema_is_judged_no_further():
    source = process(task(), flow("a", "e", "((")).replace(b"userTask", b"userTasks")
    assert {rule for rule, _, _ in told(source)} == {"schema"}


@pytest.mark.parametrize("condition", ["x == 2", '${x != 1 &amp;&amp; y == "a"}', "not x"])
def test_a_condition_in_the_language_is_sound(condition):
    assert told(decision(condition)) == []


@pytest.mark.parametrize("condition", ["x ==", "x.y", "os()", "${x ? 1 : 2}", "lambda: 1"])
def test_a_condition_that_is_not_in_the_language_is_an_error_on_its_flow(condition):
    assert told(decision(condition)) == [("expression", "a_f", "error")]


def test_a_script_in_the_language_is_sound():
    script = '<scriptTask id="a"><script>x = 1\ny = x + 1</script></scriptTask>'
    assert told(process(script, flow("a", "e"))) == []


@pytest.mark.parametrize("line", ["import os", "x", "x = y.z", "x += 1"])
def test_a_script_that_is_not_in_the_language_is_an_error_on_its_task(line):
    script = f'<scriptTask id="a"><script>{line}</script></scriptTask>'
    assert told(process(script, flow("a", "e"))) == [("expression", "a", "error")]


def test_an_expression_for_a_timer_is_sound_or_an_error_on_the_timer():
    assert told(process(task(), timer("timeDuration", "lama"), flow("a", "e"))) == []
    found = told(process(task(), timer("timeDuration", "lama("), flow("a", "e")))
    assert found == [("expression", "w", "error")]


@pytest.mark.parametrize("rule", variables.FIELD_RULES)
def test_the_rules_of_a_form_are_sound_or_errors_on_their_task(rule):
    assert told(process(task(form(rule, "y == 1")), flow("a", "e"))) == []
    found = told(process(task(form(rule, "y ==")), flow("a", "e")))
    assert found == [("expression", "a", "error")]


@pytest.mark.parametrize(
    ("kind", "text"), [("timeDuration", "PT1H"), ("timeDate", "2026-01-31T00:00Z")]
)
def test_a_timer_that_only_reminds_is_sound(kind, text):
    assert told(process(task(), timer(kind, text), flow("a", "e"))) == []


@pytest.mark.parametrize("attributes", ["", 'cancelActivity="false"'])
def test_a_timer_that_leads_on_to_work_is_sound(attributes):
    second = f'<userTask id="b" camunda:candidateGroups="umum" />{flow("b", "f")}'
    drawn = timer("timeDuration", "PT1H", to="b", attributes=attributes)
    assert told(process(task(), second, drawn, flow("a", "e"))) == []


def test_a_timer_on_the_way_is_sound():
    event = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
    catch = f'<intermediateCatchEvent id="a">{event}</intermediateCatchEvent>'
    assert told(process(catch, flow("a", "e"))) == []


def test_what_cannot_be_compiled_is_an_error_on_the_process():
    assert told(process('<scriptTask id="a" />', flow("a", "e"))) == [("compiled", "p", "error")]


def test_nodes_that_compiling_would_lose_are_an_error_on_the_process(monkeypatch):
    monkeypatch.setattr(programs, "lost_nodes", lambda program: ["a"])
    report = check(process(task(), flow("a", "e")))
    (finding,) = findings(report)
    assert (finding.rule, finding.element, finding.severity) == ("compiled", "p", Severity.ERROR)
    assert report.programs == ()


def test_a_node_that_is_not_in_the_compiled_program_is_found():
    (program,) = check(process(task(), flow("a", "e"))).programs
    assert programs.lost_nodes(program) == []
    lost = Program(program.diagram, program.spec, {})
    del lost.spec.task_specs["a"]
    assert programs.lost_nodes(lost) == ["a"]


def test_a_process_that_is_not_executable_is_not_judged():
    other = b'<process id="lain"><userTask id="x" /></process></definitions>'
    source = process(task(), flow("a", "e")).replace(b"</definitions>", other)
    assert told(source) == [("collaboration", "lain", "warning")]


def test_a_warning_keeps_nothing_from_running():
    report = check(process('<task id="a" />', flow("a", "e")))
    assert [finding.severity for finding in findings(report)] == [Severity.WARNING]
    assert report.may_activate


def test_worst_gives_the_findings_of_some_severities():
    report = check(process('<userTask id="a" camunda:priority="1" />', flow("a", "e")))
    assert [f.rule for f in report.worst(Severity.BLOCKING)] == ["actor-rule"]
    assert len(report.worst(*Severity)) == len(report.findings) == 3


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_check_of_a_damaged_diagram_answers_and_never_breaks(skp, seed):
    chance = random.Random(seed)  # noqa: S311
    root = etree.fromstring(skp)
    for _ in range(chance.choice([1, 1, 2, 4])):
        _damage(root.find("{*}process"), chance)
    report = check(etree.tostring(root))
    assert isinstance(report, Report)
    assert report.may_run == (
        bool(report.programs) and Severity.ERROR not in {f.severity for f in report.findings}
    )
    assert all(str(finding.message) for finding in report.findings)


@pytest.mark.parametrize("seed", range(30))
def test_a_check_of_damaged_bytes_answers_and_never_breaks(skp, seed):
    chance = random.Random(seed)  # noqa: S311
    source = bytearray(skp)
    for _ in range(chance.choice([1, 3, 50])):
        source[chance.randrange(len(source))] = chance.randrange(256)
    assert isinstance(check(bytes(source)), Report)


def _damage(process, chance) -> None:
    """Deletes, renames, copies or fills one element or attribute below the process."""
    elements = list(process.iterdescendants())
    element = chance.choice(elements)
    name = chance.choice([*element.attrib, "id", "default", "cancelActivity", "attachedToRef"])
    act = chance.randrange(6)
    if act == 0:
        element.getparent().remove(element)
    elif act == 1:
        local = etree.QName(chance.choice(elements)).localname
        element.tag = f"{{{etree.QName(element).namespace}}}{local}"
    elif act == 2:
        element.attrib.pop(name, None)
    elif act == 3:
        ids = [other.get("id", "") for other in elements]
        element.set(name, chance.choice([*ids, "", "x", "Start", "true", "-1"]))
    elif act == 4:
        chance.choice(elements).append(deepcopy(element))
    else:
        element.text = chance.choice(["", "x", "P", "${", "((((", "9" * 50, "a == "])


def test_a_thousand_steps_in_a_row_are_compiled_without_going_deep():
    names = ["a", *(f"t{number}" for number in range(1000)), "e"]
    steps = (f'<userTask id="{name}" camunda:candidateGroups="umum" />' for name in names[1:-1])
    flows = (flow(source, target) for source, target in pairwise(names))
    assert told(process(task(), *steps, *flows)) == []


def test_a_name_that_nothing_gives_is_blocking_where_it_is_read():
    gateway = '<exclusiveGateway id="x" />'
    ways = flow("a", "x") + flow("x", "e", "setuju") + flow("x", "a", "not setuju")
    assert unknown(process(task(), gateway, ways)) == [("x_a", "blocking"), ("x_e", "blocking")]


def test_a_name_from_a_form_or_script_is_known():
    script = '<scriptTask id="b"><script>sah = 1\nsemua = [n for n in [sah]]</script></scriptTask>'
    ways = flow("a", "b") + flow("b", "x") + flow("x", "e", "sah") + flow("x", "a", "not semua")
    assert unknown(process(task(), script, '<exclusiveGateway id="x" />', ways)) == []


def test_a_name_from_the_answer_of_a_service_task_is_known():
    gives = '<camunda:properties><camunda:property name="alur:gives" value="sah" />'
    inner = f"<extensionElements>{gives}</camunda:properties></extensionElements>"
    service = f'<serviceTask id="b" camunda:topic="arsip">{inner}</serviceTask>'
    ways = flow("a", "b") + flow("b", "x") + flow("x", "e", "sah") + flow("x", "a", "not sah")
    gateway = '<exclusiveGateway id="x" />'
    assert unknown(process(task(), service, gateway, ways)) == []
    silent = service.replace('value="sah"', 'value="lain"')
    assert unknown(process(task(), silent, gateway, ways)) == [
        ("x_a", "blocking"),
        ("x_e", "blocking"),
    ]


def test_of_very_many_findings_the_worst_are_said_first():
    loose = "".join(f'<task id="t{number}" />' for number in range(checking.MAX_FINDINGS))
    report = check(process(task(), flow("a", "e"), loose))
    assert len(report.findings) == checking.MAX_FINDINGS
    assert {found.severity for found in report.findings} == {Severity.ERROR}
    assert not report.may_run


def test_more_expressions_than_can_be_parsed_at_once_are_refused(monkeypatch):
    source = process(task(form("visibleIf", "x == &quot;1&quot;")), flow("a", "e"))
    assert check(source).may_run
    monkeypatch.setattr(checking, "MAX_LETTERS", 7)
    monkeypatch.setattr(checking, "parse", None)
    (found,) = check(source).worst(Severity.ERROR)
    assert (found.rule, found.element) == ("expression", "p")


def test_the_processes_of_a_file_are_read_once(skp, monkeypatch):
    read, asked = elements.diagram, []
    monkeypatch.setattr(elements, "diagram", lambda xml: asked.append(xml) or read(xml))
    report = check(skp)
    assert len(asked) == 1
    assert report.names["Langkah_1"].startswith("Menyiapkan blanko")
