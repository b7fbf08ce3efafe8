from bpmn.elements import diagrams
from bpmn.reading import read
from bpmn.rules import subprocesses


def test_lanes_of_the_process_are_sound(judge):
    assert judge(subprocesses.inner_lanes, "lane Staf subject: x\nsubProcess x") == []


def test_lanes_inside_a_subprocess_are_an_error(judge):
    found = judge(subprocesses.inner_lanes, 'subProcess x\n<laneSet id="l" />')
    assert found == [("inner-lanes", "x", "error")]


def test_a_call_that_says_what_it_calls_is_sound(judge):
    assert judge(subprocesses.called, "callActivity c calledElement=lain") == []


def test_a_call_of_nothing_is_an_error(judge):
    assert judge(subprocesses.called, "callActivity c") == [("called", "c", "error")]


def test_a_call_of_another_process_is_sound(judge):
    assert judge(subprocesses.calls_itself, "callActivity c calledElement=lain") == []


def test_a_process_that_calls_itself_is_an_error_from_any_depth(judge):
    inner = 'subProcess x\n<callActivity id="c" calledElement="p" />'
    found = judge(subprocesses.calls_itself, inner)
    assert found == [("calls-itself", "c", "error")]


def caught(thrown: str, at_edge: str) -> str:
    """A subprocess that ends with the error ``thrown``, with another one caught at its edge."""
    return f"""
        subProcess x
            <endEvent id="e"><errorEventDefinition errorRef="{thrown}" /></endEvent>
        boundaryEvent w attachedToRef=x
            <errorEventDefinition {at_edge} />
    """


HANDLER = """
    endEvent e
        <errorEventDefinition errorRef="k" />
    subProcess x triggeredByEvent=true
        <startEvent id="s"><errorEventDefinition /></startEvent>
"""
CODES = (
    b'<error id="k" errorCode="1" /><error id="l" errorCode="1" /><error id="m" /></definitions>'
)


def test_an_error_that_is_caught_around_it_is_sound(judge):
    assert judge(subprocesses.error_caught, caught("k", 'errorRef="k"')) == []
    assert judge(subprocesses.error_caught, caught("k", "")) == []
    assert judge(subprocesses.error_caught, HANDLER) == []
    assert judge(subprocesses.error_caught, "endEvent e\n<signalEventDefinition />") == []


def test_an_error_that_only_a_caller_could_catch_is_a_warning(judge):
    found = judge(subprocesses.error_caught, caught("k", 'errorRef="m"'))
    assert found == [("error-caught", "e", "warning")]


def test_a_handler_does_not_catch_what_it_throws_itself(judge):
    text = HANDLER + '<endEvent id="f"><errorEventDefinition errorRef="k" /></endEvent>'
    assert judge(subprocesses.error_caught, text) == [("error-caught", "f", "warning")]


def test_errors_with_one_code_are_one_error(draw):
    source = draw(caught("k", 'errorRef="l"')).replace(b"</definitions>", CODES)
    (diagram,) = diagrams(read(source))
    assert [*subprocesses.error_caught(diagram)] == []
