import pytest

from bpmn.diagram import Diagram
from bpmn.elements import diagrams
from bpmn.reading import read
from bpmn.rules import dialect

OTHER = "http://contoh.example/bpmn"


def written(text: str) -> Diagram:
    """The process of a text in which ``x:`` is another engine's namespace."""
    head = (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
        f' xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:x="{OTHER}"><process id="p">'
    )
    (diagram,) = diagrams(read(f"{head}{text}</process></definitions>".encode()))
    return diagram


def found(rule, text: str) -> list[tuple[str, str | None, str]]:
    return [(f.rule, f.element, f.severity.value) for f in rule(written(text))]


def test_what_alur_reads_is_sound(judge):
    text = """
        property alur:calendar=working
        property sop:dasarHukum.12=Undang-undang
        property alur:waitLimit=P1D
        property alur:remindBefore=PT30M
        property alur:escalateAfter=P1D
        lane Staf subject: a
        userTask a camunda:assignee=1
            property sop:output=Berkas
            property alur:waitLimit=P2D
        serviceTask b
            property alur:gives=nomor
        startEvent s
            property alur:subject=group:umum
    """
    assert judge(dialect.foreign, text) == []
    assert judge(dialect.extension, text) == []
    assert judge(dialect.known_properties, text) == []


@pytest.mark.parametrize("name", ["assignee", "candidateGroups", "formKey"])
def test_what_another_engine_reads_as_meaning_is_refused(name):
    assert found(dialect.foreign, f'<userTask id="a" x:{name}="1" />') == [
        ("foreign", "a", "error")
    ]


def test_an_element_of_another_engine_with_meaning_is_refused():
    inner = "<extensionElements><x:assignmentDefinition /></extensionElements>"
    assert found(dialect.foreign, f'<userTask id="a">{inner}</userTask>') == [
        ("foreign", "a", "error")
    ]


def test_what_another_tool_notes_is_a_warning():
    assert found(dialect.foreign, '<userTask id="a" x:colour="red" />') == [
        ("foreign", "a", "warning")
    ]


@pytest.mark.parametrize(
    "name",
    "inputOutput executionListener taskListener connector field formProperty tiada".split(),
)
def test_a_listener_or_mapping_is_refused(name):
    inner = f"<extensionElements><camunda:{name} /></extensionElements>"
    assert found(dialect.extension, f'<userTask id="a">{inner}</userTask>') == [
        ("extension", "a", "error")
    ]


def test_what_a_called_process_takes_and_gives_back_is_sound(judge):
    text = """
        callActivity x calledElement=lain
            <camunda:in source="nilai" target="angka" />
            <camunda:in variables="all" />
            <camunda:out sourceExpression="a + b" target="jumlah" />
    """
    assert judge(dialect.extension, text) == []


@pytest.mark.parametrize(
    ("part", "severity"),
    [
        ('in businessKey="nomor"', "warning"),
        ('in variables="some"', "error"),
        ('in source="a" target="b" local="true"', "error"),
        ('out source="a" tujuan="b"', "error"),
    ],
)
def test_what_a_called_process_cannot_take_or_give_back_is_said(judge, part, severity):
    found = judge(dialect.extension, f"callActivity x\n<camunda:{part} />")
    assert found == [("extension", "x", severity)]


def test_a_part_of_a_form_without_effect_is_a_warning_on_the_task(judge):
    field = '<camunda:formField id="tanggal" type="date" datePattern="yyyy" />'
    text = f"userTask x\n<camunda:formData>{field}</camunda:formData>"
    assert judge(dialect.extension, text) == [("extension", "x", "warning")]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("property alur:kalender=working", "p"),
        ("lane Staf subject: a\n    property alur:aktor=subject\nuserTask a", "Staf"),
        ("userTask a\n    property sop:kelengkapn=Form", "a"),
        ("userTask a\n    property alur:escalateAfter=P1D", "a"),  # of the process alone
        ("startEvent s\n    property alur:waitLimit=P1D", "s"),
        ("serviceTask a\n    property alur:subject=group:umum", "a"),
    ],
)
def test_a_property_that_nobody_reads_is_a_warning(judge, text, where):
    assert judge(dialect.known_properties, text) == [("known-properties", where, "warning")]


def test_a_field_property_that_nobody_reads_is_a_warning():
    text = (
        '<userTask id="a"><extensionElements><camunda:formData><camunda:formField id="n">'
        '<camunda:properties><camunda:property id="requiredif" value="True" /></camunda:properties>'
        "</camunda:formField></camunda:formData></extensionElements></userTask>"
    )
    assert found(dialect.known_properties, text) == [("known-properties", "a", "warning")]


def test_an_extension_without_effect_is_a_warning_on_the_element_it_stands_in(judge):
    retry = "<camunda:failedJobRetryTimeCycle>R3/PT1M</camunda:failedJobRetryTimeCycle>"
    text = f"{retry}\nuserTask x\n{retry}"
    assert sorted(judge(dialect.extension, text)) == [
        ("extension", "p", "warning"),
        ("extension", "x", "warning"),
    ]


def test_the_extension_of_a_flow_is_a_warning_on_the_flow(judge):
    text = (
        '<sequenceFlow id="f" sourceRef="a" targetRef="b"><extensionElements>'
        "<camunda:failedJobRetryTimeCycle /></extensionElements></sequenceFlow>"
    )
    assert judge(dialect.extension, text) == [("extension", "f", "warning")]
