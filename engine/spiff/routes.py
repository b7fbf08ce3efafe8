"""From one version of a procedure to another: which node stands for which, and whether it may.

What is refused is an `Immovable`, whose message says why in words.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bpmn.diagram import HUMAN_TASKS
from bpmn.markings import Net
from bpmn.messages import message
from engine.errors import Immovable
from engine.spiff import catching
from engine.spiff.loops import CHILD
from engine.spiff.transcript import WAYS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bpmn.diagram import Node
    from bpmn.markings import Position
    from engine.spiff.programs import Program

SPLIT, EDGE, END = ".BoundaryEventSplit", ".BoundaryEventJoin", ".EndJoin"
_PLAIN = HUMAN_TASKS | {"serviceTask", "receiveTask", "intermediateCatchEvent"}


@dataclass(frozen=True)
class Route:
    """From which version to which, and by which ``mapping`` of node ids."""

    old: Program
    new: Program
    mapping: Mapping[str, str]
    _nets: dict[str, tuple[Net, bool]] = field(default_factory=dict, compare=False)

    def renamed(self, name: str, level: str, new_level: str) -> str:
        """What a task of a level goes by in the new version; empty where that has no such node."""
        if name == level + END:
            return new_level + END
        for suffix in (CHILD, SPLIT, EDGE, WAYS, ""):
            element = name.removesuffix(suffix)
            if name.endswith(suffix) and element in self.mapping:
                return self.mapping[element] + suffix
        return name if name in ("Start", "End") else ""

    def counterpart(self, element: str) -> Node:
        """The node in which a token of an element stands from now on."""
        before = self.old.diagram.nodes.get(element)
        node = self.new.diagram.nodes.get(self.mapping.get(element, ""))
        if before is not None and before.loop:
            said = message('"{step}" sedang diulang untuk beberapa hal.', step=_name(before))
            raise Immovable(said)
        if before is None or node is None:
            raise self.gone(element)
        if not self._are_alike(before, node):
            raise Immovable(message('"{step}" dalam versi baru jenisnya lain.', step=_name(before)))
        return node

    def event(self, element: str, host: Node) -> Node | None:
        """The event at the edge of ``host`` that stands for one of the old version."""
        before = self.old.diagram.nodes.get(element)
        node = self.new.diagram.nodes.get(self.mapping.get(element, ""))
        if before is None or node is None or node.attached_to != host.id:
            return None
        return node if catching.kind(node) == catching.kind(before) else None

    def require_over(self, element: str, node: Node) -> None:
        """An event that has happened means the same now: it ends nothing, nor comes otherwise."""
        before = self.old.diagram.nodes[element]
        again = {one.timer.kind for one in (before, node) if one.timer}
        if node.interrupting or (before.timer != node.timer and "timeCycle" in again):
            raise Immovable(
                message(
                    '"{step}" sudah terjadi dan dalam versi baru berarti lain.', step=_name(node)
                )
            )

    def require_reachable(
        self, level: str, new_level: str, tokens: Sequence[Position], *, stay: bool
    ) -> None:
        """The new version has these tokens of a level together in some run of its own.

        Where its outline is the same and all ``stay`` where they are, it surely has.
        """
        net, same = self._net(level, new_level)
        if not tokens or (same and stay):
            return
        marking = frozenset(tokens)
        if net.markings is None:
            raise Immovable(message("Versi baru terlalu bercabang untuk memeriksa perpindahan."))
        if len(marking) < len(tokens) or marking not in net.markings:
            names = self.new.diagram.names
            said = message(
                "Dalam versi baru langkah-langkah ini tidak pernah terbuka bersama saja: {steps}.",
                steps=", ".join(sorted({names[at] for at, _ in marking})),
            )
            raise Immovable(said)

    def gone(self, element: str) -> Immovable:
        """What is to be said of an element that nothing stands for."""
        return Immovable(
            message('"{step}" tidak ada lagi dalam versi baru.', step=self.said(element))
        )

    def said(self, element: str) -> str:
        """What an element of the old version is called."""
        return self.old.diagram.names.get(element, element)

    def _net(self, level: str, new_level: str) -> tuple[Net, bool]:
        """The markings of a level of the new version, and whether the old one had the same."""
        if new_level not in self._nets:
            net = Net(self.new.diagram, new_level)
            same = Net(self.old.diagram, level).outline() == net.outline()
            self._nets[new_level] = net, same
        return self._nets[new_level]

    def _are_alike(self, before: Node, node: Node) -> bool:
        return (
            before.kind == node.kind
            and node.loop is None
            and catching.kind(before) == catching.kind(node)
            and (before.kind != "serviceTask" or before.topic == node.topic)
            and (before.kind in _PLAIN or before.called == node.called)
        )


def _name(node: Node) -> str:
    return node.name or node.id
