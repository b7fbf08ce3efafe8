"""Where stock SpiffWorkflow is wrong and Alur right, each with the clause (decision record 11).

Constructs that differ as a whole are in `test_equality.py`. When a newer SpiffWorkflow is right,
the line on stock fails.
"""

from typing import Any

import pytest
from pen import Drawing
from SpiffWorkflow.bpmn.exceptions import WorkflowDataException
from stock import Stock

from bpmn.elements import diagrams
from bpmn.reading import read
from engine.spiff.execution import Execution
from engine.spiff.programs import compile_diagram


def sketch(*lines: str) -> Drawing:
    return Drawing.of_process().sketch("s: start", "e: end", *lines)


def on_both(
    drawing: Drawing, data: dict[str, Any], *acts: tuple[str, dict[str, Any]]
) -> tuple[Stock, Execution]:
    """The same case on both, after the same tasks."""
    program = compile_diagram(diagrams(read(drawing.source))[0])
    stock, ours = Stock("p", data, drawing.source), Execution.start(program, data)
    for element, given in acts:
        stock.do(element, given)
        found = [task for task, node in ours.open_tasks.items() if node == element]
        ours.complete(min(found, key=lambda one: ours._task(one).last_state_change), given)
    return stock, ours


def open_nodes(case: Execution) -> list[str]:
    return sorted(case.open_tasks.values())


def test_stock_loses_a_token_in_excess_at_a_parallel_join():
    """13.3.1: excess tokens remain; so the case goes on when their partner comes."""
    drawing = sketch(
        *("f j: all", "m n: one", "a b c d h: user", "s > f > a > m > j > h > e"),
        *("f > b > m", "f > c > n > j", "f > d > n"),
    )
    acts = [(name, {}) for name in "abcd"]
    stock, ours = on_both(drawing, {}, *acts)
    assert open_nodes(ours) == ["h", "h"]
    assert stock.waiting() == ["h"]


def test_stock_lets_a_parallel_join_in_a_loop_fire_too_early():
    """10.5.4: a token from each way in, in every round."""
    drawing = sketch(
        *("m x: one", "f j: all", "a b: user", "s > m > f > a > j > x", "f > b > j"),
        *("x > m if lagi == 1", "x > e by default"),
    )
    once = [("a", {"lagi": 1}), ("b", {"lagi": 1})]
    stock, ours = on_both(drawing, {"lagi": 1}, *once, ("b", {"lagi": 1}))
    assert open_nodes(ours) == ["a"]
    assert stock.waiting() != ["a"]


def test_stock_merges_lists_place_by_place_where_ways_meet():
    """10.3: what is written in one branch is a value, not a patch."""
    drawing = sketch("f j: all", "a b c: user", "s > f > a > j > c > e", "f > b > j")
    stock, ours = on_both(drawing, {"daftar": [1, 2, 3]}, ("a", {"daftar": [9]}), ("b", {}))
    (task,) = ours.open_tasks
    assert ours.data_of(task)["daftar"] == [9]
    (waiting,) = stock._waiting()
    assert waiting.data["daftar"] != [9]


def test_stock_does_not_run_instances_whose_item_has_the_name_of_other_data():
    """10.2.8: the inputDataItem is local to its instance."""
    drawing = sketch("a b: user", "s > a > b > e")
    drawing.many("a", sequential=True, collection="semua", item="satu")
    data = {"semua": [1, 2], "satu": "luar"}
    with pytest.raises(WorkflowDataException):
        Stock("p", data, drawing.source)
    case = Execution.start(compile_diagram(diagrams(read(drawing.source))[0]), data)
    seen = []
    while "a" in case.open_tasks.values():
        (task,) = case.open_tasks
        seen.append(case.data_of(task)["satu"])
        case.complete(task, {})
    assert (seen, case.data["satu"]) == ([1, 2], "luar")


def test_stock_takes_the_ways_of_a_decision_from_the_top_of_the_picture_downwards():
    """10.5.2: conditions are looked at in order; the picture carries no meaning (record 11)."""
    drawing = sketch("x: one", "a b: user", "s > x", "x > a if v >= 1", "x > b if v >= 1")
    source = drawing.sketch("a > e", "b > e").source
    stock, ours = on_both(drawing, {"v": 1})
    assert stock.waiting() == open_nodes(ours) == ["a"]
    shapes = "".join(
        f'<di:BPMNShape id="{name}_di" bpmnElement="{name}"><dc:Bounds x="{y}" y="{y}" width="9"'
        ' height="9" /></di:BPMNShape>'
        for name, y in {"s": 1, "x": 2, "a": 90, "b": 10, "e": 5}.items()
    )
    picture = (
        '<di:BPMNDiagram xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" id="d"'
        ' xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"><di:BPMNPlane id="pl"'
        f' bpmnElement="p">{shapes}</di:BPMNPlane></di:BPMNDiagram></bpmn:definitions>'
    )
    drawn = source.replace(b"</bpmn:definitions>", picture.encode())
    assert Stock("p", {"v": 1}, drawn).waiting() == ["b"]
    program = compile_diagram(diagrams(read(drawn))[0])
    assert open_nodes(Execution.start(program, {"v": 1})) == ["a"]


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_stock_lets_whoever_comes_last_overwrite_with_a_stale_copy(order):
    """10.3: a copy that nobody has changed is not written."""
    drawing = sketch("f j: all", "a b c: user", "s > f > a > j > c > e", "f > b > j")
    stock, ours = on_both(drawing, {"x": 0}, *[(n, {"x": 1} if n == "a" else {}) for n in order])
    (task,) = ours.open_tasks
    assert ours.data_of(task)["x"] == 1
    (waiting,) = stock._waiting()
    assert waiting.data["x"] == (0 if order == "ab" else 1)
