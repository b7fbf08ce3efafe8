"""The token game against the text of BPMN 2.0 (formal/2011-01-03): what events do."""

import pytest
from pen import Drawing
from token_game import Game, Stuck


def sketch(*lines: str) -> Drawing:
    return Drawing.of_process().sketch("s: start", "e: end", *lines)


def begin(drawing: Drawing, **data: object) -> Game:
    return Game(drawing.source, data)


def complete(game: Game, *names: str) -> None:
    for name in names:
        game.complete(name, {})


def boundary(drawing: Drawing, what: str, host: str, interrupting: bool = True) -> None:
    """Draws an event b on the boundary, and a task h behind it."""
    said = {"attachedToRef": host, "cancelActivity": str(interrupting).lower()}
    drawing.event("boundaryEvent", what, "b", **said)
    drawing.sketch("h: user", "z: end", "b > h > z")


def listen(drawing: Drawing, what: str, interrupting: bool, name: str = "l") -> None:
    """Draws an event subprocess with the start l, and a task lh behind it."""
    handler = drawing.inside(drawing.node("subProcess", f"{name}p", triggeredByEvent="true"))
    said = {"isInterrupting": str(interrupting).lower()}
    handler.event("startEvent", what, name, **said)
    handler.sketch(f"{name}h: user", f"{name}e: end", f"{name} > {name}h > {name}e")


def test_an_interrupting_event_cancels_its_activity():
    drawing = sketch("a: user", "s > a > e")
    boundary(drawing, "timer", "a")
    game = begin(drawing)
    assert (game.open, game.waiting) == (["a"], ["b"])
    game.fire("b")
    assert (game.open, game.waiting) == (["h"], [])
    complete(game, "h")
    assert game.ended and game.completed == dict.fromkeys("sbhz", 1)


def test_a_completed_activity_withdraws_its_boundary_events():
    drawing = sketch("a: user", "s > a > e")
    boundary(drawing, "timer", "a")
    game = begin(drawing)
    complete(game, "a")
    assert game.ended and game.waiting == []


@pytest.mark.parametrize(("what", "again"), [("timer", []), ("message m", ["b"])])
def test_a_non_interrupting_event_leaves_its_activity_and_only_timers_happen_once(what, again):
    drawing = sketch("a: user", "s > a > e")
    boundary(drawing, what, "a", interrupting=False)
    game = begin(drawing)
    game.fire("b")
    assert (game.open, game.waiting) == (["a", "h"], again)
    complete(game, "a")
    assert not game.ended and game.waiting == []
    complete(game, "h")
    assert game.ended


def subprocess(*lines: str) -> Drawing:
    drawing = sketch("p: subProcess", "c: user", "s > p > c > e")
    drawing.inside("p").sketch("is: start", *lines)
    return drawing


def test_an_interrupted_subprocess_ends_with_all_that_is_in_it():
    drawing = subprocess("a d: user", "is > a", "is > d")
    boundary(drawing.inside("p"), "message m", "a")
    drawing.event("boundaryEvent", "timer", "t", attachedToRef="p")
    drawing.sketch("u: user", "t > u > e")
    game = begin(drawing)
    assert (game.open, game.waiting) == (["a", "d"], ["b", "t"])
    game.fire("t")
    assert (game.open, game.waiting) == (["u"], [])
    assert game.completed["p"] == 0


def test_a_boundary_event_goes_on_with_all_that_was_written_in_the_activity():
    drawing = subprocess("a d: user", "is > a > d")
    boundary(drawing, "timer", "p")
    game = begin(drawing, x=0)
    game.complete("a", {"x": 1})
    game.fire("b")
    complete(game, "h")
    assert game.ended and game.data == {"x": 1}


def test_the_first_event_after_an_event_based_gateway_withdraws_the_others():
    drawing = sketch("g: eventBasedGateway", "r: receiveTask", "a b: user", "s > g > r > b > e")
    drawing.event("intermediateCatchEvent", "timer", "t")
    drawing.sketch("g > t > a > e")
    game = begin(drawing)
    assert game.waiting == ["r", "t"]
    game.fire("r")
    assert (game.open, game.waiting) == (["b"], [])
    assert game.completed == dict.fromkeys("sgr", 1)


def test_a_terminate_end_ends_its_subprocess_and_the_flow_goes_on():
    drawing = subprocess("a d: user", "is > a", "is > d")
    drawing.inside("p").event("endEvent", "terminate", "te")
    drawing.inside("p").sketch("a > te")
    game = begin(drawing)
    game.complete("a", {"x": 1})
    assert game.open == ["c"]
    complete(game, "c")
    assert game.ended and game.data == {"x": 1}


def test_a_terminate_end_of_the_process_ends_the_case():
    drawing = sketch("a d: user", "s > a > e", "s > d")
    drawing.event("endEvent", "terminate", "te")
    game = begin(drawing.sketch("d > te"))
    complete(game, "d")
    assert game.ended and game.open == []


def failing(what: str) -> Drawing:
    """A subprocess whose task a throws at its end, while d is open."""
    drawing = subprocess("a d: user", "is > a", "is > d")
    drawing.inside("p").event("endEvent", what, "te")
    drawing.inside("p").sketch("a > te")
    return drawing


@pytest.mark.parametrize("caught", ["error x", "error"])
def test_an_error_is_caught_on_the_boundary_and_always_interrupts(caught):
    drawing = failing("error x")
    boundary(drawing, caught, "p", interrupting=False)
    game = begin(drawing)
    assert game.waiting == []
    complete(game, "a")
    assert game.open == ["h"]


def test_an_error_goes_to_the_event_subprocess_of_its_scope_first():
    drawing = failing("error x")
    boundary(drawing, "error x", "p")
    listen(drawing.inside("p"), "error", interrupting=True)
    game = begin(drawing)
    complete(game, "a")
    assert game.open == ["lh"]
    complete(game, "lh")
    assert game.open == ["c"] and game.completed["p"] == game.completed["lp"] == 1


def test_an_error_within_its_own_handler_goes_outwards():
    drawing = failing("error x")
    boundary(drawing, "error x", "p")
    listen(drawing.inside("p"), "error", interrupting=True)
    handler = drawing.inside("p").inside("lp")
    handler.event("endEvent", "error x", "again")
    handler.sketch("lh > again")
    game = begin(drawing)
    complete(game, "a", "lh")
    assert game.open == ["h"]


@pytest.mark.parametrize("caught", [None, "error y"])
def test_an_error_nobody_catches_is_stuck(caught):
    drawing = failing("error x")
    if caught:
        boundary(drawing, caught, "p")
    game = begin(drawing)
    with pytest.raises(Stuck):
        complete(game, "a")


def test_who_names_the_error_catches_it_before_who_catches_all():
    drawing = failing("error x")
    boundary(drawing, "error", "p")
    drawing.event("boundaryEvent", "error x", "exact", attachedToRef="p")
    game = begin(drawing.sketch("k: user", "exact > k > e"))
    complete(game, "a")
    assert game.open == ["k"]


@pytest.mark.parametrize(
    ("caught", "interrupting", "then"),
    [
        ("escalation x", True, ["h"]),
        ("escalation x", False, ["d", "h"]),
        ("escalation y", True, ["d"]),
    ],
)
def test_an_escalation_interrupts_as_drawn_and_is_ignored_when_nobody_catches_it(
    caught, interrupting, then
):
    drawing = failing("escalation x")
    boundary(drawing, caught, "p", interrupting)
    game = begin(drawing)
    complete(game, "a")
    assert game.open == then


def test_whoever_throws_an_escalation_goes_on_when_not_interrupted():
    drawing = subprocess("a d: user", "is > a")
    drawing.inside("p").event("intermediateThrowEvent", "escalation x", "t")
    drawing.inside("p").sketch("a > t > d")
    listen(drawing, "escalation x", interrupting=False)
    game = begin(drawing)
    complete(game, "a")
    assert game.open == ["d", "lh"]


def test_a_signal_reaches_all_who_wait_for_it_now():
    drawing = sketch("f: all", "a c d h2: user", "s > f > a", "f > c")
    for name in ("one", "two"):
        drawing.event("intermediateCatchEvent", "signal x", name)
    drawing.event("intermediateCatchEvent", "signal y", "other")
    drawing.event("intermediateThrowEvent", "signal x", "throw")
    drawing.sketch("f > one", "f > other", "a > throw > d > e", "c > two > h2", "one > e")
    game = begin(drawing)
    assert game.waiting == ["one", "other"]
    complete(game, "a")
    # The signal is over when c is done: two waits for the next one.
    complete(game, "c")
    assert (game.open, game.waiting) == (["d"], ["other", "two"])
    assert game.completed["one"] == 1


def test_a_thrown_message_leaves_the_case():
    drawing = sketch("f: all", "s > f")
    drawing.event("intermediateCatchEvent", "message x", "catch")
    drawing.event("intermediateThrowEvent", "message x", "throw")
    game = begin(drawing.sketch("f > catch > e", "f > throw > e"))
    assert game.waiting == ["catch"] and game.completed["throw"] == 1


def test_an_interrupting_event_subprocess_cancels_all_else_in_its_scope():
    drawing = subprocess("a: user", "is > a")
    listen(drawing.inside("p"), "message m", interrupting=True)
    listen(drawing.inside("p"), "signal x", interrupting=False, name="k")
    game = begin(drawing)
    assert game.waiting == ["k", "l"]
    game.fire("k")
    assert game.open == ["a", "kh"]
    game.fire("l")
    assert (game.open, game.waiting) == (["lh"], [])
    complete(game, "lh")
    assert game.open == ["c"]


@pytest.mark.parametrize(("what", "again"), [("timer", []), ("signal x", ["l"])])
def test_a_non_interrupting_event_subprocess_keeps_its_scope_but_listening_does_not(what, again):
    drawing = sketch("a: user", "s > a > e")
    listen(drawing, what, interrupting=False)
    game = begin(drawing)
    game.fire("l")
    assert (game.open, game.waiting) == (["a", "lh"], again)
    complete(game, "a")
    assert not game.ended
    game.complete("lh", {"x": 1})
    assert game.ended and game.waiting == [] and game.data == {"x": 1}


def test_an_interrupting_event_cancels_all_instances_of_its_activity():
    drawing = sketch("a: user", "s > a > e")
    drawing.many("a", cardinality="3")
    boundary(drawing, "timer", "a")
    game = begin(drawing)
    complete(game, "a")
    game.fire("b")
    assert game.open == ["h"] and game.completed["a"] == 1


def test_a_signal_that_cancels_its_thrower_takes_it_along():
    drawing = sketch("a c: user", "s > a")
    drawing.event("intermediateThrowEvent", "signal x", "throw")
    listen(drawing.sketch("a > throw > c > e"), "signal x", interrupting=True)
    game = begin(drawing)
    complete(game, "a")
    assert game.open == ["lh"] and game.completed["throw"] == 1


def test_a_signal_does_not_reach_whom_its_first_catcher_has_cancelled():
    drawing = subprocess("a: user", "is > a")
    listen(drawing.inside("p"), "signal x", interrupting=True)
    drawing.inside("p").event("intermediateCatchEvent", "signal x", "catch")
    drawing.inside("p").sketch("d: user", "is > catch > d")
    drawing.event("intermediateThrowEvent", "signal x", "throw")
    game = begin(drawing.sketch("o: user", "s > o > throw > e"))
    complete(game, "o")
    assert game.open == ["lh"] and game.completed["catch"] == 0


def test_an_event_subprocess_does_not_begin_by_what_it_throws_itself():
    drawing = sketch("a: user", "s > a")
    drawing.event("endEvent", "escalation x", "te")
    listen(drawing.sketch("a > te"), "escalation x", interrupting=False)
    drawing.inside("lp").event("endEvent", "escalation x", "again")
    drawing.inside("lp").sketch("lh > again")
    game = begin(drawing)
    complete(game, "a", "lh")
    assert game.ended and game.completed["again"] == game.completed["lp"] == 1


def test_a_scope_taken_over_listens_no_more():
    drawing = subprocess("a: user", "is > a")
    boundary(drawing, "error", "p")
    listen(drawing.inside("p"), "message m", interrupting=True)
    listen(drawing.inside("p"), "error", interrupting=True, name="k")
    drawing.inside("p").inside("lp").event("endEvent", "error x", "te")
    drawing.inside("p").inside("lp").sketch("lh > te")
    game = begin(drawing)
    game.fire("l")
    complete(game, "lh")
    assert game.open == ["h"]
