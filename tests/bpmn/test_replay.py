"""Whether what was done is a way through the diagram; all that the token game does is one."""

from pathlib import Path

import drawings
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from token_game import Game, Stuck, TooLong

from bpmn.elements import diagrams
from bpmn.reading import read
from bpmn.replay import Replay

SKP = Path(__file__).parents[2] / "bpmn" / "skp_collection.bpmn"
STEADY = settings(
    max_examples=150, derandomize=True, deadline=None, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


def drawn(source):
    return diagrams(read(source))[0]


def skp(*steps):
    return Replay(drawn(SKP.read_bytes())).deviations([f"Langkah_{n}" for n in steps])


@pytest.mark.parametrize(
    "steps", [(1, 2, 3, 4, 5, 6, 7, 8), (1, 2, 3, 4, 3, 4, 3, 4, 5, 6, 7, 8)], ids=str
)
def test_the_ways_of_the_diagram_do_not_deviate(steps):
    assert skp(*steps) == []


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ((1, 2, 3, 5, 6, 7, 8), [3]),  # skipped
        ((1, 2, 3, 4, 2, 3, 4, 5, 6, 7, 8), [4]),  # back to where no flow leads
        ((1, 2, 3, 4, 5, 6, 7), [7]),  # ended before the end
        ((1, 2, 3, 4, 5, 6, 7, 8, 8), [8]),  # done once more
        ((1, 9, 2, 3, 4, 5, 6, 7, 8), [1]),  # of another version
        ((2, 1, 2, 3, 4, 5, 6, 7, 8), [0, 1]),  # out of turn
        ((), [0]),
    ],
    ids=str,
)
def test_each_step_that_the_diagram_does_not_lead_to_is_named_once(steps, expected):
    assert skp(*steps) == expected


def test_whatever_the_token_game_does_is_a_way_through_the_diagram():
    judged = []

    @STEADY
    @given(
        drawings.runs(st.one_of(drawings.blocks(), drawings.nets(), drawings.nets(boundaries=True)))
    )
    def is_a_way(run):
        game, done = played(run)
        deviating = Replay(drawn(run.source)).deviations(done)
        if deviating is not None:
            assert set(deviating) <= (set() if game.ended else {len(done)})
            judged.append(len(done))

    is_a_way()
    # Of 145 examples that are judged 65 are of more than two steps.
    assert len(judged) >= 100
    assert sum(steps > 2 for steps in judged) >= 40


def played(run):
    """A game with a run's answers, and the tasks that were done in it, in order."""
    done = []
    try:
        game = Game(run.source, run.data)
        for choice, given_ in run.answers:
            places = sorted({*game.open, *game.waiting})
            if not places:
                break
            element = places[choice % len(places)]
            if element in game.open:
                game.complete(element, given_)
                done.append(element)
            else:
                game.fire(element)
    except (Stuck, TooLong):
        assume(False)
    return game, done
