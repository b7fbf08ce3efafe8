"""The token game against the text of BPMN 2.0 (formal/2011-01-03): flows, joins, data and loops."""

import pytest
from pen import Drawing
from token_game import Game, Stuck, TooLong


def sketch(*lines: str) -> Drawing:
    return Drawing.of_process().sketch("s: start", "e: end", *lines)


def begin(drawing: Drawing, **data: object) -> Game:
    return Game(drawing.source, data)


def complete(game: Game, *names: str) -> None:
    for name in names:
        game.complete(name, {})


def test_a_task_is_done_once_for_each_token_that_reaches_it():
    game = begin(sketch("a b c: user", "s > a", "a > b", "a > c", "b > c", "c > e"))
    complete(game, "a")
    assert game.open == ["b", "c"]
    complete(game, "b")
    assert game.open == ["c", "c"]
    complete(game, "c", "c")
    assert game.ended and game.completed == {"s": 1, "a": 1, "b": 1, "c": 2, "e": 2}


def test_a_parallel_join_takes_one_token_from_each_flow():
    game = begin(
        sketch("a b: user", "f j: all", "s > f > a > j > e", "f > b > j"),
    )
    complete(game, "a")
    assert game.open == ["b"] and not game.completed["j"]
    complete(game, "b")
    assert game.ended and game.completed["j"] == 1


def test_tokens_in_excess_stay_at_a_parallel_join_and_keep_the_case_open():
    game = begin(
        sketch(
            "a b c: user", "f j: all", "m: one", "s > f > a > m > j > e", "f > b > m", "f > c > j"
        )
    )
    complete(game, "a", "b", "c")
    assert game.completed["j"] == 1 and not game.ended
    assert game.open == game.waiting == []


EXCLUSIVE = ("a b c: user", "x: one", "s > x", "x > a if v >= 1", "x > b if v >= 2")


@pytest.mark.parametrize(("v", "way"), [(2, "a"), (1, "a"), (0, "c")])
def test_an_exclusive_decision_takes_the_first_true_flow_or_else_the_default(v, way):
    ways = ("x > c by default", "a > e", "b > e", "c > e")
    assert begin(sketch(*EXCLUSIVE, *ways), v=v).open == [way]


def test_an_exclusive_decision_without_a_way_is_stuck():
    with pytest.raises(Stuck, match="x"):
        begin(sketch(*EXCLUSIVE), v=0)


INCLUSIVE = (
    "a b c: user",
    "x j: some",
    "s > x",
    "x > a if v >= 1",
    "x > b if v >= 2",
    "x > c by default",
    *("a > j", "b > j", "c > j > e"),
)


@pytest.mark.parametrize(("v", "way"), [(0, "c"), (1, "a"), (2, "ab")])
def test_an_inclusive_decision_takes_all_true_flows_and_its_join_waits_for_them(v, way):
    game = begin(sketch(*INCLUSIVE), v=v)
    assert game.open == [*way]
    complete(game, *way)
    assert game.ended and game.completed["j"] == 1


def test_an_inclusive_decision_without_a_way_is_stuck():
    with pytest.raises(Stuck, match="x"):
        begin(sketch("a: user", "x: some", "s > x", "x > a if v == 1"), v=0)


def test_an_inclusive_join_goes_on_when_the_last_token_before_it_has_gone_elsewhere():
    game = begin(
        sketch(
            *("a b: user", "f: all", "x: one", "j: some", "z: end"),
            *("s > f > a > j > e", "f > b > x", "x > j if v == 1", "x > z by default"),
        ),
        v=0,
    )
    complete(game, "a")
    assert not game.completed["j"]
    complete(game, "b")
    assert game.ended and game.completed["j"] == game.completed["e"] == 1


def test_an_inclusive_join_does_not_wait_for_whoever_may_come_on_a_flow_that_has_a_token():
    """Table 13.3, iv to vi: from b paths lead to the empty flow x-j, and to the full m-j."""
    game = begin(
        sketch(
            *("a b: user", "f: all", "x m: one", "j: some"),
            *("s > f > a > m > j > e", "f > b > x", "x > j if v == 1", "x > m by default"),
        ),
        v=1,
    )
    complete(game, "a")
    assert game.completed["j"] == 1
    complete(game, "b")
    assert game.ended and game.completed["j"] == 2


def test_an_inclusive_join_waits_for_whom_only_a_path_through_itself_leads_to_a_full_flow():
    """Table 13.3, vi: b comes to the full flow x-j only through j, and to the empty m-j before."""
    game = begin(
        sketch(
            *("a b c: user", "f: all", "m x: one", "j: some", "s > f > a > m > j > c > x"),
            *("f > b > m", "x > j if v == 1", "x > e by default"),
        ),
        v=1,
    )
    complete(game, "a")
    # Here b comes to the full flow m-j, so that there is nothing to wait for.
    assert game.open == ["b", "c"]
    complete(game, "c")
    assert game.open == ["b"] and game.completed["j"] == 1
    complete(game, "b")
    assert game.open == ["c"] and game.completed["j"] == 2


@pytest.mark.parametrize("happens", ["complete", "fire"])
def test_an_inclusive_join_waits_for_whom_a_boundary_event_may_send(happens):
    drawing = sketch("a b: user", "f: all", "j: some", "z: end", "s > f > a > j > e", "f > b > z")
    drawing.event("boundaryEvent", "timer", "t", attachedToRef="b")
    game = begin(drawing.sketch("t > j"))
    complete(game, "a")
    assert not game.completed["j"]
    complete(game, "b") if happens == "complete" else game.fire("t")
    assert game.ended and game.completed["j"] == 1


def test_an_inclusive_join_in_a_subprocess_sees_no_tokens_outside():
    drawing = sketch("a: user", "f: all", "p: subProcess", "s > f > a > p > e", "f > p")
    drawing.inside("p").sketch("is: start", "b: user", "j: some", "is > j > b", "b > j")
    game = begin(drawing)
    assert game.open == ["a", "b"]


def test_flows_out_of_a_task_are_all_unconditional_ones_and_all_true_ones():
    lines = ("a b c d: user", "s > a", "a > b", "a > c if v == 1", "a > d by default")
    for v, ways in ((1, ["b", "c"]), (0, ["b", "d"])):
        game = begin(sketch(*lines, "b > e", "c > e", "d > e"), v=v)
        complete(game, "a")
        assert game.open == ways


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_a_stale_copy_never_overrides_a_newer_value_at_a_join(order):
    game = begin(sketch("a b: user", "f j: all", "s > f > a > j > e", "f > b > j"), x=0, y=0)
    given = {"a": {"x": 1, "y": "a"}, "b": {"y": "b"}}
    for name in order:
        game.complete(name, given[name])
    assert game.data == {"x": 1, "y": order[-1]}


def test_branches_do_not_see_each_others_values():
    lines = ("x: one", "b c d: user", "b > x", "x > c if v == 1", "x > d by default")
    game = begin(sketch("a: user", "f: all", "s > f > a > e", "f > b", *lines), v=0)
    game.complete("a", {"v": 1})
    complete(game, "b")
    assert game.open == ["d"]


def test_the_data_of_a_subprocess_goes_in_and_comes_out():
    drawing = sketch("p: subProcess", "s > p > e")
    inner = drawing.inside("p").sketch("is: start", "ie: end")
    inner.chain("is", inner.script("y = x + 1\nx = 5", "t"), "ie")
    game = begin(drawing, x=1)
    assert game.ended and game.data == {"x": 5, "y": 2}
    assert game.completed == dict.fromkeys(["s", "p", "e", "is", "t", "ie"], 1)


def many(**said: object) -> Drawing:
    drawing = sketch("a: user", "s > a > e")
    drawing.many("a", **said)
    return drawing


EACH = {"collection": "all", "item": "one", "outputs": "results", "output": "result"}


def test_parallel_instances_are_open_together_and_collected_in_the_order_of_the_items():
    game = begin(many(**EACH), all=["x", "y"])
    assert game.open == ["a", "a"]
    game.complete("a", {"result": 1, "x": 1, "one": "?"})
    game.complete("a", {"result": 2, "x": 2})
    assert game.ended and game.completed["a"] == 2
    assert game.data == {"all": ["x", "y"], "results": [1, 2], "x": 2}


def test_sequential_instances_follow_each_other_and_know_what_the_earlier_wrote():
    drawing = many(sequential=True, cardinality="3", until="x == 2")
    game = begin(drawing, x=0, loopCounter="outside")
    for step in (1, 2):
        assert game.open == ["a"]
        game.complete("a", {"x": step})
    assert game.ended and game.completed["a"] == 2
    assert game.data == {"x": 2, "loopCounter": "outside"}


def test_a_completion_condition_cancels_the_remaining_instances():
    game = begin(many(**EACH, until="nrOfCompletedInstances == 2"), all=[1, 2, 3])
    game.complete("a", {"result": "a"})
    assert game.open == ["a", "a"]
    game.complete("a", {"result": "b"})
    assert game.ended and game.open == [] and game.data["results"] == ["a", "b"]


@pytest.mark.parametrize("sequential", [True, False])
def test_no_items_complete_the_activity_at_once(sequential):
    game = begin(many(**EACH, sequential=sequential), all=[])
    assert game.ended and game.completed["a"] == 0 and game.data["results"] == []
    assert begin(many(cardinality="0", sequential=sequential)).ended


def test_instances_of_a_subprocess_know_their_own_item():
    drawing = sketch("p: subProcess", "s > p > e")
    drawing.inside("p").sketch("is: start", "x: one", "b c: user", "is > x")
    drawing.inside("p").sketch("x > b if one == 1", "x > c by default")
    drawing.many("p", **EACH)
    game = begin(drawing, all=[1, 2])
    assert game.open == ["b", "c"]
    game.complete("c", {"result": "second"})
    game.complete("b", {"result": "first"})
    assert game.data == {"all": [1, 2], "results": ["first", "second"]}


@pytest.mark.parametrize(
    ("before", "given", "rounds"),
    [(True, [], 0), (False, [0], 1), (False, [1, 0], 2), (False, [1, 1, 1], 3)],
)
def test_a_standard_loop_repeats_while_its_condition_holds(before, given, rounds):
    drawing = sketch("a: user", "s > a > e")
    drawing.again_while("a", "v == 1", maximum=3, test_before=before)
    game = begin(drawing, v=0)
    for v in given:
        game.complete("a", {"v": v})
    assert game.ended and game.completed["a"] == rounds and "loopCounter" not in game.data


def test_a_token_that_runs_in_circles_is_too_much():
    with pytest.raises(TooLong):
        begin(sketch("m: one", "x: all", "s > m > x > m", "x > e"))
    with pytest.raises(TooLong):
        begin(sketch("m x: one", "s > m > x > m if v == 1", "x > e by default"), v=1)
