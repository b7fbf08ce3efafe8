"""A picture for a diagram that has none: pools and lanes as strips, steps in a grid, tidy edges.

`drawn` is all that others need. A plane whose own layout lacks anything is laid out anew as a
whole: what somebody placed by hand and what a program places would lie upon each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn.elements import local
from bpmn.layout.picture import pictures, spliced
from bpmn.layout.planes import Plane, planes
from bpmn.reading import BPMNDI, read

if TYPE_CHECKING:
    from lxml.etree import _Element


def drawn(source: bytes) -> bytes:
    """The file with a whole layout: as it is where its own lacks nothing, else with a new one.

    The same file gives the same bytes. Nothing outside of `bpmndi:BPMNDiagram` changes. Raises
    `bpmn.reading.UnreadableDiagram`.
    """
    root = read(source)
    anew = [plane for plane in planes(root) if plane.lacking]
    if not anew:
        return source
    found = pictures(root, [plan for plane in anew for plan in plane.plans()])
    return spliced(source, found, _outdated(root, anew))


def is_whole(root: _Element) -> bool:
    """Whether all of a diagram that can be drawn is drawn."""
    return not any(plane.lacking for plane in planes(root))


def _outdated(root: _Element, anew: list[Plane]) -> set[int]:
    """The numbers of the pictures that new ones replace, and of those that show nothing."""
    kept = {name for plane in planes(root) if not plane.lacking for name in plane.shown}
    return {
        number
        for number, picture in enumerate(root.iterfind(f"{{{BPMNDI}}}BPMNDiagram"))
        if _shown(picture) not in kept
    }


def _shown(picture: _Element) -> str:
    plane = picture.find(f"{{{BPMNDI}}}BPMNPlane")
    return "" if plane is None else local(plane.get("bpmnElement"))
