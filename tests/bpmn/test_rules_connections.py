from bpmn.elements import diagrams
from bpmn.reading import read
from bpmn.rules import connections

INNER = """
        <startEvent id="t" />
        <task id="b" />
        <endEvent id="u" />
        <sequenceFlow id="t_b" sourceRef="t" targetRef="b" />
        <sequenceFlow id="b_u" sourceRef="b" targetRef="u" />
"""
NESTED = f"""
    startEvent s
    userTask a
    subProcess x
        {INNER}
    endEvent e
    s -> a -> x -> e
"""


def within(*lines: str, attributes: str = "") -> str:
    """A subprocess ``x`` with these elements between start ``s`` and end ``e``."""
    inner = "\n".join(lines)
    return f"startEvent s\nsubProcess x {attributes}\n{inner}\nendEvent e\ns -> x -> e"


def test_flows_between_nodes_of_one_level_are_sound(judge):
    assert judge(connections.not_a_node, NESTED) == []
    assert judge(connections.across_pools, NESTED) == []
    assert judge(connections.across_border, NESTED) == []


def test_a_flow_to_a_data_object_or_a_note_is_an_error(judge):
    text = """
        <dataObject id="d" />
        <textAnnotation id="n" />
        startEvent s
        s -> d
        n -> s
    """
    found = judge(connections.not_a_node, text)
    assert found == [("not-a-node", "s_d", "error"), ("not-a-node", "n_s", "error")]
    assert judge(connections.across_border, text) == []


def test_a_flow_to_a_node_of_another_process_is_an_error(draw):
    other = b'<process id="lain"><endEvent id="z" /></process></definitions>'
    source = draw("startEvent s\ns -> z").replace(b"</definitions>", other)
    diagram = diagrams(read(source))[0]
    (finding,) = connections.across_pools(diagram)
    assert (finding.rule, finding.element) == ("across-pools", "s_z")
    assert finding.clause == "BPMN 2.0, 7.5.1"
    assert [*connections.across_border(diagram)] == []


def test_a_flow_over_the_border_of_a_subprocess_is_an_error_in_both_directions(judge):
    out = INNER + '<sequenceFlow id="b_e" sourceRef="b" targetRef="e" />'
    found = judge(connections.across_border, NESTED.replace(INNER, out) + "a -> b")
    assert found == [("across-border", "a_b", "error"), ("across-border", "b_e", "error")]
    assert judge(connections.across_pools, NESTED + "a -> b") == []


def test_start_and_boundary_events_without_incoming_flows_are_sound(judge):
    text = NESTED + "boundaryEvent w attachedToRef=a\nw -> e"
    assert judge(connections.into_start, text) == []
    assert judge(connections.into_boundary, text) == []


def test_a_flow_into_a_start_or_boundary_event_is_an_error_on_the_flow(judge):
    text = "startEvent s\nuserTask a\nboundaryEvent w attachedToRef=a\ns -> a -> w\na -> s"
    assert judge(connections.into_start, text) == [("into-start", "a_s", "error")]
    assert judge(connections.into_boundary, text) == [("into-boundary", "a_w", "error")]


def test_a_flow_into_a_start_event_is_an_error_inside_a_subprocess_too(judge):
    text = within(INNER, '<sequenceFlow id="b_t" sourceRef="b" targetRef="t" />')
    assert judge(connections.into_start, text) == [("into-start", "b_t", "error")]


def test_an_end_event_that_nothing_follows_is_sound(judge):
    assert judge(connections.out_of_end, NESTED) == []


def test_a_way_out_of_an_end_event_is_an_error_on_the_flow(judge):
    text = "startEvent s\nendEvent e\nendEvent f\ns -> e -> f"
    assert judge(connections.out_of_end, text) == [("out-of-end", "e_f", "error")]


def test_an_event_subprocess_away_from_all_flows_is_sound(judge):
    text = f"startEvent s\nendEvent e\nsubProcess x triggeredByEvent=true\n{INNER}\ns -> e"
    assert judge(connections.event_subprocess_flow, text) == []


def test_flows_into_and_out_of_an_event_subprocess_are_errors(judge):
    text = within(INNER, attributes="triggeredByEvent=true")
    assert judge(connections.event_subprocess_flow, text) == [
        ("event-subprocess-flow", "s_x", "error"),
        ("event-subprocess-flow", "x_e", "error"),
    ]


def test_a_compensation_activity_away_from_all_flows_is_sound(judge):
    text = "startEvent s\nserviceTask k isForCompensation=true\nendEvent e\ns -> e"
    assert judge(connections.handler_flow, text) == []


def test_a_flow_into_a_compensation_activity_is_an_error(judge):
    text = "startEvent s\nserviceTask k isForCompensation=true\ns -> k"
    assert judge(connections.handler_flow, text) == [("handler-flow", "s_k", "error")]


def test_an_activity_that_leads_to_itself_is_sound(judge):
    assert judge(connections.self_flow, "userTask a\na -> a") == []


def test_an_event_that_leads_to_itself_is_an_error(judge):
    text = "intermediateThrowEvent c\nc -> c"
    assert judge(connections.self_flow, text) == [("self-flow", "c_c", "error")]


def test_two_flows_out_of_one_node_are_sound(judge):
    text = "userTask a\nuserTask b\nuserTask c\na -> b -> a\na -> c"
    assert judge(connections.doubled_flow, text) == []


def test_a_second_flow_between_two_nodes_is_an_error(judge):
    text = "userTask a\nuserTask b\na -> b\na -> b"
    assert judge(connections.doubled_flow, text) == [("doubled-flow", "a_b", "error")]


def test_conditions_out_of_choosing_gateways_and_activities_are_sound(judge):
    kinds = ("exclusiveGateway", "inclusiveGateway", "complexGateway", "userTask", "callActivity")
    for kind in kinds:
        text = f"{kind} g\nendEvent e\nendEvent f\ng -> e if ya\ng -> f"
        assert judge(connections.condition_source, text) == []


def test_a_condition_out_of_anything_else_is_an_error(judge):
    kinds = ("startEvent", "intermediateThrowEvent", "parallelGateway", "eventBasedGateway")
    for kind in kinds:
        found = judge(connections.condition_source, f"{kind} g\nendEvent e\ng -> e if ya")
        assert found == [("condition-source", "g_e", "error")]


def test_a_conditional_flow_beside_another_is_sound(judge):
    text = "userTask a\nendEvent e\nendEvent f\na -> e if ya\na -> f"
    assert judge(connections.lone_condition, text) == []
    assert judge(connections.lone_condition, "exclusiveGateway g\nendEvent e\ng -> e if ya") == []


def test_a_conditional_flow_that_is_the_only_way_out_of_an_activity_is_an_error(judge):
    found = judge(connections.lone_condition, "userTask a\nendEvent e\na -> e if ya")
    assert found == [("lone-condition", "a_e", "error")]


CHOICE = """
    userTask a default=a_e
    endEvent e
    endEvent f
    a -> e
    a -> f if ya
"""


def test_a_default_flow_beside_a_conditional_one_is_sound(judge):
    assert judge(connections.default_owner, CHOICE) == []
    assert judge(connections.default_condition, CHOICE) == []
    assert judge(connections.idle_default, CHOICE) == []


def test_a_default_flow_of_another_node_is_an_error(judge):
    text = "exclusiveGateway g default=a_e\nuserTask a\nendEvent e\ng -> a -> e"
    assert judge(connections.default_owner, text) == [("default-owner", "g", "error")]


def test_a_default_flow_with_a_condition_is_an_error(judge):
    found = judge(connections.default_condition, CHOICE.replace("=a_e", "=a_f"))
    assert found == [("default-condition", "a_f", "error")]


def test_a_default_flow_of_an_activity_without_conditional_ones_is_an_error(judge):
    found = judge(connections.idle_default, CHOICE.replace(" if ya", ""))
    assert found == [("idle-default", "a_e", "error")]
