import pytest

from bpmn.elements import File
from bpmn.reading import read
from bpmn.rules import pools

POOLS = """
    <collaboration id="c">
        <participant id="a" processRef="p" />
        <participant id="b" processRef="q" />
        <participant id="kotak" />
        <messageFlow id="m" sourceRef="t" targetRef="u" />
        <messageFlow id="n" sourceRef="e" targetRef="kotak" />
    </collaboration>
    <process id="q"><receiveTask id="u" /><exclusiveGateway id="g" /><endEvent id="z" /></process>
</definitions>"""
DRAWN = """
    sendTask t
    endEvent e
        <messageEventDefinition />
    t -> e
"""


@pytest.fixture
def judge_pools(draw):
    """``judge_pools(rule, old, new)``: what a rule finds after a change of the two pools."""

    def _judge(rule, old: str = "", new: str = "") -> list[tuple[str, str | None]]:
        assert old in POOLS
        source = draw(DRAWN).replace(b"</definitions>", POOLS.replace(old, new).encode())
        return [(finding.rule, finding.element) for finding in rule(File(read(source)))]

    return _judge


def test_two_pools_with_messages_between_them_are_sound(judge_pools, draw):
    for rule in (pools.pool_process, pools.one_pool, pools.message_ends, pools.own_pool):
        assert judge_pools(rule) == []
        assert [*rule(File(read(draw(DRAWN))))] == []


@pytest.mark.parametrize("wrong", ["lain", "t"])
def test_a_pool_of_no_process_is_an_error(judge_pools, wrong):
    found = judge_pools(pools.pool_process, 'processRef="q"', f'processRef="{wrong}"')
    assert found == [("pool-process", "b")]


def test_a_process_in_two_pools_is_an_error_on_the_second(judge_pools):
    found = judge_pools(pools.one_pool, 'processRef="q"', 'processRef="p"')
    assert found == [("one-pool", "b")]


@pytest.mark.parametrize("wrong", ["g", "z", "lain", "c"])
def test_a_message_to_a_gateway_or_a_plain_event_or_nothing_is_an_error(judge_pools, wrong):
    found = judge_pools(pools.message_ends, 'targetRef="u"', f'targetRef="{wrong}"')
    assert found == [("message-ends", "m")]


@pytest.mark.parametrize("wrong", ["g", "z"])
def test_a_message_from_a_gateway_or_a_plain_end_is_an_error(judge_pools, wrong):
    found = judge_pools(pools.message_ends, 'sourceRef="e"', f'sourceRef="{wrong}"')
    assert found == [("message-ends", "n")]


@pytest.mark.parametrize("own", ["e", "a"])
def test_a_message_within_one_pool_is_an_error(judge_pools, own):
    found = judge_pools(pools.own_pool, 'targetRef="u"', f'targetRef="{own}"')
    assert found == [("own-pool", "m")]
