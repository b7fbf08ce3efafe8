"""Blocks of processes, each drawn into a `Drawing` with one way in and one way out.

A block is its kind and its parts, some of them blocks: ("loop", ("userTask",)).
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from pen import Drawing

Block = tuple[Any, ...]
Ends = tuple[str, str]  # the first node and the last
# Of the values 0 to 3 both, one or none are true.
SOME = ("{v} == 1 or {v} == 3", "{v} >= 2")


def draw(drawing: Drawing, block: Block) -> Ends:
    kind, *parts = block
    return SHAPES[kind](drawing, *parts)


def by_hand(kind: str) -> Callable[[Drawing], Ends]:
    def shape(drawing: Drawing) -> Ends:
        name = drawing.node(kind)
        return name, name

    return shape


def script(drawing: Drawing) -> Ends:
    name = drawing.name("naskah")
    drawing.script(f"hasil_{name} = awal + 1", name)
    return name, name


def sequence(drawing: Drawing, *parts: Block) -> Ends:
    drawn = [draw(drawing, part) for part in parts]
    for (_, before), (after, _) in pairwise(drawn):
        drawing.flow(before, after)
    return drawn[0][0], drawn[-1][1]


def exclusive(drawing: Drawing, *parts: Block) -> Ends:
    first, last = drawing.node("exclusiveGateway"), drawing.node("exclusiveGateway")
    conditions = [f"v_{first} == {place}" for place in range(1, len(parts))]
    return between(drawing, first, last, conditions, *parts)


def inclusive(drawing: Drawing, *parts: Block) -> Ends:
    first, last = drawing.node("inclusiveGateway"), drawing.node("inclusiveGateway")
    conditions = [condition.format(v=f"v_{first}") for condition in SOME[: len(parts) - 1]]
    return between(drawing, first, last, conditions, *parts)


def parallel(drawing: Drawing, *parts: Block) -> Ends:
    first, last = drawing.node("parallelGateway"), drawing.node("parallelGateway")
    return between(drawing, first, last, None, *parts)


def fork(drawing: Drawing, unconditional: bool) -> Ends:
    """Conditional flows straight out of a task."""
    first, last = drawing.node("userTask"), drawing.node("inclusiveGateway")
    conditions = [condition.format(v=f"v_{first}") for condition in SOME]
    if unconditional:
        drawing.flow(first, last)
    return between(drawing, first, last, conditions, *[("userTask",)] * 3)


def between(
    drawing: Drawing, first: str, last: str, conditions: list[str] | None, *parts: Block
) -> Ends:
    """Branches; the one without a condition is the default where others have one."""
    for place, part in enumerate(parts):
        begin, end = draw(drawing, part)
        conditional = conditions is not None and place < len(conditions)
        drawing.flow(
            first,
            begin,
            conditions[place] if conditions and conditional else None,
            default=bool(conditions) and not conditional,
        )
        drawing.flow(end, last)
    return first, last


def loop(drawing: Drawing, part: Block) -> Ends:
    first, last = drawing.node("exclusiveGateway"), drawing.node("exclusiveGateway")
    begin, end = draw(drawing, part)
    onward = drawing.node("userTask")
    drawing.chain(first, begin)
    drawing.chain(end, last)
    drawing.flow(last, first, f"v_{last} == 1")
    drawing.flow(last, onward, default=True)
    return first, onward


def subprocess(drawing: Drawing, part: Block) -> Ends:
    name = drawing.node("subProcess")
    whole(drawing.inside(name), part)
    return name, name


def whole(drawing: Drawing, part: Block) -> None:
    """A start, a block and an end."""
    start, (begin, end) = drawing.node("startEvent"), draw(drawing, part)
    drawing.chain(start, begin)
    drawing.chain(end, drawing.node("endEvent"))


def bounded(drawing: Drawing, what: str, interrupting: bool) -> Ends:
    """A task with a boundary event."""
    task, after = drawing.node("userTask"), drawing.node("userTask")
    event, last = boundary(drawing, task, what, interrupting), drawing.node("exclusiveGateway")
    drawing.chain(event, after, last if interrupting else drawing.node("endEvent"))
    drawing.chain(task, last)
    return task, last


def boundary(drawing: Drawing, host: str, what: str, interrupting: bool) -> str:
    attributes = {"attachedToRef": host, "cancelActivity": str(interrupting).lower()}
    if what in {"message", "signal"}:
        what = f"{what} {drawing.name('kode')}"
    return drawing.event("boundaryEvent", what, **attributes)


def awaited(drawing: Drawing) -> Ends:
    """An event-based gateway."""
    first, last = drawing.node("eventBasedGateway"), drawing.node("exclusiveGateway")
    message = drawing.code("message", drawing.name("kode"))
    branches = [
        drawing.event("intermediateCatchEvent", "timer"),
        drawing.event("intermediateCatchEvent", f"message {drawing.name('kode')}"),
        drawing.node("receiveTask", messageRef=message),
    ]
    for branch in branches:
        drawing.chain(first, branch, drawing.node("userTask"), last)
    return first, last


def received(drawing: Drawing) -> Ends:
    """Something that waits, and a message sent."""
    message = drawing.code("message", drawing.name("kode"))
    task = drawing.node("receiveTask", messageRef=message)
    sent = drawing.event("intermediateThrowEvent", f"message {drawing.name('kode')}")
    drawing.chain(task, sent)
    return task, sent


def many(drawing: Drawing, sequential: bool, source: str, until: str | None) -> Ends:
    """A multi-instance task; `source` is a number or the name of a collection."""
    name = drawing.name("banyak")
    drawing.node("userTask", name)
    amount = {"cardinality": source} if source.isdigit() else {"collection": source}
    item = {} if source.isdigit() else {"item": f"butir_{name}"}
    output = {"outputs": f"semua_{name}", "output": f"hasil_{name}"}
    drawing.many(name, sequential=sequential, until=until, **amount, **item, **output)
    return name, name


def many_as_in_camunda(drawing: Drawing, sequential: bool, source: str) -> Ends:
    name = drawing.node("userTask")
    drawing.many_as_in_camunda(name, source, f"butir_{name}", sequential)
    return name, name


def repeated(drawing: Drawing, test_before: bool, maximum: int) -> Ends:
    """A standard loop."""
    name = drawing.node("userTask")
    drawing.again_while(name, f"v_{name} == 1", maximum, test_before)
    return name, name


def terminated(drawing: Drawing) -> Ends:
    """A subprocess one branch of which ends all."""
    name = drawing.node("subProcess")
    inner = drawing.inside(name)
    split = inner.node("parallelGateway")
    inner.chain(inner.node("startEvent"), split)
    end = inner.event("endEvent", "terminate")
    inner.chain(split, inner.node("userTask"), end)
    inner.chain(split, inner.node("userTask"), inner.node("userTask"), inner.node("endEvent"))
    return name, name


def thrown(drawing: Drawing, what: str, interrupting: bool) -> Ends:
    """A subprocess that may throw an error or an escalation, caught on its boundary."""
    name, code = drawing.node("subProcess"), drawing.name("kode")
    inner = drawing.inside(name)
    split, decision = inner.node("parallelGateway"), inner.node("exclusiveGateway")
    inner.chain(inner.node("startEvent"), split, inner.node("userTask"), inner.node("endEvent"))
    inner.chain(split, inner.node("userTask"), decision)
    inner.flow(decision, inner.event("endEvent", f"{what} {code}"), f"v_{decision} == 1")
    inner.flow(decision, inner.node("endEvent"), default=True)
    catcher = boundary(drawing, name, f"{what} {code}", interrupting)
    last, after = drawing.node("exclusiveGateway"), drawing.node("userTask")
    drawing.chain(catcher, after, last if interrupting else drawing.node("endEvent"))
    drawing.chain(name, last)
    return name, last


def signalled(drawing: Drawing) -> Ends:
    """One branch throws a signal after a task, the other waits for it."""
    split, join = drawing.node("parallelGateway"), drawing.node("parallelGateway")
    signal = f"signal {drawing.name('kode')}"
    throw, catch = (
        drawing.event(f"intermediate{kind}Event", signal) for kind in ("Throw", "Catch")
    )
    drawing.chain(split, drawing.node("userTask"), throw, drawing.node("userTask"), join)
    drawing.chain(split, catch, drawing.node("userTask"), join)
    return split, join


def watched(drawing: Drawing, what: str, interrupting: bool, part: Block) -> Ends:
    """A subprocess with an event subprocess."""
    name = drawing.node("subProcess")
    inner = drawing.inside(name)
    whole(inner, part)
    handler = inner.inside(inner.node("subProcess", triggeredByEvent="true"))
    said = what if what == "timer" else f"{what} {drawing.name('kode')}"
    start = handler.event("startEvent", said, isInterrupting=str(interrupting).lower())
    handler.chain(start, handler.node("userTask"), handler.node("endEvent"))
    return name, name


SHAPES: dict[str, Callable[..., Ends]] = {
    "userTask": by_hand("userTask"),
    "manualTask": by_hand("manualTask"),
    "script": script,
    "sequence": sequence,
    "exclusive": exclusive,
    "inclusive": inclusive,
    "parallel": parallel,
    "fork": fork,
    "loop": loop,
    "subprocess": subprocess,
    "bounded": bounded,
    "awaited": awaited,
    "received": received,
    "many": many,
    "many as in Camunda": many_as_in_camunda,
    "repeated": repeated,
    "terminated": terminated,
    "thrown": thrown,
    "signalled": signalled,
    "watched": watched,
}
