"""The actor rules of lanes (`alur:actor`): who does the work drawn there."""

from __future__ import annotations

import re
from dataclasses import dataclass

_RULE = re.compile(
    r"(?P<superiors>(?:superior\()*)(?P<origin>subject|starter)(?P<closing>\)*)"
    r"|group:(?P<group>[\w.-]+)|person:(?P<person>[\d ]+)",
    re.ASCII,
)


@dataclass(frozen=True)
class ActorRule:
    """``origin`` is ``subject``, ``starter``, ``group`` or ``person``.

    ``level`` counts the superiors above a subject or starter; ``code`` is a group's code or a NIP.
    """

    origin: str
    level: int = 0
    code: str = ""


def parse_actor(text: str) -> ActorRule | None:
    """``"superior(superior(subject))"`` and its like; None when it is no actor rule."""
    match = _RULE.fullmatch(text.strip())
    if match is None:
        return None
    if match["group"]:
        return ActorRule("group", code=match["group"])
    if match["person"]:
        return ActorRule("person", code=match["person"].replace(" ", ""))
    level = match["superiors"].count("(")
    return ActorRule(match["origin"], level) if level == len(match["closing"]) else None
