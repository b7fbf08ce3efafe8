"""How values are written here: read as an Indonesian types them, shown as one reads them.

What cannot be read raises `ValueError` with a `Message`; nothing typed is None.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bpmn import literals
from bpmn.messages import Message, message

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Choices = Sequence[tuple[str, str | Message]]

MAX_DIGITS = 30
MAX_WHOLE_DIGITS = 18  # what the database and other programs take for a whole number
_WHOLE = re.compile(r"-?(?:\d{1,3}(?:\.\d{3})+|\d+)", re.ASCII)
_DECIMAL = re.compile(r"-?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?", re.ASCII)
_TICKS = {"y": True, "ya": True, "true": True, "1": True, "x": True, "v": True, "✓": True}
_NO_TICKS = frozenset({"", "false", "tidak", "n", "0", "-"})


def read(kind: str, text: str) -> Any:
    """What was typed as a value of a type; ``string``, ``text`` and ``enum`` are texts."""
    return _READERS.get(kind, read_text)(text.strip())


def read_text(text: str) -> str | None:
    """Text without what surrounds it."""
    return text.strip().replace("\x00", "") or None


def read_whole(text: str) -> int | None:
    """A whole number as Indonesians write it: ``1.250``."""
    if text and not _WHOLE.fullmatch(text):
        raise ValueError(message("Tulis angka bulat, misalnya 1.250."))
    _require_short(text, MAX_WHOLE_DIGITS)
    return int(text.replace(".", "")) if text else None


def read_decimal(text: str) -> Decimal | None:
    """A number with an Indonesian decimal comma: ``1.250,5``; exact."""
    text = text.removeprefix("Rp").strip()
    if text and not _DECIMAL.fullmatch(text):
        raise ValueError(message("Tulis angka dengan koma desimal, misalnya 85,5."))
    _require_short(text, MAX_DIGITS)
    return Decimal(text.replace(".", "").replace(",", ".")) if text else None


def read_day(text: str) -> date | None:
    """A date written ``dd-mm-yyyy`` (ISO is understood too)."""
    found = literals.day(text)
    if text and found is None:
        raise ValueError(message("Tulis tanggal sebagai hh-bb-tttt, misalnya 31-12-2026."))
    return found


def read_tick(text: str) -> bool:
    """A tick, as a browser sends it or as somebody types it in a spreadsheet."""
    said = text.lower()
    if said not in _TICKS and said not in _NO_TICKS:
        raise ValueError(message('Tulis "ya" atau "tidak".'))
    return said in _TICKS


def fitting(kind: str, value: Any, choices: Choices = ()) -> Any:
    """A value of the case in the type of a field; None when it does not fit there."""
    number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    match kind:
        case "decimal" | "money":
            return Decimal(str(value)) if number else None
        case "long":
            return int(value) if number and value == int(value) else None
        case "date":
            return value if isinstance(value, date) else None
        case "boolean":
            return value if isinstance(value, bool) else None
        case "enum":
            return value if value in dict(choices) else None
    return value if isinstance(value, str) else None


def typed(value: Any) -> str:
    """A value as it would be typed into its field."""
    if value is None or value is False:
        return ""
    if value is True:
        return "y"
    if isinstance(value, int | Decimal):
        return show_number(value)
    return show_day(value) if isinstance(value, date) else str(value)


def show(kind: str, value: Any, choices: Choices = ()) -> str | Message:
    """A kept value as a person reads it."""
    if value is None or value == "":
        return "–"
    if kind == "enum":
        return dict(choices).get(str(value), str(value))
    if isinstance(value, bool):
        return message("Ya") if value else message("Tidak")
    if isinstance(value, int | Decimal):
        return ("Rp " if kind == "money" else "") + show_number(value)
    return show_day(value) if isinstance(value, date) else str(value)


def percent(share: float | None) -> str:
    """A share as whole percent; what is not quite all, or not quite nothing, is not rounded so."""
    if share is None:
        return "–"
    rounded = round(100 * share)
    if 0 < share < 1:
        rounded = min(max(rounded, 1), 99)
    return f"{rounded} %"


def show_number(value: Decimal | int) -> str:
    """``12500.5`` as ``12.500,5``; four digits stay together, since they may be a year."""
    if isinstance(value, int) and abs(value) < 10_000:
        return str(value)
    return f"{value:,}".replace(",", " ").replace(".", ",").replace(" ", ".")


def show_day(value: date) -> str:
    """A date as ``dd-mm-yyyy``."""
    return f"{value.day:02}-{value.month:02}-{value.year:04}"


def length_fault(value: str, low: int | None, high: int | None) -> Message | None:
    """Why a text is too short or too long."""
    if low is not None and len(value) < low:
        return message("Paling sedikit {n} huruf.", n=low)
    if high is not None and len(value) > high:
        return message("Paling banyak {n} huruf.", n=high)
    return None


def range_fault(value: Decimal | int, low: Decimal | None, high: Decimal | None) -> Message | None:
    """Why a number is too small or too large."""
    if low is not None and value < low:
        return message("Paling kecil {n}.", n=_bound(low))
    if high is not None and value > high:
        return message("Paling besar {n}.", n=_bound(high))
    return None


def day_fault(value: date, low: date | None, high: date | None) -> Message | None:
    """Why a day is too early or too late."""
    if low is not None and value < low:
        return message("Paling awal {day}.", day=show_day(low))
    if high is not None and value > high:
        return message("Paling akhir {day}.", day=show_day(high))
    return None


def _bound(bound: Decimal) -> str:
    return show_number(int(bound) if bound == bound.to_integral_value() else bound)


def _require_short(text: str, digits: int) -> None:
    if sum(character.isdigit() for character in text) > digits:
        raise ValueError(message("Angka terlalu panjang."))


_READERS: dict[str, Callable[[str], Any]] = {
    "long": read_whole,
    "decimal": read_decimal,
    "money": read_decimal,
    "date": read_day,
    "boolean": read_tick,
}
