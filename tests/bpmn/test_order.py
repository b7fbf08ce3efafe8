"""Which step of a procedure comes before which."""

import pytest

from bpmn.order import comes_before, in_order

BRANCHES = """
    startEvent s
    userTask b1
    userTask a1
    userTask a2
    parallelGateway g
    parallelGateway j
    userTask late
    boundaryEvent w attachedToRef=a1
    userTask last
    endEvent e
    s -> g -> a1 -> a2 -> j -> last -> e
    g -> b1 -> j
    w -> late -> j
"""
LOOP = """
    startEvent s
    exclusiveGateway m
    userTask a
    userTask b
    endEvent e
    s -> m -> a -> b -> e
    b -> m
"""


@pytest.mark.parametrize(
    ("drawn", "first", "second", "before"),
    [
        (BRANCHES, "a1", "a2", True),
        (BRANCHES, "a2", "a1", False),
        (BRANCHES, "b1", "a2", False),
        (BRANCHES, "b1", "last", True),
        (BRANCHES, "a1", "late", True),
        (LOOP, "b", "a", True),
        (LOOP, "a", "a", True),
    ],
)
def test_arrows_say_what_comes_before(view, drawn, first, second, before):
    assert comes_before(view(drawn), first, second) is before


def test_tasks_come_in_the_order_in_which_a_case_meets_them(view):
    assert [task.id for task in in_order(view(BRANCHES))] == ["a1", "b1", "a2", "late", "last"]
