import pytest

from bpmn.rules import gateways

SPLIT = """
    parallelGateway g
    userTask a
    userTask b
    parallelGateway h
    endEvent e
    g -> a -> h
    g -> b -> h -> e
"""


def test_gateways_with_flows_as_their_direction_says_are_sound(judge):
    text = SPLIT.replace("Gateway g", "Gateway g gatewayDirection=Diverging")
    text = text.replace("Gateway h", "Gateway h gatewayDirection=Converging")
    assert judge(gateways.gateway_direction, text) == []
    assert judge(gateways.gateway_direction, SPLIT) == []
    unsaid = SPLIT.replace("Gateway g", "Gateway g gatewayDirection=Unspecified")
    assert judge(gateways.gateway_direction, unsaid) == []


@pytest.mark.parametrize("direction", ["Converging", "Mixed"])
def test_a_gateway_with_other_flows_than_its_direction_says_is_an_error(judge, direction):
    text = SPLIT.replace("Gateway g", f"Gateway g gatewayDirection={direction}")
    assert judge(gateways.gateway_direction, text) == [("gateway-direction", "g", "error")]


def test_a_gateway_that_merges_or_splits_is_sound(judge):
    assert judge(gateways.idle_gateway, SPLIT) == []


def test_a_gateway_with_one_flow_in_and_one_out_is_a_warning(judge):
    text = "userTask a\nexclusiveGateway g\nendEvent e\na -> g -> e"
    assert judge(gateways.idle_gateway, text) == [("idle-gateway", "g", "warning")]


EVENTS = """
    eventBasedGateway g
    intermediateCatchEvent c
        timer timeDuration PT1H
    receiveTask d
    endEvent e
    g -> c -> e
    g -> d -> e
"""


def test_an_event_based_gateway_before_two_events_of_its_own_is_sound(judge):
    assert judge(gateways.event_gateway, EVENTS) == []
    assert judge(gateways.awaited, EVENTS) == []
    assert judge(gateways.awaited_alone, EVENTS) == []
    assert judge(gateways.awaited_edge, EVENTS) == []
    assert judge(gateways.awaited_messages, EVENTS) == []


def test_an_event_based_gateway_before_one_event_is_an_error_on_the_gateway(judge):
    found = judge(gateways.event_gateway, EVENTS.replace("g -> d", "d"))
    assert found == [("event-gateway", "g", "error")]


def test_a_condition_out_of_an_event_based_gateway_is_an_error_on_the_flow(judge):
    found = judge(gateways.event_gateway, EVENTS.replace("g -> c -> e", "c -> e\ng -> c if ya"))
    assert found == [("event-gateway", "g_c", "error")]


def test_an_event_based_gateway_before_a_task_is_an_error_on_the_flow(judge):
    found = judge(gateways.awaited, EVENTS.replace("g -> d", "userTask a\ng -> a -> d"))
    assert found == [("awaited", "g_a", "error")]


def test_an_event_that_others_lead_to_too_is_an_error_behind_an_event_based_gateway(judge):
    """Whoever came by the other way would wait there alone, with nothing to end it."""
    found = judge(gateways.awaited_alone, EVENTS + "userTask a\na -> d")
    assert found == [("awaited-alone", "g_d", "error")]


def test_a_boundary_event_on_an_awaited_receive_task_is_an_error(judge):
    found = judge(gateways.awaited_edge, EVENTS + "boundaryEvent w attachedToRef=d")
    assert found == [("awaited-edge", "w", "error")]


def test_message_events_beside_receive_tasks_are_an_error_on_the_gateway(judge):
    text = EVENTS + "intermediateCatchEvent m\n<messageEventDefinition />\ng -> m -> e"
    assert judge(gateways.awaited_messages, text) == [("awaited-messages", "g", "error")]
