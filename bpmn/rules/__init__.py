"""The rules on the drawing: one function each, `Diagram` in, findings out.

Rules that need expressions or the compiled program stand in `engine.checking`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn.rules import (
    bulk,
    connections,
    data,
    dialect,
    documents,
    events,
    files,
    flow,
    forms,
    gateways,
    lanes,
    loops,
    pools,
    sop,
    soundness,
    subprocesses,
    support,
    tables,
    timing,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bpmn.diagram import Diagram
    from bpmn.elements import File
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
    flow.an_end,
    flow.way_out,
    flow.start_way_out,
    flow.event_way_out,
    flow.way_in,
    flow.default_way,
    soundness.deadlock,
    soundness.doubled_token,
    soundness.never_ends,
    soundness.dead_activity,
    soundness.unproven,
    connections.not_a_node,
    connections.across_pools,
    connections.across_border,
    connections.into_start,
    connections.into_boundary,
    connections.out_of_end,
    connections.event_subprocess_flow,
    connections.handler_flow,
    connections.self_flow,
    connections.doubled_flow,
    connections.condition_source,
    connections.lone_condition,
    connections.default_owner,
    connections.default_condition,
    connections.idle_default,
    events.start_kind,
    events.subprocess_start,
    events.event_start,
    events.error_start,
    events.end_kind,
    events.cancel_end,
    events.catch_kind,
    events.throw_kind,
    events.boundary_kind,
    events.boundary_host,
    events.error_boundary,
    events.cancel_boundary,
    events.event_reference,
    events.task_message,
    gateways.gateway_direction,
    gateways.idle_gateway,
    gateways.event_gateway,
    gateways.awaited,
    gateways.awaited_alone,
    gateways.awaited_edge,
    gateways.awaited_messages,
    loops.one_loop,
    loops.loop_maximum,
    loops.endless_loop,
    loops.how_many,
    loops.counted_twice,
    loops.empty_expression,
    loops.loop_item,
    loops.item_name,
    loops.loop_place,
    loops.loop_waktu,
    subprocesses.inner_lanes,
    subprocesses.called,
    subprocesses.calls_itself,
    subprocesses.error_caught,
    data.data_reference,
    data.data_association,
    lanes.lane_reference,
    lanes.lane_membership,
    lanes.actor_rule,
    lanes.distinct,
    lanes.own_approval,
    timing.duration,
    timing.waktu,
    timing.late_deadline,
    timing.timer_properties,
    timing.limits,
    timing.timer_start,
    forms.form_fields,
    forms.idle_constraint,
    forms.default_value,
    forms.start_form,
    tables.table_columns,
    tables.table_rows,
    tables.table_total,
    tables.lone_property,
    forms.form_key,
    bulk.bulk,
    forms.service_answer,
    documents.document_kind,
    documents.document_place,
    sop.sop_identity,
    sop.sop_standard,
)


# The schema is asked first and alone: the others may rely on it.
FILE_RULES: tuple[Callable[[File], Iterator[Finding]], ...] = (
    files.executable,
    files.platform,
    files.collaboration,
    files.no_process,
    files.layout,
    dialect.foreign_beside,
    pools.pool_process,
    pools.one_pool,
    pools.message_ends,
    pools.own_pool,
)


def check_drawing(diagram: Diagram) -> list[Finding]:
    """All findings of the rules on one process."""
    return [finding for rule in RULES for finding in rule(diagram)]


def check_file(file: File) -> list[Finding]:
    """All findings of the rules on a whole file."""
    return [finding for rule in FILE_RULES for finding in rule(file)]
