"""Reading BPMN XML from anybody, safely: no entities, no network, bounded in every direction."""

from __future__ import annotations

import importlib.metadata
import threading
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from lxml import etree

from bpmn.messages import AlurError, message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml.etree import _Element

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
# Operaton, the community's successor of Camunda 7, reads and writes the same extensions.
CAMUNDA = ("http://camunda.org/schema/1.0/bpmn", "http://operaton.org/schema/1.0/bpmn")

MAX_BYTES = 5_000_000
MAX_DEPTH = 100
MAX_PARTS = 100_000  # elements and attributes; a procedure of eight steps has some 1,400
MAX_ATTRIBUTES = 100  # of one element
MAX_VALUE = 10_000  # letters of one attribute
MAX_REASON = 200
# Partial types do not reach through lxml's stubs.
_parser: Any = partial(
    etree.XMLParser,
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    huge_tree=False,
    remove_pis=True,
    remove_comments=True,  # a comment would cut the text around it in two
)
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
        etree.fromstring(source, _parser(target=_Inspector()))
        root: _Element = etree.fromstring(source, _parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        reason = str(error)[:MAX_REASON]
        raise UnreadableDiagram(
            message("Berkas bukan XML yang benar: {reason}", reason=reason)
        ) from error
    if root.tag != f"{{{BPMN}}}definitions":
        raise UnreadableDiagram(message("Berkas bukan diagram BPMN 2.0 (bpmn:definitions)."))
    return root


def schema_errors(root: _Element) -> list[tuple[int, str]]:
    """What the BPMN 2.0 XSD holds against the document, as (line, reason)."""
    schema = _schema()
    with _schema_in_use:  # an XMLSchema keeps its errors on itself
        if schema.validate(root):
            return []
        return [(entry.line, entry.message) for entry in schema.error_log]


class _Inspector:
    """Sees a file go by and refuses it before anything is built of it."""

    def __init__(self) -> None:
        self._depth = self._parts = 0

    def doctype(self, *_declared: object) -> None:
        raise UnreadableDiagram(message("Berkas memuat DOCTYPE, yang tidak diterima."))

    def start(self, _tag: object, attributes: Mapping[Any, str]) -> None:
        self._depth += 1
        self._parts += 1 + len(attributes)
        if self._depth > MAX_DEPTH:
            raise UnreadableDiagram(
                message(
                    "Susunan berkas terlalu dalam (lebih dari {limit} tingkat).", limit=MAX_DEPTH
                )
            )
        if self._parts > MAX_PARTS or len(attributes) > MAX_ATTRIBUTES:
            raise UnreadableDiagram(message("Berkas memuat terlalu banyak unsur atau atribut."))
        if any(len(value) > MAX_VALUE for value in attributes.values()):
            raise UnreadableDiagram(
                message("Nilai sebuah atribut terlalu panjang (lebih dari {n} huruf).", n=MAX_VALUE)
            )

    def end(self, _tag: object) -> None:
        self._depth -= 1

    def close(self) -> None:
        """Nothing is kept of what was seen."""


@cache
def _schema() -> etree.XMLSchema:
    # The OMG's schema files travel inside SpiffWorkflow's distribution; located, not imported,
    # so that the notation stays free of the executing library.
    path = importlib.metadata.distribution("SpiffWorkflow").locate_file(
        "SpiffWorkflow/bpmn/parser/schema/BPMN20.xsd"
    )
    return etree.XMLSchema(etree.parse(str(path)))
