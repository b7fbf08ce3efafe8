"""The generated processes are valid BPMN, and the game plays them without getting stuck."""

import drawings
import plans
import pytest
from hypothesis import Phase, assume, find, given, settings
from hypothesis import strategies as st
from lxml import etree
from shapes import SHAPES
from token_game import Game, TooLong

from bpmn.reading import schema_errors

STEADY = {"derandomize": True, "deadline": None, "database": None}
NETS = st.one_of(drawings.nets(), drawings.nets(boundaries=True))


def play(run: drawings.Run) -> Game:
    game = Game(run.source, run.data)
    for choice, answer in run.answers:
        places = game.open + game.waiting
        if not places:
            break
        place = choice % len(places)
        if place < len(game.open):
            game.complete(places[place], answer)
        else:
            game.fire(places[place])
    return game


@settings(max_examples=30, **STEADY)
@given(drawings.runs(drawings.blocks()))
def test_blocks_are_valid_and_never_get_stuck_or_dead(run):
    assert not schema_errors(etree.fromstring(run.source))
    game = play(run)
    assert game.ended == (not game.open + game.waiting)


@settings(max_examples=30, **STEADY)
@given(drawings.runs(NETS))
def test_nets_are_valid_and_never_get_stuck(run):
    assert not schema_errors(etree.fromstring(run.source))
    try:
        play(run)
    except TooLong:
        assume(False)


@settings(max_examples=30, **STEADY)
@given(NETS)
def test_each_node_of_a_net_is_on_a_way_from_the_start_to_an_end(source):
    plan = plans.read(source)
    (start,) = plan.starts
    assert ahead(start) == set(plan.nodes.values())
    assert all(any(n.kind == "endEvent" for n in ahead(node)) for node in plan.nodes.values())


def ahead(node: plans.Node) -> set[plans.Node]:
    found, open_ = set(), [node]
    while open_:
        node = open_.pop()
        if node not in found:
            found.add(node)
            open_ += [*node.boundary, *(flow.target for flow in node.outgoing)]
    return found


@pytest.mark.parametrize("kind", SHAPES)
def test_each_shape_is_among_the_blocks(kind):
    def has(block: object) -> bool:
        return isinstance(block, tuple) and (block[0] == kind or any(map(has, block[1:])))

    search = settings(max_examples=2000, phases=[Phase.generate], **STEADY)
    assert find(drawings.block_trees(), has, settings=search)
