from bpmn.rules import flow

SOUND = """
    startEvent s
    userTask a
    exclusiveGateway g default=g_e
    userTask b
    boundaryEvent w attachedToRef=b
        timer timeDuration PT1H
    endEvent e
    endEvent f
    s -> a -> g
    g -> b if setuju
    b -> e
    g -> e
    w -> f
"""


def test_flows_and_events_may_refer_to_what_stands_in_their_process(judge):
    assert judge(flow.references, SOUND) == []


def test_a_flow_to_a_node_that_is_not_there_is_an_error_on_the_flow(judge):
    text = """
        startEvent s
        endEvent e
        s -> lain
        lain -> e
    """
    assert judge(flow.references, text) == [
        ("references", "s_lain", "error"),
        ("references", "lain_e", "error"),
    ]


def test_the_finding_names_the_clause_of_the_specification(view):
    (finding, _) = flow.references(view("startEvent s\ns -> lain -> s"))
    assert finding.clause == "BPMN 2.0, 8.3.13"


def test_a_rule_of_ours_names_no_clause(view):
    (finding,) = flow.one_start(view("userTask a"))
    assert finding.clause is None


def test_a_process_with_one_start_and_several_ends_is_sound(judge):
    assert judge(flow.one_start, SOUND) == []


def test_a_process_without_a_start_is_an_error_on_the_process(judge):
    assert judge(flow.one_start, "userTask a") == [("one-start", "p", "error")]


def test_a_subprocess_without_a_start_is_an_error_unless_an_event_sets_it_off(judge):
    text = "startEvent s\nsubProcess x\nsubProcess y triggeredByEvent=true\nadHocSubProcess z"
    assert judge(flow.one_start, text) == [("one-start", "x", "error")]


def test_a_process_with_a_start_and_an_end_is_sound(judge):
    assert judge(flow.an_end, SOUND) == []
    assert judge(flow.an_end, "userTask a") == []


def test_a_start_without_an_end_is_an_error_on_its_process_or_subprocess(judge):
    text = 'startEvent s\nsubProcess x\n<startEvent id="t" />'
    assert judge(flow.an_end, text) == [("an-end", "p", "error"), ("an-end", "x", "error")]


def test_every_further_start_event_is_an_error(judge):
    text = """
        startEvent s
        startEvent s2
        startEvent s3
        endEvent e
    """
    assert judge(flow.one_start, text) == [
        ("one-start", "s2", "error"),
        ("one-start", "s3", "error"),
    ]


def test_every_way_of_a_decision_has_a_condition_or_is_the_default(judge):
    assert judge(flow.way_out, SOUND) == []


def test_a_node_without_a_way_out_is_an_error(judge):
    text = """
        startEvent s
        userTask a
        subProcess x
            <task id="b" />
        parallelGateway g
        endEvent e
        s -> a
    """
    assert judge(flow.way_out, text) == [("way-out", node, "error") for node in "axgb"]


def test_what_stands_outside_the_flow_needs_no_way_out(judge):
    text = """
        subProcess x triggeredByEvent=true
        serviceTask k isForCompensation=true
        adHocSubProcess y
            <task id="b" />
        y -> y
    """
    assert judge(flow.way_out, text) == []


def test_events_that_lead_on_are_sound(judge):
    assert judge(flow.start_way_out, SOUND) == []
    assert judge(flow.event_way_out, SOUND) == []


def test_events_that_lead_nowhere_are_errors(judge):
    text = """
        startEvent s
        intermediateCatchEvent c
        intermediateThrowEvent d
        boundaryEvent w
    """
    assert judge(flow.start_way_out, text) == [("start-way-out", "s", "error")]
    found = judge(flow.event_way_out, text)
    assert found == [("event-way-out", node, "error") for node in "cdw"]


def test_a_thrown_link_and_a_caught_compensation_lead_nowhere(judge):
    text = """
        intermediateThrowEvent d
            <linkEventDefinition name="l" />
        boundaryEvent w
            <compensateEventDefinition />
    """
    assert judge(flow.event_way_out, text) == []


def test_a_way_of_a_decision_that_never_says_when_is_an_error_on_the_flow(judge):
    text = """
        exclusiveGateway g
        endEvent e
        endEvent f
        g -> e if setuju
        g -> f
    """
    assert judge(flow.way_out, text) == [("way-out", "g_f", "error")]


def test_an_empty_condition_does_not_say_when(judge):
    text = """
        exclusiveGateway g
        endEvent e
        endEvent f
        g -> e if setuju
        g -> f if
    """
    assert judge(flow.way_out, text) == [("way-out", "g_f", "error")]


def test_a_merging_gateway_needs_no_condition(judge):
    text = """
        exclusiveGateway g
        endEvent e
        g -> e
    """
    assert judge(flow.way_out, text) == []


def test_a_way_out_of_an_inclusive_gateway_needs_a_condition_too(judge):
    text = """
        inclusiveGateway g default=g_f
        endEvent d
        endEvent e
        endEvent f
        g -> d if setuju
        g -> e
        g -> f
    """
    assert judge(flow.way_out, text) == [("way-out", "g_e", "error")]


def test_everything_behind_a_start_has_a_way_in(judge):
    assert judge(flow.way_in, SOUND) == []
    assert judge(flow.way_in, "userTask a") == []


def test_what_no_flow_leads_to_is_an_error_at_every_depth(judge):
    text = """
        startEvent s
        userTask a
        subProcess x triggeredByEvent=true
            <startEvent id="t" />
            <task id="b" />
    """
    assert judge(flow.way_in, text) == [("way-in", "a", "error"), ("way-in", "b", "error")]


DECISION = """
    startEvent s
    exclusiveGateway x default=x_e
    endEvent e
    endEvent f
    s -> x -> e
    x -> f if setuju
"""


def test_a_decision_without_a_default_way_is_sound(judge):
    assert judge(flow.default_way, DECISION.replace(" default=x_e", "")) == []


def test_a_default_way_is_taken_without_an_answer_which_is_said(judge):
    assert judge(flow.default_way, DECISION) == [("default-way", "x_e", "warning")]
