"""Rules on the facts that an SOP must state (Permenpan 35/2012, Lampiran)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn.findings import Severity
from bpmn.messages import message
from bpmn.rules.clauses import on_drawing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bpmn.diagram import Diagram
    from bpmn.rules.clauses import Fault

_IDENTITY = {
    "sop:nomor": "Nomor SOP",
    "sop:unit": "Unit",
    "sop:tanggalPembuatan": "Tanggal pembuatan",
    "sop:tanggalEfektif": "Tanggal efektif",
    "sop:disahkanOleh": "Disahkan oleh",
    "sop:dasarHukum.1": "Dasar hukum",
}
_STANDARD = {"sop:kelengkapan": "Kelengkapan", "sop:output": "Output"}


@on_drawing(None, Severity.WARNING)
def sop_identity(diagram: Diagram) -> Iterator[Fault]:
    """A procedure that is an SOP has all of its identity page."""
    missing = _missing(diagram.properties, _IDENTITY)
    if missing and _is_sop(diagram):
        said = message("Halaman identitas SOP belum lengkap: {facts}.", facts=", ".join(missing))
        yield diagram.key, said


@on_drawing(None, Severity.WARNING)
def sop_standard(diagram: Diagram) -> Iterator[Fault]:
    """Each step of an SOP states its Mutu Baku: Kelengkapan, Waktu and Output."""
    for task in diagram.human_tasks if _is_sop(diagram) else ():
        missing = _missing(task.properties, _STANDARD)
        missing += ["Waktu"] if diagram.waktu(task.id) is None else []
        if missing:
            said = message("Mutu baku langkah belum lengkap: {facts}.", facts=", ".join(missing))
            yield task.id, said


def _is_sop(diagram: Diagram) -> bool:
    return any(name.startswith("sop:") for name in diagram.properties)


def _missing(properties: dict[str, str], facts: dict[str, str]) -> list[str]:
    return [said for name, said in facts.items() if not properties.get(name)]
