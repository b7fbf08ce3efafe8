"""The rules on the drawing: one function each, `Diagram` in, findings out.

Rules that need expressions or the compiled program stand in `engine.checking`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn.diagram import Diagram
from bpmn.elements import diagrams
from bpmn.findings import Finding, Severity
from bpmn.messages import message
from bpmn.reading import schema_errors
from bpmn.rules import flow, forms, lanes, support, timing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml.etree import _Element

RULES: tuple[Callable[[Diagram], Iterator[Finding]], ...] = (
    support.missing_id,
    support.reserved_id,
    support.unsupported,
    support.ignored,
    flow.references,
    flow.one_start,
    flow.way_out,
    flow.way_in,
    flow.unreachable,
    lanes.lane_membership,
    lanes.actor_rule,
    lanes.distinct,
    timing.duration,
    timing.waktu,
    timing.timer_properties,
    forms.form_fields,
    forms.form_key,
)


def schema(root: _Element) -> Iterator[Finding]:
    """The document must be valid against the BPMN 2.0 XSD (OMG formal/2011-01-03, annex)."""
    for line, reason in schema_errors(root):
        said = message(
            "Tidak sesuai skema BPMN 2.0 (baris {line}): {reason}", line=line, reason=reason
        )
        yield Finding(Severity.ERROR, "schema", None, said)


def executable(root: _Element) -> Iterator[Finding]:
    """Exactly one process may be marked as executable; a dry run may choose among several."""
    keys = [diagram.key for diagram in diagrams(root) if diagram.executable]
    if not keys:
        said = message('Tidak ada proses yang ditandai dapat dijalankan (isExecutable="true").')
        yield Finding(Severity.ERROR, "executable", None, said)
    for key in keys[1:]:
        said = message("Satu berkas hanya boleh memuat satu proses yang dijalankan.")
        yield Finding(Severity.BLOCKING, "executable", key, said)


def check_drawing(diagram: Diagram) -> list[Finding]:
    """All findings of the rules on one process."""
    return [finding for rule in RULES for finding in rule(diagram)]
