"""Strategies for whole processes and for ways through them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from hypothesis import strategies as st
from pen import Drawing
from shapes import SOME, Block, whole

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

ANSWERS = 20  # more than most runs need: lists of any length would be short
GIVEN = {"awal": 1, "daftar": ["a", "b", "c"], "kosong": []}
GATEWAYS = ["exclusiveGateway", "parallelGateway", "inclusiveGateway"]
# Names given with each answer: what decides, and what instances hand out.
DECISION, OUTPUT = re.compile(rb"\bv_\w+"), re.compile(rb'outputDataItem id="(\w+)"')
Answer = tuple[int, dict[str, object]]


class Run(NamedTuple):
    """A process, what it starts with, and how it goes on."""

    source: bytes
    data: dict[str, object]
    answers: list[Answer]


def blocks() -> SearchStrategy[bytes]:
    """Processes of blocks in blocks."""
    return block_trees().map(drawn)


def block_trees() -> SearchStrategy[Block]:
    yes_or_no = st.booleans()
    source = st.sampled_from(["0", "1", "2", "3", "daftar", "kosong"])
    until = st.sampled_from([None, "nrOfCompletedInstances >= 2"])
    leaves = st.one_of(
        st.sampled_from([("userTask",), ("manualTask",), ("script",), ("awaited",)]),
        st.sampled_from([("received",), ("terminated",), ("signalled",)]),
        st.tuples(st.just("fork"), yes_or_no),
        st.tuples(st.just("bounded"), st.sampled_from(["timer", "message", "signal"]), yes_or_no),
        st.tuples(st.just("many"), yes_or_no, source, until),
        st.tuples(st.just("many as in Camunda"), yes_or_no, st.sampled_from(["daftar", "kosong"])),
        st.tuples(st.just("repeated"), yes_or_no, st.integers(1, 3)),
        st.tuples(st.just("thrown"), st.just("escalation"), yes_or_no),
        st.just(("thrown", "error", True)),
    )
    return _around(st.recursive(leaves, _around, max_leaves=4))


def _around(inner: SearchStrategy[Block]) -> SearchStrategy[Block]:
    """Blocks with others in them."""
    kinds = st.sampled_from(["sequence", "exclusive", "parallel", "inclusive"])
    several = st.tuples(kinds, st.lists(inner, min_size=2, max_size=3))
    joined = several.map(lambda found: (found[0], *found[1]))
    events = [("signal", False), ("timer", False), ("message", False), ("message", True)]
    return st.one_of(
        joined,
        joined,  # twice as likely as the others
        st.tuples(st.sampled_from(["loop", "subprocess"]), inner),
        st.tuples(st.sampled_from(events), inner).map(lambda it: ("watched", *it[0], it[1])),
    )


def drawn(block: Block) -> bytes:
    drawing = Drawing.of_process()
    whole(drawing, block)
    return drawing.source


@st.composite
def nets(draw: DrawFn, boundaries: bool = False) -> bytes:
    """Unstructured processes of tasks and gateways, each on a way from the start to an end.

    Whoever goes backwards goes from or to a task, so that no token runs in circles by itself.
    With `boundaries` some of the tasks have boundary timers.
    """
    drawing = Drawing.of_process()
    kinds = draw(st.lists(st.sampled_from(["userTask"] * 3 + GATEWAYS), min_size=4, max_size=12))
    nodes = [drawing.node(kind) for kind in kinds]
    ends = [drawing.node("endEvent") for _ in range(draw(st.integers(1, 2)))]
    drawing.chain(drawing.node("startEvent"), nodes[0])
    # A node may appear among the sources twice: once itself, and once by its boundary event.
    sources = list(enumerate(nodes))
    if boundaries:
        sources += [
            (place, _timer(drawing, node, draw(st.booleans())))
            for place, node in enumerate(nodes)
            if node.startswith("userTask") and draw(st.booleans())
        ]
    pairs = _pairs(draw, nodes, sources)
    pairs += [(draw(st.sampled_from(nodes)), end) for end in ends]
    for place, source in sources:
        targets = [target for origin, target in pairs if origin == source]
        onward = nodes[place + 1 :] + ends
        if not any(target in onward for target in targets):
            targets.append(draw(st.sampled_from(onward)))
        _flows(drawing, source, targets, draw(st.booleans()))
    return drawing.source


def _timer(drawing: Drawing, host: str, interrupting: bool) -> str:
    said = {"attachedToRef": host, "cancelActivity": str(interrupting).lower()}
    return drawing.event("boundaryEvent", "timer", **said)


def _pairs(draw: DrawFn, nodes: list[str], sources: list[tuple[int, str]]) -> list[tuple[str, str]]:
    """Flows that reach each node from the first, and some more in any direction."""
    pairs = [
        (draw(st.sampled_from(nodes[:place])), node) for place, node in enumerate(nodes) if place
    ]
    for _ in range(draw(st.integers(0, len(nodes)))):
        place, source = draw(st.sampled_from(sources))
        target = draw(st.sampled_from(nodes))
        onward = nodes.index(target) > place
        if onward or "userTask" in (source + target):
            pairs.append((source, target))
    return list(dict.fromkeys(pairs))


def _flows(drawing: Drawing, source: str, targets: list[str], conditional: bool) -> None:
    """With several, decisions have conditions and a default, and some tasks one condition."""
    variable, kind = f"v_{source}", source.partition("_")[0]
    *before, last = targets
    for place, target in enumerate(before):
        condition = None
        if kind == "exclusiveGateway":
            condition = f"{variable} == {place + 1}"
        elif kind == "inclusiveGateway":
            condition = SOME[place % 2].format(v=variable)
        elif kind == "userTask" and conditional:
            condition = f"{variable} == 1"
        drawing.flow(source, target, condition)
    drawing.flow(source, last, default=bool(before) and kind in GATEWAYS[::2])


def answers(source: bytes) -> SearchStrategy[list[Answer]]:
    """What is chosen among all that is open or waiting, with values and a name of each step."""
    decisions, outputs = names(source, DECISION), names(source, OUTPUT)
    given = st.fixed_dictionaries({name: st.integers(0, 3) for name in decisions})
    steps = st.lists(st.tuples(st.integers(0, 7), given), min_size=ANSWERS, max_size=ANSWERS)
    return steps.map(
        lambda found: [_answer(*answer, outputs, step) for step, answer in enumerate(found)]
    )


def _answer(choice: int, values: dict[str, int], outputs: list[str], step: int) -> Answer:
    return choice, {**values, **dict.fromkeys([*outputs, f"langkah_{step}"], step)}


@st.composite
def runs(draw: DrawFn, processes: SearchStrategy[bytes]) -> Run:
    source = draw(processes)
    data = GIVEN | dict.fromkeys(names(source, DECISION), 0)
    return Run(source, data, draw(answers(source)))


def names(source: bytes, kind: re.Pattern[bytes]) -> list[str]:
    return sorted({name.decode() for name in kind.findall(source)})
