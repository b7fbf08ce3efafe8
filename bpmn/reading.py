"""Reading BPMN XML from anybody, safely: no entities, no network, bounded size and depth."""

from __future__ import annotations

import importlib.metadata
import threading
from functools import cache
from typing import TYPE_CHECKING

from lxml import etree

from bpmn.messages import AlurError, message

if TYPE_CHECKING:
    from lxml.etree import _Element

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
# Operaton, the community's successor of Camunda 7, reads and writes the same extensions.
CAMUNDA = ("http://camunda.org/schema/1.0/bpmn", "http://operaton.org/schema/1.0/bpmn")

MAX_BYTES = 5_000_000
MAX_DEPTH = 100
_schema_in_use = threading.Lock()


class UnreadableDiagram(AlurError):
    """The file is not a BPMN document that may be read at all."""


def read(source: bytes) -> _Element:
    """The root ``bpmn:definitions`` of a file; raises `UnreadableDiagram` with the reason."""
    if len(source) > MAX_BYTES:
        raise UnreadableDiagram(
            message("Berkas terlalu besar (lebih dari {limit} MB).", limit=MAX_BYTES // 1_000_000)
        )
    try:
        root = etree.fromstring(source, _parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableDiagram(
            message("Berkas bukan XML yang benar: {reason}", reason=error)
        ) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableDiagram(message("Berkas memuat DOCTYPE, yang tidak diterima."))
    if root.tag != f"{{{BPMN}}}definitions":
        raise UnreadableDiagram(message("Berkas bukan diagram BPMN 2.0 (bpmn:definitions)."))
    if _depth(root) > MAX_DEPTH:
        raise UnreadableDiagram(
            message("Susunan berkas terlalu dalam (lebih dari {limit} tingkat).", limit=MAX_DEPTH)
        )
    return root


def schema_errors(root: _Element) -> list[tuple[int, str]]:
    """What the BPMN 2.0 XSD holds against the document, as (line, reason)."""
    schema = _schema()
    with _schema_in_use:  # an XMLSchema keeps its errors on itself
        if schema.validate(root):
            return []
        return [(entry.line, entry.message) for entry in schema.error_log]


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_pis=True,
        remove_comments=True,  # a comment would cut the text around it in two
    )


def _depth(root: _Element) -> int:
    deepest, level = 0, 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        level += 1 if event == "start" else -1
        deepest = max(deepest, level)
    return deepest


@cache
def _schema() -> etree.XMLSchema:
    # The OMG's schema files travel inside SpiffWorkflow's distribution; located, not imported,
    # so that the notation stays free of the executing library.
    path = importlib.metadata.distribution("SpiffWorkflow").locate_file(
        "SpiffWorkflow/bpmn/parser/schema/BPMN20.xsd"
    )
    return etree.XMLSchema(etree.parse(str(path)))
