"""The rows of a table as entries: what stands in which column."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bpmn.sop.table.headings import KEGIATAN

if TYPE_CHECKING:
    from bpmn.sop.grids import Row
    from bpmn.sop.table.marks import Mark
    from bpmn.sop.table.remarks import Remark

NUMBER = re.compile(
    r"\(?\s*([0-9]{1,4}(?:\.[0-9]{1,3})*\.?[a-z]?|[a-z]|[ivx]{1,6})\s*[.)]*", re.IGNORECASE
)
NUMBERED = re.compile(r"\(?([0-9]{1,3})[.)]\s+(?=\D)")  # a number in front of a text
EDGE = re.compile(
    r"(?:kegiatan\s+|proses\s+|prosedur\s+)?(mulai|start|selesai|end|finish)\W*", re.IGNORECASE
)


@dataclass
class Entry:
    """What a table says of one step; ``marks`` are by the columns' names, ``named`` as written."""

    row: int
    number: str = ""
    texts: dict[str, str] = field(default_factory=dict)
    marks: dict[str, Mark] = field(default_factory=dict)
    named: str = ""

    @property
    def edge(self) -> str:
        """``mulai`` or ``selesai`` where that is all it says."""
        found = EDGE.fullmatch(self.texts.get(KEGIATAN, ""))
        if found is None:
            return ""
        return "mulai" if found[1].lower() in ("mulai", "start") else "selesai"

    def add(self, column: str, text: str, joint: str = "; ") -> None:
        """More of what a column says."""
        before = self.texts.get(column, "")
        self.texts[column] = f"{before}{joint}{text}" if before and text else before or text


@dataclass
class Table:
    """All entries, the names of the columns of who acts, and the rows that are none of it."""

    entries: list[Entry] = field(default_factory=list)
    actors: list[str] = field(default_factory=list)
    loose: list[Row | None] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    drawn: bool = False  # whether symbols drawn upon cells say who acts
