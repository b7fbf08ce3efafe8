import pytest

from bpmn.diagram import Diagram
from bpmn.elements import diagrams
from bpmn.reading import read
from bpmn.rules import support

REMIND = '<messageEventDefinition camunda:type="external" camunda:topic="remind" />'


@pytest.mark.parametrize("name", ["Mulai", "Start_1", "start", "Ending", "Akar.Root"])
def test_an_id_that_only_looks_like_the_librarys_is_sound(judge, name):
    assert judge(support.reserved_id, f"userTask {name}") == []


@pytest.mark.parametrize(
    "name",
    [
        *("Start", "End", "Root", "StartEventSplit", "StartEventJoin", "p.EndJoin"),
        *("a.BoundaryEventSplit", "a.BoundaryEventJoin"),
    ],
)
def test_an_id_of_the_executing_librarys_own_is_an_error(judge, name):
    assert judge(support.reserved_id, f"userTask {name}") == [("reserved-id", name, "error")]


def test_a_process_may_not_have_a_reserved_id_either(judge):
    assert judge(support.reserved_id, "process id=Root") == [("reserved-id", "Root", "error")]


def test_what_is_executed_is_sound(judge):
    text = f"""
        startEvent s
        task t
        userTask u camunda:candidateGroups=umum
        manualTask m
        scriptTask n
        exclusiveGateway g
        parallelGateway q
        intermediateCatchEvent c
            timer timeDuration PT1H
        boundaryEvent w attachedToRef=u
            timer timeDate 2026-01-31T16:00:00Z
        endEvent e
        endEvent r
            {REMIND}
        serviceTask v camunda:type=external camunda:topic=arsip
            property alur:gives=nomor,tanggal
        sendTask k camunda:type=external camunda:topic=kirim
        intermediateThrowEvent o
            {REMIND}
        intermediateThrowEvent i
            <signalEventDefinition />
        eventBasedGateway b
        endEvent z
            <signalEventDefinition />
        v -> k -> o -> i -> b -> c
        b -> z
        s -> t -> u -> m -> n -> g
        g -> q if setuju
        g -> c if not setuju
        q -> e
        q -> c -> e
        w -> r
    """
    assert judge(support.unsupported, text) == []


@pytest.mark.parametrize(
    "kind",
    "receiveTask businessRuleTask callActivity subProcess adHocSubProcess transaction"
    " inclusiveGateway complexGateway".split(),
)
def test_a_kind_of_node_that_is_not_executed_is_an_error(judge, kind):
    assert judge(support.unsupported, f"{kind} x") == [("unsupported", "x", "error")]


@pytest.mark.parametrize(
    ("kind", "event"),
    [
        *(("startEvent", event) for event in "message signal conditional error".split()),
        *(("endEvent", event) for event in "terminate error escalation cancel".split()),
        *(("boundaryEvent", event) for event in "message signal error compensate".split()),
        *(("intermediateCatchEvent", event) for event in "message signal link".split()),
        *(("intermediateThrowEvent", event) for event in "timer link escalation".split()),
    ],
)
def test_an_event_that_is_not_executed_is_an_error(judge, kind, event):
    text = f"{kind} x\n<{event}EventDefinition />"
    assert set(judge(support.unsupported, text)) == {("unsupported", "x", "error")}


@pytest.mark.parametrize("kind", ["boundaryEvent", "intermediateCatchEvent"])
def test_an_event_that_waits_for_nothing_is_an_error(judge, kind):
    assert judge(support.unsupported, f"{kind} x") == [("unsupported", "x", "error")]


def test_an_event_that_waits_for_two_things_is_an_error(judge):
    text = "boundaryEvent x\n" + "timer timeDuration PT1H\n" * 2
    assert judge(support.unsupported, text) == [("unsupported", "x", "error")]


@pytest.mark.parametrize("drawn", ["startEvent x", "boundaryEvent x cancelActivity=false"])
def test_a_timer_that_repeats_where_work_goes_on_is_sound(judge, drawn):
    assert judge(support.unsupported, f"{drawn}\ntimer timeCycle R3/PT1H") == []


@pytest.mark.parametrize(
    "drawn", ["boundaryEvent x", "boundaryEvent x cancelActivity=true", "intermediateCatchEvent x"]
)
def test_a_timer_that_repeats_what_it_has_ended_is_an_error(judge, drawn):
    found = judge(support.unsupported, f"{drawn}\ntimer timeCycle R3/PT1H")
    assert found == [("unsupported", "x", "error")]


@pytest.mark.parametrize("kind", ["endEvent", "intermediateThrowEvent"])
def test_a_message_without_a_topic_is_an_error(judge, kind):
    text = f"{kind} x\n<messageEventDefinition />"
    assert judge(support.unsupported, text) == [("unsupported", "x", "error")]


@pytest.mark.parametrize("kind", ["endEvent", "intermediateThrowEvent"])
def test_a_message_of_any_topic_is_sound(judge, kind):
    """Whether somebody serves it, the office says at activation."""
    text = f'{kind} x\n<messageEventDefinition camunda:topic="tanda-tangan" />'
    assert judge(support.unsupported, text) == []


@pytest.mark.parametrize("kind", ["serviceTask", "sendTask"])
def test_a_task_of_a_handler_without_a_topic_is_an_error(judge, kind):
    assert judge(support.unsupported, f"{kind} x camunda:type=external") == [
        ("unsupported", "x", "error")
    ]


@pytest.mark.parametrize("kind", ["serviceTask", "sendTask"])
@pytest.mark.parametrize(
    "instead",
    [
        "camunda:class=id.go.contoh.Arsip",
        'camunda:expression="${arsip.simpan()}"',
        'camunda:delegateExpression="${arsip}"',
        "camunda:resultVariable=hasil",
        "camunda:type=connector",
    ],
)
def test_a_task_that_calls_something_else_than_a_handler_is_an_error(judge, kind, instead):
    """Camunda would run Java; nothing of it may look as if it ran here."""
    found = judge(support.unsupported, f"{kind} x camunda:topic=arsip {instead}")
    assert found == [("unsupported", "x", "error")]


@pytest.mark.parametrize(
    "attribute",
    [
        "camunda:candidateUsers=19900101",
        "camunda:formRef=skp",
        "camunda:resource=skrip.py",
        "camunda:candidateGroups=umum,keuangan",
        "isForCompensation=true",
        "startQuantity=2",
        "completionQuantity=3",
    ],
)
def test_an_attribute_that_would_change_the_work_is_an_error(judge, attribute):
    assert judge(support.unsupported, f"userTask x {attribute}") == [("unsupported", "x", "error")]


@pytest.mark.parametrize("attribute", ["isForCompensation=false", "startQuantity=1"])
def test_an_attribute_that_says_the_usual_is_sound(judge, attribute):
    assert judge(support.unsupported, f"userTask x {attribute}") == []


@pytest.mark.parametrize(
    "part",
    "standardLoopCharacteristics multiInstanceLoopCharacteristics ioSpecification"
    " dataInputAssociation dataOutputAssociation resourceRole performer humanPerformer"
    " potentialOwner".split(),
)
def test_a_part_of_a_task_that_would_change_the_work_is_an_error(judge, part):
    assert judge(support.unsupported, f"userTask x\n<{part} />") == [("unsupported", "x", "error")]


def test_a_condition_straight_out_of_a_task_is_an_error_on_the_task(judge):
    text = """
        userTask x
        endEvent e
        x -> e if setuju
    """
    assert judge(support.unsupported, text) == [("unsupported", "x", "error")]


def test_a_condition_out_of_a_parallel_gateway_is_an_error_on_the_gateway(judge):
    text = """
        parallelGateway x
        endEvent e
        x -> e if setuju
    """
    assert judge(support.unsupported, text) == [("unsupported", "x", "error")]


def test_two_ways_out_of_a_task_are_an_error_on_the_task(judge):
    text = """
        userTask x
        endEvent e
        endEvent f
        x -> e
        x -> f
    """
    assert judge(support.unsupported, text) == [("unsupported", "x", "error")]


def test_what_has_an_effect_is_not_said_to_be_ignored(judge):
    text = """
        property sop:nomor=92
        userTask x camunda:assignee=19900101 camunda:candidateGroups=umum
            property sop:output=Berkas
            <camunda:formData />
        textAnnotation t
    """
    assert judge(support.ignored, text) == []


def test_a_task_of_no_kind_is_a_warning(judge):
    assert judge(support.ignored, "task x") == [("ignored", "x", "warning")]


@pytest.mark.parametrize("name", ["dueDate", "priority", "asyncBefore", "exclusive"])
def test_a_camunda_attribute_without_effect_is_a_warning(judge, name):
    found = judge(support.ignored, f"userTask x camunda:{name}=1")
    assert found == [("ignored", "x", "warning")]


@pytest.mark.parametrize("kind", ["dataObject", "dataObjectReference", "dataStoreReference"])
def test_drawn_data_without_effect_is_a_warning(judge, kind):
    assert judge(support.ignored, f"{kind} d") == [("ignored", "d", "warning")]


def test_what_has_an_id_needs_no_other(judge):
    assert judge(support.missing_id, "lane Staf subject: x\nuserTask x\nx -> x") == []


@pytest.mark.parametrize(
    ("part", "where"),
    [
        ("<userTask />", "p"),
        ('<sequenceFlow sourceRef="a" targetRef="a" />', "p"),
        ('<laneSet id="set"><lane /></laneSet>', "set"),
    ],
)
def test_a_part_without_an_id_is_an_error_of_what_it_stands_in(part, where):
    drawn = _process(f'<process id="p">{part}</process>')
    found = list(support.missing_id(drawn))
    assert [(finding.rule, finding.element) for finding in found] == [("missing-id", where)]


def test_a_process_without_an_id_is_an_error():
    (finding,) = support.missing_id(_process("<process />"))
    assert (finding.rule, finding.severity.value) == ("missing-id", "error")


def test_an_event_that_refers_to_its_definition_is_refused(judge):
    text = "endEvent x\n<eventDefinitionRef>t</eventDefinitionRef>"
    assert judge(support.unsupported, text) == [("unsupported", "x", "error")]


def test_a_script_in_another_language_is_refused(judge):
    text = "scriptTask x scriptFormat=javascript\n<script>a = 1</script>"
    assert judge(support.unsupported, text) == [("unsupported", "x", "error")]
    assert judge(support.unsupported, text.replace("javascript", "python")) == []


def test_a_condition_in_another_language_is_refused():
    flow = (
        '<process id="p"><exclusiveGateway id="x" />'
        '<sequenceFlow id="f" sourceRef="x" targetRef="x">'
        '<conditionExpression language="groovy">a</conditionExpression></sequenceFlow></process>'
    )
    found = list(support.unsupported(_process(flow)))
    assert [(finding.rule, finding.element) for finding in found] == [("unsupported", "f")]


def test_a_camunda_attribute_of_the_process_without_effect_is_a_warning(judge):
    text = "process camunda:candidateStarterGroups=umum camunda:historyTimeToLive=P1D"
    assert judge(support.ignored, text) == [("ignored", "p", "warning")]


def _process(text: str) -> Diagram:
    head = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">'
    (diagram,) = diagrams(read(f"{head}{text}</definitions>".encode()))
    return diagram


def test_an_id_or_name_that_fits_is_sound(judge):
    assert judge(support.too_long, f"userTask {'a' * 100}") == []


def test_an_id_or_name_that_does_not_fit_is_an_error(judge):
    name = "a" * 101
    assert judge(support.too_long, f"userTask {name}") == [("too-long", name, "error")]
    assert judge(support.too_long, f"process name={'a' * 256}") == [("too-long", "p", "error")]
