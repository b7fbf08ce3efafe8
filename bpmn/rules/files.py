"""Rules on a whole file: its schema, its processes and what stands beside them, its picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn.elements import kind
from bpmn.findings import Finding, Severity
from bpmn.messages import message
from bpmn.reading import BPMN, BPMNDI, schema_errors
from bpmn.remarks import findable_id
from bpmn.rules.clauses import on_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from bpmn.elements import File
    from bpmn.rules.clauses import Fault

MODELER = "http://camunda.org/schema/modeler/1.0"
PLATFORMS = ("Camunda Platform", "Operaton")
_NO_PROCESS = (
    "choreography globalChoreographyTask conversation subConversation callConversation"
    " globalConversation".split()
)


def schema(file: File) -> Iterator[Finding]:
    """The document must be valid against the BPMN 2.0 XSD (OMG formal/2011-01-03, annex)."""
    yield from doubled_id(file)
    doubled = {f"'{element_id}'" for element_id in _doubled(file.root)}
    for line, reason in schema_errors(file.root):
        if "xs:ID" in reason and any(f": {name} is not" in reason for name in doubled):
            continue  # said above, in words
        said = message(
            "Tidak sesuai skema BPMN 2.0 (baris {line}): {reason}", line=line, reason=reason
        )
        yield Finding(Severity.ERROR, "schema", None, said)


@on_file("8.2.1")
def doubled_id(file: File) -> Iterator[Fault]:
    """No two elements of a file have the same id (8.2.1)."""
    for element_id, lines in _doubled(file.root).items():
        first, second, *_ = lines
        yield (
            element_id,
            message(
                'ID "{id}" dipakai dua kali (baris {first} dan {second}).',
                id=element_id,
                first=first,
                second=second,
            ),
        )


def _doubled(root: _Element) -> dict[str, list[int]]:
    """The ids that stand on several elements of the standard, with their lines."""
    lines: dict[str, list[int]] = {}
    for element in root.iter(*(f"{{{space}}}*" for space in (BPMN, BPMNDI))):
        if element_id := element.get("id"):
            lines.setdefault(element_id, []).append(int(element.sourceline or 0))
    return {element_id: found for element_id, found in lines.items() if len(found) > 1}


def executable(file: File) -> Iterator[Finding]:
    """Exactly one process may be marked as executable; a dry run may choose among several."""
    keys = [diagram.key for diagram in file.diagrams if diagram.executable]
    if not keys:
        said = message('Tidak ada proses yang ditandai dapat dijalankan (isExecutable="true").')
        yield Finding(Severity.ERROR, "executable", None, said)
    for key in keys[1:]:
        said = message("Satu berkas hanya boleh memuat satu proses yang dijalankan.")
        yield Finding(Severity.BLOCKING, "executable", key, said)


def platform(file: File) -> Iterator[Finding]:
    """A file made for another engine says things that Alur would read over."""
    name = file.root.get(f"{{{MODELER}}}executionPlatform")
    if name is not None and name not in PLATFORMS:
        said = message('Dibuat untuk "{name}"; pilih Camunda Platform di modeler.', name=name)
        yield Finding(Severity.ERROR, "platform", None, said)


def collaboration(file: File) -> Iterator[Finding]:
    """Message flows are not executed, and other processes of the file stand still."""
    for flow in file.root.iter(f"{{{BPMN}}}messageFlow"):
        said = message("Belum dapat dijalankan: {reason}.", reason="bpmn:messageFlow")
        yield Finding(Severity.ERROR, "collaboration", flow.get("id"), said)
    for diagram in file.diagrams:
        if not diagram.executable and diagram.nodes:
            said = message("Proses ini tidak ditandai dapat dijalankan dan tidak akan berjalan.")
            yield Finding(Severity.WARNING, "collaboration", diagram.key or None, said)


def no_process(file: File) -> Iterator[Finding]:
    """Where no process is to run, what else is drawn is not passed over for that."""
    if any(diagram.executable for diagram in file.diagrams):
        return  # `support.unsupported` says it
    for element in file.root.iter(*(f"{{{BPMN}}}{name}" for name in _NO_PROCESS)):
        said = message("Belum dapat dijalankan: {reason}.", reason=f"bpmn:{kind(element)}")
        yield Finding(Severity.ERROR, "unsupported", findable_id(element), said)


def layout(file: File) -> Iterator[Finding]:
    """Without its layout a diagram runs, and Alur draws one to look at; the file stays as it is."""
    shapes = {e.get("bpmnElement") for e in file.root.iter(f"{{{BPMNDI}}}BPMNShape")}
    for diagram in file.diagrams:
        if diagram.executable and not diagram.nodes.keys() <= shapes:
            said = message(
                "Ada bagian tanpa tata letak (BPMNDI). Alur menata gambarnya sendiri;"
                ' "alur layout" menyimpan tata letak itu dalam berkas.'
            )
            yield Finding(Severity.WARNING, "layout", diagram.key or None, said)
