"""Rules on the way that data takes: whether it is there where it is read, and who writes it.

Which names are there before each node is found as for variables of a program: those that every way
to it has given (where all ways must come, those that any has), and those that some way has.
"""

from __future__ import annotations

from collections import Counter, deque
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING

from bpmn.findings import Finding, Severity
from bpmn.messages import message
from bpmn.soundness.ways import ONE_WAY
from engine import variables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bpmn.diagram import Diagram, Node
    from engine.variables import Expression

    Names = frozenset[str]


class DataFlow:
    """What is there before each node: ``always`` on every way to it, ``sometimes`` on one."""

    def __init__(self, diagram: Diagram) -> None:
        self._diagram = diagram
        self._sources = {flow.id: flow.source for flow in diagram.flows}
        self._into: dict[str, list[str]] = {}
        for flow in diagram.flows:
            self._into.setdefault(flow.target, []).append(flow.source)
        self._all = variables.given(diagram)
        self.always = self._settled(self._all)
        self.sometimes = self._settled(frozenset())

    def known(self, drawn: Expression, before: dict[str, Names]) -> Names:
        """The names that are there when an expression is asked; all where that is not known."""
        if drawn.when == "flow":
            return self._behind(self._sources.get(drawn.element, ""), before)
        node = self._diagram.nodes[drawn.element]
        known = before[node.id] | variables.of_loop(node)
        return known if drawn.when == "before" else known | variables.given_by(node)

    def _settled(self, first: Names) -> dict[str, Names]:
        """What is there before each node, once it changes no more; ``first`` says what is there
        where nothing is known: all (and every way takes some away), or nothing."""
        before = dict.fromkeys(self._diagram.nodes, first)
        ahead = deque(before)
        waiting = set(before)
        while ahead:
            name = ahead.popleft()
            waiting.discard(name)
            found = self._before(self._diagram.nodes[name], before, on_all=bool(first))
            if found != before[name]:
                before[name] = found
                new = [p for p in self._after(name) if p in before and p not in waiting]
                ahead += new
                waiting.update(new)
        return before

    def _before(self, node: Node, before: dict[str, Names], *, on_all: bool) -> Names:
        if node.attached_to:
            return before.get(node.attached_to, self._all)
        if node.kind == "startEvent":
            return self._at_start(node, before, on_all=on_all)
        ways = [self._behind(source, before) for source in self._into.get(node.id, ())]
        if not ways:
            return self._all if on_all else frozenset()
        joined = not on_all or node.kind == "parallelGateway"
        return frozenset.union(*ways) if joined else frozenset.intersection(*ways)

    def _at_start(self, node: Node, before: dict[str, Names], *, on_all: bool) -> Names:
        around = self._diagram.nodes.get(node.scope)
        if around is None:
            return frozenset(variables.received(self._diagram))
        if around.triggered_by_event:  # at any time
            if not on_all:
                return self._all
            return frozenset().union(*(before[n.id] for n in self._diagram.starts(around.scope)))
        return before[around.id] | variables.of_loop(around)

    def _behind(self, name: str, before: dict[str, Names]) -> Names:
        node = self._diagram.nodes.get(name)
        if node is None:
            return self._all
        found = before[name] | variables.given_by(node)
        ends = [end for end in self._diagram.inside(name) if end.kind == "endEvent"]
        if node.kind == "subProcess" and ends:
            found |= frozenset.intersection(*(before[end.id] for end in ends))
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
            for passed, after in self._onward(node, name):
                if after not in came and name not in self.always.get(after, self._all):
                    came[after] = (*came[node], *passed, after)
                    ahead.append(after)
        way = came.get(goal, ())
        return (*way, drawn.element) if way and drawn.when == "flow" else way

    def _onward(self, node: str, name: str) -> Iterator[tuple[tuple[str, ...], str]]:
        """The nodes behind one, each with the flow to it, where nothing has given a name yet."""
        if name not in self._behind(node, self.always):
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
        for name in sorted(read - flow.known(drawn, flow.sometimes)):
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
        missing = flow.known(drawn, flow.sometimes) - flow.known(drawn, flow.always)
        for name in sorted(read & missing) if drawn.when != "form" else ():
            said = message(
                '"{name}" belum terisi bila kasus sampai di sini lewat jalan yang tidak mengisinya;'
                " isi pada semua jalan, atau beri nilai awal dengan skrip.",
                name=name,
            )
            way = flow.way_without(name, drawn)
            yield Finding(Severity.WARNING, "perhaps-missing", drawn.element, said, None, way)


def parallel_writes(diagram: Diagram) -> Iterator[Finding]:
    """Branches that run side by side do not write the same name: who writes last would win."""
    told: set[tuple[str, str, str]] = set()
    names = Counter(name for node in diagram.nodes.values() for name in _writes(node))
    for branches in _side_by_side(diagram) if max(names.values(), default=0) > 1 else ():
        for one, other in combinations([_written(diagram, branch) for branch in branches], 2):
            for name in sorted(one.keys() & other.keys()):
                pair = (name, one[name], other[name])
                if pair not in told and one[name] != other[name]:
                    told.add(pair)
                    said = message(
                        '"{name}" ditulis di sini dan di "{other}", yang dapat berjalan bersamaan:'
                        " nilai yang ditulis terakhir yang berlaku. Beri nama yang berbeda.",
                        name=name, other=diagram.names[one[name]],
                    )  # fmt: skip
                    yield Finding(Severity.WARNING, "parallel-writes", other[name], said)


def _reads(diagram: Diagram) -> Iterator[tuple[Expression, Names]]:
    """Every expression with the names that it reads and that the process gives somewhere."""
    known = variables.given(diagram)
    for drawn in variables.expressions(diagram):
        yield drawn, frozenset(variables.named(drawn.text, drawn.is_script) & known)


def _side_by_side(diagram: Diagram) -> Iterator[list[set[str]]]:
    """The nodes of branches that may run at the same time, each set without what they share."""
    for node in diagram.nodes.values():
        flows = diagram.outgoing(node.id)
        if len(flows) > 1 and node.kind not in ONE_WAY:
            yield _apart([_behind(diagram, [flow.target], node.id) for flow in flows])
        for event in diagram.boundary_events(node.id):
            if not event.interrupting:
                own = {node.id} | _behind(diagram, [flow.target for flow in flows], node.id)
                yield _apart([own, _behind(diagram, [event.id], node.id)])


def _behind(diagram: Diagram, first: Iterable[str], but: str) -> set[str]:
    """The nodes that ways lead to, never again through one of them."""
    found = {name for name in first if name != but}
    ahead = list(found)
    while ahead:
        node = ahead.pop()
        new = {flow.target for flow in diagram.outgoing(node)}
        new |= {event.id for event in diagram.boundary_events(node)}
        new -= found | {but}
        found |= new
        ahead += new
    return found


def _apart(branches: list[set[str]]) -> list[set[str]]:
    counts = Counter(node for branch in branches for node in branch)
    return [{node for node in branch if counts[node] == 1} for branch in branches]


def _written(diagram: Diagram, branch: Iterable[str]) -> dict[str, str]:
    """The names that a branch writes, each with the first node that does so."""
    found: dict[str, str] = {}
    ahead = sorted(branch)
    for name in ahead:  # which grows by what stands in subprocesses
        for written in _writes(diagram.nodes[name]) if name in diagram.nodes else ():
            found.setdefault(written, name)
        ahead += [inner.id for inner in diagram.inside(name)]
    return found


def _writes(node: Node) -> set[str]:
    """The names that a node gives; a field that only shows its value gives none."""
    shown = {field.id for field in node.form if "readonly" in field.constraints}
    return variables.given_by(node) - shown
