"""Alur runs a process exactly as stock SpiffWorkflow does: tokens, data and end, step by step.

Stock runs on the same XML in plain Python's spelling and stores its whole self, specification
included, between all steps; ours stores its state.
"""

from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.util.task import TaskState

from engine.checking import check
from engine.execution import Execution

NOT_REACHED = TaskState.PREDICTED_MASK | TaskState.FUTURE
MAX_STEPS = 14
OPEN = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="contoh">'
)


class Stock:
    """A case on SpiffWorkflow as it comes."""

    def __init__(self, source: bytes, key: str, data: dict[str, Any]) -> None:
        parser = BpmnParser()
        parser.add_bpmn_xml(_in_plain_python(source))
        self.serializer = BpmnWorkflowSerializer()
        self.workflow = BpmnWorkflow(parser.get_spec(key), parser.get_subprocess_specs(key))
        self.workflow.task_tree.data.update(data)
        self.workflow.do_engine_steps()

    def store(self) -> None:
        stored = self.serializer.serialize_json(self.workflow)
        self.workflow = self.serializer.deserialize_json(stored)

    def ready(self) -> list[tuple[str, Any]]:
        tasks = self.workflow.get_tasks(state=TaskState.READY, manual=True)
        return sorted((_path(task), task.id) for task in tasks)

    def complete(self, task_id: Any, given: dict[str, Any]) -> None:
        task = self.workflow.get_task_from_id(task_id)
        task.data.update(given)
        task.run()
        self.workflow.do_engine_steps()


class Ours:
    """A case on Alur."""

    def __init__(self, source: bytes, key: str, data: dict[str, Any]) -> None:
        (self.program,) = check(source).programs
        assert self.program.diagram.key == key
        self.execution = Execution.start(self.program, data)

    @property
    def workflow(self) -> BpmnWorkflow:
        return self.execution._flow

    def store(self) -> None:
        self.execution = Execution.load(self.program, self.execution.save())

    def ready(self) -> list[tuple[str, Any]]:
        tasks = {task.id.hex: task for task in self.workflow.get_tasks()}
        return sorted((_path(tasks[task_id]), task_id) for task_id in self.execution.open_tasks)

    def complete(self, task_id: Any, given: dict[str, Any]) -> None:
        self.execution.complete(task_id, given)


def compare(source: bytes, key: str, data: dict[str, Any], answers: list[tuple[int, dict]]) -> int:
    """Runs both with the same answers, (which of the open tasks, values); the steps taken."""
    stock, ours = Stock(source, key, data), Ours(source, key, data)
    for step, (choice, answer) in enumerate(answers):
        assert _seen(ours.workflow) == _seen(stock.workflow)
        stock.store()
        ours.store()
        assert _seen(ours.workflow) == _seen(stock.workflow)
        ready = stock.ready()
        assert [path for path, _ in ours.ready()] == [path for path, _ in ready]
        if not ready:
            assert stock.workflow.is_completed()
            return step
        place = choice % len(ready)
        stock.complete(ready[place][1], answer)
        ours.complete(ours.ready()[place][1], answer)
    assert _seen(ours.workflow) == _seen(stock.workflow)
    return len(answers)


def _seen(workflow: BpmnWorkflow) -> dict[str, Any]:
    """The tokens with their data, and whether the case has ended with what."""
    tokens = [
        (_path(task), TaskState.get_name(task.state), dict(sorted(task.data.items())))
        for task in workflow.tasks.values()
        if task.state & ~NOT_REACHED
    ]
    return {
        "tokens": sorted(tokens, key=repr),
        "ended": workflow.is_completed(),
        "data": dict(sorted(workflow.data.items())),
        "last": workflow.last_task and _path(workflow.last_task),
    }


def _path(task: Any) -> str:
    names = []
    while task is not None:
        names.append(task.task_spec.name)
        task = task.parent
    return "/".join(reversed(names))


def _in_plain_python(source: bytes) -> etree._Element:
    """The process for stock: no Camunda spelling, quoted timers, and no message it cannot send."""
    root = etree.fromstring(source)
    for condition in root.iter("{*}conditionExpression"):
        condition.text = (condition.text or "").removeprefix("${").removesuffix("}")
    for duration in root.iter("{*}timeDuration"):
        duration.text = f'"{duration.text}"'
    for message in list(root.iter("{*}messageEventDefinition")):
        message.getparent().remove(message)
    return root


@pytest.mark.parametrize("disagreements", [0, 1, 3])
def test_the_skp_procedure_runs_as_on_stock(skp, disagreements):
    said = ["tidak_setuju"] * disagreements + ["setuju"]
    rounds = [
        (0, answer)
        for keputusan in said
        for answer in ({"nilai_skp": 91.5, "rincian": [{"a": 1}]}, {"keputusan": keputusan})
    ]
    answers = [(0, {"periode": 2026}), (0, {}), *rounds, *[(0, {"catatan": n}) for n in range(4)]]
    # One answer too many: there is nothing left to do for it.
    assert compare(skp, "skp_collection", {"pegawai": "Budi"}, [*answers, (0, {})]) == len(answers)


@dataclass
class Drawing:
    """Elements and flows of a process, with names that follow each other."""

    xml: list[str]
    numbers: "count[int]"

    def node(self, kind: str) -> str:
        name = f"{kind}_{next(self.numbers)}"
        self.xml.append(f'<bpmn:{kind} id="{name}" />')
        return name

    def flow(self, source: str, target: str, condition: str | None = None) -> None:
        said = (
            f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">${{{condition}}}'
            "</bpmn:conditionExpression>"
        )
        self.xml.append(
            f'<bpmn:sequenceFlow id="flow_{next(self.numbers)}" sourceRef="{source}"'
            f' targetRef="{target}">{said if condition else ""}</bpmn:sequenceFlow>'
        )

    def block(self, block: tuple) -> tuple[str, str]:
        """Draws a block; the names of its first and its last node."""
        kind, *parts = block
        drawn: list[tuple[str, str]] = []
        if kind in ("userTask", "manualTask"):
            name = self.node(kind)
            return name, name
        first = self.node("exclusiveGateway" if kind != "both" else "parallelGateway")
        drawn = [self.block(part) for part in parts]
        if kind == "sequence":
            for (_, before), (after, _) in zip([(first, first), *drawn], drawn, strict=False):
                self.flow(before, after)
            return first, drawn[-1][1]
        last = self.node("exclusiveGateway" if kind != "both" else "parallelGateway")
        if kind == "again":
            ((begin, end),) = drawn
            self.flow(first, begin)
            self.flow(end, last)
            onward = self.node("userTask")
            self.flow(last, first, "x == 1")
            self.flow(last, onward, "x != 1")
            return first, onward
        for place, (begin, end) in enumerate(drawn):
            exclusive = f"x == {place}" if place < len(drawn) - 1 else f"x >= {place}"
            self.flow(first, begin, exclusive if kind == "one of" else None)
            self.flow(end, last)
        return first, last


def drawn(block: tuple) -> bytes:
    drawing = Drawing([], count())
    start, end = drawing.node("startEvent"), drawing.node("endEvent")
    first, last = drawing.block(block)
    drawing.flow(start, first)
    drawing.flow(last, end)
    inner = "".join(drawing.xml)
    process = f'<bpmn:process id="p" isExecutable="true">{inner}</bpmn:process>'
    return f"{OPEN}{process}</bpmn:definitions>".encode()


def parts(inner: st.SearchStrategy, kind: str) -> st.SearchStrategy:
    return st.lists(inner, min_size=2, max_size=3).map(lambda found: (kind, *found))


BLOCKS = st.recursive(
    st.sampled_from([("userTask",), ("manualTask",)]),
    lambda inner: (
        parts(inner, "sequence")
        | parts(inner, "one of")
        | parts(inner, "both")
        | inner.map(lambda found: ("again", found))
    ),
    max_leaves=6,
)
ANSWERS = st.lists(
    st.tuples(st.integers(0, 5), st.fixed_dictionaries({"x": st.integers(0, 2)})),
    min_size=4,
    max_size=MAX_STEPS,
)


@settings(max_examples=60, derandomize=True, deadline=None, database=None)
@given(BLOCKS.filter(lambda block: len(block) > 1), ANSWERS)
def test_any_process_of_blocks_runs_as_on_stock(block, answers):
    numbered = [
        (choice, answer | {f"langkah_{step}": step})
        for step, (choice, answer) in enumerate(answers)
    ]
    compare(drawn(block), "p", {"x": 0, "awal": [1, {"a": None}]}, numbered)


@pytest.mark.parametrize(
    "block",
    [
        ("both", ("userTask",), ("again", ("userTask",))),
        ("again", ("both", ("userTask",), ("userTask",))),
        ("again", ("again", ("userTask",))),
        (
            "both",
            ("both", ("userTask",), ("manualTask",)),
            ("one of", ("userTask",), ("userTask",)),
        ),
        (
            "sequence",
            ("one of", ("userTask",), ("userTask",)),
            ("both", ("userTask",), ("userTask",)),
        ),
    ],
)
@pytest.mark.parametrize("rounds", [[0], [1, 1, 0], [2, 1, 0, 1]])
def test_nested_blocks_run_as_on_stock(block, rounds):
    answers = [(step, {"x": rounds[step % len(rounds)], "n": step}) for step in range(MAX_STEPS)]
    compare(drawn(block), "p", {"x": 0}, answers)


def test_the_comparison_notices_a_difference(skp):
    stock = Stock(skp, "skp_collection", {})
    ours = Ours(skp, "skp_collection", {"x": 1})
    assert _seen(ours.workflow) != _seen(stock.workflow)
    ours = Ours(skp, "skp_collection", {})
    assert _seen(ours.workflow) == _seen(stock.workflow)
    ours.complete(ours.ready()[0][1], {})
    assert _seen(ours.workflow) != _seen(stock.workflow)
