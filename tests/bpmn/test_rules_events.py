import pytest

from bpmn.elements import diagrams
from bpmn.reading import read
from bpmn.rules import events


def event(kind: str, *definitions: str, attributes: str = "") -> str:
    """An event ``v`` with these definitions, beside a task ``a``."""
    inner = "\n".join(f"<{name}EventDefinition />" for name in definitions)
    return f"userTask a\n{kind} v {attributes}\n{inner}"


def within(
    *definitions: str, attributes: str = "", start: str = "", host: str = "subProcess"
) -> str:
    """A subprocess ``x`` with a start event ``v``."""
    inner = "".join(f"<{name}EventDefinition />" for name in definitions)
    return f'{host} x {attributes}\n<startEvent id="v" {start}>{inner}</startEvent>'


@pytest.mark.parametrize("name", ["message", "timer", "conditional", "signal"])
def test_a_process_may_begin_plainly_or_by_one_of_four_events(judge, name):
    assert judge(events.start_kind, "startEvent s") == []
    assert judge(events.start_kind, event("startEvent", name)) == []


@pytest.mark.parametrize("name", ["error", "escalation", "compensate", "terminate", "link"])
def test_a_process_that_begins_by_another_event_is_an_error(judge, name):
    found = judge(events.start_kind, event("startEvent", name))
    assert found == [("start-kind", "v", "error")]


def test_a_subprocess_that_begins_plainly_is_sound(judge):
    assert judge(events.subprocess_start, within()) == []
    assert judge(events.subprocess_start, event("startEvent", "timer")) == []


def test_a_subprocess_that_begins_by_an_event_is_an_error(judge):
    found = judge(events.subprocess_start, within("timer"))
    assert found == [("subprocess-start", "v", "error")]


def test_an_event_subprocess_that_says_what_sets_it_off_is_sound(judge):
    for name in ("timer", "message", "signal", "error", "escalation"):
        assert judge(events.event_start, within(name, attributes="triggeredByEvent=true")) == []
    assert judge(events.event_start, within()) == []


def test_an_event_subprocess_that_does_not_say_what_sets_it_off_is_an_error(judge):
    found = judge(events.event_start, within(attributes="triggeredByEvent=true"))
    assert found == [("event-start", "v", "error")]
    found = judge(events.event_start, "subProcess x triggeredByEvent=1")
    assert found == [("event-start", "x", "error")]


def test_an_event_subprocess_with_two_starts_is_an_error_on_it(judge):
    text = within("timer", attributes="triggeredByEvent=true")
    second = '<startEvent id="w"><timerEventDefinition /></startEvent>'
    assert judge(events.event_start, f"{text}\n{second}") == [("event-start", "x", "error")]


def test_an_event_subprocess_that_a_link_sets_off_is_an_error(judge):
    found = judge(events.event_start, within("link", attributes="triggeredByEvent=true"))
    assert found == [("event-start", "v", "error")]


def test_an_error_that_interrupts_and_a_timer_that_does_not_are_sound(judge):
    still = 'isInterrupting="false"'
    assert judge(events.error_start, within("error")) == []
    assert judge(events.error_start, within("timer", start=still)) == []


def test_an_error_start_that_does_not_interrupt_is_an_error(judge):
    found = judge(events.error_start, within("error", start='isInterrupting="false"'))
    assert found == [("error-start", "v", "error")]


def test_end_events_that_throw_are_sound(judge):
    for name in ("message", "signal", "error", "escalation", "terminate", "compensate"):
        assert judge(events.end_kind, event("endEvent", name)) == []


@pytest.mark.parametrize("name", ["timer", "conditional", "link"])
def test_an_end_event_that_waits_or_links_is_an_error(judge, name):
    assert judge(events.end_kind, event("endEvent", name)) == [("end-kind", "v", "error")]


def test_a_transaction_may_end_by_cancelling(judge):
    inner = '<endEvent id="v"><cancelEventDefinition /></endEvent>'
    assert judge(events.cancel_end, f"transaction x\n{inner}") == []


def test_cancelling_outside_a_transaction_is_an_error(judge):
    found = judge(events.cancel_end, event("endEvent", "cancel"))
    assert found == [("cancel-end", "v", "error")]


@pytest.mark.parametrize("name", ["timer", "message", "signal", "conditional", "link"])
def test_a_catching_event_that_waits_for_something_is_sound(judge, name):
    assert judge(events.catch_kind, event("intermediateCatchEvent", name)) == []


@pytest.mark.parametrize("names", [[], ["error"], ["escalation"], ["compensate"], ["terminate"]])
def test_a_catching_event_that_waits_for_nothing_or_for_what_cannot_be_is_an_error(judge, names):
    found = judge(events.catch_kind, event("intermediateCatchEvent", *names))
    assert found == [("catch-kind", "v", "error")]


@pytest.mark.parametrize("names", [[], ["message"], ["signal"], ["escalation"], ["link"]])
def test_a_throwing_event_may_be_plain_or_send(judge, names):
    assert judge(events.throw_kind, event("intermediateThrowEvent", *names)) == []


@pytest.mark.parametrize("name", ["timer", "error", "terminate", "conditional", "cancel"])
def test_a_throwing_event_that_cannot_throw_that_is_an_error(judge, name):
    found = judge(events.throw_kind, event("intermediateThrowEvent", name))
    assert found == [("throw-kind", "v", "error")]


@pytest.mark.parametrize("name", ["timer", "message", "signal", "error", "escalation"])
def test_a_boundary_event_that_says_what_it_catches_is_sound(judge, name):
    text = event("boundaryEvent", name, attributes="attachedToRef=a")
    assert judge(events.boundary_kind, text) == []
    assert judge(events.boundary_host, text) == []


@pytest.mark.parametrize("names", [[], ["terminate"], ["link"]])
def test_a_boundary_event_that_catches_nothing_is_an_error(judge, names):
    text = event("boundaryEvent", *names, attributes="attachedToRef=a")
    assert judge(events.boundary_kind, text) == [("boundary-kind", "v", "error")]


def test_a_definition_that_is_referred_to_counts_as_one(view):
    text = "intermediateCatchEvent v\n<eventDefinitionRef>lain</eventDefinitionRef>"
    assert [*events.catch_kind(view(text))] == []


def test_a_boundary_event_must_be_attached_to_an_activity_of_its_level(judge):
    text = """
        startEvent s
        subProcess x
            <userTask id="b" />
        subProcess y triggeredByEvent=true
        boundaryEvent w attachedToRef=s
        boundaryEvent v attachedToRef=lain
        boundaryEvent u
        boundaryEvent t attachedToRef=b
        boundaryEvent r attachedToRef=y
    """
    found = judge(events.boundary_host, text)
    assert found == [("boundary-host", node, "error") for node in "wvutr"]


def test_an_error_boundary_that_interrupts_is_sound(judge):
    assert judge(events.error_boundary, event("boundaryEvent", "error")) == []
    gentle = event("boundaryEvent", "timer", attributes="cancelActivity=false")
    assert judge(events.error_boundary, gentle) == []


def test_an_error_boundary_that_does_not_interrupt_is_an_error(judge):
    text = event("boundaryEvent", "error", attributes="cancelActivity=false")
    assert judge(events.error_boundary, text) == [("error-boundary", "v", "error")]


def test_cancelling_is_caught_at_a_transaction_only(judge):
    text = event("boundaryEvent", "cancel", attributes="attachedToRef=x") + "\ntransaction x"
    assert judge(events.cancel_boundary, text) == []
    found = judge(events.cancel_boundary, text.replace("transaction", "subProcess"))
    assert found == [("cancel-boundary", "v", "error")]


ROOTS = b'<message id="m" /><signal id="g" /><error id="k" /><escalation id="l" /></definitions>'


@pytest.fixture
def judge_with_roots(draw):
    """``judge`` in a file that has a message, signal, error and escalation."""

    def _judge(rule, text: str) -> list[tuple[str, str | None]]:
        (diagram,) = diagrams(read(draw(text).replace(b"</definitions>", ROOTS)))
        return [(finding.rule, finding.element) for finding in rule(diagram)]

    return _judge


@pytest.mark.parametrize(
    ("name", "reference"), [("message", "m"), ("signal", "g"), ("error", "k"), ("escalation", "l")]
)
def test_an_event_may_refer_to_what_stands_in_the_file(judge_with_roots, name, reference):
    text = f'endEvent v\n<{name}EventDefinition {name}Ref="{reference}" />'
    assert judge_with_roots(events.event_reference, text) == []
    wrong = text.replace(f'"{reference}"', '"lain"')
    assert judge_with_roots(events.event_reference, wrong) == [("event-reference", "v")]
    wrong = text.replace(f'"{reference}"', '"p"')
    assert judge_with_roots(events.event_reference, wrong) == [("event-reference", "v")]


def test_the_message_of_a_task_stands_in_the_file(judge_with_roots):
    assert judge_with_roots(events.task_message, "receiveTask a messageRef=m") == []
    found = judge_with_roots(events.task_message, "sendTask a messageRef=g")
    assert found == [("task-message", "a")]
