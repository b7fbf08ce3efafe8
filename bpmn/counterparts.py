"""Which element of a new version stands for which of an old one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bpmn.diagram import Diagram, Node


def proposed(old: Diagram, new: Diagram) -> dict[str, str]:
    """The nodes of a new version that stand for those of an old one, by id.

    The same id and kind; else the only one of the same name and kind that is new. Only what stands
    in the same subprocess, or at the level of the process, can be the same.
    """
    found = {
        node.id: node.id for node in old.nodes.values() if _alike(node, new.nodes.get(node.id))
    }
    added: dict[tuple[str, str, str], list[str]] = {}
    for node in new.nodes.values():
        if node.id not in found.values() and node.name:
            added.setdefault((node.kind, node.name, node.scope), []).append(node.id)
    for node in old.nodes.values():
        same = added.get((node.kind, node.name, _scope(node, found)), [])
        if node.id not in found and len(same) == 1:
            found[node.id] = same[0]
    return found


def choices(node: Node, new: Diagram) -> list[Node]:
    """The nodes of a new version that may stand for one of an old version."""
    return [one for one in new.nodes.values() if one.kind == node.kind and one.loop is None]


def _alike(node: Node, other: Node | None) -> bool:
    same = other is not None and (node.kind, node.scope) == (other.kind, other.scope)
    return same and (node.loop is None) == (other is not None and other.loop is None)


def _scope(node: Node, found: Mapping[str, str]) -> str:
    return found.get(node.scope, node.scope)
