"""The planes of a file: each collaboration, each process outside of one, each closed subprocess."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bpmn.diagram import FLOW_NODES
from bpmn.elements import kind, local
from bpmn.layout.lettering import label_size
from bpmn.layout.picture import DC, DI
from bpmn.layout.plan import Plan, planned
from bpmn.layout.scene import (
    SUBPROCESSES,
    Band,
    Item,
    Scene,
    add_links,
    bands,
    connections,
    drawable,
    item,
)
from bpmn.reading import BPMN, BPMNDI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element


@dataclass
class Plane:
    """What one picture shows: pools or one process, with all that stands in them."""

    element: _Element
    pools: list[tuple[_Element, _Element | None]]  # with their processes; none are closed
    drawn: dict[str, _Element]  # shapes and edges of the file that can be drawn, by element

    @property
    def containers(self) -> list[_Element]:
        """The processes with nodes or lanes to show."""
        if not self.pools:
            return [self.element] if kind(self.element) == "process" else []
        return [process for _, process in self.pools if process is not None]

    @property
    def shown(self) -> set[str]:
        """The ids a picture of this may be said to be of."""
        inside = [e for c in self.containers for e in c.iter() if kind(e) in SUBPROCESSES]
        return {e.get("id") or "" for e in (self.element, *self.containers, *inside)}

    @property
    def lacking(self) -> set[str]:
        """The ids of what should be drawn and is not."""
        needed = {pool.get("id") or "" for pool, _ in self.pools}
        needed |= _drawable_lines(self.element) if self.pools else set()
        for process in self.containers:
            lanes = (e.get("id") for e in process.iter(f"{{{BPMN}}}lane"))
            needed |= {name for name in lanes if name} | self._contents(process)
        return needed - self.drawn.keys()

    def _contents(self, container: _Element) -> set[str]:
        found = _drawable_lines(container)
        for element in drawable(container):
            found.add(element.get("id") or "")
            if kind(element) in SUBPROCESSES and not self._collapsed(element):
                found |= self._contents(element)
        return found

    def _collapsed(self, element: _Element) -> bool:
        """Closed by its own picture, or with nothing in it."""
        shape = self.drawn.get(element.get("id") or "")
        closed = shape is not None and shape.get("isExpanded") == "false"
        return closed or not any(True for _ in drawable(element))

    def plans(self) -> list[Plan]:
        """The layouts: of the plane itself, and of the subprocesses that stay closed."""
        scene = Scene(self.element.get("id") or "")
        closed: list[_Element] = []
        for pool, process in self.pools:
            if process is None:
                scene.bands.append(Band(pool=pool.get("id") or "", closed=True))
            else:
                self._fill(scene, process, pool.get("id") or "", closed)
        if not self.pools:
            self._fill(scene, self.element, "", closed)
        add_links(scene, self.element, *self.containers)
        named = [*(pool for pool, _ in self.pools)]
        named += [lane for process in self.containers for lane in process.iter(f"{{{BPMN}}}lane")]
        names = {e.get("id") or "": e.get("name") or "" for e in named}
        return [planned(scene, names), *self._inner_plans(closed)]

    def _inner_plans(self, closed: list[_Element]) -> Iterator[Plan]:
        for element in closed:
            deeper: list[_Element] = []
            yield self._inside(element, deeper)
            yield from self._inner_plans(deeper)

    def _inside(self, element: _Element, closed: list[_Element]) -> Plan:
        scene = Scene(element.get("id") or "")
        self._fill(scene, element, "", closed)
        add_links(scene, element)
        return planned(scene, {})

    def _fill(self, scene: Scene, container: _Element, pool: str, closed: list[_Element]) -> None:
        """The strips of a process or subprocess, with what stands in them."""
        first = len(scene.bands)
        found, members = bands(container, pool)
        scene.bands += found
        elements = list(drawable(container))
        for element in elements:
            name = element.get("id") or ""
            if name not in scene.items:
                inner = self._inner(element, closed)
                scene.items[name] = item(element, first + members.get(name, 0), inner)
        _attach(scene, elements)

    def _inner(self, element: _Element, closed: list[_Element]) -> Plan | None:
        if kind(element) not in SUBPROCESSES or not any(True for _ in drawable(element)):
            return None
        if self._collapsed(element):
            closed.append(element)
            return None
        return self._inside(element, closed)


def planes(root: _Element) -> Iterator[Plane]:
    """Everything in a file of which bpmn-js can draw a picture."""
    shapes = {}
    for shape in root.iter(f"{{{BPMNDI}}}BPMNShape", f"{{{BPMNDI}}}BPMNEdge"):
        bounds, points = shape.find(f"{{{DC}}}Bounds"), shape.findall(f"{{{DI}}}waypoint")
        if bounds is not None or len(points) > 1:
            shapes[local(shape.get("bpmnElement"))] = shape
    processes = {e.get("id"): e for e in root.iterfind(f"{{{BPMN}}}process") if e.get("id")}
    for collaboration in root.iterfind(f"{{{BPMN}}}collaboration"):
        pools = [
            (pool, processes.pop(local(pool.get("processRef")), None))
            for pool in collaboration.iterfind(f"{{{BPMN}}}participant")
            if pool.get("id")
        ]
        if pools and collaboration.get("id"):
            yield Plane(collaboration, pools, shapes)
    for process in processes.values():
        if any(True for _ in drawable(process)):
            yield Plane(process, [], shapes)


def _drawable_lines(container: _Element) -> set[str]:
    """The lines of a container both ends of which can be drawn."""
    root = container.getroottree().getroot()
    ends = {
        e.get("id")
        for e in root.iter()
        if kind(e) in FLOW_NODES or kind(e) in ("participant", "textAnnotation", "group")
        or kind(e).endswith("Reference")
    }  # fmt: skip
    return {
        line.get("id") or ""
        for line, source, target in connections(container)
        if line.get("id") and {source, target} <= ends
    }


def _attach(scene: Scene, elements: list[_Element]) -> None:
    """Puts boundary events on the borders of their hosts, which grow for many of them."""
    for element in elements:
        event = scene.items[element.get("id") or ""]
        host = scene.items.get(local(element.get("attachedToRef")))
        if host and host is not event and host.host is None and not event.boundaries:
            event.host = host
            event.band = host.band
            host.boundaries.append(event)
    for item_ in scene.items.values():
        if len(item_.boundaries) > 1:
            item_.width = max(item_.width, _needed(item_.boundaries))


def _needed(events: list[Item]) -> float:
    widest = max(label_size(event.name)[0] for event in events)
    each = 52 if len(events) == 2 else max(52, widest + 18)
    return 48 + each * (len(events) - 1)
