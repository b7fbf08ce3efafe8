"""Rules on the way that data takes: whether it is there where it is read.

Which names are there before each node is found as for variables of a program: those that every way
to it has given (where all ways must come, those that any has), and those that some way has.
"""

from __future__ import annotations

from collections import deque
from functools import lru_cache, reduce
from operator import and_, or_
from typing import TYPE_CHECKING

from bpmn.findings import Finding, Severity
from bpmn.messages import message
from engine import variables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bpmn.diagram import Diagram, Node
    from engine.variables import Expression


class DataFlow:
    """What is there before each node: ``always`` on every way to it, ``sometimes`` on one.

    Sets of names are masks, a bit for each name: there are as many as nodes, and more.
    """

    def __init__(self, diagram: Diagram) -> None:
        self._diagram = diagram
        self._sources = {flow.id: flow.source for flow in diagram.flows}
        self._into: dict[str, list[str]] = {}
        for flow in diagram.flows:
            self._into.setdefault(flow.target, []).append(flow.source)
        self._bits = {name: 1 << n for n, name in enumerate(sorted(variables.given(diagram)))}
        self._all = self.mask(self._bits)
        self._gives = {n.id: self.mask(variables.given_by(n)) for n in diagram.nodes.values()}
        self._in_order = self._ordered()
        self.always = self._settled(self._all)
        self.sometimes = self._settled(0)

    def mask(self, names: Iterable[str]) -> int:
        """The names that the process gives somewhere, as bits."""
        found = 0
        for name in names:
            found |= self._bits.get(name, 0)
        return found

    def named(self, mask: int) -> list[str]:
        """The names of a mask, sorted."""
        return [name for name, bit in self._bits.items() if bit & mask] if mask else []

    def known(self, drawn: Expression, before: dict[str, int]) -> int:
        """The names that are there when an expression is asked; all where that is not known."""
        if drawn.when == "flow":
            return self._behind(self._sources.get(drawn.element, ""), before)
        node = self._diagram.nodes[drawn.element]
        known = before[node.id] | self.mask(variables.of_loop(node))
        return known if drawn.when == "before" else known | self._gives[node.id]

    def _settled(self, first: int) -> dict[str, int]:
        """What is there before each node, once it changes no more; ``first`` says what is there
        where nothing is known: all (and every way takes some away), or nothing."""
        before = dict.fromkeys(self._diagram.nodes, first)
        changed = True
        while changed:
            changed = False
            for node in self._in_order:
                found = self._before(node, before, on_all=bool(first))
                changed |= found != before[node.id]
                before[node.id] = found
        return before

    def _ordered(self) -> list[Node]:
        """The nodes, each behind those that it follows from, but for ways that lead back."""
        left: dict[str, Node] = {}  # the last first
        seen: set[str] = set()
        nodes = sorted(self._diagram.nodes.values(), key=lambda node: node.kind == "startEvent")
        ahead = [(node.id, False) for node in nodes]  # of which the last is taken first
        while ahead:
            name, is_left = ahead.pop()
            if is_left:
                left[name] = self._diagram.nodes[name]
            elif name in self._diagram.nodes and name not in seen:
                seen.add(name)
                ahead.append((name, True))
                ahead += [(after, False) for after in self._after(name)]
        return list(reversed(left.values()))

    def _before(self, node: Node, before: dict[str, int], *, on_all: bool) -> int:
        if node.attached_to:
            return before.get(node.attached_to, self._all)
        if node.kind == "startEvent":
            return self._at_start(node, before, on_all=on_all)
        ways = [self._behind(source, before) for source in self._into.get(node.id, ())]
        if not ways:
            return self._all if on_all else 0
        joined = not on_all or node.kind == "parallelGateway"
        return reduce(or_ if joined else and_, ways)

    def _at_start(self, node: Node, before: dict[str, int], *, on_all: bool) -> int:
        around = self._diagram.nodes.get(node.scope)
        if around is None:
            return self.mask(variables.received(self._diagram))
        if around.triggered_by_event:  # at any time
            starts = self._diagram.starts(around.scope) if on_all else ()
            return reduce(and_, (before[start.id] for start in starts), self._all)
        return before[around.id] | self.mask(variables.of_loop(around))

    def _behind(self, name: str, before: dict[str, int]) -> int:
        node = self._diagram.nodes.get(name)
        if node is None:
            return self._all
        found = before[name] | self._gives[name]
        if node.kind == "subProcess":
            inner = self._diagram.inside(name)
            ends = [before[end.id] for end in inner if end.kind == "endEvent"]
            found |= reduce(and_, ends) if ends else 0
        return found

    def _after(self, name: str) -> Iterator[str]:
        """The nodes whose knowledge follows from that of one."""
        node = self._diagram.nodes[name]
        yield from (flow.target for flow in self._diagram.outgoing(name))
        yield from (event.id for event in self._diagram.boundary_events(name))
        yield from (start.id for start in self._diagram.starts(name))
        if node.kind == "startEvent":
            inner = (n for n in self._diagram.inside(node.scope) if n.triggered_by_event)
            yield from (start.id for handler in inner for start in self._diagram.starts(handler.id))
        if node.kind == "endEvent":
            yield from (flow.target for flow in self._diagram.outgoing(node.scope))

    def way_without(self, name: str, drawn: Expression) -> tuple[str, ...]:
        """The ids passed on a shortest way to an expression on which nothing gives a name."""
        goal = self._sources.get(drawn.element, drawn.element)
        came: dict[str, tuple[str, ...]] = {n.id: (n.id,) for n in self._diagram.starts("")}
        ahead = deque(came)
        while ahead and goal not in came:
            node = ahead.popleft()
            for passed, after in self._onward(node, self._bits[name]):
                if after not in came and not self.always.get(after, self._all) & self._bits[name]:
                    came[after] = (*came[node], *passed, after)
                    ahead.append(after)
        way = came.get(goal, ())
        return (*way, drawn.element) if way and drawn.when == "flow" else way

    def _onward(self, node: str, bit: int) -> Iterator[tuple[tuple[str, ...], str]]:
        """The nodes behind one, each with the flow to it, where nothing has given a name yet."""
        if not self._behind(node, self.always) & bit:
            yield from (((flow.id,), flow.target) for flow in self._diagram.outgoing(node))
        yield from (((), event.id) for event in self._diagram.boundary_events(node))
        yield from (((), start.id) for start in self._diagram.starts(node))


# The rules are asked one after the other about the same drawing.
@lru_cache(maxsize=1)
def data_flow(diagram: Diagram) -> DataFlow:
    """The data flow of a process."""
    return DataFlow(diagram)


def later_name(diagram: Diagram) -> Iterator[Finding]:
    """What an expression names is given before it on some way, not only behind it."""
    flow = data_flow(diagram)
    severity = Severity.WARNING if variables.may_be_given(diagram) else Severity.BLOCKING
    for drawn, read in _reads(diagram):
        for name in flow.named(flow.mask(read) & ~flow.known(drawn, flow.sometimes)):
            said = message(
                '"{name}" baru diisi sesudah ini; pindahkan isiannya ke langkah sebelumnya.',
                name=name,
            )
            yield Finding(severity, "later-name", drawn.element, said)


def perhaps_missing(diagram: Diagram) -> Iterator[Finding]:
    """What an expression names is given on every way to it; a rule of a form just does not hold."""
    flow = data_flow(diagram)
    if variables.may_be_given(diagram):
        return
    for drawn, read in _reads(diagram):
        missing = flow.known(drawn, flow.sometimes) & ~flow.known(drawn, flow.always)
        for name in flow.named(flow.mask(read) & missing) if drawn.when != "form" else ():
            said = message(
                '"{name}" belum terisi bila kasus sampai di sini lewat jalan yang tidak mengisinya;'
                " isi pada semua jalan, atau beri nilai awal dengan skrip.",
                name=name,
            )
            way = flow.way_without(name, drawn)
            yield Finding(Severity.WARNING, "perhaps-missing", drawn.element, said, None, way)


def start_data(diagram: Diagram, called: Mapping[str, Diagram]) -> Iterator[Finding]:
    """A call brings what the start form of the called process requires: nobody fills it in.

    ``called`` are processes by their keys. Where all data goes in, what the calling
    process gives anywhere is brought along.
    """
    for call in diagram.nodes.values():
        asked = called[call.called].start_form if call.called and call.called in called else None
        if asked is None:
            continue
        brought = {passing.target for passing in call.takes}
        if not brought or None in brought:
            if variables.may_be_given(diagram):
                continue
            brought |= variables.given(diagram)
        for field in asked.form:
            if field.required and "visibleIf" not in field.properties and field.id not in brought:
                said = message(
                    'Formulir awal proses yang dipanggil mewajibkan "{field}", yang tidak dibawa'
                    " oleh panggilan ini.",
                    field=field.id,
                )  # fmt: skip
                yield Finding(Severity.BLOCKING, "start-data", call.id, said)


def _reads(diagram: Diagram) -> Iterator[tuple[Expression, set[str]]]:
    """Every expression with the names that it reads."""
    for drawn in variables.expressions(diagram):
        yield drawn, variables.named(drawn.text, drawn.is_script)
