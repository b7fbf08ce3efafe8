import pytest

from bpmn.rules import lanes

TWO_LANES = """
    property alur:distinct=Pejabat, Pegawai
    lane Pejabat superior(subject): s a
    lane Pegawai subject: b e
    startEvent s
    userTask a
    userTask b
    endEvent e
    s -> a -> b -> e
"""


def nested(*outer_and_inner: str) -> str:
    """A lane with the nodes of the first text, around one lane for each further text."""
    outer, *inner = (
        "".join(f"<flowNodeRef>{node}</flowNodeRef>" for node in nodes.split())
        for nodes in outer_and_inner
    )
    around = "".join(f'<lane id="Dalam{i}">{refs}</lane>' for i, refs in enumerate(inner))
    return f"""
        <laneSet><lane id="Luar">{outer}<childLaneSet>{around}</childLaneSet></lane></laneSet>
        startEvent s
        endEvent e
        s -> e
    """


def test_every_node_in_one_lane_is_sound(judge):
    assert judge(lanes.lane_membership, TWO_LANES) == []


def test_a_process_without_lanes_needs_none(judge):
    assert judge(lanes.lane_membership, "startEvent s") == []


def test_a_node_outside_the_lanes_is_an_error(judge):
    text = """
        lane Pegawai subject: s
        startEvent s
        endEvent e
    """
    assert judge(lanes.lane_membership, text) == [("lane-membership", "e", "error")]


def test_a_node_in_two_lanes_side_by_side_is_an_error(judge):
    text = """
        lane Pegawai subject: s
        lane Pejabat subject: s
        startEvent s
    """
    assert judge(lanes.lane_membership, text) == [("lane-membership", "s", "error")]


def test_a_lane_that_lists_nodes_of_its_process_is_sound(judge):
    assert judge(lanes.lane_reference, TWO_LANES) == []


def test_a_lane_that_lists_a_node_that_is_not_there_is_an_error_on_the_lane(judge):
    text = """
        lane Pegawai subject: s lain
        startEvent s
    """
    assert judge(lanes.lane_reference, text) == [("lane-reference", "Pegawai", "error")]


@pytest.mark.parametrize("listed", ["x", "x b"])
def test_the_nodes_of_a_subprocess_may_be_listed_or_take_its_lane(judge, listed):
    text = f"""
        lane Pegawai subject: {listed}
        subProcess x
            <task id="b" />
    """
    assert judge(lanes.lane_reference, text) == []
    assert judge(lanes.lane_membership, text) == []


def test_a_node_listed_in_a_lane_and_in_one_within_it_is_sound(judge):
    assert judge(lanes.lane_membership, nested("s e", "s", "e")) == []


def test_a_task_may_have_the_actor_of_its_lane_or_its_own(judge):
    text = """
        lane Pegawai subject: a
        userTask a
        userTask b camunda:assignee=199001012015031001
        manualTask c camunda:candidateGroups=umum
        scriptTask d
    """
    assert judge(lanes.actor_rule, text) == []


def test_a_lane_whose_tasks_nobody_does_is_blocking(judge):
    text = """
        lane Pegawai: a
        userTask a
    """
    assert judge(lanes.actor_rule, text) == [("actor-rule", "Pegawai", "blocking")]


def test_a_task_that_nobody_does_is_blocking(judge):
    assert judge(lanes.actor_rule, "userTask a") == [("actor-rule", "a", "blocking")]


def test_a_lane_without_tasks_needs_no_actor(judge):
    text = """
        lane Pegawai: s
        startEvent s
    """
    assert judge(lanes.actor_rule, text) == []


def test_an_unknown_actor_rule_is_blocking_on_the_lane_or_the_task(judge):
    text = """
        lane Pegawai subjek: a
        userTask a
        userTask b camunda:assignee=${pegawai}
    """
    assert judge(lanes.actor_rule, text) == [
        ("actor-rule", "Pegawai", "blocking"),
        ("actor-rule", "b", "blocking"),
    ]


def test_distinct_may_name_the_lanes_of_its_process(judge):
    assert judge(lanes.distinct, TWO_LANES) == []


def test_distinct_naming_another_lane_is_an_error_on_the_process(judge):
    text = """
        property alur:distinct=Pegawai,Lain
        lane Pegawai subject: s
        startEvent s
    """
    assert judge(lanes.distinct, text) == [("distinct", "p", "error")]


def test_a_node_in_two_nested_lanes_side_by_side_is_an_error(judge):
    assert judge(lanes.lane_membership, nested("e", "s", "s")) == [
        ("lane-membership", "s", "error")
    ]
    assert judge(lanes.lane_membership, nested("e s", "s")) == []


FORM = (
    '<camunda:formData><camunda:formField id="keputusan" type="enum">'
    '<camunda:value id="setuju" name="Setuju" /><camunda:value id="kembali" name="Dikembalikan" />'
    "</camunda:formField></camunda:formData>"
)
APPROVAL = f"""
    lane Penyusun subject: s a
    lane Atasan superior(subject): b x e f
    startEvent s
    userTask a
    userTask b
        {FORM}
    exclusiveGateway x
    endEvent e
    endEvent f
    s -> a -> b -> x
    x -> e if keputusan == "setuju"
    x -> f if keputusan == "kembali"
"""
BY_A_GROUP = APPROVAL.replace("superior(subject)", "group:umum")


def test_the_approval_of_a_superior_is_sound(judge):
    assert judge(lanes.own_approval, APPROVAL) == []


def test_an_approval_in_the_lane_of_its_author_is_said(judge):
    text = APPROVAL.replace("subject: s a", "subject: s a b").replace(": b x", ": x")
    assert judge(lanes.own_approval, text) == [("own-approval", "b", "warning")]


def test_an_approval_in_a_lane_that_its_author_may_fill_is_said_unless_they_are_kept_apart(judge):
    assert judge(lanes.own_approval, BY_A_GROUP) == [("own-approval", "b", "warning")]
    apart = f"property alur:distinct=Penyusun,Atasan\n{BY_A_GROUP}"
    assert judge(lanes.own_approval, apart) == []


def test_a_choice_that_is_no_consent_is_sound_in_any_lane(judge):
    assert judge(lanes.own_approval, BY_A_GROUP.replace("etuju", "erah")) == []
    assert judge(lanes.own_approval, BY_A_GROUP.replace("keputusan ==", "lain ==")) == []


def test_who_did_the_work_is_found_behind_a_gateway(judge):
    text = BY_A_GROUP.replace("a -> b -> x", "a -> m -> b -> x") + "\nexclusiveGateway m\n"
    assert judge(lanes.own_approval, text) == [("own-approval", "b", "warning")]
