"""What the check of the control flow says is so in the token game, which tries every order.

With ``EQUALITY_EXAMPLES=1000`` in the environment many more processes are tried.
"""

import os

import drawings
import orders
import plans
import pytest
from hypothesis import HealthCheck, Phase, assume, find, given, settings
from hypothesis import strategies as st
from pen import Drawing

from bpmn.elements import diagrams
from bpmn.reading import read
from bpmn.soundness.exploration import Fault, Found
from bpmn.soundness.verdict import Verdict, judge

NETS = st.one_of(drawings.nets(), drawings.nets(boundaries=True))
STEADY = {
    "derandomize": True,
    "deadline": None,
    "database": None,
    "suppress_health_check": list(HealthCheck),
}
BRANCHES = 20


def steadily(examples: int) -> settings:
    return settings(max_examples=int(os.environ.get("EQUALITY_EXAMPLES", examples)), **STEADY)


def verdict_of(source: bytes) -> Verdict:
    (diagram,) = diagrams(read(source))
    return judge(diagram)


def kinds(verdict: Verdict) -> set[Fault]:
    return {found.fault for found in verdict.found}


def endings(source: bytes) -> tuple[set[orders.State], set[orders.State]]:
    try:
        return orders.endings(source)
    except (orders.TooMany, orders.FreeGame.TooLong):
        assume(False)
        raise


@steadily(50)
@given(NETS)
def test_what_is_sound_comes_to_its_end_in_every_order_and_nothing_else_does(source):
    verdict = verdict_of(source)
    assume(Fault.DOUBLED not in kinds(verdict))  # which may well end, but done twice
    without_end, _ = endings(source)
    assert bool(without_end) == bool(verdict.found)


def is_replayed(source: bytes, found: Found) -> bool:
    """Whether the token game comes to the fault on the path that is told."""
    game = orders.GuidedGame(source, found.path)
    if found.fault is Fault.DEADLOCK:
        return not (game.ended or game.open or game.waiting)
    nodes = plans.read(source).nodes
    targets = {flow.id: flow.target.id for node in nodes.values() for flow in node.outgoing}
    task = targets.get(found.element, found.element)
    return nodes[task].kind != "userTask" or game.open.count(task) > 1


@steadily(80)
@given(NETS)
def test_the_way_to_a_deadlock_leads_there_in_the_token_game(source):
    verdict = verdict_of(source)
    assume(kinds(verdict) == {Fault.DEADLOCK})
    assert all(is_replayed(source, found) for found in verdict.found)


@steadily(60)
@given(NETS)
def test_the_way_to_what_is_done_twice_leads_there_in_the_token_game(source):
    doubled = [found for found in verdict_of(source).found if found.fault is Fault.DOUBLED]
    assert all(is_replayed(source, found) for found in doubled)


@pytest.mark.parametrize("fault", Fault)
def test_each_fault_is_among_the_processes_tried(fault):
    search = settings(max_examples=500, phases=[Phase.generate], **STEADY)
    assert find(NETS, lambda source: fault in kinds(verdict_of(source)), settings=search)


@steadily(60)
@given(drawings.blocks())
def test_processes_of_blocks_are_sound(source):
    verdict = verdict_of(source)
    assert (verdict.found, verdict.dead, verdict.unproven) == ([], [], [])


def branches(drawing: Drawing) -> bytes:
    """Twenty times fifty tasks side by side, each branch with a short cut."""
    drawing.sketch("s: start", "x j: all", "e: end", "s > x", "j > e")
    for _ in range(BRANCHES):
        tasks = [drawing.node("userTask") for _ in range(50)]
        parting, meeting = drawing.node("exclusiveGateway"), drawing.node("exclusiveGateway")
        drawing.flow("x", parting)
        drawing.flow(parting, tasks[0], "v == 1")
        drawing.flow(parting, tasks[25], default=True)
        drawing.chain(*tasks[:25], meeting)
        drawing.chain(*tasks[25:], meeting)
        drawing.chain(meeting, "j")
    return drawing.source


def test_what_runs_side_by_side_is_not_multiplied():
    verdict = verdict_of(branches(Drawing.of_process()))
    assert (verdict.found, verdict.unproven) == ([], [])
    assert verdict.states < 5 * BRANCHES


def test_a_fault_in_one_of_many_branches_is_found():
    drawing = Drawing.of_process()
    nodes = plans.read(branches(drawing)).nodes.values()
    parting = next(n.id for n in nodes if n.kind == "exclusiveGateway" and len(n.outgoing) > 1)
    drawing.sketch("z: end", f"{parting} > z if v == 2")
    verdict = verdict_of(drawing.source)
    assert [(found.fault, found.element) for found in verdict.found] == [(Fault.DEADLOCK, "j")]


def test_more_states_than_are_looked_at_are_said():
    (diagram,) = diagrams(read(branches(Drawing.of_process())))
    assert judge(diagram, most=50).unproven == ["p"]
    assert not judge(diagram).unproven
