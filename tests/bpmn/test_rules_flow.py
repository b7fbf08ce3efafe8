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


def test_a_boundary_event_must_be_attached_to_an_activity(judge):
    text = """
        startEvent s
        boundaryEvent w attachedToRef=s
        boundaryEvent v attachedToRef=lain
        boundaryEvent u
    """
    assert judge(flow.references, text) == [
        ("references", "w", "error"),
        ("references", "v", "error"),
        ("references", "u", "error"),
    ]


def test_a_default_flow_must_start_at_its_gateway(judge):
    text = """
        exclusiveGateway g default=a_e
        userTask a
        endEvent e
        g -> a -> e
    """
    assert judge(flow.references, text) == [("references", "g", "error")]


def test_a_process_with_one_start_and_several_ends_is_sound(judge):
    assert judge(flow.one_start, SOUND) == []


def test_a_process_without_start_and_end_is_an_error_on_the_process(judge):
    assert judge(flow.one_start, "userTask a") == [("one-start", "p", "error")] * 2


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
        boundaryEvent w attachedToRef=a
        endEvent e
        s -> a
    """
    assert judge(flow.way_out, text) == [("way-out", "a", "error"), ("way-out", "w", "error")]


def test_a_way_out_of_an_end_event_is_an_error(judge):
    text = """
        startEvent s
        endEvent e
        endEvent f
        s -> e -> f
    """
    assert judge(flow.way_out, text) == [("way-out", "e", "error")]


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


def test_flows_into_tasks_gateways_and_ends_are_sound(judge):
    assert judge(flow.way_in, SOUND) == []


def test_a_flow_into_a_start_or_boundary_event_is_an_error_on_the_flow(judge):
    text = """
        startEvent s
        userTask a
        boundaryEvent w attachedToRef=a
        s -> a -> w
        a -> s
    """
    assert judge(flow.way_in, text) == [("way-in", "a_w", "error"), ("way-in", "a_s", "error")]


def test_what_follows_a_start_or_the_edge_of_a_reached_task_is_reachable(judge):
    assert judge(flow.unreachable, SOUND) == []


def test_an_island_and_the_events_on_its_edge_are_errors(judge):
    text = """
        startEvent s
        endEvent e
        userTask a
        boundaryEvent w attachedToRef=a
        userTask b
        s -> e
        a -> b -> a
    """
    found = judge(flow.unreachable, text)
    assert sorted(found) == [("unreachable", node, "error") for node in ("a", "b", "w")]


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


def test_a_default_way_with_a_condition_is_an_error(judge):
    text = DECISION.replace("default=x_e", "default=x_f")
    assert judge(flow.default_way, text) == [("default-way", "x_f", "error")]


EVENTS = """
    eventBasedGateway g
    intermediateCatchEvent c
        timer timeDuration PT1H
    intermediateCatchEvent d
        timer timeDuration P1D
    endEvent e
    g -> c -> e
    g -> d -> e
"""


def test_an_event_based_gateway_before_two_events_of_its_own_is_sound(judge):
    assert judge(flow.event_gateway, EVENTS) == []


def test_an_event_based_gateway_before_one_event_is_an_error_on_the_gateway(judge):
    found = judge(flow.event_gateway, EVENTS.replace("g -> d", "d"))
    assert found == [("event-gateway", "g", "error")]


def test_an_event_based_gateway_before_a_task_is_an_error_on_the_flow(judge):
    found = judge(flow.event_gateway, EVENTS.replace("g -> d", "userTask a\ng -> a -> d"))
    assert found == [("event-gateway", "g_a", "error")]


def test_an_event_that_others_lead_to_too_is_an_error_behind_an_event_based_gateway(judge):
    """Whoever came by the other way would wait there alone, with nothing to end it."""
    found = judge(flow.event_gateway, EVENTS + "userTask a\na -> d")
    assert found == [("event-gateway", "g_d", "error")]
