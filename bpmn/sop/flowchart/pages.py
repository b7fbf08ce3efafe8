"""One page of the table: which rows stand on it, their arrows, and the connectors to other pages.

An arrow from a page to another leaves by a connector and comes by one with the same letter. What
goes on to a later page leaves at the foot and comes at the head; what goes back, the other way.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from bpmn.layout.lines import Strips
from bpmn.layout.scene import Link
from bpmn.layout.ways import BOTTOM, TOP
from bpmn.sop.flowchart import formats
from bpmn.sop.flowchart.labels import Cell, half
from bpmn.sop.flowchart.routes import Routes, Spot
from bpmn.sop.flowchart.symbols import PENTAGON, Symbol, symbol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bpmn.layout.ways import Way
    from bpmn.sop.document import Arrow, Sop
    from bpmn.sop.flowchart.labels import Size

HEAD, BODY, FOOT = "head", "body", "foot"


@dataclass(frozen=True)
class Subject:
    """What all pages of a document have in common; sizes of words by the words."""

    sop: Sop
    sizes: dict[str, Size]

    @property
    def columns(self) -> int:
        """How many columns actors have; what nobody does stands in one more."""
        return len(self.sop.actors) + any(step.actor is None for step in self.sop.steps)

    @cached_property
    def symbols(self) -> tuple[Symbol, ...]:
        """Those of the rows."""
        places = range(len(self.sop.steps))
        return tuple(symbol(self.sop, place) for place in places)

    @cached_property
    def halves(self) -> tuple[float, ...]:
        """What the rows' symbols need to either side."""
        return tuple(half(one, self._words(at)) for at, one in enumerate(self.symbols))

    def column(self, place: int) -> int:
        """The column of a row's symbol."""
        actor = self.sop.steps[place].actor
        return len(self.sop.actors) if actor is None else actor

    def _words(self, place: int) -> list[Size]:
        return [self.sizes[arrow.label] for arrow in self.sop.after(place) if arrow.label]


@dataclass
class Page:
    """The rows from ``first`` to before ``last``; ways and cells are found as it is made."""

    subject: Subject
    first: int
    last: int
    arrows: dict[str, Arrow] = field(default_factory=dict)  # by the names of their links
    strips: dict[str, int] = field(default_factory=dict)  # rows of connectors, at head and foot

    def __post_init__(self) -> None:
        self.arrows = {
            str(number): arrow
            for number, arrow in enumerate(self.subject.sop.arrows)
            if self._has(arrow.source) or self._has(arrow.target)
        }
        ends = [end for _, end, _ in self._crossing()]
        for where in (HEAD, FOOT):
            self.strips[where] = math.ceil(ends.count(where) / self.subject.columns)
        rows = range(1, 2 * len(self.lines), 2)
        strips = Strips(rows=set(rows), step=formats.STEP, finest=formats.STEP)
        self.routes = Routes(strips, self.subject.columns)
        self._put_symbols()
        links = {name: self._link(name) for name in self.arrows}
        self._put_connectors(links)
        self.routes.find(list(links.values()))
        self.tracks = self.routes.strips.order_channels()
        self.cells = {spot.name: self._cell(spot) for spot in self.routes.spots.values()}

    @cached_property
    def lines(self) -> list[str]:
        """What stands in each row of strips; an empty one parts connectors and table."""
        head, foot = self.strips[HEAD], self.strips[FOOT]
        rows = [BODY] * (self.last - self.first)
        return [
            *[HEAD] * head, *([""] if head else []), *rows, *([""] if foot else []), *[FOOT] * foot,
        ]  # fmt: skip

    def line(self, place: int) -> int:
        """The strip of a row."""
        return 2 * (self.lines.index(BODY) + place - self.first) + 1

    def leaving(self) -> Iterator[str]:
        """The arrows that go on on another page, by name."""
        return (name for name, _, leaves in self._crossing() if leaves)

    def _has(self, place: int) -> bool:
        return self.first <= place < self.last

    def _crossing(self) -> Iterator[tuple[str, str, bool]]:
        """The arrows with one end elsewhere, where their connector stands, and who leave."""
        for name, arrow in self.arrows.items():
            if not self._has(arrow.target):
                yield name, FOOT if arrow.target >= self.last else HEAD, True
            elif not self._has(arrow.source):
                yield name, HEAD if arrow.source < self.first else FOOT, False

    def _put_symbols(self) -> None:
        for place in range(self.first, self.last):
            labelled = any(arrow.label for arrow in self.subject.sop.after(place))
            found, column = self.subject.symbols[place], 2 * self.subject.column(place) + 1
            spot = Spot(f"row {place}", found, self.line(place), column, labelled=labelled)
            self.routes.put(spot)

    def _put_connectors(self, links: dict[str, Link]) -> None:
        size, taken = formats.PENTAGON, set()
        for name, where, leaves in self._crossing():
            up, side = leaves == (where == HEAD), BOTTOM if where == HEAD else TOP
            shape = Symbol(PENTAGON, size, size, up=up)
            free = [
                Spot(f"connector {name}", shape, 2 * row + 1, 2 * column + 1, side)
                for row, what in enumerate(self.lines)
                for column in range(self.subject.columns)
                if what == where and (row, column) not in taken
            ]
            spot = self.routes.room_for(links[name], free)
            taken.add((spot.row // 2, spot.column // 2))
            self.routes.put(spot)

    def _link(self, name: str) -> Link:
        arrow = self.arrows[name]
        source, target = (
            f"row {place}" if self._has(place) else f"connector {name}"
            for place in (arrow.source, arrow.target)
        )
        return Link(name, "arrow", source, target, arrow.label)

    def _cell(self, spot: Spot) -> Cell:
        if spot.side:
            return Cell(spot, spot.symbol.width / 2)
        here = [way for way in self.routes.ways.values() if _meets(way, spot)]
        place = int(spot.name.removeprefix("row "))
        cell = Cell(spot, self.subject.halves[place])
        cell.place(here, self.subject.sizes)
        return cell


def _meets(way: Way, spot: Spot) -> bool:
    return spot.name in (way.link.source, way.link.target)
