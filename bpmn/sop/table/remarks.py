"""What the reader of a table has to say for itself: guesses, gaps, and what goes nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bpmn.messages import message

if TYPE_CHECKING:
    from bpmn.messages import Message

GUESS, MISSING, LEFT = "guess", "missing", "left"
ACTOR, KIND, WAYS, WAKTU, IDENTITY, CELL, COLUMNS = (
    "actor", "kind", "ways", "waktu", "identity", "cell", "columns",
)  # fmt: skip


@dataclass(frozen=True)
class Remark:
    """``place`` is that of a row in `Sop.steps` or None, ``row`` the number in the file or None.

    ``sort`` is ``guess`` (proposed, and says from what), ``missing`` (asked for) or ``left`` (goes
    nowhere, and is quoted: a cell's text, or an answer that fits nothing).
    """

    place: int | None
    row: int | None
    part: str
    sort: str
    said: Message


def left(row: int | None, text: str, place: int | None = None) -> Remark:
    """The remark on a cell's text that has no place in an SOP."""
    quoted = " ".join(text.split())
    said = message('"{text}" tidak termasuk bagian SOP mana pun.', text=quoted)
    return Remark(place, row, CELL, LEFT, said)
