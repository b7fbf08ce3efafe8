"""From a diagram to its SOP document: what the form of an SOP has no room for is folded away.

The rules, in the order of the form:

- A row is what a person does, a call of another procedure, a choice of several ways that does not
  stand straight behind one of these, and a start or end with `sop:no` of its own. So is an end that
  a row reaches beside other ways: an arrow has to lead somewhere.
- A choice straight behind a row's task is that row's: one diamond.
- What machines do, gateways that bring ways together, and events that only wait are passed over,
  and the steps of a subprocess stand among the others.
- Reminders and the Waktu timers are no arrows; what else happens at a step's edge is an arrow with
  the event's name.
- Rows stand as arrows lead, those of one branch together, and are counted; where all rows have a
  number (`sop:no`), and no two the same, they stand as in the file, with those.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations
from typing import TYPE_CHECKING, Any, TypeVar

from bpmn.sop.document import ACTIVITY, DECISION, END, NO, START, YES, Arrow, Identity, Sop, Step
from bpmn.sop.untold import MACHINES, NOBODY, ROWS, Untold, untold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bpmn.diagram import Diagram, Flow, Node

NUMBER = "sop:no"  # the number of a row in its table; "-" where it has none
UNNUMBERED = "-"
IDENTITY = {
    "nomor": "sop:nomor",
    "unit": "sop:unit",
    "tanggal_pembuatan": "sop:tanggalPembuatan",
    "tanggal_revisi": "sop:tanggalRevisi",
    "tanggal_efektif": "sop:tanggalEfektif",
    "disahkan_oleh": "sop:disahkanOleh",
    "peringatan": "sop:peringatan",
}
NUMBERED = {
    "dasar_hukum": "sop:dasarHukum.",
    "kualifikasi": "sop:kualifikasi.",
    "keterkaitan": "sop:keterkaitan.",
    "peralatan": "sop:peralatan.",
    "pencatatan": "sop:pencatatan.",
}
T = TypeVar("T")
_CHOICES = frozenset({"exclusiveGateway", "inclusiveGateway", "eventBasedGateway"})
_DENIED = re.compile(r"(tidak|tdk|belum|bukan|kurang)\b\s*(.*)")
_REFUSED = frozenset({"ditolak", "tolak", "no"})
_AGREED = frozenset(
    "ya setuju disetujui diterima lengkap sesuai benar sah layak memenuhi yes".split()
)
BOTH = " / "  # between answers that lead to the same rows
_COMPARED = re.compile(r"==\s*[\"']([^\"']+)[\"']")


@dataclass(frozen=True)
class Folded:
    """The document of a diagram, and what of the diagram it does not tell."""

    sop: Sop
    untold: tuple[Untold, ...]


def folded(diagram: Diagram) -> Folded:
    """The SOP document of a process; every process that can be read has one."""
    folding = _Folding(diagram)
    return Folded(folding.sop(), tuple(untold(diagram)))


def identity(diagram: Diagram) -> Identity:
    """What the identity page says."""
    found = diagram.properties
    facts: dict[str, Any] = {name: found.get(where, "") for name, where in IDENTITY.items()}
    facts |= {name: _numbered(found, where) for name, where in NUMBERED.items()}
    return Identity(nama=diagram.name, **facts)


@dataclass(frozen=True)
class _Way:
    """A way from one row on: to the node, by the label."""

    target: str
    label: str = ""


class _Folding:
    def __init__(self, diagram: Diagram) -> None:
        self.diagram = diagram
        self.lanes = _columns(diagram)
        self.choosers = {
            gateway.id: self._chooser(gateway)
            for gateway in diagram.nodes.values()
            if gateway.kind in _CHOICES and len(diagram.outgoing(gateway.id)) > 1
        }
        named = (n for n in diagram.nodes.values() if n.kind in ("startEvent", "endEvent"))
        self.rows = {node.id for node in diagram.nodes.values() if node.kind in ROWS}
        self.rows |= {gateway for gateway, row in self.choosers.items() if row is None}
        self.rows |= {node.id for node in named if NUMBER in node.properties}
        self.ways = {row: self._ways(row) for row in self.rows}
        self.rows |= self._ends()

    def sop(self) -> Sop:
        order, numbers = self._order()
        places = {row: place for place, row in enumerate(order)}
        arrows = [
            Arrow(places[row], places[way.target], way.label)
            for row in order
            for way in self.ways.get(row, ())
            if way.target in places
        ]
        steps = [self._step(row, number) for row, number in zip(order, numbers, strict=True)]
        actors = tuple(lane for _, lane in self.lanes) or (NOBODY,)
        return Sop(identity(self.diagram), actors, tuple(steps), tuple(dict.fromkeys(arrows)))

    def _step(self, row: str, number: str) -> Step:
        node = self.diagram.nodes[row]
        return Step(
            number,
            _said_of(node),
            self._actor(row),
            self._kind(node),
            node.properties.get("sop:kelengkapan", ""),
            self.diagram.waktu(row) or "",
            node.properties.get("sop:output", ""),
            _remark(node),
            row,
        )

    def _kind(self, node: Node) -> str:
        if node.kind == "startEvent":
            return START
        if node.kind == "endEvent":
            return END
        chooses = node.id in self.choosers or node.id in self.choosers.values()
        return DECISION if chooses or _has_conditions(self.diagram, node) else ACTIVITY

    def _actor(self, row: str) -> int | None:
        lane = self.diagram.lane_of(row)
        if not self.lanes:
            return 0
        return next((at for at, (key, _) in enumerate(self.lanes) if lane and key == lane.id), None)

    def _chooser(self, gateway: Node) -> str | None:
        """The task whose choice the gateway is; None: it has a row of its own."""
        here, seen = gateway.id, set[str]()
        while here not in seen:
            seen.add(here)
            before = self._before.get(here, [])
            if len(before) != 1 or len(self.diagram.outgoing(before[0])) != 1:
                return None
            here = before[0]
            if self.diagram.nodes[here].kind in ROWS:
                return here
            if self.diagram.nodes[here].kind not in MACHINES:
                return None
        return None

    @cached_property
    def _before(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for flow in self.diagram.flows:
            found.setdefault(flow.target, []).append(flow.source)
        return found

    def _ways(self, row: str) -> tuple[_Way, ...]:
        """Where a case goes on from a row: to rows, and to ends of the procedure."""
        found = self._onward([*self._next(row), *self._at_edge(row)])
        ways = joined((way.label, way.target) for way in found if not self._reminds(way.target))
        return tuple(_Way(row, BOTH.join(labels)) for labels, rows in ways for row in rows)

    def _at_edge(self, node_id: str) -> list[_Way]:
        """The events that may happen while something is done, and lead somewhere."""
        events = self.diagram.boundary_events(node_id)
        return [_Way(e.id, _called(e)) for e in events if _outgoing(self.diagram, e.id)]

    def _reminds(self, node_id: str) -> bool:
        return self.diagram.nodes[node_id].topic == "remind"

    def _onward(self, ahead: list[_Way]) -> Iterator[_Way]:
        """The rows by these ways, what stands between passed over; with each label, each once."""
        seen: set[_Way] = set()
        while ahead:
            way = ahead.pop(0)
            if way in seen:
                continue
            seen.add(way)
            if way.target in self.rows or not self._next(way.target):
                yield way
            else:
                ahead = [_Way(on.target, way.label or on.label) for on in self._past(way)] + ahead

    def _past(self, way: _Way) -> list[_Way]:
        """Where a case goes on from what becomes no row."""
        onward = self._next(way.target)
        if self.diagram.nodes[way.target].kind not in MACHINES:
            return onward
        events = self._at_edge(way.target)
        # After its own event it only tries again.
        again = any(event.label == way.label for event in events)
        return [] if again else onward + events

    def _next(self, node_id: str) -> list[_Way]:
        node = self.diagram.nodes[node_id]
        inner = self.diagram.starts(node_id)
        if inner:
            return [_Way(start.id) for start in inner]
        flows, scope = _outgoing(self.diagram, node_id), node.scope
        while not flows and scope in self.diagram.nodes:
            flows, scope = _outgoing(self.diagram, scope), self.diagram.nodes[scope].scope
        chooses = node_id in self.choosers or _has_conditions(self.diagram, node)
        labels = _labels(node, flows, self.diagram) if chooses else [""] * len(flows)
        return [_Way(flow.target, label) for flow, label in zip(flows, labels, strict=True)]

    def _ends(self) -> set[str]:
        """The ends that a row reaches beside other ways."""
        return {
            way.target
            for ways in self.ways.values()
            for way in ways
            if way.target not in self.rows and len(ways) > 1
        }

    def _order(self) -> tuple[list[str], list[str]]:
        """The rows as they stand, and their numbers."""
        nodes = self.diagram.nodes
        given = [nodes[row].properties.get(NUMBER, "") for row in nodes if row in self.rows]
        counted = [number for number in given if number != UNNUMBERED]
        if all(given) and len(set(counted)) == len(counted):
            order = [row for row in nodes if row in self.rows]
            return order, ["" if number == UNNUMBERED else number for number in given]
        order = self._by_arrows()
        numbers, count = [], 0
        for row in order:
            has_number = nodes[row].kind in ROWS
            count += has_number
            numbers.append(str(count) if has_number else "")
        return order, numbers

    def _by_arrows(self) -> list[str]:
        """A row before those it leads to, loops aside, and the rows of a branch together."""
        starts = [row for start in self.diagram.starts("") for row in self._first(start.id)]
        order: list[str] = []
        seen: set[str] = set()
        for roots in (starts, [row for row in self.diagram.nodes if row in self.rows]):
            order += self._walked(roots, seen)
        return order

    def _walked(self, roots: list[str], seen: set[str]) -> list[str]:
        """The rows that lie behind some and have not been seen, in reverse postorder."""
        done: list[str] = []
        for root in reversed(roots):
            walks = [(root, self._behind(root))] if root not in seen else []
            seen.add(root)
            while walks:
                row, ahead = walks[-1]
                target = next(ahead, None)
                if target is None:
                    done.append(row)
                    walks.pop()
                elif target not in seen:
                    seen.add(target)
                    walks.append((target, self._behind(target)))
        return done[::-1]

    def _first(self, start: str) -> list[str]:
        if start in self.rows:
            return [start]
        ways = self._onward(self._next(start))
        return [way.target for way in ways if way.target in self.rows]

    def _behind(self, row: str) -> Iterator[str]:
        ways = self.ways.get(row, ())
        return (way.target for way in reversed(ways) if way.target in self.rows)


def _columns(diagram: Diagram) -> list[tuple[str, str]]:
    """The innermost lanes, with what they are called."""
    around = {lane.parent for lane in diagram.lanes}
    return [(lane.id, lane.name or lane.id) for lane in diagram.lanes if lane.id not in around]


def _said_of(node: Node) -> str:
    said = node.documentation or node.name
    if not said and node.kind == "endEvent":
        said = "Selesai"
    return " ".join(said.split()) or node.id


def _called(event: Node) -> str:
    """What stands at the way of an event; an arrow without words would be a parallel way."""
    return event.name or (event.timer and event.timer.text) or event.reference or event.id


def _remark(node: Node) -> str:
    own = node.properties.get("sop:keterangan", "")
    again = "Untuk setiap isian" if node.loop and node.loop.kind != "standard" else ""
    return "; ".join(filter(None, (own, again)))


def _numbered(properties: dict[str, str], prefix: str) -> tuple[str, ...]:
    """The values of numbered properties, by their numbers."""
    numbers = (name.removeprefix(prefix) for name in properties if name.startswith(prefix))
    found = sorted((number for number in numbers if number.isdecimal()), key=int)
    return tuple(filter(None, (properties[f"{prefix}{number}"] for number in found)))


def _outgoing(diagram: Diagram, node_id: str) -> tuple[Flow, ...]:
    """The flows that lead to anything: a sketch may have others."""
    return tuple(flow for flow in diagram.outgoing(node_id) if flow.target in diagram.nodes)


def _has_conditions(diagram: Diagram, node: Node) -> bool:
    flows = _outgoing(diagram, node.id)
    return node.kind in ROWS and len(flows) > 1 and any(flow.condition for flow in flows)


def joined(ways: Iterable[tuple[str, T]]) -> list[tuple[tuple[str, ...], tuple[T, ...]]]:
    """What ways lead to, as (label, target), by the answers that lead to the same all together.

    A way without a label is joined with none.
    """
    targets: dict[str, list[T]] = {}
    for label, target in dict.fromkeys(ways):
        targets.setdefault(label, []).append(target)
    same: dict[tuple[object, ...], list[str]] = {}
    for label, led in targets.items():
        same.setdefault((bool(label), *led), []).append(label)
    return [(tuple(labels), tuple(targets[labels[0]])) for labels in same.values()]


def _labels(node: Node, flows: Iterable[Flow], diagram: Diagram) -> list[str]:
    """What stands at the ways of a choice: Ya and Tidak where two ways say yes and no."""
    on_event = node.kind == "eventBasedGateway"
    named = [
        flow.name or (diagram.names[flow.target] if on_event else _answer(flow, node))
        for flow in flows
    ]
    for yes, no in permutations(named, 2) if len(named) == 2 else ():
        if _is_no(no.casefold(), yes.casefold()):
            return [NO if name == no else YES for name in named]
    return named


def _is_no(no: str, yes: str) -> bool:
    """Whether one answer is no more than the other's no: "Tidak setuju" beside "Setuju"."""
    denied = _DENIED.fullmatch(no)
    if denied is None:
        return no in _REFUSED and yes in _AGREED
    return denied[2] == yes or (denied[1] != "kurang" and yes in _AGREED)


def _answer(flow: Flow, node: Node) -> str:
    """What a way without a name is called: the answer it asks for."""
    if flow.condition and (found := _COMPARED.search(flow.condition)):
        return found[1].replace("_", " ")
    if flow.id == node.default or not flow.condition:
        return "Lainnya"
    return NO if flow.condition.strip(" ${}").startswith(("not ", "!")) else YES
