"""What a check says about a diagram: one finding per fault, in browser, CLI and deploy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bpmn.messages import Message


class Severity(StrEnum):
    """How far a finding stops the diagram."""

    ERROR = "error"  # cannot be executed rightly: refused everywhere
    BLOCKING = "blocking"  # a draft or dry run may have it, activation may not
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """One fault: the rule's name, the element it stands on (None: the file), what to do.

    ``clause`` is the place of the specification that forbids it ("BPMN 2.0, 10.5.4"), None where
    the rule is Alur's own. ``path`` are the ids of the nodes and flows that a case passes until it
    comes to the fault.
    """

    severity: Severity
    rule: str
    element: str | None
    message: Message
    clause: str | None = None
    path: tuple[str, ...] = ()
