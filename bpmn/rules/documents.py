"""Rules on the documents that a task gives (`alur:documents`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn.elements import with_properties
from bpmn.findings import Finding, Severity
from bpmn.messages import message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bpmn.diagram import Diagram

# What a step may order; each has its template in `tasks/papers`.
KINDS = frozenset({"formulir_skp", "penilaian", "rekaman"})
PROPERTY = "alur:documents"


def document_kind(diagram: Diagram) -> Iterator[Finding]:
    """The documents that a task orders are ones that there are, each named once."""
    for task in diagram.human_tasks:
        for kind in task.documents:
            if kind not in KINDS:
                said = message('Dokumen "{kind}" tidak dikenal.', kind=kind)
                yield Finding(Severity.ERROR, "document-kind", task.id, said)


def document_place(diagram: Diagram) -> Iterator[Finding]:
    """Only people's tasks order documents: nothing else has an act that they could belong to."""
    allowed = {task.id for task in diagram.human_tasks}
    for element, properties in with_properties(diagram.xml):
        if PROPERTY in properties and element.get("id") not in allowed:
            said = message("Dokumen hanya dapat dipesan oleh tugas seseorang.")
            yield Finding(Severity.ERROR, "document-place", element.get("id"), said)
