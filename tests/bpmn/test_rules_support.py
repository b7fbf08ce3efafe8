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
        inclusiveGateway h
        parallelGateway q
        intermediateCatchEvent c
            timer timeDuration PT1H
        boundaryEvent w attachedToRef=u
            timer timeDate 2026-01-31T16:00:00Z
        endEvent e
            <terminateEventDefinition />
        endEvent r
            {REMIND}
        serviceTask v camunda:type=external camunda:topic=arsip
            property alur:gives=nomor,tanggal
        sendTask k camunda:type=external camunda:topic=kirim
        intermediateThrowEvent o
            {REMIND}
        callActivity d calledElement=lain
            <camunda:in variables="all" />
        eventBasedGateway b
        endEvent z
        v -> k -> o -> d -> b -> c
        b -> z
        s -> t -> u -> m -> n -> g
        u -> h if setuju
        g -> q if setuju
        g -> c if not setuju
        q -> e
        q -> c -> e
        w -> r
    """
    assert judge(support.unsupported, text) == []


@pytest.mark.parametrize(
    "kind", "businessRuleTask adHocSubProcess transaction complexGateway".split()
)
def test_a_kind_of_node_that_is_not_executed_is_an_error(judge, kind):
    assert judge(support.unsupported, f"{kind} x") == [("unsupported", "x", "error")]


@pytest.mark.parametrize(
    ("kind", "event"),
    [
        *(("startEvent", event) for event in "message signal conditional error".split()),
        *(("endEvent", event) for event in "timer compensate cancel".split()),
        *(("boundaryEvent", event) for event in "conditional terminate compensate".split()),
        *(("intermediateCatchEvent", event) for event in "error conditional link".split()),
        *(("intermediateThrowEvent", event) for event in "timer link error".split()),
    ],
)
def test_an_event_that_is_not_executed_is_an_error(judge, kind, event):
    text = f"{kind} x\n<{event}EventDefinition />"
    assert judge(support.unsupported, text) == [("unsupported", "x", "error")]


# What events and tasks refer to; the last of each kind has nothing to be known by.
ROOT = """
    <message id="m" name="surat" /><signal id="s" name="libur" />
    <error id="r" errorCode="tolak" /><escalation id="e" escalationCode="naik" />
    <message id="m0" /><signal id="s0" /><error id="r0" /><escalation id="e0" />
"""
REFERRING = {
    "message": ("messageRef", "m"),
    "signal": ("signalRef", "s"),
    "error": ("errorRef", "r"),
    "escalation": ("escalationRef", "e"),
}
REFERRING_EVENTS = [
    *(("endEvent", event) for event in REFERRING),
    *(("boundaryEvent", event) for event in REFERRING),
    *(("intermediateCatchEvent", event) for event in ("message", "signal")),
    *(("intermediateThrowEvent", event) for event in ("message", "signal", "escalation")),
]


def refused(text: str) -> list[tuple[str | None, str]]:
    """The elements refused in a process, beside which `ROOT` stands, and what is said."""
    found = support.unsupported(_process(f'{ROOT}<process id="p">{text}</process>'))
    return [(finding.element, str(finding.message)) for finding in found]


@pytest.mark.parametrize(("kind", "event"), REFERRING_EVENTS)
def test_an_event_that_says_what_it_is_about_is_sound(kind, event):
    attribute, target = REFERRING[event]
    definition = f'<{event}EventDefinition {attribute}="{target}" />'
    assert refused(f'<{kind} id="x">{definition}</{kind}>') == []


@pytest.mark.parametrize(("kind", "event"), REFERRING_EVENTS)
def test_an_event_that_refers_to_nothing_that_is_known_is_an_error(kind, event):
    attribute, target = REFERRING[event]
    for wrong in (f"{target}0", "tiada"):
        definition = f'<{event}EventDefinition id="y" {attribute}="{wrong}" />'
        ((element, _),) = refused(f'<{kind} id="x">{definition}</{kind}>')
        assert element == "x"


@pytest.mark.parametrize(("kind", "event"), REFERRING_EVENTS)
def test_only_errors_and_escalations_may_be_caught_without_a_name(kind, event):
    found = refused(f'<{kind} id="x"><{event}EventDefinition /></{kind}>')
    any_is_caught = kind == "boundaryEvent" and event in ("error", "escalation")
    assert [element for element, _ in found] == ([] if any_is_caught else ["x"])


@pytest.mark.parametrize("kind", ["sendTask", "receiveTask"])
def test_a_task_of_a_message_must_say_which(kind):
    assert refused(f'<{kind} id="x" messageRef="m" />') == []
    for without in ("", 'messageRef="m0"', 'messageRef="tiada"'):
        assert [element for element, _ in refused(f'<{kind} id="x" {without} />')] == ["x"]


def by_event(start: str, event: str) -> str:
    inner = f'<startEvent id="x" {start}>{event}</startEvent>'
    return f'<subProcess id="sub" triggeredByEvent="true">{inner}</subProcess>'


@pytest.mark.parametrize("event", [*REFERRING, "timer"])
def test_a_subprocess_may_be_started_by_an_event(event):
    attribute, target = REFERRING.get(event, ("id", "t"))
    definition = f'<{event}EventDefinition {attribute}="{target}" />'
    assert refused(by_event("", definition)) == []


@pytest.mark.parametrize("event", ["", "<compensateEventDefinition />"])
def test_a_subprocess_that_no_executed_event_starts_is_an_error(event):
    assert [element for element, _ in refused(by_event("", event))] == ["x"]


def test_the_start_of_an_ordinary_subprocess_waits_for_nothing():
    timed = "<startEvent id='x'><timerEventDefinition /></startEvent>"
    assert [element for element, _ in refused(f"<subProcess id='s'>{timed}</subProcess>")] == ["x"]
    assert refused("<subProcess id='s'><startEvent id='x' /></subProcess>") == []


@pytest.mark.parametrize(
    ("drawn", "is_sound"),
    [
        ('<boundaryEvent id="x">{}</boundaryEvent>', True),
        ('<boundaryEvent id="x" cancelActivity="false">{}</boundaryEvent>', False),
        (by_event("", "{}"), True),
        (by_event('isInterrupting="false"', "{}"), False),
    ],
)
def test_an_error_always_ends_what_it_is_caught_on(drawn, is_sound):
    found = refused(drawn.format('<errorEventDefinition errorRef="r" />'))
    assert [element for element, _ in found] == ([] if is_sound else ["x"])


@pytest.mark.parametrize("depth", [1, 3])
def test_what_is_refused_is_so_at_any_depth(depth):
    inner = '<serviceTask id="x" /><userTask id="y" startQuantity="2" />'
    for level in range(depth):
        inner = f'<subProcess id="s{level}">{inner}</subProcess>'
    assert sorted(element for element, _ in refused(inner)) == ["x", "y"]


def test_what_stands_beside_the_process_is_refused_by_its_own_id():
    beside = '<globalUserTask id="g" /><process id="p" />'
    (finding,) = support.unsupported(_process(beside))
    assert finding.element == "g"


def test_what_stands_in_a_still_process_is_left_alone():
    both = read(
        b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p" />'
        b'<process id="diam"><transaction id="x" /></process></definitions>'
    )
    assert list(support.unsupported(diagrams(both)[0])) == []


def test_a_part_with_an_id_is_refused_under_the_id_that_is_drawn():
    definition = '<messageEventDefinition id="d" camunda:class="Java" camunda:topic="t" />'
    assert refused(f'<endEvent id="x">{definition}</endEvent>') == [
        ("x", "Belum dapat dijalankan: camunda:class.")
    ]


@pytest.mark.parametrize("kind", ["boundaryEvent", "intermediateCatchEvent"])
def test_an_event_that_waits_for_nothing_is_an_error(judge, kind):
    assert judge(support.unsupported, f"{kind} x") == [("unsupported", "x", "error")]


def test_an_event_that_waits_for_two_things_is_an_error(judge):
    text = "boundaryEvent x\n" + "timer timeDuration PT1H\n" * 2
    assert judge(support.unsupported, text) == [("unsupported", "x", "error")]


@pytest.mark.parametrize(("start", "is_sound"), [('isInterrupting="false"', True), ("", False)])
def test_a_timer_that_repeats_starts_a_subprocess_only_beside_other_work(start, is_sound):
    timer = "<timerEventDefinition><timeCycle>R3/PT1H</timeCycle></timerEventDefinition>"
    found = refused(by_event(start, timer))
    assert found == ([] if is_sound else [("x", "Belum dapat dijalankan: timeCycle.")])


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
    "ioSpecification resourceRole performer humanPerformer potentialOwner".split(),
)
def test_a_part_of_a_task_that_would_change_the_work_is_an_error(judge, part):
    assert judge(support.unsupported, f"userTask x\n<{part} />") == [("unsupported", "x", "error")]


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


@pytest.mark.parametrize("said", ["dueDate=1", "priority=1", "asyncBefore=true", "exclusive=false"])
def test_a_camunda_attribute_without_effect_is_a_warning(judge, said):
    found = judge(support.ignored, f"userTask x camunda:{said}")
    assert found == [("ignored", "x", "warning")]


def test_a_store_of_data_is_a_warning_and_a_data_object_is_not(judge):
    assert judge(support.ignored, "dataStoreReference d") == [("ignored", "d", "warning")]
    assert judge(support.ignored, "dataObject d\ndataObjectReference r") == []


# As the stock modeler draws data into a task and out of it.
PLACEHOLDER = '<property id="k" name="__targetRef_placeholder" />'
INPUT = "<dataInputAssociation id='i'><sourceRef>d</sourceRef><targetRef>k</targetRef>"
OUTPUT = "<dataOutputAssociation id='o'><targetRef>d</targetRef>"


@pytest.mark.parametrize(
    "drawn",
    [
        f"{PLACEHOLDER}\n{INPUT}</dataInputAssociation>",
        f"{OUTPUT}</dataOutputAssociation>",
    ],
)
def test_data_that_is_drawn_into_a_task_must_be_a_data_object(judge, drawn):
    assert judge(support.ignored, f"userTask x\n{drawn}\ndataObjectReference d") == []
    found = judge(support.ignored, f"userTask x\n{drawn}")
    assert found == [("ignored", "x", "warning")]


def test_a_property_of_a_task_is_a_warning(judge):
    found = judge(support.ignored, 'userTask x\n<property id="k" name="catatan" />')
    assert found == [("ignored", "x", "warning")]


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
    head = (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
        ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn">'
    )
    (diagram,) = diagrams(read(f"{head}{text}</definitions>".encode()))
    return diagram


def test_an_id_or_name_that_fits_is_sound(judge):
    assert judge(support.too_long, f"userTask {'a' * 100}") == []


def test_an_id_or_name_that_does_not_fit_is_an_error(judge):
    name = "a" * 101
    assert judge(support.too_long, f"userTask {name}") == [("too-long", name, "error")]
    assert judge(support.too_long, f"process name={'a' * 256}") == [("too-long", "p", "error")]
