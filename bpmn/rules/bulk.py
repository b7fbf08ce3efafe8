"""Rules on the same act for many cases (`alur:bulk`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn.findings import Finding, Severity
from bpmn.messages import message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bpmn.diagram import Diagram, Node
    from bpmn.messages import Message

# What needs a page of its own, and has no place in a line of a list.
_LARGE = frozenset({"table", "file"})


def bulk(diagram: Diagram) -> Iterator[Finding]:
    """Only a user task with a short form of its own can be done for many cases at once."""
    for node in diagram.nodes.values():
        if "alur:bulk" in node.properties:
            for said in _faults(node):
                yield Finding(Severity.ERROR, "bulk", node.id, said)


def _faults(node: Node) -> Iterator[Message]:
    if node.kind != "userTask":
        yield message("alur:bulk hanya untuk kegiatan pengguna (user task).")
    if node.properties["alur:bulk"] != "true":
        yield message('alur:bulk hanya boleh bernilai "true".')
    if "formKey" in node.attributes:
        yield message("Kegiatan dengan formulir Alur sendiri tidak dapat dikerjakan sekaligus.")
    if "alur:signs" in node.properties:
        yield message("Kegiatan dengan tanda tangan tidak dapat dikerjakan sekaligus.")
    for field in node.form:
        if field.type in _LARGE:
            yield message(
                "Isian {field} (tabel atau berkas) tidak dapat dikerjakan sekaligus.",
                field=field.id,
            )
