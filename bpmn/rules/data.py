"""Rules on data objects and on the data that flows into and out of activities and events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn.elements import kind, owner_id, within
from bpmn.messages import message
from bpmn.rules.clauses import on_drawing
from bpmn.rules.scopes import named, parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from bpmn.diagram import Diagram
    from bpmn.messages import Message
    from bpmn.rules.clauses import Fault

_DATA = frozenset(
    "dataObject dataObjectReference dataStore dataStoreReference dataInput dataOutput property"
    " inputDataItem outputDataItem".split()
)
# What holds data of an activity without being a level of its own.
_WITHIN = frozenset({"ioSpecification", "multiInstanceLoopCharacteristics"})
_ENDS = {"dataInputAssociation": "sourceRef", "dataOutputAssociation": "targetRef"}


@on_drawing("10.3.1")
def data_reference(diagram: Diagram) -> Iterator[Fault]:
    """A data object reference stands for a data object that is in sight (10.3.1)."""
    for part in within(diagram.xml, ["dataObjectReference"]):
        found = _in_sight(part, part.get("dataObjectRef"))
        if found is None or kind(found) != "dataObject":
            yield part.get("id"), _nowhere("dataObjectRef", part.get("dataObjectRef"))


@on_drawing("10.3.1")
def data_association(diagram: Diagram) -> Iterator[Fault]:
    """What flows into or out of a node is data that is in sight there (10.3.1)."""
    for part in within(diagram.xml, _ENDS):
        end = _ENDS[kind(part)]
        for reference in parts(part, end):
            found = _in_sight(part, reference.text)
            if found is None or kind(found) not in _DATA:
                yield part.get("id") or owner_id(part), _nowhere(end, reference.text)


def _nowhere(name: str, reference: str | None) -> Message:
    return message('{name} menunjuk "{id}", yang tidak ada.', name=name, id=reference or "")


def _in_sight(part: _Element, reference: str | None) -> _Element | None:
    """What is referred to, if it stands on the level of ``part`` or on one around it.

    Data stores outlive cases; modelers keep those that are drawn beside the pools in any process.
    """
    found = named(part, reference)
    if found is not None and kind(found) in ("dataStore", "dataStoreReference"):
        return found
    holder = None if found is None else found.getparent()
    while holder is not None and kind(holder) in _WITHIN:
        holder = holder.getparent()
    return found if any(around is holder for around in part.iterancestors()) else None
