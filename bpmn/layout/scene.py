"""What a plane of a diagram has to show: its bands, its shapes, and the lines between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bpmn.diagram import FLOW_NODES
from bpmn.elements import kind, local
from bpmn.layout.lettering import INSIDE, box_size, lines
from bpmn.layout.lettering import width as letters
from bpmn.reading import BPMN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from bpmn.layout.plan import Plan

SUBPROCESSES = ("subProcess", "transaction", "adHocSubProcess")
DATA = ("dataObjectReference", "dataStoreReference")
ARTIFACTS = ("textAnnotation", "group")
_SIZES = {
    "dataObjectReference": (36, 50),
    "dataStoreReference": (50, 50),
    "group": (100, 80),
}


@dataclass(eq=False)
class Item:
    """A shape that stands in a cell of the grid, or (`host`) on the border of one that does."""

    id: str
    kind: str
    name: str
    band: int
    width: float
    height: float
    inner: Plan | None = None
    host: Item | None = None
    boundaries: list[Item] = field(default_factory=list)
    column: int = 0
    row: int = 0

    @property
    def round(self) -> bool:
        """Whether it is an event."""
        return self.kind.endswith("Event")

    @property
    def pointed(self) -> bool:
        """Whether it is a gateway."""
        return self.kind.endswith("Gateway")

    @property
    def labelled(self) -> bool:
        """Whether its name stands beside it."""
        return bool(self.name) and (self.round or self.pointed or self.kind in DATA)

    @property
    def cell(self) -> Item:
        """What stands in the cell: itself, or its host."""
        return self.host or self


@dataclass(frozen=True)
class Link:
    """A line to draw; its ends are ids of items or of pools."""

    id: str
    kind: str  # sequenceFlow, messageFlow, or another for associations
    source: str
    target: str
    name: str = ""


@dataclass
class Band:
    """A strip of rows: a lane without lanes in it, a process without lanes, or a closed pool."""

    lanes: tuple[str, ...] = ()  # the lane and those around it, the outermost first
    pool: str = ""
    closed: bool = False


@dataclass
class Scene:
    """All that one plane shows; `depth` counts the headings (30 px each) left of the content."""

    element: str
    bands: list[Band] = field(default_factory=list)
    items: dict[str, Item] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    subprocesses: list[_Element] = field(default_factory=list)  # collapsed: planes of their own

    @property
    def depth(self) -> int:
        """How many headings stand side by side at the left."""
        return max((bool(b.pool) + len(b.lanes) for b in self.bands), default=0)

    @property
    def pools(self) -> list[str]:
        """The pools from top to bottom."""
        return list(dict.fromkeys(band.pool for band in self.bands if band.pool))


def drawable(container: _Element) -> Iterator[_Element]:
    """The elements with an id that stand in a process or subprocess itself and have a shape."""
    for child in container.iterchildren():
        if child.get("id") and (kind(child) in FLOW_NODES or kind(child) in (*DATA, *ARTIFACTS)):
            yield child


def connections(container: _Element) -> Iterator[tuple[_Element, str, str]]:
    """The lines of a process, subprocess or collaboration with the ids of both ends."""
    for child in container.iterchildren():
        if kind(child) in ("sequenceFlow", "messageFlow", "association"):
            yield child, local(child.get("sourceRef")), local(child.get("targetRef"))
        for line in child.iterchildren():
            if kind(line) == "dataInputAssociation":
                for source in line.iterfind(f"{{{BPMN}}}sourceRef"):
                    yield line, local(source.text), child.get("id") or ""
            elif kind(line) == "dataOutputAssociation":
                for target in line.iterfind(f"{{{BPMN}}}targetRef"):
                    yield line, child.get("id") or "", local(target.text)


def add_links(scene: Scene, *containers: _Element) -> None:
    """The lines whose ends both are in the scene, each once."""
    known = scene.items.keys() | set(scene.pools)
    seen = {link.id for link in scene.links}
    for container in containers:
        for line, source, target in connections(container):
            name = line.get("id") or ""
            if name and name not in seen and {source, target} <= known:
                seen.add(name)
                found = Link(name, kind(line), source, target, (line.get("name") or "").strip())
                scene.links.append(found)


def bands(process: _Element, pool: str) -> tuple[list[Band], dict[str, int]]:
    """The strips of a process, and in which of them the lanes say its nodes are."""
    found: list[Band] = []
    members: dict[str, int] = {}
    _lanes(process, "laneSet", (), found, members)
    for band in found:
        band.pool = pool
    return found or [Band(pool=pool)], members


def _lanes(
    around: _Element, holder: str, path: tuple[str, ...], found: list[Band], members: dict[str, int]
) -> None:
    for lane in around.iterfind(f"{{{BPMN}}}{holder}/{{{BPMN}}}lane"):
        if not lane.get("id"):
            continue
        here, first = (*path, lane.get("id") or ""), len(found)
        _lanes(lane, "childLaneSet", here, found, members)
        if len(found) == first:
            found.append(Band(lanes=here))
        for reference in lane.iterfind(f"{{{BPMN}}}flowNodeRef"):
            members.setdefault("".join(reference.itertext()).strip(), first)


def item(element: _Element, band: int, inner: Plan | None) -> Item:
    """The item of an element, as large as it is drawn."""
    name = (element.get("name") or "").strip()
    width, height = _size(element, name)
    if inner is not None:
        heading = min(letters(name, INSIDE), 300) + 40
        width, height = max(inner.width, heading, 140), inner.height + 24
    return Item(element.get("id") or "", kind(element), name, band, width, height, inner)


def _size(element: _Element, name: str) -> tuple[float, float]:
    what = kind(element)
    if what.endswith("Event"):
        return 36, 36
    if what.endswith("Gateway"):
        return 50, 50
    if what == "textAnnotation":
        text = "".join(element.itertext()).strip()
        return 100, max(30, 16 * len(lines(text, 12, 86)) + 8)
    return _SIZES.get(what) or box_size(name)
