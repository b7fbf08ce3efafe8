"""Rules on subprocesses and called processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn.elements import kind, local
from bpmn.findings import Severity
from bpmn.messages import message
from bpmn.rules.clauses import on_drawing, on_scope
from bpmn.rules.scopes import (
    definitions,
    is_event_subprocess,
    named,
    parts,
    process_of,
    scopes,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from bpmn.diagram import Diagram
    from bpmn.rules.clauses import Fault
    from bpmn.rules.scopes import Scope


@on_scope(None)
def inner_lanes(scope: Scope) -> Iterator[Fault]:
    """Lanes divide the process; a subprocess stands in one of them with all that is in it."""
    if kind(scope.element) != "process" and parts(scope.element, "laneSet"):
        yield scope.id, message("Lajur di dalam subproses belum didukung.")


@on_scope("10.2.6")
def called(scope: Scope) -> Iterator[Fault]:
    """A call activity says which process it calls (10.2.6)."""
    for node in scope.of_kind("callActivity"):
        if not local(node.get("calledElement")):
            yield node.get("id"), message("Tidak menyebut proses yang dipanggil (calledElement).")


@on_scope(None)
def calls_itself(scope: Scope) -> Iterator[Fault]:
    """A process does not call itself: it would never come to an end."""
    for node in scope.of_kind("callActivity"):
        around = process_of(node)
        if around is not None and local(node.get("calledElement")) == around.get("id"):
            yield node.get("id"), message("Proses memanggil dirinya sendiri.")


@on_drawing("10.4.6", Severity.WARNING)
def error_caught(diagram: Diagram) -> Iterator[Fault]:
    """An error that ends a way is caught around it, or by whoever calls the process (10.4.6)."""
    within, at_edge = _catchers(diagram)
    for scope in scopes(diagram.xml):
        for end in scope.of_kind("endEvent"):
            if "error" in definitions(end) and not _is_caught(end, within, at_edge):
                said = message(
                    "Kesalahan ini tidak ditangkap di sini; hanya proses pemanggil yang dapat"
                    " menangkapnya."
                )
                yield end.get("id"), said


def _catchers(diagram: Diagram) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """The errors caught within a scope by event subprocesses, and at the edge of it, by its id."""
    within: dict[str, set[str]] = {}
    at_edge: dict[str, set[str]] = {}
    for scope in scopes(diagram.xml):
        for event in scope.of_kind("boundaryEvent"):
            at_edge.setdefault(local(event.get("attachedToRef")), set()).update(_errors(event))
        around = scope.element.getparent()
        if is_event_subprocess(scope.element) and around is not None:
            for start in scope.of_kind("startEvent"):
                within.setdefault(around.get("id", ""), set()).update(_errors(start))
    return within, at_edge


def _is_caught(end: _Element, within: dict[str, set[str]], at_edge: dict[str, set[str]]) -> bool:
    in_handler = False  # which does not catch what it throws itself
    for around in end.iterancestors():
        scope_id = around.get("id", "")
        caught = at_edge.get(scope_id, set()) | (
            set() if in_handler else within.get(scope_id, set())
        )
        if "" in caught or caught.intersection(_errors(end)):
            return True
        in_handler = is_event_subprocess(around)
    return False


def _errors(event: _Element) -> Iterator[str]:
    """The codes of the errors that an event throws or catches; empty for any error."""
    for part in parts(event, "errorEventDefinition"):
        error = named(part, part.get("errorRef"))
        yield (
            local(part.get("errorRef"))
            if error is None
            else error.get("errorCode", error.get("id", ""))
        )
