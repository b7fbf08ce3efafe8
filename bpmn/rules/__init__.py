"""The rules on the drawing: one function each, `Diagram` in, findings out.

Rules that need expressions or the compiled program stand in `engine.checking`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn.rules import dialect, files, flow, forms, lanes, support, timing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml.etree import _Element

    from bpmn.diagram import Diagram
    from bpmn.findings import Finding

RULES: tuple[Callable[[Diagram], Iterator[Finding]], ...] = (
    support.missing_id,
    support.reserved_id,
    support.too_long,
    support.unsupported,
    support.ignored,
    dialect.foreign,
    dialect.extension,
    dialect.known_properties,
    flow.references,
    flow.one_start,
    flow.way_out,
    flow.default_way,
    flow.way_in,
    flow.event_gateway,
    flow.unreachable,
    lanes.lane_membership,
    lanes.actor_rule,
    lanes.distinct,
    timing.duration,
    timing.waktu,
    timing.timer_properties,
    timing.limits,
    timing.timer_start,
    forms.form_fields,
    forms.form_key,
    forms.service_answer,
)


# The schema is asked first and alone: the others may rely on it.
FILE_RULES: tuple[Callable[[_Element], Iterator[Finding]], ...] = (
    files.executable,
    files.platform,
    files.collaboration,
    files.layout,
)


def check_drawing(diagram: Diagram) -> list[Finding]:
    """All findings of the rules on one process."""
    return [finding for rule in RULES for finding in rule(diagram)]


def check_file(root: _Element) -> list[Finding]:
    """All findings of the rules on a whole file."""
    return [finding for rule in FILE_RULES for finding in rule(root)]
