"""Rules on extensions: what other engines read, and names that nobody reads."""

from __future__ import annotations

from string import digits
from typing import TYPE_CHECKING

from bpmn.elements import kind, with_properties
from bpmn.findings import Finding, Severity
from bpmn.messages import message
from bpmn.reading import BPMN, BPMNDI, CAMUNDA
from bpmn.remarks import findable_id, remarks, split
from bpmn.rules.files import MODELER
from bpmn.rules.support import refusal, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from bpmn.diagram import Diagram
    from bpmn.elements import File

# What other engines say of who acts, what is asked or what happens: read over, it runs wrongly.
_FOREIGN_MEANING = frozenset(
    "inputOutput executionListener taskListener connector in out field class delegateExpression"
    " assignee owner candidateUsers candidateGroups formKey formProperty formDefinition ioMapping"
    " assignmentDefinition taskDefinition calledElement calledDecision subscription"
    " script preScript postScript onEntry-script onExit-script serviceTaskOperator taskName"
    " resultVariable skipExpression terminateAll collection elementVariable loopCharacteristics"
    "".split()
)
_OURS = frozenset({BPMN, *CAMUNDA, MODELER, "http://www.w3.org/2001/XMLSchema-instance"})
# What Alur reads, by the kind of element; a name that ends with a dot is numbered.
_KNOWN = {
    "process": (
        "alur:calendar alur:distinct sop:nomor sop:unit sop:tanggalPembuatan sop:tanggalRevisi"
        " sop:tanggalEfektif sop:disahkanOleh sop:peringatan sop:dasarHukum. sop:kualifikasi."
        " sop:keterkaitan. sop:peralatan. sop:pencatatan."
        " alur:waitLimit alur:remindBefore alur:escalateAfter alur:receives"
    ),
    "lane": "alur:actor",
    "event": (
        "alur:timer alur:calendar alur:clock alur:due alur:subject"
        " alur:gives alur:sends alur:correlation sop:no sop:kelengkapan sop:output sop:keterangan"
    ),
    "task": (
        "sop:no sop:kelengkapan sop:output sop:keterangan alur:waitLimit"
        " alur:gives alur:sends alur:correlation alur:bulk alur:documents alur:signs"
    ),
}
_FIELD_PROPERTIES = frozenset(
    "columns minRows maxRows total prefill requiredIf visibleIf accept unit".split()
)


def foreign(diagram: Diagram) -> Iterator[Finding]:
    """Extensions of other engines are said; those that carry meaning are refused."""
    for element in (diagram.xml, *diagram.xml.iterdescendants()):
        yield from _said_of_foreign(element)


def foreign_beside(file: File) -> Iterator[Finding]:
    """The same of what stands beside the processes that may run; a picture has no meaning."""
    ahead = [file.root]
    while ahead:
        element = ahead.pop()
        yield from _said_of_foreign(element)
        ahead += [e for e in reversed(element) if not (_is_executable(e) or _is_picture(e))]


def _said_of_foreign(element: _Element) -> Iterator[Finding]:
    for namespace, name in _foreign_parts(element):
        # An extension may have an id of its own, which nobody finds in the drawing.
        owner = next(e for e in (element, *element.iterancestors()) if kind(e))
        what = f"{name} ({namespace})"
        if name in _FOREIGN_MEANING:
            said = message("Belum dapat dijalankan: {reason}.", reason=what)
            yield Finding(Severity.ERROR, "foreign", findable_id(owner), said)
        else:
            said = message("{name} diabaikan oleh Alur.", name=what)
            yield Finding(Severity.WARNING, "foreign", findable_id(owner), said)


def extension(diagram: Diagram) -> Iterator[Finding]:
    """Camunda's listeners, mappings and connectors are refused; other extensions are said."""
    for part in remarks(diagram.xml):
        if part.is_extension:
            yield from refusal(part, "extension")
            yield from warning(part, "extension")


def known_properties(diagram: Diagram) -> Iterator[Finding]:
    """Names of `alur:` and `sop:` properties and of field properties are ones that are read."""
    for element, properties in with_properties(diagram.xml):
        known = _KNOWN.get(_place(element), "").split()
        for name in properties:
            if name.startswith(("alur:", "sop:")) and not _is_known(name, known):
                said = message("{name} tidak dikenal di sini.", name=name)
                yield Finding(Severity.WARNING, "known-properties", element.get("id"), said)
    for node in diagram.nodes.values():
        for field in node.form:
            for name in sorted(field.properties.keys() - _FIELD_PROPERTIES):
                said = message("{name} tidak dikenal di sini.", name=f"{field.id}.{name}")
                yield Finding(Severity.WARNING, "known-properties", node.id, said)


def _is_known(name: str, known: list[str]) -> bool:
    return name in known or name.rstrip(digits) in known


def _place(element: _Element) -> str:
    name = kind(element).lower()
    return next((place for place in _KNOWN if name.endswith(place)), "")


def _is_executable(element: _Element) -> bool:
    return kind(element) == "process" and element.get("isExecutable") in ("true", "1")


def _is_picture(element: _Element) -> bool:
    return split(element.tag) == (BPMNDI, "BPMNDiagram")


def _foreign_parts(element: _Element) -> Iterator[tuple[str, str]]:
    for namespace, name in map(split, (element.tag, *element.attrib)):
        if namespace and namespace not in _OURS:
            yield namespace, name
