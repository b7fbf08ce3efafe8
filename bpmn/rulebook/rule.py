"""What the rulebook says of a rule: what it asks, why, how to mend it, and an example each way."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent
from typing import TYPE_CHECKING

from bpmn.layout import drawn
from bpmn.notation import office_file_of

if TYPE_CHECKING:
    from bpmn.messages import Message


@dataclass(frozen=True)
class Rule:
    """One rule. ``name`` is the one of its findings.

    ``wrong`` and ``right`` are diagrams, in the notation of `bpmn.notation` or as XML; None where
    no diagram is known to break the rule. ``along`` names the rules that find something in the
    wrong one as well, since it cannot be wrong in this way alone.
    """

    name: str
    title: Message
    meaning: Message
    remedy: Message
    wrong: str | None = None
    right: str | None = None
    along: tuple[str, ...] = ()


@dataclass(frozen=True)
class Family:
    """Rules on the same subject; ``key`` is its anchor on the page of all rules."""

    key: str
    title: Message
    rules: tuple[Rule, ...]


def is_xml(example: str) -> bool:
    """Whether an example is a file as it stands, not in the notation."""
    return example.lstrip().startswith("<")


def text_of(example: str) -> str:
    """An example to be read, without the indent that it has in the source."""
    return dedent(example).strip()


def source_of(example: str) -> bytes:
    """The file of an example: what is in the notation has a picture, XML is as it is."""
    if is_xml(example):
        return text_of(example).encode()
    return drawn(office_file_of(example))
