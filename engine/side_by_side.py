"""The rule on branches that run side by side: what they write."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING

from bpmn.findings import Finding, Severity
from bpmn.messages import message
from bpmn.soundness.ways import ONE_WAY
from engine import variables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bpmn.diagram import Diagram, Node


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
