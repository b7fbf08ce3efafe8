"""The columns of a table in a form, as one line of text says them.

``kegiatan:text*, kuantitas:decimal(0..) "Jumlah", jenis:enum(a=Rutin|b), biaya:money``: a name, a
colon and a type; then what it may be, in brackets (the choices of `enum`, the bounds of a number),
``*`` where every row must have it, and a heading in quotes. Commas stand between columns.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from bpmn.messages import Message, message

if TYPE_CHECKING:
    from collections.abc import Iterator

NUMBERS = frozenset({"long", "decimal", "money"})
COLUMN_TYPES = frozenset({"string", "text", "boolean", "date", "enum"}) | NUMBERS
MAX_COLUMNS = 20
MAX_ROWS = 500
MAX_CELLS = 6_000  # what a browser can send of one table at once
USUAL_ROWS = 100  # at most, where nothing else is drawn
_COLUMN = re.compile(
    r"""\s*(?P<name>[^:,()"\s]+)\s*:\s*(?P<type>\w+)
    (?:\s*\((?P<inside>[^()]*)\))?\s*(?P<required>[*?]?)\s*(?:"(?P<label>[^"]*)")?\s*(?:,|$)""",
    re.VERBOSE,
)
_BOUND = r"-?\d{1,15}(?:\.\d{1,4})?"
_BOUNDS = re.compile(rf"\s*({_BOUND})?\s*\.\.\s*({_BOUND})?\s*", re.ASCII)


@dataclass(frozen=True)
class Column:
    """One column: ``minimum`` and ``maximum`` bound a number, ``choices`` are (value, text)."""

    name: str
    type: str = "string"
    label: str | Message = ""
    required: bool = False
    choices: tuple[tuple[str, str | Message], ...] = ()
    minimum: Decimal | None = None
    maximum: Decimal | None = None

    @property
    def heading(self) -> str | Message:
        """What stands above it; without a label its name: ``jumlah_barang`` is *Jumlah barang*."""
        return self.label or self.name.replace("_", " ").strip().capitalize()

    @property
    def is_number(self) -> bool:
        """Whether it can be summed."""
        return self.type in NUMBERS


def read(text: str) -> tuple[list[Column], list[Message]]:
    """The columns that can be read, and what is wrong with the others; says the first hopeless."""
    found: list[Column] = []
    faults: list[Message] = []
    place = 0
    while place < len(text):
        match = _COLUMN.match(text, place)
        if match is None:
            said = message('Kolom tabel tidak terbaca mulai dari "{text}".', text=text[place:][:40])
            return found, [*faults, said]
        place = match.end()
        wrong = list(_wrong(match))
        faults += wrong
        if not wrong:
            found.append(_column(match))
    return found, faults


def _wrong(match: re.Match[str]) -> Iterator[Message]:
    name, kind, inside = match["name"], match["type"], match["inside"]
    if kind not in COLUMN_TYPES:
        yield message('Jenis kolom "{type}" tidak dikenal ({column}).', type=kind, column=name)
    elif kind == "enum":
        values = [value for value, _ in _choices(inside or "")]
        if not values or "" in values or len(set(values)) < len(values):
            yield message('Pilihan kolom "{column}" harus ada dan berbeda-beda.', column=name)
    elif inside is not None and not (kind in NUMBERS and _bounds(inside)):
        yield message('Batas kolom "{column}" ditulis seperti (0..100).', column=name)


def _column(match: re.Match[str]) -> Column:
    inside = match["inside"] or ""
    low, high = (_bounds(inside) if match["type"] in NUMBERS else None) or (None, None)
    return Column(
        match["name"],
        match["type"],
        match["label"] or "",
        required=match["required"] == "*",
        choices=_choices(inside) if match["type"] == "enum" else (),
        minimum=low,
        maximum=high,
    )


def _choices(inside: str) -> tuple[tuple[str, str], ...]:
    """``a=Rutin|b`` as values with their texts."""
    pairs = (choice.partition("=") for choice in inside.split("|"))
    return tuple((value.strip(), text.strip() or value.strip()) for value, _, text in pairs)


def _bounds(inside: str) -> tuple[Decimal | None, Decimal | None] | None:
    match = _BOUNDS.fullmatch(inside)
    if match is None:
        return None
    low, high = (Decimal(text) if text else None for text in match.groups())
    return None if low is not None and high is not None and low > high else (low, high)
