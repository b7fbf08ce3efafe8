import pytest

from bpmn.rules import RULES, soundness

SOUND = """
    startEvent s
    parallelGateway x
    userTask a
    userTask b
    boundaryEvent w attachedToRef=b cancelActivity=false
        timer timeDuration PT1H
    endEvent f
    parallelGateway j
    exclusiveGateway d
    endEvent e
    s -> x -> a -> j
    x -> b -> j -> d
    d -> e if setuju
    d -> x if bukan
    w -> f
"""


@pytest.fixture
def judge_all(judge):
    """``judge_all(text)``: what all rules on the control flow find."""
    rules = [rule for rule in RULES if rule.__module__ == soundness.__name__]
    return lambda text: [found for rule in rules for found in judge(rule, text)]


def test_what_splits_and_meets_alike_is_sound(judge):
    text = SOUND.replace("d -> x if bukan", "d -> e")
    assert judge(soundness.deadlock, text) == []
    assert judge(soundness.doubled_token, text) == []
    assert judge(soundness.never_ends, text) == []
    assert judge(soundness.dead_activity, text) == []
    assert judge(soundness.unproven, text) == []


def test_a_loop_back_into_a_gateway_that_waits_for_all_is_a_deadlock(judge_all):
    # The gateway in front of the work waits for the start as well.
    assert judge_all(SOUND) == [("deadlock", "x", "error")]


def test_a_join_that_waits_for_a_way_not_taken_is_a_deadlock(judge_all, view):
    text = SOUND.replace("parallelGateway x", "exclusiveGateway x").replace(
        "d -> x if", "d -> f if"
    )
    assert judge_all(text) == [("deadlock", "j", "error")]
    (finding,) = soundness.deadlock(view(text))
    assert finding.path == ("s", "s_x", "x", "x_a", "a", "a_j")
    assert '"b"' in str(finding.message)
    assert finding.clause == "BPMN 2.0, 13.3"


def test_ways_that_run_together_and_meet_unjoined_are_done_twice_behind(judge_all, view):
    text = """
        startEvent s
        parallelGateway x
        userTask a
        userTask b
        userTask c
        endEvent e
        s -> x -> a -> c -> e
        x -> b -> c
    """
    assert judge_all(text) == [("doubled-token", "c", "warning")]
    (finding,) = soundness.doubled_token(view(text))
    assert finding.path[-2:] == ("a", "a_c")
    assert "b_c" in finding.path


def test_two_ways_into_one_end_do_no_harm(judge_all):
    text = """
        startEvent s
        parallelGateway x
        userTask a
        userTask b
        exclusiveGateway j
        endEvent e
        s -> x -> a -> j -> e
        x -> b -> j
    """
    assert judge_all(text) == []


def test_an_event_that_lets_work_go_on_and_leads_back_into_it_doubles_what_follows(judge_all):
    text = """
        startEvent s
        userTask a
        boundaryEvent w attachedToRef=a cancelActivity=false
            timer timeDuration PT1H
        exclusiveGateway j
        userTask b
        endEvent e
        s -> a -> j -> b -> e
        w -> j
    """
    assert judge_all(text) == [("doubled-token", "j", "warning")]
    assert judge_all(text.replace(" cancelActivity=false", "")) == []


def test_two_events_that_let_work_go_on_may_share_what_follows(judge_all):
    text = """
        startEvent s
        parallelGateway x
        userTask a
        boundaryEvent v attachedToRef=a cancelActivity=false
            timer timeDuration PT1H
        userTask b
        boundaryEvent w attachedToRef=b cancelActivity=false
            timer timeDuration PT1H
        parallelGateway j
        endEvent e
        exclusiveGateway m
        userTask tegur
        endEvent f
        s -> x -> a -> j -> e
        x -> b -> j
        v -> m -> tegur -> f
        w -> m
    """
    assert judge_all(text) == []


def test_a_loop_without_a_way_out_never_ends(judge):
    text = """
        startEvent s
        exclusiveGateway m
        userTask a
        endEvent e
        s -> m -> a -> m
    """
    assert judge(soundness.never_ends, text) == [("never-ends", "s", "error")]


def test_an_island_and_the_events_on_its_edge_are_dead(judge):
    text = """
        startEvent s
        endEvent e
        userTask a
        boundaryEvent w attachedToRef=a
        userTask b
        s -> e
        a -> b -> a
    """
    found = judge(soundness.dead_activity, text)
    assert sorted(found) == [("dead-activity", node, "error") for node in ("a", "b", "w")]


def test_a_subprocess_is_judged_by_itself_with_the_way_to_it(judge_all, view):
    text = """
        startEvent s
        userTask a
        subProcess x
            <startEvent id="t" />
            <exclusiveGateway id="g" />
            <parallelGateway id="j" />
            <endEvent id="u" />
            <sequenceFlow id="t_g" sourceRef="t" targetRef="g" />
            <sequenceFlow id="g_j" sourceRef="g" targetRef="j" />
            <sequenceFlow id="g_j2" sourceRef="g" targetRef="j" />
            <sequenceFlow id="j_u" sourceRef="j" targetRef="u" />
        endEvent e
        s -> a -> x -> e
    """
    assert judge_all(text) == [("deadlock", "j", "error")]
    (finding,) = soundness.deadlock(view(text))
    assert finding.path == ("s", "s_a", "a", "a_x", "t", "t_g", "g", "g_j")


def test_what_waits_behind_what_never_happens_is_dead_but_once_a_deadlock_is_said_of_it(judge_all):
    text = """
        startEvent s
        exclusiveGateway x
        userTask a
        userTask b
        parallelGateway j
        userTask c
        endEvent e
        s -> x -> a -> j -> c -> e
        x -> b -> j
    """
    assert judge_all(text) == [("deadlock", "j", "error")]


def test_an_event_subprocess_is_reached_with_what_it_stands_in(judge_all):
    text = """
        startEvent s
        endEvent e
        subProcess x triggeredByEvent=true
            <startEvent id="t" />
            <endEvent id="u" />
            <sequenceFlow id="t_u" sourceRef="t" targetRef="u" />
        s -> e
    """
    assert judge_all(text) == []


def test_an_end_that_stops_all_leaves_nothing_waiting(judge_all):
    text = """
        startEvent s
        parallelGateway x
        userTask a
        exclusiveGateway d
        userTask b
        parallelGateway j
        endEvent e
        endEvent t
            <terminateEventDefinition />
        s -> x -> a -> d -> j -> e
        x -> b -> j
        d -> t
    """
    assert judge_all(text) == []
    told = judge_all(text.replace("<terminateEventDefinition />", ""))
    assert told == [("deadlock", "j", "error")]


def test_what_has_too_many_states_is_said_to_be_unproven(judge):
    branches = [f"x -> a{n} -> j if v == {n}" for n in range(20)]
    tasks = [f"userTask a{n}" for n in range(20)]
    lines = ["startEvent s", "inclusiveGateway x", "inclusiveGateway j", "endEvent e", *tasks]
    text = "\n".join([*lines, "s -> x", *branches, "j -> e"])
    assert judge(soundness.unproven, text) == [("unproven", "p", "warning")]
