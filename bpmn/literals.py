"""Values as an analyst writes them into a drawing: numbers with a point, days as one likes."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from bpmn.diagram import Field

_DAYS = ("%d-%m-%Y", "%d/%m/%Y", "%Y-%m-%d")


def day(text: str) -> date | None:
    """A day written ``dd-mm-yyyy`` or in ISO; None for what is no day."""
    for pattern in _DAYS:
        try:
            return datetime.strptime(text, pattern).date()
        except ValueError:
            continue
    return None


def default_of(field: Field) -> Any:
    """A field's `defaultValue` in the type of the field; None without one that fits there."""
    text = field.default
    if not text or text.startswith("${"):  # expressions stand in `prefill`
        return None
    if field.type == "enum":
        return text if text in dict(field.choices) else None
    if field.type in _READERS:
        return _READERS[field.type](text)
    return text


def _whole(text: str) -> int | None:
    return int(text) if re.fullmatch(r"-?\d{1,18}", text, re.ASCII) else None


def _decimal(text: str) -> Decimal | None:
    known = re.fullmatch(r"-?\d{1,18}(\.\d{1,12})?", text, re.ASCII)
    return Decimal(text) if known else None


def _person(text: str) -> str | None:
    digits = text.replace(" ", "")
    return digits if re.fullmatch(r"\d{18}", digits, re.ASCII) else None


def _never(_text: str) -> None:
    return None


_READERS: dict[str, Callable[[str], Any]] = {
    "long": _whole,
    "decimal": _decimal,
    "money": _decimal,
    "date": day,
    "boolean": lambda text: {"true": True, "false": False}.get(text.lower()),
    "person": _person,
    "file": _never,
    "table": _never,
}
