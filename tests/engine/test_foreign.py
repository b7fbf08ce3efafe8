"""Diagrams made for other engines are answered with findings, and those of the standard run."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from lxml import etree

from bpmn.findings import Severity
from engine.checking import check
from tasks.dry_run import dry_run
from web.cli import cli

FILES = sorted((Path(__file__).parent / "foreign").glob("*.bpmn"))
BEGAN = datetime(2026, 1, 5, 1, tzinfo=UTC)
BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
PICTURE = "{http://www.omg.org/spec/BPMN/20100524/DI}BPMNDiagram"
# Camunda's own extensions are judged by `bpmn.vocabulary`, to which other tests hold.
KNOWN = {
    "",
    BPMN,
    "http://camunda.org/schema/1.0/bpmn",
    "http://camunda.org/schema/modeler/1.0",
    "http://www.w3.org/2001/XMLSchema-instance",
}
# What must be among the findings on each file: rule, severity, element.
EXPECTED = {
    "activiti_loan": """
        foreign error start; foreign error rate; foreign error review
        unsupported error rate; how-many error review
    """,
    "aris_languages": "executable error -; collaboration warning _6-630",
    "bizagi_purchase": """
        collaboration error Id_m1; foreign warning Id_aa02; foreign warning Id_pool2
        foreign warning Id_1b0e4c0a-6a51-4f0b-8fb4-0d1f7d1d0c11; actor-rule blocking Id_aa02
    """,
    "bpmnio_plain": "actor-rule blocking Activity_1",
    "camunda7_external": """
        unsupported error gagal; extension error arsipkan; extension error umumkan
        ignored warning mulai; ignored warning arsipkan; ignored warning Error_1
    """,
    "camunda7_invoice": """
        extension error invoice; unsupported error StartEvent_1; unsupported error Activity_Approver
        unsupported error Activity_Approve; extension error Activity_Approve
        form-key error Activity_Approve; unsupported error Activity_Transfer
        ignored warning Activity_Transfer; extension error Activity_Transfer
        extension error Activity_Rest; unsupported error Activity_Archive
        extension error Activity_Archive; extension warning Activity_Archive
        unsupported error Activity_Script; expression error Activity_Script
    """,
    "camunda7_plain": "actor-rule blocking Activity_2; default-way warning Flow_4",
    "camunda8_order": """
        platform error -; foreign error collect; foreign error check; foreign error ship
        called error ship; unsupported error rate; expression error f4; foreign error Message_1
    """,
    "enterprise_architect": "foreign warning EAID_7C3E_TASK",
    "flowable_holiday": """
        foreign error holidayRequest; foreign error startEvent; foreign error approveTask
        foreign error enter; unsupported error enter; unsupported error mail
        foreign error after; foreign error rejectEnd; unknown-name blocking flow3
    """,
    "jbpm_evaluation": """
        unsupported error Definition; unsupported error _2; foreign error _2
        unsupported error _3; expression error _3; unsupported error _4; foreign error _4
        ignored warning _employeeItem; ignored warning evaluation; foreign warning evaluation
        foreign warning _1-_2
    """,
    "kogito_hiring": """
        unsupported error _START; unsupported error _RULES; unsupported error _HR
        unsupported error _ADHOC; foreign warning _F1; ignored warning _h1ring
    """,
    "latin1": "actor-rule blocking Prüfen",
    "only_choreography": "executable error -; unsupported error Choreography_1",
    "only_collaboration": "executable error -; collaboration error Pesan",
    "only_conversation": "unsupported error Percakapan; unsupported error Tautan",
    "only_layout": "executable error -",
    "signavio_complaint": """
        executable error -; collaboration error sid-MF1; collaboration warning sid-P1
        foreign warning sid-c0ff; foreign warning sid-POOL1; foreign warning sid-T1
    """,
    "signavio_marked": """
        ignored warning sid-T; foreign warning sid-T; foreign warning sid-P; foreign warning sid-S
    """,
    "spiffarena_expense": """
        foreign error Activity_form; foreign error Activity_service; foreign warning Process_expense
        unsupported error Activity_service; expression error Activity_script
    """,
    "utf16": "actor-rule blocking Prüfen",
    "zeebe_many": """
        foreign error each; how-many error each; foreign error sum; foreign error e
    """,
}
MAY_RUN = {
    "bpmnio_plain", "camunda7_plain", "enterprise_architect", "latin1", "signavio_marked", "utf16",
}  # fmt: skip


def read(file: Path) -> etree._Element:
    return etree.fromstring(file.read_bytes(), etree.XMLParser(remove_comments=True))


def names(root: etree._Element) -> list[tuple[str, str]]:
    """The namespace and name of each part of another engine, wherever it stands."""
    for picture in root.findall(PICTURE):
        root.remove(picture)
    found = (etree.QName(name) for e in root.iter() for name in (e.tag, *e.attrib))
    return [(q.namespace or "", q.localname) for q in found if (q.namespace or "") not in KNOWN]


def by_name(file: Path) -> str:
    return file.stem


def test_each_file_says_what_must_be_found():
    assert {file.stem for file in FILES} == EXPECTED.keys()


@pytest.mark.parametrize("file", FILES, ids=by_name)
def test_what_must_be_found_is_found_on_its_element(file):
    said = {(f.rule, f.severity.value, f.element or "-") for f in check(file.read_bytes()).findings}
    wanted = [tuple(w.split()) for w in EXPECTED[file.stem].replace(";", "\n").splitlines()]
    assert {one for one in wanted if one} <= said


@pytest.mark.parametrize("file", FILES, ids=by_name)
def test_the_command_answers_in_json_with_elements_of_the_file(file):
    done = CliRunner().invoke(cli, ["check", str(file), "--format", "json"])
    assert done.exception is None or isinstance(done.exception, SystemExit)
    findings = json.loads(done.stdout)["findings"]
    severe = {"error", "blocking"} & {found["severity"] for found in findings}
    assert done.exit_code == (1 if severe else 0)
    ids = {element.get("id") for element in read(file).iter(f"{{{BPMN}}}*")}
    assert {found["element"] for found in findings} <= {*ids, None}
    assert all(found["message"] for found in findings)


@pytest.mark.parametrize("file", FILES, ids=by_name)
def test_nothing_of_another_engine_is_dropped_in_silence(file):
    said = [str(f.message) for f in check(file.read_bytes()).findings if f.rule == "foreign"]
    for namespace, name in names(read(file)):
        assert any(f"{name} ({namespace})" in message for message in said), name


@pytest.mark.parametrize("file", FILES, ids=by_name)
def test_a_message_in_indonesian_is_given_for_each_finding(file):
    for found in check(file.read_bytes()).findings:
        assert str(found.message).strip().endswith((".", ")")), found


@pytest.mark.parametrize("file", FILES, ids=by_name)
def test_what_is_wholly_of_the_standard_runs_to_its_end(file):
    report = check(file.read_bytes())
    assert report.may_run == (file.stem in MAY_RUN)
    for program in report.programs if report.may_run else ():
        outcome = dry_run(program, {}, {"Activity_1": [{"hari": 3}]}, BEGAN)
        assert (outcome.outcome, outcome.error) == ("completed", None)


HEAD = f'<definitions xmlns="{BPMN}" xmlns:x="http://contoh.id/mesin" targetNamespace="contoh">'


@pytest.mark.parametrize(
    ("drawn", "element", "severity"),
    [
        ('<message id="m" x:warna="1" />', "m", "warning"),
        ('<message id="m" name="m" x:resultVariable="1" />', "m", "error"),
        ('<process id="q" x:assignee="1"><task id="t" /></process>', "q", "error"),
    ],
)
def test_what_stands_beside_the_process_is_said_as_well(drawn, element, severity):
    findings = check(f"{HEAD}{drawn}</definitions>".encode()).findings
    assert ("foreign", element, severity) in [(f.rule, f.element, f.severity) for f in findings]


# What a modeler lets one save and the specification forbids: drawn into a process with a start
# `s`, a task `a` and an end `e`, with the rule, the element and the clause of the finding.
FORBIDDEN = {
    "a flow into a start event": (
        '<sequenceFlow id="x" sourceRef="a" targetRef="s" />', "into-start", "x",
    ),
    "a flow out of an end event": (
        '<sequenceFlow id="x" sourceRef="e" targetRef="a" />', "out-of-end", "x",
    ),
    "a flow over the border of a subprocess": (
        '<subProcess id="u"><startEvent id="us" /><task id="ut" /><endEvent id="ue" />'
        '<sequenceFlow id="uf" sourceRef="us" targetRef="ut" />'
        '<sequenceFlow id="ug" sourceRef="ut" targetRef="ue" /></subProcess>'
        '<sequenceFlow id="x" sourceRef="a" targetRef="ut" />'
        '<sequenceFlow id="y" sourceRef="a" targetRef="u" />'
        '<sequenceFlow id="z" sourceRef="u" targetRef="e" />', "across-border", "x",
    ),
    "a flow into a boundary event": (
        '<boundaryEvent id="b" attachedToRef="a"><timerEventDefinition><timeDuration>P1D'
        '</timeDuration></timerEventDefinition></boundaryEvent>'
        '<sequenceFlow id="x" sourceRef="a" targetRef="b" />'
        '<sequenceFlow id="y" sourceRef="b" targetRef="e" />', "into-boundary", "x",
    ),
    "a boundary event on an event": (
        '<boundaryEvent id="x" attachedToRef="e"><timerEventDefinition><timeDuration>P1D'
        '</timeDuration></timerEventDefinition></boundaryEvent>'
        '<sequenceFlow id="y" sourceRef="x" targetRef="e" />', "boundary-host", "x",
    ),
    "a start event in an embedded subprocess that waits": (
        '<subProcess id="u"><startEvent id="x"><timerEventDefinition><timeDuration>P1D'
        '</timeDuration></timerEventDefinition></startEvent><endEvent id="ue" />'
        '<sequenceFlow id="uf" sourceRef="x" targetRef="ue" /></subProcess>'
        '<sequenceFlow id="y" sourceRef="a" targetRef="u" />'
        '<sequenceFlow id="z" sourceRef="u" targetRef="e" />', "subprocess-start", "x",
    ),
    "an event subprocess with a flow": (
        '<subProcess id="u" triggeredByEvent="true"><startEvent id="us"><signalEventDefinition '
        'signalRef="n" /></startEvent><endEvent id="ue" />'
        '<sequenceFlow id="uf" sourceRef="us" targetRef="ue" /></subProcess>'
        '<sequenceFlow id="x" sourceRef="a" targetRef="u" />', "event-subprocess-flow", "x",
    ),
    "an end event that waits for a timer": (
        '<endEvent id="x"><timerEventDefinition><timeDuration>P1D</timeDuration>'
        '</timerEventDefinition></endEvent><sequenceFlow id="y" sourceRef="a" targetRef="x" />',
        "end-kind", "x",
    ),
    "an intermediate event that throws an error": (
        '<intermediateThrowEvent id="x"><errorEventDefinition errorRef="k" />'
        '</intermediateThrowEvent><sequenceFlow id="y" sourceRef="a" targetRef="x" />'
        '<sequenceFlow id="z" sourceRef="x" targetRef="e" />', "throw-kind", "x",
    ),
    "an error that does not interrupt": (
        '<boundaryEvent id="x" attachedToRef="a" cancelActivity="false"><errorEventDefinition '
        'errorRef="k" /></boundaryEvent><sequenceFlow id="y" sourceRef="x" targetRef="e" />',
        "error-boundary", "x",
    ),
    "a cancel end event outside a transaction": (
        '<endEvent id="x"><cancelEventDefinition /></endEvent>'
        '<sequenceFlow id="y" sourceRef="a" targetRef="x" />', "cancel-end", "x",
    ),
    "an event-based gateway with one way": (
        '<eventBasedGateway id="x" /><intermediateCatchEvent id="c"><signalEventDefinition '
        'signalRef="n" /></intermediateCatchEvent><sequenceFlow id="y" sourceRef="a" '
        'targetRef="x" /><sequenceFlow id="z" sourceRef="x" targetRef="c" />'
        '<sequenceFlow id="w" sourceRef="c" targetRef="e" />', "event-gateway", "x",
    ),
    "an event-based gateway before a task of a person": (
        '<eventBasedGateway id="g" /><manualTask id="t" /><manualTask id="v" />'
        '<sequenceFlow id="y" sourceRef="a" targetRef="g" />'
        '<sequenceFlow id="x" sourceRef="g" targetRef="t" />'
        '<sequenceFlow id="z" sourceRef="g" targetRef="v" />'
        '<sequenceFlow id="w" sourceRef="t" targetRef="e" />'
        '<sequenceFlow id="q" sourceRef="v" targetRef="e" />', "awaited", "x",
    ),
    "a condition on the way out of an event": (
        '<intermediateThrowEvent id="t" /><sequenceFlow id="y" sourceRef="a" targetRef="t" />'
        '<sequenceFlow id="x" sourceRef="t" targetRef="e"><conditionExpression>1 == 1'
        "</conditionExpression></sequenceFlow>", "condition-source", "x",
    ),
    "a default with a condition": (
        '<exclusiveGateway id="g" default="x" /><sequenceFlow id="y" sourceRef="a" targetRef="g" />'
        '<sequenceFlow id="x" sourceRef="g" targetRef="e"><conditionExpression>1 == 1'
        '</conditionExpression></sequenceFlow><sequenceFlow id="z" sourceRef="g" targetRef="a">'
        "<conditionExpression>1 == 2</conditionExpression></sequenceFlow>",
        "default-condition", "x",
    ),
    "many instances without a number": (
        '<manualTask id="x"><multiInstanceLoopCharacteristics /></manualTask>'
        '<sequenceFlow id="y" sourceRef="a" targetRef="x" />'
        '<sequenceFlow id="z" sourceRef="x" targetRef="e" />', "how-many", "x",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FORBIDDEN)
def test_what_a_modeler_saves_and_the_specification_forbids_is_an_error_with_its_clause(name):
    drawn, rule, element = FORBIDDEN[name]
    source = (
        f'{HEAD}<error id="k" name="k" errorCode="k" /><signal id="n" name="n" />'
        '<process id="p" isExecutable="true"><startEvent id="s" /><manualTask id="a" />'
        '<endEvent id="e" /><sequenceFlow id="f" sourceRef="s" targetRef="a" />'
        f'<sequenceFlow id="h" sourceRef="a" targetRef="e" />{drawn}</process></definitions>'
    )
    report = check(source.encode())
    assert not report.may_run
    found = {(f.rule, f.element): f for f in report.findings}
    assert (rule, element) in found, report.findings
    assert found[rule, element].severity is Severity.ERROR
    assert (found[rule, element].clause or "").startswith("BPMN 2.0, ")
